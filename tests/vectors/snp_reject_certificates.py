# SPDX-License-Identifier: Apache-2.0
"""Refused for the chain, for its revocation, or because certificate and report do not belong together."""

import uuid

from forge import basic_constraints, common_name, extension, integer, key_usage, octets, oid, sequence, set_bytes, tlv
from snp_forge import KEYS, name, subject_key_id, tcb_milan
from snp_reject_set import CHIP, COMPONENTS, PROVIDER, ark, ask, ask_extensions, ia5, revocation_list, tcb, vek, vek_values
from snp_vectors import ASK, VCEK, run, table, u8, u32

ARK = uuid.UUID("c0b406a4-a803-4952-9743-3fb6014cd0ae")
CRL = uuid.UUID("92f81bc3-5811-4d3d-97ff-d19f88dc67ea")
UNKNOWN = extension("1.3.6.1.4.1.3704.2.99", b"\x05\x00", True)


def roots(s):
    """Trust: whose chain it is, and whether every link holds."""
    s.refuse("root_with_amds_names_and_no_anchor", "untrusted_root", "root", root=True, anchors=[])
    s.refuse("root_with_amds_names_beside_another_anchor", "untrusted_root", "root", root=True, anchors=["ark_genoa"])
    s.refuse("root_of_same_name_and_another_key", "issuer_mismatch", "intermediate", anchors=[ark(key="attacker")])
    s.refuse("root_with_invalid_self_signature", "signature_invalid", "root", anchors=[ark(signer="attacker")])
    s.refuse("root_without_ca", "certificate_unfit", "root",
             anchors=[ark(extensions=[key_usage(5, 6), subject_key_id("ark"), basic_constraints(False)])])
    s.refuse("root_without_key_cert_sign", "certificate_unfit", "root",
             anchors=[ark(extensions=[key_usage(6), subject_key_id("ark"), basic_constraints()])])
    s.refuse("root_unknown_critical_extension", "certificate_unfit", "root",
             anchors=[ark(extensions=[key_usage(5, 6), subject_key_id("ark"), basic_constraints(), UNKNOWN])])
    s.refuse("root_pkcs1_signature", "certificate_unfit", "root", anchors=[ark(scheme="pkcs1")])
    s.refuse("root_rsa_2048", "certificate_unfit", "root", anchors=[ark(key="rsa_2048")],
             intermediate=ask(signer="rsa_2048", extensions=ask_extensions(issuer="rsa_2048")))
    s.refuse("root_name_in_lower_case", "missing", "root", anchors=[ark(common="ARK-milan")])
    s.refuse("root_missing", "missing", "root", anchors=[])
    s.refuse("intermediate_missing", "missing", "intermediate", intermediate=None)
    s.refuse("vek_missing", "missing", "vek", vek=None)
    s.refuse("everything_missing", "missing", "vek", vek=None, intermediate=None, anchors=[])
    genoa = {"vek": "vcek_genoa", "intermediate": "ask_genoa", "anchors": ["ark_genoa"]}
    s.refuse("chain_of_another_product", "product_mismatch", "report", 0x188, **genoa)
    s.refuse("issuers_of_another_product", "missing", "intermediate", **{**genoa, "vek": True})
    s.refuse("intermediate_issued_by_another_products_root", "issuer_mismatch", "intermediate",
             intermediate=ask(issuer=name("ARK-Genoa")), more=["ark_genoa"])
    s.refuse("cpuid_of_another_product", "product_mismatch", "report", 0x188, edits=[u8(0x188, 0x1A), u8(0x189, 0x02)])
    s.refuse("cpuid_of_genoa_on_milan", "product_mismatch", "report", 0x188, edits=[u8(0x189, 0x11)])
    s.refuse("cpuid_unknown", "unsupported_product", "report", 0x188, edits=[u8(0x188, 0x1B)])
    s.refuse("cpuid_between_products", "unsupported_product", "report", 0x188, edits=[u8(0x189, 0x20)])
    s.refuse("cpuid_venice", "unsupported_product", "report", 0x188, report="turin_v5", edits=[u8(0x189, 0x50)])


