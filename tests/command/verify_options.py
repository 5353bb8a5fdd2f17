#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks `unitee verify` every question of its policy about every genuine SEV-SNP case, with a value that is met and one that
is not, both from the manifest; and has it refuse words that make no sense.

usage: verify_options.py UNITEE_BINARY EVIDENCE_DIR
"""

import sys

from corpus import Corpus
from tdx_corpus import TdxCorpus
from tool import DONE, UNUSABLE, have

DEMANDS = {"single_socket": 20, "mem_aes_256_xts": 22, "rapl_dis": 23, "ciphertext_hiding_dram": 24, "page_swap_disable": 25}
PLATFORM = ("smt_en", "tsme_en", "ecc_en", "rapl_dis", "ciphertext_hiding_dram_en", "alias_check_complete", "iommu_write_safe", "tio_en")
PRODUCTS = ("milan", "genoa", "turin")
COMPONENTS = {"fmc": "fmc", "bootloader": "boot_loader", "tee": "tee", "snp": "snp", "microcode": "microcode"}


def flipped(digits):
    return f"{int(digits[:2], 16) ^ 1:02x}{digits[2:]}"


def numbers(text):
    return [int(number) for number in text.split(".")]


def levels_of(tcb, turin):
    """A TCB_VERSION's eight bytes by component (ABI, TCB_VERSION)."""
    at = {"fmc": 0, "bootloader": 1, "tee": 2, "snp": 3, "microcode": 7} if turin else {"bootloader": 0, "tee": 1, "snp": 6, "microcode": 7}
    return {name: bytes.fromhex(tcb)[i] for name, i in at.items()}


def spec(product, levels):
    return f"{product}:" + ",".join(f"{COMPONENTS[name]}={level}" for name, level in levels.items())


