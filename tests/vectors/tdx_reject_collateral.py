# SPDX-License-Identifier: Apache-2.0
"""Refused for a revocation list, TCB info or QE identity: by itself, or because the pieces do not belong together."""

import json

from forge import children, extension, integer, key_usage, sequence
from tdx_forge import (FMSPC, PLATFORM, PROCESSOR, chain, hexadecimal, name, pck, pck_ca, pck_crl, pck_members, qe_identity, root,
                       root_crl, serial_of, sgx_extension, tcb_info, tcb_signing)
from tdx_reject_certificates import FUTURE, PAST, UNKNOWN, with_chain
from tdx_reject_set import NOW, ROLES


def lists(s):
    """Revocation lists: who signed them, when, and whom they list."""
    serials = {"intermediate": serial_of("platform_ca"), "pck": serial_of("pck"), "tcb_signing": serial_of("tcb_signing")}
    s.refuse("intermediate_revoked", "revoked", "intermediate", root_crl=root_crl(serials["intermediate"]))
    s.refuse("intermediate_revoked_last_of_three", "revoked", "intermediate", root_crl=root_crl(1, 2, serials["intermediate"]))
    s.refuse("processor_ca_revoked", "revoked", "intermediate", quote="quote_v4_processor", root_crl=root_crl(serial_of("processor_ca")))
    s.refuse("pck_revoked", "revoked", "pck", pck_crl=pck_crl(serials["pck"]))
    s.refuse("pck_of_processor_ca_revoked", "revoked", "pck", quote="quote_v4_processor", pck_crl=pck_crl(serials["pck"], issuer=PROCESSOR))
    s.refuse("pck_of_v5_quote_revoked", "revoked", "pck", quote="quote_v5", pck_crl=pck_crl(serials["pck"]))
    s.refuse("tcb_signing_revoked", "revoked", "tcb_signing", root_crl=root_crl(serials["tcb_signing"]))
    s.refuse("root_revoked_by_itself", "revoked", "root", root_crl=root_crl(serial_of("root")))
    s.accept("accepted_serial_of_pck_on_list_of_root", root_crl=root_crl(serials["pck"]))
    s.accept("accepted_serial_of_intermediate_on_its_own_list", pck_crl=pck_crl(serials["intermediate"]))
    s.accept("accepted_serial_of_pck_on_list_of_another_ca", more=[pck_crl(serials["pck"], issuer=PROCESSOR)])
    newer = {"begin": "2026-02-20T00:00:00Z"}
    s.refuse("pck_revoked_by_the_newer_of_two_lists", "revoked", "pck", more=[pck_crl(serials["pck"], **newer)])

    both = (("root_crl", root_crl, "root", "platform_ca"), ("pck_crl", pck_crl, "platform_ca", "root"))
    for role, forged, key, other in both:
        def listed(name, errc, part=role, offset=0, **changed):
            s.refuse(f"{role}_{name}", errc, part, offset, **{role: forged(**changed)})

        s.refuse(f"{role}_missing", "missing", role, **{role: None})
        listed("signed_by_another_key", "signature_invalid", signer="attacker")
        listed("signed_by_another_ca", "signature_invalid", signer=other)
        listed("signed_by_pck", "signature_invalid", signer="pck")
        listed("signature_sha384", "signature_invalid", scheme="ecdsa_sha384")
        listed("stale", "expired", end=PAST)
        listed("not_yet_current", "not_yet_valid", begin=FUTURE)
        listed("without_next_update", "missing", end=None)
        listed("without_number", "extension_missing", number=())
        listed("without_authority_key", "extension_missing", authority=())
        # What is no list of its own is found out as it is added, before anyone knows whose it would be.
        listed("unknown_critical_extension", "certificate_unfit", "crl", extra=[UNKNOWN])
        listed("delta", "certificate_unfit", "crl", extra=[extension("2.5.29.27", integer(1), True)])
        listed("delta_not_critical", "certificate_unfit", "crl", extra=[extension("2.5.29.27", integer(1))])
        listed("signature_algorithms_differ", "bad_value", "crl", outer="ecdsa_sha384")
        good = s.bytes[role]
        s.refuse(f"{role}_tampered", "signature_invalid", role, **{role: good.replace(b"260", b"250", 1)})
        s.refuse(f"{role}_trailing_byte", "trailing_data", "crl", len(good), **{role: good + b"\0"})
    s.refuse("pck_crl_entry_removed", "signature_invalid", "pck_crl", pck_crl=under_signature_of(pck_crl(serials["pck"]), pck_crl()))
    entry = pck_crl(entry_extra=[UNKNOWN])
    s.refuse("pck_crl_entry_with_critical_extension", "certificate_unfit", "crl", pck_crl=entry)
    for word, more in (("", []), ("_and_its_issuers", [s.chain("processor_ca", "root")])):
        s.refuse(f"pck_crl_of_processor_ca{word}", "issuer_mismatch", "pck_crl", pck_crl="pck_crl_processor", more=more)
    for word, more in (("", []), ("_and_its_issuers", [s.chain("platform_ca", "root")])):
        s.refuse(f"pck_crl_of_platform_ca_for_processor_ca{word}", "issuer_mismatch", "pck_crl", quote="quote_v4_processor",
                 pck_crl="pck_crl", more=more)
    s.refuse("pck_crl_issuer_of_another_organization", "issuer_mismatch", "pck_crl",
             pck_crl=pck_crl(issuer=name(PLATFORM, organization="Forgers"), key="platform_ca"))
    s.refuse("pck_crl_by_root_in_its_own_name", "missing", "pck_crl", pck_crl=root_crl(begin="2026-02-15T00:00:00Z"))
    s.refuse("root_crl_by_platform_ca_in_its_own_name", "missing", "root_crl", root_crl=pck_crl(begin="2026-02-16T00:00:00Z"))
    forged = root(usage=[key_usage(5)])
    s.refuse("root_crl_by_root_without_crl_sign", "issuer_mismatch", "root_crl", quote=with_chain(s, root=forged), anchors=[forged],
             tcb_chain=s.chain("tcb_signing", forged))
    s.refuse("pck_crl_by_intermediate_without_crl_sign", "issuer_mismatch", "pck_crl",
             quote=with_chain(s, intermediate=pck_ca(usage=[key_usage(5)])))
    s.accept("accepted_at_next_update_of_lists", root_crl=root_crl(end=NOW), pck_crl=pck_crl(end=NOW))
    s.accept("accepted_at_this_update_of_lists", root_crl=root_crl(begin=NOW), pck_crl=pck_crl(begin=NOW))
    s.accept("accepted_with_lists_of_both_pck_cas", more=["pck_crl_processor"])
    s.accept("accepted_with_a_stale_list_beside", more=[pck_crl(begin="2026-01-15T00:00:00Z", end=PAST)])


