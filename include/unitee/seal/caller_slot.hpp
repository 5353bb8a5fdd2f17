// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/caller_slot.hpp: a slot that opens with a key of the caller's (FORMAT.md, "Slots").
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_keys.hpp>
#include <unitee/seal/slot_view.hpp>

#include <cstdint>
#include <span>

namespace unitee::inline v0 {

namespace detail {

// copy_of is the one place where a key is copied: the caller keeps its own.
inline secret<32> copy_of(const secret<32>& key) noexcept {
  return secret<32>::made_by([&](std::span<std::uint8_t, 32> out) noexcept { detail::copy_bytes(key.expose(), out); });
}

}  // namespace detail

// caller_slot is a slot for a random key of the caller's, never a password, which serves nothing but slots. The id, 0
// to 64 bytes (else errc::bad_length in part::sealed_header), is public and tells the caller's keys apart.
inline result<new_slot> caller_slot(const secret<32>& key, byte_view id = {}) noexcept {
  return new_slot::create(slot_kind::caller_key, id, detail::copy_of(key));
}

// caller_key opens the slots of caller_slot: all of them, or those with its id. It refers to the key.
class caller_key {
 public:
  explicit caller_key(const secret<32>& key) noexcept : key_(&key) {}
  caller_key(const secret<32>& key, byte_view id) noexcept : key_(&key), id_(id), any_id_(false) {}
  explicit caller_key(const secret<32>&& key) = delete;
  caller_key(const secret<32>&& key, byte_view id) = delete;

  [[nodiscard]] result<secret<32>> slot_key(const slot_view& slot) const noexcept {
    const bool mine = slot.kind() == slot_kind::caller_key && (any_id_ || equal(slot.params(), id_));
    if (!mine) return errc::no_matching_slot;
    return detail::copy_of(*key_);
  }

 private:
  const secret<32>* key_;
  byte_view id_;
  bool any_id_ = true;
};

static_assert(slot_keys<const caller_key>);

}  // namespace unitee::inline v0
