# SPDX-License-Identifier: Apache-2.0
"""Vectors for launch measurements: firmware images laid out with struct, their digests by hashlib, and one reason to refuse each.

An image is "zeros" bytes with edits, or edits of a base's. A measurement has "launch", what differs from LAUNCH, and the digest
in "measurement"; kernel, initrd and append are text. "name" of a refusal is its reason; "part" is the input that offset counts in.
"""

import hashlib
import struct
import uuid

from tdx_vectors import apply, run

PAGE = 4096
FOOTER, METADATA = "96b582de-1fb2-45f7-baea-a366c55a082d", "dc886566-984a-4798-a75e-5585a7bf67cc"
HASH_TABLE, AP_RESET = "7255371f-3a3b-4b04-927b-1da6efa8d454", "00f771de-1a7e-4fcb-890e-68c77e2fb44e"
OTHER = "4c2eb361-7d9b-4cc3-8081-127c90d3d294"
LAUNCH = {"vmm": "qemu", "vcpus": 1, "cpu_signature": 0x00A00F11, "guest_features": 1, "kernel": None, "initrd": None, "append": None, "start": None}
ITEMS = [(0x800000, 0x3000, 1), (0x803000, 0x1000, 2), (0x804000, 0x1000, 3), (0x805000, 0x1000, 4), (0x806000, 0x1000, 0x10),
         (0x807000, 0x2000, 1)]


# The launch, by the reference's steps.

class Digest:
    def __init__(self, start=bytes(48)):
        self.value = start

    def page(self, kind, address, contents=None):
        digest = bytes(48) if contents is None else hashlib.sha384(contents).digest()
        info = self.value + digest + struct.pack("<HBB3BBQ", 0x70, kind, 0, 0, 0, 0, 0, address)
        assert len(info) == 0x70
        self.value = hashlib.sha384(info).digest()


def guid(text):
    return uuid.UUID(text).bytes_le


def read_footer(image):
    end = len(image) - 32
    assert image[end - 16:end] == guid(FOOTER)
    first = end - struct.unpack_from("<H", image, end - 18)[0]
    at, found = end - 18, {}
    while at > first:
        length, name = struct.unpack_from("<H16s", image, at - 18)
        found[name] = image[at - length:at - 18]
        at -= length
    return found


def read_items(image, found):
    at = len(image) - struct.unpack("<I", found[guid(METADATA)])[0]
    magic, _, version, count = struct.unpack_from("<4sIII", image, at)
    assert magic == b"ASEV" and version == 1
    return [struct.unpack_from("<III", image, at + 16 + 12 * i) for i in range(count)]


def hashes_page(offset, kernel, initrd, append):
    def entry(name, content):
        return guid(name) + struct.pack("<H", 50) + hashlib.sha256(content).digest()
    table = guid("9438d606-4f22-4cc9-b479-a793d411fd21") + struct.pack("<H", 168)
    table += entry("97d02dd8-bd20-4c94-aa78-e7714d36ab2a", (append or b"") + b"\0")
    table += entry("44baf731-3a2f-4bd7-9af1-41e29169781d", initrd or b"") + entry("4de79437-abd2-427f-b835-d5b172d2045b", kernel)
    return (bytes(offset) + table).ljust(PAGE, b"\0")


def vmsa(vmm, first, eip, signature, features):
    out, ec2 = bytearray(PAGE), vmm == "ec2"

    def segment(at, attrib, selector=0, base=0):
        struct.pack_into("<HHIQ", out, at, selector, attrib, 0xFFFF, base)

    def u64(at, value):
        struct.pack_into("<Q", out, at, value)

    for at in (0x00, 0x30, 0x40, 0x50):
        segment(at, 0x93)
    segment(0x10, 0x9A if ec2 and first else 0x9B, 0xF000, eip & 0xFFFF0000)
    segment(0x20, 0x92 if ec2 else 0x93)
    segment(0x60, 0)
    segment(0x80, 0)
    segment(0x70, 0x82)
    segment(0x90, 0x83 if ec2 else 0x8B)
    for at, value in ((0xD0, 0x1000), (0x148, 0x40), (0x158, 0x10), (0x160, 0x400), (0x168, 0xFFFF0FF0), (0x170, 2), (0x178, eip & 0xFFFF),
                      (0x268, 0x0007040600070406), (0x310, 0 if ec2 else signature), (0x3B0, features), (0x3E8, 1)):
        u64(at, value)
    struct.pack_into("<I", out, 0x408, 0 if ec2 else 0x1F80)
    struct.pack_into("<H", out, 0x410, 0 if ec2 else 0x37F)
    return bytes(out)


