// SPDX-License-Identifier: Apache-2.0
//
// verify/openssl.hpp: OpenSSL's objects with owners, for the peers.
#pragma once

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <memory>
#include <vector>

namespace benchmarks {

template <auto Free>
struct freer {
  void operator()(auto* object) const { Free(object); }
};
inline void free_stack(STACK_OF(X509) * stack) { sk_X509_free(stack); }

template <class T, auto Free>
using owner = std::unique_ptr<T, freer<Free>>;
using x509 = owner<X509, X509_free>;
using bytes = std::vector<std::uint8_t>;

// der_of is the ECDSA-Sig-Value of two numbers.
inline bytes der_of(BIGNUM* r, BIGNUM* s) {
  const owner<ECDSA_SIG, ECDSA_SIG_free> sig(ECDSA_SIG_new());
  ECDSA_SIG_set0(sig.get(), r, s);
  std::array<unsigned char, 128> out{};
  unsigned char* at = out.data();
  const int size = i2d_ECDSA_SIG(sig.get(), &at);
  return {out.begin(), out.begin() + std::max(size, 0)};
}

// is_chain verifies a path of three certificates, the root's signature of itself included.
inline bool is_chain(X509* leaf, X509* intermediate, X509* root, std::int64_t at) {
  const owner<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  const owner<STACK_OF(X509), free_stack> others(sk_X509_new_null());
  const owner<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  X509_STORE_add_cert(store.get(), root);
  sk_X509_push(others.get(), intermediate);
  X509_STORE_CTX_init(context.get(), store.get(), leaf, others.get());
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_CHECK_SS_SIGNATURE);
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(at));
  return X509_verify_cert(context.get()) == 1;
}

}  // namespace benchmarks
