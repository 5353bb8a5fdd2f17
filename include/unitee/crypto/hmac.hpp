// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/hmac.hpp: HMAC with SHA-256 (RFC 2104).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstddef>
#include <utility>

namespace unitee::inline v0 {

// hmac_sha256_stream authenticates a message in pieces. After finish, update and finish are errc::crypto_error, which
// is the only failure here. Compare tags with constant_time_equal.
class hmac_sha256_stream {
 public:
  template <std::size_t N>
  [[nodiscard]] static result<hmac_sha256_stream> create(const secret<N>& key) noexcept {
    const detail::error_mark mark;
    const detail::handle<EVP_MAC, EVP_MAC_free> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    context made(hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr);
    char digest[] = "SHA256";
    const OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
    if (!made || EVP_MAC_init(made.get(), key.expose().data(), N, with) != 1) return errc::crypto_error;
    return hmac_sha256_stream(std::move(made));
  }

  result<void> update(byte_view bytes) noexcept {
    const detail::error_mark mark;
    if (!context_) return errc::crypto_error;
    if (!bytes.empty() && EVP_MAC_update(context_.get(), bytes.data(), bytes.size()) != 1) return errc::crypto_error;
    return {};
  }

  // finish is the tag of everything that update was given, in that order.
  result<sha256_digest> finish() noexcept {
    const detail::error_mark mark;
    const context last = std::move(context_);
    sha256_digest out;
    std::size_t written = 0;
    if (!last || EVP_MAC_final(last.get(), out.value.data(), &written, out.size()) != 1) return errc::crypto_error;
    return out;
  }

 private:
  using context = detail::handle<EVP_MAC_CTX, EVP_MAC_CTX_free>;
  explicit hmac_sha256_stream(context made) noexcept : context_(std::move(made)) {}

  context context_;
};

// hmac_sha256 is the tag of all of `bytes`.
template <std::size_t N>
result<sha256_digest> hmac_sha256(const secret<N>& key, byte_view bytes) noexcept {
  auto stream = hmac_sha256_stream::create(key);
  if (!stream) return stream.error();
  if (const auto done = stream->update(bytes); !done) return done.error();
  return stream->finish();
}

}  // namespace unitee::inline v0
