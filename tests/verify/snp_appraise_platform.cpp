// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_appraise.hpp>

#include "support/appraisal.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace test_snp_appraise_platform {

using namespace unitee;
using namespace unitee::test;
using snp::generation;
using snp::platform_info;
using snp::tcb_parts;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }

// own is the TCB of the simulated platform, 04020000000018db, and own_bytes its bytes.
constexpr tcb_parts own = simulated_tcb();
const std::string own_bytes = "04020000000018db";

auto with_reported(generation product, const tcb_parts& least) {
  return undecided().waive_report_data().waive_measurement().require_minimum_tcb(product, least).allow_debug();
}
auto with_launched(generation product, const tcb_parts& least) {
  const snp::minimum_tcb only{product, least};
  return lax().require_minimum_launch_tcb(std::span(&only, 1));
}

// vlek_claims is claims of a report that a VLEK signed.
genuine_claims vlek_claims() {
  const auto& key = ec_key<p384>();
  const auto report = forged(
      milan(),
      [](report_octets& bytes) {
        snp::row::key_info::write(bytes, 1u << 2);
        snp::row::chip_id::write(bytes, {});
      },
      &key);
  const auto given = bag({vlek_plan(milan(), key).issue(), issuer_under(milan(), "SEV-VLEK-Milan"), milan().get().ark});
  return need(snp::verify(report, given, simulated_now, anchors_of(milan())));
}

genuine_claims masked_claims() {
  return guest_claims([](report_octets& bytes) { snp::row::chip_id::write(bytes, {}); });
}

// listed_claims is claims with an empty revocation list that is current until then.
genuine_claims listed_claims(utc_time until, snp::stale_crls stale = snp::stale_crls::refuse) {
  const guest::detail::simulated_name name("ARK-", "Milan");
  const auto parts = name.parts();
  auto given = endorsements_of(milan());
  given.add(need(issue_crl({simulated_begin, until, 1, {}}, {parts, milan().get().ark_key})));
  return need(snp::verify(good_report(), given, simulated_now, anchors_of(milan()), stale));
}

}  // namespace

TEST_CASE("a TCB is at least the minimum of its product in every component", "[verify][appraise]") {
  const auto claims = guest_claims();
  const auto compare = [&](const char* name, auto with) {
    const auto asking = [&](generation product, const tcb_parts& least) {
      return snp::appraise(claims, with(product, least));
    };
    expect(asking(generation::milan, {}), name, outcome::met, own_bytes, repeat("00", 8));
    expect(asking(generation::milan, own), name, outcome::met, own_bytes, own_bytes);
    for (std::uint8_t tcb_parts::*const part :
         {&tcb_parts::boot_loader, &tcb_parts::tee, &tcb_parts::snp, &tcb_parts::microcode}) {
      auto below = own;
      below.*part = static_cast<std::uint8_t>(own.*part - 1);
      CHECK(asking(generation::milan, below).verdict());
      tcb_parts above;  // higher in all others does not make up for one
      above.*part = static_cast<std::uint8_t>(own.*part + 1);
      CHECK(asking(generation::milan, above).check(name)->answer == outcome::not_met);
    }
    expect(asking(generation::milan, {.boot_loader = 5}), name, outcome::not_met, own_bytes, "0500000000000000");
    // A product that is not in the list is not met.
    expect(asking(generation::genoa, {}), name, outcome::not_met, own_bytes, "-", 0);
    expect(asking(generation::turin, {}), name, outcome::not_met, own_bytes, "-", 0);
    expect(asking(generation::venice, {}), name, outcome::not_met, own_bytes, "-", 0);
  };
  compare("minimum_tcb", with_reported);
  compare("minimum_launch_tcb", with_launched);
}

TEST_CASE("an empty list of minima accepts no product", "[verify][appraise]") {
  const std::span<const snp::minimum_tcb> none;
  const auto claims = guest_claims();
  expect(snp::appraise(claims,
                       undecided().waive_report_data().waive_measurement().require_minimum_tcb(none).allow_debug()),
         "minimum_tcb", outcome::not_met, own_bytes, "-", 0);
  expect(snp::appraise(claims, lax().require_minimum_launch_tcb(none)), "minimum_launch_tcb", outcome::not_met,
         own_bytes, "-", 0);
}

