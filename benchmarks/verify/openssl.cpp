// SPDX-License-Identifier: Apache-2.0
//
// The peer: what a program does that has nothing but OpenSSL. It looks at signatures, dates and the path; at nothing in
// the report, and at none of AMD's extensions.

#include "openssl.hpp"

#include "task.hpp"

#include <cstddef>

namespace benchmarks {
namespace {

constexpr std::size_t signed_size = 0x2A0;

x509 decoded(const bytes& der) {
  const unsigned char* at = der.data();
  return x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

// der_signature is of the report's two little-endian numbers.
bytes der_signature(const snp_evidence& evidence) {
  const std::uint8_t* const r = evidence.report.data() + signed_size;
  return der_of(BN_lebin2bn(r, 72, nullptr), BN_lebin2bn(r + 72, 72, nullptr));
}

bool is_signed(const snp_evidence& evidence, const bytes& signature, EVP_PKEY* key) {
  const owner<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha384(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), evidence.report.data(), signed_size) == 1;
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
