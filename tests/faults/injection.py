# SPDX-License-Identifier: Apache-2.0
"""Running a program under tests/faults/inject.cpp, and which faults go with which system call."""

import errno
import os
import re
import subprocess

WRITES = ("write", "pwrite64")
READS = ("read", "pread64")
SYNCS = ("fsync", "fdatasync")
RENAMES = ("renameat", "renameat2")
OPENS = ("openat", "create", "tmpfile")
TAKES_ROOM = (*WRITES, "create", "tmpfile", "linkat", *RENAMES, "fallocate", "ftruncate")
ALL = (*OPENS, *READS, *WRITES, *SYNCS, "linkat", *RENAMES, "fallocate", "ftruncate", "flock", "stat", "fstat", "mmap",
       "unlinkat")

# What a call meets, and the calls that can meet it. What the kernel reports as EINTR, and a call that moves less than
# it was asked to, are no failure.
FAULTS = {
    "EIO": ALL,
    "ENOSPC": (*TAKES_ROOM, *SYNCS),
    "EDQUOT": TAKES_ROOM,
    "ENOMEM": ("mmap", "memory", "flock", "stat"),
    "EINTR": (*OPENS, *READS, *WRITES, *SYNCS, "fallocate", "ftruncate", "flock"),
    "short": (*READS, *WRITES),
    "before": ALL,
    "after": ALL,
    "torn": WRITES,
}
HARMLESS = ("EINTR", "short")
# Where any of these fails, nothing makes up for it.
MUST_SUCCEED = (*WRITES, *SYNCS, *RENAMES, "create", "linkat", "fallocate", "ftruncate", "flock")
KILLS = ("before", "after", "torn")
KILLED = 128 + 9

ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
# A leak cannot be looked for in a process that is traced already.
TRACED = ENVIRONMENT | {"ASAN_OPTIONS": "detect_leaks=0"}


class Call:
    def __init__(self, line):
        parts = re.fullmatch(r"(.) (\S+) (\S+) (\d+) (\d+) (\d+) (.*)", line).groups()
        mark, self.name, result, _, size, offset, self.file = parts
        self.met, self.size, self.offset = mark == "*", int(size), int(offset)
        self.result = None if result == "killed" else int(result)
        self.done = self.result is not None and self.result >= 0


class Run:
    """One run of a program: its exit status (KILLED for kill -9), what it said, and its system calls in `folder`."""

    def __init__(self, injector, folder, words, refuse=(), fault=None, number=0, calls=None):
        options = [word for each in refuse for word in ("--refuse", each)]
        if fault:
            what = str(getattr(errno, fault)) if fault.startswith("E") else fault
            options += ["--at", str(number), "--calls", ",".join(calls or FAULTS[fault]), "--do", what]
        done = subprocess.run([injector, str(folder), *options, "--", *map(str, words)], capture_output=True, text=True,
                              timeout=120, env=TRACED)
        self.status, self.said = done.returncode, done.stderr.strip()
        self.calls = [Call(line) for line in done.stdout.splitlines()]
        self.met = next((call for call in self.calls if call.met), None)

    def __str__(self):
        met = f", {self.met.name} of {os.path.basename(self.met.file)}" if self.met else ""
        return f"exit status {self.status}{met}: {self.said!r}"


def works(injector):
    """Whether programs can be traced here."""
    if not injector:
        return False
    return subprocess.run([injector, "/nowhere", "--", "/bin/true"], env=TRACED).returncode == 0
