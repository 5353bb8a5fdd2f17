# SPDX-License-Identifier: Apache-2.0
"""The faults, and what each must come to: kind, part and offset of the failure, or success."""

import errno

SEV, TDX, TSM, RTMR, QGS = "/dev/sev-guest", "/dev/tdx_guest", "configfs-tsm", "RTMR interface", "quote service"
REPORT, REQUEST, SEAL_KEY, QUOTE, TD_REPORT = "attestation report", "key request", "TDX seal key", "quote", "TD report"
OK = None
ANY = None  # as an offset
LIMIT = 3000
SHORT = 400  # for what runs into its limit
BUSY = 0x2_0000_0000
TOO_SMALL = 0x1_0000_0000
OPERAND_INVALID = 0xC000010000000000
STATUSES = range(1, 0x28)
SEV_OPERATIONS = ("sev.report", "sev.ext_report", "sev.derived_key")
QGS_ERRORS = range(0x12001, 0x12008)

# What is neither absence, nor a busy host, nor a lost channel is told as it is.
PLAIN = ("EPERM", "EACCES", "EIO", "ENXIO", "EFAULT", "EINVAL", "EBUSY", "ENOMEM", "ENODEV", "ENOENT", "EFBIG", "ENOSPC", "EMFILE")


class Case:
    """One machine. `wanted` has a row for each operation; `held` calls the kernel still has when the client ends, and `entries` it
    does not let go of; at least `met` calls meet the fault; `said` is in each answer."""

    def __init__(self, name, stage, operation, wanted=OK, *, limit=LIMIT, words="", more=(), held=False, entries=0, met=1, said=None):
        self.name, self.stage, self.limit, self.held, self.entries = name, stage, limit, held, entries
        self.met, self.said = met, said or {}
        self.operations, self.wanted = [f"{operation} limit={limit} {words}".strip()], [wanted]
        for other, outcome in more:
            self.operations.append(f"{other} limit={limit}")
            self.wanted.append(outcome)


def io(part, name):
    return ("io_error", part, getattr(errno, name))


def client_of(operation):
    """The client's operation that makes this request, and no other before it that could meet the fault."""
    return {"sev.derived_key": "sev.key"}.get(operation, operation)


def opening(stage, device, operation, part):
    for name in ("ENOENT", "ENXIO", "ENODEV"):
        yield Case(f"{device}.open {name}", f"{stage}\nfault {device}.open errno {name}", operation,
                   ("interface_absent", part, getattr(errno, name)))
    for name in ("EACCES", "EPERM", "EBUSY", "ENOMEM", "EMFILE", "EIO"):
        yield Case(f"{device}.open {name}", f"{stage}\nfault {device}.open errno {name}", operation, io(part, name))
    yield Case(f"{device}.open EINTR", f"{stage}\nfault {device}.open times 2 errno EINTR", operation, met=2)