TEST_CASE("a Turin guest is compared with Turin's minimum, FMC and all", "[verify][appraise]") {
  const auto& turin = simulated_platform(generation::turin);
  const auto claims = need(judged(turin, need(simulated_guest(turin).attest({}))));
  expect(snp::appraise(claims, with_reported(generation::turin, {.fmc = 1, .snp = 24})), "minimum_tcb", outcome::met,
         "01040218000000db", "0100001800000000");
  expect(snp::appraise(claims, with_reported(generation::turin, {.fmc = 2})), "minimum_tcb", outcome::not_met,
         "01040218000000db", "0200000000000000");
  expect(snp::appraise(claims, with_reported(generation::milan, {})), "minimum_tcb", outcome::not_met,
         "01040218000000db", "-", 0);
}

TEST_CASE("the minima are asked of REPORTED_TCB and LAUNCH_TCB, not of CURRENT_TCB", "[verify][appraise]") {
  const auto claims = guest_claims([](report_octets& bytes) { bytes[0x38 + 6] = 30; });
  expect(snp::appraise(claims, with_reported(generation::milan, {.snp = 25})), "minimum_tcb", outcome::not_met,
         own_bytes, "0000000000001900");
  expect(snp::appraise(claims, with_launched(generation::milan, {.snp = 25})), "minimum_launch_tcb", outcome::not_met,
         own_bytes, "0000000000001900");
  const auto launched_later = guest_claims([](report_octets& bytes) { bytes[0x38 + 6] = bytes[0x1F0 + 6] = 30; });
  expect(snp::appraise(launched_later, with_launched(generation::milan, {.snp = 25})), "minimum_launch_tcb",
         outcome::met, "0402000000001edb", "0000000000001900");
}

TEST_CASE("firmware that the host can roll back is accepted unless refused", "[verify][appraise]") {
  expect(snp::appraise(guest_claims(), lax().refuse_provisional_firmware()), "provisional_firmware", outcome::met, "no",
         "no");
  // One byte of CURRENT_TCB, or of the current version, above the committed one.
  for (const std::size_t at : {0x38u, 0x39u, 0x3Eu, 0x3Fu, 0x1E8u, 0x1E9u, 0x1EAu}) {
    CAPTURE(at);
    const auto claims = guest_claims([&](report_octets& bytes) { ++bytes[at]; });
    CHECK(snp::is_provisional(claims->report));
    expect(snp::appraise(claims, lax().refuse_provisional_firmware()), "provisional_firmware", outcome::not_met, "yes",
           "no");
    expect_unasked(snp::appraise(claims, lax()), "provisional_firmware", "yes");
  }
}

TEST_CASE("the committed firmware version is at least the one wanted", "[verify][appraise]") {
  const auto claims = guest_claims([](report_octets& bytes) { ++bytes[0x1EA]; });  // current 2.58.1, committed 1.58.1
  const auto asking = [&](const snp::firmware_version& least) {
    return snp::appraise(claims, lax().require_firmware_version(least));
  };
  expect(asking({1, 58, 1}), "firmware_version", outcome::met, "1.58.1", "1.58.1");
  expect(asking({1, 57, 255}), "firmware_version", outcome::met, "1.58.1", "1.57.255");
  expect(asking({1, 58, 2}), "firmware_version", outcome::not_met, "1.58.1", "1.58.2");
  expect(asking({1, 59, 0}), "firmware_version", outcome::not_met, "1.58.1", "1.59.0");
  expect(asking({2, 0, 0}), "firmware_version", outcome::not_met, "1.58.1", "2.0.0");
}

TEST_CASE("all mitigations wanted are there, and a report that does not tell has none", "[verify][appraise]") {
  const auto told = guest_claims();  // 7 at launch, 15 now
  const auto older = judged_claims(need(simulated_guest(milan(), {.report_version = 3}).attest({})));
  const auto launch = [](std::uint64_t mask) { return lax().require_launch_mitigations(mask); };
  const auto current = [](std::uint64_t mask) { return lax().require_current_mitigations(mask); };
  expect(snp::appraise(told, launch(5)), "launch_mitigations", outcome::met, "0x7", "0x5");
  expect(snp::appraise(told, launch(8)), "launch_mitigations", outcome::not_met, "0x7", "0x8");
  expect(snp::appraise(told, launch(9)), "launch_mitigations", outcome::not_met, "0x7", "0x9");
  expect(snp::appraise(told, current(9)), "current_mitigations", outcome::met, "0xf", "0x9");
  expect(snp::appraise(told, current(0x8000000000000001)), "current_mitigations", outcome::not_met, "0xf",
         "0x8000000000000001");
  for (const std::uint64_t mask : {0u, 1u}) {
    const std::string wanted = mask == 0 ? "0x0" : "0x1";
    expect(snp::appraise(older, launch(mask)), "launch_mitigations", outcome::not_met, "-", wanted);
    expect(snp::appraise(older, current(mask)), "current_mitigations", outcome::not_met, "-", wanted);
  }
  expect_unasked(snp::appraise(older, lax()), "launch_mitigations", "-");
  expect_unasked(snp::appraise(older, lax()), "current_mitigations", "-");
}

