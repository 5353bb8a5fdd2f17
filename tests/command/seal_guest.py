#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has `unitee seal` and `unitee unseal` work inside of guests, on emulated machines.

usage: seal_guest.py UNITEE_BINARY EMULATOR, where EMULATOR is empty in a build without one
"""

import json
import sys
import tempfile

from staged import Staged, no_machine
from tool import DONE, REFUSED, UNUSABLE

SNP, TDX = "machine snp\n", "machine tdx\n"


def there_and_back(t):
    plain, key = t.folder / "plain", t.folder / "key"
    plain.write_bytes(bytes(range(256)) * 300)
    key.write_bytes(bytes(range(32)))
    for name, stage, other, kind in (("snp", SNP, SNP + "snp measurement " + "11" * 48 + "\n", "snp_derived_key"),
                                     ("tdx", TDX, TDX + "td mrtd " + "33" * 48 + "\n", "tdx_derived_key")):
        sealed, out = t.folder / f"{name}.sealed", t.folder / f"{name}.plain"
        said, log = t.on(stage, "seal", plain, "-o", sealed, "--slot", "guest", "--slot", f"key={key}")
        t.check(said.returncode == DONE and f"slots: {kind}, caller_key" in said.stdout, f"{name} seal", said)
        t.check("INSECURE" not in said.stderr, f"{name} seal", said)
        t.left_nothing(f"{name} seal", log)
        said, _ = t.on(stage, "seal", plain, "-o", t.folder / "default")
        t.check(said.returncode == DONE and f"slot: {kind}" in said.stdout, f"{name} default slot", said)
        said, _ = t.on(stage, "unseal", sealed, "--load")
        t.check(said.returncode == DONE and "loaded 76800 bytes" in said.stdout, f"{name} --load", said)
        said, _ = t.on(stage, "unseal", sealed, "-o", out)
        t.check(said.returncode == UNUSABLE and "--plaintext-to-disk" in said.stderr, f"{name} to disk", said)
        t.check(not out.exists(), f"{name} to disk", "the plaintext is there")
        said, _ = t.on(stage, "unseal", sealed, "-o", out, "--plaintext-to-disk")
        t.check(said.returncode == DONE and out.read_bytes() == plain.read_bytes(), f"{name} to disk", said)
        said, _ = t.on(other, "unseal", sealed, "--load")
        t.refused(f"{name} another guest", said, (REFUSED,), f"(no_matching_slot); it opens by {kind}")
        said, _ = t.on(stage, "slots", sealed, "--reseal")
        t.check(said.returncode == DONE and "renewed 1" in said.stdout, f"{name} reseal", said)
        said, _ = t.on(other, "slots", sealed, "--key", key, "--reseal")
        t.refused(f"{name} reseal elsewhere", said, (REFUSED,), f"no slot here is this machine's: it opens by {kind}")
        said, _ = t.on("machine none\n", "unseal", sealed, "--load")
        t.refused(f"{name} outside", said, (UNUSABLE,), "neither /dev/sev-guest nor")
        said, _ = t.on("machine none\n", "slots", sealed, "--key", key, "--reseal")
        t.refused(f"{name} reseal outside", said, (UNUSABLE,), "neither /dev/sev-guest nor")
        t.done(f"{name} by key", t.run("unseal", sealed, "--verify", "--key", key))


def newer_firmware(t):
    """A file that was sealed under one TCB opens after an update, and after --reseal only from there on."""
    plain, key = t.folder / "plain", t.folder / "key"
    for name, before, after, line, field in (
            ("snp", "04000000000018db", "0400000000001adb", "snp tcb", "tcb_version"),
            ("tdx", "04010500" + "00" * 12, "06010600" + "00" * 12, "td tee-tcb-svn", "tee_tcb_svn")):
        old, new = (f"machine {name}\n{line} {tcb}\n" for tcb in (before, after))
        sealed = t.folder / f"{name}.at_a_tcb"

        def bound_to(what, tcb):
            slot = json.loads(t.run("inspect", "--json", sealed).stdout)["slots"][0]
            t.check(slot[field] == tcb, f"{name} {what}", slot)

        said, _ = t.on(old, "seal", plain, "-o", sealed, "--slot", "guest", "--slot", f"key={key}")
        t.done(f"{name} before", said)
        bound_to("before", before)
        for what, stage in (("before", old), ("after", new)):
            t.done(f"{name} {what}", t.on(stage, "unseal", sealed, "--load")[0])
        said, _ = t.on(new, "slots", sealed, "--reseal")
        t.check(said.returncode == DONE and "renewed 1" in said.stdout, f"{name} --reseal", said)
        bound_to("resealed", after)
        t.done(f"{name} resealed", t.on(new, "unseal", sealed, "--load")[0])
        for what, words in (("unseal", ("unseal", sealed, "--load")), ("reseal", ("slots", sealed, "--reseal"))):
            said, _ = t.on(old, *words)
            refused = "(key_denied); this machine's firmware is older"
            t.refused(f"{name} {what} by the older firmware", said, (REFUSED,), refused)
        t.done(f"{name} by key", t.run("unseal", sealed, "--verify", "--key", key))


def trouble(t):
    plain, out = t.folder / "plain", t.folder / "none"
    for what, stage, word in (("no permission", SNP + "sev-guest mode 000\n", "Permission denied"),
                              ("VMPCK wiped", SNP + "sev-guest wiped\n", "only a reboot"),
                              ("no keys in the kernel", TDX + "tdx-guest key absent\n", "key broker"),
                              ("no keys in the module", TDX + "tdx-guest key unsupported\n", "key broker"),
                              ("a key of zeros", TDX + "tdx-guest key zero\n", "key broker")):
        said, log = t.on(stage, "seal", plain, "-o", out, "--slot", "guest")
        lines = said.stderr.splitlines()
        t.check(said.returncode != DONE and len(lines) == 1 and word in lines[0] and not out.exists(), what, said)
        t.left_nothing(what, log)


def main():
    binary, emulator = sys.argv[1:]
    status = no_machine(emulator)
    if status is not None:
        return status
    with tempfile.TemporaryDirectory() as folder:
        t = Staged(binary, emulator, folder)
        there_and_back(t)
        newer_firmware(t)
        trouble(t)
    return t.report()


if __name__ == "__main__":
    sys.exit(main())
