#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee demo` tell its story, and looks for its parts.

usage: demo.py UNITEE_BINARY
"""

import json
import os
import pathlib
import re
import shlex
import sys
import tempfile

from tool import DONE, REFUSED, UNUSABLE, Tool

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
CHAPTERS = ["Attest", "Verify", "Appraise", "Derive", "Seal", "Unseal", "Refused"]
SENTENCES = ["SIMULATED SEV-SNP guest", "refused: root certificate: the root is neither pinned nor given as a trust anchor", "genuine: report <- VCEK",
             "the signature does not verify", "no slot opens with the key at hand", "not authentic", "no plaintext of a refused file", "identical, SHA-256 ",
             "All of this came out as it should."]


TDX_CHAPTERS = ["Launch", "Attest", "Verify", "Appraise", "Replay", "Refused"]
TDX_SENTENCES = ["SIMULATED TDX guest", "refused: root certificate: the root is neither pinned nor given as a trust anchor", "genuine: quote <- QE (P-256) <- PCK",
                 "EV_EVENT_TAG: unitee load model-1.0", "EV_IPL: console=hvc0 ro", "EV_IPL: of its 13 bytes of data nothing is proven",
                 "the signature does not verify", "validity has ended", "the certificate is revoked", "RTMR3 is not what the log adds up to",
                 "All of this came out as it should."]
STATUSES = ["UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded", "OutOfDate", "OutOfDateConfigurationNeeded",
            "TDRelaunchAdvised", "TDRelaunchAdvisedConfigurationNeeded", "Revoked", "NotSupported"]
HOPELESS = {"Revoked", "NotSupported"}
COLLATERAL = ["pck_crl.der", "pck_crl_issuer_chain.pem", "qe_identity.json", "qe_identity_issuer_chain.pem", "root_ca_crl.der", "tcb_info.json",
              "tcb_info_issuer_chain.pem"]


def as_text(t, *options, sentences=SENTENCES, chapters=CHAPTERS):
    what = " ".join(["demo", *map(str, options)])
    outcome = t.run("demo", *options)
    t.done(what, outcome)
    t.check(outcome.stderr == "", what, outcome.stderr)
    found = [line.split()[0] for line in outcome.stdout.splitlines() if line and not line[0].isspace() and line.split()[0] in chapters]
    t.check(found == chapters, what, found)
    for sentence in sentences:
        t.check(sentence in outcome.stdout, what, f"does not say {sentence!r}")
    t.check("ACCEPTED" not in outcome.stdout and "NOT AS" not in outcome.stdout and "DIFFERENT" not in outcome.stdout, what, outcome.stdout)
    return outcome.stdout


def readme(t, said):
    """The story that README.md tells is this one, but for what is different each time."""
    def lines(text):
        return {re.sub(r"SHA-256 \w+", "SHA-256", line) for line in text.splitlines()}

    story = re.search(r"^```text\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]
    t.check(lines(story) <= lines(said), "README.md", f"demo does not say {lines(story) - lines(said)}")


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


def tdx_as_json(t, status, *options):
    """The page of a TD whose platform comes to this status."""
    what = " ".join(["demo --tdx --json", status, *map(str, options)])
    outcome = t.run("demo", "--tdx", "--json", "--status", status, *options)
    if not t.done(what, outcome):
        return None
    said = json.loads(outcome.stdout)
    t.check(said["as_it_should_be"] is True and said["simulated"] is True, what, said)
    t.check(said["Verify"]["by Intel's pinned root"].startswith("refused: "), what, said["Verify"])
    t.check(said["Verify"]["TCB status"].split(",")[0] == status, what, said["Verify"])
    appraised = said["Appraise"]
    for point in ("report_data", "measurement", "debug", "sept_ve_disable", "collateral_current"):
        t.check(appraised[point] == "met", what, appraised)
    good = status == "UpToDate"
    t.check(appraised["tcb_status"] == ("met" if good else "not met"), what, appraised)
    t.check(appraised["tcb_supported"] == ("not met" if status in HOPELESS else "met"), what, appraised)
    t.check(appraised["by UpToDate alone"] == ("accepted" if good else "refused"), what, appraised)
    other = None if good else "refused: none accepts this status" if status in HOPELESS else f"--accept-status {status}: accepted"
    t.check(appraised.get("with another policy") == other, what, appraised)
    t.check(len(said["Refused"]) == 4 and all(text.startswith("refused: ") for text in said["Refused"].values()), what, said["Refused"])
    return said


def tdx_kept(t, folder, status):
    """What --keep writes is judged as its own page says, by the command line that it prints."""
    kept = folder / f"{status}, kept"  # a name that a shell would take apart
    said = tdx_as_json(t, status, "--keep", kept)
    if said is None:
        return
    t.check(sorted(p.name for p in kept.iterdir()) == ["collateral", "event_log.bin", "quote.bin", "root.pem"], status, os.listdir(kept))
    t.check(sorted(os.listdir(kept / "collateral")) == COLLATERAL, status, os.listdir(kept / "collateral"))
    t.check(all(p.stat().st_mode & 0o777 == 0o644 and p.stat().st_size > 0 for p in kept.rglob("*.*") if p.is_file()), status, "modes and sizes")
    page = said["Keep"]
    words = shlex.split(page["judge it"])
    t.check(words[0] == "unitee", status, words)
    t.check(page.get("and accept it") == (None if status in HOPELESS | {"UpToDate"} else f"add --accept-status {status}"), status, page)
    good = status == "UpToDate"
    t.done(f"verify {status}", t.run(*words[1:]), DONE if good else REFUSED)
    if "and accept it" in page:
        t.done(f"verify {status}, accepted", t.run(*words[1:], *page["and accept it"].split()[1:]))
    at = page["in 30 days and later"].split(":")
    t.check(at[0].startswith("add --at "), status, page)
    if good:
        without_root = [w for i, w in enumerate(words) if w != "--trust-anchor" and words[i - 1] != "--trust-anchor"]
        t.refused("verify by Intel's root", t.run(*without_root[1:]), (REFUSED,))
        (kept / "event_log.bin").write_bytes(b"")
        t.refused("verify with an empty log", t.run(*words[1:]), (REFUSED, UNUSABLE))


def tdx(t, folder):
    text = as_text(t, "--tdx", sentences=TDX_SENTENCES, chapters=TDX_CHAPTERS)
    t.check("TCB status             UpToDate, of " in text, "demo --tdx", text)
    as_text(t, "--tdx", "--status", "tdrelaunchadvised", sentences=[*TDX_SENTENCES, "TDRelaunchAdvised, of ", "relaunch the TD"], chapters=TDX_CHAPTERS)
    for status in STATUSES:
        tdx_kept(t, folder, status)
    empty = folder / "empty"
    empty.mkdir()
    as_text(t, "--tdx", "--keep", empty, sentences=[*TDX_SENTENCES, "INSECURE"], chapters=[*TDX_CHAPTERS, "Keep"])
    file = folder / "file"
    file.write_bytes(b"")
    before = sorted(folder.rglob("*"))
    for words in (("--keep", empty), ("--keep", file), ("--keep", folder / "no" / "such"), ("--keep", ""), ("--status", "Great"), ("--status", ""), ("--model", file)):
        outcome = t.run("demo", "--tdx", *words)
        t.refused(f"demo --tdx {words}", outcome, (UNUSABLE,))
        t.check(outcome.stdout == "", f"demo --tdx {words}", "a page before the refusal")
    for words in (("--status", "UpToDate"), ("--keep", folder / "new")):
        t.refused(f"demo {words}", t.run("demo", *words), (UNUSABLE,))
    t.check(sorted(folder.rglob("*")) == before, "demo --tdx", "a refused command has written something")


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder
        t = Tool(sys.argv[1])
        with tempfile.TemporaryDirectory() as kept:
            tdx(t, pathlib.Path(kept))
        readme(t, as_text(t))
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
