# SPDX-License-Identifier: Apache-2.0
"""Certificates, revocation lists, TCB info, QE identities and quotes in Intel's form, signed by the worthless keys of
tdx_reject_keys.pem. Every function makes the thing as it should be, unless an argument says otherwise."""

import hashlib
import json
import struct

from forge import (Workshop, as_pem, basic_constraints, common_name, crl_at, distinguished_name, extension, integer, key_usage,
                   moment, octets, oid, sequence, tlv)
from pck_vectors import members, pair, tcb_pairs
from tdx_vectors import VENDOR, run

SCHEMES = {
    "ecdsa": (sequence(oid("1.2.840.10045.4.3.2")), ["-sha256"]),
    "ecdsa_sha384": (sequence(oid("1.2.840.10045.4.3.3")), ["-sha384"]),
    "ecdsa_null": (sequence(oid("1.2.840.10045.4.3.2"), b"\x05\x00"), ["-sha256"]),
    "rsa": (sequence(oid("1.2.840.113549.1.1.11"), b"\x05\x00"), ["-sha256"]),
}


# Signatures of elliptic keys are kept as quotes and documents have them: r and s, big-endian.
def pack(r, s):
    size = 32 if max(r, s) < 2**256 else 48
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def unpack(given):
    half = len(given) // 2
    return int.from_bytes(given[:half], "big"), int.from_bytes(given[half:], "big")


workshop = Workshop("tdx_reject", SCHEMES, pack, unpack)
KEYS = workshop.keys
ROOT, PLATFORM, PROCESSOR = "Intel SGX Root CA", "Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA"
PCK, TCB_SIGNING = "Intel SGX PCK Certificate", "Intel SGX TCB Signing"
CA_KEYS = {PLATFORM: "platform_ca", PROCESSOR: "processor_ca"}
PCK_OID = "1.2.840.113741.1.13.1"

# The platform: SGX components and PCESVN, FMSPC, PCE-ID.
COMPONENTS = [16, 16, 2, 2, 4, 1, 0, 5] + [0] * 8
PCESVN = 13
FMSPC, PCEID = run(0xA0, 6), bytes.fromhex("3031")
ENCLAVE_SIGNER = run(0x61, 32)
AUTHENTICATION = run(0, 32)


def name(*common, organization="Intel Corporation"):
    parts = [common_name(each) if isinstance(each, str) else each for each in common]
    parts += [("2.5.4.10", tlv(0x0C, organization.encode())), ("2.5.4.7", tlv(0x0C, b"Santa Clara")), ("2.5.4.8", tlv(0x0C, b"CA")),
              ("2.5.4.6", tlv(0x13, b"US"))]
    return distinguished_name(parts)


def serial_of(key):
    return int.from_bytes(KEYS[key].id(), "big")


# Certificates.
def extensions(key, issuer, usage, constraints, more=()):
    """The list of a certificate; `usage` and `constraints` are lists of extensions."""
    address = crl_at("https://certificates.trustedservices.intel.com/IntelSGXRootCA.der")
    return [workshop.authority_key_id(issuer), address, workshop.subject_key_id(key), *usage, *constraints, *more]


def certificate(subject, issuer, begin, end, key, listed, signer, serial, scheme="ecdsa", spki=None, **more):
    as_name = [name(each) if isinstance(each, str) else each for each in (subject, issuer)]
    return workshop.certificate(*as_name, moment(begin), moment(end), spki or KEYS[key].spki(), listed, signer, serial, scheme, **more)


def root(key="root", common=ROOT, begin="2018-05-21T10:45:10Z", end="2049-12-31T23:59:59Z", usage=(key_usage(5, 6),),
         constraints=(basic_constraints(True, 1),), signer=None, extra=(), **more):
    return certificate(common, common, begin, end, key, extensions(key, key, usage, constraints, extra), signer or key,
                       serial_of(key), **more)