def measure(image, vmm, vcpus, cpu_signature, guest_features, kernel=None, initrd=None, append=None, start=None):
    """Files as bytes or None, and the starting digest as bytes or None."""
    digest = Digest(start or bytes(48))
    if start is None:
        for at in range(0, len(image), PAGE):
            digest.page(1, (1 << 32) - len(image) + at, image[at:at + PAGE])
    found = read_footer(image)
    items = read_items(image, found)
    if vmm == "ec2":
        items = [item for item in items if item[2] != 3] + [item for item in items if item[2] == 3]
    for address, size, kind in items:
        if kind == 0x10 and kernel is not None:
            table = struct.unpack("<II", found[guid(HASH_TABLE)])[0]
            digest.page(1, address, hashes_page(table & 0xFFF, kernel, initrd, append))
        elif kind in (2, 3):
            digest.page({2: 5, 3: 6}[kind], address)
        else:
            for at in range(0, size, PAGE):
                digest.page(3, address + at)
    ap_eip = struct.unpack("<I", found.get(guid(AP_RESET), bytes(4)))[0]
    for i in range(vcpus):
        if i == 0 or ap_eip != 0:
            digest.page(2, 0xFFFFFFFFF000, vmsa(vmm, i == 0, ap_eip if i else 0xFFFFFFF0, cpu_signature, guest_features))
    return digest.value


# Images.

def entry(name, data, length=None):
    return data + struct.pack("<H", len(data) + 18 if length is None else length) + guid(name)


def metadata(items, magic=b"ASEV", version=1, count=None, length=None):
    head = struct.pack("<4sIII", magic, 16 + 12 * len(items) if length is None else length, version, len(items) if count is None else count)
    return head + b"".join(struct.pack("<III", *item) for item in items)


METADATA_AT = 0x600  # from the image's end


def image(pages=1, items=ITEMS, ap_eip=0x0080B004, table=(0x806C00, 0x400), entries=None, listed=None):
    """(size, edits): the footer's table, the metadata, and something to tell the pages apart."""
    size = pages * PAGE
    if entries is None:
        entries = [entry(METADATA, struct.pack("<I", METADATA_AT))]
        entries += [entry(HASH_TABLE, struct.pack("<II", *table))] if table else []
        entries += [entry(OTHER, run(1, 8))]
        entries += [entry(AP_RESET, struct.pack("<I", ap_eip))] if ap_eip is not None else []
    body = b"".join(entries)
    footer = body + struct.pack("<H", len(body) + 18) + guid(FOOTER)
    edits = [(at * PAGE, run(17 * at + 1, 64)) for at in range(pages)]
    edits += [(size - METADATA_AT, metadata(items) if listed is None else listed), (size - 32 - len(footer), footer), (size - 32, run(0x90, 32))]
    return size, edits


def whole(made):
    size, edits = made
    out = bytearray(size)
    for at, data in edits:
        out[at:at + len(data)] = data
    assert len(out) == size
    return bytes(out)