def signers(s):
    """VCEK and VLEK, ASK and ASVK: none stands in for another."""
    vlek = {"vek": "vlek_milan", "intermediate": "asvk_milan"}
    s.refuse("vlek_chain_under_vcek_report", "signer_mismatch", "report", 0x48, **vlek)
    s.refuse("vcek_chain_under_vlek_report", "signer_mismatch", "report", 0x48, report="milan_v3_vlek", vek="vcek_milan",
             intermediate="ask_milan")
    s.refuse("vcek_report_signed_by_vlek", "signature_invalid", "report", 0x2A0, sign="vlek")
    s.refuse("vlek_report_signed_by_vcek", "signature_invalid", "report", 0x2A0, report="milan_v3_vlek", sign="vcek")
    s.refuse("vcek_report_signed_by_vlek_with_its_chain", "signer_mismatch", "report", 0x48, sign="vlek", **vlek)
    s.refuse("key_info_flipped_to_vlek", "signer_mismatch", "report", 0x48, edits=[u32(0x48, 4)])
    s.refuse("key_info_flipped_to_vcek", "signer_mismatch", "report", 0x48, report="milan_v3_vlek", edits=[u32(0x48, 0)])
    s.refuse("vcek_named_under_asvk", "name_mismatch", "vek", vek=vek(issuer=name("SEV-VLEK-Milan"), signer="asvk"),
             intermediate="asvk_milan")
    s.refuse("vlek_named_under_ask", "name_mismatch", "vek", report="milan_v3_vlek",
             vek=vek(kind="vlek", issuer=name("SEV-Milan"), signer="ask"), intermediate="ask_milan")
    s.refuse("vcek_signed_by_asvk", "signature_invalid", "vek", vek=vek(signer="asvk"))
    s.refuse("vlek_signed_by_ask", "signature_invalid", "vek", report="milan_v3_vlek", vek=vek(kind="vlek", signer="ask"))
    s.refuse("vcek_signed_by_ark", "signature_invalid", "vek", vek=vek(signer="ark"))
    s.refuse("vcek_signed_by_attacker", "signature_invalid", "vek", vek=vek(signer="attacker"))
    s.refuse("vcek_self_issued", "name_mismatch", "vek", vek=vek(issuer=name("SEV-VCEK"), signer="attacker"))
    s.refuse("intermediate_signed_by_attacker", "signature_invalid", "intermediate", intermediate=ask(signer="attacker"))
    s.refuse("intermediate_issued_by_itself", "issuer_mismatch", "intermediate",
             intermediate=ask(key="attacker", signer="attacker", issuer=name("SEV-Milan"), extensions=ask_extensions("attacker", issuer="attacker")),
             vek=vek(signer="attacker"))
    s.refuse("intermediate_issued_by_intermediate", "issuer_mismatch", "intermediate",
             intermediate=ask(key="attacker", signer="ask", issuer=name("SEV-Milan"), extensions=ask_extensions("attacker", issuer="ask")),
             vek=vek(signer="attacker"))
    s.refuse("intermediate_authority_key_of_another", "issuer_mismatch", "intermediate",
             intermediate=ask(extensions=ask_extensions(issuer="attacker")))
    s.refuse("vek_issuer_of_another_organization", "issuer_mismatch", "vek",
             vek=vek(issuer=name("SEV-Milan", organization="Forgers")))
    s.refuse("intermediate_with_asvk_name", "missing", "intermediate", intermediate=ask(common="SEV-VLEK-Milan"))
    s.refuse("intermediate_name_in_upper_case", "missing", "intermediate", intermediate=ask(common="SEV-MILAN"))
    s.refuse("vek_issuer_name_in_upper_case", "name_mismatch", "vek", vek=vek(issuer=name("SEV-MILAN")))
    for word, common in (("of_asvk", ["SEV-VLEK-Milan"]), ("without_sev", ["VCEK"]), ("in_lower_case", ["sev-vcek"]),
                         ("with_trailing_space", ["SEV-VCEK "]), ("with_zero_byte", ["SEV-VCEK\0"]), ("and_more", ["SEV-VCEK2"]),
                         ("twice", ["SEV-VCEK", "SEV-VCEK"]), ("in_bmp_string", [common_name("SEV-VCEK", 0x1E)])):
        s.refuse(f"vek_name_{word}", "missing", "vek", vek=vek(common=common))
    s.refuse("vek_name_of_vlek", "name_mismatch", "vek", vek=vek(common=["SEV-VLEK"]))


