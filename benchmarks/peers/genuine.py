# SPDX-License-Identifier: Apache-2.0
"""Says of a sample, without any verifier, whether all that a signature covers is from genuine evidence: only then may
it be accepted."""

import base64
import json
import re

from mutations import P256_ORDER, P384_ORDER, REPORT_FIELDS, Shape

CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*?)-----END CERTIFICATE-----")


def certificates(text):
    """certificates is the blocks of a PEM text that decode, in their order."""
    out = []
    for block in CERTIFICATE.findall(text):
        try:
            out.append(base64.b64decode(b"".join(block.split()), validate=True))
        except ValueError:
            out.append(b"")
    return out


def smaller(s, order):
    """smaller is one name for s and its negative: ECDSA takes both."""
    return min(s, order - s)


def report_pieces(report):
    """report_pieces is what a report says: all of it, for reserved bytes are zero."""
    at = REPORT_FIELDS["signature_s"][0]
    s = smaller(int.from_bytes(report[at:at + 72], "little"), P384_ORDER)
    return report[:at], s, report[at + 72:]


def quote_pieces(quote, certificates_wanted=3):
    """quote_pieces is the signed part of a quote, both signatures, the QE's report, and the certificates of its chain.
    What follows is passed over."""
    shape = Shape(quote)
    signatures = []
    for at in (shape.signature, shape.qe_signature):
        s = int.from_bytes(quote[at + 32:at + 64], "big")
        signatures += [quote[at:at + 32], smaller(s, P256_ORDER)]
    chain = certificates(quote[shape.pem:shape.end])
    some = chain[:certificates_wanted] if certificates_wanted < 3 else frozenset(chain)
    return (quote[:shape.size_field], signatures, quote[shape.key:shape.key + 64],
            quote[shape.qe_report:shape.qe_signature], quote[shape.auth_size:shape.inner_data], some)


def document_pieces(text):
    """document_pieces is the text that is signed, and the signature."""
    whole = text.decode()
    members = json.loads(whole)
    name = next(each for each in members if each != "signature" and isinstance(members[each], dict))
    begin = whole.index("{", whole.index(f'"{name}"'))
    _, end = json.JSONDecoder().raw_decode(whole, begin)
    digits = members["signature"]
    return whole[begin:end], digits[:64].lower(), smaller(int(digits[64:], 16), P256_ORDER)


def list_of(data):
    """list_of is a revocation list in DER, which may be written as PEM, base64 or digits."""
    if data[:1] == b"\x30" and data[1:2] >= b"\x80":
        half = data[:len(data) // 2]
        return half if data == half * 2 else data  # the same list twice is that list
    if re.fullmatch(rb"[0-9a-fA-F\s]+", data):
        return bytes.fromhex(data.decode())
    return base64.b64decode(re.sub(rb"-----[^-]+-----|\s", b"", data))


def quote_is_genuine(new, old):
    (*now, chain), (*then, wanted) = quote_pieces(new), quote_pieces(old)
    return now == then and wanted <= chain


def chain_is_genuine(new, old):
    """chain_is_genuine: the signer is in the chain. One without a certificate does not count as absent."""
    return certificates(old)[0] in certificates(new)


def stranger(sample):
    """stranger names the file of a sample that says something no genuine file says, or is None. The files of another
    genuine case are taken for what they are: whether they fit is the verifiers' question."""
    if sample.what.startswith("exchanged"):
        return None
    for file, data in sample.changed.items():
        old = sample.case.files[file]
        try:
            if file == "report":
                good = report_pieces(data) == report_pieces(old)
            elif file == "quote":
                good = quote_is_genuine(data, old)
            elif file in ("tcb_info", "qe_identity"):
                good = document_pieces(data) == document_pieces(old)
            elif file in ("pck_crl", "root_ca_crl"):
                good = list_of(data) == list_of(old)
            elif file == "pck_crl_issuer_chain":
                good = True  # the issuer of the list is in the quote, too
            elif file.endswith("_chain"):
                good = chain_is_genuine(data, old)
            else:
                good = data == old
        except (ValueError, KeyError, IndexError, StopIteration):
            good = False
        if not good:
            return file
    return None
