#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the hosts of examples/bridge, a C11 and a C++17 program, on files that the unitee command has sealed.

usage: hosts.py UNITEE HOST_C HOST_CPP
"""

import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "command"))
from sealing import PAYLOAD, SEGMENT, Sealing, plaintext  # noqa: E402
from tool import DONE, REFUSED, UNUSABLE  # noqa: E402

SIZE = 5 * SEGMENT + 12345
MEASUREMENT = slice(0x90, 0xC0)  # of an attestation report


class Hosts(Sealing):
    def __init__(self, unitee, host_c, host_cpp, folder):
        super().__init__(unitee, folder)
        self.host_c, self.host_cpp = host_c, host_cpp

    def answers(self, what, words, status, out=None, said=""):
        """A host ends with this status and output; a refusal is one line that says `said`, and no plaintext."""
        done = subprocess.run([str(word) for word in words], capture_output=True, timeout=120, check=False)
        err = done.stderr.decode()
        good = done.returncode == status and said in err and len(err.splitlines()) == (0 if status == DONE else 1)
        if out is not None:
            good = good and done.stdout == out
        elif status != DONE:
            good = good and done.stdout == b""
        self.check(good, what, f"exit status {done.returncode}, {len(done.stdout)} bytes, {err.strip()!r}")


def by_key(t, plain, sealed):
    t.answers("all of it is authentic", [t.host_c, sealed, t.key], DONE, f"{sealed}: {SIZE} bytes, authentic\n".encode())
    ranges = [(0, SIZE), (0, 0), (SIZE, 0), (SIZE - 1, 1), (SEGMENT - 1, 2), (SEGMENT, SEGMENT), (1, SIZE - 2)]
    draw = random.Random(1)
    for _ in range(20):
        begin = draw.randrange(SIZE)
        ranges.append((begin, draw.randrange(SIZE - begin)))
    for begin, size in ranges:
        t.answers(f"range {begin} {size}", [t.host_c, sealed, t.key, begin, size], DONE, plain[begin : begin + size])

    for begin, size in [(SIZE, 1), (SIZE - 1, 2), (2**64 - 1, 1), (2**63, 2**63 - 1)]:
        t.answers(f"beyond the end: {begin} {size}", [t.host_c, sealed, t.key, begin, size], UNUSABLE, said="[truncated]")
    other = t.file("other", bytes(32))
    t.answers("another key", [t.host_c, sealed, other], REFUSED, said="[no_matching_slot]")
    for size in (0, 31, 33):
        wrong = t.file(f"key{size}", bytes(size))
        t.answers(f"a key of {size} bytes", [t.host_c, sealed, wrong], UNUSABLE, said="a key is 32 bytes")
    t.answers("no key file", [t.host_c, sealed, t.folder / "none"], UNUSABLE, said="No such file")
    t.answers("no sealed file", [t.host_c, t.folder / "none", t.key], UNUSABLE, said="No such file")
    t.answers("a folder", [t.host_c, t.folder, t.key], UNUSABLE, said="[io_error]")
    t.answers("no sealed file at all", [t.host_c, t.file("plain", plain), t.key], UNUSABLE, said="[")


def spoiled(t, plain, sealed):
    whole = sealed.read_bytes()
    payload = len(whole) - SIZE
    for segment in range(SIZE // SEGMENT + 1):
        changed = bytearray(whole)
        changed[payload + segment * SEGMENT + 77] ^= 1
        path = t.file("changed", changed)
        t.answers(f"segment {segment} changed", [t.host_c, path, t.key], REFUSED, said="sealed payload")
        t.answers("a range in it", [t.host_c, path, t.key, segment * SEGMENT + 9, 9], REFUSED, said="[not_authentic]")
        if segment != 0:
            t.answers("a range before it", [t.host_c, path, t.key, 0, 4096], DONE, plain[:4096])
    changed = bytearray(whole)
    changed[PAYLOAD] ^= 1  # of the tag table
    t.answers("tags changed", [t.host_c, t.file("changed", changed), t.key], REFUSED, said="[not_authentic]")
    for size in (0, 1, 4095, PAYLOAD, payload, len(whole) - 1):
        t.answers(f"cut to {size} bytes", [t.host_c, t.file("cut", whole[:size]), t.key], UNUSABLE, said="[")


def by_guest(t, plain):
    image = t.file("image", b"the guest's image")
    sealed, evidence = t.folder / "for_guest", t.folder / "evidence"
    t.done("seal to the guest", t.seal(t.folder / "plain", sealed, "simulated", "--image", image))
    t.done("attest", t.run("attest", "--backend", "insecure-simulated-snp", "--state", t.state, "--image", image, "-o", evidence))
    measurement = evidence.read_bytes()[MEASUREMENT].hex()
    words = [t.host_cpp, sealed, t.state, image, measurement]
    for threads in ((), ("--threads", 0), ("--threads", 1), ("--threads", 8)):
        t.answers(f"attested and opened {threads}", [*words, *threads], DONE, plain)
    other = t.file("another", b"another image")
    t.answers("another guest", [t.host_cpp, sealed, t.state, other, measurement], REFUSED, said="verify measurement: ")
    t.answers("another measurement", [*words[:4], "00" * 48], REFUSED, said="[policy_not_met]")
    t.answers("no measurement", words[:4], UNUSABLE, said="usage")
    by_key_only = t.folder / "sealed"
    t.answers("a file for a key", [t.host_cpp, by_key_only, *words[2:]], REFUSED, said="[no_matching_slot]")
    changed = bytearray(sealed.read_bytes())
    changed[-1] ^= 1
    t.answers("the last byte changed", [t.host_cpp, t.file("changed", changed), *words[2:], "--threads", 4], REFUSED,
              said="[not_authentic]")
    (t.state / "simulated-snp.pem").write_bytes(b"none\n")
    t.answers("no machine", words, UNUSABLE, said="[")


def main():
    if len(sys.argv) != 4:
        return __doc__
    with tempfile.TemporaryDirectory() as folder:
        t = Hosts(*sys.argv[1:], folder)
        plain = plaintext(SIZE)
        sealed = t.folder / "sealed"
        t.done("seal", t.seal(t.file("plain", plain), sealed, "key"))
        by_key(t, plain, sealed)
        spoiled(t, plain, sealed)
        by_guest(t, plain)
        return t.report()


if __name__ == "__main__":
    sys.exit(main())
