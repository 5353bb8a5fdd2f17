# SPDX-License-Identifier: Apache-2.0
"""Refused for the quote itself; what differs from these in one thing only is accepted."""

import struct

from tdx_forge import (AUTHENTICATION, KEYS, MRSIGNERSEAM, MRTD, QE_ATTRIBUTES, QE_ISVPRODID, QE_ISVSVN, QE_MISCSELECT, QE_MRSIGNER,
                       QE_REPORTDATA, REPORTDATA, SEAMATTRIBUTES, TDATTRIBUTES, TEE_TCB_SVN, At, module, pck, qe_identity, quote,
                       raw_signature, svn_level, tcb_info)
from tdx_reject_certificates import with_chain
from tdx_vectors import run

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FIELD = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
VERSIONS = {4: ("v4", At(4)), 5: ("v5", At(5))}


def u16(value):
    return struct.pack("<H", value)


def u32(value):
    return struct.pack("<I", value)


def made(s, version, **changed):
    return quote(version, s.chains["platform"], **changed)


def parsing(s):
    """Lengths, versions and types."""
    for version, (word, at) in VERSIONS.items():
        whole = made(s, version)

        def refuse(name, errc, offset, content=None, **changed):
            s.refuse(f"{word}_{name}", errc, "quote", offset, quote=content if content is not None else made(s, version, **changed))

        def says(name, errc, offset, value):
            refuse(name, errc, offset, tampered=[(offset, value)])

        size = len(whole)
        refuse("one_byte_short", "truncated", size - 1, whole[:-1])
        refuse("cut_in_signature", "truncated", at.signature + 63, whole[: at.signature + 63])
        refuse("cut_in_body", "truncated", at.length - 1, whole[: at.length - 1])
        refuse("signature_data_length_one_more", "truncated", size, tampered=[(at.length, u32(size - at.signature + 1))])
        refuse("signature_data_length_huge", "truncated", size, tampered=[(at.length, u32(0xFFFFFFFF))])
        says("signature_data_length_zero", "bad_length", at.length, u32(0))
        says("outer_type_5", "bad_value", at.outer, u16(5))
        says("outer_type_7", "bad_value", at.outer, u16(7))
        says("outer_size_one_more", "bad_length", at.outer + 2, u32(size - at.qe_report + 1))
        says("outer_size_zero", "bad_length", at.outer + 2, u32(0))
        says("authentication_size_huge", "bad_length", at.authentication_size, u16(0xFFFF))
        says("inner_type_0", "unsupported_format", at.inner, u16(0))
        says("inner_type_6", "unsupported_format", at.inner, u16(6))
        says("inner_type_7", "unsupported_format", at.inner, u16(7))
        says("inner_size_one_more", "bad_length", at.inner + 2, u32(size - at.data + 1))
        says("inner_size_one_less", "bad_length", at.inner + 2, u32(size - at.data - 1))
        for wrong in (0, 2, 6):
            refuse(f"says_version_{wrong}", "unsupported_version", 0, header=[(0, u16(wrong))])
        refuse("key_type_p384", "unsupported_algorithm", 2, header=[(2, u16(3))])
        refuse("key_type_0", "unsupported_algorithm", 2, header=[(2, u16(0))])
        refuse("tee_type_unknown", "bad_value", 4, header=[(4, u32(0x82))])
        refuse("vendor_of_another", "bad_value", 12, header=[(12, run(0x11, 16))])
        refuse("vendor_last_byte", "bad_value", 12, header=[(27, b"\x08")])

    def described(name, errc, offset, *edits):
        s.refuse(f"v5_{name}", errc, "quote", offset, quote=made(s, 5, signed=edits))

    described("body_type_4_with_size_of_3", "bad_length", 50, (48, u16(4)))
    described("body_type_0", "bad_value", 48, (48, u16(0)))
    described("body_type_5", "bad_value", 48, (48, u16(5)))
    described("body_type_1_with_tee_type_tdx", "bad_value", 48, (48, u16(1)))
    described("body_type_3_with_tee_type_sgx", "bad_value", 48, (4, u32(0)))
    described("body_type_2_with_size_of_3", "bad_length", 50, (48, u16(2)))
    described("body_size_one_more", "bad_length", 50, (50, u32(649)))
    described("body_size_huge", "bad_length", 50, (50, u32(0xFFFFFFFF)))
    s.refuse("quote_empty", "truncated", "quote", 0, quote=b"")
    s.refuse("quote_header_only", "truncated", "quote", 48, quote=made(s, 4)[:48])


