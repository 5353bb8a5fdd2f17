// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/td_guest.hpp: the TDX module and the quoting enclave of an emulated TD.
#pragma once

#include "fault.hpp"
#include "stage.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/guest/simulated_td.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>
#include <unitee/tdx/fields.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

namespace emulator {

// td_guest answers with the simulated TD's evidence, for any thread. Its platform's keys stay in the state directory.
class td_guest {
 public:
  static constexpr std::uint64_t operand_invalid = 0xC000010000000000;  // TDX_OPERAND_INVALID

  static std::unique_ptr<td_guest> start(const stage& as, const std::string& state_directory);

  // report is TDG.MR.REPORT, quote what the quoting enclave makes of it, quote_of of a report that somebody gives. They
  // are empty on failure, quote_of for a report that is not of this platform.
  octets report(const unitee::tdx::report_data& data);
  octets quote(const unitee::tdx::report_data& data);
  octets quote_of(unitee::byte_view report);

  // derive is TDG.MR.KEY.GET: 0 and a key, or what the TDCALL returns. `reserved` becomes true when a reserved bit or
  // byte was set.
  std::uint64_t derive(unitee::byte_view request, std::optional<unitee::secret<32>>& out, bool& reserved);

  // extend is TDG.MR.RTMR.EXTEND of RTMR0 to RTMR3.
  bool extend(std::size_t rtmr, const unitee::sha384_digest& digest);
  octets rtmr(std::size_t which);

  [[nodiscard]] const unitee::guest::simulated_td_launch& launch() const { return launch_; }
  [[nodiscard]] const std::array<std::uint8_t, 16>& platform_id() const { return platform_.get().qe_id; }

 private:
  td_guest(unitee::guest::insecure_simulated_tdx_platform&& on, const unitee::guest::simulated_td_launch& with)
      : platform_(std::move(on)), launch_(with) {}

  std::mutex mutex_;
  unitee::guest::insecure_simulated_tdx_platform platform_;
  unitee::guest::simulated_td_launch launch_;
  std::optional<unitee::guest::insecure_simulated_td> td_;
};

}  // namespace emulator
