// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/guest_message.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#if __has_include(<linux/tdx-guest.h>)
#include <linux/tdx-guest.h>
#include <sys/ioctl.h>
#endif

namespace test_guest_message {

using namespace unitee;

// The numbers of the kernel interface, written down again.
namespace report = tdx::report_request_row;
static_assert(report::all::size == 1088 && report::reportdata::offset == 0 && report::reportdata::size == 64);
static_assert(report::tdreport::offset == 64 && report::tdreport::size == 1024);

namespace key = tdx::key_get_row;
static_assert(key::all::size == 168 && key::request::offset == 0 && key::request::size == 128);
static_assert(key::key::offset == 128 && key::key::size == 32);
static_assert(key::err_code::offset == 160 && key::err_code::size == 8);

// iowr is _IOWR('T', number, size) of Linux: both directions, the argument's size, the letter, the number.
constexpr std::uint32_t iowr(std::uint32_t number, std::uint32_t size) {
  return 3U << 30 | size << 16 | std::uint32_t{'T'} << 8 | number;
}
static_assert(static_cast<std::uint32_t>(tdx::guest_command::get_report0) == iowr(1, 1088));
static_assert(static_cast<std::uint32_t>(tdx::guest_command::get_report0) == 0xC4405401);
static_assert(static_cast<std::uint32_t>(tdx::guest_command::key_get) == iowr(5, 168));
static_assert(static_cast<std::uint32_t>(tdx::guest_command::key_get) == 0xC0A85405);

// The kernel's header agrees, where there is one.
#if __has_include(<linux/tdx-guest.h>)
static_assert(sizeof(tdx_report_req) == report::all::size);
static_assert(offsetof(tdx_report_req, tdreport) == report::tdreport::offset);
static_assert(TDX_CMD_GET_REPORT0 == static_cast<std::uint32_t>(tdx::guest_command::get_report0));
#endif

TEST_CASE("the module's return value is read behind the key, all 64 bits of it", "[tdx][guest_message]") {
  std::array<std::uint8_t, 168> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  CHECK(key::err_code::read(bytes) == 0xA7A6A5A4A3A2A1A0);
  CHECK(key::key::read(bytes).value.front() == 0x80);
  CHECK(key::key::read(bytes).value.back() == 0x9F);
}

}  // namespace test_guest_message
