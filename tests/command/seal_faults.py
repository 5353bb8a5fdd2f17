#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sealing, unsealing and changing slots meet faults: a system call that fails, stops half-way or is the program's last,
kill -9 at any time, a full disk. Afterwards the old file is there or the new one, whole, and nothing half-made.

usage: seal_faults.py INJECT CLIENT [COMMAND]      the programs of tests/faults, and `unitee`

An empty INJECT leaves that part out; without COMMAND, CLIENT takes its place. In CI nothing may be left out.
"""

import concurrent.futures
import errno
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "faults"), str(TESTS / "seal")]
from cryptography_here import is_in_ci  # noqa: E402
from injection import works  # noqa: E402
from kills import kills_while_changing, kills_while_sealing  # noqa: E402
from place import KEYS, OLD, PLAIN, Place, Tally  # noqa: E402
from scenarios import MACHINE_SCENARIOS, SCENARIOS, each_call  # noqa: E402
from subject import Client, Command  # noqa: E402
from whole import is_sealed, opened  # noqa: E402


# A disk that is full.

def judge_full(place, t, what, old, done, error, others):
    content = place.content(place.sealed)
    if done.returncode == 0:
        t.check(is_sealed(content, KEYS["mine"], PLAIN), what, "the file is broken")
    else:
        told = done.returncode == 2 and len(done.stderr.splitlines()) == 1 and os.strerror(error) in done.stderr
        t.check(told and content == old, what, done.returncode, done.stderr.strip())
    left = set(place.names()) - {"plain", "sealed", *others}
    t.check(not left, what, left)
    t.count("done" if done.returncode == 0 else "refused")


def limited_files(place, t):
    """No file may be larger than so many bytes. The command expects the signal that comes with that, the client not."""
    place.plain.write_bytes(PLAIN)
    for old in (None, OLD):
        for most in range(0, 40_000, 2000):
            place.sealed.unlink(missing_ok=True)
            if old:
                place.sealed.write_bytes(old)
            for heard in (False, True) if place.subject is not place.programs.client else (False,):
                def limit():
                    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
                    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if heard else signal.SIG_IGN)
                done = place.seal(preexec_fn=limit, restore_signals=False)
                judge_full(place, t, f"limit {most}", old, done, errno.EFBIG, ())


def full_disk(place, t):
    """On a small disk of its own: so much room is left as a sealed file takes, or less. Changing slots takes none."""
    page, ballast = 4096, place.folder / "ballast"
    place.plain.write_bytes(PLAIN)
    free = lambda: os.statvfs(place.folder).f_bfree  # noqa: E731
    for old in (None, OLD):
        for pages in range(14):
            for path in (place.sealed, ballast):
                path.unlink(missing_ok=True)
            if old:
                place.sealed.write_bytes(old)
            ballast.write_bytes(bytes(page * (free() - pages)))
            t.check(free() == pages, "ballast", free())
            done = place.seal()
            judge_full(place, t, f"{pages} pages free", old, done, errno.ENOSPC, ("ballast",))
            t.check(done.returncode == 0 or free() == pages, f"{pages} pages free", "room is lost")
    ballast.write_bytes(bytes(page * (ballast.stat().st_size // page + free())))
    t.check(free() == 0, "ballast", free())
    for verb, slots in (("add", 2), ("replace", 2), ("remove", 1)):
        done = place.change(verb, "other")
        answer = opened(place.sealed.read_bytes(), KEYS["mine"])
        is_done = done.returncode == 0 and answer[0]["slots"] == slots and answer[0]["settled"]
        t.check(is_done, "no room", verb, done.stderr)
        t.count("changes of slots without room")
    done = place.unseal()
    told = done.returncode == 2 and os.strerror(errno.ENOSPC) in done.stderr
    t.check(told and not place.again.exists(), "no room", done)


def on_a_small_disk(base, programs):
    """Runs this script with --full where a file system may be mounted; nothing when it may not."""
    disk = base / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", disk]
    for how in (["unshare", "-m"], ["unshare", "-rm"]):
        if shutil.which("unshare") is None or subprocess.run([*how, *mount], capture_output=True).returncode != 0:
            continue
        script = " ".join(map(str, mount)) + ' && exec "$@"'
        again = sys.executable, __file__, "--disk", disk, *programs.words
        return subprocess.run([*how, "sh", "-c", script, "sh", *again])
    return None


class Programs:
    def __init__(self, injector, client, command=""):
        self.injector = os.path.abspath(injector) if injector else ""
        self.client = Client(client)
        self.subject = Command(command) if command else self.client
        self.words = self.injector, self.client.binary, *([self.subject.binary] if command else [])


def part(title, base, programs, work, *arguments):
    """One part of the test, in folders of its own."""
    t, place, began = Tally(), Place(base, programs), time.monotonic()
    said = work(*arguments, place, t)
    shutil.rmtree(place.base)
    more = f" ({said})" if said else ""
    print(f"{title}{more}: {t}; {t.checked} checks, {t.failed} failed, {time.monotonic() - began:.1f} s", flush=True)
    return t


def left_out(total, why):
    print("left out:", why)
    total.check(not is_in_ci(), "left out in CI:", why)


def main():
    if sys.argv[1] == "--disk":
        return 1 if part("disk full", sys.argv[2], Programs(*sys.argv[3:]), full_disk).failed else 0
    programs, total = Programs(*sys.argv[1:]), Tally()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        base = pathlib.Path(folder)
        parts = [("kill -9 while sealing", kills_while_sealing), ("kill -9 while changing slots", kills_while_changing)]
        if works(programs.injector):
            scenarios = SCENARIOS + (MACHINE_SCENARIOS if programs.subject is not programs.client else [])
            parts += [(one.name, each_call, one) for one in scenarios]
        else:
            left_out(total, "programs cannot be traced here")
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(part, title, base, programs, *work) for title, *work in parts]:
                total.add(done.result())
        total.add(part("files that grow too large", base, programs, limited_files))
        disk = on_a_small_disk(base, programs)
        if disk is None:
            left_out(total, "no file system may be mounted here")
        else:
            total.check(disk.returncode == 0, "disk full")
    print(f"{total.checked} checks, {total.failed} failed")
    return 1 if total.failed or not total.checked else 0


if __name__ == "__main__":
    sys.exit(main())
