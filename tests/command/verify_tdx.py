#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee verify` judge every recorded TDX case, mutation, collateral negative and event log, and compares with what the
manifest expects: exit status, kind of failure, where it is, status of the TCB.

usage: verify_tdx.py UNITEE_BINARY EVIDENCE_DIR
"""

import json
import pathlib
import shutil
import sys
import tempfile

from tdx_corpus import EVERYTHING, TdxCorpus, edited
from tool import DONE, REFUSED, UNUSABLE, have

# What stops each mutation of a quote: the step, and the exit status.
STOPS = {"quote-signature": ("signature", REFUSED), "qe-report-signature": ("qe_report_signature", REFUSED),
         "qe-report-data+qe-report-signature": ("qe_report_signature", REFUSED), "qe-report-data": ("key_binding", REFUSED),
         "attestation-key": ("key_binding", REFUSED), "parse": ("parse", UNUSABLE), "version": ("parse", UNUSABLE),
         "vendor-id+quote-signature": ("parse", UNUSABLE), "attestation-key-type": ("parse", UNUSABLE), "tee-type": ("parse", UNUSABLE),
         "certification-data-type": ("parse", UNUSABLE)}
# Of these, the value itself is impossible.
IMPOSSIBLE = {"v4-signature-zero", "v4-signature-r-zero"}


def cases(c):
    for case in c.quotes():
        inspected = json.loads(c.run("inspect", "--json", c.path(case)).stdout)
        for name in ("file", "size", "sha256"):
            inspected.pop(name)
        for evaluation in case.get("evaluations", ()):
            what, status = f"{case['id']} {evaluation['collateral']}", evaluation["tcb_status"]
            given = (c.path(case), evaluation["collateral"], evaluation["verify_at"])
            outcome, said = c.judged(*given, *EVERYTHING)
            if status == "NotSupported":
                c.refused(what, outcome, said="tcb_status is not met: found NotSupported, wanted UpToDate")
            else:
                c.done(what, outcome)
            c.check(said["verdict"] == ("refused" if status == "NotSupported" else "accepted"), what, said["verdict"])
            tcb = said["tcb"]
            c.check((tcb["status"], tcb["date"]) == (status, evaluation.get("tcb_date")), what, tcb)
            if "advisory_ids" in evaluation:
                c.check(tcb["advisories"] == evaluation["advisory_ids"], what, tcb)
            c.check(tcb["launch"]["platform"]["level"] == evaluation.get("level_index", -1) + 1, what, tcb["launch"])
            c.check(tcb["launch"]["platform"]["status"] == evaluation.get("level_status"), what, tcb["launch"])
            if "module_id" in evaluation:
                c.check(tcb["launch"]["module"]["status"] == evaluation["module_status"], what, tcb["launch"])
            if "qe_status" in evaluation:
                c.check(tcb["launch"]["enclave"]["status"] == evaluation["qe_status"], what, tcb["launch"])
            if "current_status" in evaluation:
                c.check((tcb["launch"]["status"], tcb["current"]["status"]) == (evaluation["launch_status"], evaluation["current_status"]), what, tcb)
            c.check((tcb["accept_status"] is None) == (status == "NotSupported"), what, tcb["accept_status"])
            c.check(said["quote"] == inspected, what, "the quote is not what inspect says")
            platform, pck = said["claims"]["platform"], case["pck"]
            c.check((platform["fmspc"], platform["pce_id"], platform["ppid"], platform["platform_instance_id"], platform["smt"]) ==
                    (pck["fmspc"], pck["pceid"], pck["ppid"], pck.get("platform_instance_id"), pck.get("smt_enabled")), what, platform)
            c.check(said["missing"] == [] and said["claims"]["trust_anchor"] == "pinned", what, said["missing"])
            if "trailing_bytes" in case["fields"]:
                rest = said["claims"]["unsigned_bytes"]
                c.check((rest["count"], rest["all_zero"] or rest["count"] == 0) ==
                        (case["fields"]["trailing_bytes"], case["fields"]["trailing_all_zero"]), what, rest)
            dates = [each["next_update"] for each in said["collateral"]]
            c.check(dates == sorted(dates) and dates[0] == said["claims"]["current_until"], what, dates)
            c.check([step["number"] for step in said["steps"]] == list(range(1, 15)), what, said["steps"])
            # What nobody allowed is refused, each for itself.
            outcome, said = c.judged(*given)
            reasons = [check["check"] for check in said["checks"] if check["outcome"] == "not met"]
            wanted = ["tcb_status"] if status != "UpToDate" else []
            wanted += ["debug"] if case.get("flags", {}).get("debug") else []
            wanted += ["tcb_supported"] if status == "NotSupported" else []
            wanted += ["quote_body"] if case["quote_version"] == 3 else []
            wanted += ["mrservicetd"] if case.get("flags", {}).get("mr_service_td_nonzero") else []
            c.check(reasons == wanted and outcome.returncode == (REFUSED if wanted else DONE), what, f"{reasons}, not {wanted}")
            older = c.judged(*given, *EVERYTHING, "--tcb-procedure", "qvl-2024")[1]["tcb"]
            c.check((older["status"], older["procedure"]) == (status, "qvl-2024"), what, older)


def ears(c):
    """What --ear says of good evidence, of what a policy refuses, and of what is no evidence."""
    good, old = c.case("b0c06f-uptodate"), c.case("debug-td")
    given = (c.path(good), "b0c06f-2025-06", "2025-06-25T00:00:00Z", "--ear")
    for what, outcome, status, ear in (
            ("accepted", c.verify(*given), DONE, "affirming"), ("refused", c.verify(*given, "--fmspc", "000000000000"), REFUSED, "contraindicated"),
            ("debug", c.verify(c.path(old), "50806f-2023-06", "2023-06-25T00:00:00Z", "--ear", "--allow-debug"), DONE, "contraindicated"),
            ("out of date", c.verify(c.path(old), "50806f-2026-03", "2026-03-20T00:00:00Z", "--ear", *EVERYTHING), DONE, "contraindicated"),
            ("missing", c.run("verify", c.path(good), "--ear"), REFUSED, None), ("not evidence", c.run("verify", c.root / "MANIFEST.json", "--ear"), UNUSABLE, None),
            ("cut off", c.verify(c.collateral("b0c06f-2025-06") / "pck_crl.der", *given[1:]), UNUSABLE, "contraindicated")):
        c.check(outcome.returncode == status, f"--ear {what}", outcome.stderr)
        if ear is not None:
            said = json.loads(outcome.stdout)["submods"]["cpu0"]
            c.check(said["ear.status"] == ear, f"--ear {what}", said["ear.status"])
    c.refused("--json --ear", c.verify(*given, "--json"), (UNUSABLE,), said="--json or --ear")


def readable(c):
    """What a person is told of a TCB that is out of date."""
    azure = c.case("azure-2023")
    outcome = c.verify(c.path(azure), "00806f05-2025-06", "2025-06-25T00:00:00Z")
    c.refused("azure-2023", outcome, said="tcb_status is not met: found OutOfDate, wanted UpToDate")
    for line in ("platform    FMSPC 00806f050000", "Intel's root, pinned in this library", "TCB         OutOfDate, of 2023-08-09",
                 "advisories  INTEL-SA-00960 INTEL-SA-00982 INTEL-SA-00986", "platform: level 2 of ", "TDX module ISVSVN 2, a better level asks for ",
                 " behind)", "fell behind on ", "what helps  update the TDX module", "to accept   --accept-status OutOfDate",
                 "collateral  ", "All four RTMRs are zero", "report_data                   not asked", "measurement                   not asked"):
        c.check(line in outcome.stdout, "readable", f"no {line!r} in {outcome.stdout}")
    c.check("accepted" not in outcome.stdout.splitlines(), "readable", outcome.stdout)
    trailing = c.verify(c.path(c.case("gotdx-spr-e4")), "50806f-2026-03", "2026-03-20T00:00:00Z").stdout
    c.check("39 bytes follow, NOT ALL ZERO" in trailing and "no policy accepts this" in trailing, "readable", trailing)
    accepted = c.verify(c.path(c.case("b0c06f-uptodate")), "b0c06f-2025-06", "2025-06-25T00:00:00Z")
    c.check(accepted.stdout.endswith("\naccepted\n") and accepted.stderr == "" and "to accept" not in accepted.stdout, "readable", accepted.stdout)


def missing(c):
    case = c.case("b0c06f-uptodate")
    outcome = c.run("verify", c.path(case), "--at", "2025-06-25T00:00:00Z")
    c.refused("no collateral", outcome)
    for address in ("https://api.trustedservices.intel.com/tdx/certification/v4/tcb?fmspc=b0c06f000000", "/tdx/certification/v4/qe/identity",
                    "/sgx/certification/v4/pckcrl?ca=platform&encoding=der", "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"):
        c.check(address in outcome.stdout, "no collateral", outcome.stdout)
    said = json.loads(c.run("verify", c.path(case), "--json", "--at", "2025-06-25T00:00:00Z").stdout)
    c.check({each["what"] for each in said["missing"]} >= {"TCB info", "QE identity", "PCK CRL", "root CA CRL"}, "no collateral", said["missing"])
    c.check("unverified_quote" in said and "quote" not in said and said["verdict"] == "refused", "no collateral", list(said))
    for name in ("tdreport-15", "tdreport-10"):
        c.refused(name, c.run("verify", c.path(c.case(name))), (UNUSABLE,), said="TD report")


def mutations(c):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "quote.bin"
        for recipe in c.manifest["quote_mutations"]["list"]:
            what = recipe["id"]
            base = next(case for case in c.quotes() if case["file"] == recipe["base"])
            evaluation = base["evaluations"][-1]
            file.write_bytes(edited(c.path(base).read_bytes(), recipe["edits"]))
            outcome, said = c.judged(file, evaluation["collateral"], evaluation["verify_at"], *EVERYTHING)
            if recipe["first_failures"] == "valid":
                c.done(what, outcome)
                c.check(said["verdict"] == "accepted" and said["tcb"]["status"] == evaluation["tcb_status"], what, said.get("failure"))
                continue
            if recipe["first_failures"].startswith("pck-chain"):
                c.refused(what, outcome, (REFUSED, UNUSABLE))
                c.check(said["failure"]["part"] in ("PCK certificate", "quote"), what, said["failure"])
                continue
            step, status = STOPS[recipe["first_failures"]]
            c.refused(what, outcome, (UNUSABLE if what in IMPOSSIBLE else status,))
            c.check(said["verdict"] == "refused" and said["failure"]["step"]["name"] == step and said["failure"]["part"] == "quote", what, said.get("failure"))


def rewritten(document, change):
    """A document of the service with its inner object changed by change(text)."""
    text = document.read_text()
    name = "tcbInfo" if '"tcbInfo"' in text else "enclaveIdentity"
    start = text.index("{", text.index(f'"{name}"'))
    value, size = json.JSONDecoder().raw_decode(text[start:])
    document.write_text(text[:start] + change(text[start:start + size], value) + text[start + size:])


def one(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


def swap_signatures(folder):
    files = [folder / "tcb_info.json", folder / "qe_identity.json"]
    signatures = [json.loads(file.read_text())["signature"] for file in files]
    for file, mine, other in zip(files, signatures, reversed(signatures)):
        file.write_text(one(file.read_text(), mine, other))


def flip(path):
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


# How each collateral negative changes the set, and what comes of it: kind, part, and step; None is accepted.
CHANGES = {
    "tcb-info-status-edited": (lambda f, o: rewritten(f / "tcb_info.json", lambda t, v: one(t, '"UpToDate"', '"OutOfDate"')), ("signature_invalid", "TCB info")),
    "tcb-info-respaced": (lambda f, o: rewritten(f / "tcb_info.json", lambda t, v: json.dumps(v)), ("signature_invalid", "TCB info")),
    "tcb-info-key-order": (lambda f, o: rewritten(f / "tcb_info.json", lambda t, v: json.dumps(v, sort_keys=True, separators=(",", ":"))), ("signature_invalid", "TCB info")),
    "tcb-info-compact-same-order": (lambda f, o: rewritten(f / "tcb_info.json", lambda t, v: json.dumps(v, separators=(",", ":"))), None),
    "outer-whitespace": (lambda f, o: (f / "tcb_info.json").write_text(
        one(one((f / "tcb_info.json").read_text(), '{"tcbInfo":', ' {\n "tcbInfo" : '), ',"signature":', ' ,\n\t"signature" : ') + "\n\n"), None),
    "qe-identity-edited": (lambda f, o: rewritten(f / "qe_identity.json", lambda t, v: one(t, '"isvsvn":4', '"isvsvn":3')), ("signature_invalid", "QE identity")),
    "signatures-swapped": (lambda f, o: swap_signatures(f), ("signature_invalid", "TCB info")),
    "signature-short": (lambda f, o: (f / "tcb_info.json").write_text((f / "tcb_info.json").read_text().rstrip()[:-3] + '"}'), ("truncated", "input")),
    "sgx-collateral-for-td": (None, ("product_mismatch", "TCB info")),
    "other-fmspc": (None, ("platform_mismatch", "TCB info")),
    "td-collateral-for-sgx": (None, ("product_mismatch", "TCB info")),
    "qe-identity-of-sgx": (lambda f, o: shutil.copy(o / "qe_identity.json", f), ("product_mismatch", "QE identity")),
    "wrong-pck-crl": (lambda f, o: [shutil.copy(o / name, f) for name in ("pck_crl.der", "pck_crl_issuer_chain.pem")], ("issuer_mismatch", "PCK CRL")),
    "pck-crl-bit": (lambda f, o: flip(f / "pck_crl.der"), ("signature_invalid", "PCK CRL")),
    "root-crl-missing": (lambda f, o: (f / "root_ca_crl.der").unlink(), ("missing", "root CA CRL")),
    "tcb-chain-replaced": (lambda f, o: shutil.copy(f / "pck_crl_issuer_chain.pem", f / "tcb_info_issuer_chain.pem"), ("name_mismatch", "TCB signing certificate")),
    "tcb-info-expired": (None, ("expired", "TCB info")),
    "collateral-not-yet-issued": (None, ("not_yet_valid", "TCB info")),
    "pck-not-yet-valid": (None, ("not_yet_valid", "PCK certificate")),
    "root-crl-expired": (None, ("expired", "root CA CRL")),
    "boundary-next-update": (None, None),
    "boundary-next-update-plus-1": (None, ("expired", "PCK CRL")),
    "intel-root-with-test-quote": (None, ("untrusted_root", "root certificate")),
    "test-root-with-intel-quote": (None, ("untrusted_root", "root certificate")),
}


def collateral(c):
    c.check({each["id"] for each in c.manifest["collateral_negatives"]} == set(CHANGES), "collateral negatives", list(CHANGES))
    other = c.collateral("sgx-00a067-2025-06")
    for negative in c.manifest["collateral_negatives"]:
        what, (change, expected) = negative["id"], CHANGES[negative["id"]]
        case = c.case(negative["quote"])
        options = ["--trust-anchor", c.root / "trust/qvl_test_root_tdx.pem", "--no-pinned-roots"] if what.startswith("test-root") else []
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary) / "set"
            shutil.copytree(c.collateral(negative["collateral"]), folder)
            if what.startswith("intel-root"):  # whose documents are refused by themselves
                for name in ("tcb_info.json",):
                    (folder / name).unlink()
            if change is not None:
                change(folder, other)
            outcome, said = c.judged(c.path(case), folder, negative["verify_at"], *EVERYTHING, *options)
        if expected is None:
            c.done(what, outcome)
            c.check(said["verdict"] == "accepted", what, said.get("failure"))
        elif said:
            c.refused(what, outcome)
            failure = said["failure"]
            c.check((failure["kind"], failure["part"]) == expected, what, failure)
        else:  # a file that cannot be used
            c.refused(what, outcome, (UNUSABLE,), said=f"({expected[0]})")
    good = c.path(c.case("b0c06f-uptodate"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "set"
        shutil.copytree(c.collateral("b0c06f-2025-06"), folder)
        chain = folder / "tcb_info_issuer_chain.pem"
        chain.write_bytes(chain.read_bytes().replace(b"CERTIFICATE", b"PUBLIC KEY"))
        at = ("--at", "2025-06-25T00:00:00Z")
        c.refused("a chain without a certificate", c.run("verify", good, "--endorsements", folder, *at), (UNUSABLE,), said=f"{chain}: ")
        c.refused("an anchor without a certificate", c.run("verify", good, "--trust-anchor", chain, *at), (UNUSABLE,), said="(unrecognized)")
        chain.unlink()  # its certificates lie in another file, too
        c.done("no chain for one document", c.run("verify", good, "--endorsements", folder, *at))
    strict = c.verify(c.path(c.case("qvl-test-root")), "qvl-test-tdx", "2025-06-25T00:00:00Z", "--trust-anchor", c.root / "trust/qvl_test_root_tdx.pem")
    c.refused("SVNs above 255", strict, (UNUSABLE,), said="TCB info, offset")
    stale = (c.path(c.case("b0c06f-uptodate")), "b0c06f-2025-06", "2025-07-22T00:00:00Z")
    c.refused("past the next update", c.verify(*stale), said="(expired)")
    outcome = c.verify(*stale, "--collateral-grace", 3)
    c.done("with three days of grace", outcome)
    c.check("WHICH IS OVER" in outcome.stdout, "with grace", outcome.stdout)
    c.refused("with two days of grace", c.verify(*stale, "--collateral-grace", 2), said="(expired)")


def logs(c):
    case = c.case("gcp-cos113")
    given, log = (c.path(case), "00806f05-2025-06", "2025-06-25T00:00:00Z"), c.root / "ccel/gcp-cos113.bin"
    outcome, said = c.judged(*given, "--event-log", log, "--event-data")
    c.done("event log", outcome)
    registers = said["event_log"]["registers"]
    c.check([each["found"] for each in registers] == [case["fields"][f"rtmr{i}"] for i in range(4)], "event log", registers)
    c.check(all(each["same"] and each["found"] == each["replayed"] for each in registers), "event log", registers)
    facts = said["event_log"]["facts"]
    c.check(len(facts) > 10 and all(bytes.fromhex(each["proven"]) in log.read_bytes() for each in facts), "event log", len(facts))
    person = c.verify(*given, "--event-log", log)
    c.check("proven by the registers, byte for byte" in person.stdout and person.stdout.count(" as replayed") == 4, "event log", person.stdout)
    inspected = json.loads(c.run("inspect", "--json", log).stdout)
    digest = inspected["events"][1]["digests"]["sha384"]
    met = [n for n in range(4) if c.verify(*given, "--event-log", log, "--event", f"RTMR{n}:{digest}").returncode == DONE]
    c.check(len(met) == 1, "--event", met)
    c.refused("--event", c.verify(*given, "--event-log", log, "--event", f"{met[0]}:{'11' * 48}"), said="event is not met: found no such event in RTMR")
    c.refused("--event-index pcr", c.verify(*given, "--event-log", log, "--event-index", "pcr"), (REFUSED, UNUSABLE))
    expected = {"ccel-other-quote": ("RTMR0, RTMR1, RTMR2", REFUSED), "ccel-digest-bit": ("RTMR0", REFUSED), "ccel-truncated": ("", UNUSABLE),
                "ccel-event-data-bit": ("event_data is not met", REFUSED)}
    c.check({each["id"] for each in c.manifest["event_log_negatives"]} == set(expected), "event log negatives", expected)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "log.bin"
        for negative in c.manifest["event_log_negatives"]:
            what, (text, status) = negative["id"], expected[negative["id"]]
            file.write_bytes(edited((c.root / negative["ccel"]).read_bytes(), negative.get("edits", ())))
            outcome = c.verify(*given, "--event-log", file, "--event-data")
            c.refused(what, outcome, (status,), said=text)
            if what == "ccel-event-data-bit":
                c.done(what, c.verify(*given, "--event-log", file))
            elif status == REFUSED:
                said = c.judged(*given, "--event-log", file)[1]
                differ = ", ".join(f"RTMR{each['rtmr']}" for each in said["event_log"]["registers"] if not each["same"])
                c.check(differ == text and said["event_log"]["facts"] == [] and said["failure"]["part"] == "event log", what, said["failure"])
    for words in (("--event", f"0:{digest}"), ("--event-data",), ("--event-index", "cc")):
        c.refused(words[0], c.verify(*given, *words), (UNUSABLE,), said="is about an --event-log")
    for words in (("--event", "4:" + digest), ("--event", digest), ("--event", "0:11"), ("--event-index", "tpm")):
        c.refused(" ".join(words), c.verify(*given, "--event-log", log, *words), (UNUSABLE,), said=words[0])


def azure(c):
    folder, at = c.root / "azure/azure-2023", "2025-06-25T00:00:00Z"
    fields = c.case("azure-2023-evidence")["fields"]
    files = {"--hcl-report": "hcl_report.bin", "--tpm-quote": "tpm_quote_message.bin", "--tpm-signature": "tpm_quote_signature.bin", "--tpm-pcrs": "pcrs_sha256.bin"}
    beside = [word for option, name in files.items() for word in (option, folder / name)]
    old = ("--accept-status", "outofdate")
    nonce = ("--nonce", fields["tpm_extra_data"])
    for what, evidence, words in (("files", folder / "td_quote.bin", beside), ("JSON", folder / "evidence.json", [])):
        what = f"Azure evidence as {what}"
        outcome, said = c.judged(evidence, "00806f05-2025-06", at, *old, *words, *nonce)
        c.done(what, outcome)
        c.check({each["check"]: each["outcome"] for each in said["vtpm"]["checks"]} ==
                dict.fromkeys(("hcl_td_report", "runtime_data", "tpm_quote", "tpm_nonce", "tpm_pcrs"), "met"), what, said["vtpm"])
        c.check(said["vtpm"]["pcrs"][0] == fields["pcr0"] and said["claims"]["registers_are_zero"] is True, what, said["vtpm"])
        c.refused(what, c.verify(evidence, "00806f05-2025-06", at, *old, *words, "--nonce", "00"), said="(binding_mismatch)")
        c.refused(what, c.verify(evidence, "00806f05-2025-06", at, *words, *nonce), said="tcb_status is not met")
        c.check("anybody's guest could have made this" in c.verify(evidence, "00806f05-2025-06", at, *words).stdout, what, "measurement")
    vectors = json.loads((pathlib.Path(__file__).resolve().parents[1] / "vectors/eventlog.json").read_text())
    with tempfile.TemporaryDirectory() as temporary:
        file = pathlib.Path(temporary) / "log.bin"
        file.write_bytes(bytes.fromhex(next(each["hex"] for each in vectors if each["name"] == "no_events")))
        outcome = c.verify(folder / "evidence.json", "00806f05-2025-06", at, *old, "--event-log", file)
        c.refused("a log of nothing", outcome, said="no event that extends one")
        c.check("WHICH MEASURED NOTHING" in outcome.stdout, "a log of nothing", outcome.stdout)
    c.refused("a quote twice", c.verify(folder / "evidence.json", "00806f05-2025-06", at, *beside[:2]), (UNUSABLE,), said="--hcl-report")
    c.refused("a quote twice", c.verify(folder / "evidence.json", "00806f05-2025-06", at, *beside[2:6]), (UNUSABLE,), said="--tpm-quote")
    c.refused("a TD's HCL report alone", c.run("verify", folder / "hcl_report.bin"), (UNUSABLE,), said="HCL report")
    c.refused("without an HCL report", c.verify(folder / "td_quote.bin", "00806f05-2025-06", at, *beside[2:6]), (UNUSABLE,), said="nothing else vouches")
    other = c.case("gcp-cos113")
    c.refused("another TD's HCL report", c.verify(c.path(other), "00806f05-2025-06", at, *beside[:2]), said="HCL report, offset")
    content = (folder / "hcl_report.bin").read_bytes()
    with tempfile.TemporaryDirectory() as temporary:
        file = pathlib.Path(temporary) / "hcl.bin"
        for what, offset, part in (("other runtime data", 0x4D4 + 40, "quote, offset"), ("another REPORTDATA", 0x20 + 128, "HCL report, offset"),
                                   ("another MRTD", 0x20 + 512 + 16, "HCL report, offset"), ("other attributes", 0x20 + 512, "HCL report, offset")):
            file.write_bytes(edited(content, [{"op": "xor", "offset": offset, "hex": "01"}]))
            c.refused(what, c.verify(folder / "td_quote.bin", "00806f05-2025-06", at, *old, "--hcl-report", file), said=part)
        for what, text in (("not evidence", "{}"), ("not JSON", "{"), ("a list", "[1]"), ("empty", '{"hcl_report":""}')):
            file.write_text(text)
            c.refused(what, c.run("verify", file), (UNUSABLE,))


def main():
    binary, evidence = sys.argv[1:]
    if not have(evidence):
        return 0
    c = TdxCorpus(binary, evidence)
    for part in (cases, ears, readable, missing, mutations, collateral, logs, azure):
        part(c)
    return c.report()


if __name__ == "__main__":
    sys.exit(main())
