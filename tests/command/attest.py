#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee attest` ask every interface of an emulated machine, and `unitee verify` judge what it made.

usage: attest.py UNITEE_BINARY EMULATOR, where EMULATOR is empty in a build without one
"""

import hashlib
import json
import os
import pathlib
import shlex
import struct
import subprocess
import sys
import tempfile

from staged import Staged, no_machine
from tool import DONE, REFUSED, UNUSABLE

SIMULATED = ("insecure-simulated-snp", "insecure-simulated-td")
REAL = ("sev-guest", "tdx-guest", "configfs-sev-guest", "configfs-tdx-guest")
NONCE = "00112233445566778899aabbccddeeff"


def transcript(label, *parts):
    """Report data as unitee/transcript.hpp describes them, computed by hand: parts are (name, bytes)."""
    hashed = hashlib.sha512(b"unitee report data v1\0")
    parts = (("label", label.encode()), *parts)
    for name, data in parts:
        hashed.update(bytes([len(name)]) + name.encode() + struct.pack("<Q", len(data)) + data)
    hashed.update(b"\xff" + struct.pack("<Q", len(parts)))
    return hashed.hexdigest()


class Attest(Staged):
    """Whatever is made here is judged with the emulator's own platforms as the trust anchors."""

    def roots(self):
        for backend, name in zip(SIMULATED, ("snp", "td")):
            what = f"attest --backend {backend}"
            outcome = self.run("attest", "--backend", backend, "--state", self.state, "--endorsements", self.folder / name, "-o",
                               self.folder / f"{name}.bin", "--report-data", NONCE, "--json")
            self.done(what, outcome)
            self.check("INSECURE" in outcome.stderr, what, outcome.stderr)
            said = json.loads(outcome.stdout)
            self.check(said["simulated"] is True and said["backend"] == backend, what, said)
            words = said["verify"].split()
            self.done(f"what {what} says", self.run(*words[1:]))

    def judge(self, vendor, file, *options):
        folder = self.folder / ("snp" if vendor == "AMD SEV-SNP" else "td")
        return self.run("verify", file, "--endorsements", folder / "collateral", "--trust-anchor", folder / "root.pem", *options)

    def made(self, stage, *options, backend, data=NONCE, also=()):
        """What --json says of evidence that was made on such a machine, and is genuine, and about these data."""
        what = " ".join(map(str, ("attest", stage, *options)))
        file = self.folder / f"evidence-{next(self.numbers)}.bin"
        outcome, log = self.on(stage, "attest", "-o", file, *(("--report-data", data) if data else ()), *options, "--json")
        if not self.done(what, outcome):
            return None
        self.left_nothing(what, log)
        said = json.loads(outcome.stdout)
        self.check(said["backend"] == backend and said["simulated"] is False, what, said)
        self.check(said["evidence"] == {"size": file.stat().st_size, "file": str(file)}, what, said)
        self.check(file.stat().st_mode & 0o777 == 0o644, what, oct(file.stat().st_mode))
        wanted = said["report_data_in_evidence"] if not data or also else data
        self.done(f"{what}: verify", self.judge(said["vendor"], file, *(also or ("--report-data", wanted))))
        self.refused(f"{what}: verify other bytes", self.judge(said["vendor"], file, "--report-data", "42"))
        return said


