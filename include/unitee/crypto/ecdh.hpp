// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/ecdh.hpp: a secret that two parties agree on (NIST SP 800-56A, section 5.7.1.2).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ec_point.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/private_key.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>

#include <openssl/evp.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace unitee::inline v0 {

// ecdh_private_key<Curve> is a key on P-256 or P-384 in this process's memory. It is never copied, and OpenSSL wipes it
// when it ends. Any number of threads may agree with one object.
template <class Curve>
class ecdh_private_key {
 public:
  using point = ec_point<Curve>;
  using agreed = secret<Curve::field>;

  // generate draws a new key. errc::crypto_error is the only failure, here and below unless stated.
  [[nodiscard]] static result<ecdh_private_key> generate() noexcept {
    const detail::error_mark mark;
    return own(detail::private_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", Curve::name)));
  }

  // from_pem reads the first private key in the text. A text without one, or with a key under a passphrase, is
  // errc::bad_encoding; a key that is not on Curve is errc::unsupported_algorithm; one whose number is out of range or
  // whose public half belongs to another is errc::bad_value.
  [[nodiscard]] static result<ecdh_private_key> from_pem(byte_view text) noexcept {
    const detail::error_mark mark;
    auto key = detail::read_private_key(text);
    if (!key) return key.error();
    if (!detail::is_on<Curve>(key->get())) return errc::unsupported_algorithm;
    const detail::handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> examiner(
        EVP_PKEY_CTX_new_from_pkey(nullptr, key->get(), nullptr));
    if (!examiner) return errc::crypto_error;
    if (EVP_PKEY_check(examiner.get()) != 1) return errc::bad_value;
    return own(*std::move(key));
  }

  // to_pem calls use(byte_view) with the key as an unencrypted PKCS #8 text, and wipes the text afterwards. Whoever has
  // the text is the recipient of whatever is sealed to the key: keep it inside of the guest, or sealed.
  template <class F>
  result<void> to_pem(F&& use) const {
    return detail::write_private_key(key_.get(), std::forward<F>(use));
  }

  [[nodiscard]] const point& public_point() const noexcept { return point_; }

  // spki is the public key as DER, as report_data_transcript::public_key takes it.
  [[nodiscard]] ec_spki<Curve> spki() const noexcept { return spki_of<Curve>(point_); }

  // agree is the x-coordinate, 32 or 48 bytes, of this key's multiple of the other's point. It is not evenly
  // distributed: derive a key from it. A point that is not on the curve, or a coordinate that is not below the field's
  // prime, is errc::bad_value. The point at infinity has no coordinates, and no point of these curves leads to it.
  [[nodiscard]] result<agreed> agree(const point& other) const noexcept {
    const detail::error_mark mark;
    const auto peer = detail::public_ec_key<Curve>(other.view());
    if (!peer) return peer.error();
    if (!key_) return errc::crypto_error;
    const detail::handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
        EVP_PKEY_derive_set_peer(context.get(), peer->get()) != 1) {
      return errc::crypto_error;
    }
    return agreed::try_made_by([&](std::span<std::uint8_t, Curve::field> out) noexcept -> result<void> {
      std::size_t size = out.size();
      if (EVP_PKEY_derive(context.get(), out.data(), &size) != 1 || size != out.size()) return errc::crypto_error;
      return {};
    });
  }

 private:
  ecdh_private_key(detail::private_key key, const point& its_point) noexcept
      : key_(std::move(key)), point_(its_point) {}

  static result<ecdh_private_key> own(detail::private_key key) noexcept {
    if (!key) return errc::crypto_error;
    const auto its_point = detail::public_point_of<Curve>(key.get());
    if (!its_point) return its_point.error();
    return ecdh_private_key(std::move(key), *its_point);
  }

  detail::private_key key_;  // nothing in a key that was moved from
  point point_;
};

}  // namespace unitee::inline v0
