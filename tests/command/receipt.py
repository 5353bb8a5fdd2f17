#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee verify` write receipts about SEV-SNP and TDX evidence, accepted and refused, and judge them again when nothing
that they were made from is there any more; and has it refuse receipts that somebody has changed.

usage: receipt.py UNITEE_BINARY EVIDENCE_DIR
"""

import base64
import json
import os
import pathlib
import shutil
import stat
import sys
import tempfile
import time

from corpus import Corpus
from tdx_corpus import TdxCorpus
from tool import DONE, REFUSED, UNUSABLE, have


def judgements(c, t, folder):
    """(name, words, status): the evidence and all that it is judged with are copies below the folder."""
    snp, other = c.case("genoa-v3-vcek"), c.case("milan-v3-vlek-aws")
    report, certificates = folder / "report.bin", folder / "certificates"
    certificates.mkdir()
    shutil.copy(c.evidence_of(snp), report)
    for role in ("vek", "intermediate", "root"):
        shutil.copy(c.root / snp["files"][role], certificates)
    (certificates / "notes.txt").write_text("no endorsement")
    given = (report, "--endorsements", certificates, "--at", snp["verify_time"])
    yield "snp accepted", given, DONE
    yield "snp policy", (*given, "--measurement", snp["fields"]["measurement"], "--vmpl=1", "--min-tcb", "genoa:snp=1"), REFUSED
    yield "snp missing", (report, "--at", snp["verify_time"]), REFUSED
    yield "snp expired", (*given[:-1], "2040-01-01T00:00:00Z"), REFUSED
    (folder / "broken.bin").write_bytes(report.read_bytes()[:-1])
    yield "snp truncated", (folder / "broken.bin", "--at", snp["verify_time"]), UNUSABLE
    edited = bytearray(report.read_bytes())
    edited[0x90] ^= 1
    (folder / "edited.bin").write_bytes(edited)
    yield "snp forged", (folder / "edited.bin", *given[1:]), REFUSED
    shutil.copy(c.evidence_of(other), folder / "other.bin")
    yield "snp other chip", (folder / "other.bin", *given[1:]), REFUSED
    yield "snp anchor", (*given, "--trust-anchor", certificates / pathlib.Path(snp["files"]["root"]).name), DONE
    hcl = c.case("azure-milan-v2")
    tpm = {}
    for role in ("hcl_report", "vek", "tpm_quote_message", "tpm_quote_signature", "tpm_pcrs_sha256"):
        tpm[role] = folder / f"{role}-{pathlib.Path(hcl['files'][role]).name}"
        shutil.copy(c.root / hcl["files"][role], tpm[role])
    chain = folder / "chain"
    chain.mkdir()
    for role in ("intermediate", "root"):
        shutil.copy(c.root / hcl["files"][role], chain)
    yield "snp vTPM", (tpm["hcl_report"], "--endorsements", tpm["vek"], "--endorsements", chain, "--at", hcl["verify_time"], "--tpm-quote",
                       tpm["tpm_quote_message"], "--tpm-signature", tpm["tpm_quote_signature"], "--tpm-pcrs", tpm["tpm_pcrs_sha256"]), DONE

    td, collateral = folder / "quote.bin", folder / "collateral"
    case = t.case("gcp-cos113")
    shutil.copy(t.path(case), td)
    shutil.copytree(t.collateral("00806f05-2025-06"), collateral)
    shutil.copy(t.root / "ccel/gcp-cos113.bin", folder / "ccel.bin")
    given = (td, "--endorsements", collateral, "--at", "2025-06-25T00:00:00Z")
    yield "tdx accepted", given, DONE
    yield "tdx log", (*given, "--event-log", folder / "ccel.bin", "--event-data"), DONE
    yield "tdx policy", (*given, "--fmspc", "000000000000", "--rtmr=3:zero"), REFUSED
    yield "tdx missing", (td, "--at", "2025-06-25T00:00:00Z"), REFUSED
    yield "tdx expired", (*given[:-1], "2025-08-25T00:00:00Z"), REFUSED
    (folder / "short.bin").write_bytes(td.read_bytes()[:100])
    yield "tdx truncated", (folder / "short.bin", *given[1:]), UNUSABLE
    shutil.copy(t.root / "azure/azure-2023/evidence.json", folder)
    yield "tdx Azure", (folder / "evidence.json", *given[1:], "--accept-status", "OutOfDate"), DONE


def round_trips(c, t):
    """Receipts of all judgements; [(name, path)]."""
    work = pathlib.Path(tempfile.mkdtemp(dir=c.temporary))
    kept = pathlib.Path(tempfile.mkdtemp(dir=c.temporary))
    out = []
    for what, words, status in judgements(c, t, work):
        receipt = kept / f"{what.replace(' ', '-')}.json"
        fresh = {form: c.run("verify", *words, *form) for form in ((), ("--json",))}
        written = c.run("verify", *words, "--receipt", receipt)
        c.check((written.returncode, written.stdout, written.stderr) ==
                (status, fresh[()].stdout, fresh[()].stderr), what, f"{written.returncode}: {written.stderr}")
        if not c.check(receipt.is_file(), what, "no receipt"):
            continue
        said = json.loads(receipt.read_text())
        c.check(list(said) == ["unitee_receipt", "unitee", "words", "at", "files", "listings", "answer", "status"], what, list(said))
        c.check(said["words"] == [str(word) for word in words] and said["status"] == status and said["answer"] + "\n" == fresh[("--json",)].stdout, what, said["words"])
        c.check(stat.S_IMODE(receipt.stat().st_mode) == 0o644, what, oct(receipt.stat().st_mode))
        for each in said["files"]:
            content = base64.urlsafe_b64decode(each["base64url"] + "=" * (-len(each["base64url"]) % 4))
            c.check(content == pathlib.Path(each["name"]).read_bytes(), what, each["name"])
        out.append((what, receipt, status, fresh))
    shutil.rmtree(work)  # what is judged again is in the receipt alone
    for what, receipt, status, fresh in out:
        person, machine = c.run("verify", receipt), c.run("verify", receipt, "--json")
        note = f"unitee verify: {receipt}: this is a receipt, judged at {json.loads(receipt.read_text())['at']}, by the policy and trust anchors of whoever wrote it\n"
        answer, said = json.loads(fresh[("--json",)].stdout), json.loads(machine.stdout)
        c.check(list(said)[:4] == ["receipt", "words", "at", "same"] and said["receipt"] is True and said["same"] is True, what, list(said))
        c.check(said["words"] == json.loads(receipt.read_text())["words"] and said == said | answer and set(said) == {"receipt", "words", "same", *answer}, what, machine.stdout)
        c.check((machine.returncode, machine.stderr) == (status, note + fresh[("--json",)].stderr), what, f"{machine.returncode}: {machine.stderr}")
        c.check(person.returncode == status and person.stderr == note + fresh[()].stderr and person.stdout.startswith(f"receipt     {receipt}") and
                person.stdout.endswith(fresh[()].stdout) and "nobody signed it" in person.stdout, what, person.stdout[:400] + person.stderr)
        moved = receipt.with_name("moved.json")
        shutil.copy(receipt, moved)
        for words in (("--json", moved), ("--json", "--", moved), ("--", moved)):
            moved_says = c.run("verify", *words)
            c.check(moved_says.returncode == status and ("--json" not in words or moved_says.stdout == machine.stdout), what, f"moved {words}")
    return [receipt for _, receipt, _, _ in out]


def tampered(c, receipts):
    """A receipt that says something else than what was judged is refused, and one that makes no sense cannot be used."""
    accepted, refused = receipts[0], receipts[1]
    file = accepted.with_name("tampered.json")

    def judged(change, base=accepted, *words):
        said = json.loads(base.read_text())
        change(said)
        file.write_text(json.dumps(said))
        return c.run("verify", file, *words)

    def file_of(said, name):
        return next(each for each in said["files"] if each["name"].endswith(name))

    c.done("rewritten", judged(lambda said: None))
    outcome = judged(lambda said: said.update(answer=said["answer"].replace('"accepted"', '"refused"')))
    c.refused("another verdict", outcome, said="in /verdict: refused (exit status 0) then, accepted (0) now")
    outcome = judged(lambda said: said.update(answer=said["answer"].replace('"refused"', '"accepted"')), refused, "--json")
    c.refused("another verdict", outcome, said="in /verdict: accepted (exit status 1) then, refused (1) now")
    told = json.loads(outcome.stdout)
    c.check(list(told)[:4] == ["receipt", "words", "at", "same"] and told["receipt"] is True and told["same"] is False and told["member"] == "/verdict" and told["now"] == {"verdict": "refused", "status": 1}, "another verdict", told)
    c.refused("another status", judged(lambda said: said.update(status=1)), said="in /status: accepted (exit status 1) then, accepted (0) now")
    c.refused("no JSON", judged(lambda said: said.update(answer="accepted")), said="at byte 0: no verdict")
    for text in ("[" * 1000000, '{"a":' * 1000000, "\u0000", '{"verdict":1}'):
        c.refused("an answer of another form", judged(lambda said, text=text: said.update(answer=text)), said="no verdict (exit status 0) then, accepted (0) now")
    for change, where in ((lambda answer: answer["checks"][0].update({"outcome": "met?"}), "/checks/0/outcome"),
                          (lambda answer: answer["checks"].pop(), f"/checks/{len(json.loads(json.loads(accepted.read_text())['answer'])['checks']) - 1}"),
                          (lambda answer: answer["checks"].append(1), f"/checks/{len(json.loads(json.loads(accepted.read_text())['answer'])['checks'])}"),
                          (lambda answer: answer.update({"a/b~c": 1}), "/a~1b~0c"), (lambda answer: answer.update({"zz": 1}), "/zz"),
                          (lambda answer: answer.pop("verdict"), "/verdict"), (lambda answer: answer.update(checks={}), "/checks")):
        answer = json.loads(json.loads(accepted.read_text())["answer"])
        change(answer)
        c.refused(where, judged(lambda said: said.update(answer=json.dumps(answer))), said=f", in {where}: ")
    # Answers that differ everywhere take no longer than others.
    answer = json.dumps({"checks": [[n] for n in range(60000)], **{str(n): n for n in range(60000)}})
    began = time.monotonic()
    c.refused("very many members", judged(lambda said: said.update(answer=answer)), said=", in /0: no verdict")
    c.check(time.monotonic() - began < 20, "very many members", time.monotonic() - began)
    c.refused("too many values in an answer", judged(lambda said: said.update(answer="[" + "0," * 200000 + "0]")), said="at byte 0: no verdict")
    c.refused("a terminal's escape", judged(lambda said: said["words"].append("--\x1b[2J\u009b")), (UNUSABLE,), said="\\x1b[2J\\xc2\\x9b")
    c.refused("one byte more", judged(lambda said: said.update(answer=said["answer"] + "\n")), said="differs at byte")
    c.refused("another policy", judged(lambda said: said["words"].extend(["--vmpl", "1"])), said="differs at byte")
    c.refused("no policy", judged(lambda said: said["words"].remove("--vmpl=1"), refused), said="differs at byte")

    def other_report(said):
        each = file_of(said, "report.bin")
        content = bytearray(base64.urlsafe_b64decode(each["base64url"] + "=="))
        content[0x90] ^= 1
        each["base64url"] = base64.urlsafe_b64encode(content).decode().rstrip("=")

    c.refused("another report", judged(other_report), said="in /")
    c.refused("another time", judged(lambda said: said.update(at="2026-03-02T00:00:00Z")), (UNUSABLE,), said="--at is not the time")
    unusable = {
        "no file": lambda said: said["files"].remove(file_of(said, "report.bin")),
        "no certificate": lambda said: said["files"].remove(file_of(said, ".pem")),
        "no listing": lambda said: said["listings"].clear(),
        "an unknown member": lambda said: said.update(more=1),
        "an unknown member of a file": lambda said: said["files"][0].update(mode=1),
        "an unknown member of a listing": lambda said: said["listings"][0].update(mode=1),
        "a file twice": lambda said: said["files"].append(said["files"][0]),
        "a listing twice": lambda said: said["listings"].append(said["listings"][0]),
        "a later version": lambda said: said.update(unitee_receipt=2),
        "no version": lambda said: said.update(unitee_receipt="1"),
        "no time": lambda said: said.pop("at"),
        "no such time": lambda said: said.update(at="yesterday"),
        "an impossible status": lambda said: said.update(status=3),
        "a status in words": lambda said: said.update(status="0"),
        "words that are none": lambda said: said.update(words="verify"),
        "a word that is none": lambda said: said["words"].append(1),
        "an unknown option": lambda said: said["words"].append("--later"),
        "an option's value missing": lambda said: said["words"].append("--vmpl"),
        "no evidence": lambda said: said.update(words=[]),
        "another receipt": lambda said: said["words"].extend(["--receipt", "x"]),
        "--json": lambda said: said["words"].append("--json"),
        "--help": lambda said: said["words"].append("--help"),
        "a file without content": lambda said: said["files"][0].pop("base64url"),
        "base64 of another alphabet": lambda said: file_of(said, ".bin").update(base64url="AA+A"),
        "base64 cut off": lambda said: file_of(said, ".bin").update(base64url="AAAAA"),
        "base64 with stray bits": lambda said: file_of(said, ".bin").update(base64url="AB"),
        "files that are none": lambda said: said.update(files={}),
        "a file that is none": lambda said: said["files"].append(7),
    }
    for what, change in unusable.items():
        c.refused(what, judged(change), (UNUSABLE,), said=str(file))
    c.refused("base64 of another alphabet", judged(unusable["base64 of another alphabet"]), (UNUSABLE,), said="(bad_encoding)")
    # A receipt is at most 16384 values: 9 are always there, a file is 3, and a listing is 3 and its names.
    said = json.loads(accepted.read_text())
    words = 16384 - 9 - 3 * len(said["files"]) - sum(3 + len(each["files"]) for each in said["listings"])
    for more, told in ((0, "in the command line of the receipt"), (1, "(bad_length)")):
        c.refused("very many words", judged(lambda said: said.update(words=["x"] * (words + more))), (UNUSABLE,), said=told)
    text = accepted.read_text()
    at = text.index('"base64url": "') + len('"base64url": "')
    file.write_text(text[:at + 40] + "*" + text[at + 41:])
    c.refused("a broken digit", c.run("verify", file), (UNUSABLE,), said=f"offset {at + 40:#x}")
    file.write_text(text.replace('"status"', '"unitee": "x", "status"'))
    c.refused("a member twice", c.run("verify", file), (UNUSABLE,), said="(duplicate)")
    for size in [*range(17, 120), *range(120, len(text) - 2, max(1, len(text) // 60))]:
        file.write_text(text[:size])
        c.refused(f"{size} bytes of a receipt", c.run("verify", file), (UNUSABLE,))


def arguments(c, receipts):
    receipt = receipts[0]
    for words in (("--receipt", "x"), ("--vmpl", "0"), ("--at", "2026-03-01T00:00:00Z"), ("--endorsements", "/"), ("--json", "--ear")):
        c.refused(f"{words[0]} beside a receipt", c.run("verify", receipt, *words), (UNUSABLE,))
    c.refused("--ear", c.run("verify", receipt, "--ear"), (UNUSABLE,), said="is a receipt, and --ear is about evidence alone")
    folder = pathlib.Path(tempfile.mkdtemp(dir=c.temporary))
    case = c.case("genoa-v3-vcek")
    report = folder / "report.bin"
    shutil.copy(c.evidence_of(case), report)
    given = ("verify", report, *c.endorsements(case), "--at", case["verify_time"])
    content = report.read_bytes()
    (folder / "link").symlink_to(report)
    for path in (report, folder / "link", folder / "." / "report.bin"):
        c.refused("over its own input", c.run(*given, "--receipt", path), (UNUSABLE,), said="--receipt would replace an input")
    c.check(report.read_bytes() == content, "over its own input", "replaced")
    chain = folder / "chain"
    chain.mkdir()
    for each in c.endorsements(case)[1::2]:
        shutil.copy(each, chain)
    of_folder = ("verify", report, "--endorsements", chain, "--at", case["verify_time"])
    for path in (chain / "receipt.json", chain / ".." / "chain" / "receipt.json"):
        c.refused("among its own inputs", c.run(*of_folder, "--receipt", path), (UNUSABLE,), said="--receipt would become an input")
    outcome = c.run("verify", report, "--endorsements", ".", "--at", case["verify_time"], "--receipt", "receipt.json", cwd=chain)
    c.refused("among its own inputs", outcome, (UNUSABLE,), said="--receipt would become an input")
    c.done("beside its own inputs", c.run(*of_folder, "--receipt", folder / "beside.json"))
    (folder / "beside.json").unlink()
    shutil.rmtree(chain)
    c.refused("no such folder", c.run(*given, "--receipt", folder / "none/receipt.json"), (UNUSABLE,))
    c.refused("a folder", c.run(*given, "--receipt", folder), (UNUSABLE,))
    for words in (("--nonsense",), ("--vmpl", "9"), ("--rtmr", "0:zero"), ("--endorsements", "/no/such/file"), ("--receipt", folder / "twice")):
        c.refused(f"{words[0]} writes no receipt", c.run(*given, *words, "--receipt", folder / "receipt.json"), (UNUSABLE,))
    c.check(sorted(path.name for path in folder.iterdir()) == ["link", "report.bin"], "files left", list(folder.iterdir()))
    (folder / "receipt.json").write_text("older")
    c.done("in place of another file", c.run(*given, "--receipt=" + str(folder / "receipt.json"), "--json"))
    words = json.loads((folder / "receipt.json").read_text())["words"]
    c.check(words == [str(word) for word in given[1:]], "words", words)
    # Without --at the clock's time is recorded.
    c.run("verify", report, *c.endorsements(case), "--receipt", folder / "receipt.json")
    c.check(c.run("verify", folder / "receipt.json").stdout.startswith("receipt "), "the clock", "not the same")
    c.done("an operand behind --", c.run(*given[:1], *given[2:], "--receipt", folder / "receipt.json", "--", report))
    c.done("an operand behind --", c.run("verify", folder / "receipt.json"))
    if os.geteuid() != 0:
        folder.chmod(0o500)
        c.refused("not allowed", c.run(*given, "--receipt", folder / "other.json"), (UNUSABLE,))
        folder.chmod(0o700)


def main():
    binary, evidence = sys.argv[1:]
    if not have(evidence):
        return 0
    c, t = Corpus(binary, evidence), TdxCorpus(binary, evidence)
    with tempfile.TemporaryDirectory() as folder:
        c.temporary = folder
        receipts = round_trips(c, t)
        tampered(c, receipts)
        arguments(c, receipts)
    return c.report()


if __name__ == "__main__":
    sys.exit(main())
