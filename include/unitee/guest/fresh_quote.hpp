// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/fresh_quote.hpp: whether a quote or a TD report is the one that was asked for.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/guest/attestation.hpp>
#include <unitee/guest/configfs_tsm.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/td_report.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest::detail {

// check_fresh refuses what is no quote, with the failure of its parse; one that is not about a TD, with
// errc::unsupported_format; and one that is not about these 64 bytes, with errc::binding_mismatch. All in part::quote.
inline result<void> check_fresh(byte_view bytes, const tdx::report_data& data) noexcept {
  const auto quote = tdx::quote::parse(bytes);
  if (!quote) return quote.error();
  const auto td = quote->td();
  if (!td) return failure{errc::unsupported_format, 0, part::quote};
  if (td->reportdata() != data) return failure{errc::binding_mismatch, 0, part::quote};
  return {};
}

// check_fresh refuses a TD report that is not about these 64 bytes, and one that is not whole: errc::binding_mismatch
// in part::td_report, at REPORTDATA or at the hash that is not of its part. Its MAC, only the platform can check.
inline result<void> check_fresh(const tdx::td_report& report, const tdx::report_data& data) noexcept {
  namespace row = tdx::td_report_row;
  const auto fail = [](std::size_t at) { return failure{errc::binding_mismatch, at, part::td_report}; };
  if (report.reportdata() != data) return fail(row::reportdata::offset);
  const auto tcb = sha384(report.tee_tcb_info_bytes());
  if (!tcb) return tcb.error();
  if (!equal(tcb->value, report.tee_tcb_info_hash().value)) return fail(row::tee_tcb_info_hash::offset);
  const auto info = sha384(report.tee_info_bytes());
  if (!info) return info.error();
  if (!equal(info->value, report.tee_info_hash().value)) return fail(row::tee_info_hash::offset);
  return {};
}

// quote_by_tsm is a fresh quote by configfs-tsm.
inline result<std::vector<std::uint8_t>> quote_by_tsm(const std::string& path, const tdx::report_data& data,
                                                      const posix::deadline& until) {
  auto answer = ask_tsm({.path = path, .provider = "tdx_guest", .inblob = {data.value}}, until);
  if (!answer) return answer.error();
  if (const auto fresh = check_fresh(answer->evidence, data); !fresh) return fresh.error();
  return std::move(answer->evidence);
}

}  // namespace unitee::inline v0::guest::detail
