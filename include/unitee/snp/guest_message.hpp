// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/guest_message.hpp: what a guest and its kernel say to each other over /dev/sev-guest.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/snp/report.hpp>

#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::snp {

// guest_command is the number of a request to the device (linux/sev-guest.h).
enum class guest_command : std::uint32_t {
  get_report = 0xC0205300,
  get_derived_key = 0xC0205301,
  get_ext_report = 0xC0205302
};

// guest_request_row is the 32 bytes that every command takes: snp_guest_request_ioctl. The addresses are those of the
// request and of the space for the response; exitinfo2 is the kernel's answer, both halves of it.
namespace guest_request_row {
using msg_version = layout::le<"msg_version", 0, std::uint8_t>;
using req_data = layout::le<"req_data", 8, std::uint64_t>;
using resp_data = layout::le<"resp_data", 16, std::uint64_t>;
using fw_error = layout::le<"fw_error", 24, std::uint32_t>;
using vmm_error = layout::le<"vmm_error", 28, std::uint32_t>;
using all = layout::table<32, msg_version, layout::zero<1, 7>, req_data, resp_data, fw_error, vmm_error>;
}  // namespace guest_request_row

// report_request_row is snp_report_req, 96 bytes. key_sel is KEY_SEL of ABI 1.55, reserved before it.
namespace report_request_row {
using user_data = layout::raw<"user_data", 0, 64, report_data_tag>;
using vmpl = layout::le<"vmpl", 64, std::uint32_t>;
using key_sel = layout::le<"key_sel", 68, std::uint32_t>;
using all = layout::table<96, user_data, vmpl, key_sel, layout::zero<72, 24>>;
}  // namespace report_request_row

// ext_report_request_row is snp_ext_report_req, 112 bytes: a report request, and the buffer for certificates.
namespace ext_report_request_row {
using request = layout::raw<"request", 0, report_request_row::all::size>;
using certs_address = layout::le<"certs_address", 96, std::uint64_t>;
using certs_len = layout::le<"certs_len", 104, std::uint32_t>;
using all = layout::table<112, request, certs_address, certs_len, layout::zero<108, 4>>;
}  // namespace ext_report_request_row

// report_response_row is MSG_REPORT_RSP in the 4000 bytes of snp_report_resp.
namespace report_response_row {
using status = layout::le<"status", 0, std::uint32_t>;
using report_size = layout::le<"report_size", 4, std::uint32_t>;
using reserved = layout::unused<"reserved_8", 8, 24>;
using report = layout::raw<"report", 32, snp::report::size>;
using rest = layout::unused<"rest", 32 + snp::report::size, 4000 - 32 - snp::report::size>;
using all = layout::table<4000, status, report_size, reserved, report, rest>;
}  // namespace report_response_row

// derived_key_response_row is MSG_KEY_RSP, 64 bytes. The key is zero unless the status is.
namespace derived_key_response_row {
using status = layout::le<"status", 0, std::uint32_t>;
using reserved = layout::unused<"reserved_4", 4, 28>;
using key = layout::raw<"key", 32, 32>;
using all = layout::table<64, status, reserved, key>;
}  // namespace derived_key_response_row

// host_answer is the upper half of exitinfo2: what the host said of a request (GHCB specification, SNP guest request).
enum class host_answer : std::uint32_t {
  done = 0,
  certificate_buffer_too_small = 1,
  busy = 2
};

// no_firmware_answer is the lower half of exitinfo2 as the kernel sets it before it asks: nobody answered.
inline constexpr std::uint32_t no_firmware_answer = 0xFF;

// certificates_max is the largest certificate buffer, in bytes, that the kernel takes; sizes are whole pages.
inline constexpr std::size_t certificates_max = 0x4000;
inline constexpr std::size_t certificates_page = 0x1000;

}  // namespace unitee::inline v0::snp
