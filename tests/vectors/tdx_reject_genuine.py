# SPDX-License-Identifier: Apache-2.0
"""Accepted: quotes in all the forms that there are, beside near misses; and every TCB status."""

from tdx_forge import (COMPONENTS, PCESVN, QE_ISVSVN, STATUSES, TDATTRIBUTES, TEE_TCB_SVN, TEE_TCB_SVN_2, At, level, pck, pck_members,
                       qe_identity, quote, sgx_extension, tcb_info, unpack)
from tdx_reject_certificates import with_chain
from tdx_reject_quotes import ORDER, made, u16, u32
from tdx_vectors import run


def good(s):
    """What is as it should be, in all the forms that there are."""
    s.accept("accepted_v4")
    s.accept("accepted_v5", quote="quote_v5")
    s.accept("accepted_v5_extended", quote=made(s, 5, extended=True))
    s.accept("accepted_v4_by_processor_ca", quote="quote_v4_processor")
    s.accept("accepted_collateral_twice", more=["tcb_info", "qe_identity", "root_crl", "pck_crl", "tcb_chain"])
    s.accept("accepted_tcb_chain_in_der_twice", tcb_chain=(s.bytes["tcb_signing"] + s.bytes["root"]) * 2)
    s.accept("accepted_lists_twice", root_crl=s.bytes["root_crl"] * 2, pck_crl=s.bytes["pck_crl"] * 2)
    whole = s.bytes["quote_v4"]
    s.accept("accepted_trailing_zeros", quote=whole + bytes(70))
    s.accept("accepted_trailing_garbage", quote=whole + b"garbage")
    s.refuse("signature_data_length_counts_more_than_its_parts", "bad_length", "quote", At(4).length,
             quote=made(s, 4, after=b"abc", tampered=[(At(4).length, u32(len(made(s, 4)) - At(4).signature + 3))]))
    names = ("pck", "platform_ca", "root")
    for word, order in (("root_first", (2, 1, 0)), ("intermediate_first", (1, 0, 2)), ("leaf_last", (1, 2, 0))):
        s.accept(f"accepted_chain_{word}", quote=quote(4, s.chain(*(names[i] for i in order))))
    s.accept("accepted_chain_with_crlf", quote=quote(4, s.chains["platform"].replace(b"\n", b"\r\n")))
    s.accept("accepted_chain_without_last_line_break", quote=quote(4, s.chains["platform"][:-1]))
    s.accept("accepted_chain_in_der", quote=quote(4, b"".join(s.bytes[each] for each in reversed(names))))
    s.accept("accepted_authentication_data_empty", quote=made(s, 4, authentication=b""))
    s.accept("accepted_authentication_data_of_1000_bytes", quote=made(s, 4, authentication=bytes(1000)))
    s.accept("accepted_user_data_zero", quote=made(s, 4, header=[(28, bytes(20))]))
    s.accept("accepted_reserved_header_bytes", quote=made(s, 4, header=[(8, b"\1\2\3\4")]))
    _, low = unpack(whole[At(4).signature : At(4).signature + 64])
    s.accept("accepted_signature_with_s_negated", quote=made(s, 4, tampered=[(At(4).signature + 32, (ORDER - low).to_bytes(32, "big"))]))
    # A PCK certificate that the caller has.
    everything = ["pck", "platform_ca", "root"]
    s.accept("accepted_type_4_and_issuers_beside", quote=quote(4, s.chain("pck"), certification_type=4), more=everything[1:])
    identifier = run(0x10, 16) + run(0x20, 16) + u16(PCESVN) + bytes.fromhex("3031")
    for word, certification in ((1, identifier), (2, bytes(256) + identifier[16:]), (3, bytes(384) + identifier[16:])):
        asks = quote(4, certification, certification_type=word)
        s.accept(f"accepted_type_{word}_and_pck_beside", quote=asks, more=everything)
        s.refuse(f"certification_type_{word}_and_no_pck", "missing", "pck", quote=asks)
        s.refuse(f"certification_type_{word}_one_byte_short", "truncated", "quote", At(4).data + len(certification) - 1, more=everything,
                 quote=quote(4, certification[:-1], certification_type=word))
        s.refuse(f"certification_type_{word}_one_byte_long", "trailing_data", "quote", At(4).data + len(certification), more=everything,
                 quote=quote(4, certification + b"\0", certification_type=word))
    s.refuse("certification_type_1_of_another_ppid", "missing", "pck", more=everything,
             quote=quote(4, bytes(16) + identifier[16:], certification_type=1))
    s.refuse("certification_type_3_of_another_cpusvn", "missing", "pck", more=everything,
             quote=quote(4, bytes(400) + identifier[32:], certification_type=3))
    s.refuse("certification_type_4_and_no_intermediate", "missing", "intermediate", quote=quote(4, s.chain("pck"), certification_type=4))
    s.refuse("certification_type_4_of_three_certificates", "bad_length", "quote", At(4).data, more=everything,
             quote=quote(4, s.chains["platform"], certification_type=4))
    s.accept("accepted_debug_td_is_for_the_policy", quote=made(s, 4, body=[(TDATTRIBUTES, b"\1")]))


