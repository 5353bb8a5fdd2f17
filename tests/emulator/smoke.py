#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tries the emulated machine with programs that know the kernel's interfaces from the references alone.

usage: smoke.py EMULATOR, where EMULATOR is empty in a build without libfuse3
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

CLIENT = str(pathlib.Path(__file__).resolve().with_name("client.py"))
SKIPPED = 77

FAULTS = """
violations allowed
fault sev.ext_report size 0x5000
fault sev.report after 1 times 1 exitinfo2 0x200000000
fault sev.report after 2 times 1 status 0x27
fault sev.report after 3 times 1 report_size 0
fault sev.report after 4 times 1 flip 0x50
fault sev.report after 5 times 1 cut 100
fault sev.report after 7 exitinfo2 0x14
fault sev.derived_key zero
fault tsm.mkdir times 1 exists
fault tsm.read.generation after 2 times 1 bump
fault tsm.read.provider times 1 provider tdx_guest
fault tsm.read.outblob empty
fault tsm.write after 1 times 1 delay 50 and errno EBUSY
fault tsm.rmdir times 1 errno EIO
fault tdx.key err_code 0xC0000B00 and zero
fault rtmr.write errno EBUSY
fault rtmr.read.rtmr2 short 10
fault qgs.request times 1 qgs_error 0x12002
fault qgs.request after 1 times 1 nonsense abcd
fault qgs.request after 2 hang
"""


class Machines:
    def __init__(self, emulator, folder):
        self.emulator, self.folder, self.checked, self.failed = os.path.abspath(emulator), pathlib.Path(folder), 0, 0

    def words(self, stage, *words):
        (self.folder / "stage").write_text(stage)
        return [self.emulator, "--state", str(self.folder / "state"), "--stage", str(self.folder / "stage"), "--log",
                str(self.folder / "log"), "--", *words]

    def check(self, good, what, detail=""):
        self.checked += 1
        if not good:
            self.failed += 1
            print(f"FAILED {what}: {detail}")

    def run(self, scenario, stage="", status=0):
        """The scenario's output, and the lines of the log."""
        begin = time.monotonic()
        words = self.words(stage, sys.executable, "-B", CLIENT, *scenario.split())
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
        self.check(done.returncode == status, scenario, f"exit status {done.returncode}\n{done.stdout}{done.stderr}")
        print(f"{scenario}: {time.monotonic() - begin:.2f} s")
        log = self.folder / "log"
        return done.stdout, [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def left(m, log, entries=0, files=0, violations=0):
    end = log[-1]
    m.check(end["op"] == "end" and end["entries_left"] == entries and end["violations"] == violations, "end of the log", end)
    if end["left_open"] is not None:
        m.check(sum(end["left_open"].values()) == files, "files left open", end)


def judge(m):
    left(m, m.run("snp")[1])
    _, log = m.run("violations", "violations allowed")
    left(m, log, violations=33, files=2)
    m.run("violations", status=126)
    keys = [m.run("keys") for _ in range(2)]
    m.check(keys[0][0] == keys[1][0] and len(keys[0][0].split()) == 2, "the same keys after a restart")
    other, _ = m.run("keys", "snp chip 1\ntd mrtd " + "77" * 48)
    m.check(not set(other.split()) & set(keys[0][0].split()), "other keys on another chip and in another TD")
    text = json.dumps(keys[0][1])
    m.check(not any(key in text for key in keys[0][0].split()), "no key in the log")
    m.run("vlek", "snp vlek")
    left(m, m.run("tsm_snp", "machine snp")[1])
    left(m, m.run("tsm_svsm", "machine snp\nsev-guest vmpl 1\ntsm svsm 1234")[1], entries=2, files=1)
    left(m, m.run("threads", "machine snp")[1])
    left(m, m.run("threads", "machine tdx")[1])
    _, log = m.run("tdx", "machine tdx")
    left(m, log)
    m.check(log[-1]["connections"] == 1, "connections", log[-1])
    m.run("nothing", "machine none")
    m.run("denied", "sev-guest mode 000")
    m.run("no_provider", "machine tdx\ntsm provider none")
    m.run("faults", FAULTS)
    left(m, m.run("waits", "\n".join(f"fault {each} hang" for each in ("tsm.mkdir times 1", "sev.report", "tdx.open", "tsm.read")))[1],
         entries=1, files=6)
    m.run("ends 7", status=7)
    m.run("ends 0", "no such line", status=125)
    gone = subprocess.run(m.words("", "/no/such/program"), capture_output=True, timeout=60)
    m.check(gone.returncode == 127, "no such program", gone.returncode)
    killed(m)


def killed(m):
    """Nothing outlives an emulator that is killed."""
    with subprocess.Popen(m.words("", "sh", "-c", "echo; exec sleep 61.25"), stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    for _ in range(100):
        found = subprocess.run(["grep", "-lzx", "61.25", *map(str, pathlib.Path("/proc").glob("[0-9]*/cmdline"))], capture_output=True)
        if not found.stdout:
            break
        time.sleep(0.02)
    m.check(not found.stdout, "the client ends with the emulator", found.stdout)


def main():
    emulator = sys.argv[1]
    if not emulator:
        print("skipped: the build has no libfuse3")
        return 1 if os.environ.get("CI") == "true" else SKIPPED
    probe = subprocess.run([emulator, "--probe"], timeout=60)
    if probe.returncode != 0:
        return probe.returncode
    with tempfile.TemporaryDirectory() as folder:
        m = Machines(emulator, folder)
        judge(m)
    print(f"{m.checked} checks, {m.failed} failed")
    return 1 if m.failed else 0


if __name__ == "__main__":
    sys.exit(main())
