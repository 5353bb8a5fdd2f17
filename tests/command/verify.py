#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee verify` judge every recorded SEV-SNP case, and compares with what the manifest expects: verdict, the fields
of the report, and the step at which a negative is refused.

usage: verify.py UNITEE_BINARY EVIDENCE_DIR
"""

import base64
import json
import pathlib
import shutil
import sys
import tempfile

from corpus import Corpus
from tdx_corpus import TdxCorpus
from tool import DONE, REFUSED, UNUSABLE, have

# The negatives, where they stop, and what the tool says of each. The forged certificates have no report beside them.
NEGATIVES = {
    "neg-other-chip-vcek": ("vek_tcb", "the certificate belongs to another TCB version"),
    "neg-vlek-expired": ("validity", "VEK certificate: validity has ended at the given time"),
    "neg-vlek-under-ask": ("intermediate", "intermediate certificate: an endorsement is missing"),
    "neg-turin-under-genoa": ("intermediate", "intermediate certificate: an endorsement is missing"),
    "neg-vcek-not-yet-valid": ("validity", "VEK certificate: validity has not begun at the given time"),
    "neg-azure-quote-other-ak": (None, "TPM quote: the signature does not verify"),
}
WITHOUT_REPORT = {"neg-forged-vcek-legacy", "neg-forged-vcek-new"}
ALWAYS_SHOWN = ("report_data", "measurement", "minimum_tcb")


def cases(c):
    for case in c.manifest["cases"]:
        what, expected = case["id"], case["expected"]
        outcome = c.verify(case, "--allow-debug")
        if expected["cryptographic"] != "valid":
            c.refused(what, outcome, said="the certificate belongs to another chip")
            c.check("stopped at  step 16 of 18, vek_chip: " in outcome.stdout, what, outcome.stdout)
            continue
        c.done(what, outcome)
        c.check(outcome.stderr == "" and "genuine" in outcome.stdout and outcome.stdout.endswith("\naccepted\n"), what, outcome.stdout)
        c.check("AMD's root, pinned" in outcome.stdout and "no CRL was given" in outcome.stdout, what, outcome.stdout)
        for point in ALWAYS_SHOWN:
            line = next((line for line in outcome.stdout.splitlines() if line.startswith(point + " ")), "")
            c.check("not asked" in line and "found " in line, what, f"{point}: {line!r}")
        anybody = "anybody's guest could have made this" in outcome.stdout
        c.check(anybody == (case["kind"] == "azure-hcl"), what, outcome.stdout)
        reasons = expected.get("default_appraisal", "")
        strict = c.verify(case, "--refuse-provisional")
        if "DEBUG" in reasons:
            c.refused(f"{what} debug", c.verify(case), said="debug is not met: found yes, wanted no")
        else:
            c.done(f"{what} default", c.verify(case))
        if reasons:
            c.refused(f"{what} strict", strict, said="not met")
        else:
            c.done(f"{what} strict", strict)
        if "vek_alternative" in case["files"]:
            c.done(f"{what} alternative", c.verify(case, vek="vek_alternative"))
        for at in (key for key in expected if key.startswith("at_")):
            later = "-".join(at[3:].split("_")) + "T00:00:00Z"
            c.refused(f"{what} {at}", c.verify(case, at=later), said="validity has ended")
        as_json(c, case)
        as_ear(c, case)


def as_json(c, case):
    what = f"{case['id']} --json"
    outcome, said = c.judged(case, "--allow-debug")
    if not c.done(what, outcome):
        return
    c.check(said["verdict"] == "accepted" and "failure" not in said and said["missing"] == [] and said["at"] == case["verify_time"],
            what, outcome.stdout)
    claims = said["claims"]
    c.check((claims["version"], claims["product"], claims["signer"], claims["trust_anchor"], claims["revocation"]) ==
            (case["report_version"], case["key_generation"], case["vek"], "pinned", "unchecked"), what, claims)
    c.check(claims["csp_id"] == case["verified"].get("csp_id"), what, claims)
    c.same_fields(what, case["fields"], said["report"])
    steps = {step["name"]: step for step in said["steps"]}
    c.check([step["number"] for step in said["steps"]] == list(range(1, 19)), what, said["steps"])
    c.check([name for name, step in steps.items() if step["outcome"] != "met"] == ["revocation"], what, said["steps"])
    c.check(all(each["rule"] and each["section"] for each in said["steps"] + said["checks"]), what, outcome.stdout)
    checks = {check["check"]: check for check in said["checks"]}
    met = {name for name, check in checks.items() if check["outcome"] == "met"}
    asked = {"policy_migrate_ma", "policy_cxl_allow", "migration_agent"}
    asked |= {"masked_chip_id"} if case["vek"] == "VCEK" else set()
    asked |= {"vmpl"} if case["kind"] == "azure-hcl" else set()
    debug = "DEBUG" in case["expected"].get("default_appraisal", "")
    c.check(len(checks) == 36 and met == asked and checks["debug"]["found"] is debug, what, met)
    for name in ("report_data", "measurement", "minimum_tcb"):
        found = case["fields"]["reported_tcb" if name == "minimum_tcb" else name]
        check = checks[name]
        c.check((check["outcome"], check["found"], check["wanted"], check["choices"]) == ("not asked", found, None, 0), what, check)


def as_ear(c, case):
    what = f"{case['id']} --ear"
    outcome = c.verify(case, "--ear", "--allow-debug")
    if c.done(what, outcome):
        said = json.loads(outcome.stdout)["submods"]["cpu0"]
        debug = "DEBUG" in case["expected"].get("default_appraisal", "")
        c.check(said["ear.status"] == ("contraindicated" if debug else "affirming"), what, said["ear.status"])
    outcome = c.verify(case, "--ear", "--measurement", "00" * 48)
    c.refused(what, outcome)
    c.check(json.loads(outcome.stdout)["submods"]["cpu0"]["ear.status"] == "contraindicated", what, outcome.stdout)


def negatives(c):
    tried = set()
    for case in c.manifest["negatives"]:
        what = case["id"]
        if what in WITHOUT_REPORT:
            continue
        tried.add(what)
        step, text = NEGATIVES[what]
        given = case if "vek" in case["files"] else {**case, "files": {**c.case("azure-milan-v2")["files"], **case["files"]}}
        options = c.tpm(given) if "tpm_quote_message" in case["files"] else []
        c.refused(what, c.verify(given, *options), said=text)
        outcome, said = c.judged(given, *options)
        c.check(said["verdict"] == "refused" and said["failure"].get("step", {}).get("name") == step, what, said.get("failure"))
        c.check(("report" in said) == (step is None), what, "what is not genuine is called a report")
        ear = c.verify(given, "--ear", *options)
        told = json.loads(ear.stdout)["submods"]["cpu0"]
        c.check(told["ear.status"] == "contraindicated" and told["unitee.failure"].get("step") == step, what, told)
    c.check(tried == set(NEGATIVES), "negatives", tried)
    # Which component of the TCB it is can be seen.
    case = next(each for each in c.manifest["negatives"] if each["id"] == "neg-other-chip-vcek")
    lines = [line.split() for line in c.verify(case).stdout.splitlines()]
    parts = c.case("milan-v2-vcek-debug")["fields"]["reported_tcb_parts"]
    reported = ["reported", *(f"{ours}={parts[name]}" for name, ours in (("bootloader", "boot_loader"), ("tee", "tee"), ("snp", "snp"), ("microcode", "microcode")))]
    c.check(reported in lines and any(line[:3] == ["given", "VCEK", "for"] for line in lines), "neg-other-chip-vcek", lines)


def mutations(c):
    base = c.case("genoa-v3-vcek")
    report = (c.root / c.manifest["mutations"]["base"]).read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "report.bin"

        def judged(content, *options):
            file.write_bytes(content)
            return c.run("verify", file, *c.endorsements(base), "--at", base["verify_time"], *options)

        c.done("mutations' base", judged(report))
        for recipe in c.manifest["mutations"]["recipes"]:
            edited = bytearray(report)
            edited[int(recipe["offset"], 16)] ^= int(recipe["xor"], 16)
            statuses = (UNUSABLE,) if recipe["expected"].startswith(("structure", "error")) else (REFUSED,)
            c.refused(f"mutation {recipe['name']}", judged(edited), statuses)
        for content in (report[:-1], report + b"\0", b"", b"hello", b"\1" + report[1:], b"\6" + report[1:], b"\xff" * 4 + report[4:],
                        report[:0x34] + b"\2" + report[0x35:], report[:0x34] + b"\0" + report[0x35:]):
            c.refused(f"{len(content)} bytes", judged(content), (UNUSABLE,))
        order = bytes.fromhex("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973")[::-1]
        for at in (0x2A0, 0x2E8):
            for number in (bytes(48), order):
                c.refused(f"r or s at {at:#x}", judged(report[:at] + number + report[at + 48 :]), (UNUSABLE,), said=f"offset {at:#x}")
        # What is newer is shown as far as it can be.
        for what, content, name in (("a newer version", b"\6" + report[1:], "version"),
                                    ("a newer processor", report[:0x188] + b"\x1a\x50" + report[0x18A:], "product")):
            outcome = judged(content)
            c.refused(what, outcome, (UNUSABLE,), said="newer than this library")
            measurement = base["fields"]["measurement"]
            c.check("newer than this library" in outcome.stdout and measurement in outcome.stdout, what, outcome.stdout)
            said = json.loads(judged(content, "--json").stdout)
            shown = said.get("shared_fields", said.get("unverified_report"))
            c.check(said["failure"]["step"]["name"] == name and shown["measurement"] == measurement, what, said)


def hcl(c):
    """The runtime data of an HCL report have to be those that the report binds, and its vTPM's quote is worth as much."""
    quoted = [case for case in c.genuine() if "tpm_quote" in case]
    c.check(len(quoted) == 3, "quotes", len(quoted))
    for case in quoted:
        what, nonce = case["id"], case["tpm_quote"]["extra_data"]
        words = [*c.tpm(case, "--tpm-pcrs"), "--nonce", nonce, "--measurement", case["fields"]["measurement"]]
        outcome = c.verify(case, *words)
        c.done(what, outcome)
        c.check("anybody" not in outcome.stdout, what, outcome.stdout)
        outcome, said = c.judged(case, *words)
        checks = {check["check"]: check for check in said["vtpm"]["checks"]}
        c.check([check["outcome"] for check in checks.values()] == ["met"] * 4, what, checks)
        c.check(checks["tpm_nonce"]["found"] == nonce and checks["tpm_pcrs"]["found"] == case["tpm_quote"]["pcr_digest"], what, checks)
        c.check([said["vtpm"]["pcrs"][n] for n in (0, 8)] == [case["tpm_quote"]["pcr0"], case["tpm_quote"]["pcr8"]], what, said["vtpm"])
        outcome, said = c.judged(case, *c.tpm(case))
        answers = {check["check"]: (check["outcome"], check["found"]) for check in said["vtpm"]["checks"]}
        c.check(answers["tpm_nonce"] == ("not asked", nonce) and answers["tpm_pcrs"] == ("not asked", case["tpm_quote"]["pcr_digest"]), what, answers)
        c.refused(f"{what} another nonce", c.verify(case, *c.tpm(case), "--nonce", nonce + "00"), said="TPM quote, offset")
        c.refused(f"{what} another nonce", c.verify(case, *c.tpm(case), "--nonce", nonce[:-2]), said="(binding_mismatch)")
        other = next(each for each in quoted if each is not case)
        for role in ("tpm_quote_message", "tpm_quote_signature", "tpm_pcrs_sha256"):
            crossed = {**case, "files": {**case["files"], role: other["files"][role]}}
            c.refused(f"{what} {role} of another", c.verify(crossed, *c.tpm(crossed, "--tpm-pcrs")), said="TPM quote")
        c.refused(f"{what} VMPL", c.verify(case, "--vmpl", 1), said="vmpl is not met: found 0, wanted 1")

        in_json(c, case, nonce)

    case = c.case("azure-milan-v2")
    content = c.evidence_of(case).read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "hcl-report.bin"
        changed = {**case, "files": {**case["files"], "hcl_report": file}}

        def judged(offset, xor):
            edited = bytearray(content)
            edited[offset] ^= xor
            file.write_bytes(edited)
            return c.verify(changed)

        c.done("an HCL report", judged(0, 0))
        c.refused("other runtime data", judged(0x4D4 + 40, 1), said="offset 0x50: a digest does not match the data that it binds")
        c.refused("another measurement", judged(0x20 + 0x90, 1), said="the signature does not verify")
        c.refused("a TDX report", judged(0x4C8, 2 ^ 4), (UNUSABLE,), said="HCL report: this variant of the format is not supported")
        c.refused("another container", judged(0x00C, 1), (UNUSABLE,), said="HCL report, offset 0xc")


