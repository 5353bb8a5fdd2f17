// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_td_guest.hpp: a simulated TD with its machine, as a backend. INSECURE.
#pragma once

#include <unitee/crypto/hash.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/simulated_td.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>
#include <unitee/guest/simulated_tdx_store.hpp>
#include <unitee/guest/stored_machine.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/key_request.hpp>
#include <unitee/tdx/td_report.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <time.h>

namespace unitee::inline v0::guest {

// insecure_simulated_td_guest is one object that stands in for tdx_guest on a machine without a TEE. Whoever can read
// its directory has its keys. Extending a register is for one thread at a time, with nobody attesting meanwhile.
class insecure_simulated_td_guest {
 public:
  static constexpr std::string_view name = "insecure-simulated-td";
  static constexpr bool is_simulated = true;

  // open is a TD with seal keys on a new machine, which end with it. With a directory it is on the machine that is
  // stored there, made if there is none: its keys come back. Failures are those of simulated_tdx_store.
  static result<insecure_simulated_td_guest> open(std::string_view directory = {},
                                                  const simulated_td_launch& with = {.sealing = true}) {
    auto machine =
        directory.empty() ? new_machine() : detail::stored_machine(simulated_tdx_store(directory), new_machine);
    if (!machine) return machine.error();
    auto owned = std::make_shared<const insecure_simulated_tdx_platform>(std::move(*machine));
    auto guest = insecure_simulated_td::launch(*owned, with);
    if (!guest) return guest.error();
    return insecure_simulated_td_guest(std::move(owned), std::move(*guest));
  }

  [[nodiscard]] result<std::vector<std::uint8_t>> attest(const tdx::report_data& data) const {
    return guest_.attest(data);
  }
  [[nodiscard]] result<tdx::td_report> td_report(const tdx::report_data& data) const { return guest_.td_report(data); }
  [[nodiscard]] result<secret<32>> seal_key(const tdx::key_request& request) const { return guest_.seal_key(request); }

  // extend_rtmr and rtmr are as with tdx_guest.
  [[nodiscard]] result<void> extend_rtmr(unsigned index, const tdx::measurement& digest) noexcept {
    const auto done = guest_.extend(index, sha384_digest{digest.value});
    if (!done) return failure{done.error().code, done.error().offset, part::rtmr};
    return {};
  }
  [[nodiscard]] result<tdx::measurement> rtmr(unsigned index) const noexcept {
    if (index >= guest_.rtmrs().size()) return failure{errc::bad_value, index, part::rtmr};
    return guest_.rtmrs()[index];
  }

  // machine is whose root a verifier has to name as a trust anchor.
  [[nodiscard]] const insecure_simulated_tdx_platform& machine() const noexcept { return *machine_; }

 private:
  insecure_simulated_td_guest(std::shared_ptr<const insecure_simulated_tdx_platform> machine,
                              insecure_simulated_td guest) noexcept
      : machine_(std::move(machine)), guest_(std::move(guest)) {}

  static result<insecure_simulated_tdx_platform> new_machine() {
    return insecure_simulated_tdx_platform::create({::time(nullptr)});
  }

  std::shared_ptr<const insecure_simulated_tdx_platform> machine_;
  insecure_simulated_td guest_;  // refers to the machine
};

static_assert(tdx_attester<const insecure_simulated_td_guest> && td_reporter<const insecure_simulated_td_guest> &&
              rtmr_extender<insecure_simulated_td_guest> && tdx::seal_key_backend<insecure_simulated_td_guest>);

}  // namespace unitee::inline v0::guest
