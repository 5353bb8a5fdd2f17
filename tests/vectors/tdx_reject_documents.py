# SPDX-License-Identifier: Apache-2.0
"""Refused for TCB info or QE identity: the text, its signature, its members, its time."""

import json

from tdx_forge import module, qe_identity, quote, svn_level, tcb_info
from tdx_reject_certificates import FUTURE, PAST
from tdx_reject_set import NOW


def signatures(s):
    """What the signatures of both documents cover, and whose they are."""
    both = (("tcb_info", tcb_info, "tcbInfo"), ("qe_identity", qe_identity, "enclaveIdentity"))
    others = {role: json.loads(s.bytes[other])["signature"] for role, other in (("tcb_info", "qe_identity"), ("qe_identity", "tcb_info"))}
    for role, forged, member in both:
        def refuse(name, errc="signature_invalid", **changed):
            content = forged(**changed)
            malformed = "digits" in changed and errc != "signature_invalid"
            s.refuse(f"{role}_{name}", errc, role, content.index(b'"signature":') + 12 if malformed else None, **{role: content})

        refuse("signed_by_attacker", key="attacker")
        refuse("signed_by_root", key="root")
        refuse("signed_by_pck", key="pck")
        refuse("signed_by_platform_ca", key="platform_ca")
        refuse("signature_of_the_other_document", signature=bytes.fromhex(others[role]))
        refuse("signature_sha384", scheme="ecdsa_sha384")
        refuse("signature_little_endian",
               digits=lambda digits: bytes.fromhex(digits[:64])[::-1].hex() + bytes.fromhex(digits[64:])[::-1].hex())
        refuse("signature_r_and_s_swapped", digits=lambda digits: digits[64:] + digits[:64])
        refuse("signature_last_digit", digits=lambda digits: digits[:-1] + ("0" if digits[-1] != "0" else "1"))
        refuse("signature_127_digits", "truncated", digits=lambda digits: digits[:-1])
        refuse("signature_126_digits", "truncated", digits=lambda digits: digits[:-2])
        refuse("signature_129_digits", "trailing_data", digits=lambda digits: digits + "0")
        refuse("signature_empty", "truncated", digits=lambda digits: "")
        refuse("signature_not_hexadecimal", "bad_encoding", digits=lambda digits: "g" + digits[1:])
        refuse("signature_of_whole_document", covers=lambda inner: f'{{"{member}":{inner}}}')
        refuse("signature_of_sorted_members", covers=lambda inner: json.dumps(json.loads(inner), sort_keys=True, separators=(",", ":")))
        refuse("spaces_added_after_signing", whole=lambda whole: whole.replace('"issueDate":"', '"issueDate": "'))
        refuse("member_added_after_signing", whole=lambda whole: whole.replace('"id":', '"more":0,"id":', 1))
        refuse("hexadecimal_case_changed_after_signing", whole=lambda whole: whole.replace('"FFFF', '"ffff', 1))
        refuse("escape_added_after_signing", whole=lambda whole: whole.replace('"tcbDate"', '"tcb\\u0044ate"', 1))
        refuse("status_changed_after_signing", whole=lambda whole: whole.replace('"tcbStatus":"OutOfDate"', '"tcbStatus":"UpToDate"', 1))
        refuse("next_update_changed_after_signing", whole=lambda whole: whole.replace("2026-03-17", "2027-03-17"))
        # The text around what is signed.
        refuse("signature_missing", "missing", whole=lambda whole: whole[: whole.index(',"signature"')] + "}")
        refuse("signature_is_a_number", "bad_value", whole=lambda whole: whole[: whole.index('"signature":') + 12] + "0}")
        refuse("signature_twice", "duplicate", whole=lambda whole: whole[:-1] + "," + whole[whole.index('"signature"') :])
        refuse("content_twice", "duplicate", whole=lambda whole: "{" + whole[1 : whole.index(',"signature"')] + "," + whole[1:])
        number = forged(whole=lambda whole: f'{{"{member}":0,{whole[whole.index(chr(34) + "signature") :]}')
        s.refuse(f"{role}_content_is_a_number", "bad_value", role, len(member) + 4, **{role: number})
        refuse("one_byte_short", "bad_encoding", whole=lambda whole: whole[:-1])
        refuse("one_byte_long", "bad_encoding", whole=lambda whole: whole + "}")
        s.accept(f"accepted_{role}_with_white_space_around",
                 **{role: forged(whole=lambda whole: "\n " + whole.replace(',"signature":', ' ,\n\t"signature" : ') + "\n")})
        s.accept(f"accepted_{role}_with_spaces_signed",
                 **{role: forged(text=lambda inner: "{ \n" + inner[1:].replace('"issueDate":', '"issueDate"\t: '))})
        s.accept(f"accepted_{role}_with_signature_in_upper_case", **{role: forged(digits=str.upper)})
        s.accept(f"accepted_{role}_with_unknown_member", **{role: forged(lambda d: d.update(more={"braces": "}{\\\"}"}))})
        s.accept(f"accepted_{role}_with_signature_first",
                 **{role: forged(whole=lambda whole: "{" + whole[whole.index('"signature"') : -1] + ","
                                 + whole[1 : whole.index(',"signature"')] + "}")})
    s.refuse("signatures_of_documents_exchanged", "signature_invalid", "tcb_info", None,
             tcb_info=tcb_info(signature=bytes.fromhex(others["tcb_info"])),
             qe_identity=qe_identity(signature=bytes.fromhex(others["qe_identity"])))


