# SPDX-License-Identifier: Apache-2.0
"""Sealed files to be refused at step 5: the MACs of the header and the states of its copies."""

import hmac

from sealed_forge import HEADER, OTHER_DATA_KEY, OTHER_ID, OTHER_KEY, caller, has_key, patched, run, sealed
from sealed_refused import flipped, refused, twice, u32, u64


def header_macs():
    file = sealed()
    slots = [caller(file), caller(file, OTHER_KEY, b"b")]
    content = file.content(file.header(slots, 5))
    for name, at in (("first_bit", 480), ("last_bit", 511)):
        yield refused(f"header_mac_{name}", "in both copies", flipped(content, *twice(at)), "not_authentic")
    yield refused("commitment_one_bit", "in both copies", flipped(content, *twice(128)), "not_authentic")
    yield refused("tag_table_mac_one_bit", "in both copies", flipped(content, *twice(160)), "not_authentic")
    yield refused("generation_changed", "in both copies", patched(content, [(at, u64(6)) for at in twice(192)]),
                  "not_authentic")
    yield refused("state_changed", "in both copies", patched(content, [(at, u32(2)) for at in twice(200)]),
                  "not_authentic")
    yield refused("state_changed_in_copy_0", "from 1 to 2", patched(content, [(200, u32(2))]), "not_authentic")
    yield refused("state_changed_in_copy_1", "from 1 to 2", patched(content, [(HEADER + 200, u32(2))]), "not_authentic")
    yield refused("slot_removed_by_hand", "in both copies",
                  patched(content, [(at, u32(1)) for at in twice(204)] + [(at, bytes(512)) for at in twice(1024)]),
                  "not_authentic")
    yield refused("slot_added_by_hand", "a second copy of the first slot, in both copies",
                  patched(content, [(at, u32(3)) for at in twice(204)] + [(at, slots[0]) for at in twice(1536)]),
                  "not_authentic")
    yield refused("slots_swapped_by_hand", "in both copies",
                  patched(content, [(at, slots[1] + slots[0]) for at in twice(512)]), "not_authentic")
    yield refused("slot_of_another_key_one_bit", "in both copies; the reader's own opens",
                  flipped(content, *twice(1535)), "not_authentic")
    whole = file.header(slots)
    other_key = sealed(data_key=OTHER_DATA_KEY).derived("header")
    mac = hmac.digest(other_key, whole[:480] + whole[512:], "sha256")
    yield refused("header_mac_under_another_key", "in both copies", file.content(patched(whole, [(480, mac)])),
                  "not_authentic")


def states():
    """What the two copies say together, each with a right MAC unless the comment says otherwise."""
    file = sealed()
    both, one = [caller(file), caller(file, OTHER_KEY, b"b")], [caller(file)]

    def pair(name, comment, copy_0, copy_1, errc="not_authentic", key=None):
        return refused(name, comment, file.content(copy_0, copy_1), errc, key=key)

    def h(generation, state, slots=both):
        return file.header(slots, generation, state)

    def bad(copy):
        return flipped(copy, 511)

    yield pair("states_2_2_of_one_generation", "no step of a change leaves that", h(5, 2), h(5, 2))
    yield pair("states_1_2_one_generation_apart", "copy 1 is the newer one", h(5, 1), h(6, 2, one))
    yield pair("states_2_1_one_generation_apart", "copy 1 is the newer one", h(5, 2), h(6, 1, one))
    for states in ((1, 2), (2, 1), (2, 2)):
        name = "states_{}_{}".format(*states)
        yield pair(f"{name}_copy_0_newer", "by one generation", h(6, states[0]), h(5, states[1]))
        yield pair(f"{name}_two_generations_apart", "copy 1 is the newer one", h(5, states[0]), h(7, states[1]))
    yield pair("states_2_2_of_the_first_and_the_last_generation", "one more than the last is none", h(2**64 - 1, 2),
               h(1, 2))
    yield pair("states_2_1_of_one_generation_and_other_slots", "copy 1 has one slot less", h(5, 2), h(5, 1, one))
    yield pair("states_1_2_of_one_generation_and_other_slots", "copy 1 has one slot less", h(5, 1), h(5, 2, one))
    yield pair("copy_0_settled_counts_alone", "copy 1 has a wrong MAC", h(5, 1), bad(h(5, 2)))
    yield pair("copy_1_settled_counts_alone", "copy 0 has a wrong MAC", bad(h(5, 2)), h(5, 1))
    yield pair("copy_1_settled_counts_alone_newer", "copy 0 has a wrong MAC", bad(h(5, 2)), h(6, 1, one))
    yield pair("copy_0_settled_counts_alone_and_opens_alone", "copy 1 is the newer one, and its slot does not open",
               h(5, 1), flipped(h(6, 2, one), 1023))
    yield pair("neither_copy_counts_states_2_1", "both have a wrong MAC", bad(h(5, 2)), bad(h(5, 1)))
    yield pair("neither_copy_counts_states_2_2", "both have a wrong MAC", bad(h(5, 2)), bad(h(6, 2, one)))
    yield refused("copy_0_unreadable_and_copy_1_settled", "copy 0 has another version",
                  file.content(patched(h(5, 1), [(8, u32(2))]), h(5, 1)), "unsupported_version", 8)
    yield refused("copy_1_unreadable_and_copy_0_settled", "copy 1 has another version",
                  file.content(h(5, 1), patched(h(5, 1), [(8, u32(2))])), "unsupported_version", HEADER + 8)
    yield pair("copy_0_unreadable_and_copy_1_of_a_wrong_mac", "copy 1 has state 2", bytes(HEADER), bad(h(6, 2)))
    yield pair("copy_1_unreadable_and_copy_0_of_a_wrong_mac", "copy 0 has state 2", bad(h(5, 2)), bytes(HEADER))
    other = sealed(data_key=OTHER_DATA_KEY, file_id=OTHER_ID)
    yield pair("copy_1_settled_of_another_file_of_the_same_key", "newer, so that its slot is the first to open",
               h(5, 2),
               other.header([caller(other)], 6, 1))

    # A key whose slot is in the copy only that is not the header.
    removed, added = has_key(OTHER_KEY), has_key(run(2, 32))
    new = one + [caller(file, run(2, 32), b"added")]
    yield pair("removed_key_after_2", "copy 0 has its slot still", h(5, 2), h(6, 2, new), "no_matching_slot", removed)
    yield pair("removed_key_in_3", "copy 0 has its slot still, and a wrong MAC", bad(h(5, 2)), h(6, 2, new),
               "no_matching_slot", removed)
    yield pair("removed_key_after_3", "its slot is gone", h(6, 1, new), h(6, 2, new), "no_matching_slot", removed)
    yield pair("added_key_after_1", "its slot is not there yet", h(5, 2), h(5, 1), "no_matching_slot", added)
    yield pair("added_key_in_2", "copy 1 has its slot, and a wrong MAC", h(5, 2), bad(h(6, 2, new)), "no_matching_slot",
               added)


def vectors():
    for part in (header_macs, states):
        yield from part()