def sev_guest():
    stage = "machine snp"
    yield Case("sev-guest absent", f"{stage}\nsev-guest absent", "sev.report", ("interface_absent", SEV, errno.ENOENT), met=0)
    yield Case("sev-guest mode 000", f"{stage}\nsev-guest mode 000", "sev.report", io(SEV, "EACCES"), met=0)
    yield from opening(stage, "sev", "sev.report", SEV)
    for request in SEV_OPERATIONS:
        asks = client_of(request)
        fault = f"{stage}\nfault {request}"
        for name in ("EINVAL", "EFAULT", "ENOMEM", "EPERM", "EBUSY", "ENXIO"):
            yield Case(f"{request} {name}", f"{fault} errno {name}", asks, io(SEV, name))
        yield Case(f"{request} ENOTTY", f"{fault} errno ENOTTY", asks, ("channel_lost", SEV, errno.ENOTTY))
        yield Case(f"{request} without an answer", f"{fault} errno EIO", asks, ("no_answer", SEV, errno.EIO))
        yield Case(f"{request} exitinfo2 0", f"{fault} exitinfo2 0", asks, ("no_answer", SEV, errno.EIO))
        yield Case(f"{request} EINTR", f"{fault} times 2 errno EINTR", asks, met=2)
        yield Case(f"{request} EINTR always", f"{fault} errno EINTR", asks, ("timed_out", SEV, SHORT), limit=SHORT)
        yield Case(f"{request} EAGAIN", f"{fault} times 2 errno EAGAIN", asks, met=2)
        yield Case(f"{request} busy", f"{fault} times 2 exitinfo2 {BUSY}", asks, met=2)
        yield Case(f"{request} busy always", f"{fault} exitinfo2 {BUSY}", asks, ("host_busy", SEV, SHORT), limit=SHORT, met=2)
        # After a minute of that a kernel gives up, and its key with it.
        yield Case(f"{request} ETIMEDOUT", f"{fault} errno ETIMEDOUT", asks, ("host_busy", SEV, LIMIT))
        yield Case(f"{request} ETIMEDOUT, key kept", f"{fault} errno ETIMEDOUT and keep", asks, ("host_busy", SEV, SHORT), limit=SHORT)
        for host in (3, 0x7FFF_FFFF, 0xFFFF_FFFF):
            yield Case(f"{request} vmm_error {host:#x}", f"{fault} exitinfo2 {host << 32 | 0xFF}", asks, ("host_error", SEV, host))
        # Every status of the firmware, each in a request of its own.
        lines = [f"fault {request} after {i} times 1 exitinfo2 {code} and keep" for i, code in enumerate(STATUSES)]
        rows = [("firmware_error", SEV, code) for code in STATUSES]
        at_vmpl = asks if request == "sev.derived_key" else f"{asks} vmpl=0"  # any other level is tried after 0x16
        yield Case(f"{request} fw_error", "\n".join([stage, *lines]), at_vmpl, rows[0], more=[(at_vmpl, row) for row in rows[1:]],
                   met=len(rows))
        lines = [f"fault {request} after {i} times 1 status {code}" for i, code in enumerate(STATUSES)]
        if request == "sev.derived_key":
            rows = [("key_denied", REQUEST, code) for code in STATUSES]
        yield Case(f"{request} status", "\n".join([stage, *lines]), at_vmpl, rows[0], more=[(at_vmpl, row) for row in rows[1:]],
                   met=len(rows))
        yield Case(f"{request} wiped", f"{stage}\nfault {request} wipe", asks, ("channel_lost", SEV, errno.ENOTTY))
        yield Case(f"{request} no answer, then wiped", f"{fault} times 1 exitinfo2 0x14", asks, ("firmware_error", SEV, 0x14),
                   more=[("sev.report", ("channel_lost", SEV, errno.ENOTTY))])
        yield Case(f"{request} exitinfo2 kept", f"{fault} keep_exitinfo2", asks)
        yield Case(f"{request} hangs", f"{fault} hang", asks, ("timed_out", SEV, SHORT), limit=SHORT, held=True)
        yield Case(f"{request} late", f"{fault} delay 900", asks, ("timed_out", SEV, SHORT), limit=SHORT, words="settle=3000")
        yield Case(f"{request} slow", f"{fault} delay 300", asks)
    yield Case("wiped since boot", f"{stage}\nsev-guest wiped", "sev.ext_report", ("channel_lost", SEV, errno.ENOTTY), met=0)
    yield Case("sev.report buffer too small", f"{stage}\nfault sev.report exitinfo2 {TOO_SMALL}", "sev.report", ("host_error", SEV, 1))


