#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee seal`, `unitee unseal`, `unitee slots` and `unitee inspect` say what to do about mistakes: options that
would say nothing, keys that are missing, files that are not whole.

usage: slots_mistakes.py UNITEE_BINARY
"""

import json
import os
import pathlib
import sys
import tempfile

from slots import Slots
from tool import DONE, UNUSABLE


def in_no_guest():
    return not any(map(os.path.exists, ("/dev/sev-guest", "/dev/tdx_guest", "/sys/kernel/config/tsm/report")))


def said_in_vain(t):
    key = ("--key", t.keys["a"])
    t.seal("--slot", f"key={t.keys['a']}")
    before = t.sealed.read_bytes()
    machine = (("--backend", "nonsense"), ("--image", "/nope"), ("--state", "/nope"))
    for words in (("unseal", t.sealed, "--verify", *key), ("slots", t.sealed, *key),
                  ("slots", t.sealed, *key, "--add", f"key={t.keys['b']}"),
                  ("seal", t.plain, "-o", t.folder / "none", "--slot", f"key={t.keys['a']}")):
        for option in machine:
            t.refused(f"{words[0]} {option}", t.run(*words, *option), (UNUSABLE,), f"{option[0]} would say nothing")
    for words in (("slots", t.sealed), ("slots", t.sealed, "--remove", 0, *key), ("slots", t.sealed, "--settle", *key),
                  ("seal", t.plain, "-o", t.folder / "none", "--slot", f"key={t.keys['a']}"),
                  ("seal", t.plain, "-o", t.folder / "none")):
        for option in (("--measurement", "00"), ("--label", "L"), ("--nonce", "00"), ("--public-key", t.plain),
                       ("--endorsements", t.plain), ("--allow-debug",), ("--at", "2026-01-01T00:00:00Z")):
            said = f"{option[0]} is about the evidence of --to"
            t.refused(f"{words} {option}", t.run(*words, *option), (UNUSABLE,), said)
    for mode in ("--verify", "--load"):
        said = t.run("unseal", t.sealed, mode, *key, "--plaintext-to-disk")
        t.refused(f"{mode} --plaintext-to-disk", said, (UNUSABLE,), "--plaintext-to-disk is about -o")
    for who in ("public", "encrypted"):
        said = t.run("seal", t.plain, "-o", t.folder / "no model", "--slot", f"key={t.keys['a']}", "--metadata", who)
        t.check(said.returncode == DONE and said.stderr.count("\n") == 1 and "no model is recognised" in said.stderr,
                f"--metadata {who} of no model", said)
    if in_no_guest():
        for more in ((), ("--state", t.state), ("--backend", "sev-guest")):
            t.refused("seal to nobody", t.sealed_to_none(*more), (UNUSABLE,), "--slot or --to")
    t.check(not (t.folder / "none").exists() and not t.state.exists(), "in vain", "something was made")
    t.check(t.sealed.read_bytes() == before, "in vain", "the file was changed")


def no_key(t):
    _, public = t.key_pair("p256", "prime256v1")
    by_key, by_public = ("--slot", f"key={t.keys['a']}"), ("--slot", f"public-key={public},unattested")
    for slots, text in ((by_key, "opens by caller_key: give --key; "),
                        (by_public, "opens by public_key: give --recipient-key; "),
                        (by_key + by_public, "caller_key, public_key: give --key or --recipient-key; ")):
        t.seal(*slots)
        for words in (("unseal", t.sealed, "--verify"),
                      ("slots", t.sealed, "--reseal"), ("slots", t.sealed, "--settle"),
                      ("slots", t.sealed, "--min-generation", 1), ("slots", t.sealed, "--image", "/nope")):
            t.refused(f"{words[0]} without a key", t.run(*words), (UNUSABLE,), text)


def not_whole(t):
    """Of a copy that is cut off, or goes on behind its end, each command says by how much; inspect shows its header."""
    t.seal("--slot", f"key={t.keys['a']}")
    whole = t.sealed.read_bytes()
    size, copy, key = len(whole), t.folder / "copy", ("--key", t.keys["a"])
    for content, text in [(whole[:cut], f"it has {cut} of {size} bytes: the copy is not whole")
                          for cut in (8192, 8193, 16383, 16384, 20479, 20480, size - 1)] + [
                              (whole[:100], "it has 100 bytes, fewer than any sealed file"),
                              (whole + b"more", f"it has {size + 4} bytes, 4 more than its header says")]:
        copy.write_bytes(content)
        for words in (("unseal", copy, "--verify", *key), ("slots", copy), ("slots", copy, *key, "--settle"),
                      ("inspect", copy)):
            t.refused(f"{words[0]}, {text}", t.run(*words), (UNUSABLE,), text)
        shown = json.loads(t.run("inspect", "--json", copy).stdout)
        readable = len(content) >= 8192
        t.check(("header" in shown) == readable, f"inspect, {text}", shown)
        if readable:
            header = shown["header"]
            seen = header["file_size"], header["file_id"], [slot["kind_name"] for slot in header["slots"]]
            t.check(seen == (size, whole[48:80].hex(), ["caller_key"]), f"inspect, {text}", header)
        t.check(copy.read_bytes() == content, text, "the file was changed")


def wrong_inside(t):
    """Metadata that are authentic, and make no sense, are nobody's later change."""
    vectors = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "sealed"
    key, count = t.folder / "vector key", 0
    for path in sorted(vectors.glob("*.json")):
        vector = json.loads(path.read_text())
        expect = vector["expect"]
        if expect.get("part") != "sealed_metadata" or vector["key"]["kind"] != 2:
            continue
        content = bytearray(vector["size"])
        for at, digits in vector["file"]:
            content[at:at + len(digits) // 2] = bytes.fromhex(digits)
        t.sealed.write_bytes(content)
        key.write_bytes(bytes.fromhex(vector["key"]["key"]))
        said = t.run("unseal", t.sealed, "--verify", "--key", key)
        changed = "it was changed since it was sealed" in said.stderr
        t.check(said.returncode != DONE and changed == ("(not_authentic)" in said.stderr), path.stem, said)
        count += "(not_authentic)" not in said.stderr
    t.check(count >= 10, "metadata that make no sense", count)


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        t = Slots(sys.argv[1], folder)
        for part in (said_in_vain, no_key, not_whole, wrong_inside):
            part(t)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
