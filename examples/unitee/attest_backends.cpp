// SPDX-License-Identifier: Apache-2.0

#include "attest_backends.hpp"

#include "simulation.hpp"

#include <unitee/crypto/pem_text.hpp>
#include <unitee/guest/attest.hpp>
#include <unitee/guest/configfs_sev_guest.hpp>
#include <unitee/guest/configfs_tdx_guest.hpp>
#include <unitee/guest/sev_guest.hpp>
#include <unitee/guest/simulated_intel_collateral.hpp>
#include <unitee/guest/simulated_snp_guest.hpp>
#include <unitee/guest/simulated_td_guest.hpp>
#include <unitee/guest/tdx_guest.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <vector>

namespace command::attesting {

namespace {

namespace guest = unitee::guest;

constexpr std::string_view snp = "AMD SEV-SNP";
constexpr std::string_view tdx = "Intel TDX";

template <class Backend>
answer asked(unitee::result<Backend> backend, const unitee::report_data& data) {
  if (!backend) return {false, backend.error()};
  return {true, guest::attest(*backend, data)};
}

answer ask_sev_guest(const order& of) {
  guest::sev_guest_options with;
  with.limit = of.limit;
  with.vmpl = of.vmpl;
  return asked(guest::sev_guest::open(with), of.data);
}

answer ask_tdx_guest(const order& of) {
  guest::tdx_guest_options with;
  with.limit = of.limit;
  with.quote_service = of.quote_service;
  return asked(guest::tdx_guest::open(with), of.data);
}

answer ask_configfs_sev_guest(const order& of) {
  guest::configfs_sev_guest_options with;
  with.limit = of.limit;
  with.privlevel = of.vmpl;
  with.services = of.services;
  return asked(guest::configfs_sev_guest::open(with), of.data);
}

answer ask_configfs_tdx_guest(const order& of) {
  guest::configfs_tdx_guest_options with;
  with.limit = of.limit;
  return asked(guest::configfs_tdx_guest::open(with), of.data);
}

// state_of is the directory of the simulated machine; those above it are made.
std::string state_of(const order& of) {
  const std::string out = of.state ? *of.state : default_state_directory();
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(out).parent_path(), ignored);
  return out;
}

answer ask_simulated_snp(const order& of) {
  const std::string state = state_of(of);
  (void)stored_platform(state, true);  // says so where it has to make one
  guest::simulated_launch launch;
  launch.measurement = measurement_of(of.image);
  launch.vmpl = of.vmpl.value_or(0);
  return asked(guest::insecure_simulated_snp_guest::open(state, launch), of.data);
}

answer ask_simulated_td(const order& of) {
  guest::simulated_td_launch launch;
  launch.mrtd = td_measurement_of(of.image);
  return asked(guest::insecure_simulated_td_guest::open(state_of(of), launch), of.data);
}

constexpr std::string_view all_options[]{"--vmpl",     "--certificates",  "--svsm",  "--service", "--manifest-version",
                                         "--manifest", "--quote-service", "--state", "--image",   "--endorsements"};
constexpr std::string_view by_vmpl[]{"--vmpl", "--certificates"};
constexpr std::string_view by_service[]{"--quote-service"};
constexpr std::string_view by_svsm[]{"--vmpl",    "--certificates",     "--svsm",
                                     "--service", "--manifest-version", "--manifest"};
constexpr std::string_view by_machine[]{"--vmpl", "--certificates", "--state", "--image", "--endorsements"};
constexpr std::string_view by_td[]{"--state", "--image", "--endorsements"};

constexpr std::array known{
    backend{guest::sev_guest::name, snp, by_vmpl, false, ask_sev_guest},
    backend{guest::tdx_guest::name, tdx, by_service, false, ask_tdx_guest},
    backend{guest::configfs_sev_guest::name, snp, by_svsm, false, ask_configfs_sev_guest},
    backend{guest::configfs_tdx_guest::name, tdx, {}, false, ask_configfs_tdx_guest},
    backend{guest::insecure_simulated_snp_guest::name, snp, by_machine, true, ask_simulated_snp},
    backend{guest::insecure_simulated_td_guest::name, tdx, by_td, true, ask_simulated_td},
};

std::vector<std::uint8_t> der_of(const unitee::certificate& of) {
  const auto der = require(of.der(), "certificate");
  return {der.begin(), der.end()};
}

void keep_root(const unitee::certificate& root, const kept_files& into) {
  std::vector<std::uint8_t> text;
  require(unitee::to_pem("CERTIFICATE", der_of(root),
                         [&](unitee::byte_view block) { text.assign(block.begin(), block.end()); }),
          "root");
  into.write("root.pem", text);
}

}  // namespace

bool backend::takes(std::string_view option) const noexcept {
  return std::ranges::find(options, option) != options.end();
}

std::span<const backend> backends() noexcept { return known; }

std::span<const std::string_view> optional_options() noexcept { return all_options; }

void keep_endorsements(const backend& of, const order& asked, const kept_files& into) {
  const std::string state = state_of(asked);
  into.create();
  if (of.vendor == snp) {
    const auto machine = require(guest::simulated_store(state).load(), state);
    into.write("collateral/vcek.der", der_of(machine.get().vcek));
    into.write("collateral/ask.der", der_of(machine.get().ask));
    keep_root(machine.root(), into);
    return;
  }
  const auto machine = require(guest::simulated_tdx_store(state).load(), state);
  require(guest::make_simulated_collateral(machine, time_of(std::nullopt)), state)
      .for_each_file([&](std::string_view name, unitee::byte_view content) {
        into.write("collateral/" + std::string(name), content);
      });
  keep_root(machine.root(), into);
}

}  // namespace command::attesting
