// SPDX-License-Identifier: Apache-2.0
//
// The peer: what a program does that has nothing but OpenSSL, and a JSON parser for the documents. It looks at
// signatures, and in the PCK chain at dates and the path; at nothing in the quote, the extension or the documents, and
// for nobody on the lists.

#include "openssl.hpp"

#include "tdx_task.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <nlohmann/json.hpp>

#include <span>
#include <string_view>

namespace benchmarks {
namespace {

using view = std::span<const std::uint8_t>;
using key_pointer = owner<EVP_PKEY, EVP_PKEY_free>;
using list_pointer = owner<X509_CRL, X509_CRL_free>;

// parts is where everything stands in a quote of version 4 or 5 whose certification data are of type 6 and, inside, 5.
struct parts {
  view signed_part, signature, key, qe_report, qe_signature, pem;

  explicit parts(const tdx_evidence& evidence) {
    const view all = evidence.quote;
    signed_part = all.first(evidence.signed_size);
    const view data = all.subspan(evidence.signed_size + 4);
    signature = data.first(64);
    key = data.subspan(64, 64);
    qe_report = data.subspan(134, 384);
    qe_signature = data.subspan(518, 64);
    const std::size_t type = 584 + number(data.subspan(582, 2));
    pem = data.subspan(type + 6, number(data.subspan(type + 2, 4)));
  }

  static std::size_t number(view little_endian) {
    std::size_t out = 0;
    for (std::size_t i = little_endian.size(); i-- > 0;) out = out << 8 | little_endian[i];
    return out;
  }
};

bytes der_signature(view rs) {
  return der_of(BN_bin2bn(rs.data(), 32, nullptr), BN_bin2bn(rs.data() + 32, 32, nullptr));
}

bool is_signed(view message, view signature, EVP_PKEY* key) {
  const owner<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

key_pointer imported(view point) {
  std::array<std::uint8_t, 65> encoded{4};
  std::ranges::copy(point, encoded.begin() + 1);
  char name[] = "P-256";
  OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0),
                       OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()),
                       OSSL_PARAM_construct_end()};
  const owner<EVP_PKEY_CTX, EVP_PKEY_CTX_free> maker(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* out = nullptr;
  EVP_PKEY_fromdata_init(maker.get());
  EVP_PKEY_fromdata(maker.get(), &out, EVP_PKEY_PUBLIC_KEY, with);
  return key_pointer(out);
}

// decoded_pem is the certificates of a text; the first stands for what it is about.
std::vector<x509> decoded_pem(view text) {
  std::vector<x509> out;
  const owner<BIO, BIO_free> in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  while (X509* one = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) out.emplace_back(one);
  return out;
}

list_pointer decoded_list(const bytes& der) {
  const unsigned char* at = der.data();
  return list_pointer(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
}

// document is the part of a text that is signed, and its signature.
struct document {
  view inner;
  bytes signature;

  // of takes apart {"name":{...},"signature":"..."} as the service writes it.
  static document of(const bytes& text) {
    const std::string_view all(reinterpret_cast<const char*>(text.data()), text.size());
    const std::size_t begin = all.find('{', 1);
    const std::size_t end = all.rfind(",\"signature\":\"");
    const std::size_t digits = end + 14;
    bytes rs(64);
    for (std::size_t i = 0; i < 128; ++i) {
      const char c = all[digits + i];
      rs[i / 2] = static_cast<std::uint8_t>(rs[i / 2] << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10));
    }
    return {view(text).subspan(begin, end - begin), der_signature(rs)};
  }
};

bool is_signed_document(const bytes& text, X509* signer) {
  const nlohmann::json parsed = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  const document apart = document::of(text);
  return parsed.is_object() && is_signed(apart.inner, apart.signature, X509_get0_pubkey(signer));
}

// decoded_collateral is each certificate and each list of a collateral, once.
struct decoded_collateral {
  x509 root, signer, ca;
  list_pointer root_list, list;

  explicit decoded_collateral(const tdx_evidence& evidence)
      : root_list(decoded_list(evidence.root_ca_crl)), list(decoded_list(evidence.pck_crl)) {
    auto signers = decoded_pem(evidence.tcb_info_issuer_chain);
    const owner<BIO, BIO_free> in(
        BIO_new_mem_buf(evidence.pck_crl_issuer_chain.data(), static_cast<int>(evidence.pck_crl_issuer_chain.size())));
    ca.reset(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    if (signers.size() != 2) return;
    signer = std::move(signers[0]);
    root = std::move(signers[1]);
  }

  // is_genuine checks seven signatures and reads two documents.
  [[nodiscard]] bool is_genuine(const tdx_evidence& evidence) const {
    if (!root || !signer || !ca || !root_list || !list) return false;
    EVP_PKEY* const root_key = X509_get0_pubkey(root.get());
    return X509_verify(root.get(), root_key) == 1 && X509_verify(signer.get(), root_key) == 1 &&
           X509_verify(ca.get(), root_key) == 1 && X509_CRL_verify(root_list.get(), root_key) == 1 &&
           X509_CRL_verify(list.get(), X509_get0_pubkey(ca.get())) == 1 &&
           is_signed_document(evidence.tcb_info, signer.get()) &&
           is_signed_document(evidence.qe_identity, signer.get());
  }
};

bool is_quote(const parts& in, view qe_signature, EVP_PKEY* pck, view signature) {
  if (!is_signed(in.qe_report, qe_signature, pck)) return false;
  const auto key = imported(in.key);
  return key && is_signed(in.signed_part, signature, key.get());
}

}  // namespace

tdx_verifier openssl_tdx_verifier(const tdx_evidence& evidence) {
  const parts in(evidence);
  const auto no = [] { return false; };
  tdx_verifier out{no, no, no, no, no};
  const auto chain = decoded_pem(in.pem);
  if (chain.empty()) return out;
  const std::shared_ptr<EVP_PKEY> pck(X509_get_pubkey(chain.front().get()), EVP_PKEY_free);
  out.warm = [in, pck, of_qe = der_signature(in.qe_signature), of_quote = der_signature(in.signature)] {
    return is_quote(in, of_qe, pck.get(), of_quote);
  };
  out.cold = [&evidence, in] {
    const auto three = decoded_pem(in.pem);
    return three.size() == 3 && is_chain(three[0].get(), three[1].get(), three[2].get(), evidence.at) &&
           is_quote(in, der_signature(in.qe_signature), X509_get0_pubkey(three[0].get()), der_signature(in.signature));
  };
  out.load = [&evidence] { return decoded_collateral(evidence).is_genuine(evidence); };
  out.load_decoded = [&evidence, with = std::make_shared<decoded_collateral>(evidence)] {
    return with->is_genuine(evidence);
  };
  return out;
}

}  // namespace benchmarks
