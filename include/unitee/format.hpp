// SPDX-License-Identifier: Apache-2.0
//
// unitee/format.hpp: the public types as text. The only header that includes fmt; secrets have no formatter.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/guid.hpp>
#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/firmware_status.hpp>
#include <unitee/snp/kds.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/tcb.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace unitee::inline v0 {

// hex_view prints bytes as lower-case hexadecimal digits: fmt::print("{}", hex_view{bytes}).
struct hex_view {
  byte_view bytes;
};

namespace detail {

// plain is a formatter without a format specification.
struct plain {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
};

}  // namespace detail

}  // namespace unitee::inline v0

template <>
struct fmt::formatter<unitee::hex_view> : unitee::detail::plain {
  auto format(const unitee::hex_view& value, fmt::format_context& to) const {
    auto out = to.out();
    for (const auto byte : value.bytes) out = fmt::format_to(out, "{:02x}", byte);
    return out;
  }
};

// fixed_bytes prints as hexadecimal digits.
template <std::size_t N, class Tag>
struct fmt::formatter<unitee::fixed_bytes<N, Tag>> : unitee::detail::plain {
  auto format(const unitee::fixed_bytes<N, Tag>& value, fmt::format_context& to) const {
    return fmt::format_to(to.out(), "{}", unitee::hex_view{value.view()});
  }
};

// guid prints as 8-4-4-4-12 digits.
template <>
struct fmt::formatter<unitee::guid> : unitee::detail::plain {
  auto format(const unitee::guid& value, fmt::format_context& to) const {
    const auto text = unitee::format_guid(value);
    return fmt::format_to(to.out(), "{}", std::string_view(text.data(), text.size()));
  }
};

// utc_time prints as RFC 3339, or as seconds outside of the years that it has.
template <>
struct fmt::formatter<unitee::utc_time> : unitee::detail::plain {
  auto format(const unitee::utc_time& value, fmt::format_context& to) const {
    const auto text = unitee::format_time(value);
    if (!text) return fmt::format_to(to.out(), "{} s", value.seconds);
    return fmt::format_to(to.out(), "{}", std::string_view(text->data(), text->size()));
  }
};

// firmware_version prints as major.minor.build.
template <>
struct fmt::formatter<unitee::snp::firmware_version> : unitee::detail::plain {
  auto format(const unitee::snp::firmware_version& value, fmt::format_context& to) const {
    return fmt::format_to(to.out(), "{}.{}.{}", value.major, value.minor, value.build);
  }
};

// failure prints as "attestation report, offset 0x188: a reserved byte is not zero", and an offset that is none as what
// it is: "/dev/sev-guest: Permission denied", "... answered with an error (status 0x16, invalid parameter)".
template <>
struct fmt::formatter<unitee::failure> : unitee::detail::plain {
  auto format(const unitee::failure& why, fmt::format_context& to) const {
    using unitee::errc;
    const auto* const where = unitee::name(why.in);
    const auto* const what = unitee::describe(why.code);
    const auto n = why.offset;
    const auto out = to.out();
    switch (why.code) {
      case errc::io_error:
        if (!is_guest_interface(why.in)) return fmt::format_to(out, "{}", os_error(n));
        return fmt::format_to(out, "{}: {}", where, os_error(n));
      case errc::interface_absent:
      case errc::no_answer:
      case errc::channel_lost:
        if (n == 0) return fmt::format_to(out, "{}: {}", where, what);
        return fmt::format_to(out, "{}: {} ({})", where, what, os_error(n));
      case errc::key_denied:
      case errc::launch_denied:
      case errc::firmware_error:
        if (why.in == unitee::part::seal_key) return fmt::format_to(out, "{} (TDCALL status {:#x})", what, n);
        return fmt::format_to(out, "{} (status {:#x}, {})", what, n, unitee::snp::describe_status(n));
      case errc::module_error: return fmt::format_to(out, "{} (TDCALL status {:#x})", what, n);
      case errc::host_error:
      case errc::service_error: return fmt::format_to(out, "{} ({:#x})", what, n);
      case errc::timed_out:
      case errc::host_busy: return fmt::format_to(out, "{}: {} ({} ms)", where, what, n);
      case errc::entry_taken:
      case errc::raced: return fmt::format_to(out, "{}: {} (tries: {})", where, what, n);
      case errc::certificates_too_large: return fmt::format_to(out, "{} ({} bytes)", what, n);
      case errc::no_space: return fmt::format_to(out, "{} into {} bytes", what, n);
      case errc::policy_not_met: return fmt::format_to(out, "{} (check {})", what, n);
      default: break;
    }
    const bool malformed = unitee::class_of(why.code) == unitee::failure_class::malformed;
    if (n == 0 && !malformed) return fmt::format_to(out, "{}: {}", where, what);
    return fmt::format_to(out, "{}, offset {:#x}: {}", where, n, what);
  }

 private:
  static constexpr bool is_guest_interface(unitee::part in) noexcept {
    return in >= unitee::part::sev_guest && in <= unitee::part::seal_key;
  }
  static const char* os_error(std::uint64_t number) { return std::strerror(static_cast<int>(number)); }
};
