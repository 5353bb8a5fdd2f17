# SPDX-License-Identifier: Apache-2.0
"""Certificates, revocation lists and reports in AMD's form, laid out byte by byte and signed by the worthless keys of
snp_reject_keys.pem.

The bytes under every signature are made here, apart from the C++ code and from OpenSSL. The signatures are OpenSSL's: they
are looked up in snp_reject_signatures.json, so that making the vectors again needs no openssl and gives the same bytes, and
made by the openssl command only while signing is on.
"""

import base64
import hashlib
import json
import pathlib
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
AMD = "1.3.6.1.4.1.3704.1"


# DER: the few types that certificates have.
def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 0x80 else size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (length if size < 0x80 else bytes([0x80 | len(length)]) + length) + content


def sequence(*parts):
    return tlv(0x30, *parts)


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    out = bytes([40 * first + second])
    for arc in rest:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | arc & 0x7F)
        out += bytes(reversed(septets))
    return tlv(0x06, out)


def bits(content, unused=0):
    return tlv(0x03, bytes([unused]), content)


def octets(content):
    return tlv(0x04, content)


def children(der):
    """The elements of a string of DER, as (tag, content, whole)."""
    out = []
    while der:
        size, at = der[1], 2
        if size & 0x80:
            at += size & 0x7F
            size = int.from_bytes(der[2:at], "big")
        out.append((der[0], der[at : at + size], der[: at + size]))
        der = der[at + size :]
    return out


TRUE, NULL = b"\x01\x01\xff", b"\x05\x00"
SHA256, SHA384, MGF1 = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "1.2.840.113549.1.1.8"


# Keys and signatures.
class Key:
    def __init__(self, pem):
        self.pem = pem
        (_, info, _), = children(base64.b64decode("".join(pem.splitlines()[1:-1])))
        _, (_, algorithm, self.algorithm), (_, private, _) = children(info)
        (_, fields, _), = children(private)
        fields = children(fields)
        self.is_rsa = len(children(algorithm)) == 2 and children(algorithm)[1][0] == 0x05
        if self.is_rsa:
            self.public = sequence(fields[1][2], fields[2][2])  # modulus and exponent
        else:
            (_, point, _), = children(next(content for tag, content, _ in fields if tag == 0xA1))
            self.public = point[1:]

    def spki(self, algorithm=None, public=None):
        return sequence(algorithm or self.algorithm, bits(public or self.public))

    def id(self):
        return hashlib.sha1(self.public).digest()


def read_keys():
    text = (HERE / "snp_reject_keys.pem").read_text(encoding="ascii")
    for block in text.split("\n\n")[1:]:
        name, pem = block.strip().split("\n", 1)
        yield name, Key(pem)


KEYS = dict(read_keys())


def pss(digest, mask_digest, salt, *trailer):
    parameters = (tlv(0xA0, sequence(oid(digest), NULL)), tlv(0xA1, sequence(oid(MGF1), sequence(oid(mask_digest), NULL))),
                  tlv(0xA2, integer(salt)), *trailer)
    return sequence(oid("1.2.840.113549.1.1.10"), sequence(*parameters))


def pss_words(digest, mask_digest, salt):
    words = ["rsa_padding_mode:pss", f"rsa_pss_saltlen:{salt}", f"rsa_mgf1_md:{mask_digest}"]
    return [f"-{digest}"] + [word for option in words for word in ("-sigopt", option)]


# The algorithm identifier, and what makes the openssl command sign so.
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


class Signatures:
    """The signatures by name; those of elliptic keys as a report has them: r and s, little-endian, and 24 zeros between."""

    file = HERE / "snp_reject_signatures.json"

    def __init__(self):
        self.known = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.used, self.signing = {}, False

    def get(self, name):
        return bytes.fromhex(self.known[name])

    def sign(self, key, scheme, message):
        """The name of the signature."""
        name = hashlib.sha256("\n".join([key, *SCHEMES[scheme][1], ""]).encode() + message).hexdigest()[:16]
        if name not in self.known:
            if not self.signing:
                raise SystemExit("a signature is missing: run snp_reject_vectors.py --sign")
            self.known[name] = self.make(key, scheme, message).hex()
        self.used[name] = self.known[name]
        return name

    @staticmethod
    def make(key, scheme, message):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(KEYS[key].pem)
            file.flush()
            command = ["openssl", "dgst", *SCHEMES[scheme][1], "-sign", file.name]
            made = subprocess.run(command, input=message, capture_output=True, check=True).stdout
        if KEYS[key].is_rsa:
            return made
        (_, pair, _), = children(made)
        r, s = (int.from_bytes(number, "big").to_bytes(48, "little") for _, number, _ in children(pair))
        return r + bytes(24) + s

    def der(self, key, name):
        """The signature as certificates have it."""
        given = self.get(name)
        if KEYS[key].is_rsa:
            return given
        return sequence(*(integer(int.from_bytes(half, "little")) for half in (given[:48], given[72:])))

    def good(self, key, scheme, message, name):
        """Whether the openssl command agrees."""
        with tempfile.TemporaryDirectory() as folder:
            public, given = pathlib.Path(folder) / "key", pathlib.Path(folder) / "signature"
            public.write_text(as_pem("PUBLIC KEY", KEYS[key].spki()))
            given.write_bytes(self.der(key, name))
            command = ["openssl", "dgst", *SCHEMES[scheme][1], "-verify", public, "-signature", given]
            return subprocess.run(command, input=message, capture_output=True).returncode == 0

    def write(self):
        self.file.write_text(json.dumps(self.used, indent=0, sort_keys=True) + "\n", encoding="ascii")


