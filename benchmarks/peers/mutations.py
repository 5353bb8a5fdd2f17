# SPDX-License-Identifier: Apache-2.0
"""Samples that are nearly genuine evidence: each is a case with one thing changed, the same ones for the same seed."""

import base64
import datetime
import json
import random
import re
import subprocess

# The fields of an attestation report: offset and size, in the order of AMD's table (SEV-SNP ABI, ATTESTATION_REPORT).
REPORT_FIELDS = {
    "version": (0x000, 4), "guest_svn": (0x004, 4), "policy": (0x008, 8), "family_id": (0x010, 16),
    "image_id": (0x020, 16), "vmpl": (0x030, 4), "signature_algo": (0x034, 4), "current_tcb": (0x038, 8),
    "platform_info": (0x040, 8), "key_info": (0x048, 4), "reserved_4c": (0x04C, 4), "report_data": (0x050, 64),
    "measurement": (0x090, 48), "host_data": (0x0C0, 32), "id_key_digest": (0x0E0, 48),
    "author_key_digest": (0x110, 48), "report_id": (0x140, 32), "report_id_ma": (0x160, 32),
    "reported_tcb": (0x180, 8), "cpuid": (0x188, 3), "reserved_18b": (0x18B, 21), "chip_id": (0x1A0, 64),
    "committed_tcb": (0x1E0, 8), "current_version": (0x1E8, 3), "reserved_1eb": (0x1EB, 1),
    "committed_version": (0x1EC, 3), "reserved_1ef": (0x1EF, 1), "launch_tcb": (0x1F0, 8),
    "mitigation_vectors": (0x1F8, 16), "reserved_208": (0x208, 152), "signature_r": (0x2A0, 72),
    "signature_s": (0x2E8, 72), "signature_reserved": (0x330, 368),
}

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P384_ORDER = int("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16)

DAY = 86400


class Sample:
    """Sample is a case with one change: what was done, to which file, and where in it (-1 where that means nothing)."""

    def __init__(self, case, what, file, offset=-1, changed=None, at=None):
        self.case, self.what, self.file, self.offset = case, what, file, offset
        self.changed = changed or {}
        self.at = case.at if at is None else at

    def __str__(self):
        place = f" at 0x{self.offset:x}" if self.offset >= 0 else ""
        return f"{self.case.name}: {self.what} in {self.file}{place}, judged at {self.at}"


def edited(data, offset, new):
    return data[:offset] + new + data[offset + len(new):]


def bit_flips(rng, case, file, count):
    data = case.files[file]
    for bit in rng.sample(range(len(data) * 8), min(count, len(data) * 8)):
        new = edited(data, bit // 8, bytes([data[bit // 8] ^ 1 << bit % 8]))
        yield Sample(case, "bit flip", file, bit // 8, {file: new})


def byte_changes(rng, case, file, count):
    data = case.files[file]
    for _ in range(count):
        at = rng.randrange(len(data))
        value = rng.choice([0x00, 0xFF, 0x20, 0x0A, 0x7F, 0x80, rng.randrange(256)])
        yield Sample(case, "byte change", file, at, {file: edited(data, at, bytes([value]))})


def block_changes(rng, case, file, count):
    """block_changes removes, repeats or overwrites some bytes in the middle."""
    data = case.files[file]
    for _ in range(count):
        at, size = rng.randrange(len(data)), rng.randint(1, 64)
        part = data[at:at + size]
        new = rng.choice([data[:at] + data[at + size:], data[:at] + part + data[at:],
                          edited(data, at, bytes(len(part))), edited(data, at, rng.randbytes(len(part)))])
        yield Sample(case, "block change", file, at, {file: new})


def truncations(rng, case, file, count):
    data = case.files[file]
    lengths = {0, 1, len(data) - 1} | {rng.randrange(len(data)) for _ in range(count)}
    for length in sorted(lengths):
        yield Sample(case, "truncation", file, length, {file: data[:length]})


def extensions(rng, case, file, count):
    data = case.files[file]
    for size in [1, 2, 4, 16, *(rng.randint(1, 4096) for _ in range(count))]:
        tail = rng.choice([bytes(size), b"\n" * size, b" " * size, b"\xff" * size, rng.randbytes(size), data[:size]])
        yield Sample(case, "extension", file, len(data), {file: data + tail})


def everywhere(rng, case, file, count):
    yield from bit_flips(rng, case, file, count)
    yield from byte_changes(rng, case, file, count // 3)
    yield from block_changes(rng, case, file, count // 6)
    yield from truncations(rng, case, file, count // 6)
    yield from extensions(rng, case, file, count // 10)


def exchanges(case, cases):
    """exchanges takes one file of another genuine case."""
    for other in cases:
        for file, data in other.files.items():
            if data != case.files[file]:
                yield Sample(case, f"exchanged with {other.name}", file, -1, {file: data})


def edges(what, der):
    """edges is when a certificate or a list begins and ends, as the openssl command reads it."""
    wanted = ["-dates"] if what == "x509" else ["-lastupdate", "-nextupdate"]
    command = ["openssl", what, "-inform", "DER", "-noout", *wanted]
    done = subprocess.run(command, input=der, capture_output=True, check=True)
    dates = re.findall(r"=(.*) GMT", done.stdout.decode())
    return [int(datetime.datetime.strptime(f"{each} +0000", "%b %d %H:%M:%S %Y %z").timestamp()) for each in dates]


def pem_blocks(text):
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----(.*?)-----END", text, re.DOTALL)
    return [base64.b64decode(each) for each in blocks]


def times(rng, case, near, count):
    """times judges the same evidence at other times: around every edge, and anywhere in forty years."""
    around = [edge + step for edge in near for step in (-DAY, -1, 0, 1, DAY)]
    anywhere = [rng.randrange(1262304000, 2524608000) for _ in range(count)]
    for at in sorted({*around, *anywhere}):
        yield Sample(case, "other time", "time", -1, {}, at)


# ---- SEV-SNP


def report_fields(rng, case, cases):
    report = case.files["report"]
    for name, (at, size) in REPORT_FIELDS.items():
        old = report[at:at + size]
        new = [bytes(size), b"\xff" * size, rng.randbytes(size), bytes([old[0] ^ 1]) + old[1:]]
        new.append(old[:-1] + bytes([old[-1] ^ 0x80]))
        new += [other.files["report"][at:at + size] for other in cases]
        for value in sorted({value for value in new if value != old}):
            yield Sample(case, f"field {name}", "report", at, {"report": edited(report, at, value)})


def report_signatures(case):
    """report_signatures are numbers that mean the same to a careless verifier, or nothing at all."""
    report = case.files["report"]
    r_at, s_at = REPORT_FIELDS["signature_r"][0], REPORT_FIELDS["signature_s"][0]
    r, s = (int.from_bytes(report[at:at + 72], "little") for at in (r_at, s_at))
    n = P384_ORDER
    pairs = {"negated s": (r, n - s), "exchanged r and s": (s, r), "zero r": (0, s), "zero s": (r, 0),
             "both zero": (0, 0), "r plus the order": (r + n, s), "s plus the order": (r, s + n),
             "r is the order": (n, s), "s is the order": (r, n), "both one": (1, 1)}
    for what, (new_r, new_s) in pairs.items():
        new = edited(edited(report, r_at, new_r.to_bytes(72, "little")), s_at, new_s.to_bytes(72, "little"))
        yield Sample(case, f"signature: {what}", "report", r_at, {"report": new})


def snp_samples(cases, seed):
    rng = random.Random(f"snp {seed}")
    for case in cases:
        yield Sample(case, "nothing", "report")
        yield from everywhere(rng, case, "report", 420)
        yield from report_fields(rng, case, cases)
        yield from report_signatures(case)
        for file in ("vek", "intermediate", "root"):
            yield from everywhere(rng, case, file, 150)
        yield from exchanges(case, cases)
        near = [edge for file in ("vek", "intermediate", "root") for edge in edges("x509", case.files[file])]
        yield from times(rng, case, near, 40)


# ---- TDX


class Shape:
    """Shape is where things stand in a quote of version 3, 4 or 5."""

    def __init__(self, quote):
        version = int.from_bytes(quote[:2], "little")
        body_size = {3: 384, 4: 584}.get(version) or int.from_bytes(quote[50:54], "little")
        self.body = 54 if version == 5 else 48
        self.size_field = self.body + body_size
        self.signature = self.size_field + 4
        self.key = self.signature + 64
        self.outer_data = self.key + 64 if version > 3 else None
        self.qe_report = self.key + 64 + (6 if version > 3 else 0)
        self.qe_signature = self.qe_report + 384
        self.auth_size = self.qe_signature + 64
        auth = int.from_bytes(quote[self.auth_size:self.auth_size + 2], "little")
        self.inner_data = self.auth_size + 2 + auth
        self.pem = self.inner_data + 6
        self.pem_size = int.from_bytes(quote[self.inner_data + 2:self.inner_data + 6], "little")
        self.end = self.pem + self.pem_size


def quote_numbers(rng, case):
    """quote_numbers changes types, versions and sizes, which are not all signed."""
    quote, shape = case.files["quote"], Shape(case.files["quote"])
    places = {"version": (0, 2), "key type": (2, 2), "TEE type": (4, 4), "reserved header": (8, 4), "vendor": (12, 16),
              "size of signature data": (shape.size_field, 4), "QE authentication size": (shape.auth_size, 2),
              "inner type": (shape.inner_data, 2), "inner size": (shape.inner_data + 2, 4)}
    if shape.outer_data:
        places |= {"outer type": (shape.outer_data, 2), "outer size": (shape.outer_data + 2, 4)}
    if shape.body == 54:
        places |= {"body type": (48, 2), "body size": (50, 4)}
    for name, (at, size) in places.items():
        old = int.from_bytes(quote[at:at + size], "little")
        top = (1 << 8 * size) - 1
        values = {0, 1, 2, 3, 4, 5, 6, 7, 0x81, top, old ^ 1, max(old - 1, 0), min(old + 1, top), rng.randint(0, top)}
        for value in sorted(values - {old}):
            new = edited(quote, at, value.to_bytes(size, "little"))
            yield Sample(case, f"number: {name}", "quote", at, {"quote": new})


def quote_signatures(case):
    quote, shape = case.files["quote"], Shape(case.files["quote"])
    for name, at in (("quote", shape.signature), ("QE report", shape.qe_signature)):
        r, s = (int.from_bytes(quote[at + i:at + i + 32], "big") for i in (0, 32))
        n = P256_ORDER
        pairs = {"negated s": (r, n - s), "exchanged r and s": (s, r), "zero r": (0, s), "zero s": (r, 0),
                 "both zero": (0, 0), "r is the order": (n, s), "s is the order": (r, n), "both one": (1, 1)}
        if s + n < 1 << 256:
            pairs["s plus the order"] = (r, s + n)
        for what, (new_r, new_s) in pairs.items():
            new = edited(quote, at, new_r.to_bytes(32, "big") + new_s.to_bytes(32, "big"))
            yield Sample(case, f"signature: {name}, {what}", "quote", at, {"quote": new})


def with_chain(quote, text):
    """with_chain is the quote with another text for its PCK chain, and with every size made right."""
    shape = Shape(quote)
    grown = len(text) - shape.pem_size
    out = quote[:shape.pem] + text + quote[shape.end:]
    sizes = [(shape.size_field, 4), (shape.inner_data + 2, 4)]
    if shape.outer_data:
        sizes.append((shape.outer_data + 2, 4))
    for at, size in sizes:
        out = edited(out, at, (int.from_bytes(out[at:at + size], "little") + grown).to_bytes(size, "little"))
    return out


def pem_of(ders):
    out = b""
    for each in ders:
        text = base64.encodebytes(each).replace(b"\n", b"")
        lines = b"\n".join(text[i:i + 64] for i in range(0, len(text), 64))
        out += b"-----BEGIN CERTIFICATE-----\n" + lines + b"\n-----END CERTIFICATE-----\n"
    return out


def chain_texts(text, strangers):
    """chain_texts are other ways to write a chain of certificates, and chains of other certificates."""
    ders = pem_blocks(text)
    other_bits = lambda der: der[:-1] + bytes([der[-1] ^ 1])
    yield "written anew", pem_of(ders)
    yield "without the end of the text", text.rstrip(b"\0\n")
    yield "with a zero at the end", text + b"\0"
    yield "with two zeros at the end", text + b"\0\0"
    yield "with CRLF", text.replace(b"\n", b"\r\n")
    yield "in one line each", re.sub(rb"(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])", b"", text)
    yield "with a sentence before", b"a sentence\n" + text
    yield "with a sentence between", text.replace(b"-----\n-----BEGIN", b"-----\na sentence\n-----BEGIN", 1)
    yield "with a sentence behind", text + b"a sentence\n"
    yield "with spaces in the lines", re.sub(rb"(?m)^(MII)", rb" \1", text)
    yield "with another label", text.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE")
    yield "with an unfinished block", text + b"-----BEGIN CERTIFICATE-----\nMIIB\n"
    for i in range(len(ders)):
        yield f"without certificate {i}", pem_of(ders[:i] + ders[i + 1:])
        yield f"with certificate {i} twice", pem_of(ders[:i + 1] + ders[i:])
        yield f"with another signature of certificate {i}", pem_of(ders[:i] + [other_bits(ders[i])] + ders[i + 1:])
    yield "backwards", pem_of(ders[::-1])
    yield "turned by one", pem_of(ders[1:] + ders[:1])
    for i, stranger in enumerate(strangers):
        yield f"with stranger {i} behind", pem_of([*ders, stranger])
        yield f"with stranger {i} before", pem_of([stranger, *ders])
        yield f"with stranger {i} for the last one", pem_of([*ders[:-1], stranger])


def json_texts(text):
    """json_texts are other ways to write a signed document, and documents that say something else."""
    whole = text.decode()
    name = next(iter(json.loads(whole)))
    inner = whole[whole.index("{", 1):whole.rindex(',"signature"')]
    signature = json.loads(whole)["signature"]
    put = lambda document, digits=signature: f'{{"{name}":{document},"signature":"{digits}"}}'
    yield "written anew", put(json.dumps(json.loads(inner), separators=(",", ":")))
    yield "with spaces in the document", put(json.dumps(json.loads(inner)))
    yield "with sorted members", put(json.dumps(json.loads(inner), sort_keys=True, separators=(",", ":")))
    yield "with spaces around", f' {{ "{name}" : {inner} , "signature" : "{signature}" }} '
    yield "with the signature first", f'{{"signature":"{signature}","{name}":{inner}}}'
    yield "with capital digits", put(inner, signature.upper())
    yield "with a member more", whole[:-1] + ',"note":"a sentence"}'
    yield "with the document twice", f'{{"{name}":{inner},"{name}":{inner},"signature":"{signature}"}}'
    zeros = "00" * 64
    yield "with two signatures", f'{{"{name}":{inner},"signature":"{zeros}","signature":"{signature}"}}'
    yield ("with two signatures, the good one first",
           f'{{"{name}":{inner},"signature":"{signature}","signature":"{zeros}"}}')
    yield "with a false document first", f'{{"{name}":{{}},"{name}":{inner},"signature":"{signature}"}}'
    yield "with a false document last", f'{{"{name}":{inner},"{name}":{{}},"signature":"{signature}"}}'
    yield "with a short signature", put(inner, signature[:-2])
    yield "with a long signature", put(inner, signature + "00")
    yield "with a name in other letters", whole.replace(f'"{name}"', f'"{name.lower()}"', 1)
    yield "with the signature's name in other letters", whole.replace('"signature"', '"Signature"')
    r, s = int(signature[:64], 16), int(signature[64:], 16)
    yield "with negated s", put(inner, f"{r:064x}{P256_ORDER - s:064x}")
    for old, new in (("OutOfDate", "UpToDate"), ("UpToDate", "OutOfDate"), ("UpToDate", "Revoked"),
                     ('"svn":', '"svn": '), ("2025-", "2035-"), ("2026-", "2036-"), ("2023-", "2033-"),
                     ("TDX", "SGX"), ("TD_QE", "QE"),
                     ('"version":3', '"version":4'), ('"version":2', '"version":3')):
        if old in whole:
            yield f"{old} becomes {new}", whole.replace(old, new)
            yield f"the first {old} becomes {new}", whole.replace(old, new, 1)


def crl_texts(der):
    text = base64.encodebytes(der)
    yield "as PEM", b"-----BEGIN X509 CRL-----\n" + text + b"-----END X509 CRL-----\n"
    yield "as digits", der.hex().encode()
    yield "as base64", text
    yield "with another signature", der[:-1] + bytes([der[-1] ^ 1])


def collateral_edits(case, strangers):
    for file in ("tcb_info_issuer_chain", "qe_identity_issuer_chain", "pck_crl_issuer_chain"):
        for what, new in chain_texts(case.files[file], strangers):
            yield Sample(case, f"chain {what}", file, -1, {file: new})
    for file in ("tcb_info", "qe_identity"):
        for what, new in json_texts(case.files[file]):
            yield Sample(case, f"document {what}", file, -1, {file: new.encode()})
    for file in ("pck_crl", "root_ca_crl"):
        for what, new in crl_texts(case.files[file]):
            yield Sample(case, f"list {what}", file, -1, {file: new})


def tdx_edges(case):
    ders = []
    for file in ("tcb_info_issuer_chain", "qe_identity_issuer_chain", "pck_crl_issuer_chain"):
        ders += pem_blocks(case.files[file])
    ders += pem_blocks(case.files["quote"])
    out = [edge for each in ders for edge in edges("x509", each)]
    out += edges("crl", case.files["pck_crl"]) + edges("crl", case.files["root_ca_crl"])
    for file in ("tcb_info", "qe_identity"):
        dates = re.findall(rb'"(?:issueDate|nextUpdate)":"([^"]+)Z"', case.files[file])
        out += [int(datetime.datetime.fromisoformat(each.decode() + "+00:00").timestamp()) for each in dates]
    return sorted(set(out))


def tdx_samples(cases, seed):
    rng = random.Random(f"tdx {seed}")
    strangers = [pem_blocks(cases[-1].files["quote"])[0], pem_blocks(cases[1].files["quote"])[0]]
    for case in cases:
        quote, shape = case.files["quote"], Shape(case.files["quote"])
        yield Sample(case, "nothing", "quote")
        yield from everywhere(rng, case, "quote", 540)
        yield from quote_numbers(rng, case)
        yield from quote_signatures(case)
        for what, new in chain_texts(quote[shape.pem:shape.end], strangers):
            yield Sample(case, f"chain {what}", "quote", shape.pem, {"quote": with_chain(quote, new)})
        for file in case.files:
            if file != "quote":
                yield from everywhere(rng, case, file, 60)
        yield from collateral_edits(case, strangers)
        yield from exchanges(case, cases)
        yield from times(rng, case, tdx_edges(case), 40)
