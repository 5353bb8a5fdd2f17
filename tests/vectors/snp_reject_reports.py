# SPDX-License-Identifier: Apache-2.0
"""Refused for the report itself or by the appraisal policy; and what is accepted."""

from forge import octets, set_bytes
from snp_reject_set import CHIP, COMPONENTS, PROVIDER, ark, revocation_list, tcb, vek, vek_values
from snp_vectors import ASK, VCEK, VLEK, add, cut, run, table, u8, u32, u64

ORDER = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973


def reports(s):
    """The report by itself: signature, reserved bytes, fields that contradict each other."""
    for word, at in (("r", 0x2A0), ("s", 0x2E8)):
        for value, what in ((0, "zero"), (ORDER, "is_order"), (ORDER + 1, "above_order"), (2**384 - 1, "all_ones")):
            s.refuse(f"signature_{word}_{what}", "bad_value", "report", at, sign=False, edits=[set_bytes(at, value.to_bytes(48, "little"))])
        s.refuse(f"signature_{word}_49_bytes", "reserved_not_zero", "report", at + 48, sign=False, edits=[u8(at + 48, 1)])
        s.refuse(f"signature_{word}_72_bytes", "reserved_not_zero", "report", at + 71, sign=False, edits=[u8(at + 71, 0x80)])
    whole = s.bytes["report_milan_v3"]
    r, sig = whole[0x2A0:0x2D0], whole[0x2E8:0x318]
    bad = {"part": "report", "offset": 0x2A0, "errc": "signature_invalid", "sign": False}
    s.refuse("signature_of_another_report", **bad, edits=[set_bytes(0x2A0, s.bytes["report_milan_v5"][0x2A0:0x330])])
    s.refuse("signature_big_endian", **bad, edits=[set_bytes(0x2A0, r[::-1]), set_bytes(0x2E8, sig[::-1])])
    s.refuse("signature_r_and_s_swapped", **bad, edits=[set_bytes(0x2A0, sig), set_bytes(0x2E8, r)])
    s.refuse("measurement_tampered", **bad, edits=[u8(0x90, 0x15)])
    s.refuse("report_data_tampered", **bad, edits=[u8(0x8F, 0)])
    s.refuse("policy_tampered", **bad, report="milan_v2", edits=[u64(8, 0x3001F)])
    for at in (0x330, 0x49F):
        s.refuse(f"unsigned_tail_byte_0x{at:03x}", "reserved_not_zero", "report", at, sign=False, edits=[u8(at, 1)])
    s.refuse("report_one_byte_short", "truncated", "report", 1183, sign=False, edits=[cut(1183)])
    s.refuse("report_one_byte_long", "trailing_data", "report", 1184, sign=False, edits=[add(b"\0")])
    for version, ends in ((2, (0x188, 0x19F, 0x1F8, 0x29F)), (3, (0x18B, 0x1F8)), (4, (0x18B, 0x1F8, 0x29F)), (5, (0x18B, 0x208, 0x29F))):
        for at in ends:
            s.refuse(f"v{version}_reserved_0x{at:03x}", "reserved_not_zero", "report", at, report=f"milan_v{version}", edits=[u8(at, 1)])
    for at in (0x4C, 0x4F, 0x1EB, 0x1EF):
        s.refuse(f"reserved_0x{at:03x}", "reserved_not_zero", "report", at, edits=[u8(at, 1)])
    for version in (0, 1, 6, 0xFFFFFFFF):
        s.refuse(f"version_0x{version:x}", "unsupported_version", "report", edits=[u32(0, version)])
    for algorithm in (0, 2):
        s.refuse(f"signature_algorithm_{algorithm}", "unsupported_algorithm", "report", 0x34, edits=[u32(0x34, algorithm)])
    for word, errc, value in (("reserved_bit", "reserved_not_zero", 0x20), ("last_reserved_bit", "reserved_not_zero", 1 << 31),
                              ("signing_key_2", "bad_value", 2 << 2), ("signing_key_6", "bad_value", 6 << 2),
                              ("signing_key_none", "unsigned_evidence", 7 << 2), ("mask_chip_key_on_vcek_report", "bad_value", 2)):
        s.refuse(f"key_info_{word}", errc, "report", 0x48, edits=[u32(0x48, value)])
    s.refuse("policy_bit_17_clear", "bad_value", "report", 8, edits=[u64(8, 0x1011F)])
    for bit in (26, 63):
        s.refuse(f"policy_bit_{bit}_set", "reserved_not_zero", "report", 8, edits=[u64(8, 0x3011F | 1 << bit)])
    s.refuse("vmpl_4", "bad_value", "report", 0x30, edits=[u32(0x30, 4)])
    s.refuse("vmpl_of_host", "host_requested", "report", 0x30, edits=[u32(0x30, 0xFFFFFFFF)])
    s.refuse("author_key_disabled_with_digest", "bad_value", "report", 0x110, edits=[set_bytes(0x110, run(0x17, 48))])
    s.refuse("author_key_enabled_without_digest", "bad_value", "report", 0x110, edits=[u32(0x48, 1)])
    for component, at in COMPONENTS["Milan"].items():
        reported = tcb("Milan")[at]
        s.refuse(f"reported_above_committed_{component}", "tcb_order", "report", 0x180, edits=[u8(0x1E0 + at, reported - 1)])
        s.refuse(f"committed_above_current_{component}", "tcb_order", "report", 0x1E0, edits=[u8(0x1E0 + at, reported + 2)])
        s.refuse(f"launch_above_current_{component}", "tcb_order", "report", 0x1F0, edits=[u8(0x1F0 + at, reported + 2)])
    for word, at, value in (("build", 0x1EC, 41), ("minor", 0x1ED, 56), ("major", 0x1EE, 2)):
        s.refuse(f"committed_version_above_current_{word}", "tcb_order", "report", 0x1EC, edits=[u8(at, value)])


