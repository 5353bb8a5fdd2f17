# SPDX-License-Identifier: Apache-2.0
"""Vectors for SEV-SNP: attestation reports, certificate tables, requests for derived keys, and the Azure paravisor's
reports. There is one reason to refuse per vector, and the vector is named after it.

compact() is what snp.json holds: {name, kind, expect, offset, part} with the input as hex, or as edits of the base of that
name; vectors() has every input whole, as hex. The inputs are laid out with struct, apart from the C++ code, and not signed
by anyone.
"""

import struct
import uuid

from tdx_vectors import add, apply, cut, run, td_report, u8, u32

VCEK = uuid.UUID("63da758d-e664-4564-adc5-f4b93be8accd")
VLEK = uuid.UUID("a8074bc2-a25a-483e-aae6-39c045a0b8a1")
ASK = uuid.UUID("4ab7b379-bbac-4fe4-a02f-05aef327c782")
UNKNOWN = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")


def u64(offset, value):
    return {"op": "set", "offset": offset, "hex": struct.pack("<Q", value).hex()}


def tcb(boot_loader, tee, snp, microcode):
    return struct.pack("BB4xBB", boot_loader, tee, snp, microcode)


def report(version):
    out = struct.pack("<IIQ16s16sII", version, 0x01020304, 0x3011F, run(0x11, 16), run(0x12, 16), 2, 1)
    out += tcb(5, 2, 0x1D, 0xDE) + struct.pack("<QI4x", 0x27, 3)
    out += run(0x13, 64) + run(0x14, 48) + run(0x15, 32) + run(0x16, 48) + run(0x17, 48) + run(0x18, 32) + run(0x19, 32)
    out += tcb(4, 0, 0x18, 0xDB) + (bytes([0x19, 0x01, 0x02]) if version >= 3 else bytes(3)) + bytes(21)
    out += run(0x1A, 64) + tcb(4, 1, 0x19, 0xDC)
    out += struct.pack("BBBxBBBx", 37, 58, 6, 29, 55, 5)  # build, minor, major
    out += tcb(4, 2, 0x1A, 0xDD)
    out += struct.pack("<QQ", 0x1B1C1D1E1F20210B, 0x2B2C2D2E2F30310F) if version >= 5 else bytes(16)
    out += bytes(152)
    assert len(out) == 0x2A0
    out += run(0x30, 48) + bytes(24) + run(0x31, 48) + bytes(24) + bytes(368)
    assert len(out) == 1184
    return out


def turin_report(version):
    """A report of a Turin host: 8 bytes of chip id, and TCB versions that begin with the FMC."""
    out = bytearray(report(version))
    for offset, snp in ((0x38, 7), (0x180, 4), (0x1E0, 5), (0x1F0, 6)):
        out[offset : offset + 8] = struct.pack("BBBB3xB", 1, 2, 3, snp, 0x51)
    out[0x1A8:0x1E0] = bytes(56)
    if version >= 3:
        out[0x188:0x18B] = bytes([0x1A, 0x02, 0x01])
    return bytes(out)


def table(*entries, size=0):
    """A table of (GUID bytes, data) with the data behind the list, one after the other, padded with zeros to size."""
    at = 24 * (len(entries) + 1)
    listed, data = b"", b""
    for guid, content in entries:
        listed += guid + struct.pack("<II", at + len(data), len(content))
        data += content
    return (listed + bytes(24) + data).ljust(size, b"\0")


def key_request(fields, vmpl, guest_svn):
    return struct.pack("<IIQII8s", 0, 0, fields, vmpl, guest_svn, tcb(4, 1, 0x19, 0xDC))


def hcl_report(version, report_type, hardware, hash_type, runtime):
    data = struct.pack("<IIIII", 20 + len(runtime), 1, report_type, hash_type, len(runtime)) + runtime
    out = b"HCLA" + struct.pack("<IIII12x", version, 0x20 + 0x4A0 + len(data), 2, 0) + hardware + data
    assert len(hardware) == 1184
    return out + bytes(40)


RUNTIME = b'{"keys":[],"vm-configuration":{"secure-boot":true},"user-data":"00"}'