def sev_answers():
    stage = "machine snp"
    for request in SEV_OPERATIONS[:2]:
        fault = f"{stage}\nfault {request}"
        for size in (0, 1183, 1185, 0xFFFF_FFFF):
            yield Case(f"{request} report_size {size}", f"{fault} report_size {size}", request, ("bad_length", SEV, 4))
        yield Case(f"{request} about other data", f"{fault} flip 0x50", request, ("binding_mismatch", REPORT, 0x50))
        yield Case(f"{request} about other data at the end", f"{fault} flip 0x8F", request, ("binding_mismatch", REPORT, 0x50))
        yield Case(f"{request} cut short", f"{fault} cut 100", request, ("binding_mismatch", REPORT, 0x50))
        yield Case(f"{request} zero", f"{fault} zero", request, ("unsupported_version", REPORT, 0))
        yield Case(f"{request} reserved", f"{fault} flip 0x4C", request, ("reserved_not_zero", REPORT, 0x4C))
    fault = f"{stage}\nfault sev.ext_report"
    for size in (0x5000, 0x10000, 0x100_0000):
        yield Case(f"certificates of {size:#x}", f"{fault} size {size}", "sev.ext_report", ("certificates_too_large", SEV, size))
    yield Case("certificates of 0x4000", f"{fault} size 0x4000", "sev.ext_report", said={"certificates": 4580})
    for size in (0, 0x1000, 0x4000):  # fits, and does not
        yield Case(f"too small for {size:#x}", f"{fault} exitinfo2 {TOO_SMALL} and size {size}", "sev.ext_report", ("bad_length", SEV, 104))
    yield Case("no certificates", f"{stage}\nsnp certificates none", "sev.ext_report", met=0, said={"certificates": 0})
    zeros = bytes(24).hex()
    table = "certificate table"
    guid = "63da758de6644564adc5f4b93be8accd"
    for name, hexes, kind, at in (("beyond the end", guid + "00100000" + "00400000" + zeros, "bad_length", 20),
                                  ("inside of the list", guid + "10000000" + "10000000" + zeros, "bad_length", 16),
                                  ("twice", (guid + "48000000" + "00000000") * 2 + zeros, "duplicate", 24),
                                  ("without an end", "ff" * 0x4000, None, ANY)):
        yield Case(f"certificates {name}", f"{fault} certs {hexes}", "sev.ext_report", (kind or "bad_length", table, at))
    fault = f"{stage}\nfault sev.derived_key"
    yield Case("sev.derived_key zero", f"{fault} zero", "sev.key", ("zero_key", REQUEST, 0))
    yield Case("sev.derive denied", f"{fault} status 0x27", "sev.derive", ("key_denied", REQUEST, 0x27))
    yield Case("sev.derive zero", f"{fault} zero", "sev.derive", ("zero_key", REQUEST, 0))
    yield Case("LAUNCH_MIT_VECTOR", stage, "sev.mit_key", ("unsupported_version", REQUEST, 32), met=0)
    yield Case("no basis", f"{stage}\nfault sev.report status 0x15", "sev.derive", ("firmware_error", SEV, 0x15))
    yield Case("above VMPL", f"{stage}\nsev-guest vmpl 1", "sev.report", ("firmware_error", SEV, 0x16), words="vmpl=0", met=0)
    yield Case("no VMPL is low enough", f"{stage}\nfault sev.report status 0x16", "sev.report", ("firmware_error", SEV, 0x16), met=4)
    for vmpl in (1, 2, 3):
        yield Case(f"at VMPL {vmpl}", f"{stage}\nsev-guest vmpl {vmpl}", "sev.ext_report", met=0)
    yield Case("no VLEK", stage, "sev.report", ("firmware_error", SEV, 0x27), words="key_sel=2", met=0)


