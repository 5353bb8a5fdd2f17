// SPDX-License-Identifier: Apache-2.0
//
// machine_sources.cpp: hardware that derives keys, and its simulations.

#include "advice.hpp"
#include "key_sources.hpp"
#include "simulation.hpp"

#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/sev_guest.hpp>
#include <unitee/guest/simulated_snp_guest.hpp>
#include <unitee/guest/simulated_td_guest.hpp>
#include <unitee/guest/simulated_tdx_store.hpp>
#include <unitee/guest/tdx_guest.hpp>
#include <unitee/seal/hardware_slot.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace command {

namespace {

namespace guest = unitee::guest;
using unitee::result;
using unitee::slot_view;

// hardware is a source of keys by its type. It keeps alive what the source refers to.
template <class Source>
class hardware final : public machine_source {
 public:
  hardware(std::string_view name, Source source, std::shared_ptr<const void> owner = nullptr)
      : machine_source(std::string(name)), owner_(std::move(owner)), source_(std::move(source)) {}

  result<unitee::secret<32>> slot_key(const slot_view& slot) override {
    return unitee::hardware_key(source_).slot_key(slot);
  }
  result<unitee::new_slot> fresh() override { return unitee::hardware_slot(source_); }
  result<unitee::new_slot> renewed(const slot_view& slot) override {
    return unitee::hardware_key(source_).renewed(slot);
  }

 private:
  std::shared_ptr<const void> owner_;
  Source source_;
};

template <class Source>
std::unique_ptr<machine_source> made(std::string_view name, Source source,
                                     std::shared_ptr<const void> owner = nullptr) {
  return std::make_unique<hardware<Source>>(name, std::move(source), std::move(owner));
}

// made_of_td asks the TD's module whether it has keys.
template <class Td>
result<std::unique_ptr<machine_source>> made_of_td(std::string_view name, Td td) {
  auto owner = std::make_shared<Td>(std::move(td));
  auto keys = unitee::tdx::seal_keys::open(*owner);
  if (!keys) return keys.error();
  return made(name, *keys, owner);
}

result<std::unique_ptr<machine_source>> open_sev_guest() {
  auto opened = guest::sev_guest::open();
  if (!opened) return opened.error();
  return made(guest::sev_guest::name, std::move(*opened));
}

result<std::unique_ptr<machine_source>> open_tdx_guest() {
  auto opened = guest::tdx_guest::open();
  if (!opened) return opened.error();
  auto source = made_of_td(guest::tdx_guest::name, std::move(*opened));
  if (source) return source;
  // The device is there: what has no keys is this TD, and no other device can help it.
  throw input_error{std::string(guest::tdx_guest::name), source.error(), advice_on(source.error(), true)};
}

struct device {
  std::string_view name;
  result<std::unique_ptr<machine_source>> (*open)();
};

constexpr device devices[]{{guest::sev_guest::name, open_sev_guest}, {guest::tdx_guest::name, open_tdx_guest}};

}  // namespace

std::unique_ptr<machine_source> simulated_machine(const arguments& given, bool td, bool create) {
  const auto named = given.one("--state");
  const std::string state = named ? *named : default_state_directory();  // which need not be there where one is named
  fmt::print(stderr, "{}\n", simulation_warning);
  const auto image = given.one("--image");
  if (!td) {
    (void)stored_platform(state, create);  // says so where it has to make one
    guest::simulated_launch launch;
    launch.measurement = measurement_of(image);
    return made("the simulated guest", require(guest::insecure_simulated_snp_guest::open(state, launch), state));
  }
  if (!create) (void)require(guest::simulated_tdx_store(state).load(), state);
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(state).parent_path(), ignored);
  guest::simulated_td_launch launch;
  launch.mrtd = td_measurement_of(image);
  launch.sealing = true;
  auto opened = require(guest::insecure_simulated_td_guest::open(state, launch), state);
  return require(made_of_td("the simulated TD", std::move(opened)), state);
}

std::unique_ptr<machine_source> this_machine(const arguments& given) {
  const auto wanted = given.one("--backend");
  // What is said in the end is why the first was not there that is more than absent.
  std::optional<unitee::failure> why;
  std::string whose;
  for (const device& each : devices) {
    if (wanted && *wanted != each.name) continue;
    auto opened = each.open();
    if (opened) return std::move(*opened);
    if (why && why->code != unitee::errc::interface_absent) continue;
    if (why && opened.error().code == unitee::errc::interface_absent) continue;
    why = opened.error();
    whose = each.name;
  }
  if (!why) throw usage_error{"--backend is sev-guest or tdx-guest, not " + *wanted + ": only these have keys"};
  const bool nowhere = !wanted && why->code == unitee::errc::interface_absent;
  throw input_error{nowhere ? "this machine" : whose, *why,
                    nowhere ? "neither /dev/sev-guest nor /dev/tdx_guest is here: run this inside of the guest; unitee "
                              "doctor says more"
                            : advice_on(*why)};
}

}  // namespace command