def interfaces(t):
    service = ("--quote-service", "unix:{qgs}")
    cases = [("machine snp", (), "sev-guest"), ("machine tdx", (), "tdx-guest"), ("machine snp\nsev-guest absent", (), "configfs-sev-guest"),
             ("machine snp\nsev-guest mode 000", (), "configfs-sev-guest"), ("machine tdx\ntdx-guest absent", (), "configfs-tdx-guest"),
             ("machine snp\ntsm absent", (), "sev-guest"), ("machine tdx\ntsm absent", service, "tdx-guest"), ("machine tdx", service, "tdx-guest"),
             ("", (), "sev-guest"), ("machine snp", ("--backend", "auto"), "sev-guest")]
    cases += [("machine snp" if "sev" in each else "machine tdx", ("--backend", each), each) for each in REAL]
    cases += [("machine snp\nsev-guest vmpl 1", (*vmpl, "--backend", each), each) for each in REAL if "sev" in each for vmpl in ((), ("--vmpl", "1"))]
    cases += [("machine snp\nfault sev.ext_report times 2 exitinfo2 0x200000000", (), "sev-guest"),
              ("machine snp\nfault tsm.mkdir after 1 times 2 exists", ("--backend", "configfs-sev-guest"), "configfs-sev-guest"),
              ("machine tdx\nfault qgs.request short 7", service, "tdx-guest"), ("machine tdx\ntd quote-version 4", (), "tdx-guest")]
    for stage, options, backend in cases:
        said = t.made(stage, *options, backend=backend)
        if not said:
            continue
        of_amd = "sev" in backend
        t.check(said["vendor"] == ("AMD SEV-SNP" if of_amd else "Intel TDX"), backend, said)
        t.check(said["report_data_is"] == "given" and said["report_data"] == NONCE.ljust(128, "0"), backend, said)
        t.check((said["certificates"] or {}).get("file", "none") == (None if of_amd else "none"), backend, said)
    for stage, asked in (("machine snp", "sev-guest"), ("machine tdx", "tdx-guest")):
        said = [t.made(stage, backend=asked, data=None) for _ in range(2)]
        if all(said):
            t.check(said[0]["report_data_is"] == "random" and said[0]["report_data"] != said[1]["report_data"], "random data", said)


def as_text(t):
    outcome, _ = t.on("machine snp", "attest", "-o", "text.bin")
    t.done("attest", outcome)
    sentences = ["sev-guest", "AMD SEV-SNP", "text.bin, 1184 bytes", "nobody else can tell that this evidence is fresh",
                 "not kept: --certificates FILE keeps them", "unitee verify text.bin --report-data "]
    for sentence in sentences:
        t.check(sentence in outcome.stdout, "attest", f"does not say {sentence!r}: {outcome.stdout}")
    t.check(sorted(p.name for p in t.folder.glob("text*")) == ["text.bin"], "attest", "more than the evidence is written")

    outcome, _ = t.on("machine snp", "attest", "-o", "text.bin", "--certificates", "table.bin", "--report-data", NONCE)
    t.done("attest --certificates", outcome)
    t.check("fresh" not in outcome.stdout, "attest with data", outcome.stdout)
    t.done("its certificates", t.run("verify", t.folder / "text.bin", "--endorsements", t.folder / "table.bin", "--trust-anchor",
                                     t.folder / "snp/root.pem", "--report-data", NONCE))
    (t.folder / "table.bin").unlink()
    for stage in ("machine snp\nsnp certificates none", "machine tdx"):
        outcome, _ = t.on(stage, "attest", "-o", "text.bin", "--certificates", "table.bin")
        t.done("no certificates", outcome)
        t.check("none: the verifier needs them from elsewhere, so nothing is written" in outcome.stdout, stage, outcome.stdout)
        t.check(not (t.folder / "table.bin").exists(), stage, "a file of no certificates")
    (t.folder / "text.bin").unlink()


def services(t):
    stage = "machine snp\nsev-guest vmpl 2\ntsm svsm 6d616e6966657374"
    guid = ("--service", "c476f1eb-0123-45a5-9641-b4e7dde5bfe3", "--manifest-version", "0")
    hashed = hashlib.sha512(bytes.fromhex(NONCE).ljust(64, b"\0") + b"manifest").hexdigest()
    manifest = t.folder / "manifest.bin"
    for options in ((), guid):
        said = t.made(stage, "--svsm", *options, "--manifest", manifest, backend="configfs-sev-guest",
                      also=("--report-data", NONCE, "--manifest", manifest, "--vmpl", "0"))
        if said:
            t.check(said["report_data_in_evidence"] == hashed and said["manifest"] == {"size": 8, "file": str(manifest)}, "--svsm", said)
            t.check(manifest.read_bytes() == b"manifest", "--svsm", manifest.read_bytes())
            t.check(f"--manifest {manifest} --report-data {NONCE}" in said["verify"], "--svsm", said["verify"])
    said = t.made(stage, "--svsm", backend="configfs-sev-guest", also=("--report-data", hashed))
    if said:
        t.check(said["manifest"] == {"size": 8, "file": None} and said["verify"].endswith(f"--report-data {hashed}"), "--svsm", said)
    said = t.made(stage, "--svsm", "--label", "x", "--manifest", manifest, backend="configfs-sev-guest", data=None,
                  also=("--label", "x", "--manifest", manifest))
    manifest.write_bytes(b"manifesT")
    if said:
        t.refused("another manifest", t.judge("AMD SEV-SNP", said["evidence"]["file"], "--label", "x", "--manifest", manifest), said="report_data")