TEST_CASE("the product is one of those wanted", "[verify][appraise]") {
  const auto asking = [](const std::vector<generation>& any_of) {
    return snp::appraise(guest_claims(), lax().require_product(any_of));
  };
  expect(asking({generation::milan}), "product", outcome::met, "'Milan'", "'Milan'");
  expect(asking({generation::turin, generation::milan}), "product", outcome::met, "'Milan'", "'Turin'", 2);
  expect(asking({generation::genoa}), "product", outcome::not_met, "'Milan'", "'Genoa'");
  expect(asking({}), "product", outcome::not_met, "'Milan'", "-", 0);
}

TEST_CASE("the chip is one of those wanted, which a masked id and a VLEK's report never are", "[verify][appraise]") {
  const auto chip = milan().get().chip_id;
  const std::string found = hex_of(chip.value);
  const auto asking = [](const genuine_claims& of, const std::vector<snp::chip_id>& any_of) {
    return snp::appraise(of, lax().require_chip_id(any_of));
  };
  const snp::chip_id zero;
  const auto claims = guest_claims();
  expect(asking(claims, {zero, chip}), "chip_id", outcome::met, found, repeat("00", 64), 2);
  expect(asking(claims, {zero}), "chip_id", outcome::not_met, found, repeat("00", 64));
  expect(asking(claims, {}), "chip_id", outcome::not_met, found, "-", 0);
  expect(asking(masked_claims(), {zero, chip}), "chip_id", outcome::not_met, repeat("00", 64), repeat("00", 64), 2);
  expect(asking(vlek_claims(), {chip, zero}), "chip_id", outcome::not_met, repeat("00", 64), found, 2);
}

TEST_CASE("a masked chip id is refused unless allowed, which nobody asks of a VLEK", "[verify][appraise]") {
  const auto refusing = snp::appraisal_policy{}
                            .waive_report_data()
                            .waive_measurement()
                            .waive_tcb()
                            .allow_debug()
                            .allow_migration()
                            .allow_cxl();
  CHECK(masked_claims()->chip_id_masked);
  expect(snp::appraise(guest_claims(), refusing), "masked_chip_id", outcome::met, "no", "no");
  expect(snp::appraise(masked_claims(), refusing), "masked_chip_id", outcome::not_met, "yes", "no");
  expect_unasked(snp::appraise(vlek_claims(), refusing), "masked_chip_id", "no");
  expect_unasked(snp::appraise(masked_claims(), lax()), "masked_chip_id", "yes");
}

TEST_CASE("the signing key is of the kind wanted", "[verify][appraise]") {
  using kind = snp::signing_key_kind;
  const auto vcek = guest_claims();
  const auto vlek = vlek_claims();
  const auto asking = [](const genuine_claims& of, kind wanted) {
    return snp::appraise(of, lax().require_signing_key(wanted));
  };
  expect(asking(vcek, kind::vcek), "signing_key", outcome::met, "'VCEK'", "'VCEK'");
  expect(asking(vcek, kind::vlek), "signing_key", outcome::not_met, "'VCEK'", "'VLEK'");
  expect(asking(vlek, kind::vlek), "signing_key", outcome::met, "'VLEK'", "'VLEK'");
  expect(asking(vlek, kind::vcek), "signing_key", outcome::not_met, "'VLEK'", "'VCEK'");
  expect_unasked(snp::appraise(vlek, lax()), "signing_key", "'VLEK'");
}