def configfs():
    """The same faults for both providers; what only one of them has is below."""
    for machine, asks, evidence in (("snp", "tsm.snp", REPORT), ("tdx", "tsm.tdx", QUOTE)):
        def case(name, lines, *rest, machine=machine, asks=asks, **words):
            return Case(f"{asks} {name}", f"machine {machine}\n{lines}", asks, *rest, **words)

        other = {"snp": "tdx_guest", "tdx": "sev_guest"}[machine]
        yield case("absent", "tsm absent", ("interface_absent", TSM, errno.ENOENT), met=0)
        yield case("unmounted", "tsm unmounted", ("interface_absent", TSM, errno.ENOENT), met=0)
        yield case("no provider", "tsm provider none", ("interface_absent", TSM, errno.ENXIO), met=0)
        yield case("other vendor's", f"tsm provider {other}", ("provider_mismatch", TSM, 0), met=0)
        yield case("unknown provider", "tsm provider arm_cca_guest", ("provider_mismatch", TSM, 0), met=0)
        for name in ("EACCES", "EPERM", "ENOMEM", "ENOSPC", "EMFILE", "EBUSY"):
            yield case(f"mkdir {name}", f"fault tsm.mkdir after 1 errno {name}", io(TSM, name))
        for name in ("ENOENT", "ENXIO"):
            yield case(f"mkdir {name}", f"fault tsm.mkdir after 1 errno {name}", ("interface_absent", TSM, getattr(errno, name)))
        yield case("mkdir exists", "fault tsm.mkdir times 3 exists", met=3)
        yield case("mkdir exists, later", "fault tsm.mkdir after 1 times 7 exists", met=7)
        yield case("mkdir exists always", "fault tsm.mkdir after 1 exists", ("entry_taken", TSM, 8), met=8)
        for attribute in ("inblob", "outblob", "provider", "generation"):
            for name in ("EACCES", "ENOENT", "ENOMEM", "EIO"):
                absent = attribute == "inblob" and name == "ENOENT"  # what this kernel does not have cannot be written
                yield case(f"open {attribute} {name}", f"fault tsm.open.{attribute} errno {name}",
                           ("interface_absent", TSM, errno.ENOENT) if absent else io(TSM, name))
        for name in PLAIN:
            if name != "EBUSY":
                yield case(f"outblob {name}", f"fault tsm.read.outblob errno {name}", io(TSM, name))
        for name in ("EINVAL", "EFBIG", "ENOMEM", "ENXIO"):
            yield case(f"inblob {name}", f"fault tsm.write.inblob errno {name}", io(TSM, name))
            yield case(f"inblob lost by {name}", f"fault tsm.close.inblob errno {name}", io(TSM, "EINVAL"))
        yield case("inblob lost", "fault tsm.close.inblob empty", io(TSM, "EINVAL"))
        yield case("outblob ENOTTY", "fault tsm.read.outblob errno ENOTTY", ("channel_lost", TSM, errno.ENOTTY))
        yield case("outblob ETIMEDOUT", "fault tsm.read.outblob errno ETIMEDOUT", ("no_answer", TSM, errno.ETIMEDOUT))
        for attribute in ("read.outblob", "write.inblob", "read.generation"):
            for name in ("EBUSY", "EINTR"):
                yield case(f"{attribute} {name}", f"fault tsm.{attribute} times 2 errno {name}", met=2)
                yield case(f"{attribute} {name} always", f"fault tsm.{attribute} errno {name}", ("host_busy" if name == "EBUSY" else "timed_out", TSM, SHORT), limit=SHORT)
        for attribute in ("provider", "generation"):
            for name in ("EIO", "ENOMEM", "EACCES"):
                yield case(f"{attribute} {name}", f"fault tsm.read.{attribute} errno {name}", io(TSM, name))
        for name, text, at in (("text", b"a\n", 0), ("a sign", b"-1\n", 0), ("not a number", b"12x\n", 2),
                               ("too long", b"12345678901234567890\n", 0)):
            yield case(f"generation is {name}", f"fault tsm.read.generation nonsense {text.hex()}", ("bad_value", TSM, at))
        yield case("generation is nothing", "fault tsm.read.generation empty", ("bad_value", TSM, 0))
        # Somebody else writes to the entry: after inblob was written, and after outblob was read.
        yield case("raced once", "fault tsm.read.outblob times 1 bump")
        yield case("raced once, early", "fault tsm.read.generation after 2 times 1 bump")
        yield case("raced always", "fault tsm.read.outblob bump", ("raced", TSM, 8), met=8)
        yield case("provider changes", f"fault tsm.read.outblob provider {other}", ("provider_mismatch", TSM, 0))
        yield case("provider changes, later", f"fault tsm.read.provider after 4 provider {other}", ("provider_mismatch", TSM, 0))
        yield case("provider goes", "fault tsm.read.outblob provider none", io(TSM, "ENXIO"))
        yield case("provider goes, later", "fault tsm.read.provider after 4 provider none", ("interface_absent", TSM, errno.ENXIO))
        yield case("outblob is empty", "fault tsm.read.outblob empty", ("no_quote", TSM, 0))
        yield case("outblob is cut", "fault tsm.read.outblob cut 40", ("truncated", evidence, 40))
        yield case("outblob is zero", "fault tsm.read.outblob zero", ("unsupported_version", evidence, 0))
        yield case("outblob is huge", f"fault tsm.read.outblob nonsense {'5a' * 0x8001}", io(TSM, "EFBIG"))
        yield case("outblob in pieces", "fault tsm.read.outblob short 100")
        data_at = {"snp": 0x50, "tdx": 48 + 6 + 520}[machine]
        yield case("about other data", f"fault tsm.read.outblob flip {data_at}",
                   ("binding_mismatch", evidence, 0x50 if machine == "snp" else 0))
        for name in ("open.inblob", "write.inblob", "close.inblob", "read.outblob", "read.generation"):
            yield case(f"{name} hangs", f"fault tsm.{name} hang", ("timed_out", TSM, SHORT), limit=SHORT, held=True, entries=1)
        yield case("provider hangs", "fault tsm.read.provider times 1 hang", ("timed_out", TSM, SHORT), limit=SHORT, held=True,
                   entries=1)
        # While the kernel holds these two, nobody else can use the directory: the client does not look into it.
        for name in ("mkdir", "rmdir"):
            yield case(f"{name} hangs", f"fault tsm.{name} after 1 hang", ("timed_out", TSM, SHORT), limit=SHORT, held=True,
                       entries=1, words="blind=1")
            yield case(f"{name} late", f"fault tsm.{name} after 1 times 1 delay 900", ("timed_out", TSM, SHORT), limit=SHORT,
                       words="settle=3000")
        yield case("outblob late", "fault tsm.read.outblob delay 900", ("timed_out", TSM, SHORT), limit=SHORT, words="settle=3000")
        yield case("outblob slow", "fault tsm.read.outblob times 1 delay 300")
        yield case("rmdir EBUSY", "fault tsm.rmdir times 2 errno EBUSY", met=2)


