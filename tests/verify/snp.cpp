// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp.hpp>

#include "support/openssl.hpp"
#include "support/verdicts.hpp"

#include <algorithm>

namespace test_snp {

using namespace unitee;
using namespace unitee::test;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }

failure in_report(errc code, std::uint64_t offset) { return {code, offset, part::report}; }

std::optional<failure> refused(const snp::report& report) { return refusal(judged(milan(), report)); }

template <class Edit>
std::optional<failure> refused_after(Edit edit) {
  return refused(forged(milan(), edit));
}

void zero(report_octets& bytes, std::size_t at, std::size_t n) {
  std::fill_n(bytes.begin() + static_cast<int>(at), n, std::uint8_t{0});
}

// for_vlek makes it a report that a VLEK is to sign.
void for_vlek(report_octets& bytes) {
  bytes[0x48] = 4;
  zero(bytes, 0x1A0, 64);
}

}  // namespace

TEST_CASE("a hierarchy of one's own with AMD's names is nobody's", "[verify][snp]") {
  const auto report = need(simulated_guest(milan()).attest({}));
  CHECK(refusal(snp::verify(report, endorsements_of(milan()), simulated_now)) ==
        failure{errc::untrusted_root, 0, part::root});
  CHECK(refusal(snp::verify(report, endorsements_of(milan()), simulated_now, anchors_of(other_simulated_platform())))
            .value()
            .in != part::report);
  const auto genuine = judged(milan(), report);
  REQUIRE(genuine);
  CHECK((*genuine)->anchor == anchor_origin::given_by_caller);
}

TEST_CASE("a named root does not vouch for another, and AMD's does not vouch for it", "[verify][snp]") {
  UNITEE_REQUIRE_EVIDENCE();
  // AMD's own evidence, a forged root of the same name among the endorsements, and named as an anchor.
  const auto manifest = evidence_manifest("snp");
  const auto entry = *std::ranges::find_if(manifest.at("cases"),
                                           [](const auto& each) { return each.at("id") == "milan-v5-vcek-gcp"; });
  auto given = recorded_endorsements(entry.at("files"));
  for (const certificate& one : {milan().get().vcek, milan().get().ask, milan().get().ark}) given.add(one);
  const auto at = time(entry.at("verify_time").get<std::string>());
  const auto report = recorded_report(entry.at("files"));
  CHECK(need(snp::verify(report, given, at))->anchor == anchor_origin::pinned);
  CHECK(need(snp::verify(report, given, at, anchors_of(milan())))->anchor == anchor_origin::pinned);
  // A simulated report beside all of AMD's certificates: only the named root helps.
  const auto simulated = need(simulated_guest(milan()).attest({}));
  CHECK(refusal(snp::verify(simulated, given, simulated_now)).has_value());
  CHECK(need(snp::verify(simulated, given, simulated_now, anchors_of(milan())))->anchor ==
        anchor_origin::given_by_caller);
}

TEST_CASE("a VLEK signs under the ASVK, and neither kind of certificate stands in for the other", "[verify][snp]") {
  const auto& own = milan().get();
  const auto& key = ec_key<p384>();
  const auto vlek = vlek_plan(milan(), key).issue();
  const auto asvk = issuer_under(milan(), "SEV-VLEK-Milan");
  const auto by_vlek = forged(milan(), for_vlek, &key);
  const auto judged_by = [&](const snp::report& report, std::initializer_list<certificate> given) {
    return snp::verify(report, bag(given), simulated_now, anchors_of(milan()));
  };
  const auto genuine = judged_by(by_vlek, {vlek, asvk, own.ark});
  REQUIRE(genuine);
  CHECK((*genuine)->vek.kind() == snp::signing_key_kind::vlek);
  REQUIRE((*genuine)->vek.as_vlek() != nullptr);
  CHECK((*genuine)->vek.as_vlek()->csp_id() == "CN=cc-us-east-2.amazonaws.com");
  CHECK_FALSE((*genuine)->chip_id_masked);
  CHECK(refusal(judged_by(by_vlek, {own.vcek, own.ask, own.ark})) == in_report(errc::signer_mismatch, 0x48));
  CHECK(refusal(judged_by(need(simulated_guest(milan()).attest({})), {vlek, asvk, own.ark})) ==
        in_report(errc::signer_mismatch, 0x48));
  CHECK(refusal(judged_by(by_vlek, {vlek, own.ask, own.ark})) == failure{errc::missing, 0, part::intermediate});
  // Signed by the VCEK's key while it says VLEK, and the reverse.
  CHECK(refusal(judged_by(forged(milan(), for_vlek), {vlek, asvk, own.ark})) ==
        in_report(errc::signature_invalid, 0x2A0));
  CHECK(refused(forged(
            milan(), [](auto&) {}, &key)) == in_report(errc::signature_invalid, 0x2A0));
}