def modules(s):
    """The TDX module: its signer, its attributes, its identity."""
    seam = bytes(47) + b"\1"
    for version, (word, at) in VERSIONS.items():
        def refuse(name, offset, edits, **how):
            s.refuse(f"{word}_{name}", "module_mismatch", "quote", at.body + offset, quote=made(s, version, body=edits), **how)

        refuse("mrsignerseam_of_another", MRSIGNERSEAM, [(MRSIGNERSEAM, run(0x42, 48))])
        refuse("mrsignerseam_last_bit", MRSIGNERSEAM, [(MRSIGNERSEAM, seam)])
        refuse("seamattributes_first_bit", SEAMATTRIBUTES, [(SEAMATTRIBUTES, b"\1")])
        refuse("seamattributes_last_bit", SEAMATTRIBUTES, [(SEAMATTRIBUTES + 7, b"\x80")])
        for major in (2, 0x10, 0xFF):
            refuse(f"no_identity_of_module_{major:02x}", TEE_TCB_SVN, [(TEE_TCB_SVN + 1, bytes([major]))])
        refuse("mrsignerseam_of_another_at_major_0", MRSIGNERSEAM, [(TEE_TCB_SVN + 1, b"\0"), (MRSIGNERSEAM, seam)])
        refuse("seamattributes_at_major_0", SEAMATTRIBUTES, [(TEE_TCB_SVN + 1, b"\0"), (SEAMATTRIBUTES, b"\1")])
        whole = f"quote_v{version}"

        def told(name, change, offset=MRSIGNERSEAM):
            s.refuse(f"{word}_{name}", "module_mismatch", "quote", at.body + offset, quote=whole, tcb_info=tcb_info(change))

        told("identity_of_another_signer", lambda d: d["tdxModuleIdentities"][1].update(mrsigner=seam.hex()))
        told("identity_of_other_attributes", lambda d: d["tdxModuleIdentities"][1].update(attributes="01" + "0" * 14), SEAMATTRIBUTES)
        told("identity_missing", lambda d: d["tdxModuleIdentities"].pop(1), TEE_TCB_SVN)
        told("identities_missing", lambda d: d.pop("tdxModuleIdentities"), TEE_TCB_SVN)
        told("identities_empty", lambda d: d.update(tdxModuleIdentities=[]), TEE_TCB_SVN)

    def attributes_set(d):
        for each in (d["tdxModule"], *d["tdxModuleIdentities"]):
            each["attributes"] = "01" + "0" * 14

    s.refuse("seamattributes_set_as_the_identity_has_them", "module_mismatch", "quote", At(4).body + SEAMATTRIBUTES,
             quote=made(s, 4, body=[(SEAMATTRIBUTES, b"\1")]), tcb_info=tcb_info(attributes_set))
    major_0 = made(s, 4, body=[(TEE_TCB_SVN + 1, b"\0")])
    s.refuse("module_of_another_signer_at_major_0", "module_mismatch", "quote", At(4).body + MRSIGNERSEAM, quote=major_0,
             tcb_info=tcb_info(lambda d: d["tdxModule"].update(mrsigner=seam.hex())))
    s.accept("accepted_module_of_major_0", quote=major_0)
    s.accept("accepted_module_of_major_0_without_identities", quote=major_0, tcb_info=tcb_info(lambda d: d.pop("tdxModuleIdentities")))
    s.accept("accepted_module_of_another_signer_where_identity_counts",
             tcb_info=tcb_info(lambda d: d["tdxModule"].update(mrsigner=seam.hex())))
    s.accept("accepted_module_of_a_named_signer", quote=made(s, 4, body=[(MRSIGNERSEAM, seam)]),
             tcb_info=tcb_info(lambda d: d["tdxModuleIdentities"][1].update(mrsigner=seam.hex())))
    s.accept("accepted_module_id_in_lower_case", quote=made(s, 4, body=[(TEE_TCB_SVN + 1, b"\x0a")]),
             tcb_info=tcb_info(lambda d: d["tdxModuleIdentities"].append(
                 {"id": "TDX_0a", **module(), "tcbLevels": [svn_level(5, "2025-08-13", "UpToDate")]})))


