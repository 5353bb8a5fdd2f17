// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/recipient_slot.hpp: a slot for a guest whose evidence one has appraised (FORMAT.md, "Kind 4").
#pragma once

#include <unitee/result.hpp>
#include <unitee/seal/attested_recipient.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_view.hpp>

#include <utility>

namespace unitee::inline v0 {

// recipient_slot is a slot that opens with the private half of the recipient's key, which is in the guest, and with
// nothing that the owner keeps. errc::crypto_error is the only failure.
inline result<new_slot> recipient_slot(const sealing_recipient& recipient) noexcept {
  auto agreed = agree_with(recipient);
  if (!agreed) return agreed.error();
  return new_slot::create(slot_kind::public_key, agreed->params.bytes(), std::move(agreed->key));
}

}  // namespace unitee::inline v0
