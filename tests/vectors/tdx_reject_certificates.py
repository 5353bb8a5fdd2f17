# SPDX-License-Identifier: Apache-2.0
"""Refused for a certificate: the PCK chain, its forms and its extension, the certificate that signs documents, validity."""

from forge import basic_constraints, common_name, extension, integer, key_usage, octets, sequence, tlv
from pck_vectors import boolean, pair, tcb_pairs
from tdx_forge import (COMPONENTS, KEYS, PCESVN, PCK, PCK_OID, PLATFORM, ROOT, TCB_SIGNING, At, chain, name, pck, pck_ca, pck_crl,
                       pck_members, quote, root, root_crl, sgx_extension, tcb_signing)

UNKNOWN = extension("1.2.840.113741.1.99", b"\x05\x00", True)
PAST, FUTURE = "2026-02-28T23:59:59Z", "2026-03-01T00:00:01Z"  # one second before and after the time of judgement
AT = At(4)


def with_chain(s, **changed):
    return quote(4, s.pck_chain(**changed) + b"\0")


def pck_chains(s):
    """What the quote brings along, and whose it is."""
    def brought(name, errc, part, offset, certification, **how):
        s.refuse(name, errc, part, offset, quote=quote(4, certification), **how)

    whole = s.chains["platform"]
    leaf, intermediate, anchor = "pck", "platform_ca", "root"
    brought("pck_chain_empty", "bad_length", "quote", AT.data, b"")
    brought("pck_chain_of_no_certificate", "bad_length", "quote", AT.data, b"no certificate")
    brought("pck_chain_leaf_only", "bad_length", "quote", AT.data, s.chain(leaf))
    brought("pck_chain_without_root", "bad_length", "quote", AT.data, s.chain(leaf, intermediate))
    brought("pck_chain_without_intermediate", "bad_length", "quote", AT.data, s.chain(leaf, anchor))
    brought("pck_chain_without_leaf", "bad_length", "quote", AT.data, s.chain(intermediate, anchor))
    brought("pck_chain_with_both_pck_cas", "bad_length", "quote", AT.data, s.chain(leaf, intermediate, "processor_ca", anchor))
    brought("pck_chain_with_root_twice", "bad_length", "quote", AT.data, s.chain(leaf, intermediate, anchor, anchor))
    brought("pck_chain_with_leaf_twice", "name_mismatch", "intermediate", 0, s.chain(leaf, leaf, anchor))
    brought("pck_chain_with_intermediate_twice", "name_mismatch", "root", 0, s.chain(leaf, intermediate, intermediate))
    brought("pck_chain_with_intermediate_in_place_of_leaf", "name_mismatch", "pck", 0, s.chain(intermediate, intermediate, anchor))
    brought("pck_chain_with_signing_certificate_in_place_of_intermediate", "name_mismatch", "intermediate", 0,
            s.chain(leaf, "tcb_signing", anchor))
    brought("pck_chain_text_one_byte_short", "bad_encoding", "quote", AT.data + whole.rindex(b"-----END"), whole[:-2])
    brought("pck_chain_text_cut_in_last_block", "truncated", "quote", AT.data + len(whole) - 40, whole[:-40])
    brought("pck_chain_text_not_base64", "bad_encoding", "quote", AT.data + whole.index(b"\nMII") + 2, whole.replace(b"\nMII", b"\nM!I", 1))
    der = s.bytes["pck"]
    brought("pck_chain_leaf_one_byte_short", "bad_encoding", "quote", AT.data, s.pck_chain(pck=der[:-1]))
    brought("pck_chain_second_does_not_decode", "bad_encoding", "quote", AT.data + len(s.chain(leaf)),
            s.pck_chain(intermediate=b"\x30\x03abc"))
    brought("pck_chain_der_one_byte_short", "bad_encoding", "quote", AT.data + len(der) + len(s.bytes["platform_ca"]),
            der + s.bytes["platform_ca"] + s.bytes["root"][:-1])
    brought("pck_chain_der_with_two_certificates", "bad_length", "quote", AT.data, der + s.bytes["platform_ca"])

    # Names.
    for word, common in (("of_intermediate_misspelled", "Intel SGX PCK Certificates"), ("in_upper_case", PCK.upper()),
                         ("with_trailing_space", PCK + " "), ("with_zero_byte", PCK + "\0"), ("shortened", "SGX PCK Certificate"),
                         ("of_signing_certificate", TCB_SIGNING)):
        s.refuse(f"pck_name_{word}", "name_mismatch", "pck", quote=with_chain(s, pck=pck(common=common)))
    for word, common in (("twice", name(PCK, PCK)), ("in_bmp_string", name(common_name(PCK, 0x1E))), ("missing", name())):
        s.refuse(f"pck_name_{word}", "name_mismatch", "pck", quote=with_chain(s, pck=pck(common=common)))
    for word, common in (("of_no_ca", "Intel SGX PCK CA"), ("in_upper_case", PLATFORM.upper()), ("longer", PLATFORM + " 2")):
        forged = pck_ca(common, key="platform_ca")
        s.refuse(f"intermediate_name_{word}", "name_mismatch", "intermediate", pck_crl=pck_crl(issuer=common, key="platform_ca"),
                 quote=with_chain(s, pck=pck(issuer=common, issuer_key="platform_ca"), intermediate=forged))
    forged = root(common="Intel SGX Root CB")
    s.refuse("root_name_misspelled", "name_mismatch", "root", anchors=[forged], root_crl=root_crl(issuer="Intel SGX Root CB"),
             quote=with_chain(s, intermediate=pck_ca(issuer="Intel SGX Root CB"), root=forged),
             tcb_chain=chain(tcb_signing(issuer="Intel SGX Root CB"), forged))
    s.refuse("pck_issuer_of_another_organization", "issuer_mismatch", "pck",
             quote=with_chain(s, pck=pck(issuer=name(PLATFORM, organization="Forgers"), issuer_key="platform_ca")))
    s.refuse("intermediate_issuer_of_another_organization", "issuer_mismatch", "intermediate",
             quote=with_chain(s, intermediate=pck_ca(issuer=name(ROOT, organization="Forgers"))))
    s.refuse("pck_of_processor_ca_under_platform_ca", "issuer_mismatch", "pck", quote=with_chain(s, pck="pck_processor"))
    s.refuse("pck_of_platform_ca_under_processor_ca", "issuer_mismatch", "pck", quote=with_chain(s, intermediate="processor_ca"),
             pck_crl="pck_crl_processor")
    s.refuse("pck_authority_key_of_another", "issuer_mismatch", "pck",
             quote=with_chain(s, pck=pck(issuer_key="attacker", signer="platform_ca")))
    s.refuse("intermediate_authority_key_of_another", "issuer_mismatch", "intermediate",
             quote=with_chain(s, intermediate=pck_ca(issuer_key="other_root", signer="root")))
    s.refuse("pck_self_issued", "issuer_mismatch", "pck", quote=with_chain(s, pck=pck(issuer=PCK, issuer_key="pck")))
    s.refuse("pck_issued_by_root", "issuer_mismatch", "pck", quote=with_chain(s, pck=pck(issuer=ROOT, issuer_key="root")))

    # Trust.
    other = root("other_root")
    s.refuse("root_with_intels_names_and_no_anchor", "untrusted_root", "root", anchors=[])
    s.refuse("root_with_intels_names_beside_another_anchor", "untrusted_root", "root", anchors=[other])
    s.refuse("root_of_same_key_and_another_certificate", "untrusted_root", "root", anchors=[root(end="2048-12-31T23:59:59Z")])
    s.refuse("root_among_endorsements_is_no_anchor", "untrusted_root", "root", anchors=[], more=["root"])
    s.refuse("intermediate_as_anchor", "untrusted_root", "root", anchors=["platform_ca"])
    forged = root(signer="other_root")
    s.refuse("root_with_invalid_self_signature", "signature_invalid", "root", anchors=[forged], quote=with_chain(s, root=forged))
    s.refuse("root_of_same_name_and_another_key", "issuer_mismatch", "intermediate", anchors=[other], quote=with_chain(s, root=other))
    s.refuse("intermediate_signed_by_another_root", "signature_invalid", "intermediate",
             quote=with_chain(s, intermediate=pck_ca(signer="other_root")))
    s.refuse("intermediate_signed_by_itself", "signature_invalid", "intermediate",
             quote=with_chain(s, intermediate=pck_ca(signer="platform_ca")))
    s.refuse("pck_signed_by_root", "signature_invalid", "pck", quote=with_chain(s, pck=pck(signer="root")))
    s.refuse("pck_signed_by_processor_ca", "signature_invalid", "pck", quote=with_chain(s, pck=pck(signer="processor_ca")))
    s.refuse("pck_signed_by_attacker", "signature_invalid", "pck", quote=with_chain(s, pck=pck(signer="attacker")))
    s.refuse("pck_signed_by_another_pck", "signature_invalid", "pck", quote=with_chain(s, pck=pck(signer="pck")))


