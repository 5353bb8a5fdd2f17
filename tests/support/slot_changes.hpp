// SPDX-License-Identifier: Apache-2.0
//
// tests/support/slot_changes.hpp: a sealed file whose slots change, and what a reader with some key sees of it.
#pragma once

#include "support/edits.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"
#include "support/sealed.hpp"

#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/sealed_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace unitee::test::slot_changes {

using test::octets;
using test::secret_of;
using test::slot_for;

inline const octets plaintext = sealed_plaintext(5000);  // two segments

// file_with is a sealed file with the slots of these keys, by known keys of its own.
inline octets file_with(const std::vector<std::uint8_t>& keys) { return *sealed_bytes(plaintext, caller_slots(keys)); }

// slots_seen is what tells the states of a file apart.
struct slots_seen {
  std::uint64_t generation = 0;
  std::vector<octets> slots{};

  static slots_seen of(const sealed_header& header) {
    slots_seen out{header.generation(), {}};
    for (std::size_t i = 0; i < header.slot_count(); ++i) {
      const auto bytes = header.slot(i).bytes();
      out.slots.emplace_back(bytes.begin(), bytes.end());
    }
    return out;
  }

  // ids is the keys' numbers, in order.
  [[nodiscard]] std::vector<int> ids() const {
    std::vector<int> out;
    for (const octets& slot : slots) out.push_back(slot[8]);
    return out;
  }

  friend bool operator==(const slots_seen&, const slots_seen&) = default;
};

// seen_with is what somebody with these keys sees, who has read all of the payload, or why there is nothing to see.
template <class Keys>
result<slots_seen> seen_with(const octets& file, Keys&& keys, const reading& with = {}) {
  auto reader = sealed_reader<memory_source>::open(memory_source(file), keys, with);
  if (!reader) return reader.error();
  octets all(static_cast<std::size_t>(reader->size()));
  if (const auto done = reader->read_all(all, {.workers = 1}); !done) return done.error();
  if (all != plaintext) throw std::runtime_error("another payload");
  return slots_seen::of(reader->header());
}
inline result<slots_seen> seen_by(const octets& file, std::uint8_t key, const reading& with = {}) {
  const secret<32> own = secret_of(key);
  return seen_with(file, caller_key(own), with);
}

inline const failure no_way_in{errc::no_matching_slot, 0, part::sealed_header};

// copies_are_equal says whether both copies of a file's header are settled and the same.
inline bool copies_are_equal(const octets& file) {
  const byte_view all(file);
  return file[200] == 1 && equal(all.first(8192), all.subspan(8192, 8192));
}

// holds_slot says whether anything is left of what is random in a slot: nonce, wrapped key or tag.
inline bool holds_slot(const octets& file, const octets& slot) {
  const byte_view random = byte_view(slot).subspan(452, 60);
  for (std::size_t at : {std::size_t{0}, std::size_t{12}, std::size_t{28}, std::size_t{44}}) {
    if (find_in(byte_view(file).first(16384), random.subspan(at, at == 0 ? 12 : 16)) != 16384) return true;
  }
  return false;
}

}  // namespace unitee::test::slot_changes
