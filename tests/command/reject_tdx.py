#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee verify` judge every vector of tests/vectors/tdx_reject.json, each in files of its own, and compares the exit
status, the kind of failure and where it is, or the status of the TCB.

usage: reject_tdx.py UNITEE_BINARY
"""

import base64
import json
import pathlib
import re
import sys
import tempfile

from reject import MALFORMED, UNSUPPORTED, VECTORS
from tdx_corpus import EVERYTHING
from tool import DONE, REFUSED, UNUSABLE, Tool

PARTS = {"quote": "quote", "pck": "PCK certificate", "intermediate": "intermediate certificate", "root": "root certificate", "crl": "CRL",
         "tcb_signing": "TCB signing certificate", "tcb_info": "TCB info", "qe_identity": "QE identity", "pck_crl": "PCK CRL",
         "root_crl": "root CA CRL", "input": "input"}
NEVER = ("Revoked", "NotSupported")


def as_pem(der):
    text = base64.b64encode(der).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return ("-----BEGIN CERTIFICATE-----\n" + "\n".join(lines) + "\n-----END CERTIFICATE-----\n").encode()


class TdxVectors(Tool):
    def __init__(self, binary, folder):
        super().__init__(binary)
        self.folder = pathlib.Path(folder)
        self.all = json.loads((VECTORS / "tdx_reject.json").read_text())
        self.materials = {vector["name"]: vector for vector in self.all if vector["kind"] == "material"}
        self.base = next(vector for vector in self.all if vector["kind"] == "base")

    def bytes_of(self, form):
        if isinstance(form, str):
            return self.bytes_of(self.materials[form])
        out = bytearray(self.bytes_of(form["base"]) if "base" in form else bytes.fromhex(form["hex"]))
        for edit in form.get("edits", ()):
            if "pem" in edit:
                piece = as_pem(self.bytes_of(edit["pem"]))
            elif "material" in edit:
                whole, first = self.bytes_of(edit["material"]), edit.get("from", 0)
                piece = whole[first:first + edit.get("size", len(whole))]
            else:
                piece = bytes.fromhex(edit.get("hex", ""))
            if edit["op"] == "truncate":
                del out[edit["length"]:]
            elif edit["op"] == "append":
                out += piece
            else:
                assert edit["op"] == "set", edit
                out[edit["offset"]:edit["offset"] + len(piece)] = piece
        return bytes(out)

    def file(self, material):
        path = self.folder / material
        if not path.exists():
            path.write_bytes(self.bytes_of(material))
        return path

    def words(self, vector):
        """The vector is a merge patch of the base."""
        whole = {**self.base, **vector}
        collateral = {**self.base["collateral"], **vector.get("collateral", {})}
        quote = self.folder / "quote.bin"
        quote.write_bytes(self.bytes_of(whole["quote"]))
        names = [name for value in collateral.values() if value is not None for name in (value if isinstance(value, list) else [value])]
        words = [quote, "--at", whole["at"], *EVERYTHING]
        words += [word for name in names for word in ("--endorsements", self.file(name))]
        return words + [word for name in whole["anchors"] for word in ("--trust-anchor", self.file(name))]


def judge(v, vector):
    what, expect = vector["name"], vector["expect"]
    outcome = v.run("verify", *v.words(vector), "--json")
    said = json.loads(outcome.stdout) if outcome.stdout else {}
    if "status" in expect:
        status = expect["status"]
        found = said.get("tcb", {})
        v.check(found.get("status") == status, what, f"{found.get('status')}, wanted {status}: {outcome.stderr}")
        answers = {check["check"]: check["outcome"] for check in said.get("checks", ())}
        v.check((answers.get("tcb_status") == "met") == (status not in NEVER), what, answers.get("tcb_status"))
        v.check((outcome.returncode == DONE) == (said.get("verdict") == "accepted"), what, outcome.returncode)
        return
    kind = expect["errc"]
    if what == "intermediate_as_anchor":  # an anchor that does not even call itself a root
        v.refused(what, outcome, said="(certificate_unfit)")
        return
    if what == "quote_empty":  # nothing says that it would have been a quote
        v.refused(what, outcome, (UNUSABLE,), said="(unrecognized)")
        return
    v.refused(what, outcome, (UNUSABLE if kind in MALFORMED | UNSUPPORTED else REFUSED,))
    if said:
        failure = said.get("failure", {})
        found = (failure.get("kind"), failure.get("part"), failure.get("offset"))
        wanted = (kind, PARTS[expect["part"]], expect.get("offset", failure.get("offset")))
        v.check(said["verdict"] == "refused" and found == wanted, what, f"{found}, wanted {wanted}")
        v.check("step" in failure, what, f"no step: {failure}")
    else:  # collateral that could not be used at all: there is no verdict to print
        line = outcome.stderr.strip()
        at = re.search(r"offset (0x[0-9a-f]+)", line)
        v.check(line.endswith(f"({kind})") and PARTS[expect["part"]] in line, what, f"{line}, wanted {expect}")
        v.check(expect.get("offset") in (None, int(at[1], 16) if at else 0), what, f"{line}, wanted {expect}")


def main():
    if len(sys.argv) != 2:
        return __doc__
    with tempfile.TemporaryDirectory() as folder:
        v = TdxVectors(sys.argv[1], folder)
        vectors = [vector for vector in v.all if vector["kind"] == "reject"]
        refused = [vector for vector in vectors if "errc" in vector["expect"]]
        v.check(len(refused) >= 80, "vectors", len(refused))
        for vector in vectors:
            judge(v, vector)
        print(f"{len(refused)} forgeries to refuse, {len(vectors) - len(refused)} genuine counterparts")
        return v.report()


if __name__ == "__main__":
    sys.exit(main())
