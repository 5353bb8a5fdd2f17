#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks `unitee verify` every question of its policy about recorded TDX and SGX quotes, with a value that is met and one that
is not, both from the manifest; and has it refuse words that make no sense.

usage: verify_tdx_options.py UNITEE_BINARY EVIDENCE_DIR
"""

import sys

from tdx_corpus import EVERYTHING, TdxCorpus
from tool import UNUSABLE, have

BITS = {"icssd": 16, "servtd_ext": 17, "lass": 27, "sept_ve_disable": 28, "pks": 30, "kl": 31, "tpa": 62, "perfmon": 63}
BODIES = {"td-1.0": "TD 1.0", "td-1.5": "TD 1.5", "td-1.5-extended": "TD 1.5 extended", "enclave": "SGX enclave"}
SGX_TYPES = ("Standard", "Scalable", "ScalableWithIntegrity")
DATE = "2030-01-01"


def flipped(digits):
    return f"{int(digits[:2], 16) ^ 1:02x}{digits[2:]}"


def number(field):
    return int.from_bytes(bytes.fromhex(field), "little")


def of_td(case):
    """Questions about a TD, which an enclave cannot answer: (check, words, whether it is met)."""
    fields = case["fields"]
    td = "mr_td" in fields
    for check, option, name in (("measurement", "--measurement", "mr_td"), ("mrseam", "--mrseam", "mr_seam"), ("mrconfigid", "--mr-config-id", "mr_config_id"),
                                ("mrowner", "--mr-owner", "mr_owner"), ("mrownerconfig", "--mr-owner-config", "mr_owner_config")):
        value = fields.get(name, "00" * 48)
        yield check, (option, value.upper()), td
        yield check, (option, flipped(value)), False
        if check in ("measurement", "mrseam"):
            yield check, (option, flipped(value), option, value), td
    for i in range(4):
        value = fields.get(f"rtmr{i}", "00" * 48)
        zero = int(value, 16) == 0
        yield f"rtmr{i}", ("--rtmr", f"{i}:zero"), td and zero
        yield f"rtmr{i}", ("--rtmr", f"{i}:{'11' * 48}", "--rtmr", f"{i}:{flipped(value)}"), False
        if not zero:
            yield f"rtmr{i}", ("--rtmr", f"{i}:{'11' * 48}", "--rtmr", f"{i}:{value}"), td
    yield "mrsignerseam", ("--zero-mrsignerseam",), td and number(fields["mr_signer_seam"]) == 0
    attributes, xfam = (number(fields.get(name, "00")) for name in ("td_attributes", "xfam"))
    for check, option, value in (("attributes", "--attributes", attributes), ("xfam", "--xfam", xfam)):
        yield check, (option, f"{value:#x}"), td
        yield check, (option, f"{value ^ 4:#x}"), False
        yield check, (option, f"{value & 0xff:#x}/0xff"), td
        yield check, (option, f"{value & 0xff ^ 1:#x}/0xff"), False
    for name, bit in BITS.items():
        is_set = bool(attributes >> bit & 1)
        yield name, ("--require-attribute", name), td and is_set
        yield name, ("--forbid-attribute", name), td and not is_set
    yield "sept_ve_disable", ("--require-sept-ve-disable",), td and bool(attributes >> 28 & 1)
    service_td = fields.get("mr_service_td")
    yield "mrservicetd", ("--service-td", service_td or "00" * 48), service_td is not None
    yield "mrservicetd", ("--service-td", flipped(service_td or "00" * 48)), False
    svn = bytes.fromhex(fields.get("tee_tcb_svn", "00" * 16))
    yield "tee_tcb_svn", ("--min-tcb", f"tdx:module_svn={svn[0]},module_version={svn[1]},microcode_svn={svn[2]},svn_15=0"), td
    for i, name in enumerate(("module_svn", "module_version", "microcode_svn", "svn_3")):
        yield "tee_tcb_svn", ("--min-tcb", f"tdx:{name}={svn[i] + 1}"), False


def questions(case, evaluation, sets):
    """(check, words, whether it is met) for every option."""
    fields, pck, collateral = case["fields"], case["pck"], sets[evaluation["collateral"]]
    yield from of_td(case)
    data = fields["report_data"]
    yield "report_data", ("--report-data", data), True
    yield "report_data", ("--report-data", flipped(data)), False
    enclave = "mr_enclave" in fields
    for check, option, name in (("mrenclave", "--mrenclave", "mr_enclave"), ("mrsigner", "--mrsigner", "mr_signer")):
        value = fields.get(name, "00" * 32)
        yield check, (option, flipped(value), option, value), enclave
        yield check, (option, flipped(value)), False
    body = "enclave" if enclave else "td-1.5" if "tee_tcb_svn_2" in fields else "td-1.0"
    for name in BODIES:
        yield "quote_body", ("--body", name), name == body
    yield "quote_body", ("--body", "td-1.0", "--body", "td-1.5", "--body", "enclave"), True
    for version in (3, 4, 5):
        yield "quote_version", ("--quote-version", version), version == case["quote_version"]
    rest, zero = fields["trailing_bytes"], fields["trailing_all_zero"]
    yield "unsigned_bytes", ("--strict-trailing", "none"), rest == 0
    yield "unsigned_bytes", ("--strict-trailing", "zero"), rest == 0 or zero
    svn = fields["qe_report"]["isv_svn"]
    header = min(svn, fields.get("qe_svn", svn))
    yield "qe_svn", ("--min-qe-svn", header), True
    yield "qe_svn", ("--min-qe-svn", svn + 1), False
    yield "pce_svn", ("--min-pce-svn", pck["pcesvn"]), True
    yield "pce_svn", ("--min-pce-svn", pck["pcesvn"] + 1), False

    supported = evaluation["tcb_status"] != "NotSupported"
    lower = min(collateral["tcb_evaluation_data_number"], collateral["qe_identity_tcb_evaluation_data_number"])
    yield "tcb_evaluation_data_number", ("--min-tcb-evaluation-number", lower), True
    yield "tcb_evaluation_data_number", ("--min-tcb-evaluation-number", lower + 1), False
    yield "tcb_date", ("--min-tcb-date", evaluation.get("tcb_date", DATE)[:10]), supported
    yield "tcb_date", ("--min-tcb-date", evaluation.get("tcb_date", DATE + "T00:00:00Z")), supported
    yield "tcb_date", ("--min-tcb-date", DATE), False
    behind = "OutOfDate" in evaluation["tcb_status"]
    yield "out_of_date_grace", ("--grace-out-of-date", 3652), True
    yield "out_of_date_grace", ("--grace-out-of-date", 1), not behind
    if supported:
        advisories = evaluation["advisory_ids"]
        yield "rejected_advisories", ("--reject-advisory", "INTEL-SA-00000"), True
        yield "allowed_advisories", ("--allow-advisory", "INTEL-SA-00000"), not advisories
        if advisories:
            yield "rejected_advisories", ("--reject-advisory", "INTEL-SA-00000", "--reject-advisory", advisories[-1]), False
            yield "allowed_advisories", tuple(word for each in advisories for word in ("--allow-advisory", each)), True
            yield "allowed_advisories", tuple(word for each in advisories[1:] for word in ("--allow-advisory", each)) or ("--allow-advisory", "x"), False
        yield "qe_status", ("--qe-status", "swhardeningneeded"), evaluation["qe_status"] == "UpToDate"
    instance = pck.get("platform_instance_id")
    for check, option, value in (("platform_instance_id", "--platform-instance-id", instance), ("ppid", "--ppid", pck["ppid"]), ("fmspc", "--fmspc", pck["fmspc"])):
        there = value is not None
        value = value or "00" * 16
        yield check, (option, flipped(value), option, value), there
        yield check, (option, flipped(value)), False
    for check, option, name in (("dynamic_platform", "--forbid-dynamic-platform", "dynamic_platform"), ("cached_keys", "--forbid-cached-keys", "cached_keys"),
                                ("smt", "--forbid-smt", "smt_enabled")):
        yield check, (option,), pck.get(name) is False
    for i, name in enumerate(SGX_TYPES):
        yield "sgx_type", ("--sgx-type", name.lower()), i == pck["sgx_type"]
    yield "sgx_type", tuple(word for name in SGX_TYPES for word in ("--sgx-type", name)), True


def policy(c):
    seen, used = set(), set()
    sets = {each["id"]: each for each in c.manifest["collateral_sets"]}
    for case in c.quotes():
        for evaluation in case.get("evaluations", ()):
            given = (c.path(case), evaluation["collateral"], evaluation["verify_at"])
            for check, words, met in questions(case, evaluation, sets):
                what = f"{case['id']} {' '.join(map(str, words))}"
                used |= {word for word in words if str(word).startswith("--")}
                everything = EVERYTHING if "--service-td" not in words else EVERYTHING[:-2]
                outcome, said = c.judged(*given, *everything, *words)
                answer = next((each for each in said.get("checks", ()) if each["check"] == check), {})
                seen.add((check, met))
                c.check(answer.get("outcome") == ("met" if met else "not met"), what, f"{answer}: {outcome.stderr}")
                c.check(bool(answer.get("rule") and answer.get("section")), what, answer)
                if evaluation["tcb_status"] != "NotSupported":
                    if met:
                        c.done(what, outcome)
                    else:
                        c.refused(what, outcome, said=f"{check} is not met: found ")
                        c.check(said.get("failure", {}).get("check") == check, what, said.get("failure"))
    one_sided = {check for check, _ in seen if len({met for name, met in seen if name == check}) == 1}
    c.check(one_sided <= {"qe_status", "smt", "dynamic_platform"}, "one side only", one_sided)
    return used


def switches(c):
    """Options that accept what is refused otherwise, each by itself."""
    def unmet(case, collateral, at, *words):
        said = c.judged(c.path(c.case(case)), collateral, at, *words)[1]
        return [check["check"] for check in said["checks"] if check["outcome"] == "not met"]

    debug = ("debug-td", "50806f-2023-06", "2023-06-25T00:00:00Z")
    c.check(unmet(*debug) == ["debug"] and unmet(*debug, "--allow-debug") == [], "--allow-debug", unmet(*debug))
    old = ("debug-td", "50806f-2026-03", "2026-03-20T00:00:00Z", "--allow-debug")
    for words, good in (((), False), (("--accept-status", "OutOfDate"), True), (("--accept-status", "swhardeningneeded,OUTOFDATE"), True),
                        (("--accept-status", "SWHardeningNeeded"), False), (("--accept-status", "UpToDate"), False),
                        (("--accept-status", "SWHardeningNeeded", "--accept-status", "OutOfDate"), True)):
        c.check(unmet(*old, *words) == ([] if good else ["tcb_status"]), f"--accept-status {words}", unmet(*old, *words))
    enclave = ("sgx-v3-processor-ca", "sgx-00a067-2025-06", "2025-06-25T00:00:00Z", "--accept-status", "ConfigurationAndSWHardeningNeeded")
    c.check(unmet(*enclave) == ["quote_body"] and unmet(*enclave, "--accept-enclave") == [], "--accept-enclave", unmet(*enclave))
    service = ("v5-servicetd", "90c06f-2026-03", "2026-03-20T00:00:00Z")
    c.check("mrservicetd" in unmet(*service) and "mrservicetd" not in unmet(*service, "--service-td", "any"), "--service-td any", unmet(*service))
    c.check(unmet("gcp-cos113", "00806f05-2025-06", "2025-06-25T00:00:00Z", "--allow-profiling", "--allow-migration", "--allow-unknown-attributes") == [], "allowed", "")


def arguments(c, used):
    case = c.case("gcp-cos113")
    given = (c.path(case), "00806f05-2025-06", "2025-06-25T00:00:00Z")
    for option, values in {
            "--accept-status": ("", "Good", "Revoked", "NotSupported", "OutOfDate,", "OutOfDate SWHardeningNeeded"), "--qe-status": ("revoked", "x"),
            "--min-tcb": ("milan:snp=1", "tdx", "tdx:", "tdx:module_svn", "tdx:module_svn=256", "tdx:svn_16=1", "tdx:svn_=1", "tdx:snp=1",
                          "tdx:module_svn=1,svn_0=1", "module_svn=1"),
            "--min-tcb-date": ("", "2025", "2025-02-30", "yesterday"), "--min-tcb-evaluation-number": ("-1", "4294967296", "x"),
            "--grace-out-of-date": ("-1", "3653", "1.5"), "--collateral-grace": ("3653", ""), "--tcb-procedure": ("2024", "", "QVL"),
            "--min-qe-svn": ("65536",), "--min-pce-svn": ("x",), "--mrseam": ("00" * 47,), "--mr-config-id": ("00",), "--mr-owner": ("zz" * 48,),
            "--mr-owner-config": ("00" * 49,), "--rtmr": ("4:" + "11" * 48, "11" * 48, "0:11", "0:" + "00" * 48, "0:zeros", ":zero", "0:zero:zero", "RTMR0"),
            "--attributes": ("1", "0x", "0x1/1", "0x1/0x2", "0x1/0x1/0x1", "0x1" + "0" * 16), "--xfam": ("e7", "0xe7/"),
            "--require-attribute": ("debug", "migratable", "", "pks,", "PKS"), "--forbid-attribute": ("tup",), "--service-td": ("none", "00" * 47),
            "--mrenclave": ("00" * 48,), "--mrsigner": ("00",), "--body": ("td", "1.0", ""), "--quote-version": ("2", "v4", ""),
            "--strict-trailing": ("any", "", "zeros"), "--platform-instance-id": ("00",), "--ppid": ("00" * 15,), "--fmspc": ("00" * 5,),
            "--sgx-type": ("", "scaled"), "--measurement": ("00" * 47,), "--report-data": ("00" * 65,)}.items():
        for value in values:
            c.refused(f"{option} {value!r}", c.verify(*given, option, value), (UNUSABLE,), said=option)
    for words in (("--rtmr", "0:zero", "--rtmr", "0:" + "11" * 48), ("--service-td", "any", "--service-td", "00" * 48), ("--tcb-procedure", "current") * 2,
                  ("--min-tcb", "tdx:module_svn=1") * 2, ("--event-log", "x") * 2):
        c.refused(" ".join(words), c.verify(*given, *words), (UNUSABLE,), said=words[0])
    for words in (("--vmpl", "0"), ("--chip-id", "00" * 64), ("--require-crl",), ("--allow-cxl",), ("--host-data", "00" * 32)):
        c.refused(f"{words[0]} and a quote", c.verify(*given, *words), (UNUSABLE,), said=f"{words[0]} is about SEV-SNP reports")
    c.refused("--tpm-quote", c.verify(*given, "--tpm-quote", c.path(case), "--tpm-signature", c.path(case)), (UNUSABLE,), said="--tpm-quote")
    enclave = c.case("sgx-v3-processor-ca")
    log = c.root / "ccel/gcp-cos113.bin"
    c.refused("an enclave's event log", c.verify(c.path(enclave), "sgx-00a067-2025-06", given[2], "--event-log", log), (UNUSABLE,), said="--event-log")
    elsewhere = {"--accept-status", "--accept-enclave", "--allow-profiling", "--allow-unknown-attributes", "--collateral-grace", "--tcb-procedure",
                 "--event-log", "--event", "--event-data", "--event-index", "--hcl-report"}  # above, or in verify_tdx.py
    listed, both = c.listed(of_tdx=True), c.listed(of_tdx=False)
    c.check(listed == (used | elsewhere) - both, "--help", f"not tested: {listed - used - elsewhere}; not listed: {(used | elsewhere) - both - listed}")


def main():
    binary, evidence = sys.argv[1:]
    if not have(evidence):
        return 0
    c = TdxCorpus(binary, evidence)
    used = policy(c)
    switches(c)
    arguments(c, used)
    return c.report()


if __name__ == "__main__":
    sys.exit(main())