def under_signature_of(signed, body):
    """The body of one list under the signature of another."""
    (_, plain, _), = children(body)
    (_, whole, _), = children(signed)
    return sequence(children(plain)[0][2], *(each[2] for each in children(whole)[1:]))


def platform(s):
    """The platform that the documents are about."""
    def other(name, change=None, **changed):
        if change:
            s.refuse(f"tcb_info_{name}", "platform_mismatch", "tcb_info", None, tcb_info=tcb_info(change))
        else:
            forged = pck(sgx=[sgx_extension(pck_members(**changed))])
            s.refuse(f"pck_{name}", "platform_mismatch", "tcb_info", None, quote=with_chain(s, pck=forged))

    other("of_another_fmspc", lambda d: d.update(fmspc="B0C06F000000"))
    other("fmspc_last_digit", lambda d: d.update(fmspc="A0A1A2A3A4A4"))
    other("fmspc_reversed", lambda d: d.update(fmspc=hexadecimal(FMSPC[::-1])))
    other("of_another_pce_id", lambda d: d.update(pceId="0000"))
    other("pce_id_reversed", lambda d: d.update(pceId="3130"))
    other("of_another_fmspc", fmspc=FMSPC[:-1] + b"\0")
    other("of_another_pce_id", pceid=b"\0\0")
    s.accept("accepted_fmspc_in_lower_case", tcb_info=tcb_info(lambda d: d.update(fmspc="a0a1a2a3a4a5")))
    s.accept("accepted_with_tcb_info_of_another_platform_beside", more=[tcb_info(lambda d: d.update(fmspc="B0C06F000000"))])


