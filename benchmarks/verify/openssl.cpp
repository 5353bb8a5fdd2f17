// SPDX-License-Identifier: Apache-2.0
//
// The peer: what a program does that has nothing but OpenSSL. It looks at signatures, dates and the path; at nothing in
// the report, and at none of AMD's extensions.

#include "task.hpp"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <memory>

namespace benchmarks {
namespace {

template <auto Free>
struct freer {
  void operator()(auto* object) const { Free(object); }
};
void free_stack(STACK_OF(X509) * stack) { sk_X509_free(stack); }

using x509 = std::unique_ptr<X509, freer<X509_free>>;
using bytes = std::vector<std::uint8_t>;
constexpr std::size_t signed_size = 0x2A0;

x509 decoded(const bytes& der) {
  const unsigned char* at = der.data();
  return x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

// der_signature is the ECDSA-Sig-Value of the report's two little-endian numbers.
bytes der_signature(const snp_evidence& evidence) {
  const std::unique_ptr<ECDSA_SIG, freer<ECDSA_SIG_free>> sig(ECDSA_SIG_new());
  ECDSA_SIG_set0(sig.get(), BN_lebin2bn(evidence.report.data() + signed_size, 72, nullptr),
                 BN_lebin2bn(evidence.report.data() + signed_size + 72, 72, nullptr));
  std::array<unsigned char, 128> out{};
  unsigned char* at = out.data();
  const int size = i2d_ECDSA_SIG(sig.get(), &at);
  return {out.begin(), out.begin() + std::max(size, 0)};
}

bool is_signed(const snp_evidence& evidence, const bytes& signature, EVP_PKEY* key) {
  const std::unique_ptr<EVP_MD_CTX, freer<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha384(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), evidence.report.data(), signed_size) == 1;
}

bool is_chain(X509* vcek, X509* ask, X509* ark, std::int64_t at) {
  const std::unique_ptr<X509_STORE, freer<X509_STORE_free>> store(X509_STORE_new());
  const std::unique_ptr<STACK_OF(X509), freer<free_stack>> others(sk_X509_new_null());
  const std::unique_ptr<X509_STORE_CTX, freer<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_add_cert(store.get(), ark);
  sk_X509_push(others.get(), ask);
  X509_STORE_CTX_init(context.get(), store.get(), vcek, others.get());
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_CHECK_SS_SIGNATURE);
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(at));
  return X509_verify_cert(context.get()) == 1;
}

}  // namespace

snp_verifier openssl_verifier(const snp_evidence& evidence) {
  const auto leaf = decoded(evidence.vcek);
  if (!leaf) return {};
  const std::shared_ptr<EVP_PKEY> key(X509_get_pubkey(leaf.get()), EVP_PKEY_free);
  return {[&evidence, key, signature = der_signature(evidence)] { return is_signed(evidence, signature, key.get()); },
          [&evidence] {
            const x509 vcek = decoded(evidence.vcek), ask = decoded(evidence.ask), ark = decoded(evidence.ark);
            return vcek && ask && ark && is_chain(vcek.get(), ask.get(), ark.get(), evidence.at) &&
                   is_signed(evidence, der_signature(evidence), X509_get0_pubkey(vcek.get()));
          }};
}

}  // namespace benchmarks