def pck_ca(common=PLATFORM, key=None, issuer=ROOT, issuer_key="root", signer=None, begin="2018-05-21T10:50:10Z",
           end="2033-05-21T10:50:10Z", usage=(key_usage(5, 6),), constraints=(basic_constraints(True, 0),), extra=(), **more):
    key = key or CA_KEYS[common]
    return certificate(common, issuer, begin, end, key, extensions(key, issuer_key, usage, constraints, extra), signer or issuer_key,
                       serial_of(key), **more)


def pck_members(processor=False, components=COMPONENTS, pcesvn=PCESVN, fmspc=FMSPC, pceid=PCEID):
    """The members of the SGX extension by name."""
    out = members(None if processor else (True, False, True))
    return out | {"tcb": pair([2], sequence(*tcb_pairs(components, pcesvn))), "pceid": pair([3], octets(pceid)),
                  "fmspc": pair([4], octets(fmspc))}


def sgx_extension(parts=None, critical=False):
    return extension(PCK_OID, sequence(*(parts or pck_members()).values()), critical)


def pck(issuer=PLATFORM, issuer_key=None, signer=None, common=PCK, key="pck", begin="2025-08-02T11:15:37Z",
        end="2032-08-02T11:15:37Z", usage=(key_usage(0, 1),), constraints=(basic_constraints(False),), sgx=None, extra=(), **more):
    """`sgx` is a list of extensions in place of the one."""
    issuer_key = issuer_key or CA_KEYS[issuer]
    sgx = [sgx_extension(pck_members(issuer == PROCESSOR))] if sgx is None else sgx
    listed = extensions(key, issuer_key, usage, constraints, [*sgx, *extra])
    return certificate(common, issuer, begin, end, key, listed, signer or issuer_key, serial_of(key), **more)


def tcb_signing(key="tcb_signing", common=TCB_SIGNING, issuer=ROOT, issuer_key="root", signer=None, begin="2025-05-06T09:25:00Z",
                end="2032-05-06T09:25:00Z", usage=(key_usage(0, 1),), constraints=(basic_constraints(False),), extra=(), **more):
    listed = extensions(key, issuer_key, usage, constraints, extra)
    return certificate(common, issuer, begin, end, key, listed, signer or issuer_key, serial_of("tcb_signing"), **more)


def chain(*certificates):
    """Certificates as text, one after another."""
    return "".join(as_pem("CERTIFICATE", each) for each in certificates).encode()


# Revocation lists.
def crl(issuer, key, *serials, begin="2026-02-15T00:00:00Z", end="2026-03-17T00:00:00Z", signer=None, number=(1,), authority=None,
        extra=(), entry_extra=(), scheme="ecdsa", outer=None):
    issuer = name(issuer) if isinstance(issuer, str) else issuer
    reason = extension("2.5.29.21", tlv(0x0A, b"\x01"))
    listed = [*(workshop.authority_key_id(each) for each in ([key] if authority is None else authority)),
              *(extension("2.5.29.20", integer(each)) for each in number), *extra]
    entries = [(serial, begin, [reason, *entry_extra]) for serial in serials]
    return workshop.crl(issuer, moment(begin), end and moment(end), entries, signer or key, scheme, listed, outer)


def root_crl(*serials, key="root", begin="2025-04-10T00:00:00Z", end="2026-04-10T00:00:00Z", issuer=ROOT, **more):
    return crl(issuer, key, *serials, begin=begin, end=end, **more)


def pck_crl(*serials, issuer=PLATFORM, key=None, **more):
    others = [0x6FC34E5023E728923435D61AA4B83C618166AD35, 0xEFAE6E9715FCA13B87E333E8261ED6D990A926AD]
    return crl(issuer, key or CA_KEYS[issuer], *others, *serials, **more)


# Documents.
def hexadecimal(data):
    return data.hex().upper()


def rated(tcb, date, status, advisories):
    out = {"tcb": tcb, "tcbDate": f"{date}T00:00:00Z", "tcbStatus": status}
    return out | ({"advisoryIDs": list(advisories)} if advisories else {})


def level(components, pcesvn, tdx, date, status, advisories=()):
    def listed(svns):
        return [{"svn": svn} for svn in svns]

    tcb = {"sgxtcbcomponents": listed(components), "pcesvn": pcesvn, "tdxtcbcomponents": listed([*tdx] + [0] * (16 - len(tdx)))}
    return rated(tcb, date, status, advisories)


