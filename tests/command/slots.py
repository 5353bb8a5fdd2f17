#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee slots` list, add, remove and renew the ways into sealed files, and `unitee unseal` go them.

usage: slots.py UNITEE_BINARY
"""

import fcntl
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from tool import DONE, REFUSED, UNUSABLE, Tool

NONCE = "00112233445566778899aabbccddeeff"
LABEL = "unitee test sealing v1"


class Slots(Tool):
    def __init__(self, binary, folder):
        super().__init__(binary)
        self.folder = pathlib.Path(folder)
        self.state = self.folder / "state"
        self.sealed = self.folder / "sealed"
        self.plain = self.file("plain", random.Random(7).randbytes(300000))
        self.keys = {name: self.file(f"key {name}", hashlib.sha256(name.encode()).digest()) for name in "abc"}

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def seal(self, *options):
        return self.done(f"seal {options}", self.run("seal", self.plain, "-o", self.sealed, *options))

    def sealed_to_none(self, *options):
        """The outcome of sealing to a file that must not appear."""
        return self.run("seal", self.plain, "-o", self.folder / "none", *options)

    def opens(self, what, *keys, file=None):
        return self.done(what, self.run("unseal", file or self.sealed, "--verify", *keys))

    def stays_shut(self, what, *keys, file=None):
        outcome = self.run("unseal", file or self.sealed, "--verify", *keys)
        return self.check(outcome.returncode == REFUSED and "no slot opens" in outcome.stderr, what, outcome)

    def listed(self, *options):
        outcome = self.run("slots", self.sealed, "--json", *options)
        self.done(f"slots {options}", outcome)
        return json.loads(outcome.stdout or "{}")

    def kinds(self, what, wanted, *options, generation=None):
        said = self.listed(*options)
        kinds = [slot["kind_name"] for slot in said.get("slots", [])]
        good = kinds == wanted and said["settled"] and said["generation"] == (generation or said["generation"])
        self.check(good, what, said)
        return said

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    def key_pair(self, name, curve):
        private, public = self.folder / f"{name}.pem", self.folder / f"{name}.pub"
        self.openssl("ecparam", "-name", curve, "-genkey", "-noout", "-out", private)
        self.openssl("pkey", "-in", private, "-pubout", "-out", public)
        return private, public


def add_and_remove(t):
    a, b, c = (("--key", t.keys[name]) for name in "abc")
    t.seal("--slot", f"key={t.keys['a']},id=ops")
    payload = t.sealed.read_bytes()[16384:]
    said = t.kinds("list", ["caller_key"], generation=1)
    named = said["slots"][0]["key_id"] == "ops" and 'id "ops"' in said["slots"][0]["text"]
    t.check(said["authentic"] is False and named, "list", said)
    t.check(t.listed(*a)["authentic"] is True, "list with a key")
    said = t.kinds("add", ["caller_key"] * 2, *a, "--add", f"key={t.keys['b']},id=night, shift", generation=2)
    t.check(said["added"] == 1 and said["slots"][1]["key_id"] == "night, shift", "add", said)
    t.opens("the old key", *a)
    t.opens("the new key", *b)
    t.stays_shut("a stranger's", *c)
    older = t.file("older", t.sealed.read_bytes())
    said = t.run("slots", t.sealed, "--remove", 0, *b)
    mac = t.sealed.read_bytes()[480:512].hex()
    t.check(said.returncode == DONE and f"--min-generation 3:{mac} " in said.stdout, "remove", said)
    t.kinds("remove", ["caller_key"], generation=3)
    t.stays_shut("a key that was removed", *a)
    t.opens("the key that stays", *b)
    t.opens("the key that stays", *b, "--min-generation", 3)
    t.opens("the key that stays", *b, "--min-generation", f"3:{mac}")
    t.opens("a newer file", *b, "--min-generation", f"2:{'00' * 32}")
    other = f"3:{'00' * 32}"
    for command in (("unseal", t.sealed, "--verify"), ("slots", t.sealed)):
        t.refused("another header", t.run(*command, *b, "--min-generation", other), (REFUSED,), "put back")
    for wrong in ("0", "3:", "3:00", f"3:{'zz' * 32}", f":{mac}"):
        t.refused(f"{wrong}", t.run("slots", t.sealed, *b, "--min-generation", wrong), (UNUSABLE,), "--min-generation")
    t.opens("an older file", *a, file=older)
    t.refused("an older file", t.run("unseal", older, "--verify", *a, "--min-generation", 3), (REFUSED,), "put back")
    said = t.run("slots", older, "--add", f"key={t.keys['c']}", *a, "--min-generation", 3)
    t.refused("an older file", said, (REFUSED,), "below_floor")
    t.check(older.read_bytes()[192:200] == bytes([2]) + bytes(7), "an older file", "was changed")
    add_a, add_b, add_c = (("--add", f"key={t.keys[name]}") for name in "abc")
    t.kinds("all at once", ["caller_key"] * 2, *b, "--remove", 0, *add_a, *add_c, generation=4)
    t.stays_shut("removed", *b)
    t.opens("added", *a)
    t.opens("added", *c)
    t.kinds("in place of the last", ["caller_key"], *a, "--remove", 0, "--remove", 1, *add_b, generation=5)
    t.opens("in place of the last", *b)
    t.check(t.sealed.read_bytes()[16384:] == payload, "payload", "was changed")
    before = t.sealed.read_bytes()
    for what, words, status, text in (
            ("the last slot", ("--remove", 0, *b), UNUSABLE, "last slot"),
            ("no such slot", ("--remove", 1, *b), UNUSABLE, "slots 0 to 0"),
            ("twice", ("--remove", 0, "--remove", 0, *b), UNUSABLE, "twice"),
            ("no number", ("--remove", "x", *b), UNUSABLE, "number"),
            ("no key", ("--remove", 0), UNUSABLE, "give --key"),
            ("a wrong key", (*add_c, *a), REFUSED, "no slot opens"),
            ("too many", (*b, *15 * add_c), UNUSABLE, "at most 15"),
            ("a bad slot", (*b, "--add", "nonsense"), UNUSABLE, "--add is"),
            ("no machine", (*b, "--reseal"), REFUSED, "no slot here is this machine's: it opens by caller_key"),
            ("list, wrong key", (*a,), REFUSED, "no slot opens")):
        t.refused(what, t.run("slots", t.sealed, *words), (status,), text)
        t.check(t.sealed.read_bytes() == before, what, "the file was changed")
    for words in ((), (t.sealed, t.sealed), (t.plain,), (t.folder,), ("/no/such/file",), (t.sealed, "--nonsense")):
        t.refused(f"slots {words}", t.run("slots", *words), (UNUSABLE,))
    with open(t.sealed, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        t.refused("somebody else", t.run("slots", t.sealed, *b, "--add", f"key={t.keys['c']}"), (UNUSABLE,), "in_use")
        t.opens("somebody else", *b)
    changed = bytearray(before)
    changed[512 + 470] ^= 1
    t.refused("changed", t.run("slots", t.file("changed", changed), *b), (REFUSED,), "not_authentic")


def machines(t):
    image = t.file("image", b"image 1")
    simulated = ("--state", t.state, "--image", image)
    elsewhere = ("--state", t.folder / "elsewhere", "--image", image)
    t.seal("--slot", "simulated", "--slot", "simulated-td", "--slot", f"key={t.keys['a']}", *simulated)
    kinds = ["simulated_snp_derived_key", "simulated_tdx_derived_key", "caller_key"]
    said = t.kinds("three kinds", kinds)
    t.check(all("INSECURE" in slot["text"] for slot in said["slots"][:2]), "three kinds", said)
    snp, tdx, _ = said["slots"]
    t.check(snp["under_bound"] is False and "floor_tcb" in snp and "floor_tee_tcb_svn" in tdx, "records", said)
    t.opens("by a machine", *simulated)
    t.opens("by key", "--key", t.keys["a"])
    t.kinds("reseal", kinds, "--reseal", *simulated, generation=2)
    t.opens("after that", *simulated)
    # A slot that was made on another machine stays as it is.
    t.done("another machine", t.run("slots", t.sealed, "--key", t.keys["a"], "--add", "simulated", *elsewhere))
    before = t.sealed.read_bytes()[512:][:4 * 512]
    said = t.kinds("reseal", [*kinds, kinds[0]], "--reseal", *simulated, generation=4)
    after = t.sealed.read_bytes()[512:][:4 * 512]
    t.check(said["resealed"] == 2 and before[512 * 2:] == after[512 * 2:], "reseal", said)
    t.check(before[:512] != after[:512] and before[512:1024] != after[512:1024], "reseal", "a slot is as it was")
    t.opens("another machine", *elsewhere)
    for way, number in ((elsewhere, 3), (simulated, 1), (simulated, 0)):
        t.done("remove", t.run("slots", t.sealed, "--key", t.keys["a"], "--remove", number))
    t.refused("no machine", t.run("unseal", t.sealed, "--verify", *simulated), (UNUSABLE,), "give --key")
    t.seal("--slot", "simulated-td", *simulated)
    t.opens("a TD alone", *simulated)
    t.stays_shut("another TD", "--state", t.state)
    said = t.sealed_to_none("--slot", "guest")
    if not os.path.exists("/dev/sev-guest") and not os.path.exists("/dev/tdx_guest"):
        t.check(said.returncode != DONE and "/dev/sev-guest" in said.stderr, "no guest", said)
        t.check(not (t.folder / "none").exists(), "no guest", "something was written")
    said = t.sealed_to_none("--slot", "guest", "--backend", "configfs-sev-guest")
    t.refused("no such backend", said, (UNUSABLE,), "--backend")


def recipients(t):
    for curve in ("prime256v1", "secp384r1"):
        private, public = t.key_pair(curve, curve)
        other, _ = t.key_pair(f"{curve} other", curve)
        said = t.run("seal", t.plain, "-o", t.sealed, "--slot", f"public-key={public}")
        t.refused("attested by nobody", said, (UNUSABLE,), "unattested")
        t.seal("--slot", f"public-key={public},unattested")
        t.kinds(curve, ["public_key"])
        t.opens(curve, "--recipient-key", private)
        t.opens(curve, "--recipient-key", other, "--recipient-key", private)
        t.stays_shut(curve, "--recipient-key", other)
        t.refused(curve, t.sealed_to_none("--slot", f"public-key={private},unattested"), (UNUSABLE,))
        t.refused(curve, t.run("unseal", t.sealed, "--verify", "--recipient-key", public), (UNUSABLE,))
    _, unfit = t.key_pair("unfit", "secp521r1")
    t.refused("secp521r1", t.sealed_to_none("--slot", f"public-key={unfit},unattested"), (UNUSABLE,))


def attested(t):
    """To the key in evidence, and to nobody where anything is not as demanded."""
    private, public = t.key_pair("guest", "prime256v1")
    _, other = t.key_pair("stranger", "prime256v1")
    image = t.file("image", b"image 2")
    for backend, measured in (("insecure-simulated-snp", "measurement"), ("insecure-simulated-td", "mrtd")):
        kept, evidence = t.folder / backend, t.folder / f"{backend}.bin"
        words = ("--label", LABEL, "--nonce", NONCE)
        machine = ("--backend", backend, "--state", t.state, "--image", image)
        out = ("--endorsements", kept, "-o", evidence)
        t.done("attest", t.run("attest", *machine, *words, "--public-key", public, *out))
        shown = json.loads(t.run("inspect", "--json", evidence).stdout)
        measurement = shown.get("measurement") or shown["body"][measured]
        trust = ("--endorsements", kept / "collateral", "--trust-anchor", kept / "root.pem")
        def to(*more, measurement=measurement, key=public, words=words, trust=trust):
            return ("--to", evidence, *words, "--public-key", key, "--measurement", measurement, *trust, *more)
        t.seal(*to())
        t.kinds(backend, ["public_key"])
        t.opens(backend, "--recipient-key", private)
        t.seal("--slot", f"key={t.keys['a']}")
        t.kinds(backend, ["caller_key", "public_key"], "--key", t.keys["a"], *to(), generation=2)
        t.opens(backend, "--recipient-key", private)
        out = t.folder / "to nobody"
        at = to().index("--measurement")
        any_guest = (*to()[:at], *to()[at + 2:])
        for what, options, status, text in (
                ("another key", to(key=other), REFUSED, "refused"),
                ("another measurement", to(measurement="00" * 48), REFUSED, "refused"),
                ("another nonce", to(words=("--label", LABEL, "--nonce", NONCE[:-2])), REFUSED, "refused"),
                ("another part", to("--model-digest", "00"), REFUSED, "refused"),
                ("no root", to(trust=trust[:2]), REFUSED, "root certificate"),
                ("too late", to("--at", "2099-01-01T00:00:00Z"), REFUSED, "expired"),
                ("no measurement", any_guest, UNUSABLE, "any guest"),
                ("no nonce", to(words=("--label", LABEL)), UNUSABLE, "--nonce"),
                ("no evidence", ("--to", t.plain, *to()[2:]), UNUSABLE, "unrecognized"),
                ("--to forgotten", to()[2:], UNUSABLE, "is about the evidence of --to, which is not given")):
            t.refused(f"{backend}, {what}", t.run("seal", t.plain, "-o", out, *options), (status,), text)
            t.check(not out.exists(), f"{backend}, {what}", "something was written")


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        t = Slots(sys.argv[1], folder)
        for part in (add_and_remove, machines, recipients, attested):
            part(t)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