def forms(s):
    """Keys, algorithms, versions and constraints of certificates."""
    for scheme in ("pss_sha256", "pss_mgf1_sha256", "pss_salt_32", "pss_salt_0", "pkcs1", "pss_trailer_2"):
        s.refuse(f"vek_signature_{scheme}", "certificate_unfit", "vek", vek=vek(scheme=scheme))
    for scheme in ("pss_sha256", "pss_salt_32", "pkcs1"):
        s.refuse(f"intermediate_signature_{scheme}", "certificate_unfit", "intermediate", intermediate=ask(scheme=scheme))
    s.refuse("vek_signature_pss_salt_32_declared_48", "signature_invalid", "vek", vek=vek(scheme="pss_salt_32", declared="pss"))
    s.refuse("vek_signature_pkcs1_declared_pss", "signature_invalid", "vek", vek=vek(scheme="pkcs1", declared="pss"))
    s.refuse("vek_signature_algorithms_differ", "certificate_unfit", "vek", vek=vek(outer="pss_trailer"))
    s.refuse("vek_signature_by_elliptic_key", "certificate_unfit", "vek", vek=vek(scheme="ecdsa", signer="other_chip"))
    s.refuse("vek_signature_one_byte_short", "signature_invalid", "vek", vek=vek(repair=lambda signature: signature[:-1]))
    s.refuse("vek_signature_with_leading_zero", "signature_invalid", "vek", vek=vek(repair=lambda signature: b"\0" + signature))
    s.refuse("vek_signature_zero", "signature_invalid", "vek", vek=vek(repair=lambda signature: bytes(512)))
    s.refuse("vek_p256", "certificate_unfit", "vek", vek=vek(key="p256"))
    s.refuse("vek_brainpool_p384", "certificate_unfit", "vek", vek=vek(key="brainpool"))
    s.refuse("vek_rsa", "certificate_unfit", "vek", vek=vek(key="attacker"))
    point = KEYS["vcek"].public
    s.refuse("vek_compressed_point", "certificate_unfit", "vek",
             vek=vek(spki=KEYS["vcek"].spki(public=bytes([2 + point[-1] % 2]) + point[1:49])))
    s.refuse("vek_point_not_on_curve", "certificate_unfit", "vek",
             vek=vek(spki=KEYS["vcek"].spki(public=point[:-1] + bytes([point[-1] ^ 1]))))
    s.refuse("vek_point_at_infinity", "certificate_unfit", "vek", vek=vek(spki=KEYS["vcek"].spki(public=b"\0")))
    s.refuse("vek_of_another_chips_key", "signature_invalid", "report", 0x2A0, vek=vek(key="other_chip"))
    s.refuse("vek_x509_version_1", "certificate_unfit", "vek", vek=vek(version=None))
    s.refuse("vek_x509_version_2", "certificate_unfit", "vek", vek=vek(version=1))
    s.refuse("vek_unknown_critical_extension", "certificate_unfit", "vek", vek=vek(more=[UNKNOWN]))
    s.refuse("intermediate_rsa_2048", "certificate_unfit", "intermediate", vek=vek(signer="rsa_2048"),
             intermediate=ask(key="rsa_2048"))
    s.refuse("intermediate_p384", "certificate_unfit", "intermediate", intermediate=ask(key="other_chip"))
    pss_key = KEYS["ask"].spki(sequence(oid("1.2.840.113549.1.1.10")))
    s.refuse("intermediate_key_restricted_to_pss", "certificate_unfit", "intermediate", intermediate=ask(spki=pss_key))
    s.refuse("intermediate_x509_version_1", "certificate_unfit", "intermediate", intermediate=ask(version=None))
    for word, changed in (("without_ca", {"constraints": [basic_constraints(False)]}),
                          ("without_basic_constraints", {"constraints": []}),
                          ("with_basic_constraints_twice", {"constraints": [basic_constraints(True, 0)] * 2}),
                          ("without_path_length", {"constraints": [basic_constraints()]}),
                          ("with_path_length_1", {"constraints": [basic_constraints(True, 1)]}),
                          ("without_key_usage", {"usage": []}),
                          ("without_key_cert_sign", {"usage": [key_usage(6)]}),
                          ("with_unknown_critical_extension", {"usage": [key_usage(5), UNKNOWN]})):
        s.refuse(f"intermediate_{word}", "certificate_unfit", "intermediate", intermediate=ask(extensions=ask_extensions(**changed)))
    # Bytes that are no certificate to begin with.
    good = s.bytes["vcek_milan"]
    s.refuse("vek_trailing_byte", "trailing_data", "certificate", len(good), vek=good + b"\0")
    s.refuse("vek_one_byte_short", "bad_encoding", "certificate", vek=good[:-1])
    s.refuse("vek_length_not_der", "bad_encoding", "certificate", vek=b"\x30\x83\0" + good[2:])
    s.refuse("vek_serial_negative", "bad_value", "certificate", vek=vek(serial=b"\x02\x01\xff"))
    s.refuse("endorsement_of_no_format", "unrecognized", "input", vek=b"no certificate")
    listed = [(VCEK.bytes, good), (ASK.bytes, s.bytes["ask_milan"])]
    s.refuse("table_garbage_under_vcek", "bad_encoding", "certificate_table", 72, intermediate=None,
             vek=table((VCEK.bytes, b"\x30\x03garbage"), listed[1]))
    s.refuse("table_text_under_vcek", "unrecognized", "certificate_table", 72, intermediate=None,
             vek=table((VCEK.bytes, b"garbage"), listed[1]))
    s.refuse("table_duplicate_vcek", "duplicate", "certificate_table", 24, intermediate=None, vek=table(listed[0], *listed))
    s.refuse("table_duplicate_vcek_in_other_byte_order", "duplicate", "certificate_table", 24, intermediate=None,
             vek=table(listed[0], (VCEK.bytes_le, good), listed[1]))
    s.refuse("table_vlek_under_vcek", "signer_mismatch", "report", 0x48, intermediate=None,
             vek=table((VCEK.bytes, s.bytes["vlek_milan"]), (ASK.bytes, s.bytes["asvk_milan"])))
    s.refuse("table_root_is_no_anchor", "untrusted_root", "root", intermediate=None, anchors=[],
             vek=table(*listed, (ARK.bytes, s.bytes["ark_milan"])))