def forms(s):
    """Keys, algorithms, versions and constraints."""
    def leaf(name, errc="certificate_unfit", **changed):
        s.refuse(f"pck_{name}", errc, "pck", quote=with_chain(s, pck=pck(**changed)))

    def intermediate(name, errc="certificate_unfit", **changed):
        s.refuse(f"intermediate_{name}", errc, "intermediate", quote=with_chain(s, intermediate=pck_ca(**changed)))

    def anchor(name, errc="certificate_unfit", **changed):
        forged = root(**changed)
        s.refuse(f"root_{name}", errc, "root", anchors=[forged], quote=with_chain(s, root=forged), tcb_chain=s.chain("tcb_signing", forged))

    point = KEYS["pck"].public
    for key in ("p384", "brainpool", "rsa"):
        leaf(f"key_{key}", key=key)
    leaf("key_compressed_point", spki=KEYS["pck"].spki(public=bytes([2 + point[-1] % 2]) + point[1:33]))
    leaf("key_not_on_curve", spki=KEYS["pck"].spki(public=point[:-1] + bytes([point[-1] ^ 1])))
    leaf("key_at_infinity", spki=KEYS["pck"].spki(public=b"\0"))
    for role in (leaf, intermediate, anchor):
        role("x509_version_1", version=None)
        role("unknown_critical_extension", extra=[UNKNOWN])
        role("signature_sha384", scheme="ecdsa_sha384")
        role("signature_algorithms_differ", outer="ecdsa_sha384")
    leaf("signature_algorithm_with_null", scheme="ecdsa_null")
    leaf("signature_sha384_declared_sha256", "signature_invalid", scheme="ecdsa_sha384", declared="ecdsa")
    leaf("signature_by_rsa_key", signer="rsa", scheme="rsa")
    leaf("signature_one_byte_short", "signature_invalid", repair=lambda signature: signature[:-1])
    leaf("signature_zero", "signature_invalid", repair=lambda signature: sequence(integer(0), integer(0)))
    leaf("x509_version_2", version=1)
    leaf("is_a_ca", constraints=[basic_constraints(True, 0)])
    leaf("basic_constraints_twice", constraints=[basic_constraints(False)] * 2)
    leaf("without_key_usage", usage=[])
    leaf("without_digital_signature", usage=[key_usage(1)])
    intermediate("without_ca", constraints=[basic_constraints(False)])
    intermediate("without_basic_constraints", constraints=[])
    intermediate("without_path_length", constraints=[basic_constraints()])
    intermediate("with_path_length_1", constraints=[basic_constraints(True, 1)])
    intermediate("without_key_usage", usage=[])
    intermediate("without_key_cert_sign", usage=[key_usage(6)])
    s.refuse("intermediate_p384", "certificate_unfit", "intermediate",
             quote=with_chain(s, pck=pck(issuer_key="p384"), intermediate=pck_ca(key="p384")))
    s.refuse("intermediate_rsa", "certificate_unfit", "intermediate",
             quote=with_chain(s, pck=pck(issuer_key="rsa", scheme="rsa", declared="ecdsa"), intermediate=pck_ca(key="rsa")))
    anchor("without_ca", constraints=[basic_constraints(False)])
    anchor("without_key_cert_sign", usage=[key_usage(6)])
    anchor("with_path_length_0", constraints=[basic_constraints(True, 0)])
    anchor("without_path_length", constraints=[basic_constraints()])
    anchor("with_path_length_2", constraints=[basic_constraints(True, 2)])
    forged = root("p384")
    s.refuse("root_p384", "certificate_unfit", "root", anchors=[forged], root_crl=root_crl(key="p384"),
             quote=with_chain(s, intermediate=pck_ca(issuer_key="p384"), root=forged), tcb_chain=chain(tcb_signing(issuer_key="p384"), forged))