def appraisal(s):
    """Genuine, and not what is wanted: the first check that is not met."""
    def policy(name, check, bit, *options, **how):
        s.unmet(name, check, *options, edits=[u64(8, 0x3011F | 1 << bit)], **how)

    agent = set_bytes(0x160, run(0x19, 32))
    policy("debug_on", "debug", 19)
    policy("debug_on_v2", "debug", 19, report="milan_v2")
    policy("migration_allowed", "policy_migrate_ma", 18)
    policy("cxl_allowed", "policy_cxl_allow", 21)
    s.unmet("smt_allowed_where_forbidden", "policy_smt", "--forbid-smt")
    s.unmet("migration_agent_present", "migration_agent", edits=[agent])
    s.unmet("migration_agent_all_zero", "migration_agent", edits=[set_bytes(0x160, bytes(32))])
    s.unmet("migration_agent_of_another_id", "migration_agent", "--allow-migration", "--report-id-ma", run(0x20, 32).hex(), edits=[agent])
    for bit in ("single_socket", "mem_aes_256_xts", "rapl_dis", "ciphertext_hiding_dram", "page_swap_disable"):
        s.unmet(f"policy_{bit}_wanted", f"policy_{bit}", "--require-policy", bit)
    s.unmet("policy_abi_minor_too_low", "policy_abi", "--min-abi", "1.32")
    s.unmet("policy_abi_major_too_low", "policy_abi", "--min-abi", "2.0")
    one = [u32(0x30, 1)]
    s.unmet("vmpl_1_where_0_is_wanted", "vmpl", "--vmpl", 0, edits=one)
    s.unmet("vmpl_0_where_1_is_wanted", "vmpl", "--vmpl", 1)
    s.unmet("vmpl_1_above_largest", "vmpl", "--max-vmpl", 0, edits=one)
    for word, option, at, size in (("report_data", "report-data", 0x50, 64), ("measurement", "measurement", 0x90, 48),
                                   ("host_data", "host-data", 0xC0, 32), ("family_id", "family-id", 0x10, 16),
                                   ("image_id", "image-id", 0x20, 16), ("report_id", "report-id", 0x140, 32),
                                   ("chip_id", "chip-id", 0x1A0, 64)):
        own = s.bytes["report_milan_v3"][at : at + size]
        s.unmet(f"{word}_of_another", word, f"--{option}", (own[:-1] + bytes([own[-1] ^ 1])).hex())
        s.unmet(f"{word}_zero_wanted", word, f"--{option}", bytes(size).hex())
    s.unmet("measurement_not_in_list", "measurement", "--measurement", run(1, 48).hex(), "--measurement", run(2, 48).hex())
    s.unmet("chip_id_not_in_list", "chip_id", "--chip-id", run(1, 64).hex(), "--chip-id", run(2, 64).hex())
    s.unmet("chip_id_masked_where_one_is_wanted", "chip_id", "--allow-masked-chip-id", "--chip-id", CHIP["Milan"].hex(),
            edits=[set_bytes(0x1A0, bytes(64))])
    for product, report in (("Milan", "milan_v3"), ("Turin", "turin_v5")):
        low = product.lower()
        for component, at in COMPONENTS[product].items():
            above = f"{low}:{component}={tcb(product)[at] + 1}"
            s.unmet(f"{low}_minimum_tcb_{component}_one_above", "minimum_tcb", "--min-tcb", above, report=report)
            s.unmet(f"{low}_minimum_launch_tcb_{component}_one_above", "minimum_launch_tcb", "--min-launch-tcb", above, report=report)
    s.unmet("minimum_tcb_of_another_product", "minimum_tcb", "--min-tcb", "genoa:snp=0")
    s.unmet("minimum_launch_tcb_of_another_product", "minimum_launch_tcb", "--min-launch-tcb", "turin:fmc=0")
    s.unmet("guest_svn_too_low", "guest_svn", "--min-guest-svn", 3)
    s.unmet("vlek_where_vcek_is_wanted", "signing_key", "--signer", "vcek", report="milan_v3_vlek")
    s.unmet("vcek_where_vlek_is_wanted", "signing_key", "--signer", "vlek")
    s.unmet("provider_not_in_list", "csp_id", "--csp-id", "CN=cc-us-east-1.amazonaws.com", "--csp-id", "CN=cc", report="milan_v3_vlek")
    s.unmet("provider_wanted_of_a_vcek", "csp_id", "--csp-id", PROVIDER)
    s.unmet("provisional_tcb", "provisional_firmware", "--refuse-provisional", edits=[u8(0x3E, 26)])
    s.unmet("provisional_version", "provisional_firmware", "--refuse-provisional", edits=[u8(0x1E8, 41)])
    for word, least in (("build", "1.55.41"), ("minor", "1.56.0"), ("major", "2.0.0")):
        s.unmet(f"firmware_{word}_too_low", "firmware_version", "--min-firmware", least)
    s.unmet("firmware_of_current_is_not_committed", "firmware_version", "--min-firmware", "1.55.41", edits=[u8(0x1E8, 41)])
    for word, mask in (("launch", "0x1b"), ("current", "0x1f")):
        s.unmet(f"{word}_mitigation_missing", f"{word}_mitigations", f"--{word}-mitigations", mask, report="milan_v5")
        s.unmet(f"{word}_mitigations_unknown", f"{word}_mitigations", f"--{word}-mitigations", "0x1")
    author = [u32(0x48, 1), set_bytes(0x110, run(0x17, 48))]
    s.unmet("id_key_not_in_list", "id_block", "--id-key", run(1, 48).hex(), "--id-key", run(2, 48).hex())
    s.unmet("id_key_wanted_and_no_id_block", "id_block", "--id-key", run(0x16, 48).hex(), edits=[set_bytes(0xE0, bytes(48))])
    s.unmet("author_key_wanted_and_absent", "author_key", "--author-key", run(0x17, 48).hex())
    s.unmet("author_key_zero_wanted_and_absent", "author_key", "--author-key", bytes(48).hex())
    s.unmet("author_key_not_in_list", "author_key", "--author-key", run(1, 48).hex(), edits=author)
    s.unmet("alias_check_not_complete", "platform_required", "--require-platform", "alias_check_complete", edits=[u64(0x40, 5)])
    s.unmet("tio_not_enabled", "platform_required", "--require-platform", "ecc_en,tio_en")
    s.unmet("smt_enabled_where_forbidden", "platform_forbidden", "--forbid-platform", "smt_en")
    s.unmet("platform_bit_unknown", "platform_unknown", "--refuse-unknown-platform", edits=[u64(0x40, 0x125)])
    s.unmet("product_not_in_list", "product", "--product", "genoa", "--product", "turin")


