# SPDX-License-Identifier: Apache-2.0
"""The client side of smoke.py: what a program finds on an emulated machine. Each function is a scenario, run by name."""

import errno
import hashlib
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

import interfaces as on
from interfaces import Entry, Qgs, Sev, Tdx

DATA = bytes(range(64))
FIELDS = 0b101001  # POLICY, MEASUREMENT, TCB_VERSION
REPORT_SIZE = 1184


def equal(got, wanted, what=""):
    assert got == wanted, f"{what}: {got!r}, wanted {wanted!r}"


def refused(number, act):
    try:
        act()
    except OSError as failure:
        equal(errno.errorcode[failure.errno], errno.errorcode[number])
    else:
        raise AssertionError(f"not refused, wanted {errno.errorcode[number]}")


def certificates(table):
    """The certificates by the first four bytes of their GUIDs."""
    out = {}
    for at in range(0, len(table), 24):
        guid, offset, length = struct.unpack_from("<16sII", table, at)
        if guid == bytes(16):
            return out
        assert offset + length <= len(table)
        out[guid[:4].hex()] = table[offset:offset + length]
    raise AssertionError("no end")


VCEK, VLEK, ASK, ARK = "63da758d", "a8074bc2", "4ab7b379", "c0b406a4"


def signed_by(report, certificate):
    """Whether openssl finds the report signed by the certificate's key."""
    def integer(little):
        big = little[::-1].lstrip(b"\0") or b"\0"
        big = b"\0" + big if big[0] & 0x80 else big
        return b"\x02" + bytes([len(big)]) + big

    both = integer(report[0x2A0:0x2D0]) + integer(report[0x2E8:0x318])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "signed").write_bytes(report[:0x2A0])
        (folder / "signature").write_bytes(b"\x30" + bytes([len(both)]) + both)
        words = ["openssl", "x509", "-inform", "DER", "-pubkey", "-noout"]
        key = subprocess.run(words, input=certificate, capture_output=True, check=True)
        (folder / "key").write_bytes(key.stdout)
        done = subprocess.run(["openssl", "dgst", "-sha384", "-verify", folder / "key", "-signature", folder / "signature",
                               folder / "signed"], capture_output=True)
    return done.returncode == 0


def snp():
    sev = Sev()
    answer = sev.report(DATA)
    equal((answer.error, answer.exitinfo2, answer.status, len(answer.report)), (0, 0, 0, REPORT_SIZE), "report")
    equal(answer.report[0x50:0x90], DATA, "REPORT_DATA")
    assert answer.response[32 + REPORT_SIZE:] == bytes(4000 - 32 - REPORT_SIZE) and answer.response[8:32] == bytes(24)
    at_2 = sev.report(DATA, vmpl=2)
    equal(struct.unpack_from("<I", at_2.report, 0x30)[0], 2, "VMPL")

    asked = sev.extended(DATA, 0)
    equal((asked.error, asked.exitinfo2, asked.length), (errno.EIO, 0x100000000, 0x2000), "size query")
    equal(sev.extended(DATA, 0x1000).length, 0x2000, "too small")
    full = sev.extended(DATA, 0x4000)
    equal((full.error, full.exitinfo2, full.length, full.status), (0, 0, 0x4000, 0), "extended report")
    table = certificates(full.certificates)
    equal(sorted(table), sorted([VCEK, ASK, ARK]), "table")
    for each in (answer.report, at_2.report, full.report):
        assert signed_by(each, table[VCEK]), "signature"
    for size in (0x4001, 0x5000, 100):
        equal(sev.extended(DATA, size).error, errno.EINVAL, f"certs_len {size:#x}")

    tcb = answer.report[0x1E0:0x1E8]
    key = sev.key(FIELDS, tcb=tcb)
    equal((key.error, key.status), (0, 0), "derived key")
    assert key.key != bytes(32) and key.key == sev.key(FIELDS, tcb=tcb).key != sev.key(FIELDS, vmpl=1, tcb=tcb).key
    newer = sev.key(FIELDS, tcb=bytes([255] * 8))
    equal((newer.error, newer.status, newer.key), (0, 0x16, bytes(32)), "newer TCB")
    equal(sev.key(FIELDS, root=1).status, 0x27, "VMRK")

    equal(sev.report(DATA, version=0).error, errno.EINVAL, "msg_version 0")
    equal(sev.report(DATA, pointers=(0, 0)).error, errno.EINVAL, "null pointers")
    bad = sev.report(DATA, pointers=(16, 16))
    equal((bad.error, bad.exitinfo2), (errno.EFAULT, 0xFF), "bad pointers")
    equal(sev.call(0xC0205303, bytes(96), 4000).error, errno.ENOTTY, "unknown ioctl")
    equal(sev.report(DATA, vmpl=4).status, 0x16, "VMPL 4")
    sev.close()


