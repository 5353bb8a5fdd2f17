// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/tdx_guest.hpp: a TD, by its kernel's device /dev/tdx_guest.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/guest/bounded_call.hpp>
#include <unitee/guest/fresh_quote.hpp>
#include <unitee/guest/open_device.hpp>
#include <unitee/guest/quote_service.hpp>
#include <unitee/guest/rtmr.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/guest_message.hpp>
#include <unitee/tdx/key_request.hpp>
#include <unitee/tdx/td_report.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/ioctl.h>

namespace unitee::inline v0::guest {

// tdx_guest_options is how to ask. Quotes come by configfs-tsm; where the kernel has none, or where `quote_service` is
// set, by a quote service. Every request ends within `limit`.
struct tdx_guest_options {
  const char* path = "/dev/tdx_guest";
  std::string configfs = "/sys/kernel/config/tsm/report";
  std::string measurements = "/sys/class/misc/tdx_guest/measurements";
  std::optional<quote_service_address> quote_service{};
  time_limit limit{120'000};
};

// tdx_guest is the device, open. Any number of threads may use it. Of keys it has what tdx::seal_keys finds.
class tdx_guest {
 public:
  static constexpr std::string_view name = "tdx-guest";
  static constexpr bool is_simulated = false;

  // open is errc::interface_absent when there is no such device, and errc::io_error with errno, in part::tdx_guest,
  // when it does not open.
  static result<tdx_guest> open(const tdx_guest_options& with = {}) {
    auto fd = detail::open_device(with.path, part::tdx_guest, with.limit);
    if (!fd) return fd.error();
    return tdx_guest(std::move(*fd), with);
  }

  // td_report is a fresh TD report about these 64 bytes: evidence on this platform alone. Failures are in
  // part::tdx_guest: errc::interface_absent for a kernel without the request, errc::host_busy after EBUSY until the
  // limit, errc::timed_out, errc::io_error with errno when the TDCALL fails. What is no TD report, or about other
  // bytes, is the failure of its parse, or errc::binding_mismatch, in part::td_report, which is also for a hash in it
  // that is not of its part (linux/tdx-guest.h).
  [[nodiscard]] result<tdx::td_report> td_report(const tdx::report_data& data) const {
    return td_report(data, options_.limit);
  }

  // attest is a fresh quote about these 64 bytes. Failures are those of ask_tsm; of td_report and ask_quote_service
  // where a quote service is asked; and what is no quote, or about other bytes, is the failure of its parse, or
  // errc::binding_mismatch, in part::quote.
  [[nodiscard]] result<std::vector<std::uint8_t>> attest(const tdx::report_data& data) const {
    const posix::deadline until(options_.limit);
    if (options_.quote_service) return quote_by_service(*options_.quote_service, data, until);
    auto quote = detail::quote_by_tsm(options_.configfs, data, until);
    if (quote || quote.error().code != errc::interface_absent) return quote;
    return quote_by_service(quote_service_address::configured(), data, until);
  }

  // extend_rtmr makes RTMR[index], 0 to 3, the SHA-384 of its value and the digest, which cannot be taken back; rtmr is
  // its value now. In part::rtmr: errc::interface_absent where the kernel does not offer it (before Linux 6.16),
  // errc::bad_value for another index, errc::truncated, errc::io_error, and errc::timed_out, after which the
  // register may be extended all the same (Linux, Documentation/ABI/testing/sysfs-devices-virtual-misc-tdx_guest).
  [[nodiscard]] result<void> extend_rtmr(unsigned index, const tdx::measurement& digest) const {
    return detail::bounded_call(options_.limit, part::rtmr, [=, directory = options_.measurements] {
      return detail::extend_rtmr(directory.c_str(), index, digest);
    });
  }
  [[nodiscard]] result<tdx::measurement> rtmr(unsigned index) const {
    return detail::bounded_call(options_.limit, part::rtmr, [=, directory = options_.measurements] {
      return detail::read_rtmr(directory.c_str(), index);
    });
  }

