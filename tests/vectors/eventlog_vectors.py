# SPDX-License-Identifier: Apache-2.0
"""Vectors for event logs and the ACPI table CCEL: one reason to refuse per vector, laid out with struct.

A log that is accepted has "replayed", its four registers, computed here with hashlib; null where replay must refuse it.
"pcr_replayed" is the same for indexes that are PCRs, "pcrs" PCR 0 to 23 of each bank; either is [kind, offset] where it must be refused.
"facts" lists number, rule and proven bytes (null: not proven) of every event, and "check" is null or [kind, offset] of the first offence.
"application" is [domain, operation, content] or [kind, offset] of the last event, and "variable" is [GUID, name, data] of the first.
"""

import hashlib
import struct
import uuid

from tdx_vectors import run

SIZES = {0x0004: 20, 0x000B: 32, 0x000C: 48, 0x000D: 64}
SHA384 = 0x000C


def first(algorithms=((SHA384, 48),), vendor=b"", event_type=3, digest=bytes(20), signature=b"Spec ID Event03\0", count=None,
          version=(0, 2, 0), size=None, index=1):
    listed = b"".join(struct.pack("<HH", *each) for each in algorithms)
    body = signature + struct.pack("<IBBBBI", 0, *version, 2, len(algorithms) if count is None else count)
    body += listed + bytes([len(vendor)]) + vendor
    return struct.pack("<II20sI", index, event_type, digest, len(body) if size is None else size) + body


def event(index, kind, data, digests=None, count=None, size=None):
    digests = [(SHA384, hashlib.sha384(data).digest())] if digests is None else digests
    out = struct.pack("<III", index, kind, len(digests) if count is None else count)
    out += b"".join(struct.pack("<H", algorithm) + digest for algorithm, digest in digests)
    return out + struct.pack("<I", len(data) if size is None else size) + data


ONES, ZEROS = b"\xff" * 8, bytes(12)
EVENTS = [event(1, 0x8000000B, run(1, 42)), event(1, 4, bytes(4)), event(2, 0x80000007, b"boot"), event(3, 0xD, b""),
          event(4, 6, b"tag"), event(2, 4, b"\xff" * 4)]
NO_ACTION = event(0, 3, b"SP800-155", [(SHA384, bytes(48))])


def replayed(events):
    """Events as (index, data)."""
    registers = [bytes(48)] * 4
    for index, data in events:
        registers[index - 1] = hashlib.sha384(registers[index - 1] + hashlib.sha384(data).digest()).digest()
    return [register.hex() for register in registers]


SIX = replayed([(1, run(1, 42)), (1, bytes(4)), (2, b"boot"), (3, b""), (4, b"tag"), (2, b"\xff" * 4)])
NONE = ["00" * 48] * 4


def ccel_table(kind=2, length=56, signature=b"CCEL", fix=True):
    out = bytearray(struct.pack("<4sIBB6s8sI4sIBBHQQ", signature, length, 1, 0, b"UNITEE", b"VECTORS ", 2, b"TEST", 3, kind, 5,
                                0x0706, 0x40000, 0x0000000123456000))
    assert len(out) == 56
    if fix:
        out[9] = -sum(out) % 256
    return bytes(out)


HASHES = {0x0004: hashlib.sha1, 0x000B: hashlib.sha256, 0x000C: hashlib.sha384, 0x000D: hashlib.sha512}
RTMR_OF_PCR = {1: 0, 7: 0, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, **{pcr: 2 for pcr in range(8, 16)}}
GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
BANKS = (0x0004, 0x000B, 0x000C)
TPM = first([(bank, SIZES[bank]) for bank in BANKS], index=0)