TEST_CASE("the provider is one of those wanted by its whole text, and a VCEK has none", "[verify][appraise]") {
  constexpr std::string_view aws = "CN=cc-us-east-2.amazonaws.com";
  const std::string found = "'" + std::string(aws) + "'";
  const auto vlek = vlek_claims();
  const auto asking = [](const genuine_claims& of, const std::vector<std::string_view>& any_of) {
    return snp::appraise(of, lax().require_csp_id(any_of));
  };
  expect(asking(vlek, {aws}), "csp_id", outcome::met, found, found);
  expect(asking(vlek, {"CN=other", aws}), "csp_id", outcome::met, found, "'CN=other'", 2);
  for (const std::string_view other : {aws.substr(0, aws.size() - 1), aws.substr(3), std::string_view("")}) {
    expect(asking(vlek, {other}), "csp_id", outcome::not_met, found, "'" + std::string(other) + "'");
  }
  expect(asking(vlek, {}), "csp_id", outcome::not_met, found, "-", 0);
  expect(asking(guest_claims(), {aws}), "csp_id", outcome::not_met, "-", found);
  expect(asking(guest_claims(), {""}), "csp_id", outcome::not_met, "-", "''");
  expect_unasked(snp::appraise(vlek, lax()), "csp_id", found);
}

TEST_CASE("a revocation list was checked, and a stale one counts when the policy says so", "[verify][appraise]") {
  using stale = snp::stale_crls;
  const auto none = guest_claims();
  const auto current = listed_claims(time("2025-03-01T00:00:00Z"));
  const auto old = listed_claims(time("2025-01-15T00:00:00Z"), stale::accept);
  const auto check = [](const genuine_claims& of, stale wanted, outcome answer, const char* found, const char* least) {
    expect(snp::appraise(of, lax().require_crl(wanted)), "revocation", answer, found, least);
  };
  check(none, stale::refuse, outcome::not_met, "'unchecked'", "'checked'");
  check(none, stale::accept, outcome::not_met, "'unchecked'", "'stale list'");
  check(old, stale::refuse, outcome::not_met, "'stale list'", "'checked'");
  check(old, stale::accept, outcome::met, "'stale list'", "'stale list'");
  check(current, stale::refuse, outcome::met, "'checked'", "'checked'");
  check(current, stale::accept, outcome::met, "'checked'", "'stale list'");
  expect_unasked(snp::appraise(old, lax()), "revocation", "'stale list'");
}

TEST_CASE("bits of PLATFORM_INFO are there, or are not, as wanted", "[verify][appraise]") {
  const auto claims = guest_claims();  // smt_en, ecc_en, alias_check_complete
  const auto required = [&](const bit_range& one, const bit_range& two) {
    return snp::appraise(claims, lax().require_platform(one).require_platform(two));
  };
  expect(required(platform_info::smt_en, platform_info::ecc_en), "platform_required", outcome::met, "0x25", "0x5");
  expect(required(platform_info::ecc_en, platform_info::tsme_en), "platform_required", outcome::not_met, "0x25", "0x6");
  const auto forbidden = [&](const bit_range& one, const bit_range& two) {
    return snp::appraise(claims, lax().forbid_platform(one).forbid_platform(two));
  };
  expect(forbidden(platform_info::tsme_en, platform_info::tio_en), "platform_forbidden", outcome::met, "0x25", "0x25");
  expect(forbidden(platform_info::smt_en, platform_info::tio_en), "platform_forbidden", outcome::not_met, "0x25",
         "0x24");
  for (const bit_range& bit : platform_info::fields) {
    const bool set = (0x25 & bit.mask()) != 0;
    CHECK(snp::appraise(claims, lax().require_platform(bit)).verdict().has_value() == set);
    CHECK(snp::appraise(claims, lax().forbid_platform(bit)).verdict().has_value() == !set);
  }
}

TEST_CASE("a bit of PLATFORM_INFO that nobody knows is accepted unless refused", "[verify][appraise]") {
  for (std::size_t bit = 0; bit < 64; ++bit) {
    CAPTURE(bit);
    const auto claims =
        guest_claims([&](report_octets& bytes) { snp::row::platform_info::write(bytes, std::uint64_t{1} << bit); });
    const bool known = bit < 8;
    expect(snp::appraise(claims, lax().refuse_unknown_platform()), "platform_unknown",
           known ? outcome::met : outcome::not_met, known ? "no" : "yes", "no");
    expect_unasked(snp::appraise(claims, lax()), "platform_unknown", known ? "no" : "yes");
  }
}

}  // namespace test_snp_appraise_platform
