#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a verifier of TDX evidence must refuse: whole verdicts, not parsers. Each vector has one failure and is named for it;
the accepted_* and status_* vectors are the same material without it.

usage: tdx_reject_vectors.py --sign        make the signatures that are missing, with the openssl command
       tdx_reject_vectors.py --self-check  have the openssl command verify what the accepted vectors rest on

tdx_reject.json has three kinds of vectors. A "material" is bytes that others share: a certificate or revocation list in DER, a
chain as text, a document. The "base" has a quote, collateral and anchors (names of materials) and the time, all good. A
"reject" is a JSON merge patch (RFC 7396) of the base, and what is expected: the TCB "status" of a quote that is genuine, or a
failure {errc, part, offset}, without the offset where it is not defined. Its quote may be a form instead of a name; "more"
among its collateral is a list.

A form, of a quote or of a material, is hex, or the material of the name in "base", after its edits in turn: set, truncate
and append, with hex, or with "size" bytes "from" an offset of another "material", or with a certificate as "pem".
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import tdx_forge as forge
import tdx_reject_certificates as certificates
import tdx_reject_collateral as collateral
import tdx_reject_documents as documents
import tdx_reject_genuine as genuine
import tdx_reject_quotes as quotes
from forge import as_pem
from tdx_reject_set import Set


def made():
    out = Set()
    for part in (certificates.pck_chains, certificates.forms, certificates.sgx_extensions, certificates.signing, certificates.times,
                 collateral.lists, documents.signatures, documents.tcb_infos, documents.qe_identities, collateral.platform,
                 collateral.combinations, quotes.parsing, quotes.modules, quotes.enclaves, quotes.signatures, genuine.good,
                 genuine.statuses):
        part(out)
    return out


def compact():
    everything = made()
    return [*everything.materials.values(), everything.base(), *everything.out.values()]


def vectors():
    return compact()


def certification_data(quote):
    """Type and bytes of the certification data inside of a quote; 0 and nothing where its lengths are not good."""
    version = quote[0] if quote else 0
    body = int.from_bytes(quote[50:54], "little") + 54 if version == 5 else 632 if quote[4:5] != b"\0" else 432
    sized = body + (580 if version == 3 else 586)  # the size of the authentication data
    at = sized + 2 + int.from_bytes(quote[sized : sized + 2], "little")
    head = quote[at : at + 6]
    return (head[0], quote[at + 6 : at + 6 + int.from_bytes(head[2:], "little")]) if len(head) == 6 else (0, b"")


def target_of(name, content):
    """The fuzz target of a material."""
    if name.startswith("quote_"):
        return "tdx_quote"
    return "tdx_collateral" if b"{" in content[:8] or name.startswith("more_") else "endorsements"


def seeds():
    """(fuzz target, file name, bytes): materials and quotes by what they are, and what the targets for several of them take."""
    everything = made()
    base = ("root", "platform_ca", "tcb_signing", "root_crl", "pck_crl", "tcb_info", "qe_identity", "tcb_chain")
    for full in everything.materials:
        name = full.removeprefix("material_")
        content = everything.bytes[name]
        yield target_of(name, content), name, content
        if "crl" in name.split("_") and content.startswith(b"\x30"):
            yield "crl", name, content
        if name.startswith("quote_"):
            yield "verify_tdx", name, b"\0\0" + content
        if name in base or name.startswith("more_"):
            yield "verify_tdx", f"beside_{name}", b"\1\0" + content
            yield "verify_tdx", f"only_{name}", b"\3\0" + content
    for i in range(8):
        yield "verify_tdx", f"edit_{i}", bytes((2, 0x20, i, 100, 2, 1))
    for name, entry in everything.out.items():
        if "quote" not in entry:
            continue
        form = entry["quote"]
        quote = everything.edited(form) if isinstance(form, dict) else everything.bytes[form.removeprefix("material_")]
        if isinstance(form, dict):
            yield "tdx_quote", name, quote
        kind, data = certification_data(quote)
        if data:
            beside = [everything.bytes[each.removeprefix("material_")] for each in entry.get("collateral", {}).get("more", ())]
            beside = [as_pem("CERTIFICATE", each).encode() if each.startswith(b"\x30") else each for each in beside]
            yield "tdx_pck_chain", name, bytes((kind, len(data) & 0xFF, len(data) >> 8 & 0xFF)) + data + b"".join(beside)


def blocks(text):
    return [each + "\n" for each in re.findall("-----BEGIN.*?-----END [A-Z0-9 ]*-----", text, re.DOTALL)]


def self_check():
    """Every signature that was made, so that a forgery is refused for its own reason, and the good chains as a whole, before
    the openssl command; and that nothing but these rests in an accepted vector."""
    everything, workshop = made(), forge.workshop
    for key, scheme, message, signature in workshop.signed.values():
        if not workshop.good(key, scheme, message, signature):
            return f"signature {signature} does not verify"
    accepted = [each for each in everything.out.values() if "status" in each["expect"]]
    known = {*workshop.signed, *(as_pem("CERTIFICATE", each).encode() for each in workshop.signed)}
    for entry in accepted:
        collateral = dict(entry.get("collateral", {}))
        for full in (*collateral.pop("more", ()), *filter(None, collateral.values()), *entry.get("anchors", ())):
            content = everything.bytes[full.removeprefix("material_")]
            parts = [each.encode() for each in blocks(content.decode())] if content.startswith(b"-----") else [content]
            if not known.issuperset(parts) and not entry["name"].endswith("bundle"):
                return f"{entry['name']}: nobody signed {full}"
    with tempfile.TemporaryDirectory() as folder:
        def file(label, role):
            path = pathlib.Path(folder) / role
            path.write_text(as_pem(label, everything.bytes[role]), encoding="ascii")
            return path

        root = file("CERTIFICATE", "root")
        lists = pathlib.Path(folder) / "lists"
        lists.write_text("".join(as_pem("X509 CRL", everything.bytes[role]) for role in ("root_crl", "pck_crl", "pck_crl_processor")))
        for leaf, issuer in (("pck", "platform_ca"), ("pck_processor", "processor_ca"), ("tcb_signing", "root")):
            command = ["openssl", "verify", "-x509_strict", "-check_ss_sig", "-attime", "1772323200", "-crl_check_all", "-CRLfile", lists,
                       "-CAfile", root, "-untrusted", file("CERTIFICATE", issuer), file("CERTIFICATE", leaf)]
            outcome = subprocess.run(command, capture_output=True, text=True)
            if outcome.returncode != 0:
                return f"{leaf}: {outcome.stderr}"
    print(f"{len(accepted)} accepted, {len(everything.out) - len(accepted)} refused; {len(workshop.signed)} signatures verified")
    return 0


def main():
    match sys.argv[1:]:
        case ["--sign"]:
            forge.workshop.signing = True
            made()
            forge.workshop.write()
            return 0
        case ["--self-check"]:
            return self_check()
    return __doc__


if __name__ == "__main__":
    sys.exit(main())
