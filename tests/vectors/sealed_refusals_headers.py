# SPDX-License-Identifier: Apache-2.0
"""Sealed files to be refused at steps 1 and 2: each copy of the header, with the length of the file, and both."""

from sealed_forge import (BROKER, CALLER, HEADER, OTHER_ID, OTHER_KEY, POINT, SNP, SNP_SIMULATED, TDX, TDX_SIMULATED,
                          caller, item, patched, run, sealed)
from sealed_refused import LIMIT, flipped, refused, u32, u64

# Step 1.

def fields():
    """(name, errc, offset, patches to the invariant part, patches to the rest of the header)"""
    yield "magic_first_byte", "unrecognized", 0, [(0, b"\x88")], []
    yield "magic_with_carriage_return", "unrecognized", 0, [(7, b"\r")], []
    for version in (0, 2, 0x01000000):
        yield f"version_{version}", "unsupported_version", 8, [(8, u32(version))], []
    for size in (0, 4096, 8193):
        yield f"header_size_{size}", "bad_value", 12, [(12, u32(size))], []
    for protection in (0, 3):
        yield f"protection_{protection}", "bad_value", 16, [(16, u32(protection))], []
    for size in (0, 1, 2048, 4095, 4097, 12288, 1 << 25, 1 << 31):
        yield f"segment_size_{size}", "bad_value", 20, [(20, u32(size))], []
    tags = 16 * (LIMIT // 4096)
    yield "payload_size_above_2_48", "bad_value", 24, [(24, u64(LIMIT + 1)), (32, u64(16384 + tags + 4096))], []
    yield "payload_size_last", "bad_value", 24, [(24, u64(2**64 - 1))], []
    yield "payload_size_of_a_larger_tag_table", "bad_length", 32, [(24, u64(257 * 4096))], []
    for offset in (0, 16384, 20479, 20481, 24576, 2**64 - 1):
        yield f"payload_offset_{offset}", "bad_length", 32, [(32, u64(offset))], []
    yield "metadata_form_3", "bad_value", 40, [(40, u32(3))], []
    for form, size in ((0, 1), (0, 16), (1, 0), (1, 15), (2, 15), (1, 2097153), (2, 2**32 - 1)):
        offset = 20480 + -(-size // 4096) * 4096
        patches = [(40, u32(form)), (44, u32(size)), (32, u64(offset))]
        yield f"metadata_form_{form}_size_{size}", "bad_length", 44, patches, []
    yield "metadata_form_1_size_16_without_a_place", "bad_length", 32, [(40, u32(1)), (44, u32(16))], []
    for at in (80, 127):
        yield f"reserved_{at}", "reserved_not_zero", at, [(at, b"\1")], []
    yield "generation_0", "bad_value", 192, [], [(192, u64(0))]
    for state in (0, 3):
        yield f"state_{state}", "bad_value", 200, [], [(200, u32(state))]
    for count in (0, 16, 2**32 - 1):
        yield f"slot_count_{count}", "bad_value", 204, [], [(204, u32(count))]
    for at in (208, 479):
        yield f"reserved_{at}", "reserved_not_zero", at, [], [(at, b"\x80")]
    yield "slot_count_one_more_than_slots", "bad_value", 1536, [], [(204, u32(3))]
    yield "slot_count_one_less_than_slots", "reserved_not_zero", 1024, [], [(204, u32(1))]
    yield "slot_kind_0", "bad_value", 1024, [], [(1024, u32(0))]
    for at in (1024 + 8 + 11, 1024 + 407):
        yield f"slot_params_padding_{at - 1024}", "reserved_not_zero", at, [], [(at, b"\1")]
    for at in (1024 + 408, 1024 + 451):
        yield f"slot_reserved_{at - 1024}", "reserved_not_zero", at, [], [(at, b"\1")]
    yield "slot_unused_first_byte", "reserved_not_zero", 1536, [], [(1536, b"\1")]
    yield "slot_unused_last_byte", "reserved_not_zero", HEADER - 1, [], [(HEADER - 1, b"\1")]
    # Two mistakes each: the first in the order of the checks is the one to report.
    yield "order_metadata_form_before_payload_offset", "bad_value", 40, [(40, u32(3)), (32, u64(0))], []
    yield "order_metadata_size_before_payload_offset", "bad_length", 44, [(44, u32(1)), (32, u64(0))], []
    yield "order_protection_before_segment_size", "bad_value", 16, [(16, u32(0)), (20, u32(0))], []
    yield "order_slot_before_unused_slot", "bad_length", 1028, [], [(1028, u32(65)), (1536, b"\1")]


def headers():
    good = sealed()

    def header(file, **more):
        return file.header([caller(file), caller(file, OTHER_KEY, b"model-key-8")], **more)

    right = header(good)
    for name, errc, offset, invariant, rest in fields():
        file = sealed(patches=invariant)
        wrong = header(file, patches=rest)
        yield refused(name, "in copy 0", file.content(wrong, right), errc, offset)
        yield refused(f"copy_1_{name}", "in copy 1", good.content(right, wrong), errc, offset + HEADER)
        if errc in ("unrecognized", "unsupported_version"):
            yield refused(f"both_copies_{name}", "in both copies", file.content(wrong), errc, offset)
    version = header(sealed(patches=[(8, u32(2))]))
    magic = header(sealed(patches=[(0, b"\x88")]))
    yield refused("neither_copy_passes", "the refusal is copy 0's", good.content(version, magic), "unsupported_version",
                  8)
    yield refused("copy_0_of_zeros", "copy 1 is settled", good.content(bytes(HEADER), right), "unrecognized")
    yield refused("copy_1_of_zeros", "copy 0 is settled", good.content(right, bytes(HEADER)), "unrecognized", HEADER)
    yield refused("header_of_zeros", "as while a file is made", good.content(bytes(HEADER)), "unrecognized")


def params_sizes():
    """For each kind, sizes that do not fit it, in a slot behind one that opens."""
    file = sealed()
    wrong = {SNP: (0, 70, 72, 78, 80), SNP_SIMULATED: (70, 80), TDX: (71, 176, 178), TDX_SIMULATED: (176, 178),
             POINT: (128, 130, 192, 194), CALLER: (65, 400), BROKER: (0,)}
    names = {SNP: "snp", SNP_SIMULATED: "snp_simulated", TDX: "tdx", TDX_SIMULATED: "tdx_simulated", POINT: "point",
             CALLER: "caller", BROKER: "broker"}
    for kind, sizes in wrong.items():
        for size in sizes:
            bad = file.slot(kind, run(1, size), OTHER_KEY)
            yield refused(f"slot_params_of_{size}_of_{names[kind]}", "in the second slot",
                          file.content(file.header([caller(file), bad])), "bad_length", 1028)
    for kind, name in ((BROKER, "broker"), (9, "unknown_kind")):
        for size in (401, 2**32 - 1):
            bad = file.slot(kind, b"?", OTHER_KEY, patches=[(4, u32(size))])
            yield refused(f"slot_params_size_{size}_of_{name}", "in the second slot",
                          file.content(file.header([caller(file), bad])), "bad_length", 1028)


# Step 2, and the lengths of step 1.

def settled_and_different():
    file, other = sealed(), sealed(file_id=OTHER_ID)
    both = [caller(file), caller(file, OTHER_KEY, b"b")]
    right = file.header(both, 5)
    for name, comment, copy_1, first in [
            ("copies_settled_and_different", "copy 1 has one slot less", file.header(both[:1], 5), 204),
            ("copies_settled_one_generation_apart", "copy 1 is the newer one", file.header(both, 6), 192),
            ("copies_settled_copy_0_newer", "copy 1 is an older one", file.header(both, 4), 192),
            ("copies_settled_of_two_files", "copy 1 has another file_id", other.header([caller(other)], 5), 48),
            ("copies_settled_header_mac_differs", "in its last byte", flipped(right, 511), 511),
            ("copies_settled_slot_differs", "in the last byte of its tag", flipped(right, 1535), 1535)]:
        yield refused(name, comment, file.content(right, copy_1), "not_authentic", HEADER + first)


def lengths():
    file = sealed(form=2, items=item(1, b"a/b"))
    content = file.content(file.header([caller(file)]))
    yield refused("cut_to_0", "an empty file does not begin like a sealed file", b"", "unrecognized")
    for size in (1, 7, 8, 512, 8191, 8192, 16383, 16384, 16385, 20480, 24576, len(content) - 1):
        yield refused(f"cut_to_{size}", "the file ends too early", content[:size], "truncated", size)
    yield refused("cut_to_7_of_another_magic", "does not begin like a sealed file", b"\x88" + content[1:7],
                  "unrecognized")
    yield refused("cut_to_16383_of_another_magic", "does not begin like a sealed file", b"\x88" + content[1:16383],
                  "unrecognized")
    later = patched(content, [(8, u32(2))])
    for size, errc, at in ((8191, "truncated", 8191), (8192, "unsupported_version", 8),
                           (16383, "unsupported_version", 8)):
        yield refused(f"cut_to_{size}_of_version_2", "the version is read from a whole copy", later[:size], errc, at)
    yield refused("one_byte_more", "a zero behind the payload", content + b"\0", "trailing_data", len(content))
    yield refused("one_page_more", "zeros behind the payload", content + bytes(4096), "trailing_data", len(content))
    empty = sealed(0)
    content = empty.content(empty.header([caller(empty)]))
    yield refused("one_byte_more_than_an_empty_payload", "a byte behind the header", content + b"\1", "trailing_data",
                  16384)
    tags = 16 * (LIMIT // 4096)
    largest = sealed(patches=[(24, u64(LIMIT)), (32, u64(16384 + tags))])
    content = largest.content(largest.header([caller(largest)]))
    yield refused("payload_size_2_48_of_a_short_file", "the largest there may be", content, "truncated", len(content))
    file = sealed()
    content = file.content(file.header([caller(file)]))
    right, size = content[:HEADER], len(content)
    longer, shorter = (other.header([caller(other)])
                       for other in (sealed(patches=[(24, u64(len(file.plain) + by))]) for by in (1, -1)))
    for name, wrong, errc, at in (("plus_1", longer, "truncated", size),
                                  ("minus_1", shorter, "trailing_data", size - 1)):
        yield refused(f"copy_0_settled_payload_size_{name}", "by copy 1, the file has the right length",
                      file.content(wrong, right), errc, at)
        yield refused(f"copy_1_settled_payload_size_{name}", "by copy 0, the file has the right length",
                      file.content(right, wrong), errc, at)
    yield refused("copies_settled_neither_of_the_files_length", "the refusal is copy 0's",
                  file.content(shorter, longer), "trailing_data", size - 1)


def vectors():
    for part in (headers, params_sizes, settled_and_different, lengths):
        yield from part()
