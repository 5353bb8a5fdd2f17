// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/repeated_hash.hpp: the digests of many messages, with one context.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/evp.h>

#include <utility>

namespace unitee::inline v0 {

// repeated_hash is hash<Digest> for short messages by the thousand: OpenSSL looks the algorithm up and allocates once,
// and not for every message.
template <class Digest>
class repeated_hash {
 public:
  [[nodiscard]] static result<repeated_hash> create() noexcept {
    const detail::error_mark mark;
    context made(EVP_MD_CTX_new());
    algorithm kind(EVP_MD_fetch(nullptr, detail::digest_name<Digest>, nullptr));
    if (!made || !kind) return errc::crypto_error;
    return repeated_hash(std::move(made), std::move(kind));
  }

  // of is the digest of `bytes` alone: what was hashed before does not matter.
  result<Digest> of(byte_view bytes) noexcept {
    const detail::error_mark mark;
    Digest out;
    if (EVP_DigestInit_ex2(context_.get(), kind_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1 ||
        EVP_DigestFinal_ex(context_.get(), out.value.data(), nullptr) != 1) {
      return errc::crypto_error;
    }
    return out;
  }

 private:
  using context = detail::handle<EVP_MD_CTX, EVP_MD_CTX_free>;
  using algorithm = detail::handle<EVP_MD, EVP_MD_free>;
  repeated_hash(context made, algorithm kind) noexcept : context_(std::move(made)), kind_(std::move(kind)) {}

  context context_;
  algorithm kind_;
};

}  // namespace unitee::inline v0
