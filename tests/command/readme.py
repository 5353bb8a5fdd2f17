#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands in the sh blocks of README.md as they stand there, one after the other in one guest, on an emulated
machine.

usage: readme.py UNITEE_BINARY EMULATOR, where EMULATOR is empty in a build without one

What a reader has and the README cannot give stands here: the files and variables that it names. The emulated vendor's
root is no pinned one, so where a command has --endorsements, --trust-anchor is added. A block whose files nobody has is
asked only whether the command knows its options.
"""

import hashlib
import pathlib
import re
import struct
import sys
import tempfile

from staged import Staged, no_machine
from tool import UNUSABLE

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MEASUREMENT = hashlib.sha384(b"what the reader's guest runs").hexdigest()
STAGE = f"machine snp\nsnp measurement {MEASUREMENT}\n"

BEFORE = f'''
set -u
command=$0
WANTED={MEASUREMENT}
NONCE=00112233445566778899aabbccddeeff
export XDG_STATE_HOME="$PWD/state of the user"
unitee() {{
  case " $* " in *" --endorsements "*) set -- "$@" --trust-anchor root.pem ;; esac
  "$command" "$@"
}}
'''


def commands():
    """The commands of each block that are the tool's and OpenSSL's, in order; a backslash joins lines."""
    for block in BLOCK.findall(README.read_text(encoding="utf-8")):
        lines = block.replace("\\\n", " ").splitlines()
        if all(line.startswith(("unitee ", "openssl ")) for line in lines):
            yield lines


def files_of_the_reader(folder):
    head = b"GGUF" + struct.pack("<IQQQ", 3, 1, 0, 1) + b"w" + struct.pack("<IQIQ", 1, 1 << 18, 0, 0)  # F32
    (folder / "model.gguf").write_bytes(head.ljust(-(-len(head) // 32) * 32, b"\0") + bytes(1 << 20))


def root_of(state, to):
    """The first certificate of the emulated platform is its root."""
    text = (state / "simulated-snp.pem").read_text()
    to.write_text(re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", text, re.DOTALL)[0])


def main():
    binary, emulator = sys.argv[1:]
    status = no_machine(emulator)
    if status is not None:
        return status
    with tempfile.TemporaryDirectory() as folder:
        t = Staged(binary, emulator, folder)
        files_of_the_reader(t.folder)
        t.done("the platform is made", t.on(STAGE, "attest", "-o", t.folder / "first.bin")[0])
        root_of(t.state, t.folder / "root.pem")
        blocks = list(commands())
        strangers, flow = blocks[0], [line for block in blocks[1:] for line in block]
        t.check(len(blocks) == 4 and len(flow) == 12, "README", f"blocks of sh: {blocks}")
        said, _ = t.shell(STAGE, BEFORE + "\n".join(f"{line} || exit" for line in flow))
        t.done("README", said)
        for text in ("accepted", "application/vnd.gguf, 1 tensor; everyone", "added 1, removed 0", "renewed 1"):
            t.check(text in said.stdout, f"README: {text}", said.stdout)
        t.check(len(re.findall(r"^loaded \d+ bytes", said.stdout, re.MULTILINE)) == 2, "README", said.stdout)
        for line in strangers:
            said, _ = t.shell(STAGE, BEFORE + line)
            t.refused(line, said, (UNUSABLE,), "No such file or directory")
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