NO_HASHES = [item for item in ITEMS if item[2] != 0x10]
CPUID_FIRST = [ITEMS[2], *ITEMS[:2], *ITEMS[3:]]
IMAGES = {
    "image_of_one_page": image(),
    "image_of_three_pages": image(3),
    "image_without_kernel_hashes": image(2, NO_HASHES, table=(0, 0)),
    "image_without_hash_table": image(2, NO_HASHES, table=None),
    "image_with_cpuid_first": image(1, CPUID_FIRST),
    "image_without_ap_eip": image(1, ap_eip=0),
    "image_without_ap_entry": image(1, ap_eip=None),
    "image_without_items": image(1, []),
    "image_with_the_last_table_place": image(1, table=(0x806000 + PAGE - 176, 176)),
    "image_up_to_the_firmware": image(1, [*ITEMS, (0xFFFF0000, 0xF000, 1)]),
    "image_with_64_items": image(1, [(0x800000 + PAGE * i, PAGE, 1) for i in range(64)]),
    "image_with_two_hash_pages": image(1, [*ITEMS[:4], (0x806000, 0x2000, 0x10)]),
    "image_with_small_hash_table": image(1, table=(0x806C00, 175)),
    "image_with_hash_table_over_the_edge": image(1, table=(0x806000 + PAGE - 175, 0x400)),
    "image_with_hash_table_elsewhere": image(1, table=(0x807C00, 0x400)),
    "image_with_hashes_but_no_hash_table": image(1, table=None),
}
START = hashlib.sha384(b"a digest to start from").hexdigest()
FILES = {"kernel": "kernel\n", "initrd": "initial file system", "append": "console=ttyS0 root=/dev/vda1"}
MEASURED = [
    ("image_of_one_page", {}),
    ("image_of_one_page", {"vcpus": 2}),
    ("image_of_one_page", {"vcpus": 512}),
    ("image_of_one_page", {"guest_features": 0x21}),
    ("image_of_one_page", {"guest_features": 0x8000000000000001}),
    ("image_of_one_page", {"cpu_signature": 0x00A10F10}),
    ("image_of_one_page", {"vmm": "ec2"}),
    ("image_of_one_page", {"vmm": "ec2", "vcpus": 4}),
    ("image_of_one_page", {"vmm": "ec2", "cpu_signature": 0}),
    ("image_of_one_page", FILES),
    ("image_of_one_page", {"kernel": ""}),
    ("image_of_one_page", {"kernel": "kernel\n", "append": ""}),
    ("image_of_one_page", {"kernel": "kernel\n", "initrd": "initial file system"}),
    ("image_of_one_page", {"kernel": "kernel\n", "append": "quiet"}),
    ("image_of_one_page", {"start": START}),
    ("image_of_one_page", {"start": START, **FILES, "vcpus": 3}),
    ("image_of_one_page", {"start": "00" * 48}),
    ("image_of_three_pages", {}),
    ("image_of_three_pages", {"vcpus": 3, **FILES}),
    ("image_of_three_pages", {"vmm": "ec2", "vcpus": 3, **FILES}),
    ("image_without_kernel_hashes", {"vcpus": 2}),
    ("image_without_hash_table", {"vcpus": 2}),
    ("image_with_cpuid_first", {}),
    ("image_with_cpuid_first", {"vmm": "ec2"}),
    ("image_without_ap_eip", {"vcpus": 8}),
    ("image_without_ap_entry", {}),
    ("image_without_items", {}),
    ("image_with_the_last_table_place", FILES),
    ("image_up_to_the_firmware", {}),
    ("image_with_64_items", {}),
    ("image_with_two_hash_pages", {}),
    ("image_with_small_hash_table", {}),
    ("image_with_hash_table_over_the_edge", {}),
    ("image_with_hash_table_elsewhere", {}),
    ("image_with_hashes_but_no_hash_table", {}),
]


def measured(name, changes):
    launch = LAUNCH | changes
    files = {key: None if launch[key] is None else launch[key].encode() for key in ("kernel", "initrd", "append")}
    start = None if launch["start"] is None else bytes.fromhex(launch["start"])
    return measure(whole(IMAGES[name]), launch["vmm"], launch["vcpus"], launch["cpu_signature"], launch["guest_features"], **files, start=start).hex()


def as_edits(made):
    return {"zeros": made[0], "edits": [{"op": "set", "offset": at, "hex": data.hex()} for at, data in made[1]]}


