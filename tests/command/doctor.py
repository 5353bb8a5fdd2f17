#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows `unitee doctor` machines that lack something, or on which something goes wrong, and reads its findings.

usage: doctor.py UNITEE_BINARY EMULATOR, where EMULATOR is empty in a build without one
"""

import concurrent.futures
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

from staged import Staged, no_machine
from tool import DONE, REFUSED, UNUSABLE

WORKS, FAILS, ABSENT, CAREFUL = "works", "does not", "not here", "careful"
SERVICE = ("--quote-service", "unix:{qgs}")
SOON = ("--limit", "1")
NO_TSM = "tsm absent\n"
BUSY = "exitinfo2 0x200000000"

# What is staged, the options, and what must be found: topic: (state, part of the cause, part of the advice). The
# summary begins with `can` when the exit status must be 0, and with `cannot` when it must be 1.
SITUATIONS = [
    # A machine as it should be, of either vendor.
    ("machine snp", (), "can attest by sev-guest, configfs-sev-guest; can derive keys by sev-guest; can seal with them",
     {"sev-guest": (WORKS, "opens (root:", ""), "snp-report": (WORKS, "version 5", ""), "snp-key": (WORKS, "derives a key", ""),
      "snp-policy": (WORKS, "no debugging", ""), "snp-vmpl": (WORKS, "VMPL 0", ""), "snp-signer": (WORKS, "VCEK", ""),
      "snp-firmware": (WORKS, "committed", ""), "snp-certificates": (WORKS, "VCEK, ASK, ARK", ""), "configfs-tsm": (WORKS, "sev_guest", ""),
      "tsm-report": (WORKS, "SEV-SNP report", ""), "tdx-guest": (ABSENT, "does not offer", ""), "modules": (WORKS, "built in", "")}),
    ("machine tdx", (), "can attest by tdx-guest, configfs-tdx-guest; can derive keys by tdx-guest; can seal with them",
     {"tdx-guest": (WORKS, "opens (root:", ""), "td-report": (WORKS, "version", ""), "td-policy": (WORKS, "no debugging", ""),
      "tdx-seal-key": (WORKS, "derives a key", ""), "configfs-tsm": (WORKS, "tdx_guest", ""), "tsm-report": (WORKS, "TDX quote of", ""),
      "sev-guest": (ABSENT, "does not offer", ""), "rtmr": (CAREFUL, "are zero", "use firmware that measures"),
      "quote-service": (ABSENT, "vsock:2:4050", "")}),
    ("", (), "can attest by ", {"machine": (CAREFUL, "interfaces of both vendors", "unitee verify")}),
    # Nothing, or only some of it.
    ("machine none", (), "cannot attest, because no TEE's interface is here; cannot derive keys; can seal with a key of your own",
     {"modules": (ABSENT, "neither sev_guest nor tdx_guest", "modprobe sev-guest"), "sev-guest": (ABSENT, "does not offer", ""),
      "tdx-guest": (ABSENT, "does not offer", ""), "configfs-tsm": (ABSENT, "nothing is mounted", "mount -t configfs none /sys/kernel/config")}),
    ("machine none\ntsm unmounted", (), "cannot attest", {"configfs-tsm": (ABSENT, "no /sys/kernel/config", "modprobe configfs; mount")}),
    ("machine snp\nsev-guest absent", (), "can attest by configfs-sev-guest; cannot derive keys, because of sev-guest; can seal with a key of your own",
     {"sev-guest": (ABSENT, "No such file or directory", "modprobe sev-guest"), "tsm-report": (WORKS, "SEV-SNP report", "")}),
    ("machine tdx\ntdx-guest absent", (), "can attest by configfs-tdx-guest; cannot derive keys, because of tdx-guest",
     {"tdx-guest": (ABSENT, "No such file or directory", "modprobe tdx-guest"), "td-policy": (WORKS, "no debugging", "")}),
    ("machine tdx\ntdx-guest absent", SERVICE, "can attest", {"quote-service": (ABSENT, "not asked", "")}),
    ("machine snp\n" + NO_TSM, (), "can attest by sev-guest;", {"configfs-tsm": (ABSENT, "nothing is mounted", "mount -t configfs")}),
    # Permissions.
    ("machine snp\nsev-guest mode 000", (), "can attest by configfs-sev-guest; cannot derive keys, because of sev-guest",
     {"sev-guest": (FAILS, "Permission denied (root:root 0000; you are uid 0)", "chmod 660 /dev/sev-guest")}),
    ("machine snp\n" + NO_TSM + "fault sev.open errno EACCES", (), "cannot attest, because of sev-guest", {"sev-guest": (FAILS, "Permission denied", "as root")}),
    ("machine tdx\ntdx-guest mode 000", (), "can attest by configfs-tdx-guest; cannot derive",
     {"tdx-guest": (FAILS, "Permission denied (root:root 0000", "chmod 660 /dev/tdx_guest")}),
    ("machine tdx\nfault tsm.mkdir errno EACCES", (), "cannot attest, because of configfs-tsm; can derive keys by tdx-guest",
     {"configfs-tsm": (FAILS, "Permission denied", "run this as root")}),
    # The SEV firmware, and the host between it and the guest.
    ("machine snp\nsev-guest wiped", (), "cannot attest, because of snp-report, tsm-report; cannot derive keys, because of snp-report",
     {"snp-report": (FAILS, "no key to talk to the firmware", "reboot the guest"), "tsm-report": (FAILS, "no key to talk to", "reboot the guest")}),
    (f"machine snp\n{NO_TSM}fault sev.report {BUSY}", SOON, "cannot attest, because of snp-report", {"snp-report": (FAILS, "the host throttled", "--limit")}),
    (f"machine snp\n{NO_TSM}fault sev.report times 2 {BUSY}", (), "can attest by sev-guest", {"snp-report": (WORKS, "version 5", "")}),
    (f"machine snp\n{NO_TSM}fault sev.report exitinfo2 0x14", (), "cannot attest", {"snp-report": (FAILS, "hardware unsafe", "reboot the guest")}),
    (f"machine snp\n{NO_TSM}fault sev.report exitinfo2 0x15", (), "cannot attest", {"snp-report": (FAILS, "unsupported", "reboot the guest")}),
    (f"machine snp\n{NO_TSM}fault sev.report status 0x27", (), "cannot attest", {"snp-report": (FAILS, "key invalid, absent", "load the key")}),
    (f"machine snp\n{NO_TSM}fault sev.report exitinfo2 0x9900000000", (), "cannot attest", {"snp-report": (FAILS, "host answered with an error (0x99)", "operator")}),
    (f"machine snp\n{NO_TSM}fault sev.report errno EIO", (), "cannot attest", {"snp-report": (FAILS, "neither firmware nor host", "reboot the guest")}),
    (f"machine snp\n{NO_TSM}fault sev.report flip 0x50", (), "cannot attest", {"snp-report": (FAILS, "a digest does not match", "do not use what came")}),
    (f"machine snp\n{NO_TSM}fault sev.report hang", SOON, "cannot attest", {"snp-report": (FAILS, "no answer within", "--limit")}),
    ("machine snp\nfault sev.open hang", SOON, "can attest by configfs-sev-guest", {"sev-guest": (FAILS, "no answer within", "dmesg")}),
    # What a report says about the guest and its machine.
    ("machine snp\nsnp policy 0xb0000", (), "can attest", {"snp-policy": (CAREFUL, "the host may DEBUG this guest", "without DEBUG")}),
    ("machine snp\nsev-guest absent\nsnp policy 0xb0000", (), "can attest", {"snp-policy": (CAREFUL, "the host may DEBUG this guest", "without DEBUG")}),
    ("machine snp\nsnp policy 0x70000", (), "can attest", {"snp-policy": (CAREFUL, "migration agent", "without MIGRATE_MA")}),
    ("machine snp\nsev-guest vmpl 1", (), "can attest by sev-guest, configfs-sev-guest; can derive keys by sev-guest",
     {"snp-vmpl": (CAREFUL, "VMPL 1", "unitee verify --vmpl 1"), "snp-report": (WORKS, "version 5", ""), "tsm-report": (WORKS, "SEV-SNP report", "")}),
    ("machine snp\ntsm svsm", (), "can attest by sev-guest, configfs-sev-guest, configfs-sev-guest --svsm",
     {"svsm": (WORKS, "manifest of its services (32 bytes)", "unitee attest --svsm"), "snp-vmpl": (CAREFUL, "VMPL 2", "--vmpl 2")}),
    ("machine snp\nsnp vlek", (), "can attest", {"snp-signer": (CAREFUL, "VLEK: the provider's key", "and_chip"), "snp-certificates": (WORKS, "VLEK, ASK, ARK", "")}),
    (f"machine snp\n{NO_TSM}fault sev.report flip 0x1E8", (), "can attest", {"snp-firmware": (CAREFUL, "is provisional", "--refuse-provisional")}),
    # Certificates.
    ("machine snp\nsnp certificates none", (), "can attest", {"snp-certificates": (CAREFUL, "the host hands out none", "curl -o vcek.der 'https://kdsintf.amd.com/vcek/v1/Milan/")}),
    ("machine snp\nsnp certificates none\nsnp vlek", (), "can attest", {"snp-certificates": (CAREFUL, "the host hands out none", "unitee verify --endorsements")}),
    ("machine snp\nsnp certificates vek", (), "can attest", {"snp-certificates": (WORKS, "hands out VCEK (", "")}),
    ("machine snp\nfault sev.ext_report size 0x5000", (), "can attest", {"snp-certificates": (FAILS, "20480 bytes", "fewer certificates")}),
    ("machine snp\nfault sev.ext_report certs 63da758de6644564adc5f4b93be8accdffffffffffffffff", (), "can attest",
     {"snp-certificates": (FAILS, "certificate table", "repair the certificates")}),
    # Derived keys.
    ("machine snp\nfault sev.derived_key status 0x16", (), "can attest by sev-guest, configfs-sev-guest; cannot derive keys, because of snp-key",
     {"snp-key": (FAILS, "refused to derive the key (status 0x16, invalid parameter)", "operator")}),
    ("machine snp\nfault sev.derived_key zero", (), "can attest by sev-guest, configfs-sev-guest; cannot derive", {"snp-key": (FAILS, "all zero", "key broker")}),
    ("machine snp\nfault sev.derived_key exitinfo2 0x13", (), "can attest", {"snp-key": (FAILS, "hardware error", "reboot the guest")}),
    ("machine tdx\ntdx-guest key absent", (), "can attest by tdx-guest, configfs-tdx-guest; cannot derive keys, because of tdx-seal-key",
     {"tdx-seal-key": (ABSENT, "the kernel does not offer", "use a key broker: this kernel cannot ask")}),
    ("machine tdx\ntdx-guest key unsupported", (), "can attest by tdx-guest, configfs-tdx-guest; cannot derive",
     {"tdx-seal-key": (FAILS, "refused to derive the key (TDCALL status", "no SEALING")}),
    ("machine tdx\ntdx-guest key zero", (), "can attest by tdx-guest, configfs-tdx-guest; cannot derive", {"tdx-seal-key": (FAILS, "all zero", "key of zeros")}),
    ("machine tdx\nfault tdx.key err_code 0xC0000B00", (), "can attest", {"tdx-seal-key": (FAILS, "module answered with an error", "update the kernel")}),
    ("machine tdx\nfault tdx.key hang", SOON, "can attest", {"tdx-seal-key": (FAILS, "no answer within", "key broker")}),
    # TDX.
    ("machine tdx\ntd attributes 0x10000001", (), "can attest", {"td-policy": (CAREFUL, "the host may DEBUG this TD", "without DEBUG")}),
    ("machine tdx\ntdx-guest absent\ntd attributes 0x10000001", (), "can attest", {"td-policy": (CAREFUL, "the host may DEBUG this TD", "without DEBUG")}),
    ("machine tdx\ntd attributes 0x10000020", (), "can attest", {"td-policy": (CAREFUL, "profile", "--allow-profiling")}),
    ("machine tdx\ntd attributes 0x30000000", (), "can attest", {"td-policy": (CAREFUL, "another machine", "--allow-migration")}),
    ("machine tdx\ntd attributes 0", (), "can attest", {"td-policy": (CAREFUL, "SEPT_VE_DISABLE is not set", "with SEPT_VE_DISABLE")}),
    ("machine tdx\nrtmr absent", (), "can attest", {"rtmr": (ABSENT, "RTMR interface", "Linux 6.16")}),
    ("machine tdx\nfault rtmr.read errno EIO", (), "can attest", {"rtmr": (FAILS, "Input/output error", "Linux 6.16")}),
    ("machine tdx\nfault rtmr.read.rtmr2 flip 3", (), "can attest", {"rtmr": (CAREFUL, "otherwise than in the TD report", "measure when the boot is over")}),
    ("machine tdx\nfault tdx.report errno EIO", (), "can attest by configfs-tdx-guest", {"td-report": (FAILS, "Input/output error", "dmesg")}),
    ("machine tdx\nfault tdx.report errno ENOTTY", (), "can attest by configfs-tdx-guest", {"td-report": (ABSENT, "does not offer", "another kernel")}),
    ("machine tdx\nfault tdx.report errno EBUSY", SOON, "can attest by configfs-tdx-guest", {"td-report": (FAILS, "throttled", "--limit")}),
    # Quote services.
    ("machine tdx\n" + NO_TSM, SERVICE, "can attest by tdx-guest with the quote service", {"quote-service": (WORKS, "a quote of", "")}),
    ("machine tdx\nqgs absent\n" + NO_TSM, SERVICE, "cannot attest, because of configfs-tsm, quote-service; can derive keys by tdx-guest",
     {"quote-service": (ABSENT, "nobody quotes at unix:", "start the quote service")}),
    (f"machine tdx\n{NO_TSM}fault qgs.request hang", (*SERVICE, *SOON), "cannot attest", {"quote-service": (FAILS, "no answer within", "restart the QGS")}),
    (f"machine tdx\n{NO_TSM}fault qgs.request nonsense 00112233", SERVICE, "cannot attest", {"quote-service": (FAILS, "a length contradicts", "check that it is a QGS")}),
    (f"machine tdx\n{NO_TSM}fault qgs.request qgs_error 0x12001", SERVICE, "cannot attest", {"quote-service": (FAILS, "0x12001", "QGS's log")}),
    (f"machine tdx\n{NO_TSM}fault qgs.request close", SERVICE, "cannot attest", {"quote-service": (FAILS, "ends too early", "check that it is a QGS")}),
    # configfs-tsm.
    ("machine tdx\ntsm provider none", (), "cannot attest, because of configfs-tsm", {"configfs-tsm": (ABSENT, "has no provider", "modprobe sev-guest, or modprobe tdx-guest")}),
    ("machine snp\ntsm provider tdx_guest", (), "can attest", {"machine": (CAREFUL, "interfaces of both vendors", "unitee verify"), "configfs-tsm": (WORKS, "tdx_guest", "")}),
    ("machine snp\ntsm provider arm_cca_guest", (), "can attest by sev-guest;", {"configfs-tsm": (FAILS, '"arm_cca_guest"', "machine of SEV-SNP or TDX")}),
    ("machine tdx\nfault tsm.read.outblob empty", (), "cannot attest, because of tsm-report", {"tsm-report": (FAILS, "the quote is empty", "start the quote service")}),
    ("machine tdx\nfault tsm.read.outblob hang", SOON, "cannot attest", {"tsm-report": (FAILS, "no answer within", "--limit")}),
    ("machine tdx\nfault tsm.write errno EBUSY", SOON, "cannot attest", {"tsm-report": (FAILS, "throttled", "under way")}),
    ("machine tdx\nfault tsm.read.outblob errno ETIMEDOUT", (), "cannot attest", {"tsm-report": (FAILS, "neither firmware nor host", "operator")}),
    ("machine tdx\nfault tsm.read.generation after 1 bump", (), "cannot attest", {"tsm-report": (FAILS, "somebody else wrote", "which process")}),
    ("machine tdx\nfault tsm.read.outblob cut 100", (), "cannot attest", {"tsm-report": (FAILS, "ends too early", "do not use what came")}),
    ("machine snp\nfault tsm.mkdir hang", SOON, "can attest by sev-guest;", {"configfs-tsm": (FAILS, "did not come back within 1000 ms", "dmesg")}),
]


class Doctor(Staged):
    def judge(self, what, outcome, log, wanted, summary, hangs):
        """What --json says, in which the situation has to be found."""
        can = summary.startswith("can ")
        self.done(what, outcome, DONE if can else REFUSED)
        said = json.loads(outcome.stdout)
        self.check(said["summary"].startswith(summary), what, said["summary"])
        self.check(said["can_attest"] is can and bool(said["attests_by"]) is can, what, said["attests_by"])
        self.check(said["can_derive"] is ("; can derive" in said["summary"]) is (said["derives_by"] is not None), what, said)
        found = {each["topic"]: each for each in said["findings"]}
        self.check(len(found) == len(said["findings"]), what, "a topic twice")
        for topic, (state, cause, advice) in wanted.items():
            one = found.get(topic, {"state": "nothing", "what": "", "advice": ""})
            good = one["state"] == state and cause in one["what"] and advice in one["advice"]
            self.check(good and (one["advice"] == "") == (advice == ""), f"{what}: {topic}", one)
        if not hangs:
            self.left_nothing(what, log)
        return found

    def judge_text(self, what, outcome, wanted, summary):
        """The same for a person."""
        self.done(what, outcome, DONE if summary.startswith("can ") else REFUSED)
        lines = outcome.stdout.splitlines()
        long = [line for line in lines if len(line) > 80 and " " in line[26:].strip()]
        self.check(not long, what, long)
        self.check(summary in " ".join(lines), what, lines[-3:])
        rows = {}
        for line in lines[:lines.index("")]:
            if line[:9].strip() and line[0] != " ":
                topic = line[9:26].strip()
                rows[topic] = [line[:9].strip(), line[26:], ""]
                at = 1
            else:
                at = 2 if line[:26].strip() == "->" else at
                rows[topic][at] = (rows[topic][at] + " " + line[26:]).strip()
        for topic, (state, cause, advice) in wanted.items():
            row = rows.get(topic, ["nothing", "", ""])
            self.check(row[0] == state and cause in row[1] and advice in row[2], f"{what}: {topic} as text", row)


def situation(t, number):
    stage, options, summary, wanted = SITUATIONS[number]
    what = f"doctor {stage!r} {' '.join(options)}"
    hangs = "hang" in stage
    begun = time.monotonic()
    outcome, log = t.on(stage, "doctor", "--json", *options)
    took = time.monotonic() - begun
    t.check(took < (6 if options[-2:] == SOON else 16), what, f"took {took:.1f} s")
    t.judge(what, outcome, log, wanted, summary, hangs)
    outcome, _ = t.on(stage, "doctor", *options)
    t.judge_text(what, outcome, wanted, summary)


def events(t):
    """A TD that has measured something."""
    stage = "machine tdx"
    before = "head -c 48 /dev/urandom > /sys/class/misc/tdx_guest/measurements/rtmr3:sha384"
    outcome, log = t.on(stage, "doctor", "--json", before=before)
    t.judge("doctor, a measured TD", outcome, log, {"rtmr": (WORKS, "as in the TD report", "")}, "can attest", False)


def limits(t):
    """What the process may do with its memory."""
    def low():
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))

    def high():
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (1 << 26, 1 << 26))
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    piped = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().startswith("|")
    dumps = (CAREFUL, "hands the memory", "core_pattern") if piped else (WORKS, "none", "")
    outcome, log = t.on("machine snp", "doctor", "--json", preexec_fn=low)
    t.judge("doctor, little locked memory", outcome, log, {"locked-memory": (CAREFUL, "limit 64 KiB", "ulimit -l unlimited"), "core-dumps": dumps},
            "can attest", False)
    t.judge_text("doctor, little locked memory", t.on("machine snp", "doctor", preexec_fn=low)[0],
                 {"locked-memory": (CAREFUL, "limit 64 KiB", "ulimit -l unlimited")}, "can attest")
    try:
        outcome, log = t.on("machine snp", "doctor", "--json", preexec_fn=high)
    except subprocess.SubprocessError:
        return  # nobody but root may raise a limit
    found = t.judge("doctor, enough locked memory", outcome, log, {"locked-memory": (WORKS, "limit 65536 KiB", "")}, "can attest", False)
    t.check(found["core-dumps"]["state"] == (CAREFUL if resource.getrlimit(resource.RLIMIT_CORE)[1] or piped else WORKS), "core dumps", found["core-dumps"])


def machine(t):
    """The machine that the test runs on, whatever it is: nothing of it may hang or be kept."""
    begun = time.monotonic()
    outcome = t.run("doctor", "--json", "--limit", "3")
    t.check(time.monotonic() - begun < 5, "doctor here", "took too long")
    said = json.loads(outcome.stdout)
    t.check(outcome.returncode == (DONE if said["can_attest"] else REFUSED), "doctor here", outcome.returncode)
    topics = {each["topic"] for each in said["findings"]}
    t.check({"machine", "kernel", "modules", "sev-guest", "tdx-guest", "configfs-tsm", "event-log", "locked-memory", "core-dumps", "swap"} <= topics,
            "doctor here", topics)
    for each in said["findings"]:
        t.check(each["state"] in (WORKS, FAILS, ABSENT, CAREFUL) and each["what"], "doctor here", each)
        t.check(each["state"] != FAILS or each["advice"], "doctor here", each)
    for words in (("operand",), ("--limit", "0"), ("--limit",), ("--nonsense",), ("--quote-service", "here"), ("--limit", "1", "--limit", "2")):
        t.refused(f"doctor {words}", t.run("doctor", *words), (UNUSABLE,))
    outcome = t.run("doctor", "--help")
    t.check(outcome.returncode == DONE and outcome.stdout.startswith("usage: unitee doctor"), "doctor --help", outcome.stdout)


def main():
    binary, emulator = sys.argv[1:]
    if (status := no_machine(emulator)) is not None:
        return status
    with tempfile.TemporaryDirectory() as folder:
        t = Doctor(binary, emulator, folder)
        machine(t)
        t.on("machine snp", "doctor")  # makes the simulated platforms
        t.on("machine tdx", "doctor")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(situation, t, number) for number in range(len(SITUATIONS))]:
                done.result()
        events(t)
        limits(t)
    print(f"{len(SITUATIONS)} situations")
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