def document_forms(s, role, forged):
    """What both documents have in common: the text, the members that they share, the time. Gives `refuse` for the rest."""
    member_of_all = {"tcb_info": "tcbInfo", "qe_identity": "enclaveIdentity"}[role]

    def refuse(name, errc, change=None, value=None, last=False, **more):
        """The offset is that of the value of the member `value`, where it is first or last in the text; without it, unknown."""
        content = forged(change, **more)
        offset = value and (content.rindex if last else content.index)(f'"{value}":'.encode()) + len(value) + 3
        s.refuse(f"{role}_{name}", errc, role, offset, **{role: content})

    def text(name, errc, old, new):
        def replaced(inner):
            assert inner.count(old), old
            return inner.replace(old, new, 1)

        refuse(name, errc, text=replaced)

    s.refuse(f"{role}_missing", "missing", role, **{role: None})
    # No JSON.
    text("trailing_comma", "bad_encoding", ',"tcbEvaluationDataNumber":19', ',"tcbEvaluationDataNumber":19,')
    text("number_with_leading_zero", "bad_encoding", ":19,", ":019,")
    text("number_in_hexadecimal", "bad_encoding", ":19,", ":0x13,")
    text("not_a_number", "bad_encoding", ":19,", ":NaN,")
    text("text_in_single_quotes", "bad_encoding", '"UpToDate"', "'UpToDate'")
    text("comment", "bad_encoding", ",", ",/**/")
    text("zero_byte", "bad_encoding", ",", ",\0")
    text("line_break_in_text", "bad_encoding", "UpToDate", "UpTo\nDate")
    text("not_utf_8", "bad_encoding", "UpToDate", "UpTo\xffDate")
    text("bracket_missing", "bad_encoding", "]", "")
    s.refuse(f"{role}_byte_order_mark", "unrecognized", "input", **{role: forged(whole=lambda whole: "\xef\xbb\xbf" + whole)})
    # JSON that says two things.
    text("id_twice", "duplicate", '"id":', '"id":"QE","id":')
    text("next_update_twice", "duplicate", '"nextUpdate":', '"nextUpdate":"2027-01-01T00:00:00Z","nextUpdate":')
    text("next_update_twice_with_escape", "duplicate", '"nextUpdate":', '"nextU\\u0070date":"2027-01-01T00:00:00Z","nextUpdate":')
    text("status_twice", "duplicate", '"tcbStatus":', '"tcbStatus":"UpToDate","tcbStatus":')
    text("unknown_member_twice", "duplicate", '"id":', '"more":1,"more":1,"id":')
    text("too_deep", "unsupported_format", '"id":', '"more":' + "[" * 64 + "]" * 64 + ',"id":')
    # Members.
    for member in ("id", "version", "issueDate", "nextUpdate", "tcbEvaluationDataNumber", "tcbLevels"):
        refuse(f"{member}_missing", "missing", lambda d: d.pop(member), member_of_all)
        refuse(f"{member}_null", "bad_value", lambda d: d.update({member: None}), member, member == "tcbLevels")
    refuse("version_is_text", "bad_value", lambda d: d.update(version=str(d["version"])), "version")
    refuse("version_one_more", "unsupported_version", lambda d: d.update(version=d["version"] + 1), "version")
    refuse("version_one_less", "unsupported_version", lambda d: d.update(version=d["version"] - 1), "version")
    refuse("id_unknown", "bad_value", lambda d: d.update(id="TDX2"), "id")
    refuse("id_in_lower_case", "bad_value", lambda d: d.update(id=d["id"].lower()), "id")
    refuse("evaluation_number_negative", "bad_value", lambda d: d.update(tcbEvaluationDataNumber=-1), "tcbEvaluationDataNumber")
    refuse("evaluation_number_fraction", "bad_value", lambda d: d.update(tcbEvaluationDataNumber=19.5), "tcbEvaluationDataNumber")
    refuse("date_without_zone", "truncated", lambda d: d.update(issueDate="2026-02-15T10:16:03"), "issueDate")
    refuse("date_with_offset", "bad_encoding", lambda d: d.update(issueDate="2026-02-15T10:16:03+00:00"), "issueDate")
    refuse("date_of_february_30", "bad_encoding", lambda d: d.update(issueDate="2026-02-30T10:16:03Z"), "issueDate")
    refuse("date_is_a_number", "bad_value", lambda d: d.update(nextUpdate=1773742563), "nextUpdate")
    refuse("levels_empty", "bad_length", lambda d: d.update(tcbLevels=[]), "tcbLevels", True)
    refuse("levels_not_a_list", "bad_value", lambda d: d.update(tcbLevels={}), "tcbLevels", True)
    refuse("two_equal_levels", "duplicate", lambda d: d["tcbLevels"].append(d["tcbLevels"][0]))
    refuse("two_equal_levels_of_another_status", "duplicate",
           lambda d: d["tcbLevels"].append(d["tcbLevels"][0] | {"tcbStatus": "OutOfDate"}))
    refuse("level_is_null", "bad_value", lambda d: d["tcbLevels"].append(None))
    for member in ("tcb", "tcbDate", "tcbStatus"):
        refuse(f"level_without_{member}", "missing", lambda d: d["tcbLevels"][0].pop(member))
    for status in ("", "uptodate", "UpToDate ", "UpToDat", "NotSupported", "TDRelaunchAdvised", "OK"):
        refuse(f"status_{status.strip() or 'empty'}{'_and_space' if status.endswith(' ') else ''}_of_last_level", "bad_value",
               lambda d: d["tcbLevels"][-1].update(tcbStatus=status), "tcbStatus", True)
    refuse("status_is_a_number", "bad_value", lambda d: d["tcbLevels"][0].update(tcbStatus=0))
    refuse("advisories_not_a_list", "bad_value", lambda d: d["tcbLevels"][0].update(advisoryIDs="INTEL-SA-00001"))
    refuse("advisory_is_a_number", "bad_value", lambda d: d["tcbLevels"][0].update(advisoryIDs=[1]))
    # Time.
    refuse("expired", "expired", lambda d: d.update(nextUpdate=PAST))
    refuse("not_yet_issued", "not_yet_valid", lambda d: d.update(issueDate=FUTURE))
    s.accept(f"accepted_{role}_at_next_update", **{role: forged(lambda d: d.update(nextUpdate=NOW))})
    s.accept(f"accepted_{role}_at_issue_date", **{role: forged(lambda d: d.update(issueDate=NOW))})
    s.accept(f"accepted_{role}_levels_in_reverse", **{role: forged(lambda d: d["tcbLevels"].reverse())})
    return refuse, text


