// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/rsa.hpp: RSASSA-PKCS1-v1_5 verification (RFC 8017, section 8.2.2) by a key that is two numbers.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// rsa_public_key is an RSA key of 2048 to 4096 bits. Any number of threads may verify with one object.
class rsa_public_key {
 public:
  // from_numbers takes big-endian numbers without zeros before them. errc::bad_value at a number that is empty, begins
  // with zero or is even, and at an exponent below 65537; errc::unsupported_algorithm at a modulus of less than 2048 or
  // more than 4096 bits, and at an exponent of more than 64. Offsets are 0 for the modulus and modulus.size() for the
  // exponent. That the modulus is a product of two primes, nobody checks: whoever vouches for the key does.
  [[nodiscard]] static result<rsa_public_key> from_numbers(byte_view modulus, byte_view exponent) noexcept {
    if (!is_odd(modulus)) return failure{errc::bad_value, 0};
    // 65537 is the smallest odd number of three bytes.
    if (!is_odd(exponent) || exponent.size() < 3) return failure{errc::bad_value, modulus.size()};
    const std::size_t bits = 8 * modulus.size() - static_cast<std::size_t>(std::countl_zero(modulus[0]));
    if (bits < 2048 || bits > 4096) return failure{errc::unsupported_algorithm, 0};
    if (exponent.size() > 8) return failure{errc::unsupported_algorithm, modulus.size()};

    const detail::error_mark mark;
    const number n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
    const number e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
    const detail::handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> list(OSSL_PARAM_BLD_new());
    if (!n || !e || !list || OSSL_PARAM_BLD_push_BN(list.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(list.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
      return errc::crypto_error;
    }
    const detail::handle<OSSL_PARAM, OSSL_PARAM_free> with(OSSL_PARAM_BLD_to_param(list.get()));
    const detail::handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> maker(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* made = nullptr;
    if (!with || !maker || EVP_PKEY_fromdata_init(maker.get()) != 1 ||
        EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_PUBLIC_KEY, with.get()) != 1) {
      return errc::crypto_error;
    }
    return rsa_public_key(detail::shared_key(made), bits);
  }

  // bits is the size of the modulus.
  [[nodiscard]] std::size_t bits() const noexcept { return bits_; }

  // verify_pkcs1_sha256 checks a signature over the SHA-256 of `message`: a big-endian number of as many bytes as the
  // modulus has. One that is not good, its size included, is errc::signature_invalid.
  result<void> verify_pkcs1_sha256(byte_view message, byte_view signature) const noexcept {
    const detail::error_mark mark;
    const detail::handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* how = nullptr;  // belongs to context
    if (!context ||
        EVP_DigestVerifyInit_ex(context.get(), &how, "SHA256", nullptr, nullptr, key_.get(), nullptr) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PADDING) != 1) {
      return errc::crypto_error;
    }
    const int good =
        EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size());
    if (good == 1) return {};
    return good == 0 ? errc::signature_invalid : errc::crypto_error;
  }

 private:
  using number = detail::handle<BIGNUM, BN_free>;

  rsa_public_key(const detail::shared_key& key, std::size_t bits) noexcept : key_(key), bits_(bits) {}

  // is_odd asks for an odd number in its shortest form.
  static bool is_odd(byte_view number) noexcept {
    return !number.empty() && number.front() != 0 && (number.back() & 1) != 0;
  }

  detail::shared_key key_;
  std::size_t bits_;
};

}  // namespace unitee::inline v0