def times(s):
    """Validity at the given time, to the second, and revocation."""
    s.refuse("vek_expired", "expired", "vek", at="2032-06-01T00:00:01Z")
    s.refuse("vek_not_yet_valid", "not_yet_valid", "vek", at="2025-05-31T23:59:59Z")
    past, future = {"end": "2026-02-28T23:59:59Z"}, {"begin": "2026-03-01T00:00:01Z"}
    s.refuse("intermediate_expired", "expired", "intermediate", intermediate=ask(**past))
    s.refuse("intermediate_not_yet_valid", "not_yet_valid", "intermediate", intermediate=ask(**future))
    s.refuse("root_expired", "expired", "root", anchors=[ark(**past)])
    s.refuse("root_not_yet_valid", "not_yet_valid", "root", anchors=[ark(**future)])
    s.refuse("vlek_expired", "expired", "vek", report="milan_v3_vlek", at="2032-06-01T00:00:01Z")

    def listed(name, errc, part, content, **how):
        s.refuse(name, errc, part, more=[content], **how)

    listed("intermediate_revoked", "revoked", "intermediate", revocation_list(0x20001, 0x10001))
    listed("asvk_revoked", "revoked", "intermediate", revocation_list(0x10101), report="milan_v3_vlek")
    listed("root_revoked", "revoked", "root", revocation_list(0x10000))
    listed("crl_signed_by_another_key", "signature_invalid", "crl", revocation_list(signer="attacker"))
    listed("crl_signed_by_intermediate", "signature_invalid", "crl", revocation_list(signer="ask"))
    good = revocation_list(0x20001)
    listed("crl_tampered", "signature_invalid", "crl", good.replace(integer(0x20001), integer(0x20002)))
    listed("crl_stale", "expired", "crl", revocation_list(end="2026-02-28T23:59:59Z"))
    listed("crl_not_yet_current", "not_yet_valid", "crl", revocation_list(begin="2026-03-01T00:00:01Z"))
    listed("crl_without_next_update", "missing", "crl", revocation_list(end=None))
    listed("crl_unknown_critical_extension", "certificate_unfit", "crl", revocation_list(extensions=[UNKNOWN]))
    listed("crl_entry_with_critical_extension", "certificate_unfit", "crl", revocation_list(0x20001, entry_extensions=[UNKNOWN]))
    listed("crl_delta", "certificate_unfit", "crl", revocation_list(extensions=[extension("2.5.29.27", integer(8), True)]))
    s.refuse("crl_trailing_byte", "trailing_data", "crl", len(good), more=[good + b"\0"])
    listed("crl_signature_algorithms_differ", "bad_value", "crl", revocation_list(outer="pss_trailer"))
    stale = revocation_list(0x10001, end="2026-02-28T23:59:59Z")
    listed("crl_stale_and_allowed_revokes_all_the_same", "revoked", "intermediate", stale, options=["--allow-stale-crl"])
    two = revocation_list(0x10001, begin="2026-02-15T00:00:00Z", number=10)
    s.refuse("intermediate_revoked_by_one_list_of_two", "revoked", "intermediate", more=[good, two])
    s.refuse("root_without_crl_sign", "issuer_mismatch", "crl", more=[good],
             anchors=[ark(extensions=[key_usage(5), subject_key_id("ark"), basic_constraints()])])
    s.refuse("table_crl_revokes_intermediate", "revoked", "intermediate", intermediate=None,
             vek=table((VCEK.bytes, s.bytes["vcek_milan"]), (ASK.bytes, s.bytes["ask_milan"]), (CRL.bytes, revocation_list(0x20001, 0x10001))))
    s.unmet("crl_required_and_absent", "revocation", "--require-crl")
    s.unmet("crl_required_and_of_another_root", "revocation", "--require-crl", more=[revocation_list(product="Genoa")])