def svn_level(isvsvn, date, status, advisories=()):
    return rated({"isvsvn": isvsvn}, date, status, advisories)


def module(signer=bytes(48)):
    return {"mrsigner": hexadecimal(signer), "attributes": "0" * 16, "attributesMask": "F" * 16}


# The third TDX component, which a quote has in TEE_TCB_SVN[2], decides which level of the platform it is.
STATUSES = {6: "UpToDate", 5: "SWHardeningNeeded", 4: "ConfigurationNeeded", 3: "ConfigurationAndSWHardeningNeeded",
            2: "OutOfDate", 1: "OutOfDateConfigurationNeeded", 0: "Revoked"}


def tcb_info_members():
    levels = [level(COMPONENTS, PCESVN, [4, 0, svn], f"202{svn}-08-13", status, ["INTEL-SA-01036"] if svn < 5 else [])
              for svn, status in STATUSES.items()]
    return {"id": "TDX", "version": 3, "issueDate": "2026-02-15T10:16:03Z", "nextUpdate": "2026-03-17T10:16:03Z",
            "fmspc": hexadecimal(FMSPC), "pceId": hexadecimal(PCEID), "tcbType": 0, "tcbEvaluationDataNumber": 19,
            "tdxModule": module(),
            "tdxModuleIdentities": [
                {"id": "TDX_03", **module(), "tcbLevels": [svn_level(3, "2025-08-13", "UpToDate")]},
                {"id": "TDX_01", **module(), "tcbLevels": [svn_level(5, "2025-08-13", "UpToDate"),
                                                           svn_level(3, "2024-03-13", "OutOfDate", ["INTEL-SA-01099"]),
                                                           svn_level(2, "2023-08-09", "Revoked")]}],
            "tcbLevels": levels}


def qe_identity_members():
    return {"id": "TD_QE", "version": 2, "issueDate": "2026-02-15T10:32:27Z", "nextUpdate": "2026-03-17T10:32:27Z",
            "tcbEvaluationDataNumber": 19, "miscselect": "00000000", "miscselectMask": "FFFFFFFF", "attributes": "11" + "0" * 30,
            "attributesMask": "FB" + "F" * 14 + "0" * 16, "mrsigner": hexadecimal(ENCLAVE_SIGNER), "isvprodid": 2,
            "tcbLevels": [svn_level(8, "2025-08-13", "UpToDate"), svn_level(6, "2024-03-13", "OutOfDate", ["INTEL-SA-00900"]),
                          svn_level(5, "2023-08-09", "Revoked")]}


def document(member, content, change=None, text=None, covers=None, key="tcb_signing", scheme="ecdsa", signature=None, digits=None,
             whole=None):
    """A signed document. `change` works on the members, `text` on what is signed and delivered, `covers` makes what is signed
    and not delivered, `digits` works on the digits of the signature and `whole` on all of the text."""
    if change:
        before = json.dumps(content)
        change(content)
        assert json.dumps(content) != before
    inner = json.dumps(content, separators=(",", ":"))
    if text:
        before, inner = inner, text(inner)
        assert inner != before
    message = (covers(inner) if covers else inner).encode("latin-1")
    made = workshop.sign(key, scheme, message)
    hexed = (signature or workshop.get(made)).hex()
    out = f'{{"{member}":{inner},"signature":"{digits(hexed) if digits else hexed}"}}'
    out = (whole(out) if whole else out).encode("latin-1")
    workshop.signed[out] = (key, scheme, message, made)
    return out


def tcb_info(change=None, **more):
    return document("tcbInfo", tcb_info_members(), change, **more)


def qe_identity(change=None, **more):
    return document("enclaveIdentity", qe_identity_members(), change, **more)


# Quotes. Offsets in the body, and where the parts stand when the authentication data are 32 bytes.
TEE_TCB_SVN, MRSIGNERSEAM, SEAMATTRIBUTES, TDATTRIBUTES, MRTD, REPORTDATA, TEE_TCB_SVN_2 = 0, 64, 112, 120, 136, 520, 584
QE_MISCSELECT, QE_ATTRIBUTES, QE_MRSIGNER, QE_ISVPRODID, QE_ISVSVN, QE_REPORTDATA = 16, 48, 128, 256, 258, 320


