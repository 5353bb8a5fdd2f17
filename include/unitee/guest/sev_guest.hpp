// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/sev_guest.hpp: a SEV-SNP guest, by its kernel's device /dev/sev-guest.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/guest/attestation.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/guest/bounded_call.hpp>
#include <unitee/guest/certificate_buffer.hpp>
#include <unitee/guest/open_device.hpp>
#include <unitee/guest/sev_guest_call.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/kdf/snp_binding.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/guest_message.hpp>
#include <unitee/snp/key_basis.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/snp/report.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace unitee::inline v0::guest {

// sev_guest_options is how to ask. Every request, with all its retries, ends within `limit`; the kernel itself waits up
// to 60 s for a host that throttles. `vmpl` is the level that reports are for, 0 to 3, and not below that of the
// kernel's own key (VMPCK): without one it is the lowest that the firmware grants; `signed_by` needs firmware ABI 1.55
// where it is not the firmware's default.
struct sev_guest_options {
  const char* path = "/dev/sev-guest";
  time_limit limit{120'000};
  std::optional<std::uint32_t> vmpl{};
  snp::key_selection signed_by = snp::key_selection::firmware_default;
};

// sev_guest is the device, open. Any number of threads may use it: the kernel takes one request after the other.
//
// Failures of every request, besides its own:
//   errc::host_busy        the host throttled it until the limit, or for the kernel's 60 s; the kernel may have given
//                          up its key over that, and the next request be errc::channel_lost
//   errc::firmware_error   the firmware refused it, with its status (snp::describe_status)
//   errc::host_error       the host refused it, with an error word that nobody documents
//   errc::no_answer        neither answered
//   errc::channel_lost     the kernel gave up its key to the firmware, as it does after most failures: until reboot
//   errc::timed_out        the kernel did not come back within the limit
//   errc::io_error         with errno
// all of them in part::sev_guest (linux/sev-guest.h; GHCB specification, SNP Guest Request).
class sev_guest {
 public:
  static constexpr std::string_view name = "sev-guest";
  static constexpr bool is_simulated = false;

  using key_request = snp::key_request;

  // open is errc::interface_absent when there is no such device, and errc::io_error with errno, in part::sev_guest,
  // when it does not open: EACCES for everybody but root, as most systems are set up.
  static result<sev_guest> open(const sev_guest_options& with = {}) {
    auto fd = detail::open_device(with.path, part::sev_guest, with.limit);
    if (!fd) return fd.error();
    return sev_guest(std::move(*fd), with);
  }

  // attest is a fresh report with these 64 bytes in it. A report that is not one, or not about these bytes, is the
  // failure of its parse, or errc::binding_mismatch, in part::report.
  [[nodiscard]] result<snp::report> attest(const snp::report_data& data) const noexcept {
    const posix::deadline until(options_.limit);
    return detail::bounded_call(until, part::sev_guest, [=, fd = fd_, with = options_]() -> result<snp::report> {
      return at_own_level<snp::report>(with, [&](std::uint32_t vmpl) -> result<snp::report> {
        auto request = report_request(data, vmpl, with.signed_by);
        detail::report_response response{};
        const auto done = call(*fd, snp::guest_command::get_report, request, response, until);
        if (!done) return done.error();
        return detail::report_in(response, data);
      });
    });
  }

  // attest_with_certificates is the same together with the certificate table that the host keeps for this machine,
  // which may be empty. errc::certificates_too_large when the table is larger than the kernel takes; a table that is
  // not one is the failure of its parse. Nothing in the table is authentic before a verifier has checked it.
  [[nodiscard]] result<attestation> attest_with_certificates(const snp::report_data& data) const noexcept {
    const posix::deadline until(options_.limit);
    return detail::bounded_call(until, part::sev_guest, [=, fd = fd_, with = options_]() -> result<attestation> {
      auto certificates = detail::certificate_buffer::create();
      if (!certificates) return certificates.error();
      const auto report = at_own_level<snp::report>(with, [&](std::uint32_t vmpl) -> result<snp::report> {
        detail::report_response response{};
        const auto plain = report_request(data, vmpl, with.signed_by);
        const auto done = detail::ask_with_certificates(
            *certificates, [&](std::span<std::uint8_t, snp::ext_report_request_row::all::size> request) {
              unitee::detail::copy_bytes(plain, request);
              return call(*fd, snp::guest_command::get_ext_report, request, response, until);
            });
        if (!done) return done.error();
        return detail::report_in(response, data);
      });
      if (!report) return report.error();
      const auto table = certificates->table();
      if (!table) return table.error();
      return attestation::of(report->bytes(), *table);
    });
  }

