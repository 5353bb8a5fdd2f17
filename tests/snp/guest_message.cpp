// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/guest_message.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#if __has_include(<linux/sev-guest.h>)
#include <linux/sev-guest.h>
#include <sys/ioctl.h>
#endif

namespace test_guest_message {

using namespace unitee;

// The numbers of the kernel interface, written down again.
namespace wrapper = snp::guest_request_row;
static_assert(wrapper::all::size == 32 && wrapper::msg_version::offset == 0 && wrapper::msg_version::size == 1);
static_assert(wrapper::req_data::offset == 8 && wrapper::req_data::size == 8);
static_assert(wrapper::resp_data::offset == 16 && wrapper::resp_data::size == 8);
static_assert(wrapper::fw_error::offset == 24 && wrapper::fw_error::size == 4);
static_assert(wrapper::vmm_error::offset == 28 && wrapper::vmm_error::size == 4);

namespace request = snp::report_request_row;
static_assert(request::all::size == 96 && request::user_data::offset == 0 && request::user_data::size == 64);
static_assert(request::vmpl::offset == 64 && request::vmpl::size == 4);
static_assert(request::key_sel::offset == 68 && request::key_sel::size == 4);

namespace extended = snp::ext_report_request_row;
static_assert(extended::all::size == 112 && extended::request::offset == 0 && extended::request::size == 96);
static_assert(extended::certs_address::offset == 96 && extended::certs_address::size == 8);
static_assert(extended::certs_len::offset == 104 && extended::certs_len::size == 4);

namespace response = snp::report_response_row;
static_assert(response::all::size == 4000 && response::status::offset == 0 && response::status::size == 4);
static_assert(response::report_size::offset == 4 && response::report_size::size == 4);
static_assert(response::report::offset == 32 && response::report::size == 1184);

namespace key = snp::derived_key_response_row;
static_assert(key::all::size == 64 && key::status::offset == 0 && key::status::size == 4);
static_assert(key::key::offset == 32 && key::key::size == 32);

static_assert(static_cast<std::uint32_t>(snp::guest_command::get_report) == 0xC0205300);
static_assert(static_cast<std::uint32_t>(snp::guest_command::get_derived_key) == 0xC0205301);
static_assert(static_cast<std::uint32_t>(snp::guest_command::get_ext_report) == 0xC0205302);
static_assert(static_cast<std::uint32_t>(snp::host_answer::certificate_buffer_too_small) == 1);
static_assert(static_cast<std::uint32_t>(snp::host_answer::busy) == 2);
static_assert(snp::no_firmware_answer == 0xFF);
static_assert(snp::certificates_max == 0x4000 && snp::certificates_page == 4096);

// The kernel's header agrees, where there is one.
#if __has_include(<linux/sev-guest.h>)
static_assert(sizeof(snp_report_req) == request::all::size && offsetof(snp_report_req, vmpl) == request::vmpl::offset);
static_assert(offsetof(snp_report_req, rsvd) == request::key_sel::offset);
static_assert(sizeof(snp_report_resp) == response::all::size);
static_assert(sizeof(snp_derived_key_resp) == key::all::size);
static_assert(sizeof(snp_ext_report_req) == extended::all::size);
static_assert(offsetof(snp_ext_report_req, certs_address) == extended::certs_address::offset);
static_assert(offsetof(snp_ext_report_req, certs_len) == extended::certs_len::offset);
static_assert(sizeof(snp_guest_request_ioctl) == wrapper::all::size);
static_assert(offsetof(snp_guest_request_ioctl, req_data) == wrapper::req_data::offset);
static_assert(offsetof(snp_guest_request_ioctl, resp_data) == wrapper::resp_data::offset);
static_assert(SNP_GET_REPORT == static_cast<std::uint32_t>(snp::guest_command::get_report));
static_assert(SNP_GET_DERIVED_KEY == static_cast<std::uint32_t>(snp::guest_command::get_derived_key));
static_assert(SNP_GET_EXT_REPORT == static_cast<std::uint32_t>(snp::guest_command::get_ext_report));
#endif

TEST_CASE("a request to the device is written where the kernel reads it", "[snp][guest_message]") {
  std::array<std::uint8_t, 32> bytes{};
  wrapper::msg_version::write(bytes, 1);
  wrapper::req_data::write(bytes, 0x1122334455667788);
  wrapper::resp_data::write(bytes, 0x99AABBCCDDEEFF00);
  wrapper::fw_error::write(bytes, 0xFF);
  CHECK(bytes == std::array<std::uint8_t, 32>{0x01, 0,    0,    0,    0,    0,    0,    0,     //
                                              0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,  //
                                              0x00, 0xFF, 0xEE, 0xDD, 0xCC, 0xBB, 0xAA, 0x99,  //
                                              0xFF, 0,    0,    0,    0,    0,    0,    0});
  CHECK(wrapper::all::check(bytes, part::input));
  for (std::size_t i = 1; i < 8; ++i) {
    auto wrong = bytes;
    wrong[i] = 1;
    CHECK(wrapper::all::check(wrong, part::input).error() == failure{errc::reserved_not_zero, i, part::input});
  }
}

TEST_CASE("both halves of the kernel's answer are read from their place", "[snp][guest_message]") {
  std::array<std::uint8_t, 32> bytes{};
  bytes[28] = 0x02;  // exitinfo2 0x0000000200000016
  bytes[24] = 0x16;
  CHECK(wrapper::fw_error::read(bytes) == 0x16);
  CHECK(wrapper::vmm_error::read(bytes) == 2);
}

TEST_CASE("the bytes that a report request reserves are 72 to 95, and 108 to 111 around it", "[snp][guest_message]") {
  for (std::size_t i = 0; i < 112; ++i) {
    std::array<std::uint8_t, 112> bytes{};
    bytes[i] = 0x80;
    CAPTURE(i);
    CHECK(request::all::check(byte_view(bytes).first(96), part::input).has_value() == (i < 72 || i >= 96));
    CHECK(extended::all::check(bytes, part::input).has_value() == (i < 108));
  }
}

}  // namespace test_guest_message