def questions(case):
    """(check, words, whether it is met, found, wanted) for every option; found and wanted as the JSON has them."""
    fields, product = case["fields"], case["key_generation"].lower()
    policy, platform, key_info = (int(fields[name], 16) for name in ("policy", "platform_info", "key_info"))
    vcek, masked = case["vek"] == "VCEK", int(fields["chip_id"], 16) == 0
    author = bool(key_info & 1)

    for option, name in (("--report-data", "report_data"), ("--measurement", "measurement"), ("--host-data", "host_data"),
                         ("--family-id", "family_id"), ("--image-id", "image_id"), ("--report-id", "report_id")):
        value = fields[name]
        yield name, (option, value), True, value, value
        yield name, (option, value.upper()), True, value, value
        yield name, (option, flipped(value)), False, value, flipped(value)
    measurement = fields["measurement"]
    yield "measurement", ("--measurement", "00" * 48, "--measurement", measurement), True, measurement, "00" * 48
    yield "report_data", ("--report-data", "11"), False, fields["report_data"], "11" + "00" * 63
    short = fields["report_data"].rstrip("0") or "0"
    short += "0" * (len(short) % 2)
    yield "report_data", ("--report-data", short), True, fields["report_data"], fields["report_data"]
    agent = fields["report_id_ma"]
    yield "migration_agent", ("--report-id-ma", agent), True, agent, agent
    yield "migration_agent", ("--report-id-ma", flipped(agent)), False, agent, flipped(agent)

    vmpl, svn = int(fields["vmpl"], 16), int(fields["guest_svn"], 16)
    yield "vmpl", ("--vmpl", vmpl), True, vmpl, vmpl
    yield "vmpl", ("--vmpl", vmpl ^ 1), False, vmpl, vmpl ^ 1
    for most in range(4):
        yield "vmpl", ("--max-vmpl", most), vmpl <= most, vmpl, most
    yield "guest_svn", ("--min-guest-svn", svn), True, svn, svn
    yield "guest_svn", ("--min-guest-svn", svn + 1), False, svn, svn + 1
    major, minor = policy >> 8 & 255, policy & 255
    yield "policy_abi", ("--min-abi", f"{major}.{minor}"), True, f"{major}.{minor}", f"{major}.{minor}"
    yield "policy_abi", ("--min-abi", f"{major}.{minor + 1}"), False, f"{major}.{minor}", f"{major}.{minor + 1}"
    firmware = fields["committed_firmware"]
    major, minor, build = numbers(firmware)
    yield "firmware_version", ("--min-firmware", firmware), True, firmware, firmware
    for more in (f"{major}.{minor}.{build + 1}", f"{major}.{minor + 1}.0", f"{major + 1}.0.0"):
        yield "firmware_version", ("--min-firmware", more), False, firmware, more
    provisional = (fields["current_tcb"], fields["current_firmware"]) != (fields["committed_tcb"], firmware)
    yield "provisional_firmware", ("--refuse-provisional",), not provisional, provisional, False

    smt = bool(policy >> 16 & 1)
    yield "policy_smt", ("--forbid-smt",), not smt, smt, False
    for name, bit in DEMANDS.items():
        yield f"policy_{name}", ("--require-policy", name), bool(policy >> bit & 1), bool(policy >> bit & 1), True
    for bit, name in enumerate(PLATFORM):
        is_set = bool(platform >> bit & 1)
        yield "platform_required", ("--require-platform", name), is_set, f"{platform:#x}", f"{1 << bit:#x}"
        yield "platform_forbidden", ("--forbid-platform", name), not is_set, f"{platform:#x}", f"{platform & ~(1 << bit):#x}"
    there = ",".join(name for bit, name in enumerate(PLATFORM) if platform >> bit & 1)
    if there:
        yield "platform_required", ("--require-platform", there), True, f"{platform:#x}", f"{platform & 255:#x}"
    yield "platform_unknown", ("--refuse-unknown-platform",), platform < 256, platform >= 256, False
    for name in ("launch", "current"):
        known = case["report_version"] >= 5
        vector = int.from_bytes(bytes.fromhex(fields[f"{name}_mit_vector"]), "little") if known else 0
        found = f"{vector:#x}" if known else None
        yield f"{name}_mitigations", (f"--{name}-mitigations", f"{vector:#x}"), known, found, f"{vector:#x}"
        more = vector | 1 << 63
        yield f"{name}_mitigations", (f"--{name}-mitigations", f"{more:#X}".replace("X", "x")), False, found, f"{more:#x}"

    id_key, author_key = fields["id_key_digest"], fields["author_key_digest"]
    signed = int(id_key, 16) != 0
    yield "id_block", ("--id-key", id_key), signed, id_key, id_key
    yield "id_block", ("--id-key", flipped(id_key), "--id-key-author", flipped(author_key)), False, id_key, flipped(id_key)
    yield "id_block", ("--id-key-author", author_key), signed and author, id_key, author_key
    yield "author_key", ("--author-key", "11" * 48, "--author-key", author_key), author, author_key if author else None, "11" * 48
    yield "author_key", ("--author-key", "11" * 48), False, author_key if author else None, "11" * 48

    chip = fields["chip_id"]
    yield "chip_id", ("--chip-id", chip), not masked, chip, chip
    yield "chip_id", ("--chip-id", flipped(chip), "--chip-id", chip), not masked, chip, flipped(chip)
    yield "chip_id", ("--chip-id", flipped(chip)), False, chip, flipped(chip)
    if product == "turin":
        yield "chip_id", ("--chip-id", chip[:16]), True, chip, chip
    yield "signing_key", ("--signer", case["vek"].lower()), True, case["vek"], case["vek"]
    yield "signing_key", ("--signer", "vlek" if vcek else "VCEK"), False, case["vek"], "VLEK" if vcek else "VCEK"
    provider = case["verified"].get("csp_id")
    yield "csp_id", ("--csp-id", provider or "CN=x"), not vcek, provider, provider or "CN=x"
    yield "csp_id", ("--csp-id", "CN=other", "--csp-id", "CN="), False, provider, "CN=other"
    for name in PRODUCTS:
        yield "product", ("--product", name), name == product, case["key_generation"], name.capitalize()
    yield "product", (*("--product", PRODUCTS[0]), "--product", PRODUCTS[1].upper(), "--product", "Turin"), True, case["key_generation"], "Milan"
    yield "revocation", ("--require-crl",), False, "unchecked", "checked"

    for check, option, field in (("minimum_tcb", "--min-tcb", "reported_tcb"), ("minimum_launch_tcb", "--min-launch-tcb", "launch_tcb")):
        found, levels = fields[field], levels_of(fields[field], product == "turin")
        yield check, (option, spec(product, levels)), True, found, found
        for name, level in levels.items():
            yield check, (option, spec(product, {name: level})), True, found, ...
            if level < 255:
                yield check, (option, spec(product, {**levels, name: level + 1})), False, found, ...
        other = "turin:fmc=0" if product != "turin" else "milan:tee=0"
        yield check, (option, other), False, found, None
        yield check, (option, other, option, spec(product.upper(), levels)), True, found, found


