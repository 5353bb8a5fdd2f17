// SPDX-License-Identifier: Apache-2.0
#include <unitee/vtpm/check_quote.hpp>

#include "support/edits.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"
#include "support/quotes.hpp"

#include <unitee/json/runtime_data.hpp>
#include <unitee/vtpm/hcl_report.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace test_check_quote {

using namespace unitee;
using namespace unitee::test;
using vtpm::check_quote;
using vtpm::tpm_quote;
using vtpm::tpm_signature;

static_assert(!std::is_default_constructible_v<vtpm::quoted_pcrs>);

namespace {

using octets = std::vector<std::uint8_t>;

rsa_public_key attestation_key(const octets& hcl) {
  return need(runtime_data::parse(need(vtpm::hcl_report::parse(hcl)).runtime_data())).attestation_key;
}

vtpm::sha256_pcrs pcrs_of(const octets& bytes) { return need(vtpm::sha256_pcrs::from(bytes)); }

// counted is PCRs of which PCR n is 32 times the byte n + 1.
vtpm::sha256_pcrs counted() {
  vtpm::sha256_pcrs out;
  for (std::size_t i = 0; i < out.value.size(); ++i) out.value[i] = static_cast<std::uint8_t>(i / 32 + 1);
  return out;
}

// quote_of is an unsigned quote of the given banks, each "hash, size, select" in hexadecimal, with this digest.
octets quote_of(const std::vector<std::string>& banks, const std::string& digest) {
  std::string hex = "ff544347801800000003616263" + std::string(50, '0') + "0000000" + std::to_string(banks.size());
  for (const std::string& bank : banks) hex += bank;
  const std::array<std::uint8_t, 2> size{0, static_cast<std::uint8_t>(digest.size() / 2)};
  return bytes_of_hex(hex + hex_of(size) + digest);
}

result<vtpm::quoted_pcrs> pcrs_checked(const std::vector<std::string>& banks, const std::string& digest,
                                       const vtpm::sha256_pcrs& pcrs = counted()) {
  const octets bytes = quote_of(banks, digest);
  return check_quote_pcrs(need(tpm_quote::parse(bytes)), pcrs);
}

std::string values_of(const vtpm::quoted_pcrs& quoted) {
  std::string out;
  for (std::size_t pcr = 0; pcr < 300; ++pcr) {
    const auto value = quoted.value(pcr);
    if (!value) continue;
    for (const std::uint8_t byte : value->value) CHECK(byte == pcr + 1);
    out += std::to_string(pcr) + " ";
  }
  return out;
}

failure refused(errc code, std::size_t at) { return {code, at, part::tpm_quote}; }

// SHA-256 by sha256sum of: nothing; 32 times 01; 32 times 01, 0a and 18; all 24 values.
const std::string of_none = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const std::string of_0 = "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793";
const std::string of_0_9_23 = "1ce9432756e0e18e147cc59487daf0cc376d6ff8e05a6f3394af6fd4bfe80136";
const std::string of_all = "42e8a5e4754d6764a64010d94ac814df61d5cf54ca1da3d47101a34fedb64143";

}  // namespace