def transcripts(t):
    pem, der, private, model = (t.folder / name for name in ("key.pem", "key.der", "private.pem", "model"))
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", pem], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-outform", "DER", "-out", der], check=True, capture_output=True)
    model.write_bytes(os.urandom(70000))
    key, content = der.read_bytes(), model.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    label, nonce, public = ("label", "inference v1"), ("nonce", bytes.fromhex(NONCE)), ("public key", key)
    cases = [(("--label", "x"), transcript("x")),
             (("--label", "inference v1", "--nonce", NONCE), transcript(label[1], nonce)),
             (("--public-key", der, "--nonce", NONCE, "--label", label[1]), transcript(label[1], nonce, public)),
             (("--label", label[1], "--nonce", NONCE, "--public-key", pem, "--model-digest", digest),
              transcript(label[1], nonce, public, ("model digest", bytes.fromhex(digest)))),
             (("--label", "it's $HOME", "--part", "b=", "--part", "a b=00ff", "--part", f"a b=@{model}"),
              transcript("it's $HOME", ("b", b""), ("a b", b"\0\xff"), ("a b", content)))]
    for stage, backend in (("machine snp", "sev-guest"), ("machine tdx", "tdx-guest")):
        for options, data in cases if backend == "sev-guest" else cases[-2:]:
            said = t.made(stage, *options, backend=backend, data=None, also=options)
            if not said:
                continue
            t.check(said["report_data"] == data and said["report_data_is"] == "transcript", f"{options}", (said["report_data"], data))
            file = said["evidence"]["file"]
            t.done(f"{options} by hand", t.judge(said["vendor"], file, "--report-data", data))
            t.refused(f"{options} and another part", t.judge(said["vendor"], file, *options, "--part", "c=00"), said="report_data is not met")
            # The command line that it prints is one for a shell.
            folder = t.folder / ("snp" if backend == "sev-guest" else "td")
            printed = said["verify"].replace("unitee", f"'{t.binary}'", 1)
            shell = subprocess.run(["sh", "-c", f"{printed} --endorsements '{folder}/collateral' --trust-anchor '{folder}/root.pem'"], cwd=t.folder,
                                   capture_output=True, text=True)
            t.done(f"{options}: {printed}", shell)
    receipt = t.folder / "receipt.json"
    options = cases[3][0]
    said = t.made("machine snp", *options, backend="sev-guest", data=None, also=options)
    t.done("a receipt", t.judge("AMD SEV-SNP", said["evidence"]["file"], *options, "--receipt", receipt))
    pem.unlink()
    t.done("a receipt again, without the key's file", t.run("verify", receipt))
    bad(t, private, der, model)


