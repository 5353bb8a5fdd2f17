# SPDX-License-Identifier: Apache-2.0
"""DER, certificates and revocation lists, laid out byte by byte and signed by worthless keys.

The bytes under every signature are made here, apart from the C++ code and from OpenSSL. The signatures are OpenSSL's: they
are looked up in <name>_signatures.json, so that making the vectors again needs no openssl and gives the same bytes, and made
by the openssl command only while signing is on.
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


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


def as_pem(label, der):
    text = base64.b64encode(der).decode()
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


# The parts of certificates and revocation lists.
def common_name(text, tag=0x0C):
    return "2.5.4.3", tlv(tag, text.encode("utf-16-be" if tag == 0x1E else "latin-1"))


def distinguished_name(parts):
    """Of (object identifier, value), one in each set."""
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


def crl_at(address):
    return extension("2.5.29.31", sequence(sequence(tlv(0xA0, tlv(0xA0, tlv(0x86, address.encode()))))))


# Edits.
def set_bytes(offset, data):
    return {"op": "set", "offset": offset, "hex": data.hex()}


def delta(base, head):
    """Edits that make head of a prefix of base."""
    size = min(len(base), len(head))
    edits = [{"op": "truncate", "length": size}] if size < len(base) else []
    at = 0
    while at < size:
        if base[at] == head[at]:
            at += 1
            continue
        last = at
        for i in range(at, size):
            if i - last > 24:  # so many equal bytes are worth another edit
                break
            if base[i] != head[i]:
                last = i
        edits.append(set_bytes(at, head[at : last + 1]))
        at = last + 1
    return edits + ([{"op": "append", "hex": head[size:].hex()}] if len(head) > size else [])


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


def read_keys(file):
    for block in file.read_text(encoding="ascii").split("\n\n")[1:]:
        name, pem = block.strip().split("\n", 1)
        yield name, Key(pem)


class Workshop:
    """Signs with the keys of <name>_keys.pem. `schemes` has the algorithm identifier, and what makes the openssl command sign
    so, by name; pack and unpack make the bytes that are kept out of r and s of an elliptic key, and the reverse."""

    def __init__(self, name, schemes, pack, unpack):
        self.name, self.schemes, self.pack, self.unpack = name, schemes, pack, unpack
        self.keys = dict(read_keys(HERE / f"{name}_keys.pem"))
        self.file = HERE / f"{name}_signatures.json"
        self.known = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.used, self.signing = {}, False
        self.signed = {}  # the whole -> (key, scheme, message, name of the signature), of everything that was made

    def get(self, name):
        return bytes.fromhex(self.known[name])

    def sign(self, key, scheme, message):
        """The name of the signature."""
        name = hashlib.sha256("\n".join([key, *self.schemes[scheme][1], ""]).encode() + message).hexdigest()[:16]
        if name not in self.known:
            if not self.signing:
                raise SystemExit(f"a signature is missing: run {self.name}_vectors.py --sign")
            self.known[name] = self.make(key, scheme, message).hex()
        self.used[name] = self.known[name]
        return name

    def make(self, key, scheme, message):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(self.keys[key].pem)
            file.flush()
            command = ["openssl", "dgst", *self.schemes[scheme][1], "-sign", file.name]
            made = subprocess.run(command, input=message, capture_output=True, check=True).stdout
        if self.keys[key].is_rsa:
            return made
        (_, pair, _), = children(made)
        return self.pack(*(int.from_bytes(number, "big") for _, number, _ in children(pair)))

    def der(self, key, name):
        """The signature as certificates have it."""
        given = self.get(name)
        return given if self.keys[key].is_rsa else sequence(*map(integer, self.unpack(given)))

    def good(self, key, scheme, message, name):
        """Whether the openssl command agrees."""
        with tempfile.TemporaryDirectory() as folder:
            public, given = pathlib.Path(folder) / "key", pathlib.Path(folder) / "signature"
            public.write_text(as_pem("PUBLIC KEY", self.keys[key].spki()))
            given.write_bytes(self.der(key, name))
            command = ["openssl", "dgst", *self.schemes[scheme][1], "-verify", public, "-signature", given]
            return subprocess.run(command, input=message, capture_output=True).returncode == 0

    def write(self):
        self.file.write_text(json.dumps(self.used, indent=0, sort_keys=True) + "\n", encoding="ascii")

    def subject_key_id(self, key):
        return extension("2.5.29.14", octets(self.keys[key].id()))

    def authority_key_id(self, key):
        return extension("2.5.29.35", sequence(tlv(0x80, self.keys[key].id())))

    def seal(self, body, key, scheme, outer=None, repair=lambda signature: signature):
        """A signed structure; `outer` is the scheme that stands beside the signature, when it is another."""
        signature = self.sign(key, scheme, body)
        whole = sequence(body, self.schemes[outer or scheme][0], bits(repair(self.der(key, signature))))
        self.signed[whole] = (key, scheme, body, signature)
        return whole

    def certificate(self, subject, issuer, begin, end, spki, extensions, signer, serial, scheme, declared=None, outer=None,
                    version=2, repair=lambda signature: signature):
        """A certificate; `declared` is the scheme that it names, when it is not signed in that one."""
        declared = declared or scheme
        body = sequence(tlv(0xA0, integer(version)) if version else b"", integer(serial) if isinstance(serial, int) else serial,
                        self.schemes[declared][0], issuer, sequence(begin, end), subject, spki, tlv(0xA3, sequence(*extensions)))
        return self.seal(body, signer, scheme, outer or declared, repair)

    def crl(self, issuer, begin, end, entries, signer, scheme, extensions, outer=None):
        """A revocation list of (serial number, date, extensions of the entry)."""
        listed = [sequence(integer(serial), moment(date), *([sequence(*more)] if more else [])) for serial, date, more in entries]
        body = sequence(integer(1), self.schemes[scheme][0], issuer, begin, *([end] if end else []),
                        *([sequence(*listed)] if listed else []), tlv(0xA0, sequence(*extensions)) if extensions else b"")
        return self.seal(body, signer, scheme, outer)