TEST_CASE("every recorded quote is signed by its attestation key, fresh, and about its PCRs", "[vtpm][check_quote]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto recorded = recorded_quotes();
  CHECK(recorded.size() == 4);
  for (const auto& one : recorded) {
    CAPTURE(one.name);
    const auto quote = need(tpm_quote::parse(one.message));
    const auto signature = need(tpm_signature::parse(one.signature));
    const auto key = attestation_key(one.hcl_report);
    const auto nonce = bytes_of_hex(one.known.at("extra_data"));
    const auto pcrs = pcrs_of(one.pcrs);
    const auto quoted = check_quote(quote, signature, key, nonce, pcrs);
    REQUIRE(quoted);
    CHECK(hex_of(quoted->value(0)->value) == one.known.at("pcr0"));
    if (one.known.contains("pcr8")) CHECK(hex_of(quoted->value(8)->value) == one.known.at("pcr8"));
    CHECK(quoted->value(23));
    CHECK_FALSE(quoted->value(24));

    for (std::size_t bit = 0; bit < 8 * nonce.size(); ++bit) {
      octets other = nonce;
      other[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      const auto answer = check_quote(quote, signature, key, other, pcrs);
      CHECK(answer.error() == refused(errc::binding_mismatch, quote.offset_of(quote.extra_data())));
    }
    for (std::size_t bit = 0; bit < 8 * one.pcrs.size(); ++bit) {
      octets other = one.pcrs;
      other[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      const auto answer = check_quote(quote, signature, key, nonce, pcrs_of(other));
      CHECK(answer.error() == refused(errc::binding_mismatch, quote.offset_of(quote.pcr_digest())));
    }
    const auto other_key = attestation_key(recorded[one.name == recorded[0].name ? 1 : 0].hcl_report);
    CHECK(check_quote(quote, signature, other_key, nonce, pcrs).error() == refused(errc::signature_invalid, 0));
  }
}

TEST_CASE("one changed bit of a recorded quote or its signature is refused", "[vtpm][check_quote]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (auto one : recorded_quotes()) {
    CAPTURE(one.name);
    const auto key = attestation_key(one.hcl_report);
    for (std::size_t bit = 0; bit < 8 * one.message.size(); ++bit) {
      one.message[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      if (const auto quote = tpm_quote::parse(one.message)) {
        const auto answer = check_quote_signature(*quote, need(tpm_signature::parse(one.signature)), key);
        CHECK(answer.error() == refused(errc::signature_invalid, 0));
      }
      one.message[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    }
    const auto quote = need(tpm_quote::parse(one.message));
    for (std::size_t bit = 0; bit < 8 * one.signature.size(); ++bit) {
      one.signature[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      const auto answer = check_quote_signature(quote, need(tpm_signature::parse(one.signature)), key);
      CHECK(answer.error() == refused(errc::signature_invalid, 0));
      one.signature[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    }
  }
}

TEST_CASE("the recorded quote of another attestation key is refused by its signature", "[vtpm][check_quote]") {
  UNITEE_REQUIRE_EVIDENCE();
  bool found = false;
  const auto manifest = evidence_manifest("snp");
  for (const auto& one : manifest.at("negatives")) {
    if (one.at("id") != "neg-azure-quote-other-ak") continue;
    found = true;
    const auto file = [&](const char* name) {
      return evidence_file("snp/" + one.at("files").at(name).get<std::string>());
    };
    const auto message = file("tpm_quote_message");
    const auto signature = file("tpm_quote_signature");
    const auto quote = need(tpm_quote::parse(message));
    CHECK(hex_of(quote.extra_data()) == one.at("verified").at("extra_data"));
    CHECK(hex_of(quote.bank(vtpm::pcr_hash::sha256)->select) == one.at("verified").at("pcr_select"));
    CHECK(check_quote(quote, need(tpm_signature::parse(signature)), attestation_key(file("hcl_report")),
                      quote.extra_data(), counted())
              .error() == refused(errc::signature_invalid, 0));
  }
  CHECK(found);
}

TEST_CASE("a recorded quote whose signature is a TPMT_SIGNATURE is good", "[vtpm][check_quote]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto text = evidence_file("kbs/tpm/evidence.json");
  const auto whole = nlohmann::json::parse(text.begin(), text.end());
  const auto base64 = [](const std::string& encoded) {
    octets out(encoded.size() / 4 * 3);
    EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(encoded.data()),
                    static_cast<int>(encoded.size()));
    const auto padding = static_cast<std::size_t>(std::count(encoded.begin(), encoded.end(), '='));
    out.resize(out.size() - padding);
    return out;
  };
  const auto spki = base64(whole.at("ak_public"));
  const unsigned char* at = spki.data();
  EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size()));
  BIGNUM* n = nullptr;
  REQUIRE(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1);
  octets modulus(static_cast<std::size_t>(BN_num_bytes(n)));
  BN_bn2bin(n, modulus.data());
  BN_free(n);
  EVP_PKEY_free(key);

  const auto message = base64(whole.at("tpm_quote").at("message"));
  const auto signature = base64(whole.at("tpm_quote").at("signature"));
  octets pcrs;
  for (const std::string each : whole.at("tpm_quote").at("pcrs")) {
    const auto bytes = bytes_of_hex(each);
    pcrs.insert(pcrs.end(), bytes.begin(), bytes.end());
  }
  CHECK(signature.size() == 6 + 256);
  const auto quote = need(tpm_quote::parse(message));
  const auto quoted = check_quote(quote, need(tpm_signature::parse(signature)),
                                  need(rsa_public_key::from_numbers(modulus, bytes_of_hex("010001"))),
                                  quote.extra_data(), pcrs_of(pcrs));
  REQUIRE(quoted);
  CHECK(quoted->value(15));
  CHECK(quoted->value(16).has_value() == quote.bank(vtpm::pcr_hash::sha256)->has(16));
}

TEST_CASE("the digest is over the selected PCRs, in order, and over no others", "[vtpm][check_quote]") {
  CHECK(values_of(need(pcrs_checked({}, of_none))) == "");
  CHECK(values_of(need(pcrs_checked({"000b03000000"}, of_none))) == "");
  CHECK(values_of(need(pcrs_checked({"000b03010000"}, of_0))) == "0 ");
  CHECK(values_of(need(pcrs_checked({"000b03010280"}, of_0_9_23))) == "0 9 23 ");
  CHECK(values_of(need(pcrs_checked({"000b0401028000"}, of_0_9_23))) == "0 9 23 ");
  CHECK(values_of(need(pcrs_checked({"000403000000", "000b03010280", "000c03000000"}, of_0_9_23))) == "0 9 23 ");
  CHECK(values_of(need(pcrs_checked({"000b03ffffff"}, of_all))) ==
        "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 ");
  // Values that the quote does not cover may be anything, and are not given out.
  auto other = counted();
  other.value[32] = 0xEE;
  const auto quoted = need(pcrs_checked({"000b03010280"}, of_0_9_23, other));
  CHECK_FALSE(quoted.value(1));
  other.value[0] = 0xEE;
  CHECK(pcrs_checked({"000b03010280"}, of_0_9_23, other).error() == refused(errc::binding_mismatch, 50));
}

TEST_CASE("a quote of other PCRs, or with another digest, is refused", "[vtpm][check_quote]") {
  for (const std::string& digest : {of_none, of_0, of_all}) {
    CHECK(pcrs_checked({"000b03010280"}, digest).error() == refused(errc::binding_mismatch, 50));
  }
  for (const std::size_t size : {20u, 48u, 64u}) {  // of another scheme's hash
    const std::string digest = (of_0 + of_0).substr(0, 2 * size);
    CHECK(pcrs_checked({"000b03010000"}, digest).error() == refused(errc::binding_mismatch, 50));
  }
}

TEST_CASE("a selection of another bank, or above PCR 23, is refused where it stands", "[vtpm][check_quote]") {
  for (const char* hash : {"0004", "000c", "000d"}) {
    const std::string bank = std::string(hash) + "03010000";
    CHECK(pcrs_checked({bank}, of_0).error() == refused(errc::unsupported_format, 42));
    CHECK(pcrs_checked({"000b03010000", bank}, of_0).error() == refused(errc::unsupported_format, 48));
  }
  CHECK(pcrs_checked({"000b0401000001"}, of_0).error() == refused(errc::unsupported_format, 42));
  CHECK(pcrs_checked({"000403010000", "000c03010000"}, of_0).error() == refused(errc::unsupported_format, 42));
}

TEST_CASE("an empty nonce makes nothing fresh", "[vtpm][check_quote]") {
  octets bytes = quote_of({}, of_none);  // its extra data are "abc"
  CHECK(check_quote_nonce(need(tpm_quote::parse(bytes)), bytes_of("abc")));
  for (const char* other : {"", "ab", "abcd", "abd"}) {
    CHECK(check_quote_nonce(need(tpm_quote::parse(bytes)), bytes_of(other)).error() ==
          refused(errc::binding_mismatch, 10));
  }
  bytes.erase(bytes.begin() + 10, bytes.begin() + 13);
  bytes[9] = 0;
  CHECK(need(tpm_quote::parse(bytes)).extra_data().empty());
  CHECK(check_quote_nonce(need(tpm_quote::parse(bytes)), {}).error() == refused(errc::binding_mismatch, 10));
}

}  // namespace test_check_quote
