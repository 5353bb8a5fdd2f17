// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/slot.hpp: wrapping the data key, one way in at a time (FORMAT.md, "Slots").
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot_view.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0 {

// slot_params is a copy of what a reader needs to know to get a slot's key. It is public. More than
// slot_view::max_params bytes are too many for any kind, and refused where the slot is made.
class slot_params {
 public:
  constexpr slot_params() noexcept = default;
  template <class Bytes>
  requires std::constructible_from<byte_view, const Bytes&>
  constexpr slot_params(const Bytes& bytes) noexcept : size_(std::min(byte_view(bytes).size(), capacity)) {
    std::copy_n(byte_view(bytes).begin(), size_, bytes_.begin());
  }

  [[nodiscard]] constexpr byte_view view() const noexcept { return byte_view(bytes_).first(size_); }

 private:
  static constexpr std::size_t capacity = slot_view::max_params + 1;  // one more, so that too many stay too many

  std::array<std::uint8_t, capacity> bytes_{};
  std::size_t size_ = 0;
};

// slot_request is a way into a file that is about to be sealed: where the key comes from, what slot_kind says a reader
// needs to get it, and the key, which the caller keeps alive. snp_slot makes one whose parts fit each other.
struct slot_request {
  slot_kind kind;
  slot_params params;
  const secret<32>& key;
};

namespace detail {

// slot_aad binds a wrapped key to its file and to its slot's kind and parameters: 16 + 32 + 452 bytes.
class slot_aad {
 public:
  slot_aad(const sealed_salt& salt, byte_view authenticated) noexcept {
    (void)writer(bytes_).bytes(sealed_header::identity()).bytes(salt.value).bytes(authenticated);
  }
  [[nodiscard]] byte_view view() const noexcept { return bytes_; }

 private:
  std::array<std::uint8_t, 16 + sealed_salt::size() + slot_view::authenticated_size> bytes_{};
};

// wrap is the slot that gives the data key to whoever has request.key. The nonce must never be used twice with that
// key.
inline result<slot_bytes> wrap(const slot_request& request, const sealed_salt& salt, const gcm_nonce& nonce,
                               const secret<32>& data_key) noexcept {
  auto slot = slot_view::encode(request.kind, request.params.view());
  if (!slot) return slot.error();
  auto cipher = aes_256_gcm::create(request.key);
  if (!cipher) return cipher.error();
  const slot_aad aad(salt, std::span(*slot).first<slot_view::authenticated_size>());
  fixed_bytes<32> wrapped;
  const auto tag = cipher->seal(nonce, aad.view(), data_key.expose(), wrapped.value);
  if (!tag) return tag.error();
  slot_view::put_wrapped_key(*slot, nonce, wrapped, *tag);
  return slot;
}

// unwrap is the data key, or errc::not_authentic when this is not the slot's key.
inline result<secret<32>> unwrap(const slot_view& slot, const sealed_salt& salt, const secret<32>& key) noexcept {
  auto cipher = aes_256_gcm::create(key);
  if (!cipher) return cipher.error();
  const slot_aad aad(salt, slot.authenticated());
  const fixed_bytes<32> wrapped = slot.wrapped_key();
  return secret<32>::try_made_by([&](std::span<std::uint8_t, 32> out) noexcept {
    return cipher->open(slot.nonce(), aad.view(), wrapped.value, slot.tag(), out);
  });
}

}  // namespace detail

}  // namespace unitee::inline v0
