# SPDX-License-Identifier: Apache-2.0
"""Sealed files to be refused at steps 6 to 8: the generation, the tags, the metadata and the payload."""

import functools
import hmac

from sealed_forge import (HEADER, OTHER_DATA_KEY, OTHER_KEY, caller, has_key, item, patched, run, sealed,
                          sealed_segment, tensor_index)
from sealed_refused import flipped, refused


def generations():
    file = sealed()
    for generation, minimum in ((5, 6), (1, 2**64 - 1)):
        yield refused(f"generation_{generation}_below_{minimum}", "which the caller demands",
                      file.content(file.header([caller(file)], generation)), "below_floor", 192, minimum=minimum)
    new = file.content(file.header([caller(file)], 5, 2), bytes(HEADER))
    yield refused("generation_5_below_6_unsettled", "copy 0 counts alone", new, "below_floor", 192, minimum=6)


def minimum_macs():
    file = sealed()
    slots = [caller(file)]
    settled, changing = (file.header(slots, 5, state) for state in (1, 2))
    mac = settled[480:512]

    def bad(name, comment, copy_0, mac, copy_1=None, at=480, minimum=5):
        return refused(f"minimum_mac_{name}", comment, file.content(copy_0, copy_1), "below_floor", at, minimum=minimum,
                       mac=mac)

    for name, at in (("first_bit", 0), ("last_bit", 31)):
        yield bad(name, "of the MAC that the caller demands", settled, flipped(mac, at))
    other = file.header([*slots, caller(file, OTHER_KEY, b"b")], 5)
    yield bad("of_another_change", "the header of generation 5 that the caller knows had one slot more", settled,
              other[480:512])
    yield bad("of_state_2", "as it stands in the file: that with state 1 is what counts", changing, changing[480:512],
              bytes(HEADER))
    yield bad("of_a_newer_generation", "the generation is checked first", settled, mac, at=192, minimum=6)


def tag_tables():
    def bad(name, comment, content):
        return refused(name, comment, content, "not_authentic", 0, "sealed_tags")

    file = sealed(4097)
    slots = [caller(file)]
    content = file.content(file.header(slots))
    for name, at in (("first_byte", 16384), ("last_byte", 16384 + 31)):
        yield bad(f"tag_table_{name}", "one bit", flipped(content, at))
    yield bad("tag_table_padding", "the last byte is not zero", patched(content, [(20479, b"\1")]))
    yield bad("tags_swapped", "of two segments", patched(content, [(16384, file.tags[16:] + file.tags[:16])]))
    wrong = file.header(slots, patches=[(160, run(5, 32))])
    yield bad("tag_table_mac_wrong", "under a right header_mac", file.content(wrong))
    theirs = sealed(4097, data_key=OTHER_DATA_KEY)
    yield bad("tag_table_of_another_file", "of another data key", patched(content, [(16384, theirs.tags)]))
    yield bad("header_of_another_file", "of the same key", patched(content, [(0, 2 * theirs.header([caller(theirs)]))]))
    empty, theirs = sealed(0), sealed(0, data_key=OTHER_DATA_KEY)
    mac = hmac.digest(theirs.derived("tag table"), b"", "sha256")
    wrong = empty.header([caller(empty)], patches=[(160, mac)])
    yield bad("tag_table_mac_of_no_segments", "of another key, over nothing", empty.content(wrong))
    other_table = file.header(slots, 2, 2, [(160, run(5, 32))])
    yield bad("copy_1_of_another_table_newer",
              "copy 1 has a right MAC and is the newer one, so that copy 0 does not count",
              file.content(file.header(slots, 1, 2), other_table))