def policy(c):
    seen = set()
    for case in c.genuine():
        for check, words, met, found, wanted in questions(case):
            what = f"{case['id']} {' '.join(map(str, words))}"
            outcome, said = c.judged(case, "--allow-debug", *words)
            answer = next((each for each in said.get("checks", ()) if each["check"] == check), {})
            seen.add((check, met))
            if met:
                c.done(what, outcome)
            else:
                c.refused(what, outcome, said=f"{check} is not met: found ")
                c.check(said.get("failure", {}).get("check") == check, what, said.get("failure"))
            wanted = answer.get("wanted") if wanted is ... else wanted
            told = (answer.get("outcome"), answer.get("found"), answer.get("wanted"))
            c.check(told == ("met" if met else "not met", found, wanted), what, f"{told}, not {(met, found, wanted)}")
    # Of these the corpus has one side only; tests/vectors/snp_reject.json has the other.
    one_sided = {check for check, _ in seen if len({met for name, met in seen if name == check}) == 1}
    c.check(one_sided <= {"revocation", "platform_unknown", "policy_single_socket", "policy_mem_aes_256_xts", "policy_rapl_dis", "policy_smt",
                          "policy_ciphertext_hiding_dram", "policy_page_swap_disable", "author_key"}, "one side only", one_sided)


def readable(c):
    """What is not met says what was found and wanted, decoded, and which part of it is short."""
    case = c.case("milan-v3-vlek-aws")
    outcome = c.verify(case, "--min-tcb", "milan:boot_loader=4,snp=25,microcode=219", "--forbid-platform", "smt_en,rapl_dis", "--min-firmware",
                       "1.55.90", "--report-data", "11", "--launch-mitigations", "0xb")
    c.refused("readable", outcome, said="report_data is not met")
    for line in ("wanted boot_loader=4 tee=0 snp=25 microcode=219", "below in snp, microcode", "with smt_en", "found  1.55.29", "wanted 1.55.90",
                 "wanted 11 00 * 63", "a report of this version does not say", "found  0x27 (smt_en tsme_en ecc_en alias_check_complete)"):
        c.check(line in outcome.stdout, "readable", f"no {line!r}")
    c.check("accepted" not in outcome.stdout, "readable", outcome.stdout)


