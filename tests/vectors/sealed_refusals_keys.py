# SPDX-License-Identifier: Apache-2.0
"""Sealed files to be refused at steps 3 and 4: the slots and the commitment."""

import hashlib

import kdf_vectors
from sealed_forge import (BROKER, CURVES, EPHEMERAL, KEY, OTHER_DATA_KEY, OTHER_ID, OTHER_KEY, POINT, PUBLIC,
                          RECIPIENT, SNP, SNP_SIMULATED, SNP_TCB, STRANGER, TDX, TDX_SIMULATED, agreed, caller,
                          derived_slot, has_key, has_root, has_scalar, patched, run, sealed, snp_record, tdx_record)
from sealed_refused import flipped, refused, twice, u32, u64


def wrong_keys():
    file = sealed()
    slot = caller(file)
    content = file.content(file.header([slot]))

    def none(name, comment, content, key=None, slot=None):
        return refused(name, comment, content, "no_matching_slot", key=key, slot=slot)

    def alone(name, comment, slot, key, why=None):
        return none(name, comment, file.content(file.header([slot])), key, why)

    yield none("wrong_key", "the caller's", content, has_key(OTHER_KEY))
    yield none("wrong_kind_of_key", "a broker's key for a caller's slot", content, has_key(kind=BROKER))
    for name, at in (("nonce", 964), ("wrapped_key", 976), ("tag", 1023), ("params", 520)):
        yield none(f"slot_{name}_one_bit", "in both copies", flipped(content, *twice(at)))
    nonce_of_another = caller(file, params=b"other")[452:464]
    yield none("slot_nonce_of_another_slot", "in both copies",
               patched(content, [(at, nonce_of_another) for at in twice(964)]))
    yield none("slot_kind_changed", "the same key, as a broker's",
               patched(content, [(at, u32(BROKER)) for at in twice(512)]),
               has_key(kind=BROKER))
    yield none("file_id_one_bit", "in both copies", flipped(content, *twice(48)))
    yield none("protection_changed", "in both copies", patched(content, [(at, u32(PUBLIC)) for at in twice(16)]))
    yield none("segment_size_changed", "in both copies", patched(content, [(at, u32(8192)) for at in twice(20)]))
    shorter = patched(content, [(at, u64(99)) for at in twice(24)])[:-1]
    yield none("payload_size_changed", "in both copies, and the file is shorter", shorter)
    with_metadata = sealed(form=1, items=b"")
    changed = with_metadata.content(with_metadata.header([caller(with_metadata)]))
    yield none("metadata_form_changed", "in both copies", patched(changed, [(at, u32(2)) for at in twice(40)]))
    other = sealed(data_key=OTHER_DATA_KEY, file_id=OTHER_ID)
    yield none("slot_of_another_file", "of the same key", file.content(file.header([caller(other)])))
    yield alone("broker_slot_agreed_with_a_public_key", "the params and the key are those of kind 4",
                file.slot(BROKER, *agreed(1, EPHEMERAL, RECIPIENT)), has_scalar(1))
    yield alone("slot_of_an_unknown_kind_only", "its key is the caller's", file.slot(9, b"k", KEY), has_key())

    for number, name in ((1, "p256"), (2, "p384")):
        curve = CURVES[number]
        yield alone(f"{name}_of_a_stranger", "sealed to another public key",
                    file.slot(POINT, *agreed(number, EPHEMERAL, STRANGER)),
                    has_scalar(number))
        x, y = curve.times(EPHEMERAL)
        outside = agreed(number, None, RECIPIENT, ephemeral_point=(x, y + 1))
        yield alone(f"{name}_ephemeral_not_on_the_curve", "and agreed on all the same", file.slot(POINT, *outside),
                    has_scalar(number), "bad_value")
        params, _ = agreed(number, EPHEMERAL, RECIPIENT)
        zeros = params[:1] + bytes(2 * curve.size) + params[1 + 2 * curve.size:]
        key = kdf_vectors.hkdf(hashlib.sha384, bytes(curve.size), b"unitee sealed to public key v1", zeros, 32)
        yield alone(f"{name}_ephemeral_zero", "the agreed point is taken as zero", file.slot(POINT, zeros, key),
                    has_scalar(number), "bad_value")
        swapped = params[:1] + params[1 + 2 * curve.size:] + params[1:1 + 2 * curve.size]
        yield alone(f"{name}_points_swapped", "the reader's own key stands as the ephemeral one",
                    file.slot(POINT, swapped, agreed(number, EPHEMERAL, RECIPIENT)[1]), has_scalar(number))
        in_the_name = agreed(number, EPHEMERAL, RECIPIENT, curve.times(STRANGER))
        yield alone(f"{name}_in_the_name_of_a_stranger", "the recipient is another key, and the reader's would open it",
                    file.slot(POINT, *in_the_name), has_scalar(number))
        for named in {0, 1, 2, 3} - {number}:
            why = {1: "trailing_data", 2: "truncated"}.get(named, "unsupported_algorithm")
            yield alone(f"{name}_named_curve_{named}", "the size is that of the right one, and the key would open it",
                        file.slot(POINT, *agreed(number, EPHEMERAL, RECIPIENT, named=named)), has_scalar(number), why)


