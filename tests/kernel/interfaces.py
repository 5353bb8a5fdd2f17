#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has the library make evidence on each interface of an emulated machine. `unitee verify` accepts it by the simulator's root,
and what crossed the boundary to the kernel is, byte for byte, what layouts.py says.

usage: interfaces.py EMULATOR CLIENT STATE_DIRECTORY UNITEE COLLATERAL, where EMULATOR is empty in a build without libfuse3
"""

import hashlib
import json
import re
import subprocess

import layouts
from machine import DATA, main

SERVICE = "c476f1eb-0123-45a5-9641-b4e7dde5bfe3"
MANIFEST = bytes.fromhex("4D" * 32)
ENTRY = re.compile(r"unitee-[0-9]+-[0-9a-f]{16}-0")
OTHER_DATA = bytes(range(64, 128))

# One question to configfs-tsm in order. Each attribute is read to its end, in one open.
PROBE = ["mkdir", "open.provider", "read.provider", "rmdir"]
FLOOR = ["open.privlevel_floor", "read.privlevel_floor"]  # asked for when the caller names no level
HEAD = ["mkdir", "open.provider", "read.provider", "open.generation", "read.generation"]
TAIL = ["open.generation", "read.generation", "open.provider", "read.provider", "rmdir"]
INBLOB = ["open.inblob", "write.inblob", "close.inblob", "open.generation", "read.generation"]


def pems(path):
    return re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", path.read_text(), re.DOTALL)


class Verifier:
    """The simulators' roots, and the endorsements that a host does not hand out."""

    def __init__(self, m, collateral):
        self.m, self.folder = m, m.folder / "verifier"
        self.folder.mkdir()
        ark, ask, vcek = pems(m.state / "simulated-snp.pem")
        for name, text in (("ark", ark), ("ask", ask), ("vcek", vcek)):
            (self.folder / f"{name}.pem").write_text(text)
        subprocess.run([collateral, m.state, self.folder], check=True)
        root = pems(self.folder / "tcb_info_issuer_chain.pem")[-1]
        (self.folder / "sgx_root.pem").write_text(root)
        self.fetched = ["ask.pem", "vcek.pem"]

    def accepts(self, what, evidence, anchor, *endorsements, data=DATA):
        words = [word for each in endorsements for word in ("--endorsements", each)]
        done = self.m.run("verify", evidence, "--trust-anchor", self.folder / anchor, *words, "--report-data", data.hex(), "--json")
        self.m.check(done.returncode == 0 and json.loads(done.stdout)["verdict"] == "accepted", what, done.stdout + done.stderr)
        # Without the root, or about other data, it is nothing.
        self.m.refused(what, self.m.run("verify", evidence, *words))
        other = self.m.run("verify", evidence, "--trust-anchor", self.folder / anchor, *words, "--report-data", OTHER_DATA.hex())
        self.m.refused(what, other, said="report_data is not met")

    def snp(self, what, report, *endorsements, data=DATA):
        self.accepts(what, report, "ark.pem", *(endorsements or (self.folder / name for name in self.fetched)), data=data)

    def tdx(self, what, quote, data=DATA):
        files = [path for path in self.folder.iterdir() if path.suffix in (".json", ".der")]
        self.accepts(what, quote, "sgx_root.pem", *files, *self.folder.glob("*_chain.pem"), data=data)


def one(m, what, lines):
    m.check(len(lines) == 1, what, lines)
    return lines[0]


def equal(m, what, line, wanted, member="request"):
    m.check(line[member] == wanted.hex(), f"{what}: {member}", f"{line[member]}, wanted {wanted.hex()}")


def wrapped(m, what, line, size):
    """A request to /dev/sev-guest: its wrapper, with two pointers that are not null and not the same, and what came back."""
    request, response = layouts.pointers(bytes.fromhex(line["wrapper"]))
    equal(m, what, line, layouts.wrapper(request, response), "wrapper")
    m.check(request and response and request != response, what, line["wrapper"])
    m.check(line["size"] == size and line["answer"] == "0" and line["exitinfo2"] == "0x0" and line["status"] == 0, what, line)