def good(s):
    """What a correct verifier accepts."""
    def accept(name, *options, **how):
        s.put(f"accepted_{name}", "ok", options=options, **how)

    for report in s.chains:
        accept(report, report=report)
        accept(f"{report}_signed_again", report=report, edits=[set_bytes(0x50, run(0x77, 64))])
    current = [revocation_list(0x20001, 0x0)]  # every VEK has the serial number 0
    accept("with_crl", "--require-crl", more=current)
    accept("vlek_with_crl", "--require-crl", more=current, report="milan_v3_vlek")
    accept("with_crl_of_another_root_beside", more=[revocation_list(0x10001, product="Genoa")])
    accept("with_crl_at_its_next_update", "--require-crl", more=[revocation_list(end="2026-03-01T00:00:00Z")])
    accept("with_stale_crl", "--require-crl", "--allow-stale-crl", more=[revocation_list(end="2026-02-28T23:59:59Z")])
    accept("first_second", at="2025-06-01T00:00:00Z")
    accept("last_second", at="2032-06-01T00:00:00Z")
    accept("root_among_endorsements", root=True)
    accept("forged_root_beside", more=[ark(key="attacker")])
    accept("in_certificate_table", intermediate=None,
           vek=table((VCEK.bytes, s.bytes["vcek_milan"]), (ASK.bytes_le, s.bytes["ask_milan"]), size=4096))
    accept("vlek_in_certificate_table", report="milan_v3_vlek", vek=table((VLEK.bytes, s.bytes["vlek_milan"]), size=4096))
    accept("hwid_in_octet_string", vek=vek(values=vek_values(changed={"4": octets(CHIP["Milan"])})))
    accept("masked_chip_id", "--allow-masked-chip-id", edits=[set_bytes(0x1A0, bytes(64))])
    accept("vlek_of_provider", "--signer", "vlek", "--csp-id", "CN=other", "--csp-id", PROVIDER, report="milan_v3_vlek")
    accept("vlek_under_mask_chip_key", report="milan_v3_vlek", edits=[u32(0x48, 6)])
    accept("author_key", "--author-key", run(1, 48).hex(), "--author-key", run(0x17, 48).hex(),
           edits=[u32(0x48, 1), set_bytes(0x110, run(0x17, 48))])
    accept("debug", "--allow-debug", edits=[u64(8, 0xB011F)])
    accept("migration", "--allow-migration", "--report-id-ma", run(0x19, 32).hex(), edits=[u64(8, 0x7011F), set_bytes(0x160, run(0x19, 32))])
    accept("cxl", "--allow-cxl", edits=[u64(8, 0x23011F)])
    accept("provisional", edits=[u8(0x3E, 26), u8(0x1E8, 41)])
    accept("unknown_platform_bit", edits=[u64(0x40, 0x125)])
    accept("turin_demands", "--min-tcb", "milan:snp=255", "--min-tcb", "turin:fmc=1,boot_loader=2,tee=3,snp=4,microcode=81",
           "--min-launch-tcb", "turin:fmc=1,microcode=81", "--product", "turin", "--chip-id", CHIP["Turin"].ljust(64, b"\0").hex(),
           report="turin_v5")
    bits_wanted = "single_socket,mem_aes_256_xts,rapl_dis,ciphertext_hiding_dram,page_swap_disable"
    accept("every_demand", "--report-data", run(0x13, 64).hex(), "--measurement", run(1, 48).hex(), "--measurement", run(0x14, 48).hex(),
           "--min-tcb", "milan:boot_loader=4,tee=2,snp=24,microcode=219", "--min-launch-tcb", "milan:boot_loader=4,tee=2,snp=24,microcode=219",
           "--forbid-smt", "--require-policy", bits_wanted, "--min-abi", "1.31", "--vmpl", 0, "--host-data", run(0x15, 32).hex(),
           "--family-id", run(0x11, 16).hex(), "--image-id", run(0x12, 16).hex(), "--min-guest-svn", 2, "--report-id", run(0x18, 32).hex(),
           "--chip-id", run(1, 64).hex(), "--chip-id", CHIP["Milan"].hex(), "--signer", "vcek", "--refuse-provisional",
           "--min-firmware", "1.55.40", "--launch-mitigations", "0x0b", "--current-mitigations", "0x0f", "--id-key", run(0x16, 48).hex(),
           "--require-platform", "ecc_en,alias_check_complete", "--forbid-platform", "smt_en,tio_en", "--refuse-unknown-platform",
           "--product", "milan", "--require-crl", report="milan_v5", more=current,
           edits=[u64(8, 0x3D2011F), u64(0x40, 0x24)])
    accept("largest_vmpl", "--max-vmpl", 1, edits=[u32(0x30, 1)])
