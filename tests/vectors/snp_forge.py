# SPDX-License-Identifier: Apache-2.0
"""Certificates, revocation lists and reports in AMD's form, signed by the worthless keys of snp_reject_keys.pem."""

import struct

from forge import NULL, Workshop, common_name, crl_at, distinguished_name, extension, integer, oid, sequence, tlv

AMD = "1.3.6.1.4.1.3704.1"
SHA256, SHA384, MGF1 = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "1.2.840.113549.1.1.8"


def pss(digest, mask_digest, salt, *trailer):
    parameters = (tlv(0xA0, sequence(oid(digest), NULL)), tlv(0xA1, sequence(oid(MGF1), sequence(oid(mask_digest), NULL))),
                  tlv(0xA2, integer(salt)), *trailer)
    return sequence(oid("1.2.840.113549.1.1.10"), sequence(*parameters))


def pss_words(digest, mask_digest, salt):
    words = ["rsa_padding_mode:pss", f"rsa_pss_saltlen:{salt}", f"rsa_mgf1_md:{mask_digest}"]
    return [f"-{digest}"] + [word for option in words for word in ("-sigopt", option)]


SCHEMES = {
    "pss": (pss(SHA384, SHA384, 48), pss_words("sha384", "sha384", 48)),
    "pss_trailer": (pss(SHA384, SHA384, 48, tlv(0xA3, integer(1))), pss_words("sha384", "sha384", 48)),
    "pss_trailer_2": (pss(SHA384, SHA384, 48, tlv(0xA3, integer(2))), pss_words("sha384", "sha384", 48)),
    "pss_sha256": (pss(SHA256, SHA256, 48), pss_words("sha256", "sha256", 48)),
    "pss_mgf1_sha256": (pss(SHA384, SHA256, 48), pss_words("sha384", "sha256", 48)),
    "pss_salt_32": (pss(SHA384, SHA384, 32), pss_words("sha384", "sha384", 32)),
    "pss_salt_0": (pss(SHA384, SHA384, 0), pss_words("sha384", "sha384", 0)),
    "pkcs1": (sequence(oid("1.2.840.113549.1.1.12"), NULL), ["-sha384"]),
    "ecdsa": (sequence(oid("1.2.840.10045.4.3.3")), ["-sha384"]),
}


# Signatures of elliptic keys are kept as a report has them: r and s, little-endian, and 24 zeros between.
def pack(r, s):
    return r.to_bytes(48, "little") + bytes(24) + s.to_bytes(48, "little")


def unpack(given):
    return int.from_bytes(given[:48], "little"), int.from_bytes(given[72:], "little")


signatures = Workshop("snp_reject", SCHEMES, pack, unpack)
KEYS, signed = signatures.keys, signatures.signed
subject_key_id, authority_key_id = signatures.subject_key_id, signatures.authority_key_id


def name(*common, organization="Advanced Micro Devices"):
    parts = [("2.5.4.11", tlv(0x0C, b"Engineering")), ("2.5.4.6", tlv(0x13, b"US")), ("2.5.4.7", tlv(0x0C, b"Santa Clara")),
             ("2.5.4.8", tlv(0x0C, b"CA")), ("2.5.4.10", tlv(0x0C, organization.encode()))]
    return distinguished_name(parts + [common_name(each) if isinstance(each, str) else each for each in common])


def crl_address(product, kind):
    return crl_at(f"https://kdsintf.amd.com/{kind}/v1/{product}/crl")


def certificate(subject, issuer, begin, end, spki, extensions, signer, serial, scheme="pss", **more):
    return signatures.certificate(subject, issuer, begin, end, spki, extensions, signer, serial, scheme, **more)


def crl(issuer, begin, end, serials, signer, scheme="pss", extensions=(), entry_extensions=(), number=9, outer=None):
    entries = [(serial, "2022-10-31T00:00:00Z", entry_extensions) for serial in serials]
    extensions = [extension("2.5.29.20", integer(number)), *extensions]
    return signatures.crl(issuer, begin, end, entries, signer, scheme, extensions, outer)


# Reports.
def signed_report(body, key="vcek"):
    signature = signatures.sign(key, "ecdsa", body)
    whole = (body + signatures.get(signature)).ljust(1184, b"\0")
    signed[whole] = (key, "ecdsa", body, signature)
    return whole


def tcb_milan(boot_loader, tee, snp, microcode):
    return struct.pack("BB4xBB", boot_loader, tee, snp, microcode)


def tcb_turin(fmc, boot_loader, tee, snp, microcode):
    return struct.pack("BBBB3xB", fmc, boot_loader, tee, snp, microcode)