BASES = {
    "report_v2": report(2),
    "report_v3": report(3),
    "report_v4": report(4),
    "report_v5": report(5),
    "report_v2_turin": turin_report(2),
    "report_v5_turin": turin_report(5),
    "table_empty": table(size=64),
    "table_vcek_ask": table((VCEK.bytes, run(1, 30)), (ASK.bytes, run(2, 40)), size=160),
    "table_vlek_mixed_endian": table((VLEK.bytes_le, run(3, 20))),
    "table_unknown_guid_first": table((UNKNOWN.bytes, b"hello"), (VCEK.bytes, run(1, 30))),
    "key_request_measurement_policy_tcb": key_request(0x29, 0, 0),
    "key_request_all_fields": key_request(0x3F, 3, 0x11223344),
    "hcl_snp_v1": hcl_report(1, 2, report(3), 1, RUNTIME),
    "hcl_tdx_v2": hcl_report(2, 4, td_report(1) + run(0x62, 160), 2, RUNTIME),
}

# The first word of a name says what it is.
KINDS = {"report": "snp_report", "table": "certificate_table", "key": "key_request", "hcl": "hcl_report"}
PARTS = {"snp_report": "report"}  # where it is not the kind
TARGETS = {"certificate_table": "snp_certificate_table", "key_request": "snp_key_request"}


