#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Derives keys on emulated machines of both vendors. The same binding gives the same key after a restart of program and
machine; another measurement, purpose, context, VMPL, policy, floor or chip gives another one; a record gives its key back,
and is refused below a floor; of no key anything is left in the program's memory.

usage: keys.py EMULATOR CLIENT STATE_DIRECTORY, where EMULATOR is empty in a build without libfuse3
"""

import struct

import layouts
from machine import main

SNP, TDX = "machine snp", "machine tdx"
RECORD = "key record"
PURPOSE = "a test"
NO_SNP_FLOOR, NO_TDX_FLOOR = bytes(12), bytes(22)


def record(vendor, request, floor, purpose=PURPOSE, context=b""):
    """The canonical bytes of a record: version 1."""
    sizes = struct.pack("<BBH", 1, vendor, len(request)), struct.pack("<H", len(floor)), struct.pack("<B", len(purpose))
    return sizes[0] + request + sizes[1] + floor + sizes[2] + purpose.encode() + struct.pack("<H", len(context)) + context


class Vendor:
    def __init__(self, m, name, machine, derive, reopen):
        self.m, self.name, self.machine, self.derive, self.reopen = m, name, machine, derive, reopen

    def key(self, what, lines="", words="", state=None, before=()):
        """The digest of a derived key, and its record."""
        what = f"{self.name} {what}"
        done = self.m.on(f"{self.machine}\n{lines}", *before, f"{self.derive} {words}".strip(), state=state)
        if not self.m.succeeded(what, done, len(before) + 1):
            return what, None
        return done.answers[-1]["key"], bytes.fromhex(done.answers[-1]["record"])

    def again(self, what, of, wanted, lines="", words="", state=None):
        """The key of a record is the wanted one, or the failure is."""
        what = f"{self.name} {what}"
        done = self.m.on(f"{self.machine}\n{lines}", f"{self.reopen} record={of.hex()} {words}".strip(), state=state)
        if not self.m.clean(what, done):
            return None
        answer = done.answers[0]
        found = answer["key"] if answer["ok"] else (answer["errc"], answer["in"], answer["offset"])
        if wanted is not None:
            self.m.check(found == wanted, what, f"{found}, wanted {wanted}")
        return found

    def refused(self, what, wanted, lines="", words=""):
        what = f"{self.name} {what}"
        done = self.m.on(f"{self.machine}\n{lines}", f"{self.derive} {words}".strip())
        if self.m.clean(what, done):
            answer = done.answers[0]
            self.m.check(not answer["ok"] and (answer["errc"], answer["in"], answer["offset"]) == wanted, what, answer)

    def all_different(self, keys):
        """No two of these keys, each with a name, are the same."""
        by_key = {}
        for what, key in keys.items():
            self.m.check(key not in by_key, f"{self.name} {what}", f"is the key of {by_key.get(key)}")
            by_key[key] = what

    def nothing_left(self, raw, fault, calls):
        """The firmware's key, the same in a call that nobody waited for, and the derived key: none is in memory."""
        what = f"{self.name} nothing left"
        done = self.m.on(f"{self.machine}\nfault {fault} after {calls} times 1 delay 900", f"{raw} hunt=1", "hunt",
                         f"{raw} limit=400 settle=3000", "hunt", f"{self.derive} hunt=1", "hunt", "hunt plant=1")
        if not self.m.clean(what, done, 7):
            return
        first, after_first, late, after_late, second, after_second, planted = done.answers
        self.m.check(first["ok"] and late.get("errc") == "timed_out" and second["ok"], what, done.answers)
        self.m.check(first["key"] != second["key"], what, "the firmware's key never leaves the derivation")
        for hunt, keys in ((after_first, 1), (after_late, 1), (after_second, 2)):
            self.m.check(hunt["keys"] == keys and hunt["sightings"] == 0 and hunt["scanned"] > 2**20, what, hunt)
        self.m.check(planted["sightings"] >= 1, what, f"a hunt that finds nothing: {planted}")


def raised(floor, at):
    out = bytearray(floor)
    out[at] += 1
    return bytes(out).hex()