def violations():
    sev = Sev()
    equal(sev.report(DATA, padding=b"\0\0\0\0\0\0\1").error, errno.EINVAL, "wrapper")
    equal(sev.extended(DATA, 0x4000, padding=1).error, errno.EINVAL, "extended request")
    for at in range(28):
        reserved = bytearray(28)
        reserved[at] = 4
        equal(sev.report(DATA, reserved=reserved).status, 0x16, f"reserved byte {at}")
    equal(sev.key(FIELDS, reserved=1).status, 0x16, "derived key")
    equal(sev.key(1 << 63).status, 0x16, "fields")
    tdx = Tdx()
    error, key, code = tdx.key(on.key_request(tdx.report(DATA)[1], reserved=1))
    equal((error, key, code), (errno.EIO, bytes(32), 0xC000010000000000), "TDKEYREQUEST")


def keys():
    """Prints the keys of this start."""
    sev, tdx = Sev(), Tdx()
    report = tdx.report(DATA)[1]
    error, sealed, code = tdx.key(on.key_request(report))
    equal((error, code), (0, 0), "seal key")
    assert sealed != bytes(32) and sealed != tdx.key(on.key_request(report, salt=bytes([1] * 32)))[1]
    print(sev.key(FIELDS, tcb=sev.report(DATA).report[0x1E0:0x1E8]).key.hex(), sealed.hex())


def vlek():
    sev = Sev()
    full = sev.extended(DATA, 0x4000)
    table = certificates(full.certificates)
    equal(sorted(table), sorted([VLEK, ASK, ARK]), "table")
    equal((full.report[0x48] >> 2 & 7, full.report[0x1A0:0x1E0]), (1, bytes(64)), "KEY_INFO and CHIP_ID")
    assert signed_by(full.report, table[VLEK])
    by_vcek = sev.report(DATA, reserved=bytes([1]) + bytes(27)).report
    assert by_vcek[0x48] >> 2 & 7 == 0 and by_vcek[0x1A0:0x1E0] != bytes(64)


def tsm_snp():
    refused(errno.ENOENT, lambda: os.rmdir(f"{on.TSM}/none"))
    entry = Entry("one")
    refused(errno.EEXIST, lambda: Entry("one"))
    equal(sorted(os.listdir(entry.path)), ["auxblob", "generation", "inblob", "outblob", "privlevel", "privlevel_floor", "provider"])
    equal((entry.read("provider"), entry.read("privlevel_floor"), entry.generation()), (b"sev_guest\n", b"0\n", 0))
    refused(errno.EACCES, lambda: entry.read("inblob"))
    refused(errno.EACCES, lambda: entry.write("outblob", b"x"))
    refused(errno.ENOTDIR, lambda: os.rmdir(f"{entry.path}/inblob"))
    refused(errno.EINVAL, lambda: entry.read("outblob"))
    refused(errno.EFBIG, lambda: entry.write("inblob", bytes(65)))
    entry.remove()
    entry = Entry("one")
    entry.write("inblob", DATA[:63])
    equal(entry.generation(), 1)
    refused(errno.EINVAL, lambda: entry.read("outblob"))
    entry.write("inblob", DATA)
    report = entry.read("outblob", piece=100)
    equal((len(report), report[0x50:0x90], entry.generation()), (REPORT_SIZE, DATA, 2))
    equal(entry.read("outblob"), report, "cached")
    assert signed_by(report, certificates(entry.read("auxblob"))[VCEK])
    for privlevel in (b"3", b"2\n", b"0x1\n"):
        entry.write("privlevel", privlevel)
    equal((entry.generation(), entry.read("outblob")[0x30]), (5, 1))
    for privlevel in (b"4", b"", b"x"):
        if privlevel:
            refused(errno.EINVAL, lambda: entry.write("privlevel", privlevel))
    # As in the kernel, what is written takes effect when the file is closed.
    fd = os.open(f"{entry.path}/inblob", os.O_WRONLY)
    os.write(fd, bytes(64))
    equal(entry.generation(), 5)
    os.close(fd)
    equal((entry.generation(), entry.read("outblob")[0x50:0x90]), (6, bytes(64)))
    entry.remove()
    refused(errno.ENOENT, lambda: entry.read("generation"))


