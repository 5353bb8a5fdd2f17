// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/guest_message.hpp: what a TD and its kernel say to each other over /dev/tdx_guest.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/td_report.hpp>

#include <cstdint>

namespace unitee::inline v0::tdx {

// guest_command is the number of a request to the device. key_get is not in mainline Linux: a kernel without it answers
// ENOTTY.
enum class guest_command : std::uint32_t {
  get_report0 = 0xC4405401,
  key_get = 0xC0A85405
};

// report_request_row is tdx_report_req, 1088 bytes: REPORTDATA in, TDREPORT out.
namespace report_request_row {
using reportdata = layout::raw<"reportdata", 0, 64, report_data_tag>;
using tdreport = layout::raw<"tdreport", 64, td_report::size>;
using all = layout::table<64 + td_report::size, reportdata, tdreport>;
}  // namespace report_request_row

// key_get_row is tdx_key_get_req, 168 bytes: TDKEYREQUEST in, key and the TDCALL's return value out.
namespace key_get_row {
using request = layout::raw<"request", 0, 128>;
using key = layout::raw<"key", 128, 32>;
using err_code = layout::le<"err_code", 160, std::uint64_t>;
using all = layout::table<168, request, key, err_code>;
}  // namespace key_get_row

}  // namespace unitee::inline v0::tdx
