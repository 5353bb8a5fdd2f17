#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee verify` judge every vector of tests/vectors/snp_reject.json, each in files of its own, and compares the exit
status, the kind of failure, where it is, and the check of the policy.

usage: reject.py UNITEE_BINARY
"""

import json
import pathlib
import sys
import tempfile

from tool import DONE, REFUSED, UNUSABLE, Tool

VECTORS = pathlib.Path(__file__).resolve().parents[1] / "vectors"
sys.path.insert(0, str(VECTORS))
from tdx_vectors import apply  # noqa: E402

MALFORMED = {"truncated", "trailing_data", "reserved_not_zero", "bad_length", "bad_value", "bad_encoding", "duplicate", "unrecognized"}
UNSUPPORTED = {"unsupported_version", "unsupported_algorithm", "unsupported_product", "unsupported_format"}
PARTS = {"report": "attestation report", "vek": "VEK certificate", "intermediate": "intermediate certificate",
         "root": "root certificate", "crl": "CRL", "certificate": "certificate", "certificate_table": "certificate table", "input": "input"}


class Vectors(Tool):
    def __init__(self, binary, folder):
        super().__init__(binary)
        self.folder = pathlib.Path(folder)
        self.all = json.loads((VECTORS / "snp_reject.json").read_text())
        self.signatures = json.loads((VECTORS / "snp_reject_signatures.json").read_text())
        self.materials = {vector["name"]: vector for vector in self.all if vector["kind"] == "material"}

    def bytes_of(self, form):
        start = self.bytes_of(self.materials[form["base"]]) if "base" in form else bytes.fromhex(form["hex"])
        return apply(start, [self.plain(edit) for edit in form.get("edits", ())])

    def plain(self, edit):
        if "signature" in edit:
            return {**edit, "hex": self.signatures[edit["signature"]]}
        if "material" in edit:
            return {**edit, "hex": self.bytes_of(self.materials[edit["material"]]).hex()}
        return edit

    def file(self, material):
        path = self.folder / material
        if not path.exists():
            path.write_bytes(self.bytes_of(self.materials[material]))
        return path

    def words(self, vector):
        report = self.folder / "report.bin"
        report.write_bytes(self.bytes_of(vector["report"]))
        words = [report, "--at", vector["at"], *vector["options"]]
        words += [word for each in vector["endorsements"] for word in ("--endorsements", self.file(each))]
        return words + [word for each in vector["anchors"] for word in ("--trust-anchor", self.file(each))]


def judge(v, vector):
    what, expect = vector["name"], vector["expect"]
    outcome = v.run("verify", *v.words(vector), "--json")
    said = json.loads(outcome.stdout) if outcome.stdout else {}
    if expect == "ok":
        v.done(what, outcome)
        v.check(said.get("verdict") == "accepted" and "failure" not in said, what, outcome.stdout)
        return
    kind = expect["errc"]
    v.refused(what, outcome, (UNUSABLE if kind in MALFORMED | UNSUPPORTED else REFUSED,))
    if not v.check(said.get("verdict", "refused") == "refused", what, "accepted"):
        return
    if "check" in expect:
        unmet = [check["check"] for check in said.get("checks", ()) if check["outcome"] == "not met"]
        v.check(said.get("failure", {}).get("kind") == kind and unmet[:1] == [expect["check"]], what, f"{unmet}, wanted {expect['check']}")
    elif said:
        failure = said["failure"]
        found = (failure["kind"], failure["part"], failure["offset"])
        v.check(found == (kind, PARTS[expect["part"]], expect["offset"]), what, f"{found}, wanted {expect}")
    else:  # an input that could not be used at all: there is no verdict to print
        v.check(outcome.stderr.rstrip().endswith(f"({kind})"), what, f"{outcome.stderr.strip()}, wanted {kind}")


def main():
    if len(sys.argv) != 2:
        return __doc__
    with tempfile.TemporaryDirectory() as folder:
        v = Vectors(sys.argv[1], folder)
        vectors = [vector for vector in v.all if vector["kind"] == "reject"]
        refused = [vector for vector in vectors if vector["expect"] != "ok"]
        v.check(len(refused) >= 60 and len({vector["name"] for vector in v.all}) == len(v.all), "vectors", len(refused))
        for vector in vectors:
            judge(v, vector)
        print(f"{len(refused)} forgeries to refuse, {len(vectors) - len(refused)} genuine counterparts to accept")
        return v.report()


if __name__ == "__main__":
    sys.exit(main())