def bad(t, private, der, model):
    """What makes no sense is said before anything is asked, by both commands."""
    two = t.folder / "two.pem"
    block = "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n"
    two.write_text(block * 2)
    short = t.folder / "short.der"
    short.write_bytes(der.read_bytes()[:-1])
    root = t.folder / "snp/root.pem"
    asked = [("--label", ""), ("--label", "x" * 65), ("--label", "x", "--report-data", "00"), ("--public-key", der), ("--model-digest", "00"),
             ("--part", "a=00"), ("--label", "x", "--part", "a"), ("--label", "x", "--part", "=00"), ("--label", "x", "--part", "a=0"),
             ("--label", "x", "--part", "a=zz"), ("--label", "x", "--part", "nonce=00"), ("--label", "x", "--part", "public key=00"),
             ("--label", "x", "--part", "n" * 65 + "=00"), ("--label", "x", "--part", "a=@/no/such"), ("--label", "x", "--nonce", ""),
             ("--label", "x", "--model-digest", "0"), ("--label", "x", "--public-key", private), ("--label", "x", "--public-key", two),
             ("--label", "x", "--public-key", short), ("--label", "x", "--public-key", root), ("--label", "x", "--public-key", model),
             ("--label", "x", "--label", "y"), ("--report-data", ""), ("--report-data", "0" * 130), ("--nonce", "00"),
             ("--manifest", model)]
    evidence = t.folder / "snp.bin"
    for options in asked:
        t.refused(f"verify {options}", t.run("verify", evidence, *options), (UNUSABLE,))
        before = sorted(os.listdir(t.folder))
        t.refused(f"attest {options}", t.run("attest", "-o", t.folder / "never", *options), (UNUSABLE,))
        t.check(sorted(os.listdir(t.folder)) == before, f"attest {options}", "something is written")
    out = ("-o", t.folder / "never")
    for options in (("-o",), (), ("operand", *out), (*out, "--backend", "sev"), (*out, "--backend", ""), (*out, "--vmpl", "4"), (*out, "--vmpl", "x"),
                    (*out, "--limit", "0"), (*out, "--limit", "1s"), (*out, "--limit", "1.2345"), (*out, "--limit", "99999999"),
                    (*out, "--quote-service", "vsock:2"), (*out, "--quote-service", "unix:"), (*out, "--quote-service", "tcp:1:2"),
                    (*out, "--service", "c476f1eb-0123-45a5-9641-b4e7dde5bfe3"), (*out, "--svsm", "--service", "x"),
                    (*out, "--svsm", "--manifest-version", "1"), (*out, "--svsm", "--quote-service", "vsock:2:4050"),
                    (*out, "--backend", "tdx-guest", "--vmpl", "1"), (*out, "--backend", "tdx-guest", "--certificates", t.folder / "c"),
                    (*out, "--state", t.folder), (*out, "--backend", "sev-guest", "--endorsements", t.folder / "e"), (*out, "--nonsense"),
                    (*out, "--certificates", t.folder / "never"), ("-o", der, "--label", "x", "--public-key", der),
                    (*out, "--backend", SIMULATED[1], "--state", t.state, "--endorsements", t.folder)):
        before = sorted(os.listdir(t.folder))
        t.refused(f"attest {options}", t.run("attest", *options), (UNUSABLE,))
        t.check(sorted(os.listdir(t.folder)) == before, f"attest {options}", "something is written")