def sgx_extensions(s):
    """The SGX extension of the PCK certificate."""
    def forged(name, errc, parts=None, listed=None):
        s.refuse(f"pck_sgx_{name}", errc, "pck", quote=with_chain(s, pck=pck(sgx=[sgx_extension(parts)] if listed is None else listed)))

    good = pck_members()
    forged("extension_missing", "extension_missing", listed=[])
    forged("extension_twice", "duplicate", listed=[sgx_extension()] * 2)
    forged("extension_critical", "certificate_unfit", listed=[sgx_extension(critical=True)])
    forged("extension_empty", "truncated", listed=[extension(PCK_OID, b"")])
    whole = sequence(*good.values())
    forged("extension_one_byte_long", "trailing_data", listed=[extension(PCK_OID, whole + b"\0")])
    forged("extension_one_byte_short", "bad_length", listed=[extension(PCK_OID, whole[:-1])])
    for each in ("ppid", "tcb", "pceid", "fmspc", "sgx_type"):
        forged(f"{each}_missing", "missing", {key: value for key, value in good.items() if key != each})
        forged(f"{each}_twice", "duplicate", {**good, "again": good[each]})
    forged("unknown_member", "unsupported_format", {**good, "more": pair([8], octets(b"\0"))})
    for each, arc, size in (("ppid", 1, 16), ("pceid", 3, 2), ("fmspc", 4, 6), ("platform_instance_id", 6, 16)):
        forged(f"{each}_one_byte_short", "bad_length", good | {each: pair([arc], octets(bytes(size - 1)))})
    forged("fmspc_is_text", "bad_encoding", good | {"fmspc": pair([4], tlv(0x0C, bytes(6)))})
    forged("sgx_type_3", "bad_value", good | {"sgx_type": pair([5], tlv(0x0A, b"\x03"))})

    def tcb(name, errc, at, replacement):
        pairs = tcb_pairs(COMPONENTS, PCESVN)
        pairs[at] = replacement
        forged(name, errc, good | {"tcb": pair([2], sequence(*pairs))})

    tcb("component_256", "bad_value", 0, pair([2, 1], integer(256)))
    tcb("component_negative", "bad_value", 0, pair([2, 1], tlv(0x02, b"\xff")))
    tcb("component_with_leading_zero", "bad_encoding", 2, pair([2, 3], tlv(0x02, b"\0\2")))
    tcb("component_missing", "missing", 5, b"")
    tcb("component_twice", "duplicate", 5, pair([2, 5], integer(4)))
    tcb("pcesvn_65536", "bad_value", 16, pair([2, 17], integer(65536)))
    tcb("cpusvn_17_bytes", "bad_length", 17, pair([2, 18], octets(bytes(17))))
    tcb("component_17", "unsupported_format", 15, pair([2, 19], integer(0)))
    flags = [pair([7, 1], boolean(True)), pair([7, 2], boolean(False)), pair([7, 3], boolean(True))]
    forged("configuration_incomplete", "missing", good | {"configuration": pair([7], sequence(*flags[:2]))})
    flags[1] = pair([7, 2], tlv(0x01, b"\x01"))
    forged("configuration_flag_is_1", "bad_encoding", good | {"configuration": pair([7], sequence(*flags))})