def configfs_snp():
    def case(name, lines, *rest, **words):
        return Case(f"tsm.snp {name}", f"machine snp\n{lines}", "tsm.snp", *rest, **words)

    yield case("auxblob EIO", "fault tsm.read.auxblob errno EIO", said={"certificates": 0})
    yield case("auxblob is empty", "fault tsm.read.auxblob empty", said={"certificates": 0})
    yield case("auxblob in pieces", "fault tsm.read.auxblob short 1000", said={"certificates": 4580})
    yield case("auxblob is no table", "fault tsm.read.auxblob nonsense 5a5a", ("truncated", "certificate table", 2))
    yield case("auxblob EBUSY", "fault tsm.read.auxblob times 2 errno EBUSY", said={"certificates": 4580}, met=2)
    yield case("wiped", "fault tsm.read.outblob wipe", ("channel_lost", TSM, errno.ENOTTY))
    yield case("privlevel EINVAL", "fault tsm.write.privlevel errno EINVAL", io(TSM, "EINVAL"), words="privlevel=1")
    yield case("privlevel too low", "sev-guest vmpl 2", io(TSM, "EINVAL"), words="privlevel=1", met=0)
    yield case("privlevel too high", "", io(TSM, "EINVAL"), words="privlevel=4", met=0)
    yield case("privlevel is not said", "sev-guest vmpl 2", met=0)
    yield case("no SVSM", "", ("interface_absent", TSM, errno.ENOENT), words="svsm=1", met=0)
    yield case("manifest EIO", "tsm svsm\nfault tsm.read.manifestblob errno EIO", io(TSM, "EIO"), words="svsm=1")
    yield case("manifest of other bytes", "tsm svsm\nfault tsm.read.manifestblob flip 0", ("binding_mismatch", REPORT, 0x50),
               words="svsm=1")
    yield case("manifest is empty", "tsm svsm\nfault tsm.read.manifestblob empty", ("binding_mismatch", REPORT, 0x50), words="svsm=1")
    yield case("service_provider EINVAL", "tsm svsm\nfault tsm.write.service_provider errno EINVAL", io(TSM, "EINVAL"), words="svsm=1")
    yield case("service_provider raced", "tsm svsm\nfault tsm.write.service_provider times 1 bump", words="svsm=1")