def in_json(c, case, nonce):
    """The same evidence in one JSON text, with the VCEK in it: as text in base64 and hexadecimal digits, and as numbers."""
    what, read = f"{case['id']} as JSON", {role: (c.root / path).read_bytes() for role, path in case["files"].items()}
    pcrs = [read["tpm_pcrs_sha256"][at:at + 32] for at in range(0, 768, 32)]
    vek = read["vek"] if read["vek"].startswith(b"-----BEGIN") else pem(read["vek"])
    as_text = {"version": 1, "hcl_report": base64.urlsafe_b64encode(read["hcl_report"]).decode(), "vcek": vek.decode(),
               "tpm_quote": {"message": read["tpm_quote_message"].hex(), "signature": read["tpm_quote_signature"].hex(), "pcrs": [each.hex() for each in pcrs]}}
    as_numbers = {"report": list(read["hcl_report"]), "vcek": vek.decode(),
                  "quote": {"message": list(read["tpm_quote_message"]), "signature": list(read["tpm_quote_signature"]), "pcrs": [list(each) for each in pcrs]}}
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "evidence.json"
        for value in (as_text, as_numbers):
            file.write_text(json.dumps(value))
            changed = {**case, "files": {**case["files"], "hcl_report": file, "vek": case["files"]["intermediate"]}}
            outcome = c.verify(changed, "--nonce", nonce)
            c.done(what, outcome)
            c.check(outcome.stdout.count("tpm_pcrs                      met") == 1, what, outcome.stdout)
            c.refused(what, c.verify(changed, "--nonce", nonce + "00"), said="(binding_mismatch)")
            c.refused(what, c.verify(changed, *c.tpm(case)), (UNUSABLE,), said="--tpm-quote")