def tcb_infos(s):
    refuse, text = document_forms(s, "tcb_info", tcb_info)
    for member in ("fmspc", "pceId", "tcbType", "tdxModule"):
        refuse(f"{member}_missing", "missing", lambda d: d.pop(member), "tcbInfo")
    for member, digits in (("fmspc", 12), ("pceId", 4)):
        refuse(f"{member}_one_digit_short", "truncated", lambda d: d.update({member: d[member][:-1]}), member)
        refuse(f"{member}_one_digit_long", "trailing_data", lambda d: d.update({member: d[member] + "0"}), member)
        refuse(f"{member}_not_hexadecimal", "bad_encoding", lambda d: d.update({member: "x" * digits}), member)
        refuse(f"{member}_is_a_number", "bad_value", lambda d: d.update({member: 1}), member)
    refuse("tcb_type_1", "unsupported_format", lambda d: d.update(tcbType=1), "tcbType")
    refuse("tcb_type_is_text", "bad_value", lambda d: d.update(tcbType="0"), "tcbType")

    def components(which, name, errc, change):
        refuse(f"{which}_{name}", errc, lambda d: change(d["tcbLevels"][-1]["tcb"][f"{which}tcbcomponents"]))

    for which in ("sgx", "tdx"):
        components(which, "15_components", "bad_length", lambda c: c.pop())
        components(which, "17_components", "bad_length", lambda c: c.append({"svn": 0}))
        components(which, "no_components", "bad_length", lambda c: c.clear())
        components(which, "svn_256", "bad_value", lambda c: c[0].update(svn=256))
        components(which, "svn_4294967295", "bad_value", lambda c: c[15].update(svn=0xFFFFFFFF))
        components(which, "svn_negative", "bad_value", lambda c: c[0].update(svn=-1))
        components(which, "svn_fraction", "bad_value", lambda c: c[0].update(svn=1.5))
        components(which, "svn_text", "bad_value", lambda c: c[0].update(svn="2"))
        components(which, "svn_true", "bad_value", lambda c: c[0].update(svn=True))
        components(which, "svn_missing", "missing", lambda c: c[0].pop("svn"))
        refuse(f"{which}_components_missing", "missing", lambda d: d["tcbLevels"][-1]["tcb"].pop(f"{which}tcbcomponents"), "tcb", True)
    refuse("pcesvn_65536", "bad_value", lambda d: d["tcbLevels"][0]["tcb"].update(pcesvn=65536))
    refuse("pcesvn_missing", "missing", lambda d: d["tcbLevels"][0]["tcb"].pop("pcesvn"))
    text("svn_twice", "duplicate", '"svn":', '"svn":0,"svn":')

    # The TDX module.
    def described(name, errc, change):
        refuse(f"module_{name}", errc, lambda d: change(d["tdxModule"]))
        refuse(f"module_identity_{name}", errc, lambda d: change(d["tdxModuleIdentities"][1]))

    for member in ("mrsigner", "attributes", "attributesMask"):
        described(f"{member}_missing", "missing", lambda m: m.pop(member))
        described(f"{member}_one_digit_short", "truncated", lambda m: m.update({member: m[member][:-1]}))
        described(f"{member}_one_digit_long", "trailing_data", lambda m: m.update({member: m[member] + "0"}))
    for word, given in (("one_digit", "TDX_1"), ("three_digits", "TDX_001"), ("no_digit", "TDX_0G"), ("of_another_tee", "SGX_01"), ("empty", "")):
        refuse(f"module_identity_id_{word}", "bad_value", lambda d: d["tdxModuleIdentities"][1].update(id=given))
    refuse("module_identity_twice", "duplicate", lambda d: d["tdxModuleIdentities"].append(d["tdxModuleIdentities"][0]))
    refuse("module_identity_twice_in_another_case", "duplicate",
           lambda d: d["tdxModuleIdentities"].extend({"id": each, **module(), "tcbLevels": [svn_level(1, "2025-08-13", "UpToDate")]}
                                                     for each in ("TDX_0A", "TDX_0a")))
    refuse("module_identities_not_a_list", "bad_value", lambda d: d.update(tdxModuleIdentities={}))
    refuse("module_identity_levels_empty", "bad_length", lambda d: d["tdxModuleIdentities"][1].update(tcbLevels=[]))
    refuse("module_identity_levels_missing", "missing", lambda d: d["tdxModuleIdentities"][1].pop("tcbLevels"))
    refuse("module_identity_two_equal_levels", "duplicate",
           lambda d: d["tdxModuleIdentities"][1]["tcbLevels"].append(svn_level(3, "2020-01-01", "UpToDate")))
    refuse("module_identity_isvsvn_65536", "bad_value", lambda d: d["tdxModuleIdentities"][1]["tcbLevels"][0]["tcb"].update(isvsvn=65536))
    refuse("module_identity_status_unknown", "bad_value", lambda d: d["tdxModuleIdentities"][1]["tcbLevels"][0].update(tcbStatus="Fine"))

    def of_sgx(d, *kept):
        d.update(id="SGX", tcbLevels=d["tcbLevels"][:1])  # without TDX components the others would be equal to it
        d["tcbLevels"][0]["tcb"].pop("tdxtcbcomponents")
        for member in {"tdxModule", "tdxModuleIdentities"} - set(kept):
            d.pop(member)

    refuse("of_sgx_with_module", "bad_value", lambda d: of_sgx(d, "tdxModule"))
    refuse("of_sgx_with_module_identities", "bad_value", lambda d: of_sgx(d, "tdxModuleIdentities"))
    refuse("of_sgx", "product_mismatch", of_sgx)
    sgx = quote(4, s.chains["platform"], sgx=True)
    s.refuse("sgx_quote_with_tcb_info_of_tdx", "product_mismatch", "tcb_info", None, quote=sgx,
             qe_identity=qe_identity(lambda d: d.update(id="QE")))
    s.refuse("sgx_quote_with_qe_identity_of_tdx", "product_mismatch", "qe_identity", None, quote=sgx, tcb_info=tcb_info(of_sgx))
    s.accept("accepted_sgx_quote_with_its_collateral", quote=sgx, tcb_info=tcb_info(of_sgx),
             qe_identity=qe_identity(lambda d: d.update(id="QE")))
    s.refuse("document_of_no_kind", "unrecognized", "input", None, more=[b'{"more":{},"signature":""}'])
    s.refuse("document_empty", "unrecognized", "input", None, more=[b""])


