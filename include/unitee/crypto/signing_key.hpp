// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/signing_key.hpp: private keys in software, for the simulated TEE and its root of trust.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/ec_point.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/private_key.hpp>
#include <unitee/result.hpp>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace unitee::inline v0 {

// ecdsa_signature is big-endian r || s.
template <class Curve>
using ecdsa_signature = fixed_bytes<2 * Curve::field, struct ecdsa_signature_tag>;

// signing_key is an RSA or EC private key in this process's memory. Hardware protects it from nobody: it signs
// simulated evidence, and tests. Copies share the key, which OpenSSL wipes with the last of them.
class signing_key {
 public:
  // generate_rsa takes seconds for 4096 bits. errc::crypto_error is the only failure, here and below unless stated.
  [[nodiscard]] static result<signing_key> generate_rsa(unsigned bits) noexcept {
    const detail::error_mark mark;
    return own(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits}));
  }
  [[nodiscard]] static result<signing_key> generate_rsa_4096() noexcept { return generate_rsa(4096); }

  template <class Curve>
  [[nodiscard]] static result<signing_key> generate() noexcept {
    const detail::error_mark mark;
    return own(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", Curve::name));
  }
  [[nodiscard]] static result<signing_key> generate_p256() noexcept { return generate<p256>(); }
  [[nodiscard]] static result<signing_key> generate_p384() noexcept { return generate<p384>(); }

  // from_pem reads the first private key in the text. A text without one, or with a key under a passphrase, which
  // nobody is asked for, is errc::bad_encoding.
  [[nodiscard]] static result<signing_key> from_pem(byte_view text) noexcept {
    auto key = detail::read_private_key(text);
    if (!key) return key.error();
    return own(key->release());
  }

  // from_der reads exactly one unencrypted PKCS #8 key, as in a PEM block "PRIVATE KEY"; errc::bad_encoding otherwise.
  [[nodiscard]] static result<signing_key> from_der(byte_view der) noexcept {
    const detail::error_mark mark;
    if (der.size() > INT_MAX) return failure{errc::bad_length, INT_MAX};
    const unsigned char* at = der.data();
    const detail::handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(
        d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
    if (!info || at != der.data() + der.size()) return errc::bad_encoding;
    EVP_PKEY* const key = EVP_PKCS82PKEY(info.get());
    if (key == nullptr) return errc::bad_encoding;
    return own(key);
  }

  // to_pem calls use(byte_view) with the key as an unencrypted PKCS #8 text, and wipes the text afterwards.
  template <class F>
  result<void> to_pem(F&& use) const {
    return detail::write_private_key(key_.get(), std::forward<F>(use));
  }

  // sign is ECDSA over the curve's digest of `message`. A key that is not on Curve is errc::unsupported_algorithm.
  template <class Curve>
  [[nodiscard]] result<ecdsa_signature<Curve>> sign(byte_view message) const noexcept {
    const detail::error_mark mark;
    if (!detail::is_on<Curve>(key_.get())) return errc::unsupported_algorithm;
    std::array<std::uint8_t, 2 * Curve::field + 8> der;
    std::size_t length = der.size();
    const detail::handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    if (!context ||
        EVP_DigestSignInit_ex(context.get(), nullptr, Curve::digest, nullptr, nullptr, key_.get(), nullptr) != 1 ||
        EVP_DigestSign(context.get(), der.data(), &length, message.data(), message.size()) != 1) {
      return errc::crypto_error;
    }
    const unsigned char* at = der.data();
    const detail::handle<ECDSA_SIG, ECDSA_SIG_free> rs(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length)));
    constexpr int field = int{Curve::field};
    ecdsa_signature<Curve> out;
    if (!rs || BN_bn2binpad(ECDSA_SIG_get0_r(rs.get()), out.value.data(), field) != field ||
        BN_bn2binpad(ECDSA_SIG_get0_s(rs.get()), out.value.data() + field, field) != field) {
      return errc::crypto_error;
    }
    return out;
  }
  [[nodiscard]] result<ecdsa_signature<p256>> sign_p256(byte_view message) const noexcept {
    return sign<p256>(message);
  }
  [[nodiscard]] result<ecdsa_signature<p384>> sign_p384(byte_view message) const noexcept {
    return sign<p384>(message);
  }

  // public_point is the public key of an EC key. A key that is not on Curve is errc::unsupported_algorithm.
  template <class Curve>
  [[nodiscard]] result<ec_point<Curve>> public_point() const noexcept {
    return detail::public_point_of<Curve>(key_.get());
  }

  // is_key_of says whether the certificate's public key is this key's.
  [[nodiscard]] bool is_key_of(const certificate& one) const noexcept {
    const detail::error_mark mark;
    const EVP_PKEY* const other = X509_get0_pubkey(one.native_handle());
    return other != nullptr && EVP_PKEY_eq(key_.get(), other) == 1;
  }

  // native_handle is OpenSSL's object, for this floor's own use.
  [[nodiscard]] EVP_PKEY* native_handle() const noexcept { return key_.get(); }

 private:
  explicit signing_key(EVP_PKEY* owned) noexcept : key_(owned) {}

  static result<signing_key> own(EVP_PKEY* made) noexcept {
    if (made == nullptr) return errc::crypto_error;
    return signing_key(made);
  }

  detail::shared_key key_;
};

}  // namespace unitee::inline v0
