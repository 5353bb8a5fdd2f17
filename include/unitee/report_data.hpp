// SPDX-License-Identifier: Apache-2.0
//
// unitee/report_data.hpp: the 64 bytes that evidence of either vendor carries for whoever asked for it.
#pragma once

#include <unitee/bytes/fixed.hpp>

namespace unitee::inline v0 {

// report_data is the 64 bytes that whoever asked for the evidence chose: REPORT_DATA or REPORTDATA. The vendors' own
// types are made of its value: snp::report_data{data.value}, tdx::report_data{data.value}.
using report_data = fixed_bytes<64, struct either_report_data_tag>;

}  // namespace unitee::inline v0