def signing(s):
    """The certificate that signs TCB info and QE identity."""
    def signs(name, errc, **changed):
        s.refuse(f"tcb_signing_{name}", errc, "tcb_signing", tcb_chain=s.chain(tcb_signing(**changed), "root"))

    signs("signed_by_another_root", "signature_invalid", signer="other_root")
    signs("signed_by_platform_ca", "signature_invalid", signer="platform_ca")
    signs("authority_key_of_another", "issuer_mismatch", issuer_key="other_root", signer="root")
    signs("issued_by_platform_ca", "issuer_mismatch", issuer=PLATFORM, issuer_key="platform_ca")
    signs("self_issued", "issuer_mismatch", issuer=TCB_SIGNING, issuer_key="tcb_signing")
    signs("issuer_of_another_organization", "issuer_mismatch", issuer=name(ROOT, organization="Forgers"))
    signs("x509_version_1", "certificate_unfit", version=None)
    signs("unknown_critical_extension", "certificate_unfit", extra=[UNKNOWN])
    signs("signature_sha384", "certificate_unfit", scheme="ecdsa_sha384")
    signs("signature_algorithms_differ", "certificate_unfit", outer="ecdsa_sha384")
    signs("signature_zero", "signature_invalid", repair=lambda signature: sequence(integer(0), integer(0)))
    signs("is_a_ca", "certificate_unfit", constraints=[basic_constraints(True, 0)])
    signs("without_key_usage", "certificate_unfit", usage=[])
    signs("without_digital_signature", "certificate_unfit", usage=[key_usage(1)])
    for key in ("p384", "brainpool", "rsa"):
        signs(f"key_{key}", "certificate_unfit", key=key)
    point = KEYS["tcb_signing"].public
    signs("key_not_on_curve", "certificate_unfit", spki=KEYS["tcb_signing"].spki(public=point[:-1] + bytes([point[-1] ^ 1])))
    # Without that name it is not a certificate that signs documents.
    for word, common in (("misspelled", "Intel SGX TCB Signer"), ("in_lower_case", TCB_SIGNING.lower()), ("of_pck", PCK)):
        signs(f"name_{word}", "missing", common=common)
    s.refuse("tcb_signing_missing", "missing", "tcb_signing", tcb_chain=None)
    s.refuse("tcb_signing_chain_of_pck_cas", "missing", "tcb_signing", tcb_chain=s.chain("platform_ca", "root"))
    s.refuse("tcb_signing_chain_of_root_only", "missing", "tcb_signing", tcb_chain=s.chain("root"))
    text = s.bytes["tcb_chain"]
    s.refuse("tcb_signing_chain_not_base64", "bad_encoding", "input", None, tcb_chain=text.replace(b"\nMII", b"\nM!I", 1))
    s.refuse("tcb_signing_chain_cut", "truncated", "input", len(text) - 40, tcb_chain=text[:-40])
    s.refuse("tcb_signing_chain_without_a_certificate", "unrecognized", "input", tcb_chain=text.replace(b"CERTIFICATE", b"PUBLIC KEY"))


