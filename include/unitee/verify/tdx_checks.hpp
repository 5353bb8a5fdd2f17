// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_checks.hpp: every question that an appraisal can ask of a TD or an enclave.
#pragma once

#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/check_id.hpp>

#include <array>

namespace unitee::inline v0::tdx {

// check_table describes each question: its name, which is stable, for JSON; what holds when it is met; and the vendor's
// table or section that says what the value means (DCAP: Intel TDX DCAP Quote Generation Library and Quote Verification
// Library; ABI: Intel TDX Module ABI Specification; PCS: Intel SGX and TDX Provisioning Certification Service API,
// version 4; PCK: Intel SGX PCK Certificate and CRL Profile Specification). Fields that only a TD has are not met by an
// enclave when somebody asks for a value, and not asked of it where a policy refuses by itself.
inline constexpr std::array<check_info, 50> check_table{{
    {"report_data", "REPORTDATA is the 64 bytes wanted", "DCAP, TD quote body: REPORTDATA"},
    {"measurement", "MRTD is one of those wanted", "DCAP, TD quote body: MRTD"},
    {"tcb_status", "the TCB's status is one of those accepted", "PCS, TCB info: tcbStatus"},
    {"debug", "the host cannot read or change the TD, or debug the enclave",
     "ABI, ATTRIBUTES: TUD; DCAP, enclave report body: ATTRIBUTES"},
    {"tcb_supported", "the TCB is not revoked, neither now nor at launch, and described by the collateral",
     "PCS, TCB level selection"},
    {"quote_version", "the quote's version is one of those wanted", "DCAP, quote header: version"},
    {"quote_body", "the quote is about a kind of TEE that is wanted", "DCAP, quote body descriptor: type"},
    {"unsigned_bytes", "nothing unsigned follows the quote, or only zeros", "DCAP, quote signature data: length"},
    {"qe_svn", "the quoting enclave's ISVSVN is at least the minimum", "DCAP, QE report: ISVSVN"},
    {"pce_svn", "the platform's PCESVN is at least the minimum", "PCK, TCB: PCESVN"},
    {"mrseam", "the TDX module is one of those wanted", "DCAP, TD quote body: MRSEAM"},
    {"mrsignerseam", "MRSIGNERSEAM is zero: Intel signed the TDX module", "DCAP, TD quote body: MRSIGNERSEAM"},
    {"mrconfigid", "MRCONFIGID is the 48 bytes wanted", "DCAP, TD quote body: MRCONFIGID"},
    {"mrowner", "MROWNER is the 48 bytes wanted", "DCAP, TD quote body: MROWNER"},
    {"mrownerconfig", "MROWNERCONFIG is the 48 bytes wanted", "DCAP, TD quote body: MROWNERCONFIG"},
    {"rtmr0", "RTMR0 is one of those wanted", "DCAP, TD quote body: RTMR0"},
    {"rtmr1", "RTMR1 is one of those wanted", "DCAP, TD quote body: RTMR1"},
    {"rtmr2", "RTMR2 is one of those wanted", "DCAP, TD quote body: RTMR2"},
    {"rtmr3", "RTMR3 is one of those wanted", "DCAP, TD quote body: RTMR3"},
    {"attributes", "TDATTRIBUTES under the mask is the value wanted", "ABI, ATTRIBUTES"},
    {"profiling", "the host does not profile the TD", "ABI, ATTRIBUTES: TUP"},
    {"migratable", "the TD cannot be migrated", "ABI, ATTRIBUTES: MIGRATABLE"},
    {"icssd", "ICSSD is as wanted", "ABI, ATTRIBUTES: ICSSD"},
    {"servtd_ext", "SERVTD_EXT is as wanted", "ABI, ATTRIBUTES: SERVTD_EXT"},
    {"lass", "LASS is as wanted", "ABI, ATTRIBUTES: LASS"},
    {"sept_ve_disable", "SEPT_VE_DISABLE is as wanted", "ABI, ATTRIBUTES: SEPT_VE_DISABLE"},
    {"pks", "PKS is as wanted", "ABI, ATTRIBUTES: PKS"},
    {"kl", "KL is as wanted", "ABI, ATTRIBUTES: KL"},
    {"tpa", "TPA is as wanted", "ABI, ATTRIBUTES: TPA"},
    {"perfmon", "PERFMON is as wanted", "ABI, ATTRIBUTES: PERFMON"},
    {"unknown_attributes", "no bit of TDATTRIBUTES that could weaken the TD is newer than this library",
     "ABI, ATTRIBUTES: reserved bits"},
    {"xfam", "XFAM under the mask is the value wanted", "ABI, XFAM"},
    {"mrservicetd", "no service TD is bound, or one of those wanted", "DCAP, TD quote body 1.5: MRSERVICETD"},
    {"mrenclave", "the enclave is one of those wanted", "DCAP, enclave report body: MRENCLAVE"},
    {"mrsigner", "the enclave's signer is one of those wanted", "DCAP, enclave report body: MRSIGNER"},
    {"tee_tcb_svn", "TEE_TCB_SVN is at least the minimum in every component", "DCAP, TD quote body: TEE_TCB_SVN"},
    {"tcb_evaluation_data_number", "TCB info and QE identity are of at least the wanted TCB recovery",
     "PCS, tcbEvaluationDataNumber"},
    {"tcb_date", "the TCB's date is at least the minimum", "PCS, TCB info: tcbDate"},
    {"out_of_date_grace", "what is out of date has not been for too long", "PCS, TCB info: tcbDate"},
    {"rejected_advisories", "none of the rejected advisories concerns this TCB", "PCS, TCB info: advisoryIDs"},
    {"allowed_advisories", "no advisory but the allowed ones concerns this TCB", "PCS, TCB info: advisoryIDs"},
    {"qe_status", "the quoting enclave's own status is one of those accepted", "PCS, enclave identity: tcbStatus"},
    {"collateral_current", "nothing is past its next update, or not for too long", "PCS, nextUpdate"},
    {"platform_instance_id", "the platform is one of those wanted", "PCK, Platform Instance ID"},
    {"ppid", "the processor package is one of those wanted", "PCK, PPID"},
    {"dynamic_platform", "packages cannot be added to the platform", "PCK, Configuration: Dynamic Platform"},
    {"cached_keys", "the registration service does not keep the platform's keys", "PCK, Configuration: Cached Keys"},
    {"smt", "SMT is off", "PCK, Configuration: SMT Enabled"},
    {"sgx_type", "the platform protects its memory in a way that is wanted", "PCK, SGX Type"},
    {"fmspc", "the platform is of a family wanted", "PCK, FMSPC"},
}};

// check_id is a question by its name in the table; any other name does not compile.
using check_id = unitee::detail::check_id<check_table>;

}  // namespace unitee::inline v0::tdx
