// SPDX-License-Identifier: Apache-2.0
//
// tests/support/key_backends.hpp: backends of guests that are none.
#pragma once

#include "support/key_sources.hpp"

#include <unitee/result.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/tdx/td_report.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace unitee::test {

// snp_backend has firmware that gives the bytes 0 to 31, and committed this TCB.
struct snp_backend : fixed_source<snp::key_request> {
  static constexpr std::string_view name = "snp";
  static constexpr snp::tcb_version tcb{{4, 0, 0, 0, 0, 0, 24, 219}};

  static result<snp_backend> open() {
    snp_backend out;
    out.basis.committed_tcb = tcb;
    return out;
  }
  result<snp::report> attest(const snp::report_data&) const { return failure{errc::no_answer, 0, part::sev_guest}; }
};

// keyless is a backend that attests only.
struct keyless {
  static constexpr std::string_view name = "keyless";
  static result<keyless> open() { return keyless{}; }
  result<std::vector<std::uint8_t>> attest(const tdx::report_data&) const { return errc::no_quote; }
};

}  // namespace unitee::test