def failures(t):
    """No evidence, no file; and a line that names the interface, the reason and what to do."""
    both = ["fault sev.report {0}\nfault sev.ext_report {0}\n"]
    service = ("--quote-service", "unix:{qgs}")
    only = ("--backend", "configfs-tdx-guest")
    cases = [("machine snp\n" + both[0].format("exitinfo2 0x14"), (), "(firmware_error); reboot"),
             ("machine snp\n" + both[0].format("errno EINVAL"), (), "Invalid argument"),
             ("machine snp\nsev-guest wiped", (), "(channel_lost); reboot the guest"),
             ("machine snp\nsev-guest vmpl 1", ("--vmpl", "0"), "invalid parameter) (firmware_error); ask for a VMPL"),
             ("machine snp\n" + both[0].format("exitinfo2 0x200000000"), ("--limit", "0.5"), "(host_busy); wait"),
             ("machine snp\n" + both[0].format("hang"), ("--limit", "0.5"), "(timed_out); give it more time"),
             ("machine snp\n" + both[0].format("flip 0x50"), (), "(binding_mismatch); do not use what came"),
             ("machine snp\n" + both[0].format("report_size 7"), (), "(bad_length)"),
             ("machine tdx\nfault tsm.read.outblob empty", (), "(no_quote); have the host's operator start the quote service"),
             ("machine tdx\nfault tsm.read.outblob cut 600", (), "quote"),
             ("machine tdx\nfault tsm.read.outblob errno ETIMEDOUT", only, "(no_answer)"),
             ("machine tdx\nfault tsm.read.outblob hang", (*only, "--limit", "0.5"), "(timed_out)"),
             ("machine tdx\nfault tsm.read.generation bump", only, "(raced)"),
             ("machine tdx\nqgs absent", service, "(interface_absent); start the quote service"),
             ("machine tdx\nfault qgs.request qgs_error 0x12001", service, "(service_error); have the host's operator look"),
             ("machine tdx\nfault qgs.request hang", (*service, "--limit", "0.5"), "(timed_out)"),
             ("machine tdx\nfault qgs.request nonsense 00", service, "check that it is a QGS"),
             ("machine tdx\ntdx-guest mode 000", ("--backend", "tdx-guest"), "Permission denied (io_error); run this as root"),
             ("machine snp", only, "(provider_mismatch); ask the backend of the provider"),
             ("machine snp\ntsm provider none", ("--backend", "configfs-sev-guest"), "(interface_absent); load a provider: modprobe"),
             ("machine snp", ("--svsm",), "(interface_absent); leave --svsm and --vmpl away"),
             ("machine snp\nsev-guest absent", ("--backend", "sev-guest"), "(interface_absent); modprobe sev-guest")]
    for stage, options, said in cases:
        what = f"attest {stage!r} {options}"
        before = sorted(p.name for p in t.folder.iterdir() if not p.name.startswith("machine-"))
        outcome, log = t.on(stage, "attest", "-o", "never.bin", "--certificates", "never.crt", *options) if "--backend" not in options and \
            "--quote-service" not in options else t.on(stage, "attest", "-o", "never.bin", *options)
        t.refused(what, outcome, (REFUSED, UNUSABLE), said)
        t.check(outcome.stdout == "", what, outcome.stdout)
        after = sorted(p.name for p in t.folder.iterdir() if not p.name.startswith("machine-"))
        t.check(after == before, what, f"written: {set(after) - set(before)}")
        # An entry that the kernel works on goes when it is done, which may be before the program has ended.
        t.check(log and log[-1]["entries_left"] <= ("outblob hang" in stage), what, log[-1:])
    # What a host hands out beside a report does not spoil the report.
    for spoiled in ("size 0x5000", "certs 63da758de6644564adc5f4b93be8accdffffffffffffffff"):
        outcome, _ = t.on(f"machine snp\nfault sev.ext_report {spoiled}", "attest", "-o", "alone.bin", "--certificates", "alone.crt")
        t.done(f"attest, {spoiled}", outcome)
        t.check((t.folder / "alone.bin").stat().st_size == 1184 and not (t.folder / "alone.crt").exists(), spoiled, outcome.stdout)
        t.check("none: the verifier needs them from elsewhere" in outcome.stdout, spoiled, outcome.stdout)
        (t.folder / "alone.bin").unlink()
    outcome, _ = t.on("machine none", "attest", "-o", "never.bin")
    lines = outcome.stderr.splitlines()
    t.check(outcome.returncode == UNUSABLE and outcome.stdout == "" and len(lines) == 4, "no TEE", outcome.stderr)
    for backend, line in zip(REAL, lines):
        t.check(line.startswith(f"unitee attest: {backend}: ") and "(interface_absent); " in line, "no TEE", line)
    for out in ("/no/such/folder/never", t.folder / "snp", "/dev/null"):
        t.refused(f"-o {out}", t.on("machine snp", "attest", "-o", out)[0], (UNUSABLE,))
    outcome, _ = t.on("machine snp", "attest", "-o", "never.bin", "--certificates", "/no/such/folder/never")
    t.refused("--certificates that cannot be written", outcome, (UNUSABLE,))
    t.check(not list(t.folder.glob("never*")) and not list(t.folder.glob(".unitee*")), "failures", "something is written")


def readme(t):
    """The README's command lines, in a guest of either vendor."""
    text = (pathlib.Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith(("unitee doctor", "unitee attest ", "unitee verify evidence.bin "))]
    t.check([line.split()[1] for line in lines] == ["doctor", "attest", "verify"], "README", lines)
    subprocess.run(["openssl", "pkey", "-in", t.folder / "private.pem", "-pubout", "-out", t.folder / "key.pem"], check=True, capture_output=True)
    for vendor, stage in (("snp", "machine snp"), ("td", "machine tdx")):
        for line in lines:
            words = [word.replace("$NONCE", NONCE) for word in shlex.split(line)[1:]]
            if words[0] != "verify":
                t.done(f"README: {line}", t.on(stage, *words)[0])
                continue
            given = [t.folder / vendor / "collateral" if word == "certificates.bin" and vendor == "td" else word for word in words]
            t.done(f"README: {line}", t.run(*given, "--trust-anchor", t.folder / vendor / "root.pem", cwd=t.folder))


def main():
    binary, emulator = sys.argv[1:]
    if (status := no_machine(emulator)) is not None:
        return status
    with tempfile.TemporaryDirectory() as folder:
        t = Attest(binary, emulator, folder)
        for part in (Attest.roots, interfaces, as_text, services, transcripts, failures, readme):
            part(t)
        outcome = t.run("attest", "--help")
        t.check(outcome.returncode == DONE and outcome.stdout.startswith("usage: unitee attest"), "attest --help", outcome.stdout)
        t.check(pathlib.Path(t.state, "simulated-snp.pem").exists(), "the state directory", "is elsewhere")
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