TEST_CASE("a certificate for a TCB one below or above the reported one is refused, in each component",
          "[verify][snp]") {
  const auto report = need(simulated_guest(milan()).attest({}));
  for (const auto& [oid, level] :
       {std::pair{"3.1", 4}, std::pair{"3.2", 2}, std::pair{"3.3", 24}, std::pair{"3.8", 219}}) {
    for (const int step : {-1, 1}) {
      auto plan = vcek_plan(milan());
      plan.set(oid, der_level(static_cast<std::uint8_t>(level + step)));
      CHECK(refused_with(milan(), report, plan.issue()) == in_report(errc::tcb_mismatch, 0x180));
    }
  }
  auto chip = vcek_plan(milan());
  chip.set("4", octets(64, 0x77));
  CHECK(refused_with(milan(), report, chip.issue()) == in_report(errc::chip_id_mismatch, 0x1A0));
  auto malformed = vcek_plan(milan());
  malformed.set("3.8", {0x02, 0x02, 0x01, 0x00});
  CHECK(refused_with(milan(), report, malformed.issue()) == failure{errc::bad_encoding, 0, part::vek});
  auto doubled = vcek_plan(milan());
  doubled.extensions.push_back({"4", octets(64, 0x77)});
  CHECK(refused_with(milan(), report, doubled.issue()) == failure{errc::duplicate, 0, part::vek});
}

TEST_CASE("a masked chip id is genuine, and the claims say that nobody could compare it", "[verify][snp]") {
  const auto genuine = judged(milan(), forged(milan(), [](auto& bytes) { zero(bytes, 0x1A0, 64); }));
  REQUIRE(genuine);
  CHECK((*genuine)->chip_id_masked);
}

TEST_CASE("a report that is well signed is refused for what it says of itself", "[verify][snp]") {
  CHECK_FALSE(refused_after([](auto&) {}));
  CHECK(refused_after([](auto& bytes) { bytes[0x188] = 0x1A; }) == in_report(errc::product_mismatch, 0x188));
  CHECK(refused_after([](auto& bytes) { bytes[0x189] = 0x11; }) == in_report(errc::product_mismatch, 0x188));
  CHECK(refused_after([](auto& bytes) { bytes[0x188] = 0x1B; }) == in_report(errc::unsupported_product, 0x188));
  CHECK(refused_after([](auto& bytes) { std::fill_n(bytes.begin() + 0x30, 4, std::uint8_t{0xFF}); }) ==
        in_report(errc::host_requested, 0x30));
  CHECK(refused_after([](auto& bytes) { bytes[0x30] = 4; }) == in_report(errc::bad_value, 0x30));
  CHECK(refused_after([](auto& bytes) { bytes[0x48] = 7 << 2; }) == in_report(errc::unsigned_evidence, 0x48));
  for (unsigned key = 2; key < 7; ++key) {
    CHECK(refused_after([&](auto& bytes) { bytes[0x48] = static_cast<std::uint8_t>(key << 2); }) ==
          in_report(errc::bad_value, 0x48));
  }
  CHECK(refused_after([](auto& bytes) { bytes[0x4B] = 0x80; }) == in_report(errc::reserved_not_zero, 0x48));
  CHECK(refused_after([](auto& bytes) { bytes[0x0F] = 0x80; }) == in_report(errc::reserved_not_zero, 0x08));
  CHECK(refused_after([](auto& bytes) { bytes[0x0A] = 0x01; }) == in_report(errc::bad_value, 0x08));
}

