// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/configfs_tdx_guest.hpp: a TD, by configfs-tsm.
#pragma once

#include <unitee/guest/attester.hpp>
#include <unitee/guest/configfs_tsm.hpp>
#include <unitee/guest/fresh_quote.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest {

// configfs_tdx_guest_options is how to ask. The kernel waits up to 30 s for the quoting service of the host.
struct configfs_tdx_guest_options {
  std::string path = "/sys/kernel/config/tsm/report";
  time_limit limit{120'000};
};

// configfs_tdx_guest gives quotes and nothing else; tdx_guest has TD reports, registers and keys, where the machine has
// them. Any number of threads may use it. Failures are those of ask_tsm.
class configfs_tdx_guest {
 public:
  static constexpr std::string_view name = "configfs-tdx-guest";
  static constexpr std::string_view provider = "tdx_guest";

  // open finds out whether the interface is there and answers for TDX: it makes an entry, and removes it.
  static result<configfs_tdx_guest> open(const configfs_tdx_guest_options& with = {}) {
    if (const auto known = probe_tsm(with.path, provider, with.limit); !known) return known.error();
    return configfs_tdx_guest(with);
  }

  // attest is a fresh quote about these 64 bytes. What is no quote, or about other bytes, is the failure of its parse,
  // or errc::binding_mismatch, in part::quote.
  [[nodiscard]] result<std::vector<std::uint8_t>> attest(const tdx::report_data& data) const {
    return detail::quote_by_tsm(options_.path, data, options_.limit);
  }

 private:
  explicit configfs_tdx_guest(configfs_tdx_guest_options with) noexcept : options_(std::move(with)) {}

  configfs_tdx_guest_options options_;
};

static_assert(tdx_attester<const configfs_tdx_guest>);

}  // namespace unitee::inline v0::guest
