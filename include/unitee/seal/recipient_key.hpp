// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/recipient_key.hpp: opening the slots that were sealed to this guest's public key.
#pragma once

#include <unitee/crypto/ecdh.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/recipient_params.hpp>
#include <unitee/seal/recipient_slot_key.hpp>
#include <unitee/seal/slot_keys.hpp>
#include <unitee/seal/slot_view.hpp>

namespace unitee::inline v0 {

// recipient_key opens the slots of recipient_slot that are for this key's public half. It refers to the key. A slot for
// another key is errc::no_matching_slot; parameters that are none are refused in part::sealed_slot.
template <class Curve>
class recipient_key {
 public:
  explicit recipient_key(const ecdh_private_key<Curve>& own) noexcept : own_(&own) {}
  explicit recipient_key(const ecdh_private_key<Curve>&& own) = delete;

  [[nodiscard]] result<secret<32>> slot_key(const slot_view& slot) const noexcept {
    if (slot.kind() != slot_kind::public_key) return errc::no_matching_slot;
    const auto params = recipient_params::parse(slot.params());
    if (!params) return params.error();
    return recipient_slot_key(*own_, *params);
  }

 private:
  const ecdh_private_key<Curve>* own_;
};

static_assert(slot_keys<const recipient_key<p256>>);

}  // namespace unitee::inline v0