signatures = Signatures()
signed = {}  # the whole -> (key, scheme, message, name of the signature), of everything that was made


def as_pem(label, der):
    text = base64.b64encode(der).decode()
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


# Certificates and revocation lists.
def common_name(text, tag=0x0C):
    return "2.5.4.3", tlv(tag, text.encode("utf-16-be" if tag == 0x1E else "latin-1"))


def name(*common, organization="Advanced Micro Devices"):
    parts = [("2.5.4.11", tlv(0x0C, b"Engineering")), ("2.5.4.6", tlv(0x13, b"US")), ("2.5.4.7", tlv(0x0C, b"Santa Clara")),
             ("2.5.4.8", tlv(0x0C, b"CA")), ("2.5.4.10", tlv(0x0C, organization.encode()))]
    parts += [common_name(each) if isinstance(each, str) else each for each in common]
    return sequence(*(tlv(0x31, sequence(oid(kind), value)) for kind, value in parts))


def moment(text):
    """A UTCTime, of 2026-03-01T00:00:00Z."""
    return tlv(0x17, text[2:].translate({ord(c): None for c in "-:T"}).encode())


def extension(dotted, value, critical=False):
    return sequence(oid(dotted), TRUE if critical else b"", octets(value))


def key_usage(*numbers):
    unused = 7 - max(numbers)
    return extension("2.5.29.15", bits(bytes([sum(0x80 >> n for n in numbers)]), unused), True)


def basic_constraints(ca=True, path_length=None):
    limit = b"" if path_length is None else integer(path_length)
    return extension("2.5.29.19", sequence(TRUE if ca else b"", limit), True)


def subject_key_id(key):
    return extension("2.5.29.14", octets(KEYS[key].id()))


def authority_key_id(key):
    return extension("2.5.29.35", sequence(tlv(0x80, KEYS[key].id())))


def crl_address(product, kind):
    address = f"https://kdsintf.amd.com/{kind}/v1/{product}/crl".encode()
    return extension("2.5.29.31", sequence(sequence(tlv(0xA0, tlv(0xA0, tlv(0x86, address))))))


def seal(body, key, scheme, outer=None, repair=lambda signature: signature):
    """A signed structure; `outer` is the scheme that stands beside the signature, when it is another."""
    signature = signatures.sign(key, scheme, body)
    whole = sequence(body, SCHEMES[outer or scheme][0], bits(repair(signatures.der(key, signature))))
    signed[whole] = (key, scheme, body, signature)
    return whole


def certificate(subject, issuer, begin, end, spki, extensions, signer, serial, scheme="pss", declared=None, outer=None,
                version=2, repair=lambda signature: signature):
    """A certificate; `declared` is the scheme that it names, when it is not signed in that one."""
    declared = declared or scheme
    body = sequence(tlv(0xA0, integer(version)) if version else b"", integer(serial) if isinstance(serial, int) else serial,
                    SCHEMES[declared][0], issuer, sequence(begin, end), subject, spki, tlv(0xA3, sequence(*extensions)))
    return seal(body, signer, scheme, outer or declared, repair)


def crl(issuer, begin, end, serials, signer, scheme="pss", extensions=(), entry_extensions=(), number=9, outer=None):
    stamp = moment("2022-10-31T00:00:00Z")
    more = (sequence(*entry_extensions),) if entry_extensions else ()
    entries = [sequence(integer(serial), stamp, *more) for serial in serials]
    extensions = [extension("2.5.29.20", integer(number)), *extensions]
    body = sequence(integer(1), SCHEMES[scheme][0], issuer, begin, *([end] if end else []),
                    *([sequence(*entries)] if entries else []), tlv(0xA0, sequence(*extensions)))
    return seal(body, signer, scheme, outer)


# Reports.
def set_bytes(offset, data):
    return {"op": "set", "offset": offset, "hex": data.hex()}


def signed_report(body, key="vcek"):
    signature = signatures.sign(key, "ecdsa", body)
    whole = (body + signatures.get(signature)).ljust(1184, b"\0")
    signed[whole] = (key, "ecdsa", body, signature)
    return whole


def tcb_milan(boot_loader, tee, snp, microcode):
    return struct.pack("BB4xBB", boot_loader, tee, snp, microcode)


def tcb_turin(fmc, boot_loader, tee, snp, microcode):
    return struct.pack("BBBB3xB", fmc, boot_loader, tee, snp, microcode)