def arguments(c):
    case = c.case("genoa-v3-vcek")
    report, quote = c.evidence_of(case), c.tpm(c.case("azure-milan-v2"))
    for words in ((), (report, report), (report, "--nonsense"), (report, "--at", "yesterday"), (report, "--at"), (report, "--json=1"),
                  (report, "--json", "--ear"), ("/no/such/file",), (report, "--endorsements", "/no/such/file"), (report, "--endorsements", report),
                  (report, "--trust-anchor", report), (c.root,), (report, *quote), (report, quote[0], quote[1]), (report, "--nonce", "00"),
                  (report, "--tpm-pcrs", report)):
        c.refused(" ".join(map(str, words)), c.run("verify", *words), (UNUSABLE,))
    for option, values in {
            "--report-data": ("", "0", "00" * 65, "zz"), "--measurement": ("zz" * 48, "00" * 47), "--host-data": ("00" * 33,),
            "--vmpl": ("4", "-1", "0x1", "", "4294967296"), "--max-vmpl": ("4",), "--min-guest-svn": ("4294967296", "one", " 1"),
            "--min-abi": ("1", "1.256", "1.2.3", "1.", ".1"), "--min-firmware": ("1.55", "1.55.256", "1.55.x", ""), "--chip-id": ("00" * 9,),
            "--signer": ("ark", ""), "--product": ("venice", "", "rome"), "--launch-mitigations": ("b", "0x", "0x1" + "0" * 16, "0xg", "-0x1"),
            "--require-policy": ("debug", "smt", "", "rapl_dis,", "RAPL_DIS"), "--require-platform": ("snow", "smt_en smt_en"),
            "--forbid-platform": ("unknown_8", ","), "--id-key": ("00" * 47,), "--id-key-author": ("00",), "--author-key": ("00" * 49,),
            "--family-id": ("00" * 15,), "--image-id": ("00" * 17,), "--report-id": ("00",), "--report-id-ma": ("ff" * 31,),
            "--min-tcb": ("snp=1", "venice:snp=1", ":snp=1", "genoa", "genoa:", "snp", *(f"genoa:{part}" for part in (
                "fmc=1", "snp=256", "snp=-1", "snp=", "ucode=1", "snp=1 ", "=1", "snp=1,", "snp=1,snp=1"))),
            "--min-launch-tcb": ("genoa:fmc=1", "rome:snp=1")}.items():
        for value in values:
            c.refused(f"{option} {value!r}", c.verify(case, option, value), (UNUSABLE,), said=option)
    for twice in (("--at", case["verify_time"]), ("--vmpl", "0"), ("--report-data", "00"), ("--min-abi", "1.0"), ("--signer", "vcek")):
        c.refused(f"{twice[0]} twice", c.run("verify", report, *twice, *twice), (UNUSABLE,), said="twice")
    c.refused("a product twice", c.verify(case, "--min-tcb", "genoa:snp=1", "--min-tcb", "Genoa:snp=2"), (UNUSABLE,), said="twice")
    for option, known in (("--product", "milan, genoa, turin"), ("--require-policy", "single_socket, mem_aes_256_xts"), ("--forbid-platform", "smt_en, tsme_en")):
        c.refused(f"{option} says what it knows", c.verify(case, option, "nonsense"), (UNUSABLE,), said=known)
    hcl = c.case("azure-milan-v2")
    for words in ((*c.tpm(hcl), "--nonce", ""), (*c.tpm(hcl), "--nonce", "00" * 65), (*c.tpm(hcl), "--tpm-pcrs", report),
                  ("--tpm-quote", report, "--tpm-signature", quote[3]), ("--tpm-quote", quote[1], "--tpm-signature", report)):
        c.refused(" ".join(map(str, words)), c.verify(hcl, *words), (UNUSABLE,))

    parts = ("--label", "example v1", "--nonce", "00", "--model-digest", "00", "--part", f"a=@{report}")
    c.refused("report data that stand for other things", c.verify(case, *parts), said="report_data is not met")
    for words in (parts[:2], parts[:4], (*c.tpm(hcl), *parts[:4])):
        c.refused(f"an HCL report and {words}", c.verify(hcl, *words), (UNUSABLE,), said="--label: the report data of an HCL report are the paravisor's")
    for words in (parts[4:6], parts[6:], ("--manifest", report), (*parts[:2], "--report-data", "00"), (*parts[:2], "--public-key", report)):
        c.refused(" ".join(map(str, words)), c.verify(case, *words), (UNUSABLE,))

    c.refused("an option about quotes", c.run("verify", report, "--rtmr", "0:zero"), (UNUSABLE,), said="--rtmr is about TDX quotes")
    c.refused("no roots at all", c.run("verify", report, "--no-pinned-roots"), (UNUSABLE,), said="--no-pinned-roots")

    outcome = c.run("verify", "--help")
    c.check(outcome.returncode == DONE and outcome.stdout.startswith("usage: unitee verify"), "--help", outcome.stdout)
    listed = TdxCorpus(c.binary, c.root.parent).listed(of_tdx=False)
    used = {"--endorsements", "--trust-anchor", "--no-pinned-roots", "--receipt", "--at", "--json", "--ear", "--help", "--allow-debug", "--allow-migration", "--allow-cxl",
            "--allow-masked-chip-id", "--allow-stale-crl", "--label", "--public-key", "--model-digest", "--part", "--manifest", "--tpm-quote", "--tpm-signature", "--tpm-pcrs", "--nonce"}
    used |= {word for _, words, *_ in questions(case) for word in words if str(word).startswith("--")}
    c.check(listed == used, "--help", f"not tested: {listed - used}; not listed: {used - listed}")


def main():
    binary, evidence = sys.argv[1:]
    if not have(evidence):
        return 0
    c = Corpus(binary, evidence)
    for part in (policy, readable, arguments):
        part(c)
    return c.report()


if __name__ == "__main__":
    sys.exit(main())
