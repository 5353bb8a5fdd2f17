// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/slot.hpp: wrapping the data key, one way in at a time (FORMAT.md, "Slots").
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/kdf/bounded_bytes.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/slot_view.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace unitee::inline v0 {

// new_slot is a way into a sealed file that is yet to be written: where the key comes from, what a reader needs to know
// to get it, and the key. caller_slot, hardware_slot, recipient_slot and broker_slot make one whose parts fit each
// other.
class new_slot {
 public:
  // create refuses parameters that do not fit the kind with errc::bad_length, and a kind that this version does not
  // write with errc::unsupported_format; the offset counts in the slot.
  static result<new_slot> create(slot_kind kind, byte_view params, secret<32>&& key) noexcept {
    const auto encoded = slot_view::encode(kind, params);
    if (!encoded) return encoded.error();
    return new_slot(*encoded, std::move(key));
  }

  [[nodiscard]] slot_kind kind() const noexcept { return view().kind(); }
  [[nodiscard]] byte_view params() const& noexcept { return view().params(); }
  byte_view params() const&& = delete;  // they refer to this slot

  // wrap is the slot as it stands in a file, with a nonce that is drawn for it.
  [[nodiscard]] result<slot_bytes> wrap(const detail::file_binding& file, const secret<32>& data_key) const noexcept {
    gcm_nonce nonce;
    if (const auto done = random_bytes(nonce.value); !done) return done.error();
    return wrap_insecurely_with(nonce, file, data_key);
  }

  // wrap_insecurely_with reproduces a known slot. It is for tests: a nonce used twice with one key gives the key's
  // authentication away.
  [[nodiscard]] result<slot_bytes> wrap_insecurely_with(const gcm_nonce& nonce, const detail::file_binding& file,
                                                        const secret<32>& data_key) const noexcept;

 private:
  new_slot(const slot_bytes& encoded, secret<32>&& key) noexcept : encoded_(encoded), key_(std::move(key)) {}

  [[nodiscard]] slot_view view() const noexcept { return *slot_view::parse(encoded_, 0); }

  slot_bytes encoded_;
  secret<32> key_;
};

namespace detail {

// slot_aad binds a wrapped key to its file and to its slot's kind and parameters: 48 + 452 bytes.
class slot_aad {
 public:
  slot_aad(const file_binding& file, byte_view authenticated) noexcept {
    (void)writer(bytes_).bytes(file.invariants.value).bytes(authenticated);
  }
  [[nodiscard]] byte_view view() const noexcept { return bytes_; }

 private:
  std::array<std::uint8_t, sha384_digest::size() + slot_view::authenticated_size> bytes_{};
};

// unwrap is the data key, or errc::not_authentic when this is not the slot's key.
inline result<secret<32>> unwrap(const slot_view& slot, const file_binding& file, const secret<32>& key) noexcept {
  auto cipher = aes_256_gcm::create(key);
  if (!cipher) return cipher.error();
  const slot_aad aad(file, slot.authenticated());
  const fixed_bytes<32> wrapped = slot.wrapped_key();
  return secret<32>::try_made_by([&](std::span<std::uint8_t, 32> out) noexcept {
    return cipher->open(slot.nonce(), aad.view(), wrapped.value, slot.tag(), out);
  });
}

}  // namespace detail

inline result<slot_bytes> new_slot::wrap_insecurely_with(const gcm_nonce& nonce, const detail::file_binding& file,
                                                         const secret<32>& data_key) const noexcept {
  auto cipher = aes_256_gcm::create(key_);
  if (!cipher) return cipher.error();
  slot_bytes out = encoded_;
  const detail::slot_aad aad(file, std::span(out).first<slot_view::authenticated_size>());
  fixed_bytes<32> wrapped;
  const auto tag = cipher->seal(nonce, aad.view(), data_key.expose(), wrapped.value);
  if (!tag) return tag.error();
  slot_view::put_wrapped_key(out, nonce, wrapped, *tag);
  return out;
}

}  // namespace unitee::inline v0
