// SPDX-License-Identifier: Apache-2.0
//
// tests/support/td_ear.hpp: what the checks of a TD or an enclave are known to mean in AR4SI's claims, by value.
#pragma once

#include "support/ear.hpp"
#include "support/td_appraisal.hpp"

#include <span>
#include <vector>

namespace unitee::test {

// td_groups is every check of a TD or an enclave.
inline const std::vector<trust_group> td_groups{
    {"hardware",
     2,
     32,
     {"qe_svn", "pce_svn", "tee_tcb_svn", "tcb_evaluation_data_number", "tcb_date", "rejected_advisories",
      "allowed_advisories", "sgx_type"}},
    {"hardware", 0, 32, {"tcb_status", "out_of_date_grace", "qe_status", "collateral_current"}},
    {"hardware", 0, 96, {"tcb_supported"}},
    {"hardware", 2, 97, {"quote_body", "mrseam", "mrsignerseam", "fmspc"}},
    {"hardware", 0, 0, {"report_data", "quote_version", "unsigned_bytes"}},
    {"configuration", 2, 96, {"debug", "migratable", "mrservicetd"}},
    {"configuration",
     2,
     32,
     {"mrconfigid", "mrowner", "mrownerconfig", "attributes", "profiling", "icssd", "servtd_ext", "lass",
      "sept_ve_disable", "pks", "kl", "tpa", "perfmon", "unknown_attributes", "xfam", "dynamic_platform", "cached_keys",
      "smt"}},
    {"executables", 0, 33, {"measurement", "rtmr0", "rtmr1", "rtmr2", "rtmr3", "mrsigner"}},
    {"executables", 3, 33, {"mrenclave"}},
    {"instance-identity", 2, 97, {"platform_instance_id", "ppid"}},
};

// known_td_vector is the vector that these checks must give when hardware and encrypted memory are worth that much.
inline trust_values known_td_vector(std::span<const appraisal_check> checks, int hardware, int runtime_opaque) {
  trust_values out = known_values(hardware, runtime_opaque);
  add_groups(out, td_groups, checks);
  return out;
}

}  // namespace unitee::test