def enclaves(s):
    """The quoting enclave: what its report says, and what it binds."""
    for version, (word, at) in VERSIONS.items():
        def refuse(name, errc, offset, **changed):
            s.refuse(f"{word}_{name}", errc, "quote", offset, quote=made(s, version, **changed))

        def report(name, field, *edits):
            refuse(name, "enclave_mismatch", at.qe_report + field, qe=edits)

        report("qe_miscselect_first_bit", QE_MISCSELECT, (QE_MISCSELECT, b"\1"))
        report("qe_miscselect_last_bit", QE_MISCSELECT, (QE_MISCSELECT + 3, b"\x80"))
        report("qe_debug", QE_ATTRIBUTES, (QE_ATTRIBUTES, b"\x17"))
        report("qe_not_initialized", QE_ATTRIBUTES, (QE_ATTRIBUTES, b"\x14"))
        report("qe_without_provision_key", QE_ATTRIBUTES, (QE_ATTRIBUTES, b"\5"))
        report("qe_attributes_last_bit_of_flags", QE_ATTRIBUTES, (QE_ATTRIBUTES + 7, b"\x80"))
        report("qe_mrsigner_of_another", QE_MRSIGNER, (QE_MRSIGNER, run(0x62, 32)))
        report("qe_mrsigner_zero", QE_MRSIGNER, (QE_MRSIGNER, bytes(32)))
        report("qe_isvprodid_of_sgx", QE_ISVPRODID, (QE_ISVPRODID, u16(1)))
        report("qe_isvprodid_high_byte", QE_ISVPRODID, (QE_ISVPRODID + 1, b"\1"))
        # REPORTDATA binds the attestation key and the authentication data, and ends in zeros.
        binding = at.qe_report + QE_REPORTDATA
        point = KEYS["attestation"].public[1:]
        refuse("binding_of_another_key", "binding_mismatch", binding, bound=KEYS["attacker"].public[1:] + AUTHENTICATION)
        refuse("binding_of_other_data", "binding_mismatch", binding, bound=point + AUTHENTICATION[::-1])
        refuse("binding_without_data", "binding_mismatch", binding, bound=point)
        refuse("binding_of_data_before_key", "binding_mismatch", binding, bound=AUTHENTICATION + point)
        refuse("binding_of_uncompressed_point", "binding_mismatch", binding, bound=b"\4" + point + AUTHENTICATION)
        refuse("binding_zero", "binding_mismatch", binding, qe=[(QE_REPORTDATA, bytes(64))])
        for last in (32, 63):
            refuse(f"binding_byte_{last}_not_zero", "binding_mismatch", binding, qe=[(QE_REPORTDATA + last, b"\1")])
        refuse("authentication_data_changed", "binding_mismatch", binding, tampered=[(at.authentication, b"\x80")])
        refuse("attestation_key_replaced", "binding_mismatch", binding, key="attacker", bound=point + AUTHENTICATION)

    def told(name, field, change):
        s.refuse(f"qe_identity_{name}", "enclave_mismatch", "quote", At(4).qe_report + field, qe_identity=qe_identity(change))

    told("of_another_miscselect", QE_MISCSELECT, lambda d: d.update(miscselect="01000000"))
    told("of_other_attributes", QE_ATTRIBUTES, lambda d: d.update(attributes="13" + "0" * 30))
    told("mask_of_mode_64", QE_ATTRIBUTES, lambda d: d.update(attributesMask="F" * 16 + "0" * 16))
    told("mask_of_xfrm", QE_ATTRIBUTES, lambda d: d.update(attributesMask="FB" + "F" * 30))
    told("attributes_outside_of_mask", QE_ATTRIBUTES, lambda d: d.update(attributes="15" + "0" * 30))
    told("of_another_mrsigner", QE_MRSIGNER, lambda d: d.update(mrsigner="DC" * 32))
    told("mrsigner_reversed", QE_MRSIGNER, lambda d: d.update(mrsigner=bytes.fromhex(d["mrsigner"])[::-1].hex()))
    told("of_another_isvprodid", QE_ISVPRODID, lambda d: d.update(isvprodid=1))
    told("isvprodid_in_other_byte_order", QE_ISVPRODID, lambda d: d.update(isvprodid=0x0200))
    s.accept("accepted_miscselect_bit_outside_of_mask", quote=made(s, 4, qe=[(QE_MISCSELECT, b"\1")]),
             qe_identity=qe_identity(lambda d: d.update(miscselectMask="FEFFFFFF")))
    s.accept("accepted_miscselect_in_order_of_the_report", quote=made(s, 4, qe=[(QE_MISCSELECT, b"\1")]),
             qe_identity=qe_identity(lambda d: d.update(miscselect="01000000")))