class At:
    """Offsets in a quote of that version: 4 with a body of 584 bytes, or 5 with one of 648."""

    def __init__(self, version):
        self.body, self.length = (48, 632) if version == 4 else (54, 702)
        self.signature = self.length + 4
        self.key, self.outer, self.qe_report = self.signature + 64, self.signature + 128, self.signature + 134
        self.qe_signature, self.authentication_size = self.qe_report + 384, self.qe_report + 448
        self.authentication = self.qe_report + 450
        self.inner, self.data = self.authentication + 32, self.authentication + 38


def td_body(version_1_5, extended=False):
    out = bytes([5, 1, 6]).ljust(16, b"\0") + run(0x41, 48) + bytes(48) + struct.pack("<QQQ", 0, 1 << 28, 0x602E7)
    out += run(0x43, 48) + bytes(3 * 48) + b"".join(run(k, 48) for k in range(0x47, 0x4B)) + run(0x4B, 64)
    out += bytes([5, 1, 6]).ljust(16, b"\0") + bytes(48) if version_1_5 else b""
    if extended:  # VMID, TD_ID, devices, service TD, CPUSVN, TEE_TCB_SVN and FMSPC from the beginning, service TD now
        out += b"\1" + run(0x50, 32) + bytes(48) + bytes(56) + run(0x51, 16)
        out += bytes([4, 1, 2]).ljust(16, b"\0") + FMSPC.ljust(12, b"\0") + bytes(56)
        assert len(out) == 885
    return out


def enclave_report(binding):
    out = struct.pack("<16sI12s16sQQ", run(0x70, 16), 0, bytes(12), bytes(16), 0x15, 0xE7) + run(0x71, 32) + bytes(32)
    out += ENCLAVE_SIGNER + bytes(96) + struct.pack("<HHH42s16s64s", 2, 8, 0, bytes(42), bytes(16), binding)
    assert len(out) == 384
    return out


def put(data, edits):
    """The data with other bytes at the offsets."""
    out = bytearray(data)
    for at, new in edits.items():
        assert out[at : at + len(new)] != new and at + len(new) <= len(out)
        out[at : at + len(new)] = new
    return bytes(out)


def raw_signature(key, message):
    made = workshop.sign(key, "ecdsa", message)
    workshop.signed[message] = (key, "ecdsa", message, made)
    return workshop.get(made)


def quote(version, certification, body=(), qe=(), key="attestation", pck_key="pck", authentication=AUTHENTICATION, bound=None,
          signature=None, qe_signature=None, point=None, certification_type=5, header=(), signed=(), after=b"", tampered=(),
          sgx=False, extended=False):
    """`body` and `qe` are edits of the body and of the QE report before they are signed, `header` of the header, `signed` of
    all that is signed, `tampered` of the whole quote after that. `bound` is what REPORTDATA binds in place of key and data."""
    content = enclave_report(run(0x55, 64)) if sgx else td_body(version == 5, extended)
    content = put(content, dict(body))
    head = put(struct.pack("<HHIHH16s20s", version, 2, 0 if sgx else 0x81, 0, 0, VENDOR, run(0x30, 16)), dict(header))
    if version == 5:
        head += struct.pack("<HI", 1 if sgx else 4 if extended else 3, len(content))
    message = put(head + content, dict(signed))
    point = point or KEYS[key].public[1:]
    binding = hashlib.sha256(point + authentication if bound is None else bound).digest()
    report = put(enclave_report(binding.ljust(64, b"\0")), dict(qe))
    parts = report + (qe_signature or raw_signature(pck_key, report)) + struct.pack("<H", len(authentication)) + authentication
    parts += struct.pack("<HI", certification_type, len(certification)) + certification
    data = (signature or raw_signature(key, message)) + point + struct.pack("<HI", 6, len(parts)) + parts
    return put(message + struct.pack("<I", len(data)) + data + after, dict(tampered))
