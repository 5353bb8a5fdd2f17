// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/sev_guest_call.hpp: one request to /dev/sev-guest, and what its answer means.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/guest_message.hpp>
#include <unitee/snp/report.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sys/ioctl.h>

namespace unitee::inline v0::guest::detail {

using report_response = std::array<std::uint8_t, snp::report_response_row::all::size>;

// sev_guest_failure is what errno and the two words of exitinfo2 say together.
inline failure sev_guest_failure(int error, std::uint32_t fw_error, std::uint32_t vmm_error) noexcept {
  const auto fail = [](errc code, std::uint64_t offset) { return failure{code, offset, part::sev_guest}; };
  const auto number = static_cast<std::uint64_t>(error);
  if (error == ENOTTY) return fail(errc::channel_lost, number);
  if (error != EIO) return fail(errc::io_error, number);
  if (vmm_error != 0) return fail(errc::host_error, vmm_error);
  if (fw_error == snp::no_firmware_answer) return fail(errc::no_answer, number);
  if (fw_error != 0) return fail(errc::firmware_error, fw_error);
  return fail(errc::io_error, number);
}

// call_sev_guest makes one request, message version 1. While the host is busy it asks again, as long as an answer could
// still come before the deadline: its caller waits no longer than that, and is to hear why. A kernel that gave up its
// key over a host that was busy too long is errc::host_busy as well. A certificate buffer that is too small is
// errc::no_space.
inline result<void> call_sev_guest(int fd, snp::guest_command command, byte_span request, byte_span response,
                                   const posix::deadline& until) noexcept {
  namespace row = snp::guest_request_row;
  constexpr std::uint32_t pause_ms = 100;
  const failure throttled{errc::host_busy, until.limit().milliseconds, part::sev_guest};
  for (bool was_busy = false;;) {
    std::array<std::uint8_t, row::all::size> wrapper{};
    row::msg_version::write(wrapper, 1);
    row::req_data::write(wrapper, reinterpret_cast<std::uintptr_t>(request.data()));
    row::resp_data::write(wrapper, reinterpret_cast<std::uintptr_t>(response.data()));
    row::fw_error::write(wrapper, snp::no_firmware_answer);  // as the kernel does: what nobody overwrites is no answer
    const bool ok = ::ioctl(fd, static_cast<unsigned long>(command), wrapper.data()) == 0;
    const int error = errno;
    if (ok) return {};
    const std::uint32_t vmm_error = row::vmm_error::read(wrapper);
    const auto host = static_cast<snp::host_answer>(vmm_error);
    if (error == EIO && command == snp::guest_command::get_ext_report &&
        host == snp::host_answer::certificate_buffer_too_small) {
      return failure{errc::no_space, 0, part::sev_guest};
    }
    if (error == ENOTTY && was_busy) return throttled;
    const bool busy = error == EAGAIN || error == ETIMEDOUT || (error == EIO && host == snp::host_answer::busy);
    if (!busy && error != EINTR) return sev_guest_failure(error, row::fw_error::read(wrapper), vmm_error);
    if (busy && until.left() < 2 * pause_ms) return throttled;
    if (until.passed()) return failure{errc::timed_out, until.limit().milliseconds, part::sev_guest};
    until.pause(pause_ms);
    was_busy = was_busy || busy;
  }
}

// report_in is the report in a response, which must be about `data`.
inline result<snp::report> report_in(const report_response& response, const snp::report_data& data) noexcept {
  namespace row = snp::report_response_row;
  if (const std::uint32_t status = row::status::read(response); status != 0) {
    return failure{errc::firmware_error, status, part::sev_guest};
  }
  if (row::report_size::read(response) != snp::report::size) {
    return failure{errc::bad_length, row::report_size::offset, part::sev_guest};
  }
  const auto report = snp::report::parse(row::report::view(response));
  if (!report) return report;
  if (report->report_data() != data) {
    return failure{errc::binding_mismatch, snp::row::report_data::offset, part::report};
  }
  return report;
}

// derived_key_in is the key in a response. The status comes first: without it a refusal is a key of zeros.
inline result<secret<32>> derived_key_in(const secret<snp::derived_key_response_row::all::size>& response) noexcept {
  namespace row = snp::derived_key_response_row;
  const byte_view bytes = response.expose();
  if (const std::uint32_t status = row::status::read(bytes); status != 0) {
    return failure{errc::key_denied, status, part::key_request};
  }
  auto key = secret<32>::made_by([&](byte_span out) { writer(out).bytes(row::key::view(bytes)); });
  if (all_zero(key.expose())) return failure{errc::zero_key, 0, part::key_request};
  return key;
}

}  // namespace unitee::inline v0::guest::detail
