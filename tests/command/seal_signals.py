#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do `unitee seal` and `unitee unseal` leave nothing behind when a signal ends them, also where the file system makes
no files without names.

usage: seal_signals.py UNITEE_BINARY INJECT

INJECT is the program of tests/faults that refuses such files; where it is empty or may not trace programs, that part is
left out, and in CI it fails.
"""

import os
import pathlib
import pty
import signal
import subprocess
import sys
import tempfile
import time

from sealing import Sealing, drawn
from tool import DONE

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "faults"))
from injection import TRACED, works  # noqa: E402

SIZE = 1 << 28
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def only_child(pid):
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else None


def written_to(pid, folder):
    """Whether the process has written to a file in the folder, with a name or without."""
    try:
        for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            target = os.readlink(link)
            if target.startswith(str(folder) + "/") and os.stat(link).st_blocks > 0 and os.stat(link).st_size > 0:
                return True
    except OSError:  # it has ended, or closed the file
        pass
    return False


def ended_by(t, what, sent, words, out, injector, ignored=False):
    """The exit status of the command that gets a signal while it writes, and what it drew on a terminal."""
    command = [t.binary, *map(str, words)]
    if injector:
        command = [injector, str(out), "--refuse", "tmpfile=95", "--", *command]
    terminal, theirs = pty.openpty()

    def before():
        os.nice(19)  # we are to notice in time
        signal.signal(sent, signal.SIG_IGN if ignored else signal.SIG_DFL)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=TRACED, preexec_fn=before) as running:
        os.close(theirs)
        limit, met = time.monotonic() + 60, False
        while not met and running.poll() is None and time.monotonic() < limit:
            pid = only_child(running.pid) if injector else running.pid
            met = pid is not None and written_to(pid, out)
        named = [name for name in os.listdir(out) if name.startswith(".unitee-")]
        t.check(met and len(named) == (1 if injector else 0), what, f"nothing was under way: {met}, {named}")
        if met:
            os.kill(pid, sent)
        said = drawn(terminal)
    return running.returncode, said


def signals(t, injector):
    big, sealed, out = t.folder / "big", t.folder / "big.sealed", t.folder / "out"
    out.mkdir()
    with open(big, "wb") as file:
        file.truncate(SIZE)
    # Small segments: many calls, so that it takes a while.
    sealing = ("--slot", f"key={t.key}", "--segment-size", "4K", "--workers", 2)
    t.done("seal", t.run("seal", big, "-o", sealed, *sealing))
    lines_erased = 0
    commands = {"seal": ("seal", big, "-o", out / "file", *sealing),
                "unseal": ("unseal", sealed, "-o", out / "file", "--plaintext-to-disk", "--key", t.key, "--workers", 2)}
    for verb, words in commands.items():
        for sent in SIGNALS:
            what = f"{verb}, {sent.name}{', no nameless files' if injector else ''}"
            status, said = ended_by(t, what, sent, words, out, injector)
            t.check(status == (128 + sent if injector else -sent), what, f"status {status}")
            # A signal may come before anything is drawn.
            t.check(said == b"" or said.endswith(b"\r\x1b[K") and b"unitee" not in said, what, said[-200:])
            lines_erased += said != b""
            t.check(os.listdir(out) == [], what, f"left behind: {os.listdir(out)}")
    t.check(lines_erased > 0, "nothing was ever drawn")
    # What does not want to hear of a signal (nohup) goes on.
    what = f"unseal, ignored{', no nameless files' if injector else ''}"
    status, _ = ended_by(t, what, signal.SIGHUP, commands["unseal"], out, injector, ignored=True)
    t.check(status == DONE and os.listdir(out) == ["file"], what, f"status {status}, {os.listdir(out)}")
    t.check((out / "file").stat().st_size == SIZE, what)
    (out / "file").unlink()
    out.rmdir()


def main():
    binary, injector = sys.argv[1:]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        t = Sealing(binary, os.path.realpath(folder))
        signals(t, "")
        if works(injector):
            signals(t, os.path.abspath(injector))
        else:
            t.check(os.environ.get("CI") != "true", "programs cannot be traced here")
            print("left out: programs cannot be traced here")
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
