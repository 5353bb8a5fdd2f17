// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_td_quote.hpp>

#include "support/simulated_tdx.hpp"

#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/hash.hpp>

#include <array>
#include <string>
#include <vector>

namespace test_simulated_td_quote {

using namespace unitee;
using namespace unitee::test;
using guest::simulated_quote;
using tdx::quote_body_type;
using tdx::quote_version;

namespace {

tdx::td_report full_report() { return need(simulated_td(simulated_td_launch_full()).td_report(counted_report_data())); }

std::vector<std::uint8_t> quote_of(quote_version version, quote_body_type body) {
  return need(simulated_quote(simulated_tdx_platform(), full_report(), version, body));
}

std::string hex_at(const std::vector<std::uint8_t>& bytes, std::size_t offset, std::size_t size) {
  return hex_of(std::span(bytes).subspan(offset, size));
}

std::string repeated(const char* digits, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += digits;
  return out;
}

// reported is a report after an edit, which need not be one that a module makes.
template <class Edit>
tdx::td_report reported(Edit edit) {
  std::array<std::uint8_t, tdx::td_report::size> bytes{};
  std::ranges::copy(full_report().bytes(), bytes.begin());
  edit(bytes);
  return need(tdx::td_report::parse(bytes));
}

failure refused(const tdx::td_report& report, quote_version version = quote_version::v4,
                quote_body_type body = quote_body_type::td_1_0) {
  return simulated_quote(simulated_tdx_platform(), report, version, body).error();
}

}  // namespace

TEST_CASE("quotes of both versions and bodies parse, to their last byte", "[guest][quote]") {
  const auto v4 = quote_of(quote_version::v4, quote_body_type::td_1_0);
  const auto v4_of_1_5 = quote_of(quote_version::v4, quote_body_type::td_1_5);
  const auto v5_1_0 = quote_of(quote_version::v5, quote_body_type::td_1_0);
  const auto v5_1_5 = quote_of(quote_version::v5, quote_body_type::td_1_5);
  for (const auto* bytes : {&v4, &v4_of_1_5, &v5_1_0, &v5_1_5}) {
    const auto parsed = tdx::quote::parse(*bytes, tdx::trailing_bytes::none);
    REQUIRE(parsed);
    CHECK(parsed->tee_type() == tdx::tee_type::tdx);
    CHECK(parsed->certification_data().type() == tdx::certification_data_type::pck_certificate_chain);
    CHECK(parsed->td()->is_1_5() == (bytes == &v5_1_5));
    CHECK(parsed->td()->reportdata() == counted_report_data());
  }
  CHECK(tdx::quote::parse(v4)->signed_bytes().size() == 632);
  CHECK(tdx::quote::parse(v4_of_1_5)->signed_bytes().size() == 632);
  CHECK(tdx::quote::parse(v5_1_0)->signed_bytes().size() == 638);
  CHECK(tdx::quote::parse(v5_1_5)->signed_bytes().size() == 702);
}

TEST_CASE("every field of a quote has its place", "[guest][quote]") {
  const auto bytes = quote_of(quote_version::v5, quote_body_type::td_1_5);
  const std::string qe_id = hex_of(simulated_tdx_platform().get().qe_id);
  CHECK(hex_at(bytes, 0, 12) == "050002008100000000000000");
  CHECK(hex_at(bytes, 12, 36) == "939a7233f79c4ca9940a0db3957f0607" + qe_id + "00000000");
  CHECK(hex_at(bytes, 48, 6) == "030088020000");
  constexpr std::size_t body = 54;
  CHECK(hex_at(bytes, body, 16) == "03010400000000000000000000000000");
  CHECK(hex_at(bytes, body + 16, 48) == hex_of(guest::simulated_mrseam.value));
  CHECK(hex_at(bytes, body + 64, 56) == repeated("00", 56));
  CHECK(hex_at(bytes, body + 120, 16) ==
        "0000005000000080"
        "e702060000000000");
  CHECK(hex_at(bytes, body + 136, 48) == repeated("01", 48));
  CHECK(hex_at(bytes, body + 184, 144) == repeated("02", 48) + repeated("03", 48) + repeated("04", 48));
  CHECK(hex_at(bytes, body + 328, 192) == repeated("00", 192));
  CHECK(hex_at(bytes, body + 520, 64) == hex_of(counted_report_data().value));
  CHECK(hex_at(bytes, body + 584, 16) == "06010600000000000000000000000000");
  CHECK(hex_at(bytes, body + 600, 48) == repeated("05", 48));
  CHECK(hex_at(bytes, 834, 2) == "0600");
  CHECK(hex_at(bytes, 1288, 2) == "2000");
  CHECK(hex_at(bytes, 1290, 32) == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  CHECK(hex_at(bytes, 1322, 2) == "0500");
  CHECK(bytes.back() == 0);

  const auto older = quote_of(quote_version::v4, quote_body_type::td_1_0);
  CHECK(hex_at(older, 0, 12) == "040002008100000000000000");
  CHECK(hex_at(older, 48, 584) == hex_at(bytes, body, 584));
  CHECK(hex_at(older, 764, 2) == "0600");
  CHECK(hex_at(older, 1154 + 64, 2) == "2000");
}

TEST_CASE("every signature of a quote verifies, up to the platform's root", "[guest][quote]") {
  for (const auto version : {quote_version::v4, quote_version::v5}) {
    const auto bytes = quote_of(version, quote_body_type::td_1_5);
    const auto quote = need(tdx::quote::parse(bytes));
    const auto chain = certificates_in(quote.certification_data().bytes());
    REQUIRE(chain.size() == 3);
    CHECK(chain[2] == simulated_tdx_platform().root());
    CHECK(verify_chain(chain, simulated_tdx_now, {}, ec_rules));
    const auto qe = quote.qe_report();
    CHECK(need(chain[0].ec_key<p256>()).verify(qe.bytes(), quote.qe_report_signature()));
    const auto key = need(ecdsa_public_key<p256>::from_point(quote.attestation_key()));
    CHECK(key.verify(quote.signed_bytes(), quote.signature()));

    std::vector<std::uint8_t> bound(quote.attestation_key().begin(), quote.attestation_key().end());
    for (const std::uint8_t each : quote.qe_authentication_data()) bound.push_back(each);
    CHECK(hex_of(qe.reportdata().value) == hex_of(need(sha256(bound)).value) + repeated("00", 32));
    CHECK(qe.mrsigner() == guest::simulated_qe_signer);
    CHECK(qe.mrenclave() == guest::simulated_qe_measurement);
    CHECK(qe.isvprodid() == 2);
    CHECK(qe.isvsvn() == guest::simulated_qe_isvsvn);
    CHECK(qe.miscselect() == 0);
    CHECK(hex_of(qe.attributes().value) == "1500000000000000e700000000000000");
    CHECK(qe.cpusvn() == guest::simulated_cpusvn);
  }
}

TEST_CASE("a quoting enclave signs for its own platform alone", "[guest][quote]") {
  constexpr auto at = [](std::uint64_t offset) { return failure{errc::not_authentic, offset, part::td_report}; };
  const auto elsewhere =
      simulated_quote(other_simulated_tdx_platform(), full_report(), quote_version::v4, quote_body_type::td_1_0);
  CHECK(elsewhere.error() == at(224));
  // One bit of every byte that the MAC covers and that may be anything.
  for (std::size_t i = 16; i < 256; ++i) {
    if (i >= 192 && i < 224) continue;  // reserved
    if (refused(reported([&](auto& bytes) { bytes[i] ^= 1; })) != at(224)) FAIL(i);
  }
  // One bit of what the two hashes cover, which the MAC does through them alone.
  for (std::size_t i = 256; i < 1024; ++i) {
    if (i >= 495 && i < 512) continue;  // reserved
    if (refused(reported([&](auto& bytes) { bytes[i] ^= 1; })) != at(i < 495 ? 32 : 80)) FAIL(i);
  }
}

TEST_CASE("there are no quotes of other versions, and none of enclaves", "[guest][quote]") {
  CHECK(refused(full_report(), quote_version::v3) == failure{errc::unsupported_version});
  CHECK(refused(full_report(), quote_version{6}) == failure{errc::unsupported_version});
  CHECK(refused(full_report(), quote_version::v5, quote_body_type::enclave) == failure{errc::unsupported_format});
  CHECK(refused(full_report(), quote_version::v4, quote_body_type::enclave) == failure{errc::unsupported_format});
}

}  // namespace test_simulated_td_quote