def metadata():
    items = item(1, b"application/vnd.gguf")
    for form, name in ((1, "public"), (2, "encrypted")):
        file = sealed(form=form, items=items)
        content = file.content(file.header([caller(file)]))
        for what, at in (("items", 16384 + 9), ("tag", 16384 + len(file.metadata) - 1)):
            yield refused(f"metadata_{name}_{what}_one_bit", "in the file", flipped(content, at), "not_authentic", 0,
                          "sealed_metadata")
        theirs = sealed(form=form, items=items, data_key=OTHER_DATA_KEY)
        yield refused(f"metadata_{name}_of_another_file", "of another data key",
                      patched(content, [(16384, theirs.metadata)]),
                      "not_authentic", 0, "sealed_metadata")
        file = sealed(form=form, items=items)
        file.metadata = b"".join(sealed_segment(file.derived("metadata"), 0, items, form))
        yield refused(f"metadata_{name}_protected_as_the_other", "as if form and protection were one number",
                      file.content(file.header([caller(file)])), "not_authentic", 0, "sealed_metadata")
        file = sealed(form=form, items=items)
        file.metadata = b"".join(sealed_segment(file.derived("segments"), 0, items, 3 - form))
        yield refused(f"metadata_{name}_under_the_segments_key", "the key is another one",
                      file.content(file.header([caller(file)])), "not_authentic", 0, "sealed_metadata")


def metadata_padding():
    file = sealed(form=2, items=item(1, b"a/b"))
    content = file.content(file.header([caller(file)]))
    for at in (16384 + 27, 20479):
        yield refused(f"metadata_padding_{at}", "a byte between the metadata and the tags",
                      patched(content, [(at, b"\1")]),
                      "reserved_not_zero", at, "sealed_metadata")
    padded = patched(content, [(20479, b"\1")])
    yield refused("metadata_padding_and_wrong_key", "the key is looked for first", padded, "no_matching_slot",
                  key=has_key(OTHER_KEY))
    yield refused("metadata_padding_and_tag_table", "the tag table is checked first", flipped(padded, 20480),
                  "not_authentic", 0, "sealed_tags")
    yield refused("metadata_padding_and_metadata_tag", "the tag is checked after it", flipped(padded, 16384 + 26),
                  "reserved_not_zero", 20479, "sealed_metadata")


def items():
    """(name, the items, errc, offset), for a payload of 100 bytes."""
    good = item(1, b"a/b")
    for size in (1, 7):
        yield f"header_of_{size}", good + item(3, b"")[:size], "truncated", 11 + size
    yield "value_missing", good + item(3, b"", 1), "truncated", 19
    yield "value_one_short", item(1, b"a/b", 4), "truncated", 11
    yield "value_of_2_32", item(1, b"a/b", 2**32 - 1), "truncated", 11
    yield "content_type_twice", good + good, "duplicate", 11
    yield "unknown_type_twice", item(9, b"") + item(9, b"x"), "duplicate", 8
    yield "tensor_index_twice", 2 * item(2, tensor_index()), "duplicate", 48
    yield "not_in_order", item(2, tensor_index()) + good, "bad_value", 48
    yield "unknown_types_not_in_order", item(10, b"") + item(9, b""), "bad_value", 8
    yield "content_type_empty", item(1, b""), "bad_length", 4
    yield "content_type_of_128", item(1, b"a" * 128), "bad_length", 4
    for at, character in ((0, b" "), (1, b"\x7f"), (2, b"\0"), (2, b"\xe4")):
        yield f"content_type_with_{character.hex()}", item(1, patched(b"a/b", [(at, character)])), "bad_value", 8 + at
    for size in (0, 39):
        yield f"tensor_index_of_{size}", item(2, tensor_index()[:size]), "bad_length", 4
    yield "tensor_index_one_long", item(2, tensor_index() + b"\0"), "bad_length", 4
    yield "tensor_index_one_tensor_missing", item(2, tensor_index(tensors=[(0, 1)], count=2)), "bad_length", 4
    yield "tensor_index_one_tensor_more", item(2, tensor_index(tensors=[(0, 1)], count=0)), "bad_length", 4
    for alignment in (0, 3, 48):
        yield f"tensor_index_alignment_{alignment}", item(2, tensor_index(alignment=alignment)), "bad_value", 8 + 32
    for count in (65537, 2**32 - 1):
        yield f"tensor_index_of_{count}_tensors", item(2, tensor_index(count=count)), "bad_value", 8 + 36
    outside = [("one_byte_out", (0, 101)), ("behind_the_payload", (101, 0)), ("over_2_64", (2**64 - 1, 2))]
    for name, place in outside:
        yield f"tensor_index_index_{name}", item(2, tensor_index(index=place)), "bad_length", 8
        yield f"tensor_index_data_{name}", item(2, tensor_index(data=place)), "bad_length", 8 + 16
        yield f"tensor_index_tensor_{name}", item(2, tensor_index(tensors=[(0, 100), place])), "bad_length", 8 + 40 + 16