def tdx_guest():
    stage = "machine tdx"
    yield Case("tdx-guest absent", f"{stage}\ntdx-guest absent", "tdx.report", ("interface_absent", TDX, errno.ENOENT), met=0)
    yield Case("tdx-guest mode 000", f"{stage}\ntdx-guest mode 000", "tdx.report", io(TDX, "EACCES"), met=0)
    yield from opening(stage, "tdx", "tdx.report", TDX)
    fault = f"{stage}\nfault tdx.report"
    for name in ("EIO", "EINVAL", "EFAULT", "ENXIO", "ENOMEM", "EPERM"):
        yield Case(f"tdx.report {name}", f"{fault} errno {name}", "tdx.report", io(TDX, name))
    yield Case("tdx.report ENOTTY", f"{fault} errno ENOTTY", "tdx.report", ("interface_absent", TDX, errno.ENOTTY))
    for name in ("EBUSY", "EINTR"):
        yield Case(f"tdx.report {name}", f"{fault} times 3 errno {name}", "tdx.report", met=3)
        yield Case(f"tdx.report {name} always", f"{fault} errno {name}", "tdx.report",
                   ("host_busy" if name == "EBUSY" else "timed_out", TDX, SHORT), limit=SHORT)
    yield Case("tdx.report about other data", f"{fault} flip 128", "tdx.report", ("binding_mismatch", TD_REPORT, 128))
    yield Case("tdx.report of SGX", f"{fault} flip 0", "tdx.report", ("bad_value", TD_REPORT, 0))
    yield Case("tdx.report zero", f"{fault} zero", "tdx.report", ("bad_value", TD_REPORT, 0))
    yield Case("tdx.report cut short", f"{fault} cut 140", "tdx.report", ("binding_mismatch", TD_REPORT, 128))
    yield Case("tdx.report cut in TEE_TCB_INFO", f"{fault} cut 300", "tdx.report", ("binding_mismatch", TD_REPORT, 32))
    yield Case("tdx.report cut in TDINFO", f"{fault} cut 600", "tdx.report", ("binding_mismatch", TD_REPORT, 80))
    yield Case("tdx.report hangs", f"{fault} hang", "tdx.report", ("timed_out", TDX, SHORT), limit=SHORT, held=True)
    yield Case("tdx.report late", f"{fault} delay 900", "tdx.report", ("timed_out", TDX, SHORT), limit=SHORT, words="settle=3000")
    yield Case("quote, tdx.report EIO", f"{fault} errno EIO", "tdx.quote", io(TDX, "EIO"), words="qgs=1")

    # A module or kernel without keys, in four ways that are told apart, also where a key is derived.
    for asks in ("tdx.seal_key", "tdx.derive"):
        yield Case(f"{asks} absent", f"{stage}\ntdx-guest key absent", asks, ("interface_absent", SEAL_KEY, errno.ENOTTY), met=0)
        yield Case(f"{asks} unsupported", f"{stage}\ntdx-guest key unsupported", asks, ("key_denied", SEAL_KEY, OPERAND_INVALID), met=0)
        yield Case(f"{asks} zero", f"{stage}\ntdx-guest key zero", asks, ("zero_key", SEAL_KEY, 0), met=0)
        yield Case(f"{asks} err_code", f"{stage}\nfault tdx.key err_code 0x8000020300000000", asks,
                   ("module_error", SEAL_KEY, 0x8000020300000000))
    fault = f"{stage}\nfault tdx.key"
    yield Case("tdx.key err_code 1", f"{fault} err_code 1", "tdx.seal_key", ("module_error", SEAL_KEY, 1))
    yield Case("tdx.key EIO and err_code", f"{fault} errno EIO and err_code 0xC000010000000001", "tdx.seal_key",
               ("key_denied", SEAL_KEY, 0xC000010000000001))
    for name in ("EIO", "EFAULT", "ENOMEM", "EINVAL", "EPERM", "EBUSY"):
        yield Case(f"tdx.key {name}", f"{fault} errno {name}", "tdx.seal_key", io(SEAL_KEY, name))
    yield Case("tdx.key ENOTTY", f"{fault} errno ENOTTY", "tdx.seal_key", ("interface_absent", SEAL_KEY, errno.ENOTTY))
    yield Case("tdx.key zero, later", f"{fault} after 1 zero", "tdx.derive", ("zero_key", SEAL_KEY, 0))
    yield Case("tdx.key hangs", f"{fault} hang", "tdx.seal_key", ("timed_out", SEAL_KEY, SHORT), limit=SHORT, held=True)
    yield Case("tdx.key late", f"{fault} times 1 delay 900", "tdx.seal_key", ("timed_out", SEAL_KEY, SHORT), limit=SHORT,
               words="settle=3000")
    yield Case("tdx.key, no basis", f"{stage}\nfault tdx.report errno EIO", "tdx.seal_key", io(TDX, "EIO"))