def missing(c):
    vcek, vlek = c.case("milan-v3-vcek-azure-aci"), c.case("milan-v3-vlek-aws")
    chip = vcek["fields"]["chip_id"]
    kds = "https://kdsintf.amd.com/vcek/v1/Milan/"
    wanted = [("VEK certificate", f"{kds}{chip}?blSPL=4&teeSPL=0&snpSPL=24&ucodeSPL=219"),
              ("intermediate certificate", f"{kds}cert_chain"), ("root certificate", f"{kds}cert_chain")]
    listed = [*wanted, ("CRL", f"{kds}crl")]
    for options, expected in (((), wanted), (("--require-crl",), listed)):
        outcome = c.run("verify", c.evidence_of(vcek), "--at", vcek["verify_time"], *options)
        c.refused("no endorsements", outcome, said="VEK certificate: an endorsement is missing")
        c.check(all(source in outcome.stdout for _, source in expected), "no endorsements", outcome.stdout)
        c.check("step 8 of 18, vek: a VCEK or VLEK certificate is there" in outcome.stdout, "no endorsements", outcome.stdout)
        said = json.loads(c.run("verify", c.evidence_of(vcek), "--at", vcek["verify_time"], "--json", *options).stdout)
        c.check(said["verdict"] == "refused" and said["failure"]["kind"] == "missing" and
                [(each["what"], each["address"]) for each in said["missing"]] == expected, "no endorsements --json", said)
    outcome = c.run("verify", c.evidence_of(vlek), "--at", vlek["verify_time"])
    c.refused("no VLEK", outcome, said="VEK certificate: an endorsement is missing")
    c.check("from the host, in the certificate table" in outcome.stdout, "no VLEK", outcome.stdout)
    outcome = c.run("verify", c.evidence_of(vcek), "--at", vcek["verify_time"], "--endorsements", c.root / vcek["files"]["vek"])
    c.refused("no chain", outcome, said="intermediate certificate: an endorsement is missing")
    c.check(chip not in outcome.stdout and "cert_chain" in outcome.stdout, "no chain", outcome.stdout)
    # The policy wants a list, and the report is genuine without.
    outcome, said = c.judged(vcek, "--require-crl")
    c.refused("no CRL", outcome, said="revocation is not met: found unchecked, wanted checked")
    c.check([(each["what"], each["address"]) for each in said["missing"]] == listed[3:] and said["failure"]["check"] == "revocation", "no CRL", said)


