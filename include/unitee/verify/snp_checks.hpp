// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_checks.hpp: every question that an appraisal can ask of a SEV-SNP guest.
#pragma once

#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/check_id.hpp>

#include <array>

namespace unitee::inline v0::snp {

// check_table describes each question: its name, which is stable, for JSON; what holds when it is met; and the vendor's
// table or section that says what the value means (ABI: SEV-SNP Firmware ABI Specification, KDS: VCEK Certificate and
// KDS Interface Specification; tables are named, because their numbers change between revisions).
inline constexpr std::array<check_info, 36> check_table{{
    {"report_data", "REPORT_DATA is the 64 bytes wanted", "ABI, REPORT_DATA"},
    {"measurement", "MEASUREMENT is one of those wanted", "ABI, MEASUREMENT"},
    {"minimum_tcb", "REPORTED_TCB is at least the product's minimum in every component", "ABI, REPORTED_TCB"},
    {"debug", "the host cannot read the guest's memory", "ABI, guest policy: DEBUG"},
    {"minimum_launch_tcb", "LAUNCH_TCB is at least the product's minimum in every component", "ABI, LAUNCH_TCB"},
    {"provisional_firmware", "the host cannot roll the running firmware back", "ABI, COMMITTED_TCB, COMMITTED_BUILD"},
    {"firmware_version", "the committed firmware version is at least the minimum", "ABI, COMMITTED_BUILD"},
    {"launch_mitigations", "the wanted mitigations were verified at launch", "ABI, LAUNCH_MIT_VECTOR"},
    {"current_mitigations", "the wanted mitigations are in place now", "ABI, CURRENT_MIT_VECTOR"},
    {"policy_smt", "the guest does not allow SMT", "ABI, guest policy: SMT"},
    {"policy_migrate_ma", "the guest does not allow a migration agent", "ABI, guest policy: MIGRATE_MA"},
    {"policy_cxl_allow", "the guest does not allow CXL", "ABI, guest policy: CXL_ALLOW"},
    {"policy_single_socket", "the guest demands one socket", "ABI, guest policy: SINGLE_SOCKET"},
    {"policy_mem_aes_256_xts", "the guest demands AES-256-XTS", "ABI, guest policy: MEM_AES_256_XTS"},
    {"policy_rapl_dis", "the guest demands that RAPL is off", "ABI, guest policy: RAPL_DIS"},
    {"policy_ciphertext_hiding_dram", "the guest demands ciphertext hiding",
     "ABI, guest policy: CIPHERTEXT_HIDING_DRAM"},
    {"policy_page_swap_disable", "the guest forbids page moves and swaps", "ABI, guest policy: PAGE_SWAP_DISABLE"},
    {"policy_abi", "the guest demands at least this firmware ABI", "ABI, guest policy: ABI_MAJOR, ABI_MINOR"},
    {"vmpl", "the report was requested at the VMPL wanted", "ABI, VMPL"},
    {"host_data", "HOST_DATA is the 32 bytes wanted", "ABI, HOST_DATA"},
    {"family_id", "FAMILY_ID is the 16 bytes wanted", "ABI, FAMILY_ID"},
    {"image_id", "IMAGE_ID is the 16 bytes wanted", "ABI, IMAGE_ID"},
    {"guest_svn", "GUEST_SVN is at least the minimum", "ABI, GUEST_SVN"},
    {"id_block", "a trusted key signed the ID block, or a trusted author vouches for the key that did",
     "ABI, ID_KEY_DIGEST, AUTHOR_KEY_DIGEST"},
    {"author_key", "AUTHOR_KEY_EN is set and the author's key is trusted", "ABI, AUTHOR_KEY_DIGEST"},
    {"report_id", "REPORT_ID is that of the guest wanted", "ABI, REPORT_ID"},
    {"migration_agent", "REPORT_ID_MA is that of the agent wanted, or there is no agent", "ABI, REPORT_ID_MA"},
    {"product", "the processor is of a product wanted", "ABI, CPUID_FAM_ID; KDS, productName"},
    {"chip_id", "the chip is one of those wanted", "ABI, CHIP_ID"},
    {"masked_chip_id", "CHIP_ID could be compared with the VCEK's hwID", "ABI, CHIP_ID; KDS, hwID"},
    {"signing_key", "the key that signed is of the kind wanted", "ABI, KEY_INFO: SIGNING_KEY"},
    {"csp_id", "the provider that holds the VLEK is one of those wanted", "KDS, cspID"},
    {"revocation", "a revocation list was checked", "KDS, CRL"},
    {"platform_required", "the wanted bits of PLATFORM_INFO are set", "ABI, PLATFORM_INFO"},
    {"platform_forbidden", "the unwanted bits of PLATFORM_INFO are clear", "ABI, PLATFORM_INFO"},
    {"platform_unknown", "no bit of PLATFORM_INFO is newer than this library", "ABI, PLATFORM_INFO"},
}};

// check_id is a question by its name in the table; any other name does not compile.
using check_id = unitee::detail::check_id<check_table>;

}  // namespace unitee::inline v0::snp