TEST_CASE("TCB versions in the wrong order are refused, and reserved bytes of them", "[verify][snp]") {
  struct field {
    std::size_t offset;
    std::size_t told;
  };
  for (const auto& [offset, told] :
       {field{0x1E0, 0x180}, field{0x38, 0x1E0}}) {  // committed below reported, current below committed
    for (const std::size_t component : {0u, 1u, 6u, 7u}) {
      CHECK(refused_after([&, at = offset](auto& bytes) { --bytes[at + component]; }) ==
            in_report(errc::tcb_order, told));
    }
  }
  for (const std::size_t component : {0u, 1u, 6u, 7u}) {
    CHECK(refused_after([&](auto& bytes) { ++bytes[0x1F0 + component]; }) == in_report(errc::tcb_order, 0x1F0));
  }
  for (const std::size_t at : {0x1ECu, 0x1EDu, 0x1EEu}) {
    CHECK(refused_after([&](auto& bytes) { ++bytes[at]; }) == in_report(errc::tcb_order, 0x1EC));
  }
  for (const std::size_t reserved : {2u, 3u, 4u, 5u}) {
    CHECK(refused_after([&](auto& bytes) { bytes[0x38 + reserved] = 1; }) == in_report(errc::reserved_not_zero, 0x38));
    CHECK(refused_after([&](auto& bytes) {
            bytes[0x180 + reserved] = bytes[0x1E0 + reserved] = bytes[0x38 + reserved] = 1;
          }) == in_report(errc::tcb_mismatch, 0x180));
  }
}

TEST_CASE("r and s are from 1 to the order of the group, in 48 bytes", "[verify][snp]") {
  constexpr auto& order = p384::order;  // big-endian
  const auto bytes = bytes_of(need(simulated_guest(milan()).attest({})));
  const auto with = [&](std::size_t offset, int above_order, bool is_zero) {
    auto out = bytes;
    zero(out, offset, 72);
    if (!is_zero) {
      std::ranges::reverse_copy(order, out.begin() + static_cast<int>(offset));
      out[offset] = static_cast<std::uint8_t>(out[offset] + above_order);  // the last byte of the order is 73
    }
    return refused(need(snp::report::parse(out)));
  };
  for (const std::size_t offset : {0x2A0u, 0x2E8u}) {
    CHECK(with(offset, 0, true) == in_report(errc::bad_value, offset));
    CHECK(with(offset, 0, false) == in_report(errc::bad_value, offset));
    CHECK(with(offset, 1, false) == in_report(errc::bad_value, offset));
    CHECK(with(offset, -1, false) == in_report(errc::signature_invalid, 0x2A0));
    for (std::size_t pad = 48; pad < 72; ++pad) {
      auto padded = bytes;
      padded[offset + pad] = 1;
      CHECK(refusal(snp::report::parse(padded)) == in_report(errc::reserved_not_zero, offset + pad));
    }
  }
  CHECK_FALSE(refused(need(snp::report::parse(bytes))));
}

TEST_CASE("the other half of a signature, order minus s, is the same signature", "[verify][snp]") {
  // Known and harmless: the signed bytes are the same. Who identifies a report does so by them, or by REPORT_ID.
  auto bytes = bytes_of(need(simulated_guest(milan()).attest({})));
  int borrow = 0;
  for (std::size_t i = 0; i < 48; ++i) {
    const int difference = int{p384::order[47 - i]} - int{bytes[0x2E8 + i]} - borrow;
    borrow = difference < 0;
    bytes[0x2E8 + i] = static_cast<std::uint8_t>(difference + (borrow << 8));
  }
  CHECK_FALSE(refused(need(snp::report::parse(bytes))));
}

TEST_CASE("verification leaves the host program's error queue alone", "[verify][snp]") {
  const auto report = need(simulated_guest(milan()).attest({}));
  const auto given = endorsements_of(milan());
  CHECK(keeps_error_queue([&] { (void)snp::verify(report, given, simulated_now, anchors_of(milan())); }));
  CHECK(keeps_error_queue([&] { (void)snp::verify(report, given, simulated_now); }));
  endorsements bag;
  CHECK(keeps_error_queue([&] { (void)bag.add(octets{0x30, 0x03, 0x02, 0x01, 0x00}); }));
}

}  // namespace test_snp