def signatures(s):
    """Both signatures of a quote, and the attestation key."""
    for version, (word, at) in VERSIONS.items():
        whole = s.bytes[f"quote_v{version}"]

        def refuse(name, errc, offset, **changed):
            s.refuse(f"{word}_{name}", errc, "quote", offset, quote=made(s, version, **changed))

        other = s.bytes[f"quote_v{9 - version}"]
        their = VERSIONS[9 - version][1]
        for what, begin, theirs in (("signature", at.signature, their.signature), ("qe_signature", at.qe_signature, their.qe_signature)):
            r, sig = whole[begin : begin + 32], whole[begin + 32 : begin + 64]
            for half, half_word in ((begin, "r"), (begin + 32, "s")):
                for value, value_word in ((0, "zero"), (ORDER, "is_order"), (ORDER + 1, "above_order"), (2**256 - 1, "all_ones")):
                    refuse(f"{what}_{half_word}_{value_word}", "bad_value", half, tampered=[(half, value.to_bytes(32, "big"))])
            refuse(f"{what}_r_and_s_swapped", "signature_invalid", begin, tampered=[(begin, sig + r)])
            refuse(f"{what}_little_endian", "signature_invalid", begin, tampered=[(begin, r[::-1] + sig[::-1])])
            refuse(f"{what}_last_bit", "signature_invalid", begin, tampered=[(begin + 63, bytes([whole[begin + 63] ^ 1]))])
        refuse("signature_of_another_quote", "signature_invalid", at.signature, signature=other[their.signature : their.signature + 64])
        refuse("signature_of_qe_report", "signature_invalid", at.signature, signature=whole[at.qe_signature : at.qe_signature + 64])
        refuse("qe_signature_of_quote", "signature_invalid", at.qe_signature, qe_signature=whole[at.signature : at.signature + 64])
        refuse("signatures_exchanged", "signature_invalid", at.qe_signature, signature=whole[at.qe_signature : at.qe_signature + 64],
               qe_signature=whole[at.signature : at.signature + 64])
        for key in ("pck", "attacker", "platform_ca"):
            refuse(f"signed_by_{key}", "signature_invalid", at.signature, key=key, point=KEYS["attestation"].public[1:])
        for key in ("attestation", "attacker", "platform_ca"):
            refuse(f"qe_report_signed_by_{key}", "signature_invalid", at.qe_signature, pck_key=key)
        # What was changed after it was signed.
        for name, field, value in (("tee_tcb_svn", TEE_TCB_SVN + 2, b"\7"), ("tdattributes_debug", TDATTRIBUTES, b"\1"), ("mrtd", MRTD, b"\0"),
                                   ("reportdata_last_byte", REPORTDATA + 63, b"\0")):
            refuse(f"{name}_changed_after_signing", "signature_invalid", at.signature, tampered=[(at.body + field, value)])
        refuse("user_data_changed_after_signing", "signature_invalid", at.signature, tampered=[(28, b"\xff")])
        refuse("reserved_header_changed_after_signing", "signature_invalid", at.signature, tampered=[(8, b"\1")])
        for name, field, value in (("cpusvn", 0, b"\xff"), ("isvsvn", QE_ISVSVN, u16(9)), ("reserved", 20, b"\1")):
            refuse(f"qe_{name}_changed_after_signing", "signature_invalid", at.qe_signature, tampered=[(at.qe_report + field, value)])
        # The point is bound by REPORTDATA as it stands, and is none.
        point = KEYS["attestation"].public[1:]
        for name, value in (("not_on_curve", point[:-1] + bytes([point[-1] ^ 1])), ("zero", bytes(64)),
                            ("x_of_field", FIELD.to_bytes(32, "big") + point[32:]),
                            ("all_ones", b"\xff" * 64), ("little_endian", point[:32][::-1] + point[32:][::-1])):
            refuse(f"attestation_key_{name}", "bad_value", at.key, point=value)
    at = At(5)
    s.refuse("v5_descriptor_not_signed", "signature_invalid", "quote", at.signature,
             quote=with_signature_over(s, 5, lambda m: m[:48] + m[54:]))
    s.refuse("v5_header_not_signed", "signature_invalid", "quote", at.signature, quote=with_signature_over(s, 5, lambda m: m[48:]))
    s.refuse("v4_header_not_signed", "signature_invalid", "quote", At(4).signature, quote=with_signature_over(s, 4, lambda m: m[48:]))
    s.refuse("v4_length_signed_too", "signature_invalid", "quote", At(4).signature,
             quote=with_signature_over(s, 4, lambda m: s.bytes["quote_v4"][: len(m) + 4]))
    s.refuse("pck_of_another_key", "signature_invalid", "quote", At(4).qe_signature, quote=with_chain(s, pck=pck(key="attacker")))


def with_signature_over(s, version, covered):
    """A quote signed over other bytes than those that it has to be signed over."""
    whole = made(s, version)
    return made(s, version, signature=raw_signature("attestation", covered(whole[: VERSIONS[version][1].length])))
