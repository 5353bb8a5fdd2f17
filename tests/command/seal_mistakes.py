#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do `unitee seal`, `unseal` and `slots` say in one line what is wrong with their arguments, files and disks, and leave
nothing behind; and what do they tell on a terminal.

usage: seal_mistakes.py UNITEE_BINARY
"""

import json
import os
import pty
import re
import resource
import signal
import stat
import subprocess
import sys
import tempfile

from sealing import Sealing, drawn, plaintext
from tool import DONE, UNUSABLE


def arguments(t):
    plain, sealed, key = t.file("plain", b"model"), t.folder / "sealed", t.slots["key"][0]
    out = t.folder / "refused"
    out.mkdir()
    to, disk = ("-o", out / "file"), "--plaintext-to-disk"
    t.done("seal", t.seal(plain, sealed, "key"))
    short = t.file("short", bytes(31))
    seal, unseal = ("seal", plain, *to), ("unseal", sealed, *to, disk)
    for words in (("seal",), ("seal", plain), ("seal", *to), ("seal", plain, plain, *to), (*seal, *to),
                  ("seal", plain, "-o"), (*seal, "--slot", "tdx"), (*seal, "--slot", "key="),
                  (*seal, "--slot", "key=/no/such/file"), (*seal, "--slot", f"key={short}"),
                  (*seal, "--slot", f"key={sealed}"), ("seal", "/no/such/file", *to, *key),
                  ("seal", plain, "-o", "/no/such/folder/file", *key), (*seal, "--nonsense"),
                  (*seal, "--slot", "public-key=/no/such/file"), (*seal, "--slot", f"key={t.key},id={'x' * 65}"),
                  *((*seal, *key, "--segment-size", size) for size in (0, 1, "2K", "6K", "32M", 4097, "64k", "x")),
                  (*seal, *key, "--metadata", "some"), (*seal, *16 * key),
                  *((*seal, *key, "--workers", number) for number in (0, 257, "x")),
                  ("unseal",), ("unseal", sealed), (*unseal, "--key"), (*unseal, "--key", short),
                  ("unseal", plain, *to, disk, "--key", t.key), ("unseal", "/no/such/file", *to, disk, "--key", t.key),
                  ("unseal", sealed, "-o", "/no/such/folder/file", disk, "--key", t.key), (*unseal, "--slot", "key"),
                  ("unseal", sealed, "--verify", "--load", "--key", t.key), (*unseal, "--verify", "--key", t.key),
                  ("unseal", sealed, "--verify", "--key", t.key, "--min-generation", 0),
                  ("unseal", sealed, "--verify", "--recipient-key", t.key)):
        t.refused(" ".join(map(str, words)), t.run(*words), (UNUSABLE,))
        t.nothing_left(" ".join(map(str, words)), out / "file")
    by_guest = t.folder / "by_guest"
    t.done("seal", t.seal(plain, by_guest, "simulated"))
    outcome = t.run("unseal", by_guest, *to, disk, "--state", t.folder / "no such state")
    t.check(outcome.returncode == UNUSABLE and "No such file" in outcome.stderr, "no state", outcome)
    t.check(not (t.folder / "no such state").exists(), "no state", "unseal made a machine")
    t.nothing_left("no state", out / "file")
    garbage = t.folder / "garbage"
    garbage.mkdir()
    (garbage / "simulated-snp.pem").write_bytes(b"garbage")
    outcome = t.run(*seal, "--slot", "simulated", "--state", garbage)
    kept = (garbage / "simulated-snp.pem").read_bytes() == b"garbage"
    t.check(outcome.returncode != DONE and kept, "garbage as state", outcome)
    t.nothing_left("garbage as state", out / "file")
    for subcommand in ("seal", "unseal", "slots"):
        outcome = t.run(subcommand, "--help")
        usage = outcome.stdout.startswith(f"usage: unitee {subcommand}")
        t.check(outcome.returncode == DONE and usage, "--help", outcome)


def no_regular_files(t):
    """What has no size, or cannot be replaced, is named for what it is, and stays."""
    plain, sealed, key = t.file("plain", b"model"), t.folder / "sealed", t.slots["key"][0]
    t.done("seal", t.seal(plain, sealed, "key"))
    place = t.folder / "kinds"
    place.mkdir()
    os.mkfifo(place / "pipe")
    (place / "link").symlink_to("pipe")
    (place / "stdout").symlink_to("/proc/self/fd/1")  # as /dev/stdout is
    (place / "folder").mkdir()
    os.mknod(place / "socket", stat.S_IFSOCK | 0o600)
    kinds = {place / "pipe": "a pipe", place / "link": "a pipe", place / "folder": "a directory",
             place / "socket": "a socket", "/dev/null": "a device"}
    before = sorted(os.listdir(place))
    for path, kind in kinds.items():
        said = f"it is {kind}"
        for words in (("seal", path, "-o", t.folder / "out", *key), ("unseal", path, "--verify", "--key", t.key),
                      ("slots", path), ("slots", path, "--settle", "--key", t.key), ("seal", plain, "-o", path, *key),
                      ("unseal", sealed, "-o", path, "--plaintext-to-disk", "--key", t.key)):
            outcome = t.run(*words)
            t.refused(" ".join(map(str, words)), outcome, (UNUSABLE,), said)
            t.check("plaintext overwrites" not in outcome.stderr, words, outcome.stderr)
    with open(t.folder / "printed", "wb") as file:
        for words in (("seal", plain, "-o", place / "stdout", *key),
                      ("unseal", sealed, "-o", place / "stdout", "--plaintext-to-disk", "--key", t.key)):
            # Not t.run, which has a pipe there.
            outcome = subprocess.run([t.binary, *map(str, words)], stdout=file, stderr=subprocess.PIPE, text=True)
            t.refused(" ".join(map(str, words)), outcome, (UNUSABLE,), "it is an open file of this process")
    t.check((place / "stdout").is_symlink(), "stdout", "is gone")
    t.check(sorted(os.listdir(place)) == before and os.path.exists("/dev/null"), "no regular files", os.listdir(place))
    for form in ((), ("--json",), ("--as", "sealed")):
        t.refused("inspect a pipe", t.run("inspect", *form, place / "pipe"), (UNUSABLE,), "it is a pipe")
    # A pipe that is open already can be waited for.
    with open(sealed, "rb") as file, subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) as cat:
        t.done("inspect /dev/stdin", t.run("inspect", "/dev/stdin", stdin=cat.stdout))
    # "-" is no name, whether or not there is such a file.
    for there in (False, True):
        for words in (("seal", "-", "-o", "out", *key), ("seal", plain, "-o", "-", *key), ("slots", "-"),
                      ("unseal", "-", "--verify", "--key", t.key),
                      ("unseal", sealed, "-o", "-", "--plaintext-to-disk", "--key", t.key)):
            t.refused(" ".join(map(str, words)), t.run(*words, cwd=place / "folder"), (UNUSABLE,), "- is no file")
        t.check(os.listdir(place / "folder") == ["-"] * there, "-", os.listdir(place / "folder"))
        (place / "folder" / "-").write_bytes(b"model")
    t.done("./-", t.run("seal", "./-", "-o", t.folder / "out", *key, cwd=place / "folder"))


def standard_files(t):
    """A standard file that is closed, or full, does no harm: no other file is taken for it."""
    plain, key = t.file("plain", b"model"), t.slots["key"][0]
    sealed, again = t.folder / "sealed", t.folder / "again"
    for closed in (0, 1, 2, None):
        def close():
            if closed is None:
                os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
            else:
                os.close(closed)
        without = {"preexec_fn": close}
        # What is printed on standard output is missed.
        status, what = UNUSABLE if closed == 1 else DONE, f"without {closed}"
        sealed.unlink(missing_ok=True)
        t.done(f"seal {what}", t.seal(plain, sealed, "key", **without), status)
        t.done(f"unseal {what}", t.unseal(sealed, again, "key", **without), status)
        t.check(again.read_bytes() == b"model", f"unseal {what}", "the plaintext differs")
        t.done(f"slots {what}", t.run("slots", sealed, "--add", f"key={t.key}", "--key", t.key, **without), status)
        t.done("seal", t.seal(plain, sealed, "simulated"))
        # A warning that cannot be printed may stop the command, and never ends up in the file.
        said = t.run("slots", sealed, "--reseal", "--state", t.state, **without)
        t.check(said.returncode == status or closed is None and said.returncode == UNUSABLE, f"slots {what}", said)
        seen = json.loads(t.run("slots", sealed, "--json").stdout or "{}")
        t.check(seen.get("settled") is True, f"slots {what}", seen)
        t.done(f"slots {what}", t.run("unseal", sealed, "--verify", "--state", t.state))
        for words in (("seal",), ("unseal", "/no/such/file", "--verify"), ("slots", plain), ("nonsense",)):
            t.done(f"{words} {what}", t.run(*words, **without), UNUSABLE)
        t.done(f"--version {what}", t.run("--version", **without), status)


def full_disks(t):
    """A limit to the size of files is as good as a disk that is full, and the signal that comes with it is no end."""
    plain, out, key = t.file("plain", plaintext(1 << 20)), t.folder / "full", t.slots["key"][0]
    sealed = t.folder / "sealed"
    out.mkdir()
    t.done("seal", t.run("seal", plain, "-o", sealed, *key))
    for heard in (signal.SIG_DFL, signal.SIG_IGN):
        def small():
            signal.signal(signal.SIGXFSZ, heard)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, 1 << 19))
        limit = {"preexec_fn": small, "restore_signals": False}
        said = "File too large (io_error); nothing is left of what was written"
        t.refused("seal, no room", t.run("seal", plain, "-o", out / "sealed", *key, **limit), (UNUSABLE,), said)
        t.refused("unseal, no room", t.unseal(sealed, out / "again", "key", **limit), (UNUSABLE,), said)
        t.nothing_left("no room", out / "again")


def on_a_terminal(t, what, *words):
    """What the command draws on a terminal, as it went along."""
    terminal, theirs = pty.openpty()
    with subprocess.Popen([t.binary, *map(str, words)], stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        said = drawn(terminal)
        printed = running.stdout.read()
    t.check(running.returncode == DONE and printed, what, running.returncode)
    return said.decode()


def seconds(clock):
    out = 0
    for part in clock.split(":"):
        out = 60 * out + int(part)
    return out


def progress(t):
    """On a terminal: how much of how much, how fast, how long still. In a pipe: nothing."""
    size, units = 1 << 28, {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
    big, sealed, again = t.folder / "big", t.folder / "big.sealed", t.folder / "big.again"
    with open(big, "wb") as file:
        file.truncate(size)
    key, opens = t.slots["key"][0], ("--key", t.key, "--workers", 1)
    for verb, words in (("sealing", ("seal", big, "-o", sealed, "--workers", 1, *key)),
                        ("verifying", ("unseal", sealed, "--verify", *opens)),
                        ("loading", ("unseal", sealed, "--load", *opens)),
                        ("unsealing", ("unseal", sealed, "-o", again, "--plaintext-to-disk", *opens))):
        said = on_a_terminal(t, verb, *words)
        lines = said.split("\r")[1:]
        t.check(lines and lines[-1] == "\x1b[K" and all(line.endswith("\x1b[K") for line in lines), verb, repr(said))
        shown = [line.removesuffix("\x1b[K") for line in lines[:-1]]
        flushes = verb in ("sealing", "unsealing")
        t.check((shown[-1:] == [f"{verb}: all is written; flushing"]) == flushes, verb, shown)
        before = 0.0
        steps = shown[:-1] if flushes else shown
        t.check(len(steps) >= 1, verb, "no progress")
        for line in steps:
            found = re.fullmatch(verb + r" ([\d.]+) (\w+) of 256 MiB \((\d+)%\), ([\d.]+) (\w+)/s, ([\d:]+) left", line)
            if not t.check(found, verb, line):
                continue
            done, rate = float(found[1]) * units[found[2]], float(found[4]) * units[found[5]]
            t.check(before < done <= size and abs(100 * done / size - int(found[3])) <= 1.5, verb, line)
            left = (size - done) / rate
            t.check(abs(left - seconds(found[6])) <= 0.6 + 0.1 * left, verb, line)
            before = done
        for path in (again, sealed) if verb == "sealing" else (again,):
            path.unlink(missing_ok=True)
        said = t.run(*words)
        t.done(verb, said)
        t.check(said.stderr == "", f"{verb} in a pipe", said.stderr)
        again.unlink(missing_ok=True)


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        t = Sealing(sys.argv[1], folder)
        for part in (arguments, no_regular_files, standard_files, full_disks, progress):
            part(t)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