def snp(m):
    v = Vendor(m, "snp", SNP, "sev.derive", "sev.reopen")
    base, of = v.key("base")
    tcb = of[28:36]
    bound = layouts.MEASUREMENT | layouts.POLICY | layouts.TCB_VERSION
    m.check(of == record(1, layouts.derived_key_request(bound, tcb), NO_SNP_FLOOR), "snp record", of.hex())
    m.check(v.key("again") == (base, of), "snp", "not the same key after a restart")

    keys = {"base": base}
    for what, lines, words in (
            ("measurement", f"snp measurement {'5a' * 48}", ""), ("policy", "snp policy 0x20000", ""), ("purpose", "", "purpose=another"),
            ("context", "", "context=00"), ("longer context", "", "context=0000"), ("chip", "snp chip 1", ""),
            ("another chip", "snp chip 2", ""),
            ("VMPL", "sev-guest vmpl 1", "vmpl=1"), ("VMPL 3", "", "vmpl=3"), ("floor", "", f"least={tcb.hex()}00000000"),
            ("part of a floor", "", f"least={'01' + '00' * 11}"), ("owner", "", "to=owner"), ("guest svn 0", "", "to=svn"),
            ("guest svn 3", "snp guest-svn 3", "to=svn"), ("the chip's own", "", "to=chip"), ("debuggable", "", "to=debuggable"),
            ("shared", "", "to=shared")):
        keys[what], written = v.key(what, lines, words)
        if "floor" in what:
            least = bytes.fromhex(words.removeprefix("least="))
            m.check(written == record(1, layouts.derived_key_request(bound, tcb), least), f"snp {what}", written)
        m.check(v.key(what, lines, words)[0] == keys[what], f"snp {what}", "not the same key after a restart")
    v.all_different(keys)
    # What a key is not bound to does not matter.
    m.check(v.key("unbound guest svn", "snp guest-svn 3")[0] == base, "snp", "GUEST_SVN is not mixed in")
    m.check(v.key("unbound measurement", f"snp measurement {'5a' * 48}", "to=shared")[0] == keys["shared"], "snp", "shared")
    m.check(v.key("unbound policy", "snp policy 0x20000", "to=debuggable")[0] == keys["debuggable"], "snp", "debuggable")

    # A record gives the key back, to this guest on this chip alone.
    v.again("record", of, base)
    others = {"base": base}
    for what, lines in (("measurement", f"snp measurement {'5a' * 48}"), ("policy", "snp policy 0x20000"), ("chip", "snp chip 1")):
        others[what] = v.again(f"record, {what}", of, None, lines)
    v.all_different(others)
    m.check(others["measurement"] == keys["measurement"] and others["chip"] == keys["chip"], "snp", "another guest has its own key")
    # Of another level it is refused: what runs there could have written the record.
    v.again("record of VMPL 0 at 1", of, ("weak_binding", RECORD, 4 + 16), "sev-guest vmpl 1", "vmpl=1")
    at_3 = record(1, layouts.derived_key_request(bound, tcb, vmpl=3), NO_SNP_FLOOR)
    v.again("record of VMPL 3 at 0", at_3, ("weak_binding", RECORD, 4 + 16))
    v.again("record of VMPL 3", at_3, keys["VMPL 3"], words="vmpl=3")
    # Of an older TCB, as after an update; and of one that is not committed yet.
    request = layouts.derived_key_request(bound, bytes([tcb[0] - 1]) + tcb[1:])
    older = record(1, request, NO_SNP_FLOOR)
    m.check(v.again("older TCB", older, None) not in (base, None), "snp", "an older TCB has another key")
    m.check(v.again("older TCB", older, None) == v.again("older TCB", older, None), "snp", "and always the same")
    newer = record(1, layouts.derived_key_request(bound, bytes([tcb[0] + 1]) + tcb[1:]), NO_SNP_FLOOR)
    v.again("newer TCB", newer, ("key_denied", "key request", 0x16))

    # Floors: of the caller, of the record, and for what is not mixed in.
    floor = tcb + bytes(4)
    v.again("at the floor", of, base, words=f"least={floor.hex()}")
    for at in range(8):
        if tcb[at] != 255:
            below = ("below_floor", RECORD, 4 + 24 + at)
            v.again(f"below the floor at {at}", of, below, words=f"least={raised(floor, at)}")
            v.refused(f"new key below the floor at {at}", below, words=f"least={raised(floor, at)}")
    v.again("older than the floor", older, ("below_floor", RECORD, 28), words=f"least={floor.hex()}")
    v.again("older than its own floor", record(1, request, floor), ("below_floor", RECORD, 28))
    v.refused("GUEST_SVN that is not mixed in", ("below_floor", RECORD, 24), "snp guest-svn 9", f"least={(bytes(8) + b'1000').hex()}")

    # What is no record, or one that somebody else could have made a key of.
    v.again("of nothing", b"", ("truncated", RECORD, 0))
    v.again("cut", of[:-1], ("truncated", RECORD, len(of) - 1))
    v.again("of TDX", b"\x01\x02" + of[2:], ("platform_mismatch", RECORD, 1))
    weak = record(1, layouts.derived_key_request(layouts.POLICY | layouts.TCB_VERSION, tcb), NO_SNP_FLOOR)
    v.again("weak", weak, ("weak_binding", RECORD, 4 + 8))
    for purpose in ("a tesu", "a tes"):
        changed = v.again("changed purpose", record(1, of[4:36], NO_SNP_FLOOR, purpose), None)
        m.check(changed not in (base, None), "snp changed purpose", changed)
    v.refused("a configuration", ("unsupported_format", "key request", 8), words="to=configuration")
    v.refused("runtime measurements", ("unsupported_format", "key request", 8), words="to=rtmr0")
    v.nothing_left("sev.key", "sev.derived_key", 1)