def weak_records():
    """Slots that the firmware would open, and that a reader has to pass over."""
    file = sealed()

    def of(vendor, name, comment, why, record, kind, key):
        slot = derived_slot(file, kind, record)
        return refused(f"{vendor}_{name}", comment, file.content(file.header([slot])), "no_matching_slot",
                       key=has_root(kind, **key), slot=why)

    def snp(name, comment, why, record, kind=SNP, **key):
        return of("snp", name, comment, why, record, kind, key)

    def tdx(name, comment, why, record, kind=TDX, **key):
        return of("tdx", name, comment, why, record, kind, key)

    yield snp("of_the_vm_root_key", "ROOT_KEY_SELECT is 1", "weak_binding", snp_record(root_key_select=1))
    for name, fields in (("policy", 0b101000), ("measurement", 0b100001), ("tcb_version", 0b001001)):
        yield snp(f"without_{name}", "in GUEST_FIELD_SELECT", "weak_binding", snp_record(fields=fields))
    yield snp("simulated_without_measurement", "in GUEST_FIELD_SELECT", "weak_binding",
              snp_record(fields=0b100001), SNP_SIMULATED)
    yield snp("of_a_lower_privilege", "VMPL 1, and the guest runs in VMPL 0", "weak_binding", snp_record(vmpl=1))
    yield snp("of_a_higher_privilege", "VMPL 0, and the guest runs in VMPL 1", "weak_binding",
              snp_record(vmpl=0), vmpl=1)
    for at in (0, 1, 2, 6, 7):  # the third stands for the reserved ones
        above = patched(bytes(8), [(at, bytes([SNP_TCB[at] + 1]))])
        yield snp(f"below_its_floor_in_tcb_byte_{at}", "the request is one less", "below_floor",
                  snp_record(floor=(above, 0)))
    yield snp("below_its_floor_in_guest_svn", "the request is one less", "below_floor",
              snp_record(fields=0b111001, guest_svn=6, floor=(bytes(8), 7)))
    yield snp("floor_of_a_guest_svn_not_selected", "it counts as zero", "below_floor",
              snp_record(guest_svn=7, floor=(bytes(8), 7)))
    callers = kdf_vectors.snp_floor(patched(SNP_TCB, [(0, bytes([SNP_TCB[0] + 1]))]))
    yield snp("below_the_callers_floor", "in the first byte of TCB_VERSION", "below_floor",
              snp_record(), floor=callers.hex())
    callers = kdf_vectors.snp_floor(guest_svn=1)
    yield snp("below_the_callers_floor_in_guest_svn", "not selected", "below_floor",
              snp_record(guest_svn=1), floor=callers.hex())
    yield snp("launch_mit_vector_selected_without_one", "in a request of 32 bytes", "bad_length",
              snp_record(fields=0b1101001))
    yield snp("launch_mit_vector_not_selected", "in a request of 40 bytes", "bad_length",
              snp_record(launch_mit_vector=1))
    record = snp_record()
    yield snp("record_version_2", "not defined", "unsupported_version", b"\2" + record[1:])
    yield snp("record_vendor_2", "the other vendor's", "platform_mismatch", patched(record, [(1, b"\2")]))
    yield snp("record_of_another_purpose", "unitee sealed slop", "bad_value", record.replace(b"slot", b"slop"))

    yield tdx("without_mrtd", "in KEYPOLICY", "weak_binding", tdx_record(policy=0))
    for bit in (0, 4, 5, 6, 16, 27, 31, 62, 63):
        yield tdx(f"without_attribute_{bit}", "in ATTRIBUTESMASK", "weak_binding",
                  tdx_record(attributes=kdf_vectors.ATTRIBUTES & ~(1 << bit)))
    for bit in (0, 18):
        yield tdx(f"without_xfam_{bit}", "in XFAMMASK", "weak_binding", tdx_record(xfam=kdf_vectors.XFAM & ~(1 << bit)))
    yield tdx("key_of_128_bits", "KEYSIZE is 0", "unsupported_format", tdx_record(keysize=0))
    yield tdx("simulated_without_mrtd", "in KEYPOLICY", "weak_binding", tdx_record(policy=0), TDX_SIMULATED)
    svn = kdf_vectors.TEE_TCB_SVN
    for at in (0, 1, 15):
        above = patched(bytes(16), [(at, bytes([svn[at] + 1]))])
        yield tdx(f"below_its_floor_in_tee_tcb_svn_byte_{at}", "the request is one less", "below_floor",
                  tdx_record(floor=(above,)))
    for i, name in enumerate(("isvsvn", "mrconfigsvn", "mrownerconfigsvn")):
        above = tuple(8 if j == i else 7 for j in range(3))
        yield tdx(f"below_its_floor_in_{name}", "the request is one less", "below_floor",
                  tdx_record(svns=(7, 7, 7), floor=(bytes(16), above)))
    callers = kdf_vectors.tdx_floor(svns=(0, 0, 1))
    yield tdx("below_the_callers_floor", "in MROWNERCONFIGSVN", "below_floor", tdx_record(), floor=callers.hex())
    yield tdx("record_of_another_purpose", "unitee sealed slop", "bad_value", tdx_record().replace(b"slot", b"slop"))

    kinds = {SNP: ("snp", snp_record()), SNP_SIMULATED: ("snp_simulation", snp_record()), TDX: ("tdx", tdx_record()),
             TDX_SIMULATED: ("tdx_simulation", tdx_record())}
    for one, other in ((SNP, SNP_SIMULATED), (SNP_SIMULATED, SNP), (TDX, TDX_SIMULATED), (TDX_SIMULATED, TDX),
                       (SNP, TDX), (TDX, SNP)):
        name, record = kinds[one]
        content = file.content(file.header([derived_slot(file, one, record)]))
        yield refused(f"{name}_slot_with_a_key_of_{kinds[other][0]}", "which would open it", content,
                      "no_matching_slot",
                      key=has_root(other))


def commitments():
    file = sealed()
    slots = [caller(file)]
    wrong = file.header(slots, patches=[(128, run(5, 32))])
    yield refused("commitment_to_another_key", "with a right header_mac", file.content(wrong), "not_authentic")
    other = [caller(file, data_key=OTHER_DATA_KEY)]
    yield refused("slot_with_another_data_key", "it is not the one committed to", file.content(file.header(other)),
                  "not_authentic")
    theirs = sealed(data_key=OTHER_DATA_KEY)
    content = file.content(patched(theirs.header([caller(theirs)]), [(128, file.derived("commitment"))]))
    yield refused("header_of_another_data_key_with_the_old_commitment", "all but commitment and MAC fits", content,
                  "not_authentic")


def vectors():
    for part in (wrong_keys, weak_records, commitments):
        yield from part()