def combinations(s):
    """Pieces that are each as they should be, and not of one whole."""
    foreign = root("other_root")
    under = {"issuer_key": "other_root"}
    signer = {"tcb_chain": chain(tcb_signing(**under), foreign)}
    s.refuse("tcb_signing_under_another_root", "issuer_mismatch", "tcb_signing", **signer)
    s.refuse("tcb_signing_under_another_trusted_root", "issuer_mismatch", "tcb_signing", anchors=["root", foreign], **signer)
    both = chain(tcb_signing(), root(), tcb_signing("attacker", **under), foreign)
    s.refuse("tcb_info_signed_under_another_root", "signature_invalid", "tcb_info", None, tcb_chain=both, tcb_info=tcb_info(key="attacker"))
    s.refuse("qe_identity_signed_under_another_root", "signature_invalid", "qe_identity", None, tcb_chain=both,
             qe_identity=qe_identity(key="attacker"))
    everything = {"quote": with_chain(s, intermediate=pck_ca(**under), root=foreign), "root_crl": root_crl(key="other_root"), **signer}
    s.refuse("everything_under_another_root", "untrusted_root", "root", **everything)
    s.refuse("everything_under_another_root_and_right_root_beside", "untrusted_root", "root", more=["root"], **everything)
    s.refuse("everything_under_another_root_by_intels_pin", "untrusted_root", "root", anchors=[], **everything)
    s.accept("accepted_everything_under_another_trusted_root", anchors=[foreign], **everything)
    s.refuse("pck_chain_under_another_root", "untrusted_root", "root", quote=everything["quote"])
    s.refuse("pck_chain_under_another_trusted_root", "untrusted_root", "root", anchors=["root", foreign], quote=everything["quote"])
    s.refuse("root_crl_of_another_root", "signature_invalid", "root_crl", root_crl=root_crl(key="other_root"))
    s.refuse("root_crl_and_tcb_info_of_another_root", "signature_invalid", "root_crl", root_crl=root_crl(key="other_root"), **signer)
    s.refuse("pck_crl_of_another_platform_ca", "signature_invalid", "pck_crl", pck_crl=pck_crl(key="processor_ca", issuer=PLATFORM))
    yesterday = tcb_info(lambda d: d.update(issueDate="2026-01-15T00:00:00Z", nextUpdate="2026-02-14T00:00:00Z"))
    s.refuse("tcb_info_of_last_month", "expired", "tcb_info", None, tcb_info=yesterday)
    s.accept("accepted_with_tcb_info_of_last_month_beside", more=[yesterday])
    s.refuse("judged_after_collateral", "expired", "pck_crl", at="2026-03-17T00:00:01Z")
    s.refuse("judged_between_tcb_info_and_qe_identity", "not_yet_valid", "qe_identity", None, at="2026-02-15T10:32:26Z")
    # All in one JSON object, where documents come with the chain that is said to be theirs.
    def bundled(**changed):
        texts = {"root_ca_crl": s.bytes["root_crl"].hex(), "pck_crl": s.bytes["pck_crl"].hex(),
                 "pck_crl_issuer_chain": s.chain("platform_ca", "root"),
                 "tcb_info_issuer_chain": s.bytes["tcb_chain"], "qe_identity_issuer_chain": s.bytes["tcb_chain"]} | changed
        texts = {member: text.decode() if isinstance(text, bytes) else text for member, text in texts.items()}
        members = [f'"{member}":{json.dumps(text)}' for member, text in texts.items()]
        members += [f'"{member}":{s.bytes[member].decode()}' for member in ("tcb_info", "qe_identity")]
        return {role: None for role in ROLES} | {"more": [("{" + ",".join(members) + "}").encode()]}

    s.accept("accepted_bundle", **bundled())
    s.refuse("bundle_with_tcb_info_chain_of_pck_ca", "name_mismatch", "tcb_signing",
             **bundled(tcb_info_issuer_chain=s.chain("platform_ca", "root")))
    s.refuse("bundle_with_qe_identity_chain_of_pck_ca", "name_mismatch", "tcb_signing",
             **bundled(qe_identity_issuer_chain=s.chain("platform_ca", "root")))
    s.refuse("bundle_with_tcb_info_chain_of_another_root", "issuer_mismatch", "tcb_signing",
             **bundled(tcb_info_issuer_chain=signer["tcb_chain"]))
    s.refuse("bundle_with_qe_identity_chain_of_another_root", "issuer_mismatch", "tcb_signing",
             **bundled(qe_identity_issuer_chain=signer["tcb_chain"]))
    s.refuse("bundle_with_another_root_in_tcb_info_chain", "untrusted_root", "tcb_info",
             **bundled(tcb_info_issuer_chain=s.chain("tcb_signing", foreign)))
    s.refuse("bundle_with_another_root_beside_in_qe_identity_chain", "untrusted_root", "qe_identity",
             **bundled(qe_identity_issuer_chain=s.chain("tcb_signing", "root", foreign)))
    unsigned = s.chain("tcb_signing", root(signer="other_root"))
    s.refuse("bundle_with_root_in_tcb_info_chain_of_invalid_self_signature", "untrusted_root", "tcb_info",
             **bundled(tcb_info_issuer_chain=unsigned))
    s.accept("accepted_bundle_with_root_issued_again_in_tcb_info_chain",
             **bundled(tcb_info_issuer_chain=s.chain("tcb_signing", root(end="2048-12-31T23:59:59Z"))))
    s.accept("accepted_bundle_with_another_root_in_pck_crl_chain", **bundled(pck_crl_issuer_chain=s.chain("platform_ca", foreign)))
    empty = s.chain("tcb_signing", "root").replace(b"CERTIFICATE", b"PUBLIC KEY")
    s.refuse("bundle_with_tcb_info_chain_without_a_certificate", "unrecognized", "input", None, **bundled(tcb_info_issuer_chain=empty))
    s.refuse("bundle_with_pck_crl_chain_of_a_list", "unrecognized", "input", None,
             **bundled(pck_crl_issuer_chain=s.bytes["pck_crl"].hex()))
    s.refuse("bundle_with_pck_crl_in_place_of_root_crl", "missing", "root_crl", **bundled(root_ca_crl=s.bytes["pck_crl"].hex()))
    s.refuse("nothing_but_a_quote", "missing", "root_crl", **{role: None for role in ROLES})