def in_order(m, what, outcome, *questions, name=None):
    """configfs-tsm was used in this order, in one entry a question, whose name was never there before."""
    entries, asked = [], []
    for line in outcome.log:
        if not line["op"].startswith("tsm."):
            continue
        if line["op"] == "tsm.mkdir":
            entries.append(line["name"])
            asked.append([])
        short = line["op"].removeprefix("tsm.")
        if not asked[-1] or asked[-1][-1] != short:  # the reads of one open are one
            asked[-1].append(short)
        m.check(line["answer"] == "0" and line["name"] == entries[-1], what, line)
    m.check(asked == list(questions), what, f"{asked}, wanted {questions}")
    m.check(len(set(entries)) == len(entries) and all(ENTRY.fullmatch(entry) for entry in entries), what, entries)


def sev_device(m, verifier):
    report, report_2, table = (m.folder / name for name in ("r.bin", "r2.bin", "table.bin"))
    what = "sev-guest"
    done = m.on("machine snp", f"sev.report out={report}", f"sev.ext_report out={report_2} certificates={table}",
                f"sev.report vmpl=3 key_sel=1 data={OTHER_DATA.hex()}", "sev.key", "sev.derive to=svn+owner")
    m.succeeded(what, done, 5)
    verifier.snp("sev.report", report)
    verifier.snp("sev.ext_report", report_2, table)
    first, second, basis, *rest = done.crossings("sev.report")
    m.check(len(rest) == 1, what, "a report for the basis of each key, and no more")
    for line in (first, second, basis, *rest):
        wrapped(m, "sev.report", line, layouts.REPORT_RESPONSE)
    equal(m, "sev.report", first, layouts.report_request(DATA))
    equal(m, "sev.report vmpl key_sel", second, layouts.report_request(OTHER_DATA, 3, 1))
    nonces = [bytes.fromhex(line["request"])[:64] for line in (basis, *rest)]
    m.check(len(set(nonces)) == 2, "nonces", nonces)
    for line, nonce in zip((basis, *rest), nonces):
        equal(m, "key_basis", line, layouts.report_request(nonce))
    line = one(m, what, done.crossings("sev.ext_report"))
    wrapped(m, "sev.ext_report", line, layouts.REPORT_RESPONSE + layouts.CERTIFICATES_MAX)
    address = int.from_bytes(bytes.fromhex(line["request"])[96:104], "little")
    equal(m, "sev.ext_report", line, layouts.ext_report_request(DATA, address))
    m.check(address and address % layouts.PAGE == 0, "certs_address", hex(address))
    tcb = report.read_bytes()[layouts.COMMITTED_TCB]
    bound = layouts.MEASUREMENT | layouts.POLICY | layouts.TCB_VERSION
    more = bound | layouts.GUEST_SVN | layouts.FAMILY_ID | layouts.IMAGE_ID
    for line, fields in zip(done.crossings("sev.derived_key"), (bound, more), strict=True):
        wrapped(m, "sev.derived_key", line, layouts.KEY_RESPONSE)
        equal(m, "sev.derived_key", line, layouts.derived_key_request(fields, tcb))
    m.check(done.answers[3]["request"] == layouts.derived_key_request(bound, tcb).hex(), "sev.key", done.answers[3])

    # Every selectable field, on a guest at VMPL 1 with a GUEST_SVN of 7, under a VLEK.
    request = layouts.derived_key_request(0x3F, tcb, vmpl=2, guest_svn=5, key_sel=1)
    done = m.on("machine snp\nsev-guest vmpl 1\nsnp guest-svn 7\nsnp vlek", f"sev.key request={request.hex()}", "sev.report vmpl=1",
                "sev.derive to=svn+chip", "sev.report vmpl=1 key_sel=2")
    m.clean("sev-guest at VMPL 1", done, 4)
    keys = done.crossings("sev.derived_key")
    equal(m, "every field", keys[0], request)
    m.check([answer["ok"] for answer in done.answers] == [True, True, True, True], "VMPL 1", done.answers)
    equal(m, "vlek", done.crossings("sev.report")[-1], layouts.report_request(DATA, 1, 2))

    # A host without certificates, and one with nothing but the VEK.
    done = m.on("machine snp\nsnp certificates none", f"sev.ext_report certificates={table}")
    m.succeeded("no certificates", done)
    m.check(table.read_bytes() == b"", "no certificates", table)
    done = m.on("machine snp\nsnp certificates vek", f"sev.ext_report out={report} certificates={table}")
    m.succeeded("the VEK alone", done)
    verifier.snp("the VEK alone", report, table, verifier.folder / "ask.pem")


