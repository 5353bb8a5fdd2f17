# SPDX-License-Identifier: Apache-2.0
"""Vectors of the sealed file (include/unitee/seal/FORMAT.md), written from that page alone: sealed/<reason>.json, each
a file that opens, or one to be refused for the one reason that is its name. All else in it is right, MACs included.

    "comment"             what is special about the file
    "key"                 what the reader has, an object: "kind" is the slots' kind as a number, and
                            2, 5       "key": the 32 bytes, as hexadecimal digits, whatever the params
                            1, 3, 0x80000001, 0x80000003
                                       "root": what the firmware answers to every request, 32 bytes;
                                       for 1 and 0x80000001 "vmpl": the guest's own;
                                       optionally "floor": the caller's least versions, laid out as in a record
                            4          "curve": 1 or 2; "scalar": the private key, big-endian
    "minimum_generation"  optional: what the caller demands
    "minimum_mac"         optional, beside minimum_generation: the header_mac, 32 bytes as hexadecimal digits, that the
                          caller demands of a header of that very generation, as it is with state 1
    "size", "file"        the file: its size, and [offset, hexadecimal digits] of what is in it; all else is zero
    "expect"              of a file to be refused:
                            "errc", "offset", "part"             spelled as in failure.hpp and part.hpp
                            "slot_errc"                          optional, of a file of one slot that a reader has to
                                                                 pass over: why, for a reader that says more than
                                                                 no_matching_slot
                          of one that opens:
                            "plaintext_size", "plaintext_sha256"
                            "data_key", "file_id"                for whoever looks for a mistake
                            "generation", "slots"                of the header; slots is how many
                            "settled"                            both copies are the same, and their state is 1
                            "protection", "segment_size"
                            "metadata"                           null; or {"form": 1 or 2}, with "content_type" and
                                                                 "tensor_index" as far as they are there; an index has
                                                                 the page's names, and tensors are [offset, size]

The plaintext is plaintext(size), but for tag_table_of_two_pages. A refusal is the first of a reader that opens the
file, reads its metadata, and then its whole payload from the first byte to the last.
"""

import hashlib
import struct

import kdf_vectors
import sealed_refusals
from sealed_forge import (BROKER, DATA_KEY, EPHEMERAL, FILE_ID, HEADER, KEY, OTHER_KEY, POINT, PUBLIC, RECIPIENT,
                          SNP, SNP_SIMULATED, SNP_TCB, STRANGER, TABLE, TDX, TDX_SIMULATED, File, agreed, caller,
                          derived_slot, gcm, has_key, has_root, has_scalar, item, patched, run, sealed, snp_record,
                          tdx_record, tensor_index, vector)

FOLDER = True  # a file for each vector


def opens(name, comment, file, slots=None, key=None, content=None, generation=1, settled=True, metadata=None,
          minimum=None, mac=None):
    """Without `content`, a new file with these slots, and without those, one slot of the caller's."""
    slots = slots or [caller(file)]
    expect = {"plaintext_size": len(file.plain), "plaintext_sha256": hashlib.sha256(file.plain).hexdigest(),
              "data_key": file.data_key.hex(), "file_id": file.invariant[48:80].hex(), "generation": generation,
              "slots": len(slots), "settled": settled, "protection": file.protection, "segment_size": file.segment_size,
              "metadata": metadata}
    content = content or file.content(file.header(slots, generation))
    return vector(name, comment, key or has_key(), content, expect, minimum, mac)


def payloads():
    for name, size in [("empty_payload", 0), ("one_byte", 1), ("segment_less_one", 4095), ("segment", 4096),
                       ("segment_and_one", 4097), ("three_segments", 8197)]:
        yield opens(name, f"{size} bytes in segments of 4096", sealed(size))
        yield opens(f"public_{name}", f"{size} bytes in segments of 4096, authenticated only",
                    sealed(size, protection=PUBLIC))
    yield opens("segment_size_65536", "two segments, the second of one byte", sealed(65537, segment_size=65536))
    for size in (262144, 16777216):
        yield opens(f"segment_size_{size}", "one short segment", sealed(segment_size=size))
    zeros = File(bytes(257 * 4096), protection=PUBLIC, data_key=DATA_KEY, file_id=FILE_ID)
    yield opens("tag_table_of_two_pages", "257 segments of zeros; 256 tags fill a page", zeros)