def registers():
    stage = "machine tdx"
    for asks, verb in (("rtmr.extend", "write"), ("rtmr.read", "read")):
        yield Case(f"{asks} absent", f"{stage}\nrtmr absent", asks, ("interface_absent", RTMR, errno.ENOENT), words="index=2", met=0)
        yield Case(f"{asks} of 4", stage, asks, ("bad_value", RTMR, 4), words="index=4", met=0)
        for name in ("EACCES", "EPERM", "ENOMEM", "EMFILE"):
            yield Case(f"{asks} open {name}", f"{stage}\nfault rtmr.open errno {name}", asks, io(RTMR, name), words="index=2")
        yield Case(f"{asks} open ENODEV", f"{stage}\nfault rtmr.open errno ENODEV", asks, ("interface_absent", RTMR, errno.ENODEV))
        for name in ("EIO", "EBUSY", "EINVAL", "ENXIO"):
            yield Case(f"{asks} {name}", f"{stage}\nfault rtmr.{verb}.rtmr2 errno {name}", asks, io(RTMR, name), words="index=2")
        yield Case(f"{asks} EINTR", f"{stage}\nfault rtmr.{verb} times 2 errno EINTR", asks, met=2)
        yield Case(f"{asks} hangs", f"{stage}\nfault rtmr.{verb} hang", asks, ("timed_out", RTMR, SHORT), limit=SHORT, held=True)
        yield Case(f"{asks} late", f"{stage}\nfault rtmr.{verb} delay 900", asks, ("timed_out", RTMR, SHORT), limit=SHORT,
                   words="settle=3000")
    fault = f"{stage}\nfault rtmr.read"
    yield Case("rtmr in pieces", f"{fault} short 7", "rtmr.read")
    yield Case("rtmr is short", f"{fault} cut 10", "rtmr.read", ("truncated", RTMR, 10))
    yield Case("rtmr is empty", f"{fault} cut 0", "rtmr.read", ("truncated", RTMR, 0))
    yield Case("rtmr is long", f"{fault} nonsense {'5a' * 49}", "rtmr.read", ("no_space", RTMR, 48))