def configfs_snp(m, verifier):
    report, table, manifest = (m.folder / name for name in ("r.bin", "table.bin", "manifest.bin"))
    done = m.on("machine snp", f"tsm.snp out={report} certificates={table}")
    m.succeeded("tsm.snp", done)
    verifier.snp("tsm.snp", report, table)
    in_order(m, "tsm.snp", done, PROBE, [*HEAD, *FLOOR, *INBLOB, "open.outblob", "read.outblob", "open.auxblob", "read.auxblob", *TAIL])
    for operation in ("tsm.write.inblob", "tsm.close.inblob"):
        equal(m, operation, one(m, operation, done.crossings(operation)), DATA)

    done = m.on("machine snp\nsev-guest vmpl 1", f"tsm.snp privlevel=3 out={report} data={OTHER_DATA.hex()}")
    m.succeeded("privlevel", done)
    equal(m, "privlevel", one(m, "privlevel", done.crossings("tsm.write.privlevel")), b"3")
    m.check(report.read_bytes()[0x30] == 3, "privlevel", "VMPL of the report")
    options = ["open.privlevel", "write.privlevel"]
    blobs = ["open.outblob", "read.outblob", "open.auxblob", "read.auxblob"]
    in_order(m, "privlevel", done, PROBE, [*HEAD, *options, *INBLOB, *blobs, *TAIL])

    # An SVSM's report is about the hash of data and manifest.
    blobs += ["open.manifestblob", "read.manifestblob"]
    bound = hashlib.sha512(DATA + MANIFEST).digest()
    for words, written in ((f"service={SERVICE} version=2", (b"svsm", SERVICE.encode(), b"2")), ("", (b"svsm",))):
        done = m.on("machine snp\ntsm svsm", f"tsm.snp svsm=1 {words}".rstrip() + f" out={report} manifest={manifest}")
        m.succeeded("svsm", done)
        m.check(manifest.read_bytes() == MANIFEST, "svsm", "manifest")
        verifier.snp("svsm", report, data=bound)
        names = ("service_provider", "service_guid", "service_manifest_version")[:len(written)]
        for name, value in zip(names, written):
            equal(m, name, one(m, name, done.crossings(f"tsm.write.{name}")), value)
        options = [f"{verb}.{name}" for name in names for verb in ("open", "write")]
        in_order(m, "svsm", done, PROBE, [*HEAD, *options, *INBLOB, *blobs, *TAIL])


