#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee slots` complete changes that were interrupted, and `unitee unseal` go the ways that these have left.

usage: slots_interrupted.py UNITEE_BINARY
"""

import hashlib
import hmac
import json
import os
import pathlib
import sys
import tempfile

from slots import Slots
from tool import DONE


class Header:
    """Puts together what an interrupted change leaves (FORMAT.md, Changing slots)."""

    def __init__(self, before, after, data_key):
        self.before, self.after = before, after
        prk = hmac.digest(before[48:80], data_key, "sha384")
        info = b"unitee sealed v1 header" + hashlib.sha384(before[:128]).digest()
        self.key = hmac.digest(prk, info + b"\1", "sha384")[:32]

    def copy(self, content, state):
        out = content[:200] + bytes([state, 0, 0, 0]) + content[204:480]
        return out + hmac.digest(self.key, out + content[512:8192], "sha256") + content[512:8192]

    def left_after(self, step):
        """The file after that step, and with half of the next one."""
        first, second, rest = self.before[:8192], self.before[8192:16384], self.before[16384:]
        if step >= 1:
            first = self.copy(self.before, 2)
        if step == 1.5:
            second = self.copy(self.after, 2)[:700] + second[700:]
        if step >= 2:
            second = self.copy(self.after, 2)
        if step == 2.5:
            first = self.copy(self.after, 1)[:700] + b"\xff" * 100 + first[800:]
        if step >= 3:
            first = self.copy(self.after, 1)
        return first + second + rest


def interrupted(t):
    """Every state that a change can leave opens, says so, and is completed."""
    data_key, content = forged(t)
    t.sealed.write_bytes(content)
    a, b = (("--key", t.keys[name]) for name in "ab")
    t.done("add", t.run("slots", t.sealed, *a, "--add", f"key={t.keys['b']}"))
    after = t.sealed.read_bytes()
    header = Header(content, after, data_key)
    t.check(header.copy(content, 1) == content[:8192] and header.copy(after, 1) == after[:8192], "forged MACs")
    for step in (1, 1.5, 2, 2.5, 3):
        now = header.left_after(step)
        done = step >= 2
        for options in (("--settle",), ("--add", f"key={t.keys['c']}")):
            what = f"interrupted after step {step}, {options[0]}"
            t.sealed.write_bytes(now)
            said = t.run("unseal", t.sealed, "--verify", *a)
            t.check(said.returncode == DONE and "interrupted" in said.stderr and "--settle" in said.stderr, what, said)
            if done:
                t.opens(what, *b)
            elif step == 1:
                t.stays_shut(what, *b)
            said = t.run("slots", t.sealed, "--json")
            t.check(said.returncode == DONE and "interrupted" in said.stderr, what, said)
            t.check(json.loads(said.stdout)["settled"] is False, what, said)
            t.check(json.loads(t.run("inspect", "--json", t.sealed).stdout)["settled"] is False, what)
            count = 1 + done + (options[0] == "--add")
            t.kinds(what, ["caller_key"] * count, *a, *options, generation=count)
            t.opens(what, *a)
            settled = t.sealed.read_bytes()
            t.check(settled[:8192] == settled[8192:16384], what, "the copies differ")


def forged(t):
    """A sealed file whose data key is known: the writer of the vectors makes it."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vectors"))
    import sealed_forge
    file = sealed_forge.File(b"a small model", 4096, 1, 0, b"", os.urandom(32), os.urandom(32))
    return file.data_key, bytes(file.content(file.header([sealed_forge.caller(file, t.keys["a"].read_bytes())])))


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        t = Slots(sys.argv[1], folder)
        interrupted(t)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