def variable(name, data, vendor=GLOBAL):
    text = name.encode("utf-16-le")
    return vendor.bytes_le + struct.pack("<QQ", len(text) // 2, len(data)) + text + data


def facts_log(events):
    """Events as (index, type, data, rule, proven): the digest is over the proven bytes, or over something else when there are none."""
    parts, facts = [], []
    for number, (index, kind, data, rule, proven) in enumerate(events):
        digest = hashlib.sha384(b"of something else" if proven is None else proven).digest()
        parts.append(event(index, kind, data, [(SHA384, digest)]))
        facts.append([number, rule, None if proven is None else proven.hex()])
    return first() + b"".join(parts), facts


def application(domain, operation, content, tag=0x4141454C, size=None):
    text = b" ".join([domain, operation, content])
    return struct.pack("<II", tag, len(text) if size is None else size) + text


def tpm_event(pcr, kind, data, banks=BANKS):
    return event(pcr, kind, data, [(bank, HASHES[bank](data).digest()) for bank in banks])


def locality(value, pcr=0, size=None):
    data = b"StartupLocality\0" + bytes([value])
    return event(pcr, 3, (data + b"\0")[:size] if size else data, [(bank, bytes(SIZES[bank])) for bank in BANKS])


def bank_of(algorithm, events, startup=0):
    """PCR 0 to 23 after events, each (PCR, data)."""
    size = SIZES[algorithm]
    pcrs = [b"\xff" * size if 17 <= pcr <= 22 else bytes(size) for pcr in range(24)]
    pcrs[0] = bytes(size - 1) + bytes([startup])
    for pcr, data in events:
        pcrs[pcr] = HASHES[algorithm](pcrs[pcr] + HASHES[algorithm](data).digest()).digest()
    return [pcr.hex() for pcr in pcrs]


def compact():
    out = []

    def put(name, data, expect="ok", offset=0, **more):
        kind, part = ("eventlog_ccel_table", "input") if name.startswith("table") else ("eventlog_ccel", "event_log")
        out.append({"name": name, "kind": kind, "expect": expect, "offset": offset, "part": part, "hex": data.hex(), **more})

    head = first()
    log = head + b"".join(EVENTS)
    put("six_events_and_ones", log + ONES + b"\xff" * 50, replayed=SIX)
    put("six_events_and_zeros", log + ZEROS + bytes(50), replayed=SIX)
    put("six_events_and_the_end", log, replayed=SIX)
    put("eight_ones_and_nothing", log + ONES, replayed=SIX)
    put("filler_may_be_anything", log + ONES + b"garbage", replayed=SIX)
    put("no_events", head, replayed=NONE)
    put("no_events_and_ones", head + ONES, replayed=NONE)
    put("vendor_info", first(vendor=b"vendors") + EVENTS[1], replayed=replayed([(1, bytes(4))]))
    put("index_0_in_the_first_event", first(index=0) + EVENTS[1], replayed=replayed([(1, bytes(4))]))
    put("no_action_extends_nothing", head + NO_ACTION + EVENTS[1] + NO_ACTION, replayed=replayed([(1, bytes(4))]))
    put("errata_and_minor_version", first(version=(1, 2, 5)), replayed=NONE)
    put("index_0", head + EVENTS[1] + event(0, 4, b"x"), replayed=None, replay="bad_value", replay_offset=len(head + EVENTS[1]))
    put("index_5", head + event(5, 4, b"x"), replayed=None, replay="bad_value", replay_offset=len(head))
    put("index_ones", head + event(0xFFFFFFFF, 4, b"x"), replayed=None, replay="bad_value", replay_offset=len(head))

    every = [(algorithm, size) for algorithm, size in SIZES.items()]
    digests = [(algorithm, run(algorithm, size)) for algorithm, size in SIZES.items()]
    digests[2] = (SHA384, hashlib.sha384(b"every").digest())
    crypto_agile = first(every) + event(1, 4, b"every", digests)
    put("every_algorithm", crypto_agile, replayed=replayed([(1, b"every")]))
    put("digests_in_another_order", first(every) + event(1, 4, b"every", digests[::-1]), replayed=replayed([(1, b"every")]))
    put("not_every_digest", first(every) + event(1, 4, b"every", digests[2:3]), replayed=replayed([(1, b"every")]))
    only = first([(0x000B, 32)])
    put("without_sha384", only + event(1, 4, b"x", [(0x000B, run(1, 32))]), replayed=None, replay="unsupported_algorithm", replay_offset=len(only))

    put("empty", b"", "truncated", 0)
    put("first_event_one_byte_short", head[:-1], "truncated", len(head) - 1)
    put("first_event_cut_before_the_list", head[:59], "truncated", 59)
    put("first_event_type_4", first(event_type=4), "bad_value", 4)
    put("first_event_digest_first_byte", first(digest=b"\1" + bytes(19)), "reserved_not_zero", 8)
    put("first_event_digest_last_byte", first(digest=bytes(19) + b"\1"), "reserved_not_zero", 27)
    put("first_event_of_another_format", first(signature=b"Spec ID Event00\0"), "bad_value", 32)
    put("first_event_without_terminator", first(signature=b"Spec ID Event03 "), "bad_value", 32)
    for major in (0, 1, 3):
        put(f"specification_{major}", first(version=(0, major, 0)), "unsupported_version", 53)
    put("no_algorithm", first([]), "bad_value", 56)
    put("nine_algorithms", first([(SHA384, 48)] * 9), "bad_value", 56)
    put("algorithms_huge", first(count=0xFFFFFFFF), "bad_value", 56)
    put("algorithm_sm3", first([(SHA384, 48), (0x0012, 32)]), "unsupported_algorithm", 64)
    put("algorithm_unknown", first([(0x0027, 32)]), "unsupported_algorithm", 60)
    put("algorithm_with_another_size", first([(SHA384, 32)]), "bad_value", 62)
    put("algorithm_twice", first([(SHA384, 48), (SHA384, 48)]), "duplicate", 64)
    for wrong in (0, 32, 34, 0xFFFFFFFF):
        put(f"first_event_size_{wrong}", first(size=wrong), "bad_length", 28)
    put("vendor_info_cut", first(vendor=b"vendors")[:-1], "truncated", len(first(vendor=b"vendors")) - 1)

    at = len(head)
    put("event_cut_in_the_index", head + EVENTS[1][:3], "truncated", at + 3)
    put("event_cut_in_the_type", head + EVENTS[1][:7], "truncated", at + 7)
    put("event_cut_in_the_count", head + EVENTS[1][:11], "truncated", at + 11)
    put("event_cut_in_the_digest", head + EVENTS[1][:61], "truncated", at + 61)
    put("event_cut_in_the_size", head + EVENTS[1][:65], "truncated", at + 65)
    put("event_cut_in_the_data", head + EVENTS[1][:-1], "truncated", at + len(EVENTS[1]) - 1)
    put("seven_ones", head + b"\xff" * 7, "truncated", at + 7)
    put("eleven_zeros", head + bytes(11), "truncated", at + 11)
    put("zeros_with_a_count", head + bytes(8) + b"\1" + bytes(60), "unsupported_algorithm", at + 12)
    put("zeros_with_a_type", head + bytes(4) + b"\4" + bytes(60), "bad_value", at + 8)
    put("ones_in_the_index_alone", head + b"\xff" * 4 + bytes(60), "bad_value", at + 8)
    put("digest_count_0", head + event(1, 4, b"x", count=0), "bad_value", at + 8)
    put("digest_count_2_of_1", head + event(1, 4, b"x", count=2), "bad_value", at + 8)
    put("digest_count_huge", head + event(1, 4, b"x", count=0xFFFFFFFF), "bad_value", at + 8)
    put("digest_not_of_the_list", head + event(1, 4, b"x", [(0x000B, run(1, 32))]), "unsupported_algorithm", at + 12)
    put("digest_unknown", head + event(1, 4, b"x", [(0x0012, run(1, 32))]), "unsupported_algorithm", at + 12)
    two = first([(SHA384, 48), (0x000B, 32)])
    put("digest_twice", two + event(1, 4, b"x", [(SHA384, run(1, 48))] * 2), "duplicate", len(two) + 12 + 50)
    put("data_size_huge", head + event(1, 4, b"x", size=0xFFFFFFFF), "truncated", at + 12 + 50 + 4 + 1)
    put("last_event_without_its_data", log[:-4], "truncated", len(log) - 4)

    put("table_tdx", ccel_table())
    put("table_sev", ccel_table(1))
    put("table_one_byte_short", ccel_table()[:-1], "truncated", 55)
    put("table_one_byte_long", ccel_table() + b"\0", "trailing_data", 56)
    put("table_of_another_name", ccel_table(signature=b"CCEM"), "bad_value", 0)
    put("table_length_57", ccel_table(length=57), "bad_length", 4)
    put("table_checksum", ccel_table(fix=False), "bad_value", 9)
    for kind in (0, 3, 255):
        put(f"table_type_{kind}", ccel_table(kind), "unsupported_format", 36)
    put_facts(put)
    put_applications(put)
    put_tpm(put)
    return out


def put_facts(put):
    secure_boot = variable("SecureBoot", b"\1")
    boot = variable("Boot0001", run(3, 40))
    good = [
        (1, 0x80000001, secure_boot, "whole", secure_boot),
        (1, 0x800000E0, variable("db", run(5, 60)), "whole", variable("db", run(5, 60))),
        (1, 0x80000002, boot, "efi_variable", run(3, 40)),
        (1, 0x80000002, variable("", b""), "efi_variable", b""),
        (1, 4, bytes(4), "whole", bytes(4)),
        (2, 0x80000007, b"Exit Boot Services Invocation", "whole", b"Exit Boot Services Invocation"),
        (2, 0x80000006, run(7, 92), "whole", run(7, 92)),
        (3, 0xD, b"grub_cmd: set default=2\0", "text_after_colon", b"set default=2"),
        (3, 0xD, b"grub_cmd: \0", "text_after_colon", b""),
        (3, 0xD, b"kernel_cmdline: /vmlinuz a=b: c\0", "text_after_colon", b"/vmlinuz a=b: c"),
        (4, 6, b"tag", "whole", b"tag"),
        (4, 6, struct.pack("<II", 0x8F3B22EC, 0), "whole", struct.pack("<II", 0x8F3B22EC, 0)),
        (3, 6, b"tagged", "unknown", b"tagged"),
        (3, 6, b"tag", "unknown", b"tag"),
        (3, 0xD, b"MokList\0", "unknown", b"MokList\0"),
        (1, 0x8000000C, boot, "unknown", boot),
        (1, 0x12345678, b"", "unknown", b""),
    ]
    none = [
        (1, 1, b"ACPI DATA", "blob_not_in_log", None),
        (1, 0xA, b"ACPI DATA", "blob_not_in_log", None),
        (1, 0x8000000A, run(9, 30), "blob_not_in_log", None),
        (1, 0x8000000B, run(9, 30), "blob_not_in_log", None),
        (2, 0x80000003, run(9, 74), "blob_not_in_log", None),
        (3, 6, struct.pack("<II", 0x8F3B22EC, 13) + b"Linux initrd\0", "blob_not_in_log", None),
        (3, 6, struct.pack("<II", 0x8F3B22ED, 1) + b"\0", "blob_not_in_log", None),
        (3, 6, struct.pack("<II", 0x8F3B22EE, 1) + b"\0", "unknown", None),
        (3, 6, b"\xec\x22\x3b", "unknown", None),
        (3, 0xD, b"grub_cmd set default=2\0", "unknown", None),
        (3, 0xD, b"grub_cmd:set\0", "unknown", None),
        (3, 0xD, b"Kernel_cmdline: a\0", "unknown", None),
        (3, 0xD, b"", "unknown", None),
        (1, 0x8000000C, boot, "unknown", None),
        (1, 0x12345678, b"x", "unknown", None),
    ]
    for name, events in (("facts_good", good), ("facts_none", none), ("facts_mixed", good + none + good)):
        log, facts = facts_log(events)
        put(name, log, facts=facts, check=None)
    log, facts = facts_log(good[:1])
    put("variable", log, facts=facts, check=None, variable=[str(GLOBAL), "SecureBoot", "01"])

    # An event that extends nothing proves nothing, whatever its digest; nor does a blob's event whose data hash to its digest.
    log = first() + b"".join(event(i, t, b"data") for i, t in ((0, 3), (1, 3), (1, 1), (2, 0x80000003)))
    put("facts_of_no_rule", log, check=None,
        facts=[[n, rule, None] for n, rule in enumerate(["not_measured"] * 2 + ["blob_not_in_log"] * 2)])
    two = first([(SHA384, 48), (0x000B, 32)])
    log = two + event(1, 4, bytes(4)) + event(1, 4, bytes(4), [(0x000B, hashlib.sha256(bytes(4)).digest())])
    put("facts_without_sha384", log, facts=[[0, "whole", "00000000"], [1, "whole", None]],
        check=["unsupported_algorithm", len(two) + len(event(1, 4, bytes(4)))])

    offences = {
        "separator": (1, 4, bytes(4), "whole"),
        "efi_action": (2, 0x80000007, b"Exit Boot Services Invocation", "whole"),
        "driver_config": (1, 0x80000001, secure_boot, "whole"),
        "authority": (1, 0x800000E0, secure_boot, "whole"),
        "gpt": (2, 0x80000006, run(7, 92), "whole"),
        "rtmr3_tag": (4, 6, b"tag", "whole"),
        "variable_boot": (1, 0x80000002, boot, "efi_variable"),
        "variable_boot_empty": (1, 0x80000002, b"", "efi_variable"),
        "grub_cmd": (3, 0xD, b"grub_cmd: set default=2\0", "text_after_colon"),
        "kernel_cmdline": (3, 0xD, b"kernel_cmdline: a\0", "text_after_colon"),
        "grub_cmd_nothing": (3, 0xD, b"grub_cmd: ", "text_after_colon"),
    }
    before = [(1, 4, bytes(4), "whole", bytes(4)), none[0]]
    at = len(facts_log(before)[0])
    for name, offence in offences.items():
        log, facts = facts_log([*before, (*offence, None), (1, 4, b"x", "whole", None)])
        put(f"offence_{name}", log, facts=facts, check=["binding_mismatch", at])
    # Bytes that the digest is over, and yet not where the rule has them.
    near = {
        "variable_boot_whole": (1, 0x80000002, boot, "efi_variable", boot),
        "variable_boot_31_bytes": (1, 0x80000002, boot[:31], "efi_variable", b""),
        "variable_boot_name_too_long": (1, 0x80000002, boot[:16] + struct.pack("<Q", 1 << 63) + boot[24:], "efi_variable", b""),
        "variable_boot_data_short": (1, 0x80000002, boot[:-1], "efi_variable", run(3, 40)[:-1]),
        "variable_boot_data_long": (1, 0x80000002, boot + b"x", "efi_variable", run(3, 40)),
        "grub_cmd_without_nul": (3, 0xD, b"grub_cmd: set", "text_after_colon", b"set"),
        "grub_cmd_with_nul": (3, 0xD, b"grub_cmd: set\0", "text_after_colon", b"set\0"),
        "grub_cmd_whole": (3, 0xD, b"grub_cmd: set\0", "text_after_colon", b"grub_cmd: set\0"),
    }
    for name, offence in near.items():
        log, facts = facts_log([*before, offence])
        facts[-1][2] = None
        put(f"offence_{name}", log, facts=facts, check=["binding_mismatch", at])


def put_applications(put):
    def one(name, data, expect, index=4, kind=6):
        put(f"application_{name}", first() + event(1, 4, bytes(4)) + event(index, kind, data), application=expect)

    at = len(first() + event(1, 4, bytes(4)))
    data = at + 12 + 50 + 4
    one("plain", application(b"example.org", b"load", b"model"), ["example.org", "load", "model"])
    one("content_with_spaces", application(b"a", b"b", b" c  d "), ["a", "b", " c  d "])
    one("content_empty", application(b"a", b"b", b""), ["a", "b", ""])
    one("domain_empty", application(b"", b"b", b"c"), ["bad_encoding", data + 8])
    one("operation_empty", application(b"a", b"", b"c"), ["bad_encoding", data + 10])
    one("two_parts", struct.pack("<II", 0x4141454C, 3) + b"a b", ["bad_encoding", data + 11])
    one("one_part", struct.pack("<II", 0x4141454C, 1) + b"a", ["bad_encoding", data + 9])
    one("no_text", struct.pack("<II", 0x4141454C, 0), ["bad_encoding", data + 8])
    one("tag", application(b"a", b"b", b"c", tag=0x4C454141), ["bad_value", data])
    for size in (0, 4, 6, 0xFFFFFFFF):
        one(f"size_{size}", application(b"a", b"b", b"c", size=size), ["bad_length", data + 4])
    one("empty", b"", ["truncated", data])
    one("3_bytes", b"LEA", ["truncated", data + 3])
    one("7_bytes", application(b"a", b"b", b"c")[:7], ["truncated", data + 7])
    one("in_rtmr2", application(b"a", b"b", b"c"), ["bad_value", at], index=3)
    one("of_another_type", application(b"a", b"b", b"c"), ["bad_value", at], kind=4)


def put_tpm(put):
    def offset_of(parts):
        return len(TPM) + len(b"".join(parts))

    measured = [(0, 8, b"1.0"), (7, 0x80000001, variable("SecureBoot", b"\1")), (1, 0x80000002, b"\0" * 32)]
    measured += [(pcr, 4, bytes(4)) for pcr in range(8)]
    measured += [(4, 0x80000003, b"loader"), (5, 0x80000006, b"gpt"), (8, 0xD, b"grub_cmd: a\0"), (9, 0xD, b"kernel"),
                 (14, 0xD, b"MokList"), (15, 6, b"late"), (12, 0xD, b"a"), (7, 0x800000E0, b"db")]
    parts = [tpm_event(*each) for each in measured]
    extends = [(pcr, data) for pcr, _, data in measured]
    registers = replayed([(RTMR_OF_PCR[pcr] + 1, data) for pcr, data in extends if pcr != 0])

    def banks(events):
        return {"sha256": bank_of(0x000B, events), "sha384": bank_of(0x000C, events)}

    put("tpm", TPM + b"".join(parts), replayed=None, replay="bad_value", replay_offset=len(TPM), pcr_replayed=registers,
        pcrs={**banks(extends), "sha512": ["unsupported_algorithm", len(TPM)]})
    put("tpm_no_events", TPM, replayed=NONE, pcr_replayed=NONE, pcrs={**banks([]), "sha512": bank_of(0x000D, [])})
    wide = first([(0x000D, 64)]) + tpm_event(9, 0xD, b"wide", [0x000D])
    put("tpm_sha512", wide, pcr_replayed=["unsupported_algorithm", 65],
        pcrs={"sha256": ["unsupported_algorithm", 65], "sha384": ["unsupported_algorithm", 65],
              "sha512": bank_of(0x000D, [(9, b"wide")])})
    for pcr in range(16, 24):
        put(f"tpm_pcr_{pcr}", TPM + parts[0] + tpm_event(pcr, 4, b"x"), pcr_replayed=["bad_value", offset_of(parts[:1])],
            pcrs={"sha256": bank_of(0x000B, [extends[0], (pcr, b"x")])})
    for pcr in (24, 0xFFFFFFFF):
        refused = ["bad_value", offset_of(parts[:2])]
        put(f"tpm_pcr_{pcr}", TPM + b"".join(parts[:2]) + tpm_event(pcr, 4, b"x"), pcr_replayed=refused,
            pcrs={"sha256": refused, "sha384": refused})
    missing = ["unsupported_algorithm", offset_of(parts[:2])]
    for bank, name in ((0x000B, "sha256"), (0x000C, "sha384")):
        found = [each for each in BANKS if each != bank]
        events = [*extends[:2], (3, b"x")]
        other = "sha384" if name == "sha256" else "sha256"
        put(f"tpm_event_without_{name}", TPM + b"".join(parts[:2]) + tpm_event(3, 4, b"x", found),
            pcr_replayed=missing if name == "sha384" else replayed([(1, extends[1][1]), (2, b"x")]),
            pcrs={name: missing, other: banks(events)[other]})

    def startup(name, front, expect, early=()):
        events = [*early, *extends[:3]]
        put(f"tpm_locality_{name}", TPM + front + b"".join(parts[:3]),
            pcr_replayed=replayed([(RTMR_OF_PCR[pcr] + 1, data) for pcr, data in events if pcr != 0]),
            pcrs={"sha256": bank_of(0x000B, events, expect) if isinstance(expect, int) else expect})

    for value in (0, 3, 4):
        startup(value, locality(value), value)
    for value in (1, 2, 5, 255):
        startup(value, locality(value), ["bad_value", len(TPM)])
    startup("one_byte_short", locality(3, size=16), ["bad_length", len(TPM)])
    startup("one_byte_long", locality(3, size=18), ["bad_length", len(TPM)])
    startup("unfinished", locality(3, size=15), 0)
    startup("of_pcr_1", locality(3, pcr=1), ["bad_value", len(TPM)])
    startup("behind_pcr_1", tpm_event(1, 4, b"early") + locality(3), 3, [(1, b"early")])
    startup("twice", locality(3) * 2, ["duplicate", len(TPM) + len(locality(3))])
    startup("behind_another", event(0, 3, b"SP800-155", [(bank, bytes(SIZES[bank])) for bank in BANKS]) + locality(4), 4)
    put("tpm_locality_behind_pcr_0", TPM + parts[0] + locality(3), pcr_replayed=NONE,
        pcrs={"sha256": ["bad_value", offset_of(parts[:1])]})


vectors = compact


def seeds():
    for vector in compact():
        yield "eventlog_ccel", vector["name"], bytes.fromhex(vector["hex"])