def statuses(s):
    """A status is no failure: the quote is genuine, whatever Intel thinks of the platform."""
    def with_svn(first=None, major=None, third=None, version=4, qe=None, **second):
        edits = [(TEE_TCB_SVN + i, bytes([svn])) for i, svn in enumerate((first, major, third)) if svn is not None]
        edits += [(TEE_TCB_SVN_2 + i, bytes([svn])) for i, svn in enumerate(second.get("current", ())) if svn is not None]
        return made(s, version, body=edits, qe=[(QE_ISVSVN, u16(qe))] if qe is not None else [])

    for svn, status in STATUSES.items():
        if status != "UpToDate":
            s.accept(f"status_of_platform_{status}", status, quote=with_svn(third=svn))
    s.accept("status_of_platform_above_every_level", quote=with_svn(third=7))
    # The newest level asks for more than the PCK certificate has: the next one counts, or none.
    higher = [COMPONENTS[0] + 1, *COMPONENTS[1:]]

    def replace_levels(*levels):
        return tcb_info(lambda d: d.update(tcbLevels=list(levels)))

    newest = level(higher, PCESVN, [4, 0, 6], "2026-01-14", "UpToDate")
    older = level(COMPONENTS, PCESVN, [4, 0, 6], "2025-08-13", "OutOfDate", ["INTEL-SA-01111"])
    s.accept("status_of_platform_by_sgx_component", "OutOfDate", tcb_info=replace_levels(newest, older))
    s.accept("status_of_platform_by_pcesvn", "OutOfDate",
             tcb_info=replace_levels(level(COMPONENTS, PCESVN + 1, [4, 0, 6], "2026-01-14", "UpToDate"), older))
    s.accept("status_of_platform_below_every_level", "NotSupported", tcb_info=replace_levels(newest))
    s.accept("status_of_platform_below_every_tdx_component", "NotSupported",
             tcb_info=replace_levels(level(COMPONENTS, PCESVN, [4, 0, 7], "2026-01-14", "UpToDate")))
    s.accept("status_of_platform_no_mix_of_levels", "NotSupported",
             tcb_info=replace_levels(level(higher, PCESVN, [4, 0, 6], "2026-01-14", "UpToDate"),
                                     level(COMPONENTS, PCESVN, [4, 0, 7], "2025-08-13", "OutOfDate")))
    s.accept("status_of_pck_with_one_component_less", "NotSupported",
             quote=with_chain(s, pck=pck(sgx=[sgx_extension(pck_members(components=[15, *COMPONENTS[1:]]))])))
    s.accept("status_of_pck_with_one_pcesvn_less", "NotSupported",
             quote=with_chain(s, pck=pck(sgx=[sgx_extension(pck_members(pcesvn=PCESVN - 1))])))
    s.accept("status_of_major_0_below_tdx_component_0", "NotSupported", quote=with_svn(first=3, major=0))
    # Module and quoting enclave.
    s.accept("status_of_module_OutOfDate", "OutOfDate", quote=with_svn(first=4))
    s.accept("status_of_module_Revoked", "Revoked", quote=with_svn(first=2))
    s.accept("status_of_module_below_every_level", "NotSupported", quote=with_svn(first=1))
    s.accept("status_of_module_OutOfDate_and_ConfigurationNeeded", "OutOfDateConfigurationNeeded", quote=with_svn(first=4, third=4))
    s.accept("status_of_module_Revoked_and_platform_NotSupported", "NotSupported", quote=with_svn(first=2),
             tcb_info=replace_levels(newest))
    s.accept("status_of_qe_OutOfDate", "OutOfDate", quote=with_svn(qe=7))
    s.accept("status_of_qe_Revoked", "Revoked", quote=with_svn(qe=5))
    s.accept("status_of_qe_below_every_level", "NotSupported", quote=with_svn(qe=4))
    s.accept("status_of_qe_OutOfDate_and_SWHardeningNeeded", "OutOfDate", quote=with_svn(qe=6, third=5))
    s.accept("status_of_qe_OutOfDate_and_ConfigurationNeeded", "OutOfDateConfigurationNeeded", quote=with_svn(qe=6, third=4))
    s.accept("status_of_qe_OutOfDate_and_ConfigurationAndSWHardeningNeeded", "OutOfDateConfigurationNeeded", quote=with_svn(qe=6, third=3))
    s.accept("status_of_qe_Revoked_and_platform_OutOfDate", "Revoked", quote=with_svn(qe=5, third=2))
    s.accept("status_of_qe_ConfigurationNeeded", quote="quote_v4",
             qe_identity=qe_identity(lambda d: d["tcbLevels"][0].update(tcbStatus="ConfigurationNeeded")))
    # Launched before the platform was patched.
    current = {"version": 5}
    s.accept("status_of_v5_OutOfDate", "OutOfDate", quote=with_svn(third=2, **current, current=(None, None, 2)))
    s.accept("status_of_v5_TDRelaunchAdvised", "TDRelaunchAdvised", quote=with_svn(third=2, **current))
    s.accept("status_of_v5_TDRelaunchAdvised_by_module", "TDRelaunchAdvised", quote=with_svn(first=4, **current))
    s.accept("status_of_v5_TDRelaunchAdvisedConfigurationNeeded_now", "TDRelaunchAdvisedConfigurationNeeded",
             quote=with_svn(third=2, **current, current=(None, None, 4)))
    s.accept("status_of_v5_TDRelaunchAdvisedConfigurationNeeded_at_launch", "TDRelaunchAdvisedConfigurationNeeded",
             quote=with_svn(third=1, **current))
    s.accept("status_of_v5_SWHardeningNeeded_now_and_OutOfDate_at_launch", "TDRelaunchAdvised",
             quote=with_svn(third=2, **current, current=(None, None, 5)))
    s.accept("status_of_v5_ConfigurationNeeded_at_launch", "ConfigurationNeeded", quote=with_svn(third=4, **current))
    s.accept("status_of_v5_UpToDate_at_launch_and_OutOfDate_now", "UpToDate", quote=with_svn(**current, current=(None, None, 2)))
    s.accept("status_of_v5_Revoked_at_launch", "Revoked", quote=with_svn(third=0, **current))
    s.accept("status_of_v5_OutOfDate_by_qe", "OutOfDate", quote=with_svn(qe=6, **current))
    s.accept("status_of_v5_module_of_another_major_now", "OutOfDate", quote=with_svn(third=2, **current, current=(3, 3, 2)))
    s.accept("status_of_v5_below_every_level_now", "NotSupported", quote=with_svn(**current, current=(1, None, None)))
    s.accept("status_of_v5_no_identity_now", "NotSupported", quote=with_svn(**current, current=(None, 2, None)))