def compact():
    out = []

    def put(name, kind, expect, offset=0, part="firmware_image", **input):
        out.append({"name": name, "kind": kind, "expect": expect, "offset": offset, "part": part, **input})

    def refuse(name, expect, offset, made):
        put(name, "launch_ovmf", expect, offset, **as_edits(made))

    def edit(name, expect, offset, *edits):
        put(name, "launch_ovmf", expect, offset, base="image_of_one_page",
            edits=[{"op": "set", "offset": at, "hex": data.hex()} for at, data in edits])

    for name, made in IMAGES.items():
        put(name, "launch_ovmf", "ok", **as_edits(made))
    for number, (name, changes) in enumerate(MEASURED):
        put(f"measured_{number:02}", "launch_measurement", "ok", base=name, launch=changes, measurement=measured(name, changes))

    # The image as a whole. In an image of one page the table's footer GUID is at 0xFD0.
    length, guid_at = 0xFCE, 0xFD0
    put("no_bytes", "launch_ovmf", "truncated", 0, zeros=0, edits=[])
    for size in (1, 4095, 4097, 8191):
        put(f"{size}_bytes", "launch_ovmf", "bad_length", size // PAGE * PAGE, zeros=size, edits=[])
    put("a_page_of_zeros", "launch_ovmf", "unrecognized", guid_at, zeros=PAGE, edits=[])
    put("more_than_16_mib", "launch_ovmf", "bad_length", 1 << 24, zeros=(1 << 24) + PAGE, edits=[])
    edit("another_footer_guid", "unrecognized", guid_at, (guid_at + 15, b"\0"))
    for value in (0, 1, 17):
        edit(f"table_length_{value}", "bad_length", length, (length, struct.pack("<H", value)))
    for value in (PAGE - 31, PAGE, 0xFFFF):
        edit(f"table_length_{value}", "bad_length", length, (length, struct.pack("<H", value)))
    edit("table_of_its_footer_alone", "unsupported_format", guid_at, (length, struct.pack("<H", 18)))
    # Entries upwards from the footer: AP reset (22), other (26), hash table (26), metadata (22).
    ap, other, table, sev = length - 18, length - 40, length - 66, length - 92
    edit("table_with_17_bytes_more", "bad_length", length, (length, struct.pack("<H", 18 + 96 + 17)))
    edit("table_with_1_byte_less", "bad_length", sev, (length, struct.pack("<H", 18 + 96 - 1)))
    for name, at in (("ap_reset", ap), ("other", other), ("hash_table", table), ("metadata", sev)):
        for value in (0, 1, 17, 0xFFFF):
            edit(f"{name}_entry_length_{value}", "bad_length", at, (at, struct.pack("<H", value)))
    edit("metadata_entry_longer_than_the_table", "bad_length", sev, (sev, struct.pack("<H", 23)))
    eip, area, offset = struct.pack("<I", 0x0080B004), struct.pack("<II", 0x806C00, 0x400), struct.pack("<I", METADATA_AT)
    good = [entry(METADATA, offset), entry(HASH_TABLE, area), entry(AP_RESET, eip)]
    top = length - 18  # where the length of the entry before the footer stands
    for name, key, data in (("ap_reset", AP_RESET, eip), ("hash_table", HASH_TABLE, area), ("metadata", METADATA, offset)):
        rest = [each for each in good if each[-16:] != guid(key)]
        refuse(f"{name}_entry_one_byte_short", "bad_length", top, image(entries=[*rest, entry(key, data[1:])]))
        refuse(f"{name}_entry_one_byte_long", "bad_length", top, image(entries=[*rest, entry(key, data + b"\0")]))
        refuse(f"{name}_entry_without_data", "bad_length", top, image(entries=[*rest, entry(key, b"")]))
        refuse(f"{name}_entry_twice", "duplicate", top - 18 - len(data) + 2, image(entries=[*rest, entry(key, data), entry(key, data)]))
    refuse("no_metadata_entry", "unsupported_format", guid_at, image(entries=good[1:]))
    for value in (0, 1, 15, PAGE, PAGE + 1, 0x7FFFFFFF, 0xFFFFFFFF):
        edit(f"metadata_offset_{value}", "bad_length", sev - 4, (sev - 4, struct.pack("<I", value)))

    # The metadata.
    at = PAGE - METADATA_AT
    edit("metadata_magic", "bad_value", at, (at, b"asev"))
    for value in (0, 2, 0x01000000):
        edit(f"metadata_version_{value}", "unsupported_version", at + 8, (at + 8, struct.pack("<I", value)))
    for value in (65, 0x15555554, 0x15555556, 0xFFFFFFFF):
        edit(f"metadata_count_{value}", "bad_value", at + 12, (at + 12, struct.pack("<I", value)))
    for value in (5, 7, 0):
        edit(f"metadata_count_{value}", "bad_length", at + 4, (at + 12, struct.pack("<I", value)))
    for value in (0, 15, 16 + 71, 16 + 73, 16 + 84, 0xFFFFFFFF):
        edit(f"metadata_length_{value}", "bad_length", at + 4, (at + 4, struct.pack("<I", value)))
    late = image(entries=[entry(METADATA, struct.pack("<I", 16)), *good[1:]])
    refuse("metadata_go_beyond_the_image", "bad_length", PAGE - 12, (late[0], [*late[1], (PAGE - 16, struct.pack("<4sIII", b"ASEV", 28, 1, 1))]))

    def item(name, expect, number, field, *values):
        item_at = at + 16 + 12 * number
        edit(name, expect, item_at + 4 * field, (item_at, struct.pack("<III", *values)))

    for kind in (0, 5, 0xF, 0x11, 0x01000001, 0xFFFFFFFF):
        item(f"item_type_{kind}", "unsupported_format", 5, 2, 0x807000, 0x2000, kind)
    for address in (0x807001, 0x807800, 0x807FFF):
        item(f"item_address_{address:#x}", "bad_value", 5, 0, address, 0x1000, 1)
    for size in (0, 1, 0xFFF, 0x1001, 0x1800):
        item(f"item_size_{size:#x}", "bad_length", 5, 1, 0x807000, size, 1)
    item("item_wraps", "bad_length", 5, 1, 0xFFFFF000, 0x2000, 1)
    item("item_wraps_by_far", "bad_length", 5, 1, 0xFFFFF000, 0xFFFFF000, 1)
    item("item_is_the_image", "bad_value", 5, 0, 0xFFFFF000, 0x1000, 1)
    item("item_ends_in_the_image", "bad_value", 5, 0, 0xFFFFE000, 0x2000, 1)
    item("item_again", "bad_value", 5, 0, 0x800000, 0x3000, 1)
    item("item_around_another", "bad_value", 5, 0, 0x7FF000, 0x5000, 1)
    item("item_inside_another", "bad_value", 5, 0, 0x801000, 0x1000, 1)
    item("item_over_an_earlier_begin", "bad_value", 5, 0, 0x7FF000, 0x2000, 1)
    item("item_over_an_earlier_end", "bad_value", 5, 0, 0x806000, 0x1000, 1)
    item("item_around_all", "bad_value", 5, 0, 0, 0xFFFFF000, 1)

    # Launches.
    def launch(name, expect, offset, base, part="firmware_image", **changes):
        put(name, "launch_measurement", expect, offset, part, base=base, launch=changes)

    for vcpus in (0, 4097, 0xFFFFFFFF):
        launch(f"vcpus_{vcpus}", "bad_value", 0, "image_of_one_page", "launch", vcpus=vcpus)
    for features in (0, 0x20, 0xFFFFFFFFFFFFFFFE):
        launch(f"guest_features_{features:#x}", "bad_value", 2, "image_of_one_page", "launch", guest_features=features)
    launch("no_cpu_signature", "bad_value", 1, "image_of_one_page", "launch", cpu_signature=0)
    launch("kernel_without_kernel_hashes", "unsupported_format", 2 * PAGE - METADATA_AT, "image_without_kernel_hashes", kernel="k")
    launch("kernel_without_items", "unsupported_format", at, "image_without_items", kernel="k")
    launch("kernel_without_hash_table", "unsupported_format", at, "image_with_hashes_but_no_hash_table", kernel="k")
    launch("kernel_with_two_hash_pages", "bad_length", at + 16 + 48 + 4, "image_with_two_hash_pages", kernel="k")
    launch("kernel_with_small_hash_table", "bad_length", table - 4, "image_with_small_hash_table", kernel="k")
    launch("kernel_with_hash_table_over_the_edge", "bad_value", table - 8, "image_with_hash_table_over_the_edge", kernel="k")
    launch("kernel_with_hash_table_elsewhere", "bad_value", at + 16 + 48, "image_with_hash_table_elsewhere", kernel="k")
    launch("two_vcpus_without_ap_entry", "unsupported_format", at, "image_without_ap_entry", vcpus=2)
    return out


def content_of(vector):
    if "zeros" in vector:
        return apply(bytes(vector["zeros"]), vector["edits"])
    return apply(whole(IMAGES[vector["base"]]), vector.get("edits", []))


vectors = compact


def seeds():
    for vector in compact():
        if vector["kind"] == "launch_ovmf" and vector.get("zeros", 0) <= 65536:
            yield "launch_ovmf", vector["name"], content_of(vector)