def compact():
    out = {}

    def put(name, expect, offset, **input):
        kind = KINDS[name.split("_")[0]]
        assert name not in out, name
        out[name] = {"name": name, "kind": kind, "expect": expect, "offset": offset, "part": PARTS.get(kind, kind), **input}

    for name, data in BASES.items():
        put(name, "ok", 0, hex=data.hex())

    def edit(name, base, expect, offset, *edits):
        put(name, expect, offset, base=base, edits=list(edits))

    def ok(name, base, *edits):
        edit(name, base, "ok", 0, *edits)

    # Reports: size, version, algorithm.
    edit("report_empty", "report_v3", "truncated", 0, cut(0))
    edit("report_version_cut", "report_v3", "truncated", 3, cut(3))
    edit("report_v2_one_byte_short", "report_v2", "truncated", 1183, cut(1183))
    edit("report_v5_one_byte_short", "report_v5", "truncated", 1183, cut(1183))
    edit("report_v3_one_byte_long", "report_v3", "trailing_data", 1184, add(b"\0"))
    edit("report_v3_in_response_of_4000_bytes", "report_v3", "trailing_data", 1184, add(bytes(4000 - 32 - 1184)))
    for version in (0, 1, 6, 0x0200, 0x03000000, 0xFFFFFFFF):
        edit("report_version_0x%x" % version, "report_v3", "unsupported_version", 0, u32(0, version))
    for algorithm in (0, 2, 0x0100, 0x01000001):
        edit("report_signature_algo_0x%x" % algorithm, "report_v3", "unsupported_algorithm", 0x34, u32(0x34, algorithm))

    # Reports: the first and the last byte of every reserved range of each version.
    common = [(0x04C, 0x04F), (0x1EB, 0x1EB), (0x1EF, 0x1EF), (0x2D0, 0x2E7), (0x318, 0x32F), (0x330, 0x49F)]
    reserved = {
        "v2": [*common, (0x188, 0x19F), (0x1F8, 0x29F)],
        "v3": [*common, (0x18B, 0x19F), (0x1F8, 0x29F)],
        "v4": [*common, (0x18B, 0x19F), (0x1F8, 0x29F)],
        "v5": [*common, (0x18B, 0x19F), (0x208, 0x29F)],
    }
    for version, ranges in reserved.items():
        for at in sorted({at for ends in ranges for at in ends}):
            edit("report_%s_reserved_0x%03x" % (version, at), "report_" + version, "reserved_not_zero", at, u8(at, 0x80))
    edit("report_v2_with_cpuid", "report_v3", "reserved_not_zero", 0x188, u32(0, 2))
    edit("report_v4_with_launch_mitigations", "report_v5", "reserved_not_zero", 0x1F8, u32(0, 4))
    edit("report_v4_with_current_mitigations", "report_v4", "reserved_not_zero", 0x200, u8(0x200, 1))

    # Reports: what parses, and is for verification or appraisal to judge.
    ok("report_v5_without_mitigations", "report_v5", u64(0x1F8, 0), u64(0x200, 0))
    ok("report_v3_unknown_processor", "report_v3", u8(0x188, 0x1B))
    ok("report_v3_requested_by_host", "report_v3", u32(0x30, 0xFFFFFFFF))
    ok("report_v3_not_signed", "report_v3", u32(0x48, 7 << 2), {"op": "set", "offset": 0x2A0, "hex": bytes(144).hex()})
    ok("report_v3_signed_by_vlek", "report_v3", u32(0x48, 1 << 2))
    ok("report_v3_all_policy_bits", "report_v3", u64(8, 0xFFFFFFFFFFFFFFFF))
    ok("report_v3_unknown_platform_info", "report_v3", u64(0x40, 0xFFFFFFFFFFFFFF00))
    ok("report_v2_masked_chip_id", "report_v2", {"op": "set", "offset": 0x1A0, "hex": bytes(64).hex()})

    # Certificate tables. In table_vcek_ask the list ends at 72, and the data are at 72 (30 bytes) and 102 (40 bytes).
    both = "table_vcek_ask"
    edit("table_no_bytes", both, "truncated", 0, cut(0))
    edit("table_without_terminator", both, "truncated", 48, cut(48))
    edit("table_terminator_one_byte_short", both, "truncated", 71, cut(71))
    edit("table_guid_of_terminator_not_zero", "table_empty", "truncated", 64, u8(15, 1), u8(24, 1), u8(48, 1))
    edit("table_offset_0", both, "bad_length", 16, u32(16, 0))
    edit("table_offset_in_list", both, "bad_length", 16, u32(16, 71))
    edit("table_offset_beyond_end", both, "bad_length", 24 + 16, u32(24 + 16, 161))
    edit("table_offset_huge", both, "bad_length", 16, u32(16, 0xFFFFFFFF))
    edit("table_length_beyond_end", both, "bad_length", 20, u32(20, 160 - 72 + 1))
    edit("table_length_huge", both, "bad_length", 24 + 20, u32(24 + 20, 0xFFFFFFFF))
    edit("table_offset_and_length_wrap_in_32_bits", both, "bad_length", 20, u32(20, 0x100000000 - 72))
    edit("table_data_cut", both, "bad_length", 24 + 20, cut(102 + 39))
    again = {"op": "set", "offset": 24, "hex": VCEK.bytes.hex()}
    edit("table_duplicate", both, "duplicate", 24, again)
    edit("table_duplicate_in_other_byte_order", both, "duplicate", 24, {**again, "hex": VCEK.bytes_le.hex()})
    many = table(*((bytes([0xF0, n]) + bytes(14), b"") for n in range(64)))
    ok("table_of_64_entries", "table_empty", cut(0), add(many))
    many = table(*((bytes([0xF0, n]) + bytes(14), b"") for n in range(65)))
    edit("table_of_65_entries", "table_empty", "bad_length", 64 * 24, cut(0), add(many))
    ok("table_empty_entry_at_end", both, u32(16, 160), u32(20, 0))
    ok("table_overlapping_entries", both, u32(24 + 16, 72))
    ok("table_padding_not_zero", both, u8(159, 1))
    ok("table_terminator_with_offset", both, u32(48 + 16, 0xFFFFFFFF))

    # Requests for derived keys.
    key = "key_request_measurement_policy_tcb"
    ok("key_request_vmrk", key, u32(0, 1))
    ok("key_request_key_sel_vcek", key, u32(0, 1 << 1))
    ok("key_request_key_sel_vlek", key, u32(0, 2 << 1))
    edit("key_request_key_sel_3", key, "bad_value", 0, u32(0, 3 << 1))
    edit("key_request_key_sel_vcek_beside_vmrk", key, "bad_value", 0, u32(0, 1 << 1 | 1))
    edit("key_request_key_sel_vlek_beside_vmrk", key, "bad_value", 0, u32(0, 2 << 1 | 1))
    edit("key_request_root_key_select_bit_3", key, "reserved_not_zero", 0, u32(0, 8))
    edit("key_request_root_key_select_bit_31", key, "reserved_not_zero", 0, u32(0, 0x80000000))
    edit("key_request_reserved_4", key, "reserved_not_zero", 4, u8(4, 1))
    edit("key_request_reserved_7", key, "reserved_not_zero", 7, u8(7, 1))
    edit("key_request_launch_mit_vector_without_one", key, "truncated", 32, u64(8, 0x69))
    ok("key_request_launch_mit_vector", key, u64(8, 0x69), add(bytes(range(8))))
    edit("key_request_launch_mit_vector_not_selected", key, "trailing_data", 32, add(bytes(8)))
    edit("key_request_launch_mit_vector_one_byte_short", key, "truncated", 39, u64(8, 0x69), add(bytes(7)))
    edit("key_request_launch_mit_vector_one_byte_long", key, "trailing_data", 40, u64(8, 0x69), add(bytes(9)))
    edit("key_request_one_byte_short", key, "truncated", 31, cut(31))
    edit("key_request_one_byte_long", key, "trailing_data", 32, add(b"\0"))
    edit("key_request_field_7", key, "reserved_not_zero", 8, u64(8, 0xA9))
    edit("key_request_field_63", key, "reserved_not_zero", 8, u64(8, 1 << 63))
    edit("key_request_vmpl_4", key, "bad_value", 16, u32(16, 4))
    edit("key_request_vmpl_of_host", key, "bad_value", 16, u32(16, 0xFFFFFFFF))

    # HCL reports. The runtime data begin at 0x4D4, and 40 zero bytes follow them.
    snp, end = "hcl_snp_v1", 0x4D4 + len(RUNTIME)
    size = end + 40
    edit("hcl_empty", snp, "truncated", 0, cut(0))
    edit("hcl_header_cut", snp, "truncated", 7, cut(7))
    edit("hcl_hardware_report_cut", snp, "truncated", 0x4BF, cut(0x4BF))
    edit("hcl_data_header_one_byte_short", snp, "truncated", 0x4D3, cut(0x4D3))
    edit("hcl_signature_last_byte", snp, "bad_value", 0, u8(3, 0x42))
    edit("hcl_version_0", snp, "unsupported_version", 4, u32(4, 0))
    edit("hcl_version_3", snp, "unsupported_version", 4, u32(4, 3))
    edit("hcl_request_type_1", snp, "bad_value", 0x0C, u32(0x0C, 1))
    edit("hcl_data_version_2", snp, "unsupported_version", 0x4C4, u32(0x4C4, 2))
    edit("hcl_report_type_3", snp, "unsupported_format", 0x4C8, u32(0x4C8, 3))
    edit("hcl_hash_type_0", snp, "unsupported_algorithm", 0x4CC, u32(0x4CC, 0))
    edit("hcl_hash_type_4", snp, "unsupported_algorithm", 0x4CC, u32(0x4CC, 4))
    edit("hcl_report_size_one_more", snp, "bad_length", 0x08, u32(0x08, end + 1))
    edit("hcl_data_size_one_less", snp, "bad_length", 0x4C0, u32(0x4C0, 20 + len(RUNTIME) - 1))
    edit("hcl_data_size_huge", snp, "bad_length", 0x4C0, u32(0x4C0, 0xFFFFFFFF))
    edit("hcl_variable_data_size_leaves_the_blob", snp, "bad_length", 0x4D0,
         u32(0x08, size + 1), u32(0x4C0, 20 + size + 1 - 0x4D4), u32(0x4D0, size + 1 - 0x4D4))
    edit("hcl_variable_data_size_wraps_data_size", snp, "bad_length", 0x4D0, u32(0x4C0, 19), u32(0x4D0, 0xFFFFFFFF))
    edit("hcl_variable_data_size_one_less", snp, "bad_length", 0x4C0, u32(0x4D0, len(RUNTIME) - 1))
    edit("hcl_runtime_data_one_byte_short", snp, "bad_length", 0x4D0, cut(end - 1))
    edit("hcl_byte_behind_runtime_data", snp, "reserved_not_zero", end, u8(end, 1))
    edit("hcl_last_byte_of_blob", snp, "reserved_not_zero", size - 1, u8(size - 1, 0x20))
    ok("hcl_nothing_behind_runtime_data", snp, cut(end))
    ok("hcl_runtime_data_empty", snp, u32(0x08, 0x4D4), u32(0x4C0, 20), u32(0x4D0, 0), cut(0x4D4))
    ok("hcl_hash_type_sha512", snp, u32(0x4CC, 3))
    ok("hcl_status_and_reserved_may_be_anything", snp, {"op": "set", "offset": 0x10, "hex": run(0xC0, 16).hex()})

    return list(out.values())


def vectors():
    for vector in compact():
        data = bytes.fromhex(vector["hex"]) if "hex" in vector else apply(BASES[vector["base"]], vector["edits"])
        yield {**{k: v for k, v in vector.items() if k not in ("base", "edits")}, "hex": data.hex()}


def seeds():
    """(fuzz target, file name, bytes) for every vector."""
    for vector in vectors():
        yield TARGETS.get(vector["kind"], vector["kind"]), vector["name"], bytes.fromhex(vector["hex"])