def malformed_items():
    for name, content, errc, offset in items():
        file = sealed(form=2, items=content)
        yield refused(f"metadata_{name}", "under a right tag", file.content(file.header([caller(file)])), errc, offset,
                      "sealed_metadata")
    file = sealed(form=1, items=2 * item(1, b"a/b"))
    yield refused("metadata_public_content_type_twice", "under a right tag", file.content(file.header([caller(file)])),
                  "duplicate", 11, "sealed_metadata")


def with_tags(file, tags):
    """The file with other tags, under right MACs."""
    file.tags = tags
    return file.content(file.header([caller(file)]))


def segments():
    def bad(name, comment, content, offset):
        return refused(name, comment, content, "not_authentic", offset, "sealed_payload")

    for protection, name in ((1, "segment"), (2, "public_segment")):
        made = functools.partial(sealed, 4097, protection=protection)
        file = made()
        tags, content = file.tags, file.content(file.header([caller(file)]))
        yield bad(f"{name}_first_bit", "in the file", flipped(content, 20480), 0)
        yield bad(f"{name}_last_bit", "in the file, of the second segment", flipped(content, len(content) - 1), 4096)
        yield bad(f"{name}_tag_one_bit", "of the second segment, under right MACs",
                  with_tags(made(), flipped(tags, 31)), 4096)
        yield bad(f"{name}_tags_swapped", "under right MACs", with_tags(made(), tags[16:] + tags[:16]), 0)
        file = sealed(8192, protection=protection)
        first, second = file.payload[:4096], file.payload[4096:]
        content = file.content(file.header([caller(file)]))
        yield bad(f"{name}s_swapped", "in the file", patched(content, [(20480, second + first)]), 0)
        yield bad(f"{name}_repeated", "the first in place of the second", patched(content, [(24576, first)]), 4096)
        file.payload, tags = second + first, file.tags
        yield bad(f"{name}s_swapped_with_their_tags", "under right MACs", with_tags(file, tags[16:] + tags[:16]), 0)
        file = sealed(8192, protection=protection)
        file.payload = 2 * file.payload[:4096]
        yield bad(f"{name}_repeated_with_its_tag", "under right MACs", with_tags(file, 2 * file.tags[:16]), 4096)
        theirs = made(data_key=OTHER_DATA_KEY)
        file = made()
        file.payload = theirs.payload
        yield bad(f"{name}s_and_tags_of_another_file", "under right MACs", with_tags(file, theirs.tags), 0)
        # As the other protection would have it.
        file, other = made(), sealed(4097, protection=3 - protection)
        key = file.derived("segments")
        pieces = [sealed_segment(key, i, file.plain[4096 * i:4096 * i + 4096], other.protection) for i in range(2)]
        file.payload = b"".join(piece for piece, _ in pieces)
        yield bad(f"{name}s_protected_as_the_other", "under right MACs",
                  with_tags(file, b"".join(tag for _, tag in pieces)), 0)


def vectors():
    for part in (generations, minimum_macs, tag_tables, metadata, metadata_padding, malformed_items, segments):
        yield from part()
