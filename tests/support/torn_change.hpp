// SPDX-License-Identifier: Apache-2.0
//
// tests/support/torn_change.hpp: a change of a sealed file's slots, stopped anywhere (FORMAT.md, "Changing slots").
#pragma once

#include "support/sealed.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace unitee::test {

inline constexpr std::size_t copy_size = sealed_header::size;

// torn_change is a file and what is written when a slot is removed and another added: before it the keys `kept` and
// `removed` open the file, after it `kept` and `added`.
struct torn_change {
  secret<32> kept = secret_of(1);
  secret<32> removed = secret_of(2);
  secret<32> added = secret_of(3);
  octets payload = sealed_plaintext(5000);
  octets before;
  octets after;
  octets old_changing;  // headers, as FORMAT.md's steps write them
  octets new_changing;
  octets new_settled;

  torn_change() {
    before = *sealed_bytes(payload, slots_of(*caller_slot(kept), *caller_slot(removed)), {.segment_size = 4096});
    const auto opened = *open_header(before, caller_key(kept));
    const std::vector<slot_bytes> slots{*caller_slot(added)->wrap(opened.file, opened.data_key), copy_of_slot(opened)};
    const auto next = *opened.header.with_slots(slots);
    old_changing = signed_bytes(opened.header, header_state::changing, opened.keys);
    new_changing = signed_bytes(next, header_state::changing, opened.keys);
    new_settled = signed_bytes(next, header_state::settled, opened.keys);
    after = before;
    put(after, 0, new_settled);
    put(after, copy_size, new_settled);
  }

  // with is the file with these copies.
  [[nodiscard]] octets with(byte_view copy_0, byte_view copy_1) const {
    octets out = before;
    put(out, 0, copy_0);
    put(out, copy_size, copy_1);
    return out;
  }
  [[nodiscard]] octets old_settled() const { return {before.begin(), before.begin() + copy_size}; }

  // step_1_done to step_3_done are the file after a step.
  [[nodiscard]] octets step_1_done() const { return with(old_changing, old_settled()); }
  [[nodiscard]] octets step_2_done() const { return with(old_changing, new_changing); }
  [[nodiscard]] octets step_3_done() const { return with(new_settled, new_changing); }

 private:
  static slot_bytes copy_of_slot(const opened_header& opened) {
    slot_bytes out{};
    std::ranges::copy(opened.header.slot(0).bytes(), out.begin());
    return out;
  }
};

// opens says by which side of a change a file opens.
enum class opens {
  as_before,
  as_after
};

// check_opens says that a file opens by the keys of one side of the change, and by those only.
inline void check_opens(const torn_change& of, const octets& file, opens as, bool settled = false) {
  const bool before = as == opens::as_before;
  const auto opened = open_header(file, caller_key(of.kept));
  REQUIRE(opened);
  REQUIRE(opened->header.generation() == (before ? 1 : 2));
  REQUIRE(opened->header.slot_count() == 2);
  REQUIRE(opened->is_settled == settled);
  const auto& in = before ? of.removed : of.added;
  const auto& out = before ? of.added : of.removed;
  const auto other = open_header(file, caller_key(in));
  REQUIRE(other);
  REQUIRE(equal(other->header.bytes(), opened->header.bytes()));
  REQUIRE(open_header(file, caller_key(out)).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
}

}  // namespace unitee::test