  // derive_key is the 32 bytes that the firmware derives for this request. errc::key_denied in part::key_request, with
  // the firmware's status: 0x16 for a VMPL, GUEST_SVN or TCB_VERSION that this guest may not name, 0x27 for a root key
  // that is not there. errc::zero_key for a key of zero bytes; errc::unsupported_version, at LAUNCH_MIT_VECTOR, for a
  // request that needs message version 2, which the kernel's interface does not carry.
  [[nodiscard]] result<secret<32>> derive_key(const snp::key_request& request) const noexcept {
    if (request.needs_version_2()) return failure{errc::unsupported_version, 32, part::key_request};
    const posix::deadline until(options_.limit);
    return detail::bounded_call(until, part::sev_guest, [=, fd = fd_]() -> result<secret<32>> {
      auto bytes = request.encode();
      auto response = secret<snp::derived_key_response_row::all::size>::try_made_by(
          [&](byte_span out) { return call(*fd, snp::guest_command::get_derived_key, bytes, out, until); });
      if (!response) return response.error();
      return detail::derived_key_in(*response);
    });
  }

  // key_basis is what a key request needs to know of this guest, from a fresh report.
  [[nodiscard]] result<snp::key_basis> key_basis() const noexcept {
    snp::report_data nonce;
    if (const auto done = random_bytes(nonce.value); !done) return done.error();
    const auto report = attest(nonce);
    if (!report) return report.error();
    return snp::key_basis::of(*report);
  }

 private:
  sev_guest(std::shared_ptr<const posix::descriptor> fd, const sev_guest_options& with) noexcept
      : fd_(std::move(fd)), options_(with) {}

  static std::array<std::uint8_t, snp::report_request_row::all::size> report_request(
      const snp::report_data& data, std::uint32_t vmpl, snp::key_selection signed_by) noexcept {
    namespace row = snp::report_request_row;
    std::array<std::uint8_t, row::all::size> out{};
    row::user_data::write(out, data);
    row::vmpl::write(out, vmpl);
    row::key_sel::write(out, static_cast<std::uint32_t>(signed_by));
    return out;
  }

  // at_own_level is ask(vmpl) at the level that the options name, or at the first from 0 on that the firmware does not
  // call an invalid parameter: a status in a good response, after which the kernel keeps its key.
  template <class Answer, class Ask>
  static result<Answer> at_own_level(const sev_guest_options& with, const Ask& ask) {
    const failure too_low{errc::firmware_error, 0x16, part::sev_guest};
    auto answer = ask(with.vmpl.value_or(0));
    for (std::uint32_t vmpl = 1; vmpl <= 3 && !with.vmpl && !answer && answer.error() == too_low; ++vmpl) {
      auto above = ask(vmpl);
      if (!above && above.error() != too_low) break;  // the first reason is the one to know
      answer = std::move(above);
    }
    return answer;
  }

  static result<void> call(const posix::descriptor& fd, snp::guest_command command, byte_span request,
                           byte_span response, const posix::deadline& until) noexcept {
    return detail::call_sev_guest(fd.get(), command, request, response, until);
  }

  std::shared_ptr<const posix::descriptor> fd_;  // shared with a request that outlives its time limit
  sev_guest_options options_;
};

static_assert(snp_attester<const sev_guest> && hardware_key_source<const sev_guest>);

}  // namespace unitee::inline v0::guest
