// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_td.hpp: a trust domain on a simulated platform. INSECURE.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/guest/simulated_td_key.hpp>
#include <unitee/guest/simulated_td_log.hpp>
#include <unitee/guest/simulated_td_quote.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/key_request.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/td_report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace unitee::inline v0::guest {

// simulated_td_launch is what a host decides when it creates a TD, and what it puts into it. With body 1.0 the TDX
// module is a 1.0, whose TD reports know neither TEE_TCB_SVN_2 nor MRSERVICETD; with body 1.5 and quotes of version 4,
// which have no place for them, the reports do.
struct simulated_td_launch {
  tdx::measurement mrtd{};
  tdx::td_attributes attributes{tdx::td_attributes::sept_ve_disable.mask()};
  tdx::td_xfam xfam{0x61AE7};
  tdx::host_value mrconfigid{};
  tdx::host_value mrowner{};
  tdx::host_value mrownerconfig{};
  tdx::measurement mrservicetd{};
  tdx::tcb_svn tee_tcb_svn = simulated_tee_tcb_svn;  // when the TD was launched
  tdx::quote_version quote_version = tdx::quote_version::v5;
  tdx::quote_body_type body = tdx::quote_body_type::td_1_5;
  bool sealing = false;  // the TDX module has the feature SEALING, and it is enabled for the TD
};

// insecure_simulated_td is a TD whose module and quoting enclave are this library. Its quotes are real in every byte of
// format; the platform's root is all that tells them from hardware's. It has a key to derive others from only where it
// was launched with sealing, as most TDs have none. The platform must outlive it.
class insecure_simulated_td {
 public:
  // is_simulated marks what this guest's keys seal, for everyone to see.
  static constexpr bool is_simulated = true;

  // launch starts a TD with four registers of zero and an empty event log. A quote version other than 4 and 5 is
  // errc::unsupported_version, a body other than 1.0 and 1.5 errc::unsupported_format, and features without x87 and SSE
  // are errc::bad_value.
  static result<insecure_simulated_td> launch(const insecure_simulated_tdx_platform& on,
                                              const simulated_td_launch& with) {
    if (with.quote_version != tdx::quote_version::v4 && with.quote_version != tdx::quote_version::v5) {
      return errc::unsupported_version;
    }
    if (with.body != tdx::quote_body_type::td_1_0 && with.body != tdx::quote_body_type::td_1_5) {
      return errc::unsupported_format;
    }
    if (!with.xfam.has(tdx::td_xfam::x87) || !with.xfam.has(tdx::td_xfam::sse)) return errc::bad_value;
    return insecure_simulated_td(on, with);
  }

  // extend is TDG.MR.RTMR.EXTEND: RTMR0 to RTMR3 (0 to 3) becomes SHA-384(RTMR || digest). It leaves no event: after
  // it, the log does not account for the register. Another register is errc::bad_value, with its number as offset.
  result<void> extend(std::size_t rtmr, const sha384_digest& digest) noexcept {
    if (rtmr >= rtmrs_.size()) return failure{errc::bad_value, rtmr};
    std::array<std::uint8_t, 96> joined{};
    unitee::detail::copy_bytes(rtmrs_[rtmr].value, joined);
    unitee::detail::copy_bytes(digest.value, byte_span(joined).subspan(48));
    const auto next = sha384(joined);
    if (!next) return next.error();
    rtmrs_[rtmr].value = next->value;
    return {};
  }

  // measure extends a register by the SHA-384 of the event's data, and writes the event down. EV_NO_ACTION, which
  // extends nothing, is errc::bad_value, and so is a register as with extend.
  result<void> measure(std::size_t rtmr, std::uint32_t event_type, byte_view data) {
    return measure(rtmr, event_type, data, data);
  }

  // measure of something else than the event's data: of a file that the event only names, or of a part of the data.
  result<void> measure(std::size_t rtmr, std::uint32_t event_type, byte_view data, byte_view measured) {
    if (event_type == simulated_td_log::no_action) return errc::bad_value;
    const auto digest = sha384(measured);
    if (!digest) return digest.error();
    if (const auto done = extend(rtmr, *digest); !done) return done;
    log_.append(static_cast<std::uint32_t>(rtmr), event_type, digest->value, data);
    return {};
  }

