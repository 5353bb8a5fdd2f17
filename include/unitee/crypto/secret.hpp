// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/secret.hpp: key bytes that are wiped, never copied, and come out by one name.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace unitee::inline v0 {

// constant_time_equal compares bytes in a time that depends on their lengths alone.
inline bool constant_time_equal(byte_view a, byte_view b) noexcept {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

// secret<N> is N key bytes in place. It cannot be copied, printed or made out of an array by accident; its bytes are
// wiped when it ends and when it is moved from, after which it is N zero bytes and must not be used as a key.
template <std::size_t N>
class secret {
  static_assert(N > 0);

 public:
  // made_by is the secret that fill(std::span<std::uint8_t, N>) writes in place.
  template <class F>
  [[nodiscard]] static secret made_by(F&& fill) noexcept(noexcept(fill(std::declval<std::span<std::uint8_t, N>>()))) {
    secret out;
    std::forward<F>(fill)(std::span<std::uint8_t, N>(out.bytes_));
    return out;
  }

  // try_made_by is made_by for a fill that returns result<void>; its failure is passed on, and no secret is made.
  template <class F>
  [[nodiscard]] static result<secret> try_made_by(F&& fill) noexcept(
      noexcept(fill(std::declval<std::span<std::uint8_t, N>>()))) {
    secret out;
    const result<void> done = std::forward<F>(fill)(std::span<std::uint8_t, N>(out.bytes_));
    if (!done) return done.error();
    return result<secret>(std::move(out));
  }

  secret(secret&& other) noexcept : bytes_(other.bytes_) { other.wipe(); }
  secret& operator=(secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      other.wipe();
    }
    return *this;
  }
  ~secret() { wipe(); }

  static constexpr std::size_t size() noexcept { return N; }

  // expose is the only way to the bytes; they live as long as the secret.
  [[nodiscard]] std::span<const std::uint8_t, N> expose() const noexcept { return bytes_; }

  // == takes the same time for any two secrets.
  friend bool operator==(const secret& a, const secret& b) noexcept { return constant_time_equal(a.bytes_, b.bytes_); }

 private:
  secret() noexcept = default;
  void wipe() noexcept { OPENSSL_cleanse(bytes_.data(), N); }

  std::array<std::uint8_t, N> bytes_{};
};

}  // namespace unitee::inline v0