def tsm_svsm():
    entry = Entry("svsm")
    equal(entry.read("privlevel_floor"), b"1\n")
    entry.write("service_provider", b"svsm\n")
    entry.write("service_guid", b"c476f1eb-0123-45a5-9641-b4e7dde5bfe3")
    entry.write("service_manifest_version", b"0")
    entry.write("inblob", DATA)
    report, manifest = entry.read("outblob"), entry.read("manifestblob")
    equal((manifest, report[0x30], entry.read("auxblob")), (b"\x12\x34", 0, b""))
    equal(report[0x50:0x90], hashlib.sha512(DATA + manifest).digest())
    other = Entry("guest")
    other.write("inblob", DATA)
    refused(errno.EINVAL, lambda: other.read("outblob"))  # VMPL 0 of a guest at VMPL 1
    other.write("privlevel", b"1")
    equal(other.read("outblob")[0x30], 1)
    # Both entries stay, and one file: the log says so.
    os.open(f"{other.path}/outblob", os.O_RDONLY)


def threads():
    failures = []

    def attest(number):
        try:
            data = hashlib.sha512(str(number).encode()).digest()
            entry = Entry(f"thread-{number}")
            entry.write("inblob", data)
            report = entry.read("outblob")
            at = 0x50 if len(report) == REPORT_SIZE else report.find(data)
            equal((report[at:at + 64], entry.generation()), (data, 1), f"thread {number}")
            entry.remove()
        except BaseException as failure:  # told to the main thread
            failures.append(failure)

    all_of_them = [threading.Thread(target=attest, args=(i,)) for i in range(200)]
    for each in all_of_them:
        each.start()
    for each in all_of_them:
        each.join()
    assert not failures, failures[:3]


def tdx():
    device = Tdx()
    error, report = device.report(DATA)
    equal((error, report[0], report[128:192]), (0, 0x81, DATA))
    equal(report[80:128], hashlib.sha384(report[512:]).digest(), "TEE_INFO_HASH")
    equal(device.call(0xC0105402, bytes(16))[0], errno.ENOTTY)

    extended = bytes(48)
    for index, digest in ((0, b"a"), (3, b"b"), (3, b"c")):
        value = hashlib.sha384(digest).digest()
        extended = hashlib.sha384((extended if index else bytes(48)) + value).digest()
        equal(on.rtmr(index, value), 48)
        extended = extended if index else bytes(48)
    equal((on.rtmr(3), on.rtmr(1)), (extended, bytes(48)), "RTMR")
    refused(errno.EINVAL, lambda: on.rtmr(1, bytes(47)))
    refused(errno.EACCES, lambda: os.open(f"{on.MEASUREMENTS}/mrtd:sha384", os.O_WRONLY))
    equal(pathlib.Path(f"{on.MEASUREMENTS}/mrconfigid").read_bytes(), bytes([0x22] * 48))
    report = device.report(DATA)[1]
    equal(report[864:912], extended, "RTMR3 of the report")

    entry = Entry("quote")
    equal(sorted(os.listdir(entry.path)), ["generation", "inblob", "outblob", "provider"])
    equal(entry.read("provider"), b"tdx_guest\n")
    entry.write("inblob", DATA)
    quote = entry.read("outblob")
    assert quote[:2] == b"\x05\0" and DATA in quote and extended in quote
    entry.write("inblob", DATA[1:])
    refused(errno.EINVAL, lambda: entry.read("outblob"))
    entry.remove()

    qgs = Qgs()
    response = qgs.ask(on.quote_request(report))
    major, minor, kind, size, code = on.header(response)
    equal((major, minor, kind, size, code), (1, 1, 1, len(response), 0))
    id_size, quote_size = struct.unpack_from("<II", response, 16)
    equal((id_size, quote_size), (0, len(response) - 24))
    assert DATA in response and extended in response
    raw = qgs.ask(report)
    assert raw[:2] == b"\x05\0" and DATA in raw
    info = qgs.ask(on.message(4, b""))
    equal((on.header(info)[2:], struct.unpack_from("<HHII", info, 16)[2:]), ((5, len(info), 0), (16, 16)))
    forged = bytearray(report)
    forged[512] ^= 1
    for bad, wanted in ((on.message(9, b""), 0x12005), (on.message(0, b"", size=17), 0x12006),
                        (on.message(0, b"", major=2), 0x12004), (on.message(0, struct.pack("<II", 1023, 0) + report), 0x12003),
                        (on.quote_request(forged), 0x12001)):
        equal(on.header(qgs.ask(bad))[4], wanted)
    qgs.close()
    device.close()


