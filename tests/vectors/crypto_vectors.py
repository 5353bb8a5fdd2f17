# SPDX-License-Identifier: Apache-2.0
"""ECDSA signatures by an implementation of a few lines on Python's integers: FIPS 186-5 with the nonces of RFC 6979.

Its own check is that it gives the signatures of RFC 6979, appendices A.2.5 and A.2.6, on the message "sample".
"""

import base64
import hashlib
import hmac
import os
import pathlib


class Curve:
    def __init__(self, name, digest, p, n, b, generator):
        self.name, self.digest, self.p, self.n, self.b, self.g = name, digest, p, n, b, generator
        self.size = (p.bit_length() + 7) // 8

    def add(self, one, two):
        if one is None or two is None:
            return one or two
        (x1, y1), (x2, y2) = one, two
        if x1 == x2 and (y1 + y2) % self.p == 0:
            return None
        if one == two:
            slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, self.p)
        else:
            slope = (y2 - y1) * pow(x2 - x1, -1, self.p)
        x = (slope * slope - x1 - x2) % self.p
        return x, (slope * (x1 - x) - y1) % self.p

    def times(self, k):
        total, power = None, self.g
        while k:
            if k & 1:
                total = self.add(total, power)
            power = self.add(power, power)
            k >>= 1
        return total

    def bytes(self, *numbers):
        return b"".join(number.to_bytes(self.size, "big") for number in numbers)

    def nonces(self, d, h):
        """RFC 6979, 3.2, where the order and the digest have the same number of bits."""
        def mac(key, data):
            return hmac.new(key, data, self.digest).digest()

        seed = self.bytes(d, int.from_bytes(h, "big") % self.n)
        v, k = b"\1" * len(h), bytes(len(h))
        for mark in (b"\0", b"\1"):
            k = mac(k, v + mark + seed)
            v = mac(k, v)
        while True:
            v = mac(k, v)
            if 0 < int.from_bytes(v, "big") < self.n:
                yield int.from_bytes(v, "big")
            k = mac(k, v + b"\0")
            v = mac(k, v)

    def sign(self, d, message):
        h = hashlib.new(self.digest, message).digest()
        for k in self.nonces(d, h):
            r = self.times(k)[0] % self.n
            s = pow(k, -1, self.n) * (int.from_bytes(h, "big") + r * d) % self.n
            if r and s:
                return r, s


P256 = Curve("P-256", "sha256", 2**256 - 2**224 + 2**192 + 2**96 - 1,
             0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
             0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
             (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
              0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5))
P384 = Curve("P-384", "sha384", 2**384 - 2**128 - 2**96 + 2**32 - 1,
             0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
             0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
             (0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
              0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f))

# RFC 6979's private keys, and the first 16 bytes of r on "sample".
KEYS = [(P256, 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, "efd48b2aacb6a8fd1140dd9cd45e81d6"),
        (P384, 0x6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5,
         "94edbb92a5ecb8aad4736e56c691916b")]

# Messages whose r, or s, begins with a zero byte, so that its DER is shorter; found by trying numbers.
SHORT = {"P-256": {"short_r": b"281", "short_s": b"192"}, "P-384": {"short_r": b"541", "short_s": b"419"}}


def vectors():
    for curve, d, first in KEYS:
        messages = {"sample": b"sample", "test": b"test", "empty": b"", "long": bytes(range(256)) * 5, **SHORT[curve.name]}
        for name, message in messages.items():
            r, s = curve.sign(d, message)
            if name == "sample":
                assert curve.bytes(r).hex().startswith(first)
            assert name != "short_r" or curve.bytes(r)[0] == 0
            assert name != "short_s" or curve.bytes(s)[0] == 0
            yield {"name": f"{curve.name}_{name}", "curve": curve.name, "message": message.hex(),
                   "point": curve.bytes(*curve.times(d)).hex(), "signature": curve.bytes(r, s).hex()}


def evidence():
    """Recorded certificates and lists, where this machine has them."""
    beside = pathlib.Path(__file__).resolve().parents[3] / "shared" / "evidence"
    root = pathlib.Path(os.environ.get("UNITEE_EVIDENCE_DIR") or beside)
    for file in sorted(root.glob("**/*")):
        if file.suffix in (".der", ".crl", ".pem") and file.is_file():
            yield file


def seeds():
    small = bytes.fromhex("3082000430020500")
    for target, label in (("certificate", "CERTIFICATE"), ("crl", "X509 CRL")):
        yield target, "small", small
        text = f"-----BEGIN {label}-----\n{base64.b64encode(small).decode()}\n-----END {label}-----\n"
        yield "pem", target, text.encode()
        yield "pem", f"{target}_crlf", text.replace("\n", "\r\n").encode() + b"\0"
    for number, file in enumerate(evidence()):
        content = file.read_bytes()
        target = "pem" if file.suffix == ".pem" else "crl" if "crl" in file.name else "certificate"
        yield target, f"{number}_{file.name}", content
        yield "endorsements", f"{number}_{file.name}", content
        if target == "pem" and b"BEGIN CERTIFICATE-----" in content:
            body = content.split(b"-----BEGIN CERTIFICATE-----")[1].split(b"-----END")[0]
            yield "certificate", f"{number}_{file.name}", base64.b64decode(body)
