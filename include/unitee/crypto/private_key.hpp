// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/private_key.hpp: what private keys have in common: their PEM text, their curve, their public point.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/asn1.hpp>
#include <unitee/crypto/ec_point.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace unitee::inline v0::detail {

// private_key owns a key, which OpenSSL wipes when it ends.
using private_key = handle<EVP_PKEY, EVP_PKEY_free>;

// read_private_key reads the first private key in a PEM text. A text without one, or with a key under a passphrase,
// which nobody is asked for, is errc::bad_encoding.
inline result<private_key> read_private_key(byte_view text) noexcept {
  const error_mark mark;
  if (text.empty()) return errc::bad_encoding;
  if (text.size() > INT_MAX) return failure{errc::bad_length, INT_MAX};
  const handle<BIO, BIO_free> from(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!from) return errc::crypto_error;
  constexpr auto no_passphrase = [](char*, int, int, void*) { return -1; };
  private_key key(PEM_read_bio_PrivateKey(from.get(), nullptr, no_passphrase, nullptr));
  if (!key) return errc::bad_encoding;
  return key;
}

// write_private_key calls use(byte_view) with the key as an unencrypted PKCS #8 text, and wipes the text afterwards.
template <class F>
result<void> write_private_key(const EVP_PKEY* key, F&& use) {
  const error_mark mark;
  const handle<BIO, BIO_free> to(BIO_new(BIO_s_mem()));  // its memory is wiped when it is freed
  if (key == nullptr || !to ||
      PEM_write_bio_PKCS8PrivateKey(to.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return errc::crypto_error;
  }
  char* text = nullptr;
  const long length = BIO_get_mem_data(to.get(), &text);
  std::forward<F>(use)(byte_view(reinterpret_cast<const std::uint8_t*>(text), static_cast<std::size_t>(length)));
  return {};
}

// is_on says whether this is an EC key on Curve.
template <class Curve>
bool is_on(const EVP_PKEY* key) noexcept {
  char name[32] = {};
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, name, sizeof name, nullptr) == 1 &&
         OBJ_sn2nid(name) == curve_nid<Curve>;
}

// public_point_of is the public key of an EC key. A key that is not on Curve is errc::unsupported_algorithm.
template <class Curve>
result<ec_point<Curve>> public_point_of(const EVP_PKEY* key) noexcept {
  const error_mark mark;
  if (!is_on<Curve>(key)) return errc::unsupported_algorithm;
  ec_point<Curve> out;
  constexpr int field = int{Curve::field};
  std::uint8_t* to = out.value.data();
  for (const char* const coordinate : {OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y}) {
    BIGNUM* number = nullptr;
    const int there = EVP_PKEY_get_bn_param(key, coordinate, &number);
    const handle<BIGNUM, BN_free> owner(number);
    if (there != 1 || BN_bn2binpad(number, to, field) != field) return errc::crypto_error;
    to += field;
  }
  return out;
}

}  // namespace unitee::inline v0::detail