def times(s):
    """Validity at the given time, to the second."""
    s.refuse("pck_expired", "expired", "pck", quote=with_chain(s, pck=pck(end=PAST)))
    s.refuse("pck_not_yet_valid", "not_yet_valid", "pck", quote=with_chain(s, pck=pck(begin=FUTURE)))
    s.refuse("intermediate_expired", "expired", "intermediate", quote=with_chain(s, intermediate=pck_ca(end=PAST)))
    s.refuse("intermediate_not_yet_valid", "not_yet_valid", "intermediate", quote=with_chain(s, intermediate=pck_ca(begin=FUTURE)))
    for word, forged in (("expired", root(end=PAST)), ("not_yet_valid", root(begin=FUTURE))):
        s.refuse(f"root_{word}", word, "root", anchors=[forged], quote=with_chain(s, root=forged), tcb_chain=s.chain("tcb_signing", forged))
    for word, changed in (("expired", {"end": PAST}), ("not_yet_valid", {"begin": FUTURE})):
        s.refuse(f"tcb_signing_{word}", word, "tcb_signing", tcb_chain=s.chain(tcb_signing(**changed), "root"))
    s.accept("accepted_in_the_last_second_of_pck", quote=with_chain(s, pck=pck(end="2026-03-01T00:00:00Z")))
    s.accept("accepted_in_the_first_second_of_pck", quote=with_chain(s, pck=pck(begin="2026-03-01T00:00:00Z")))
    s.accept("accepted_with_an_expired_signing_certificate_beside", more=[s.chain(tcb_signing(begin="2018-05-21T10:50:10Z", end=PAST))])