def qe_identities(s):
    refuse, _ = document_forms(s, "qe_identity", qe_identity)
    for member, digits in (("miscselect", 8), ("miscselectMask", 8), ("attributes", 32), ("attributesMask", 32), ("mrsigner", 64)):
        refuse(f"{member}_missing", "missing", lambda d: d.pop(member), "enclaveIdentity")
        refuse(f"{member}_one_digit_short", "truncated", lambda d: d.update({member: d[member][:-1]}), member)
        refuse(f"{member}_one_digit_long", "trailing_data", lambda d: d.update({member: d[member] + "0"}), member)
        refuse(f"{member}_not_hexadecimal", "bad_encoding", lambda d: d.update({member: "x" * digits}), member)
    refuse("isvprodid_missing", "missing", lambda d: d.pop("isvprodid"), "enclaveIdentity")
    refuse("isvprodid_65536", "bad_value", lambda d: d.update(isvprodid=65536), "isvprodid")
    refuse("isvprodid_is_text", "bad_value", lambda d: d.update(isvprodid="2"), "isvprodid")
    refuse("isvsvn_65536", "bad_value", lambda d: d["tcbLevels"][0]["tcb"].update(isvsvn=65536))
    refuse("isvsvn_negative", "bad_value", lambda d: d["tcbLevels"][0]["tcb"].update(isvsvn=-1))
    refuse("isvsvn_missing", "missing", lambda d: d["tcbLevels"][0]["tcb"].pop("isvsvn"))
    refuse("of_sgx", "product_mismatch", lambda d: d.update(id="QE"))
    refuse("of_verification_enclave", "product_mismatch", lambda d: d.update(id="QVE"))