def tdx(m):
    v = Vendor(m, "tdx", TDX, "tdx.derive", "tdx.reopen")
    base, of = v.key("base")
    cpusvn, tcb = of[4 + 32:4 + 48], of[4 + 48:4 + 64]
    m.check(of == record(2, layouts.td_key_request(cpusvn, tcb), NO_TDX_FLOOR), "tdx record", of.hex())
    m.check(v.key("again") == (base, of), "tdx", "not the same key after a restart")

    digest = "33" * 48
    extend = f"rtmr.extend index=2 digest={digest}"
    keys = {"base": base}
    for what, lines, words, before in (
            ("mrtd", f"td mrtd {'5a' * 48}", "", ()), ("debug", "td attributes 0x10000001", "", ()), ("purpose", "", "purpose=another", ()),
            ("context", "", "context=00", ()), ("longer context", "", "context=0000", ()),
            ("floor", "", f"least={tcb.hex()}{'00' * 6}", ()),
            ("owner", "", "to=owner", ()), ("another owner", f"td mrowner {'5a' * 48}", "to=owner", ()),
            ("another owner's configuration", f"td mrownerconfig {'5a' * 48}", "to=owner", ()),
            ("configuration", "", "to=configuration", ()),
            ("another configuration", f"td mrconfigid {'5a' * 48}", "to=configuration", ()), ("register 2", "", "to=rtmr2", ()),
            ("register 2 extended", "", "to=rtmr2", (extend,)), ("register 2 extended twice", "", "to=rtmr2", (extend, extend)),
            ("register 3", "", "to=rtmr3", ()), ("debuggable", "", "to=debuggable", ()), ("shared", "", "to=shared", ())):
        keys[what], _ = v.key(what, lines, words, before=before)
        m.check(v.key(what, lines, words, before=before)[0] == keys[what], f"tdx {what}", "not the same key after a restart")
    keys["platform"], _ = v.key("platform", state=m.folder / "another platform")
    v.all_different(keys)
    # What a key is not bound to does not matter; and the chip always is mixed in.
    for what in ("mrowner", "mrownerconfig", "mrconfigid"):
        m.check(v.key(f"unbound {what}", f"td {what} {'5a' * 48}")[0] == base, "tdx", f"{what} is not mixed in")
    m.check(v.key("unbound register", before=(extend,))[0] == base, "tdx", "a register is not mixed in")
    m.check(v.key("always bound", words="to=chip")[0] == base, "tdx", "the chip")
    v.refused("a guest SVN that no TD report tells", ("unsupported_format", "key request", 64), words="to=svn")

    v.again("record", of, base)
    others = {"base": base, "mrtd": v.again("record, mrtd", of, None, f"td mrtd {'5a' * 48}"),
              "attributes": v.again("record, attributes", of, None, "td attributes 0x10000001"),
              "platform": v.again("record, platform", of, None, state=m.folder / "another platform")}
    v.all_different(others)
    m.check(others["mrtd"] == keys["mrtd"] and others["platform"] == keys["platform"], "tdx", "another TD has its own key")

    floor = tcb + bytes(6)
    v.again("at the floor", of, base, words=f"least={floor.hex()}")
    for at in (*range(16), 16, 18, 20):  # TEE_TCB_SVN byte by byte, then the three SVNs
        below = ("below_floor", RECORD, 4 + 48 + at)
        v.again(f"below the floor at {at}", of, below, words=f"least={raised(floor, at)}")
    v.refused("new key below the floor", ("below_floor", RECORD, 4 + 48), words=f"least={raised(floor, 0)}")
    older = layouts.td_key_request(cpusvn, bytes([tcb[0] - 1]) + tcb[1:])
    found = v.again("older TCB", record(2, older, NO_TDX_FLOOR), None)
    m.check(isinstance(found, str) and found != base, "tdx", f"an older TCB has another key: {found}")
    v.again("older than its own floor", record(2, older, floor), ("below_floor", RECORD, 4 + 48))
    newer = layouts.td_key_request(cpusvn, bytes([tcb[0] + 1]) + tcb[1:])
    found = v.again("newer TCB", record(2, newer, NO_TDX_FLOOR), None)
    m.check(found[:2] == ("key_denied", "TDX seal key"), "tdx newer TCB", found)

    v.again("of nothing", b"", ("truncated", RECORD, 0))
    v.again("cut", of[:-1], ("truncated", RECORD, len(of) - 1))
    v.again("of SNP", b"\x01\x01" + of[2:], ("platform_mismatch", RECORD, 1))
    v.again("weak", record(2, layouts.td_key_request(cpusvn, tcb, policy=0), NO_TDX_FLOOR), ("weak_binding", RECORD, 4 + 8))
    weak = layouts.td_key_request(cpusvn, tcb, attributes_mask=layouts.ATTRIBUTES & ~1)
    v.again("debuggable", record(2, weak, NO_TDX_FLOOR), ("weak_binding", RECORD, 4 + 16))
    v.nothing_left("tdx.seal_key", "tdx.key", 2)  # of which the first is to see whether there are keys


def judge(m):
    snp(m)
    tdx(m)


if __name__ == "__main__":
    main(judge, __doc__, 3)