def bindings(s):
    """Certificate against report: TCB and chip."""
    for product, report in (("Milan", "milan_v3"), ("Turin", "turin_v5")):
        for component, at in COMPONENTS[product].items():
            for word, step in (("below", -1), ("above", 1)):
                level = tcb(product)[at] + step
                s.refuse(f"{product.lower()}_tcb_{component}_one_{word}", "tcb_mismatch", "report", 0x180, report=report,
                         edits=[u8(0x180 + at, level)])
    for word, step in (("below", -1), ("above", 1)):
        s.refuse(f"vek_for_snp_one_{word}", "tcb_mismatch", "report", 0x180, vek=vek(values=vek_values(changed={"3.3": integer(24 + step)})))
    s.refuse("vlek_tcb_snp_one_below", "tcb_mismatch", "report", 0x180, report="milan_v3_vlek", edits=[u8(0x186, 23)])
    s.refuse("turin_vek_read_in_milan_order", "tcb_mismatch", "report", 0x180, report="turin_v5",
             edits=[set_bytes(at, tcb_milan(2, 3, 4, 81)) for at in (0x38, 0x180, 0x1E0, 0x1F0)])
    s.refuse("reported_reserved_byte_set", "tcb_mismatch", "report", 0x180, edits=[u8(at + 2, 1) for at in (0x38, 0x180, 0x1E0)])
    s.refuse("current_reserved_byte_set", "reserved_not_zero", "report", 0x38, edits=[u8(0x3A, 1)])
    s.refuse("turin_current_reserved_byte_set", "reserved_not_zero", "report", 0x38, report="turin_v5", edits=[u8(0x3C, 1)])
    s.refuse("chip_id_of_another_chip", "chip_id_mismatch", "report", 0x1A0, edits=[set_bytes(0x1A0, run(0x55, 64))])
    s.refuse("chip_id_last_byte", "chip_id_mismatch", "report", 0x1A0, edits=[u8(0x1DF, 0xC0)])
    s.refuse("chip_id_only_first_eight_bytes", "chip_id_mismatch", "report", 0x1A0, edits=[set_bytes(0x1A8, bytes(56))])
    s.refuse("vek_of_another_chip", "chip_id_mismatch", "report", 0x1A0, vek=vek(values=vek_values(changed={"4": run(0x55, 64)})))
    s.refuse("turin_chip_id_of_another_chip", "chip_id_mismatch", "report", 0x1A0, report="turin_v5", edits=[u8(0x1A7, 0x88)])
    for at in (0x1A8, 0x1DF):
        s.refuse(f"turin_chip_id_byte_{at - 0x1A0}_set", "chip_id_mismatch", "report", 0x1A0, report="turin_v5", edits=[u8(at, 1)])
    s.refuse("vlek_report_with_chip_id", "chip_id_mismatch", "report", 0x1A0, report="milan_v3_vlek",
             edits=[set_bytes(0x1A0, CHIP["Milan"])])
    s.unmet("chip_id_masked", "masked_chip_id", edits=[set_bytes(0x1A0, bytes(64))])
    s.unmet("turin_chip_id_masked", "masked_chip_id", report="turin_v5", edits=[set_bytes(0x1A0, bytes(64))])


