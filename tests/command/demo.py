#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee demo` tell its story, and looks for its parts.

usage: demo.py UNITEE_BINARY
"""

import json
import os
import pathlib
import sys
import tempfile

from tool import DONE, UNUSABLE, Tool

CHAPTERS = ["Attest", "Verify", "Appraise", "Derive", "Seal", "Unseal", "Refused"]
SENTENCES = ["SIMULATED SEV-SNP guest", "refused: root certificate: the root is neither pinned nor given as a trust anchor", "genuine: report <- VCEK",
             "the signature does not verify", "no slot opens with the key at hand", "not authentic", "no plaintext of a refused file", "identical, SHA-256 ",
             "All of this came out as it should."]


def as_text(t, *options, sentences=SENTENCES):
    what = " ".join(["demo", *map(str, options)])
    outcome = t.run("demo", *options)
    t.done(what, outcome)
    t.check(outcome.stderr == "", what, outcome.stderr)
    found = [line.split()[0] for line in outcome.stdout.splitlines() if line and not line[0].isspace() and line.split()[0] in CHAPTERS]
    t.check(found == CHAPTERS, what, found)
    for sentence in sentences:
        t.check(sentence in outcome.stdout, what, f"does not say {sentence!r}")
    t.check("ACCEPTED" not in outcome.stdout and "NOT AS" not in outcome.stdout and "DIFFERENT" not in outcome.stdout, what, outcome.stdout)
    return outcome.stdout


def as_json(t, *options):
    what = " ".join(["demo", "--json", *map(str, options)])
    outcome = t.run("demo", "--json", *options)
    if not t.done(what, outcome):
        return
    said = json.loads(outcome.stdout)
    t.check(list(said) == [*CHAPTERS, "as_it_should_be", "simulated"], what, list(said))
    t.check(said["as_it_should_be"] is True and said["simulated"] is True, what, said)
    for point in ("report_data", "measurement", "minimum_tcb", "debug"):
        t.check(said["Appraise"].get(point) == "met", what, said["Appraise"])
    refusals = {name: text for name, text in said["Refused"].items() if name != "left behind"}
    t.check(len(refusals) >= 4 and all(text.startswith("refused: ") for text in refusals.values()), what, refusals)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder
        t = Tool(sys.argv[1])
        as_text(t)
        as_json(t)
        model = pathlib.Path(folder) / "model"
        for size in (1, 300000):
            content = os.urandom(size)
            model.write_bytes(content)
            t.check(f"{size} bytes in " in as_text(t, "--model", model), f"a model of {size} bytes")
            t.check(model.read_bytes() == content, f"a model of {size} bytes", "the model was changed")
        model.write_bytes(b"")
        as_text(t, "--model", model, sentences=[each for each in SENTENCES if each != "not authentic"])  # there is no segment
        model.unlink()
        t.check(os.listdir(folder) == [], "demo", f"left behind: {os.listdir(folder)}")
        for words in (("--model", "/no/such/file"), ("--model", folder), ("--model",), ("file",), ("--nonsense",)):
            t.refused(f"demo {words}", t.run("demo", *words), (UNUSABLE,))
        t.check(os.listdir(folder) == [], "demo", f"left behind: {os.listdir(folder)}")
        outcome = t.run("demo", "--help")
        t.check(outcome.returncode == DONE and outcome.stdout.startswith("usage: unitee demo"), "demo --help", outcome.stdout)
        for words, status in (((), UNUSABLE), (("help",), DONE), (("--help",), DONE), (("--version",), DONE), (("nonsense",), UNUSABLE)):
            t.done(f"unitee {words}", t.run(*words), status)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