def metadata():
    gguf = b"application/vnd.gguf"
    index = {"index_offset": 24, "index_size": 40, "data_offset": 64, "data_size": 36, "alignment": 32,
             "tensors": [[64, 32], [96, 4]]}
    tensors = tensor_index((24, 40), (64, 36), 32, index["tensors"])
    items = item(1, gguf) + item(2, tensors)
    said = {"content_type": gguf.decode(), "tensor_index": index}
    for form, name in ((1, "public"), (2, "encrypted")):
        file = sealed(form=form, items=items)
        yield opens(f"metadata_{name}", "a content type and a tensor index", file, metadata={"form": form} | said)
        file = sealed(protection=PUBLIC, form=form, items=items)
        yield opens(f"metadata_{name}_of_a_public_payload", "each goes its own way", file,
                    metadata={"form": form} | said)
        yield opens(f"metadata_{name}_empty", "no items, only the tag", sealed(form=form), metadata={"form": form})
    for size in (4080, 4081):
        items = item(9, run(1, size - 8))
        yield opens(f"metadata_size_{size + 16}", "the last size of one page, or the first of two",
                    sealed(form=2, items=items), metadata={"form": 2})
    yield opens("metadata_size_2097152", "the largest there may be: one item of zeros",
                sealed(form=1, items=item(9, bytes(2097152 - 16 - 8))),
                metadata={"form": 1})
    file = sealed(form=2, items=item(0, b"") + item(1, b"a/b") + item(3, b"later") + item(0xFFFFFFFF, b""))
    yield opens("metadata_of_unknown_types", "types 0, 3 and the last, passed over", file,
                metadata={"form": 2, "content_type": "a/b"})
    longest = "".join(chr(0x21 + i % 94) for i in range(127))
    yield opens("metadata_content_type_of_127", "every character that there may be",
                sealed(form=1, items=item(1, longest.encode())),
                metadata={"form": 1, "content_type": longest})
    at_the_end = {"index_offset": 100, "index_size": 0, "data_offset": 0, "data_size": 100, "alignment": 1 << 31,
                  "tensors": []}
    file = sealed(form=1, items=item(2, tensor_index((100, 0), (0, 100), 1 << 31)))
    yield opens("metadata_index_at_the_end", "an empty range behind the last byte, the whole payload, no tensors", file,
                metadata={"form": 1, "tensor_index": at_the_end})


def slots():
    file = sealed()

    def alone(name, comment, slot, key):
        return opens(name, comment, file, [slot], key)

    for params in (b"", b"k", run(0xA0, 64)):
        yield alone(f"caller_key_with_id_of_{len(params)}", "the id is the caller's", caller(file, params=params),
                    has_key())
    for params in (b"?", run(0, 400)):
        yield alone(f"broker_with_params_of_{len(params)}", "a key broker's slot", file.slot(BROKER, params, KEY),
                    has_key(kind=BROKER))
    for kind, name in ((SNP, "snp"), (SNP_SIMULATED, "snp_simulated")):
        yield alone(name, "a record of 71 bytes", derived_slot(file, kind, snp_record()), has_root(kind))
    longer = snp_record(fields=0b1101001, vmpl=1, launch_mit_vector=0x1122334455667788)
    yield alone("snp_with_launch_mit_vector", "a record of 79 bytes, in VMPL 1", derived_slot(file, SNP, longer),
                has_root(SNP, vmpl=1))
    at_floor = snp_record(fields=0b111001, guest_svn=7, floor=(SNP_TCB, 7))
    yield alone("snp_at_its_floor", "every version is the least that is allowed", derived_slot(file, SNP, at_floor),
                has_root(SNP))
    yield alone("snp_at_the_callers_floor", "the caller's, not the record's", derived_slot(file, SNP, at_floor),
                has_root(SNP, floor=kdf_vectors.snp_floor(SNP_TCB, 7).hex()))
    for kind, name in ((TDX, "tdx"), (TDX_SIMULATED, "tdx_simulated")):
        yield alone(name, "a record of 177 bytes", derived_slot(file, kind, tdx_record()), has_root(kind))
    versions = (kdf_vectors.TEE_TCB_SVN, (1, 2, 3))
    at_floor = tdx_record(svns=(1, 2, 3), floor=versions)
    yield alone("tdx_at_its_floor", "every version is the least that is allowed", derived_slot(file, TDX, at_floor),
                has_root(TDX))
    yield alone("tdx_at_the_callers_floor", "the caller's, not the record's", derived_slot(file, TDX, at_floor),
                has_root(TDX, floor=kdf_vectors.tdx_floor(*versions).hex()))
    for number, name in ((1, "p256"), (2, "p384")):
        yield alone(name, "a public key's slot", file.slot(POINT, *agreed(number, EPHEMERAL, RECIPIENT)),
                    has_scalar(number))

    wrong = [caller(file, OTHER_KEY, bytes([i])) for i in range(14)]
    yield opens("fifteen_slots", "the last one opens", file, wrong + [caller(file)])
    every = [file.slot(BROKER, b"?", OTHER_KEY), derived_slot(file, SNP, snp_record()),
             derived_slot(file, TDX, tdx_record()),
             file.slot(POINT, *agreed(1, EPHEMERAL, RECIPIENT)), caller(file)]
    yield opens("slots_of_every_kind_by_snp", "one SNP and one TDX among them", file, every, has_root(SNP))
    yield opens("slots_of_every_kind_by_tdx", "one SNP and one TDX among them", file, every, has_root(TDX))
    yield opens("slots_of_every_kind_by_a_key", "one SNP and one TDX among them", file, every)
    yield opens("slots_of_every_kind_by_a_public_key", "one SNP and one TDX among them", file, every, has_scalar(1))
    later = [file.slot(kind, run(kind % 251, 400), OTHER_KEY) for kind in (6, 0x80000002, 0xFFFFFFFF)]
    empty = file.slot(7, b"", OTHER_KEY)
    yield opens("unknown_kinds", "three of all bytes and one of none, passed over", file, [*later, empty, caller(file)])
    weak = derived_slot(file, SNP, snp_record(fields=0b100001))
    yield opens("snp_weak_slot_before_another", "one without measurement is passed over", file,
                [weak, derived_slot(file, SNP, snp_record())], has_root(SNP))
    strangers = file.slot(POINT, *agreed(1, EPHEMERAL, STRANGER))
    yield opens("p256_second_recipient", "the first slot is somebody else's", file,
                [strangers, file.slot(POINT, *agreed(1, EPHEMERAL + 1, RECIPIENT))], has_scalar(1))
    twice = caller(file, params=b"one"), caller(file, params=b"two")
    yield opens("two_slots_of_one_key", "both open", file, list(twice))