  // seal_key is the 32 bytes that the TDX module derives for this request. Failures, in part::seal_key:
  // errc::interface_absent for a kernel without the request, which is any mainline kernel so far; errc::key_denied with
  // the TDCALL's return value when the module refuses; errc::module_error with that value when the kernel reports
  // success in spite of it; errc::zero_key; errc::timed_out; errc::io_error with errno (TDG.MR.KEY.GET). Ask for keys
  // by tdx::seal_keys.
  [[nodiscard]] result<secret<32>> seal_key(const tdx::key_request& request) const noexcept {
    namespace row = tdx::key_get_row;
    const posix::deadline until(options_.limit);
    return detail::bounded_call(until, part::seal_key, [=, fd = fd_]() -> result<secret<32>> {
      std::uint64_t err_code = 0;
      const auto argument = secret<row::all::size>::try_made_by([&](byte_span space) -> result<void> {
        writer(space).bytes(request.encode());
        const bool ok = ::ioctl(fd->get(), static_cast<unsigned long>(tdx::guest_command::key_get), space.data()) == 0;
        const int error = errno;
        err_code = row::err_code::read(space);
        if (ok) return {};
        if (error == ENOTTY) return failure{errc::interface_absent, ENOTTY, part::seal_key};
        if (error == EIO && err_code != 0) return failure{errc::key_denied, err_code, part::seal_key};
        return failure{errc::io_error, static_cast<std::uint64_t>(error), part::seal_key};
      });
      if (!argument) return argument.error();
      if (err_code != 0) return failure{errc::module_error, err_code, part::seal_key};
      auto key = secret<32>::made_by([&](byte_span out) { writer(out).bytes(row::key::view(argument->expose())); });
      if (all_zero(key.expose())) return failure{errc::zero_key, 0, part::seal_key};
      return key;
    });
  }

 private:
  tdx_guest(std::shared_ptr<const posix::descriptor> fd, tdx_guest_options with) noexcept
      : fd_(std::move(fd)), options_(std::move(with)) {}

  [[nodiscard]] result<tdx::td_report> td_report(const tdx::report_data& data, const posix::deadline& until) const {
    namespace row = tdx::report_request_row;
    return detail::bounded_call(until, part::tdx_guest, [=, fd = fd_]() -> result<tdx::td_report> {
      std::array<std::uint8_t, row::all::size> argument{};
      row::reportdata::write(argument, data);
      if (const auto done = get_report0(fd->get(), argument, until); !done) return done.error();
      const auto report = tdx::td_report::parse(row::tdreport::view(argument));
      if (!report) return report;
      if (const auto fresh = detail::check_fresh(*report, data); !fresh) return fresh.error();
      return report;
    });
  }

  static result<void> get_report0(int fd, byte_span argument, const posix::deadline& until) noexcept {
    constexpr std::uint32_t pause_ms = 20;
    const auto fail = [](errc code, std::uint64_t offset) { return failure{code, offset, part::tdx_guest}; };
    while (::ioctl(fd, static_cast<unsigned long>(tdx::guest_command::get_report0), argument.data()) != 0) {
      const int error = errno;
      if (error == ENOTTY) return fail(errc::interface_absent, ENOTTY);
      if (error != EBUSY && error != EINTR) return fail(errc::io_error, static_cast<std::uint64_t>(error));
      if (error == EBUSY && until.left() < 2 * pause_ms) return fail(errc::host_busy, until.limit().milliseconds);
      if (until.passed()) return fail(errc::timed_out, until.limit().milliseconds);
      until.pause(pause_ms);
    }
    return {};
  }

  [[nodiscard]] result<std::vector<std::uint8_t>> quote_by_service(const quote_service_address& at,
                                                                   const tdx::report_data& data,
                                                                   const posix::deadline& until) const {
    const auto report = td_report(data, until);
    if (!report) return report.error();
    auto quote = ask_quote_service(at, *report, until);
    if (!quote) return quote;
    if (const auto fresh = detail::check_fresh(*quote, data); !fresh) return fresh.error();
    return quote;
  }

  std::shared_ptr<const posix::descriptor> fd_;  // shared with a request that outlives its time limit
  tdx_guest_options options_;
};

static_assert(tdx_attester<const tdx_guest>);

}  // namespace unitee::inline v0::guest
