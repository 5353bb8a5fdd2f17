# SPDX-License-Identifier: Apache-2.0
"""The step of the verification procedure at which each forgery is found out, by what the vector is called."""

import re

# The first row that fits the beginning of a name counts.
STEPS = [
    (re.compile(pattern), step) for pattern, step in (
        (r"report_one_byte_", "length"),
        (r"version_0x", "version"),
        (r"signature_algorithm_", "signature_algorithm"),
        (r"key_info_(last_)?(reserved|signing|mask)|author_key_", "key_info"),
        (r"(v._)?reserved_0x|unsigned_tail_|signature_[rs]_[0-9]+_bytes|policy_bit_|(turin_)?current_reserved_", "reserved"),
        (r"vmpl_", "vmpl"),
        (r"cpuid_(unknown|between|venice)", "product"),
        (r"(vek|intermediate|root|vlek)_(expired|not_yet_valid)", "validity"),
        (r"crl_|(asvk|intermediate|root)_revoked|root_without_crl_sign|table_crl_", "revocation"),
        # Whose certificate it is, and of what form.
        (r"(vek|everything)_missing|vek_name_|v[cl]ek_named_|vcek_self_issued|vek_issuer_name_", "vek"),
        (r"v[cl]ek_chain_under_|.*_with_its_chain|key_info_flipped_|table_vlek_|chain_of_another_product|cpuid_of_", "vek"),
        (r"vek_(p256|brainpool|rsa|compressed|point|x509|unknown_critical)", "vek"),
        (r"vek_signature_(pss_sha|pss_mgf1|pss_salt_[0-9]+$|pss_trailer|pkcs1$|algorithms|by_elliptic)", "vek"),
        # What the signatures in a chain, and the names that link it, are about.
        (r"vek_signature_|v[cl]ek_signed_by_|vek_issuer_of_|root_of_same_name_|root_with_invalid_self_signature", "chain_signatures"),
        (r"intermediate_(signed|issued|authority_key)_", "chain_signatures"),
        (r"intermediate_|issuers_of_another_product", "intermediate"),
        (r"root_|table_root_", "anchor"),
        # Certificate against report.
        (r".*_tcb_.*_one_|vek_for_snp_|turin_vek_read_in_milan_order|reported_reserved_", "vek_tcb"),
        (r"(turin_)?chip_id_|vek_of_another_chip$|vlek_report_with_chip_id", "vek_chip"),
        (r"signature_|.*_tampered|v[cl]ek_report_signed_by_|vek_of_another_chips_key", "signature"),
        (r".*_above_(committed|current)_", "tcb_order"),
        (r"(turin_)?v[ecl]+k_.*(absent|twice|hwid|spl|csp_id|struct_version|product_name|integer)", "vek_extensions"),
    )
]


def step_of(name):
    return next(step for pattern, step in STEPS if pattern.match(name))