def pem(der):
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"


def forms(c):
    """Endorsements from directories, tables, chain files, PEM and DER in any order, and a list that is current or stale."""
    case = c.case("genoa-v3-vcek")
    report, chain, tables = c.evidence_of(case), c.root / "roots/genoa", c.root / "cert-tables"
    at = ("--at", case["verify_time"])

    def given(*paths, at=case["verify_time"], options=()):
        return c.run("verify", report, "--at", at, *options, *(word for path in paths for word in ("--endorsements", path)))

    c.done("directories", given(report.parent, chain))
    c.done("a directory of other things", given(c.root / "reports/turin-v5-vcek", report.parent, c.root / "roots/turin", chain))
    c.done("a table", given(tables / "vcek-ask-ark.bin"))
    c.done("a mixed-endian table", given(tables / "vcek-ask-ark-mixed-endian.bin"))
    chains = sorted(chain.glob("*.pem"))
    c.check(chains != [], "chain files", chain)
    c.done("a chain file and a PEM", given(next(path for path in chains if "vlek" not in path.name), case_file(c, case)))
    c.done("all of it, backwards", given(*reversed(chains), tables / "vcek-ask-ark.bin", chain / "ark.der", chain / "ask.der", case_file(c, case)))
    with tempfile.TemporaryDirectory() as folder:
        one = pathlib.Path(folder) / "all.pem"
        roles = [(chain / name).read_bytes() for name in ("ark.der", "ask.der")]
        one.write_bytes(b"text before\n" + pem(roles[0]) + case_file(c, case).read_bytes() + pem(roles[1]))
        c.done("one text", given(one))
    now, later = "2026-08-14T00:00:00Z", "2026-10-01T00:00:00Z"
    with_list = given(tables / "vcek-ark-crl.bin", at=now, options=("--require-crl",))
    c.done("a table with a CRL", with_list)
    c.check("CRL checked" in with_list.stdout, "a table with a CRL", with_list.stdout)
    c.refused("a stale CRL", given(tables / "vcek-ark-crl.bin", at=later), said="CRL: validity has ended")
    stale = given(tables / "vcek-ark-crl.bin", at=later, options=("--allow-stale-crl", "--require-crl"))
    c.done("a stale CRL that will do", stale)
    c.check("A STALE CRL" in stale.stdout, "a stale CRL that will do", stale.stdout)
    for table in sorted(tables.glob("bad-*.bin")):
        c.refused(table.name, given(table), (UNUSABLE,))
    c.done("an anchor that is AMD's own root", c.run("verify", report, *at, "--endorsements", report.parent, "--endorsements", chain / "ask.der",
                                                     "--trust-anchor", chain / "ark.der"))
    own = c.run("verify", report, *at, "--endorsements", report.parent, "--endorsements", chain / "ask.der", "--trust-anchor", chain / "ark.der",
                "--no-pinned-roots")
    c.done("no other anchor", own)
    c.check("A ROOT THAT YOU NAMED" in own.stdout, "no other anchor", own.stdout)
    c.refused("another anchor alone", given(report.parent, chain, options=("--trust-anchor", c.root / "roots/turin/ark.der", "--no-pinned-roots")),
              said="(untrusted_root)")
    c.refused("an anchor that is no root", c.run("verify", report, *at, "--trust-anchor", chain / "ask.der"))


