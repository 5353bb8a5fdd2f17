#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a verifier of SEV-SNP evidence must refuse: whole verdicts, not parsers. Each vector has one failure and is named
for it; the accepted_* vectors are the same material without it.

usage: snp_reject_vectors.py --sign        make the signatures that are missing, with the openssl command
       snp_reject_vectors.py --self-check  have the openssl command verify what the accepted vectors rest on

snp_reject.json has two kinds of vectors. A "material" is bytes that others share. A "reject" has a report, endorsements and
anchors (names of materials), the time, the words that one would give to `unitee verify` beside these, and what is expected:
"ok", a failure {errc, part, offset}, or {errc, check}, the first check of the appraisal policy that is not met. A failure has
the name of the "step" of verification that it belongs to.

The bytes of a report or a material are its hex, or the material of the name in "base", after its edits in turn: set,
truncate and append, with hex, or with the bytes of a "signature" of snp_reject_signatures.json or of another "material".
"""

import pathlib
import subprocess
import sys
import tempfile

import snp_forge as forge
import snp_reject_certificates as certificates
import snp_reject_reports as reports
from forge import as_pem
from snp_reject_set import Set


def made():
    out = Set()
    for part in (certificates.roots, certificates.signers, certificates.forms, certificates.times, certificates.bindings,
                 certificates.extensions, reports.reports, reports.appraisal, reports.good):
        part(out)
    for full, form in out.materials.items():
        assert out.edited(form) == out.bytes[full.removeprefix("material_")], full
    return out


def compact():
    everything = made()
    return [*everything.materials.values(), *everything.out.values()]


def vectors():
    return compact()


def seeds():
    """(fuzz target, file name, bytes): the materials, by what they are; and how to ask about a genuine report, and edits."""
    everything = made()
    yield "verify_snp", "genuine", bytes((2, 0))
    for i in range(8):
        yield "verify_snp", f"asked_{i}", bytes((2, 1 << i))
        yield "verify_snp", f"edit_{i}", bytes((2, 0, 32 * i, i % 4, 1))
        yield "verify_snp", f"table_{i}", bytes((2, 0, 32 * i, 0x80 | i, 1))
    for full in everything.materials:
        short = full.removeprefix("material_")
        content = everything.bytes[short]
        of_report = short.startswith("report_")
        yield "snp_report" if of_report else "endorsements", short, content
        yield "verify_snp", short, bytes((0 if of_report else 1, 0)) + content
        if short.startswith(("vek_", "vcek_", "vlek_")) and content.startswith(b"\x30"):
            yield "snp_vek", short, content


def self_check():
    """Every signature that was made, so that a forgery is refused for its own reason, and every good chain as a whole, before
    the openssl command; and that nothing but these, tables of these, and reports rests in an accepted vector."""
    everything = made()
    for key, scheme, message, signature in forge.signed.values():
        if not forge.signatures.good(key, scheme, message, signature):
            return f"signature {signature} does not verify"
    accepted = [each for each in everything.out.values() if each["expect"] == "ok"]
    for entry in accepted:
        names = [full.removeprefix("material_") for full in (*entry["endorsements"], *entry["anchors"])]
        for whole in (everything.report_of(entry), *(everything.bytes[each] for each in names)):
            if whole not in forge.signed and not entry["name"].endswith("certificate_table"):
                return f"{entry['name']}: nobody signed {whole[:8].hex()}..."
    with tempfile.TemporaryDirectory() as folder:
        def file(role, content):
            path = pathlib.Path(folder) / role
            path.write_text(as_pem("CERTIFICATE", content), encoding="ascii")
            return path

        for chain in set(everything.chains.values()):
            vek_file, issuer, root = (file(role, everything.bytes[role]) for role in chain)
            command = ["openssl", "verify", "-check_ss_sig", "-attime", "1772323200", "-CAfile", root, "-untrusted", issuer, vek_file]
            outcome = subprocess.run(command, capture_output=True, text=True)
            if outcome.returncode != 0:
                return f"{chain}: {outcome.stderr}"
    print(f"{len(accepted)} accepted, {len(everything.out) - len(accepted)} refused; {len(forge.signed)} signatures verified")
    return 0


def main():
    match sys.argv[1:]:
        case ["--sign"]:
            forge.signatures.signing = True
            made()
            forge.signatures.write()
            return 0
        case ["--self-check"]:
            return self_check()
    return __doc__


if __name__ == "__main__":
    sys.exit(main())
