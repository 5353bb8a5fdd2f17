#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`unitee seal` and `unitee unseal` with 3 GiB: streamed in bounded memory, and loaded with little beside the payload.

usage: seal_large.py UNITEE_BINARY      (takes 6 GiB of disk below TMPDIR, and 3 GiB of memory)
"""

import hashlib
import os
import resource
import subprocess
import sys
import tempfile

from sealing import PAYLOAD, SEGMENT, Sealing

MIB, GIB = 1 << 20, 1 << 30
SIZE = 3 * GIB


def digest(path):
    out = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(MIB):
            out.update(piece)
    return out.hexdigest()


def peak_of(t, *words, **options):
    """The largest resident set of one run of the command, in bytes."""
    command = [t.binary, *map(str, words)]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    said = started.stderr.read().decode()
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    started.stderr.close()
    t.check(started.returncode == 0, words[0], f"exit status {started.returncode}: {said.strip()}")
    return used.ru_maxrss * 1024


def bounded(t, what, peak, most):
    print(f"{what}: largest resident set {peak / MIB:.1f} MiB, at most {most / MIB:.1f}")
    t.check(peak <= most, what, f"{peak} bytes, and {most} were the limit")


def there_and_back(t, least):
    """A sparse model with something at its ends and around 2 GiB. Streaming does with 512 MiB of address space."""
    plain, sealed, again = t.folder / "plain", t.folder / "sealed", t.folder / "again"
    with open(plain, "wb") as file:
        for at in (0, 2 * GIB - 3, SIZE - 5):
            file.seek(at)
            file.write(b"model")
    limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (GIB // 2, GIB // 2))}
    allowed = least + t.workers * MIB + 8 * MIB
    bounded(t, "seal", peak_of(t, "seal", plain, "-o", sealed, *t.slots["key"][0], *t.how, **limit), allowed)
    t.check(sealed.stat().st_size == SIZE + PAYLOAD + 16 * SIZE // SEGMENT, "seal", sealed.stat().st_size)
    wanted = digest(plain)
    plain.unlink()
    options = ("--plaintext-to-disk", *t.slots["key"][1], *t.how)
    bounded(t, "unseal", peak_of(t, "unseal", sealed, "-o", again, *options, **limit), allowed)
    t.check(digest(again) == wanted, "unseal", "the plaintext differs")
    again.unlink()
    loading = peak_of(t, "unseal", sealed, "--load", *t.slots["key"][1], *t.how)
    t.check(loading >= SIZE, "unseal --load", "the payload was not in memory")
    bounded(t, "unseal --load", loading, SIZE + allowed)


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        t = Sealing(sys.argv[1], folder)
        t.workers = 2
        t.how = ("--workers", t.workers)
        there_and_back(t, peak_of(t, "--help"))
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