def generations():
    file = sealed()
    yield opens("generation_of_the_minimum", "the caller demands 5", file, generation=5, minimum=5)
    yield opens("generation_above_the_minimum", "the caller demands 4", file, generation=5, minimum=4)
    yield opens("generation_last", "2^64 - 1", file, generation=2**64 - 1)
    yield opens("minimum_mac", "that of the header", file, generation=5, minimum=5,
                mac=file.header([caller(file)], 5)[480:512])
    yield opens("minimum_mac_of_an_older_generation", "any header of a newer one will do", file, generation=5,
                minimum=4, mac=file.header([caller(file)], 4)[480:512])
    yield opens("minimum_mac_wrong_of_an_older_generation", "no header has it", file, generation=5, minimum=4,
                mac=run(1, 32))


def interrupted():
    """Each state of a change in which the slot `kept` stays, `gone` goes and `added` comes; n is 3."""
    file = sealed()
    kept, gone, added = caller(file), caller(file, run(1, 32), b"gone"), caller(file, run(2, 32), b"added")
    second = caller(file, run(3, 32), b"added, too")
    before, after = [gone, kept], [kept, added, second]
    old, new = (file.header(before, 3, state) for state in (1, 2)), (file.header(after, 4, state) for state in (1, 2))
    (old_1, old_2), (new_1, new_2) = old, new

    def state(name, comment, copy_0, copy_1, settled=False, which="before", key=None, mac=None):
        slots, generation = (before, 3) if which == "before" else (after, 4)
        return opens(f"interrupted_{name}", comment, file, slots, key, file.content(copy_0, copy_1), generation,
                     settled, minimum=None if mac is None else generation, mac=mac)

    def torn(by, under, at):
        return by[:at] + under[at:]

    noise = b"".join(hashlib.sha256(bytes([i])).digest() for i in range(256))
    assert len(noise) == HEADER
    yield state("after_1", "copy 0 says that copy 1 may be anything; it is the old one", old_2, old_1)
    for at in (512, 1024, 1536, 1900):
        yield state(f"in_2_after_{at}", "copy 1 begins as the new one and goes on as the old one", old_2,
                    torn(new_2, old_1, at))
        yield state(f"in_2_before_{at}", "copy 1 begins as the old one and goes on as the new one", old_2,
                    torn(old_1, new_2, at))
    for name, copy in (("zeros", bytes(HEADER)), ("ones", b"\xff" * HEADER), ("noise", noise)):
        yield state(f"in_2_{name}", f"copy 1 is {name}", old_2, copy)
        yield state(f"in_3_{name}", f"copy 0 is {name}", copy, new_2, which="after")
    yield state("after_2", "the new slots are in copy 1 and count", old_2, new_2, which="after")
    yield state("after_2_by_the_added", "the new slots are in copy 1 and count", old_2, new_2, which="after",
                key=has_key(run(2, 32)))
    for at in (512, 1024, 1536, 1900):
        yield state(f"in_3_after_{at}", "copy 0 begins as the new one and goes on as the old one",
                    torn(new_1, old_2, at), new_2,
                    which="after")
        yield state(f"in_3_before_{at}", "copy 0 begins as the old one and goes on as the new one",
                    torn(old_2, new_1, at), new_2,
                    which="after")
    yield state("after_3", "both are the new ones, and copy 1 does not say yet that it is settled", new_1, new_2,
                which="after")
    yield state("never", "all four steps", new_1, new_1, settled=True, which="after")
    yield state("key_of_the_removed_before_2", "it still opens", old_2, old_1, key=has_key(run(1, 32)))

    # The header_mac to be demanded is that of the settled header, whatever the state.
    of_old, of_new = old_1[480:512], new_1[480:512]
    yield state("minimum_mac_after_1", "copy 0 counts alone, with state 2", old_2, bytes(HEADER), mac=of_old)
    yield state("minimum_mac_after_2", "both copies have state 2", old_2, new_2, which="after", mac=of_new)
    yield state("minimum_mac_after_3", "copy 1 has state 2", new_1, new_2, which="after", mac=of_new)

    # What is in a copy that may be anything changes nothing.
    wrong_mac = patched(new_2, [(511, bytes([new_2[511] ^ 1]))])
    yield state("copy_1_of_a_wrong_mac", "copy 1 passes but for its MAC, and does not count", old_2, wrong_mac)
    wrong_mac = patched(old_2, [(511, bytes([old_2[511] ^ 1]))])
    yield state("copy_0_of_a_wrong_mac", "copy 0 passes but for its MAC, and does not count", wrong_mac, new_2,
                which="after")
    other_table = file.header(before, 3, 1, [(160, run(5, 32))])
    yield state("copy_1_of_another_table", "with a right MAC, of the same data key, but for another tag table", old_2,
                other_table)
    larger = sealed(101, data_key=run(7, 32))
    theirs = larger.header([caller(larger, OTHER_KEY)], 4, 2)
    yield state("copy_1_of_a_larger_file", "by its payload_size the file is too short", old_2, theirs)