def nothing():
    service = os.environ["UNITEE_EMULATED_QUOTE_SERVICE"]
    for path in ("/dev/sev-guest", "/dev/tdx_guest", "/sys/kernel/config/tsm", on.MEASUREMENTS, service):
        assert not os.path.lexists(path), path
    refused(errno.ENOENT, lambda: Entry("one"))
    refused(errno.ENOENT, Qgs)


def denied():
    refused(errno.EACCES, Sev)
    assert not os.access("/dev/sev-guest", os.R_OK) and os.stat("/dev/sev-guest").st_mode & 0o777 == 0


def no_provider():
    refused(errno.ENXIO, lambda: Entry("one"))


def faults():
    """The stage is of smoke.py: FAULTS."""
    sev = Sev()
    equal((sev.report(DATA).error, sev.extended(DATA, 0).length), (0, 0x5000), "size")
    busy = sev.report(DATA)
    equal((busy.error, busy.exitinfo2), (errno.EIO, 0x200000000), "busy")
    equal(sev.report(DATA).status, 0x27, "status")
    equal(len(sev.report(DATA).report), 0, "report_size")
    flipped, short = sev.report(DATA), sev.report(DATA)
    equal(flipped.report[0x50], DATA[0] ^ 1, "flip")
    equal((short.report[100:], short.report[:4]), (bytes(REPORT_SIZE - 100), b"\5\0\0\0"), "cut")
    equal(sev.key(FIELDS, tcb=sev.report(DATA).report[0x1E0:0x1E8]).key, bytes(32), "zero")
    dead = sev.report(DATA)
    equal((dead.error, dead.exitinfo2), (errno.EIO, 0x14), "firmware error")
    equal(sev.report(DATA).error, errno.ENOTTY, "wiped")

    refused(errno.EEXIST, lambda: Entry("one"))
    entry = Entry("one")
    entry.write("inblob", DATA)
    equal(entry.generation(), 1)
    equal(entry.generation(), 2, "bump")
    equal(entry.read("provider"), b"tdx_guest\n", "provider")
    equal(entry.read("outblob"), b"", "empty")
    begin = time.monotonic()
    refused(errno.EBUSY, lambda: entry.write("inblob", DATA))
    assert time.monotonic() - begin >= 0.05, "delay"
    refused(errno.EIO, entry.remove)
    entry.remove()

    device = Tdx()
    request = on.key_request(device.report(DATA)[1])
    equal(device.key(request), (0, bytes(32), 0xC0000B00), "err_code")
    refused(errno.EBUSY, lambda: on.rtmr(2, bytes(48)))
    equal(len(on.rtmr(2)), 10, "short")

    qgs = Qgs()
    equal(on.header(qgs.ask(on.message(4, b"")))[4], 0x12002, "qgs_error")
    equal(qgs.ask(on.message(4, b"")), b"\xab\xcd", "nonsense")
    try:
        qgs.ask(on.message(4, b""), timeout=0.1)
        raise AssertionError("no hang")
    except TimeoutError:
        pass


def waits():
    """Every answer of the stage hangs: a signal ends a call, and so does the end of the program."""
    class Alarm(Exception):
        pass

    def ring(*_):
        raise Alarm

    signal.signal(signal.SIGALRM, ring)
    for act in (lambda: Entry("one"), lambda: Sev().report(DATA), Tdx):
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        try:
            answer = act()
            equal(answer.error, errno.EINTR)
        except Alarm:
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    entry = Entry("two")
    for _ in range(5):
        threading.Thread(target=entry.generation, daemon=True).start()
    time.sleep(0.1)
    os._exit(0)


def ends(status):
    os._exit(int(status))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