  // attest is a fresh quote with these 64 bytes in it.
  [[nodiscard]] result<std::vector<std::uint8_t>> attest(const tdx::report_data& data) const {
    const auto report = td_report(data);
    if (!report) return report.error();
    return simulated_quote(*platform_, *report, launch_.quote_version, launch_.body);
  }

  // td_report is TDG.MR.REPORT: what the quoting enclave is given. Its MAC is by this platform's key.
  [[nodiscard]] result<tdx::td_report> td_report(const tdx::report_data& data) const noexcept {
    namespace row = tdx::td_report_row;
    const bool is_1_5 = launch_.body == tdx::quote_body_type::td_1_5;
    std::array<std::uint8_t, tdx::td_report::size> out{};
    row::type::write(out, 0x81);
    row::version::write(out, is_1_5 && !launch_.mrservicetd.is_zero() ? 1 : 0);
    row::cpusvn::write(out, simulated_cpusvn);
    row::reportdata::write(out, data);

    row::valid::write(out, is_1_5 ? 0x301FF : 0x1FF);
    row::tee_tcb_svn::write(out, launch_.tee_tcb_svn);
    row::mrseam::write(out, simulated_mrseam);
    if (is_1_5) row::tee_tcb_svn_2::write(out, simulated_tee_tcb_svn);

    row::tdattributes::write(out, launch_.attributes.value);
    row::xfam::write(out, launch_.xfam.value);
    row::mrtd::write(out, launch_.mrtd);
    row::mrconfigid::write(out, launch_.mrconfigid);
    row::mrowner::write(out, launch_.mrowner);
    row::mrownerconfig::write(out, launch_.mrownerconfig);
    row::rtmr0::write(out, rtmrs_[0]);
    row::rtmr1::write(out, rtmrs_[1]);
    row::rtmr2::write(out, rtmrs_[2]);
    row::rtmr3::write(out, rtmrs_[3]);
    if (is_1_5) row::servtd_hash::write(out, launch_.mrservicetd);

    const byte_view bytes = out;
    const auto tcb_hash = detail::report_hash(bytes.subspan(row::valid::offset, 239));
    if (!tcb_hash) return tcb_hash.error();
    row::tee_tcb_info_hash::write(out, *tcb_hash);
    const auto info_hash = detail::report_hash(bytes.subspan(row::tdattributes::offset));
    if (!info_hash) return info_hash.error();
    row::tee_info_hash::write(out, *info_hash);
    const auto mac = detail::report_mac(*platform_, out);
    if (!mac) return mac.error();
    row::mac::write(out, *mac);
    return tdx::td_report::parse(out);
  }

  // seal_key is TDG.MR.KEY.GET, as simulated_seal_key answers it: the raw ability, as /dev/tdx_guest has it. Without
  // sealing, and from a 1.0 module always, it is errc::key_denied in part::seal_key with
  // tdcall_status::operand_invalid, as from a module that lacks the feature.
  [[nodiscard]] result<secret<32>> seal_key(const tdx::key_request& request) const noexcept {
    if (!launch_.sealing || launch_.body == tdx::quote_body_type::td_1_0) {
      return detail::no_seal_key(tdcall_status::operand_invalid);
    }
    const auto report = td_report({});
    if (!report) return report.error();
    return simulated_seal_key(*platform_, *report, request);
  }

  // event_log is the log area with all that measure wrote down, as in /sys/firmware/acpi/tables/data/CCEL.
  [[nodiscard]] std::vector<std::uint8_t> event_log() const { return log_.bytes(); }

  [[nodiscard]] const std::array<tdx::measurement, 4>& rtmrs() const noexcept { return rtmrs_; }

 private:
  insecure_simulated_td(const insecure_simulated_tdx_platform& on, const simulated_td_launch& with)
      : platform_(&on), launch_(with) {}

  const insecure_simulated_tdx_platform* platform_;
  simulated_td_launch launch_;
  std::array<tdx::measurement, 4> rtmrs_;
  simulated_td_log log_;
};

static_assert(tdx_attester<const insecure_simulated_td>);

}  // namespace unitee::inline v0::guest
