#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of README.md as they stand there: those of the first sh block of the tool each by itself, those of
the others one after the other in one guest, on an emulated machine, and the attester of the C++ on machines of its own.

usage: readme.py UNITEE_BINARY EMULATOR ATTESTER, where EMULATOR is empty in a build without one

What a reader has and the README cannot give stands here: the files and variables that it names. No emulated vendor's
root is a pinned one, so where a command has --endorsements, --trust-anchor is added.
"""

import hashlib
import pathlib
import re
import struct
import sys
import tempfile

from reject import Vectors
from staged import Staged, no_machine

import launch_vectors  # noqa: E402  reject.py says where it is

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MEASUREMENT = hashlib.sha384(b"what the reader's guest runs").hexdigest()
STAGE = f"machine snp\nsnp measurement {MEASUREMENT}\n"
INLINE = {"unitee --help", "unitee doctor", "unitee attest", "unitee verify",
          "unitee demo --tdx --status OutOfDate --keep DIRECTORY"}


def before(wanted, nonce, more="", root="root.pem"):
    """What a shell knows when a command is to be run: the variables of the README and the tool."""
    return f'''
set -u
command=$0
WANTED={wanted}
NONCE={nonce}
export XDG_STATE_HOME="$PWD/state of the user"
unitee() {{
  case " $* " in *" --endorsements "*) set -- "$@" --trust-anchor {root} {more} ;; esac
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


def launch_to_measure(t):
    """The files of `unitee measure`, and what it is to print, computed in Python."""
    image, kernel = launch_vectors.whole(launch_vectors.IMAGES["image_of_three_pages"]), b"a kernel"
    (t.folder / "OVMF.fd").write_bytes(image)
    (t.folder / "bzImage").write_bytes(kernel)
    milan = launch_vectors.LAUNCH["cpu_signature"]
    return launch_vectors.measure(image, "qemu", 4, milan, 1, kernel=kernel, initrd=None, append=b"console=ttyS0").hex()


def report_to_verify(t):
    """A report with its certificates, and what the shell has to know of them. The vector is forged in Python."""
    v = Vectors(t.binary, t.folder)
    vector = next(each for each in v.all if each["name"] == "accepted_genoa_v3")
    report = v.bytes_of(vector["report"])
    (t.folder / "report.bin").write_bytes(report)
    (t.folder / "certificates").mkdir()
    for each in vector["endorsements"]:
        v.file(each).rename(t.folder / "certificates" / each)
    return before(report[0x90:0xC0].hex(), report[0x50:0x90].hex(), f"--at {vector['at']}", v.file(vector["anchors"][0]))


def quote_to_verify(t):
    """The same of a quote, which `unitee demo` makes."""
    kept = t.folder / "kept"
    t.done("demo", t.run("demo", "--tdx", "--keep", kept))
    for name, there in (("quote.bin", "quote.bin"), ("collateral", "collateral"), ("event_log.bin", "ccel.bin")):
        (kept / name).rename(t.folder / there)
    quote = (t.folder / "quote.bin").read_bytes()
    body = 48 + (6 if quote[0] == 5 else 0)
    return before(quote[body + 136:body + 184].hex(), quote[body + 520:body + 584].hex(), root=kept / "root.pem")


def strangers(t, lines):
    """Commands about files of the reader's own."""
    wanted = launch_to_measure(t)
    shells = [before("", ""), report_to_verify(t), quote_to_verify(t), before("", "")]
    outcomes = [t.shell(STAGE, shell + line)[0] for shell, line in zip(shells, lines, strict=True)]
    for line, said in zip(lines, outcomes):
        t.done(line, said)
    t.check(outcomes[0].stdout == wanted + "\n", lines[0], outcomes[0].stdout)
    for line, said in zip(lines[1:], outcomes[1:]):
        t.check("accepted" in said.stdout, line, said.stdout)


def inline(t):
    """The commands in the text. Those without operands are names, and stand in the blocks with them."""
    said = set(re.findall(r"`(unitee [^`/]*)`", README.read_text(encoding="utf-8")))
    t.check(said == INLINE, "README", f"commands in the text: {said}")
    t.done("--help", t.run("--help"))
    t.done("demo --status", t.shell(STAGE, before("", "") + "unitee demo --tdx --status OutOfDate --keep DIRECTORY")[0])


def attesters(t, attester):
    """The program of the README, in guests of either vendor, with keys and without."""
    for stage in (STAGE, "machine tdx\n", "machine tdx\ntdx-guest key absent\n", "machine snp\nsev-guest absent\n"):
        said, log = t.shell(stage, f'exec "{attester}"')
        t.done(stage, said)
        t.left_nothing(stage, log)
        t.check(len(log) > 1, stage, "the program asked the machine for nothing")


def main():
    binary, emulator, attester = sys.argv[1:]
    status = no_machine(emulator)
    if status is not None:
        return status
    with tempfile.TemporaryDirectory() as folder:
        t = Staged(binary, emulator, folder)
        files_of_the_reader(t.folder)
        t.done("the platform is made", t.on(STAGE, "attest", "-o", t.folder / "first.bin")[0])
        root_of(t.state, t.folder / "root.pem")
        first, *blocks = commands()
        flow = [line for block in blocks for line in block]
        t.check(len(blocks) == 3 and len(flow) == 12, "README", f"blocks of sh: {blocks}")
        nonce = "00112233445566778899aabbccddeeff"
        said, _ = t.shell(STAGE, before(MEASUREMENT, nonce) + "\n".join(f"{line} || exit" for line in flow))
        t.done("README", said)
        for text in ("accepted", "application/vnd.gguf, 1 tensor; everyone", "added 1, removed 0", "renewed 1"):
            t.check(text in said.stdout, f"README: {text}", said.stdout)
        t.check(len(re.findall(r"^loaded \d+ bytes", said.stdout, re.MULTILINE)) == 2, "README", said.stdout)
        strangers(t, first)
        inline(t)
        attesters(t, attester)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
