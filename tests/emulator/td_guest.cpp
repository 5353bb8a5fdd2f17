// SPDX-License-Identifier: Apache-2.0

#include "td_guest.hpp"

#include "stored.hpp"

#include <unitee/guest/simulated_td_quote.hpp>
#include <unitee/guest/simulated_tdx_store.hpp>
#include <unitee/tdx/key_request.hpp>
#include <unitee/tdx/td_report.hpp>

#include <utility>

namespace emulator {

namespace tdx = unitee::tdx;

std::unique_ptr<td_guest> td_guest::start(const stage& as, const std::string& state_directory) {
  auto platform = stored<unitee::guest::simulated_tdx_store>(
      state_directory, [](unitee::utc_time at) { return unitee::guest::insecure_simulated_tdx_platform::create(at); });
  if (!platform) return nullptr;
  unitee::guest::simulated_td_launch launch = as.td;
  launch.sealing = as.key == seal_key::good || as.key == seal_key::zero;
  std::unique_ptr<td_guest> out(new td_guest(std::move(*platform), launch));
  auto td = unitee::guest::insecure_simulated_td::launch(out->platform_, launch);
  if (!td) return nullptr;
  out->td_.emplace(std::move(*td));
  return out;
}

octets td_guest::report(const tdx::report_data& data) {
  const std::lock_guard lock(mutex_);
  const auto made = td_->td_report(data);
  if (!made) return {};
  const unitee::byte_view bytes = made->bytes();
  return {bytes.begin(), bytes.end()};
}

octets td_guest::quote(const tdx::report_data& data) {
  const std::lock_guard lock(mutex_);
  const auto made = td_->attest(data);
  return made ? *made : octets{};
}

octets td_guest::quote_of(unitee::byte_view report) {
  const auto parsed = tdx::td_report::parse(report);
  if (!parsed) return {};
  const std::lock_guard lock(mutex_);
  const auto made = unitee::guest::simulated_quote(platform_, *parsed, launch_.quote_version, launch_.body);
  return made ? *made : octets{};
}

std::uint64_t td_guest::derive(unitee::byte_view request, std::optional<unitee::secret<32>>& out, bool& reserved) {
  const auto parsed = tdx::key_request::parse_any_binding(request);
  if (!parsed) {
    reserved = parsed.error().code == unitee::errc::reserved_not_zero;
    return operand_invalid;
  }
  const std::lock_guard lock(mutex_);
  auto key = td_->seal_key(*parsed);
  if (!key) return key.error().code == unitee::errc::key_denied ? key.error().offset : operand_invalid;
  out.emplace(std::move(*key));
  return 0;
}

bool td_guest::extend(std::size_t rtmr, const unitee::sha384_digest& digest) {
  const std::lock_guard lock(mutex_);
  return td_->extend(rtmr, digest).has_value();
}

octets td_guest::rtmr(std::size_t which) {
  const std::lock_guard lock(mutex_);
  const auto& value = td_->rtmrs()[which].value;
  return {value.begin(), value.end()};
}

}  // namespace emulator