def extensions(s):
    """AMD's extensions of a VEK certificate."""
    def forged(name, errc, report="milan_v3", product="Milan", kind="vcek", **values):
        s.refuse(name, errc, "vek", report=report, vek=vek(product, kind, values=vek_values(product, kind, **values)))

    turin = {"report": "turin_v5", "product": "Turin"}
    vlek = {"report": "milan_v3_vlek", "kind": "vlek"}
    words = {"1": "struct_version", "2": "product_name", "3.1": "bl_spl", "3.2": "tee_spl", "3.3": "snp_spl", "3.4": "spl4",
             "3.5": "spl5", "3.6": "spl6", "3.7": "spl7", "3.8": "ucode_spl", "4": "hwid"}
    for suffix, value in vek_values():
        forged(f"vek_{words[suffix]}_absent", "extension_missing", absent=[suffix])
        forged(f"vek_{words[suffix]}_twice", "duplicate", more=[(suffix, value)])
    forged("turin_vek_fmc_spl_absent", "extension_missing", absent=["3.9"], **turin)
    forged("turin_vek_fmc_spl_twice", "duplicate", more=[("3.9", integer(1))], **turin)
    forged("vlek_csp_id_absent", "extension_missing", absent=["5"], **vlek)
    forged("vlek_csp_id_empty", "bad_encoding", changed={"5": ia5("")}, **vlek)
    forged("vlek_csp_id_utf8", "bad_encoding", changed={"5": tlv(0x0C, PROVIDER.encode())}, **vlek)
    forged("vlek_with_hwid", "signer_mismatch", more=[("4", CHIP["Milan"])], **vlek)
    forged("vcek_with_csp_id", "signer_mismatch", more=[("5", ia5(PROVIDER))])
    for word, suffix, value in (("two_bytes_for_a_small_value", "3.1", "02020004"), ("negative", "3.8", "0201db"),
                                ("256", "3.3", "02020100"), ("wrong_tag", "3.1", "0a0104"), ("empty", "3.1", ""),
                                ("without_content", "3.2", "0200"), ("trailing_byte", "3.1", "02010400"),
                                ("length_not_der", "3.1", "02810104"), ("zero_in_two_bytes", "3.4", "02020000")):
        forged(f"vek_integer_{word}", "bad_encoding", changed={suffix: bytes.fromhex(value)})
    for suffix in ("3.4", "3.5", "3.6", "3.7"):
        forged(f"vek_{words[suffix]}_not_zero", "product_mismatch", changed={suffix: integer(1)})
    forged("vek_fmc_spl_on_milan", "product_mismatch", more=[("3.9", integer(1))])
    forged("turin_vek_spl4_not_zero", "product_mismatch", more=[("3.4", integer(1))], **turin)
    forged("vek_struct_version_of_turin", "product_mismatch", changed={"1": integer(1)})
    forged("turin_vek_struct_version_of_milan", "product_mismatch", changed={"1": integer(0)}, **turin)
    forged("vek_product_name_of_another", "product_mismatch", changed={"2": ia5("Genoa")})
    forged("vek_product_name_in_lower_case", "product_mismatch", changed={"2": ia5("milan-B0")})
    forged("vek_product_name_longer", "product_mismatch", changed={"2": ia5("Milano")})
    forged("vek_product_name_empty", "product_mismatch", changed={"2": ia5("")})
    forged("vek_product_name_utf8", "bad_encoding", changed={"2": tlv(0x0C, b"Milan-B0")})
    forged("vek_product_name_zero_byte", "bad_encoding", changed={"2": ia5("Milan\0")})
    chip = CHIP["Milan"]
    for word, value in (("63_bytes", chip[:63]), ("65_bytes", chip + b"\0"), ("128_bytes", chip * 2), ("empty", b""),
                        ("8_bytes", chip[:8]), ("octet_string_of_63_bytes", octets(chip[:63])),
                        ("octet_string_length_wrong", b"\x04\x3f" + chip), ("bit_string", b"\x03\x40" + chip)):
        forged(f"vek_hwid_{word}", "bad_encoding", changed={"4": value})
    forged("turin_vek_hwid_64_bytes", "bad_encoding", changed={"4": CHIP["Turin"].ljust(64, b"\0")}, **turin)