def tdx_device(m, verifier):
    report, quote, quote_2, quote_3 = (m.folder / name for name in ("td.bin", "q.bin", "q2.bin", "q3.bin"))
    digest = hashlib.sha384(b"an event").digest()
    done = m.on("machine tdx", f"tdx.report out={report}", f"tdx.quote out={quote}", f"tdx.quote qgs=1 out={quote_2}", "tdx.seal_key",
                "rtmr.read index=3", f"rtmr.extend index=3 digest={digest.hex()}", "rtmr.read index=3", f"tdx.quote qgs=1 out={quote_3}")
    m.succeeded("tdx-guest", done, 8)
    for path in (quote, quote_2, quote_3):
        verifier.tdx(path.stem, path)
    blobs = ["open.outblob", "read.outblob"]
    in_order(m, "tdx.quote", done, [*HEAD, *INBLOB, *blobs, *TAIL])
    reports = done.crossings("tdx.report")
    for line in reports:
        m.check(line["size"] == layouts.TDREPORT and line["answer"] == "0", "tdx.report", line)
    # Operation, quote by the service, basis of opening and of the key, quote.
    for line in (reports[0], reports[1], reports[-1]):
        equal(m, "tdx.report", line, DATA)
    m.check(len(reports) == 5 and len({line["request"] for line in reports}) == 3, "tdx.report", len(reports))
    made = report.read_bytes()
    first, second = done.crossings("qgs.request")
    quoted = bytes.fromhex(first["request"])[24:]
    m.check(len(quoted) == layouts.TDREPORT and quoted[128:192] == DATA, "qgs.request", first)
    equal(m, "qgs.request", first, layouts.get_quote_request(made))
    equal(m, "qgs.request", second, layouts.get_quote_request(bytes.fromhex(second["request"])[24:]))
    wanted = layouts.td_key_request(made[layouts.CPUSVN], made[layouts.TEE_TCB_SVN])
    keys = done.crossings("tdx.key")
    m.check(len(keys) == 2 and all(line["answer"] == "0" and line["err_code"] == "0x0" for line in keys), "tdx.key", keys)
    for line in keys:
        equal(m, "tdx.key", line, wanted)

    # The register is extended once, by the 48 bytes, and the next quote shows it.
    line = one(m, "rtmr", done.crossings("rtmr.write.rtmr3"))
    equal(m, "rtmr", line, digest)
    before, after = (bytes.fromhex(done.answers[i]["value"]) for i in (4, 6))
    m.check(after == hashlib.sha384(before + digest).digest(), "rtmr", after.hex())
    rtmr3 = slice(48 + 6 + 328 + 3 * 48, 48 + 6 + 328 + 4 * 48)  # of a quote of version 5
    m.check(quote_2.read_bytes()[rtmr3] == before and quote_3.read_bytes()[rtmr3] == after, "rtmr", "in the next quote")

    # What a key can be bound to besides.
    done = m.on("machine tdx", "tdx.derive to=owner+configuration+rtmr2+rtmr3", "tdx.derive to=debuggable", "tdx.derive to=shared+rtmr0")
    m.succeeded("tdx.derive", done, 3)
    every = layouts.ATTRIBUTES, layouts.XFAM
    policies = ((1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 34 | 1 << 35, every), (1, (0, 0)), (1 << 32, (0, 0)))
    for line, (policy, masks) in zip(done.crossings("tdx.key")[1::2], policies, strict=True):
        request = layouts.td_key_request(made[layouts.CPUSVN], made[layouts.TEE_TCB_SVN], policy, *masks)
        equal(m, "tdx.derive", line, request)
    # A name and a salt of the caller's own.
    request = layouts.td_key_request(made[layouts.CPUSVN], made[layouts.TEE_TCB_SVN], name=9, salt=bytes(range(32)))
    done = m.on("machine tdx", f"tdx.key request={request.hex()}")
    m.succeeded("tdx.key", done)
    equal(m, "tdx.key salt", one(m, "tdx.key", done.crossings("tdx.key")), request)


def configfs_tdx(m, verifier):
    quote = m.folder / "q.bin"
    for stage in ("", "\ntd quote-version 4\ntd body 1.0"):
        done = m.on("machine tdx" + stage, f"tsm.tdx out={quote}")
        m.succeeded("tsm.tdx", done)
        verifier.tdx("tsm.tdx", quote)
        in_order(m, "tsm.tdx", done, PROBE, [*HEAD, *INBLOB, "open.outblob", "read.outblob", *TAIL])
        for operation in ("tsm.write.inblob", "tsm.close.inblob"):
            equal(m, operation, one(m, operation, done.crossings(operation)), DATA)


def any_machine(m, verifier):
    """A program that does not care finds what is there."""
    evidence = m.folder / "any.bin"
    for stage, backend in (("machine both", "sev-guest"), ("machine snp", "sev-guest"), ("machine tdx", "tdx-guest"),
                           ("machine snp\nsev-guest absent", "configfs-sev-guest"),
                           ("machine tdx\ntdx-guest absent", "configfs-tdx-guest")):
        done = m.on(stage, f"this_guest out={evidence}")
        m.succeeded(stage, done)
        m.check(done.answers and done.answers[0].get("backend") == backend, stage, done.answers)
        (verifier.snp if "sev" in backend else verifier.tdx)(stage, evidence)


def judge(m, collateral):
    verifier = Verifier(m, collateral)
    for each in (sev_device, configfs_snp, tdx_device, configfs_tdx, any_machine):
        each(m, verifier)


if __name__ == "__main__":
    main(judge, __doc__, 5)
