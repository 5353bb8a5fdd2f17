#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee verify` judge every recorded SEV-SNP case, and compares with what the manifest expects.

usage: verify.py UNITEE_BINARY EVIDENCE_DIR
"""

import json
import pathlib
import sys
import tempfile

from tool import DONE, REFUSED, UNUSABLE, Tool, have

# The negatives about reports, and what the tool says of each. The others are of certificates alone, or of TPM quotes.
NEGATIVES = {
    "neg-other-chip-vcek": "the certificate belongs to another TCB version",
    "neg-vlek-expired": "VEK certificate: validity has ended at the given time",
    "neg-vlek-under-ask": "intermediate certificate: an endorsement is missing",
    "neg-turin-under-genoa": "intermediate certificate: an endorsement is missing",
    "neg-vcek-not-yet-valid": "VEK certificate: validity has not begun at the given time",
}
CHECKS = ["report_data", "measurement", "minimum_tcb", "debug", "provisional_firmware", "masked_chip_id", "vmpl", "host_data"]


class Corpus(Tool):
    def __init__(self, binary, evidence):
        super().__init__(binary)
        self.root = pathlib.Path(evidence) / "snp"
        self.manifest = json.loads((self.root / "MANIFEST.json").read_text())

    def verify(self, case, *options, vek="vek", at=None):
        files = case["files"]
        given = [word for role in (vek, "intermediate", "root") for word in ("--endorsements", self.root / files[role])]
        return self.run("verify", self.evidence_of(case), *given, "--at", at or case["verify_time"], *options)

    def evidence_of(self, case):
        return self.root / case["files"].get("report", case["files"].get("hcl_report"))

    def case(self, name):
        return next(case for case in self.manifest["cases"] if case["id"] == name)


def cases(c):
    for case in c.manifest["cases"]:
        what, expected = case["id"], case["expected"]
        outcome = c.verify(case, "--allow-debug")
        if expected["cryptographic"] != "valid":
            c.refused(what, outcome, said="the certificate belongs to another chip")
            continue
        c.done(what, outcome)
        c.check(outcome.stderr == "" and "genuine" in outcome.stdout and outcome.stdout.endswith("\naccepted\n"), what, outcome.stdout)
        c.check("AMD's root, pinned" in outcome.stdout and "no CRL was given" in outcome.stdout, what, outcome.stdout)
        for point in ("report_data", "measurement", "minimum_tcb", "vmpl", "host_data", "provisional_firmware"):
            line = next((line for line in outcome.stdout.splitlines() if line.startswith(point + " ")), "")
            c.check("not asked" in line and "found " in line, what, f"{point}: {line!r}")
        reasons = expected.get("default_appraisal", "")
        strict = c.verify(case, "--refuse-provisional")
        if "DEBUG" in reasons:
            c.refused(f"{what} debug", c.verify(case), said="debug is not met")
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


def as_json(c, case):
    what, fields = f"{case['id']} --json", case["fields"]
    outcome = c.verify(case, "--json", "--allow-debug", "--measurement", fields["measurement"], "--measurement", "00" * 48,
                       "--report-data", fields["report_data"].upper(), "--vmpl", int(fields["vmpl"], 16), "--host-data", fields["host_data"])
    if not c.done(what, outcome):
        return
    said = json.loads(outcome.stdout)
    c.check(said["verdict"] == "accepted" and "failure" not in said and said["at"] == case["verify_time"], what, outcome.stdout)
    claims = said["claims"]
    c.check((claims["version"], claims["product"], claims["signer"], claims["trust_anchor"]) ==
            (case["report_version"], case["key_generation"], case["vek"], "pinned"), what, claims)
    checks = {check["check"]: check for check in said["checks"]}
    c.check(list(checks) == CHECKS, what, list(checks))
    for name in ("report_data", "measurement", "vmpl", "host_data"):
        found = f"{int(fields[name], 16):02x}" if name == "vmpl" else fields[name]
        c.check(checks[name]["outcome"] == "met" and checks[name]["found"] == checks[name]["wanted"] == found, what, checks[name])
    c.check(checks["measurement"]["choices"] == 2, what, checks["measurement"])
    c.check(checks["minimum_tcb"] == {"check": "minimum_tcb", "outcome": "not asked", "found": fields["reported_tcb"], "wanted": None, "choices": 0},
            what, checks["minimum_tcb"])
    parts = fields["reported_tcb_parts"]
    names = {"fmc": "fmc", "bootloader": "boot_loader", "tee": "tee", "snp": "snp", "microcode": "microcode"}
    product = case["key_generation"].lower()
    levels = ",".join(f"{names[name]}={parts[name]}" for name in names if parts.get(name) is not None)
    minimum = f"{product}:{levels}"
    c.done(f"{what} --min-tcb {minimum}", c.verify(case, "--allow-debug", "--min-tcb", minimum))
    above = minimum.replace(f"snp={parts['snp']}", f"snp={parts['snp'] + 1}")
    c.refused(f"{what} --min-tcb {above}", c.verify(case, "--allow-debug", "--min-tcb", above), said="minimum_tcb is not met")
    other = "turin:fmc=0" if product != "turin" else "milan:tee=0"
    c.refused(f"{what} --min-tcb {other}", c.verify(case, "--allow-debug", "--min-tcb", other), said="minimum_tcb is not met")
    c.done(f"{what} --min-tcb of two products", c.verify(case, "--allow-debug", "--min-tcb", other, "--min-tcb", minimum))
    for option, value in (("--measurement", "00" * 48), ("--report-data", "11" * 64), ("--vmpl", 3), ("--host-data", "22" * 32)):
        refused = c.verify(case, "--allow-debug", option, value)
        c.refused(f"{what} {option}", refused, said=f"{option[2:].replace('-', '_')} is not met")
        c.check("wanted" in refused.stdout and "accepted" not in refused.stdout, f"{what} {option}", refused.stdout)


def negatives(c):
    tried = 0
    for case in c.manifest["negatives"]:
        if case["id"] in NEGATIVES:
            c.refused(case["id"], c.verify(case), said=NEGATIVES[case["id"]])
            tried += 1
    c.check(tried == len(NEGATIVES), "negatives", tried)
    # The manifest's edits of one report.
    base = c.case("genoa-v3-vcek")
    report = (c.root / c.manifest["mutations"]["base"]).read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "report.bin"
        options = [word for role in ("vek", "intermediate", "root") for word in ("--endorsements", c.root / base["files"][role])]
        options += ["--at", base["verify_time"]]

        def judged(content):
            file.write_bytes(content)
            return c.run("verify", file, *options)

        c.done("mutations' base", judged(report))
        for recipe in c.manifest["mutations"]["recipes"]:
            edited = bytearray(report)
            edited[int(recipe["offset"], 16)] ^= int(recipe["xor"], 16)
            statuses = (UNUSABLE,) if recipe["expected"].startswith(("structure", "error")) else (REFUSED,)
            c.refused(f"mutation {recipe['name']}", judged(edited), statuses)
        for content, status in ((report[:-1], UNUSABLE), (report + b"\0", UNUSABLE), (b"", UNUSABLE), (b"hello", UNUSABLE),
                                (b"\1" + report[1:], UNUSABLE), (b"\6" + report[1:], UNUSABLE), (b"\xff" * 4 + report[4:], UNUSABLE),
                                (report[:0x34] + b"\2" + report[0x35:], UNUSABLE)):
            c.refused(f"{len(content)} bytes", judged(content), (status,))


def hcl(c):
    """The runtime data of an HCL report have to be those that the report binds."""
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


def missing(c):
    vcek, vlek = c.case("milan-v3-vcek-azure-aci"), c.case("milan-v3-vlek-aws")
    chip = vcek["fields"]["chip_id"]
    kds = "https://kdsintf.amd.com/vcek/v1/Milan/"
    source = f"{kds}{chip}?blSPL=4&teeSPL=0&snpSPL=24&ucodeSPL=219"
    outcome = c.run("verify", c.evidence_of(vcek), "--at", vcek["verify_time"])
    c.refused("no endorsements", outcome, said="VEK certificate: an endorsement is missing")
    c.check(source in outcome.stdout and f"{kds}cert_chain" in outcome.stdout, "no endorsements", outcome.stdout)
    said = json.loads(c.run("verify", c.evidence_of(vcek), "--at", vcek["verify_time"], "--json").stdout)
    c.check(said["verdict"] == "refused" and said["failure"]["kind"] == "missing" and
            [(each["what"], each["address"]) for each in said["missing"]] ==
            [("VEK certificate", source), ("intermediate certificate", f"{kds}cert_chain"), ("root certificate", f"{kds}cert_chain")],
            "no endorsements --json", said)
    outcome = c.run("verify", c.evidence_of(vlek), "--at", vlek["verify_time"])
    c.refused("no VLEK", outcome, said="VEK certificate: an endorsement is missing")
    c.check("from the host, in the certificate table" in outcome.stdout, "no VLEK", outcome.stdout)
    outcome = c.run("verify", c.evidence_of(vcek), "--at", vcek["verify_time"], "--endorsements", c.root / vcek["files"]["vek"])
    c.refused("no chain", outcome, said="intermediate certificate: an endorsement is missing")
    c.check(chip not in outcome.stdout and "cert_chain" in outcome.stdout, "no chain", outcome.stdout)


def forms(c):
    """Endorsements from a directory, a table, a PEM chain, and a list that is current or stale."""
    case = c.case("genoa-v3-vcek")
    report, chain = c.evidence_of(case), c.root / "roots/genoa"
    at = ("--at", case["verify_time"])
    c.done("directories", c.run("verify", report, *at, "--endorsements", report.parent, "--endorsements", chain))
    c.done("a table", c.run("verify", report, *at, "--endorsements", c.root / "cert-tables/vcek-ask-ark.bin"))
    c.done("a mixed-endian table", c.run("verify", report, *at, "--endorsements", c.root / "cert-tables/vcek-ask-ark-mixed-endian.bin"))
    with_list = c.run("verify", report, "--at", "2026-08-14T00:00:00Z", "--endorsements", c.root / "cert-tables/vcek-ark-crl.bin")
    c.done("a table with a CRL", with_list)
    c.check("CRL checked" in with_list.stdout, "a table with a CRL", with_list.stdout)
    c.refused("a stale CRL", c.run("verify", report, "--at", "2026-10-01T00:00:00Z", "--endorsements", c.root / "cert-tables/vcek-ark-crl.bin"),
              said="CRL: validity has ended")
    for table in sorted((c.root / "cert-tables").glob("bad-*.bin")):
        c.refused(table.name, c.run("verify", report, *at, "--endorsements", table), (UNUSABLE,))
    c.done("an anchor that is AMD's own root", c.run("verify", report, *at, "--endorsements", report.parent, "--endorsements", chain / "ask.der",
                                                     "--trust-anchor", chain / "ark.der"))
    c.refused("an anchor that is no root", c.run("verify", report, *at, "--trust-anchor", chain / "ask.der"))


def arguments(c):
    case = c.case("genoa-v3-vcek")
    report = c.evidence_of(case)
    for words in ((), (report, report), (report, "--nonsense"), (report, "--at", "yesterday"), (report, "--at"), (report, "--json=1"),
                  (report, "--report-data", "00"), (report, "--measurement", "zz" * 48), (report, "--host-data", "00" * 33),
                  (report, "--vmpl", "4"), (report, "--vmpl", "-1"), (report, "--vmpl", "0x1"), (report, "--min-tcb", "snp"),
                  (report, "--at", "2026-03-01T00:00:00Z", "--at", "2026-03-01T00:00:00Z"), ("/no/such/file",),
                  (report, "--endorsements", "/no/such/file"), (report, "--endorsements", report), (report, "--trust-anchor", report),
                  (c.root,)):
        c.refused(" ".join(map(str, words)), c.run("verify", *words), (UNUSABLE,))
    for minimum in ("fmc=1", "snp=256", "snp=-1", "snp=", "ucode=1", "snp=1 ", "=1", "snp=1,", "snp=1,snp=1", ""):
        c.refused(minimum, c.verify(case, "--min-tcb", f"genoa:{minimum}"), (UNUSABLE,))
    for minimum in ("snp=1", "venice:snp=1", ":snp=1", "genoa", "genoa:"):
        c.refused(minimum, c.verify(case, "--min-tcb", minimum), (UNUSABLE,))
    c.refused("a product twice", c.verify(case, "--min-tcb", "genoa:snp=1", "--min-tcb", "Genoa:snp=2"), (UNUSABLE,))
    outcome = c.run("verify", "--help")
    c.check(outcome.returncode == DONE and outcome.stdout.startswith("usage: unitee verify"), "--help", outcome.stdout)


def main():
    binary, evidence = sys.argv[1:]
    if not have(evidence):
        return 0
    c = Corpus(binary, evidence)
    for part in (cases, negatives, hcl, missing, forms, arguments):
        part(c)
    return c.report()


if __name__ == "__main__":
    sys.exit(main())