def quote_service():
    stage = "machine tdx"

    # The service writes its log after it has answered, when nobody waits for it any more: `met` is not known.
    def case(name, lines, *rest, words="qgs=1", **more):
        return Case(f"qgs {name}", f"{stage}\n{lines}", "tdx.quote", *rest, words=words, met=0, **more)

    yield case("absent", "qgs absent", ("interface_absent", QGS, errno.ENOENT))
    yield case("is no socket", "", ("interface_absent", QGS, errno.ECONNREFUSED), words="qgs=/dev/null")
    yield case("is nothing", "", ("interface_absent", QGS, errno.ENOENT), words="qgs=/dev/nothing")
    yield case("path too long", "", io(QGS, "ENAMETOOLONG"), words=f"qgs=/{'x' * 200}")
    yield case("by vsock, where there is none", "tsm absent", ("interface_absent", QGS, ANY), words="")
    yield case("by vsock, no provider", "tsm provider none", ("interface_absent", QGS, ANY), words="")
    yield case("accept closes", "fault qgs.accept close", ("truncated", QGS, 0))
    yield case("accept hangs", "fault qgs.accept hang", ("timed_out", QGS, SHORT), limit=SHORT)
    yield case("request hangs", "fault qgs.request hang", ("timed_out", QGS, SHORT), limit=SHORT)
    yield case("request late", "fault qgs.request delay 900", ("timed_out", QGS, SHORT), limit=SHORT)
    yield case("request slow", "fault qgs.request delay 300")
    yield case("request closes", "fault qgs.request close", ("truncated", QGS, 0))
    yield case("in pieces", "fault qgs.request short 50")
    for code in QGS_ERRORS:
        yield case(f"error {code:#x}", f"fault qgs.request qgs_error {code}", ("service_error", QGS, code))
    yield case("error 0xffffffff", "fault qgs.request qgs_error 0xffffffff", ("service_error", QGS, 0xFFFF_FFFF))
    for kind in (0, 3, 5, 0xFFFF_FFFF):
        yield case(f"type {kind}", f"fault qgs.request type {kind}", ("bad_value", QGS, 4))
    yield case("major version", "fault qgs.request flip 0", ("unsupported_version", QGS, 0))
    yield case("minor version", "fault qgs.request flip 2")
    yield case("size", "fault qgs.request flip 8", ("bad_length", QGS, 8))
    yield case("error code 1", "fault qgs.request flip 12", ("service_error", QGS, 1))
    yield case("size of the id", "fault qgs.request flip 16", ("bad_length", QGS, 16))
    yield case("size of the quote", "fault qgs.request flip 20", ("bad_length", QGS, 20))
    yield case("version of the quote", "fault qgs.request flip 25", ("unsupported_version", QUOTE, 0))
    yield case("about other data", f"fault qgs.request flip {24 + 54 + 520}", ("binding_mismatch", QUOTE, 0))
    yield case("zero", "fault qgs.request zero", ("unsupported_version", QGS, 0))
    for size in (0, 16, 24, 1000):
        yield case(f"closes after {size}", f"fault qgs.request cut {size}", ("truncated", QGS, 4 + size))
    yield case("a message of nothing", "fault qgs.request nonsense 00 and cut 0", ("bad_length", QGS, 0))
    yield case("a message of 15 bytes", f"fault qgs.request nonsense {'00' * 15}", ("bad_length", QGS, 0))
    yield case("a header alone", "fault qgs.request nonsense 01000100010000001000000000000000", ("truncated", QGS, 16))
    yield case("a request", "fault qgs.request nonsense 01000100000000001000000000000000", ("bad_value", QGS, 4))
    yield case("no quote in it", "fault qgs.request nonsense 01000100010000001800000000000000" + "00" * 8, ("no_quote", QGS, 0))
    yield case("a quote beyond", "fault qgs.request nonsense 01000100010000001800000000000000" + "00000000ffffffff",
               ("bad_length", QGS, 20))
    yield case("more than any quote", f"fault qgs.request nonsense {'5a' * (2**20 + 1)}", ("bad_length", QGS, 0))


def cases():
    groups = (sev_guest, sev_answers, configfs, configfs_snp, tdx_guest, registers, quote_service)
    return [case for group in groups for case in group()]