def vectors():
    for part in (payloads, metadata, slots, generations, interrupted):
        yield from part()
    yield from sealed_refusals.vectors()


def content_of(one):
    return patched(bytes(one["size"]), [(offset, bytes.fromhex(digits)) for offset, digits in one["file"]])


# Seeds for the fuzzers, whose comments say what an input is.

def opened_items(content):
    """The payload's size and the items of a file of DATA_KEY that has metadata, as far as its header can be read."""
    header = content[:HEADER].ljust(HEADER, b"\0")
    form, size = struct.unpack_from("<II", header, 40)
    if form not in (1, 2) or not 16 <= size <= len(content) - TABLE:
        return None
    items = content[TABLE:TABLE + size - 16]
    if form == 2:  # in counter mode, to encrypt is to decrypt
        info = b"unitee sealed v1 metadata" + hashlib.sha384(header[:128]).digest()
        items = gcm(kdf_vectors.hkdf(hashlib.sha384, DATA_KEY, header[48:80], info, 32), bytes(12), b"", items)[0]
    return header[24:32], items


def short(*headers):
    """Headers without the zeros at their end, behind the size of the first."""
    first, *rest = (header.rstrip(b"\0") for header in headers)
    return struct.pack("<H", len(first)) + first + b"".join(rest)


def seeds_of(one, content):
    copies = content[:HEADER], content[HEADER:TABLE]
    yield "sealed_file", "", content
    for i, copy in enumerate(copies):
        yield "sealed_header", f"_{i}", copy
        for at in range(512, len(copy), 512):
            yield "sealed_slots", f"_{i}_{at}", copy[at:at + 512].rstrip(b"\0")
    for flags in (0, 3):
        yield "sealed_header_copies", f"_{flags}", bytes([flags]) + short(*copies)
    payload_size, items = opened_items(content) or (b"", b"")
    if payload_size:
        yield "sealed_metadata", "", payload_size + items
    end = one["expect"].get("plaintext_size", 100)
    for by, at in ((0, 0), (1, max(len(content), 1) - 1), (0x80, len(content) // 2)):
        change = struct.pack("<BI", by, at)
        yield "sealed_file_signed", f"_{by}", change + short(copies[0]) + items + content[len(content) - end:]


def seeds():
    seen = set()
    for one in vectors():
        content = content_of(one)
        for target, suffix, seed in seeds_of(one, content):
            if seed and len(seed) <= 65536 and (target, seed) not in seen:
                seen.add((target, seed))
                yield target, one["name"] + suffix, seed
