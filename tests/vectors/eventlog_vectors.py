# SPDX-License-Identifier: Apache-2.0
"""Vectors for event logs and the ACPI table CCEL: one reason to refuse per vector, laid out with struct.

A log that is accepted has "replayed", its four registers, computed here with hashlib; null where replay must refuse it.
"""

import hashlib
import struct

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


def compact():
    out = []

    def put(name, data, expect="ok", offset=0, **more):
        kind = "eventlog_ccel_table" if name.startswith("table") else "eventlog_ccel"
        out.append({"name": name, "kind": kind, "expect": expect, "offset": offset, "part": "input", "hex": data.hex(), **more})

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
    return out


vectors = compact


def seeds():
    for vector in compact():
        yield "eventlog_ccel", vector["name"], bytes.fromhex(vector["hex"])
