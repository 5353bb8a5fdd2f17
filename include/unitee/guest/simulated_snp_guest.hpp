// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_snp_guest.hpp: a simulated SEV-SNP guest with its machine, as a backend. INSECURE.
#pragma once

#include <unitee/crypto/hash.hpp>
#include <unitee/guest/attestation.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/guest/simulated_image.hpp>
#include <unitee/guest/simulated_platform.hpp>
#include <unitee/guest/simulated_snp.hpp>
#include <unitee/guest/simulated_store.hpp>
#include <unitee/guest/stored_machine.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/kdf/snp_binding.hpp>
#include <unitee/result.hpp>

#include <memory>
#include <string_view>
#include <utility>

#include <time.h>

namespace unitee::inline v0::guest {

// insecure_simulated_snp_guest is one object that stands in for sev_guest on a machine without a TEE. Whoever can read
// its directory has its keys.
class insecure_simulated_snp_guest {
 public:
  static constexpr std::string_view name = "insecure-simulated-snp";
  static constexpr bool is_simulated = true;

  using key_request = snp::key_request;

  // open is a guest on a new Milan machine, which takes seconds to make and whose keys end with it. With a directory it
  // is the machine that is stored there, made if there is none: its keys come back. Failures are those of
  // simulated_store.
  static result<insecure_simulated_snp_guest> open(std::string_view directory = {}, const simulated_launch& with = {}) {
    auto machine = directory.empty() ? new_machine() : detail::stored_machine(simulated_store(directory), new_machine);
    if (!machine) return machine.error();
    auto owned = std::make_shared<const insecure_simulated_platform>(std::move(*machine));
    simulated_launch launch = with;
    if (launch.measurement.is_zero()) {
      const auto measured = simulated_measurement({});
      if (!measured) return measured.error();
      launch.measurement = *measured;
    }
    auto guest = insecure_simulated_snp::launch(*owned, launch);
    if (!guest) return guest.error();
    return insecure_simulated_snp_guest(std::move(owned), *guest);
  }

  [[nodiscard]] result<snp::report> attest(const snp::report_data& data) const { return guest_.attest(data); }
  [[nodiscard]] result<attestation> attest_with_certificates(const snp::report_data& data) const {
    const auto report = guest_.attest(data);
    if (!report) return report.error();
    const auto table = guest_.certificate_table();
    if (!table) return table.error();
    return attestation::of(report->bytes(), *table);
  }
  [[nodiscard]] result<secret<32>> derive_key(const snp::key_request& request) const {
    return guest_.derive_key(request);
  }
  [[nodiscard]] result<snp::key_basis> key_basis() const { return guest_.key_basis(); }

  // machine is whose root a verifier has to name as a trust anchor.
  [[nodiscard]] const insecure_simulated_platform& machine() const noexcept { return *machine_; }

 private:
  insecure_simulated_snp_guest(std::shared_ptr<const insecure_simulated_platform> machine,
                               insecure_simulated_snp guest) noexcept
      : machine_(std::move(machine)), guest_(guest) {}

  static result<insecure_simulated_platform> new_machine() {
    return insecure_simulated_platform::create(snp::generation::milan, {.boot_loader = 4, .snp = 24, .microcode = 219},
                                               {::time(nullptr)});
  }

  std::shared_ptr<const insecure_simulated_platform> machine_;
  insecure_simulated_snp guest_;  // refers to the machine
};

static_assert(snp_attester<const insecure_simulated_snp_guest> && certificate_bearer<insecure_simulated_snp_guest> &&
              hardware_key_source<const insecure_simulated_snp_guest>);

}  // namespace unitee::inline v0::guest
