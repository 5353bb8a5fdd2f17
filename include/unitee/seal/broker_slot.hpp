// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/broker_slot.hpp: a slot whose key somebody else keeps and releases (FORMAT.md, "Slots").
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_keys.hpp>
#include <unitee/seal/slot_view.hpp>

#include <concepts>
#include <utility>

namespace unitee::inline v0 {

// broker_slot is a slot for a key that a key broker keeps. The parameters, 1 to 400 bytes (else errc::bad_length in
// part::sealed_header), are what its client needs to ask for the key, such as an address and a name; they are public.
inline result<new_slot> broker_slot(byte_view params, secret<32>&& key) noexcept {
  return new_slot::create(slot_kind::broker_key, params, std::move(key));
}

// broker_key asks ask(params), which returns result<secret<32>>, for the key of every slot of broker_slot. The
// parameters are not authentic yet: ask speaks to brokers that it knows, and not to whom they name. It answers
// errc::no_matching_slot for parameters that mean nothing to it.
template <class Ask>
requires requires(Ask& ask, byte_view params) {
  { ask(params) } -> std::same_as<result<secret<32>>>;
}
class broker_key {
 public:
  explicit broker_key(Ask ask) : ask_(std::move(ask)) {}

  result<secret<32>> slot_key(const slot_view& slot) {
    if (slot.kind() != slot_kind::broker_key) return errc::no_matching_slot;
    return ask_(slot.params());
  }

 private:
  Ask ask_;
};

}  // namespace unitee::inline v0