def case_file(c, case):
    return c.root / case["files"]["vek"]


def readme(c):
    """The README's command lines, with the files and values of recorded cases."""
    text = (pathlib.Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    lines = [line.split(maxsplit=1)[1] for line in text.splitlines() if line.startswith("unitee verify ")]
    case, t = c.case("genoa-v3-vcek"), TdxCorpus(c.binary, c.root.parent)
    td = t.case("gcp-cos113")
    with tempfile.TemporaryDirectory() as folder:
        for role in ("vek", "intermediate", "root"):
            shutil.copy(c.root / case["files"][role], folder)
        snp = {"report.bin": c.evidence_of(case), "certificates/": folder, "$WANTED": case["fields"]["measurement"],
               "$NONCE": case["fields"]["report_data"], "at": case["verify_time"]}
        tdx = {"quote.bin": t.path(td), "collateral/": t.collateral("00806f05-2025-06"), "ccel.bin": t.root / "ccel/gcp-cos113.bin",
               "receipt.json": pathlib.Path(folder) / "receipt.json", "$WANTED": td["fields"]["mr_td"], "$NONCE": td["fields"]["report_data"],
               "at": "2025-06-25T00:00:00Z"}
        for evidence, known in (("report.bin", snp), ("quote.bin", tdx)):
            named = [line for line in lines if evidence in line.split()]
            c.check(len(named) == 1, f"README: {evidence}", lines)
            for line in named:
                outcome = c.run(*(known.get(word, word) for word in line.split()), "--at", known["at"])
                c.check(outcome.returncode == 0 and "accepted" in outcome.stdout, line, outcome.stderr)
        c.done("README: the receipt", c.run("verify", tdx["receipt.json"]))


def main():
    binary, evidence = sys.argv[1:]
    if not have(evidence):
        return 0
    c = Corpus(binary, evidence)
    for part in (cases, negatives, mutations, hcl, missing, forms, readme):
        part(c)
    return c.report()


if __name__ == "__main__":
    sys.exit(main())
