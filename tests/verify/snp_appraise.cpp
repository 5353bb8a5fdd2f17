// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_appraise.hpp>

#include "support/verdicts.hpp"

#include <array>
#include <string_view>

using namespace unitee;
using namespace unitee::test;
using snp::appraisal_policy;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }

// lax waives whatever can be waived.
auto lax() {
  return appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().allow_debug().allow_masked_chip_id();
}

verified<snp::claims> genuine(const snp::report& report) { return need(judged(milan(), report)); }

constexpr std::array names{"report_data",          "measurement",    "minimum_tcb", "debug",
                           "provisional_firmware", "masked_chip_id", "vmpl",        "host_data"};

// expect says that check `index` has this answer and these values, and that all others were not asked.
void expect(const attestation_result<snp::claims>& answer, std::size_t index, outcome wanted_answer,
            const std::string& found, const std::string& wanted, std::size_t choices = 1) {
  const auto checks = answer.checks();
  REQUIRE(checks.size() == names.size());
  for (std::size_t i = 0; i < checks.size(); ++i) {
    CHECK(std::string_view(checks[i].name) == names[i]);
    if (i == index) continue;
    CHECK(checks[i].answer == outcome::not_asked);
    CHECK(checks[i].wanted.bytes().empty());
    CHECK(checks[i].choices == 0);
  }
  CHECK(checks[index].answer == wanted_answer);
  CHECK(hex_of(checks[index].found.bytes()) == found);
  CHECK(hex_of(checks[index].wanted.bytes()) == wanted);
  CHECK(checks[index].choices == choices);
  if (wanted_answer == outcome::not_met) {
    CHECK(refusal(answer.verdict()) == failure{errc::policy_not_met, index, part::policy});
  } else {
    CHECK(answer.verdict().has_value());
  }
}

template <class Fixed>
Fixed filled(std::uint8_t n) {
  Fixed out;
  out.value.fill(n);
  return out;
}

std::string repeat(const std::string& digits, std::size_t n) {
  std::string out;
  while (n-- != 0) out += digits;
  return out;
}

}  // namespace

TEST_CASE("nothing asked is nothing refused, and every value is shown", "[verify][appraise]") {
  const auto answer =
      snp::appraise(genuine(need(simulated_guest(milan()).attest(filled<snp::report_data>(0xAA)))), lax());
  expect(answer, 0, outcome::not_asked, repeat("aa", 64), "", 0);
  REQUIRE(answer.verdict());
  CHECK((*answer.verdict())->report.report_data() == filled<snp::report_data>(0xAA));
}

TEST_CASE("report data are equal in every bit or not met", "[verify][appraise]") {
  const auto nonce = filled<snp::report_data>(0x5C);
  const auto claims = genuine(need(simulated_guest(milan()).attest(nonce)));
  const auto asking = [&](const snp::report_data& wanted) {
    return snp::appraise(claims, appraisal_policy{}
                                     .require_report_data(wanted)
                                     .waive_measurement()
                                     .waive_tcb()
                                     .allow_debug()
                                     .allow_masked_chip_id());
  };
  expect(asking(nonce), 0, outcome::met, repeat("5c", 64), repeat("5c", 64));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    auto other = nonce;
    other.value[bit / 8] = static_cast<std::uint8_t>(other.value[bit / 8] ^ 1u << bit % 8);
    CHECK(refusal(asking(other).verdict()) == failure{errc::policy_not_met, 0, part::policy});
  }
  expect(asking({}), 0, outcome::not_met, repeat("5c", 64), repeat("00", 64));
}

TEST_CASE("a measurement is one of those wanted", "[verify][appraise]") {
  const auto image = filled<snp::measurement>(0x11);
  const auto claims = genuine(need(simulated_guest(milan(), {.measurement = image}).attest({})));
  const auto asking = [&](const std::vector<snp::measurement>& any_of) {
    return snp::appraise(claims, appraisal_policy{}
                                     .waive_report_data()
                                     .require_measurement(any_of)
                                     .waive_tcb()
                                     .allow_debug()
                                     .allow_masked_chip_id());
  };
  const auto two = filled<snp::measurement>(0x22);
  const auto three = filled<snp::measurement>(0x33);
  expect(asking({image}), 1, outcome::met, repeat("11", 48), repeat("11", 48), 1);
  expect(asking({two, three, image}), 1, outcome::met, repeat("11", 48), repeat("22", 48), 3);
  expect(asking({two, three}), 1, outcome::not_met, repeat("11", 48), repeat("22", 48), 2);
  expect(asking({}), 1, outcome::not_met, repeat("11", 48), "", 0);
  for (std::size_t bit = 0; bit < 384; ++bit) {
    auto other = image;
    other.value[bit / 8] = static_cast<std::uint8_t>(other.value[bit / 8] ^ 1u << bit % 8);
    CHECK_FALSE(asking({other}).verdict());
  }
}

TEST_CASE("REPORTED_TCB is at least the minimum of its product in every component", "[verify][appraise]") {
  const auto claims = genuine(need(simulated_guest(milan()).attest({})));
  const std::string found = "04020000000018db";
  const auto asking = [&](snp::generation product, const snp::tcb_parts& least) {
    return snp::appraise(claims, appraisal_policy{}
                                     .waive_report_data()
                                     .waive_measurement()
                                     .require_minimum_tcb(product, least)
                                     .allow_debug()
                                     .allow_masked_chip_id());
  };
  const snp::tcb_parts own{.fmc = 0, .boot_loader = 4, .tee = 2, .snp = 24, .microcode = 219};
  expect(asking(snp::generation::milan, {}), 2, outcome::met, found, "0000000000000000");
  expect(asking(snp::generation::milan, own), 2, outcome::met, found, found);
  for (std::uint8_t snp::tcb_parts::*const part :
       {&snp::tcb_parts::boot_loader, &snp::tcb_parts::tee, &snp::tcb_parts::snp, &snp::tcb_parts::microcode}) {
    auto below = own;
    below.*part = static_cast<std::uint8_t>(own.*part - 1);
    CHECK(asking(snp::generation::milan, below).verdict());
    auto above = own;
    above.*part = static_cast<std::uint8_t>(own.*part + 1);
    CHECK(refusal(asking(snp::generation::milan, above).verdict()) == failure{errc::policy_not_met, 2, part::policy});
  }
  // Higher in one component does not make up for another.
  CHECK_FALSE(asking(snp::generation::milan, {.boot_loader = 5, .snp = 1}).verdict());
  expect(asking(snp::generation::genoa, {}), 2, outcome::not_met, found, "", 0);
  expect(asking(snp::generation::turin, {}), 2, outcome::not_met, found, "", 0);
}

TEST_CASE("the minimum TCB is asked of REPORTED_TCB, not of CURRENT_TCB", "[verify][appraise]") {
  const auto report = forged(milan(), [](report_octets& bytes) { bytes[0x38 + 6] = 30; });
  const auto answer = snp::appraise(genuine(report), appraisal_policy{}
                                                         .waive_report_data()
                                                         .waive_measurement()
                                                         .require_minimum_tcb(snp::generation::milan, {.snp = 25})
                                                         .allow_debug());
  CHECK(refusal(answer.verdict()) == failure{errc::policy_not_met, 2, part::policy});
}

TEST_CASE("a guest that its host can debug is refused unless allowed", "[verify][appraise]") {
  const simulated_launch open{.policy = {0x30000 | 1 << 19}};
  const auto claims = genuine(need(simulated_guest(milan(), open).attest({})));
  const auto closed = genuine(need(simulated_guest(milan()).attest({})));
  const auto forbidding =
      appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().forbid_debug().allow_masked_chip_id();
  expect(snp::appraise(claims, forbidding), 3, outcome::not_met, "01", "00");
  expect(snp::appraise(closed, forbidding), 3, outcome::met, "00", "00");
  expect(snp::appraise(claims, lax()), 3, outcome::not_asked, "01", "", 0);
}

TEST_CASE("firmware that the host can roll back is accepted unless refused", "[verify][appraise]") {
  const auto committed = genuine(need(simulated_guest(milan()).attest({})));
  expect(snp::appraise(committed, lax().refuse_provisional_firmware()), 4, outcome::met, "00", "00");
  // One byte of CURRENT_TCB, or of the current version, above the committed one.
  for (const std::size_t at : {0x38u, 0x39u, 0x3Eu, 0x3Fu, 0x1E8u, 0x1E9u, 0x1EAu}) {
    CAPTURE(at);
    const auto claims =
        genuine(forged(milan(), [&](report_octets& bytes) { bytes[at] = static_cast<std::uint8_t>(bytes[at] + 1); }));
    CHECK(snp::is_provisional(claims->report));
    expect(snp::appraise(claims, lax().refuse_provisional_firmware()), 4, outcome::not_met, "01", "00");
    expect(snp::appraise(claims, lax()), 4, outcome::not_asked, "01", "", 0);
  }
}

TEST_CASE("a masked chip id is refused unless allowed", "[verify][appraise]") {
  const auto report =
      forged(milan(), [](report_octets& bytes) { std::fill_n(bytes.begin() + 0x1A0, 64, std::uint8_t{0}); });
  const auto claims = genuine(report);
  CHECK(claims->chip_id_masked);
  const auto by_default = appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().allow_debug();
  expect(snp::appraise(claims, by_default), 5, outcome::not_met, "01", "00");
  expect(snp::appraise(claims, lax()), 5, outcome::not_asked, "01", "", 0);
  const auto shown = genuine(need(simulated_guest(milan()).attest({})));
  CHECK_FALSE(shown->chip_id_masked);
  expect(snp::appraise(shown, by_default), 5, outcome::met, "00", "00");
}

TEST_CASE("VMPL and host data are equal or not met", "[verify][appraise]") {
  const simulated_launch launch{.vmpl = 2, .host_data = filled<snp::host_data>(0x0D)};
  const auto claims = genuine(need(simulated_guest(milan(), launch).attest({})));
  for (std::uint8_t level = 0; level < 4; ++level) {
    expect(snp::appraise(claims, lax().require_vmpl(level)), 6, level == 2 ? outcome::met : outcome::not_met, "02",
           hex_of(octets{level}));
  }
  CHECK_FALSE(snp::appraise(claims, lax().require_vmpl(258)).verdict());
  expect(snp::appraise(claims, lax().require_host_data(launch.host_data)), 7, outcome::met, repeat("0d", 32),
         repeat("0d", 32));
  expect(snp::appraise(claims, lax().require_host_data({})), 7, outcome::not_met, repeat("0d", 32), repeat("00", 32));
}

TEST_CASE("all checks are answered, and the verdict names the first that is not met", "[verify][appraise]") {
  const auto claims = genuine(need(simulated_guest(milan(), {.policy = {0xB0000}, .vmpl = 1}).attest({})));
  const auto answer = snp::appraise(claims, appraisal_policy{}
                                                .require_report_data({})
                                                .require_measurement(filled<snp::measurement>(1))
                                                .require_minimum_tcb(snp::generation::milan, {.snp = 25})
                                                .forbid_debug()
                                                .require_vmpl(0));
  const outcome expected[] = {outcome::met,       outcome::not_met, outcome::not_met, outcome::not_met,
                              outcome::not_asked, outcome::met,     outcome::not_met, outcome::not_asked};
  for (std::size_t i = 0; i < 8; ++i) CHECK(answer.checks()[i].answer == expected[i]);
  CHECK(refusal(answer.verdict()) == failure{errc::policy_not_met, 1, part::policy});
}

TEST_CASE("every recorded case is appraised as the manifest expects of a strict policy", "[verify][appraise]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t tried = 0;
  const auto manifest = evidence_manifest("snp");
  for (const auto& entry : manifest.at("cases")) {
    const std::string id = entry.at("id");
    CAPTURE(id);
    if (entry.at("expected").at("cryptographic") != "valid") continue;
    const auto claims = need(snp::verify(recorded_report(entry.at("files")), recorded_endorsements(entry.at("files")),
                                         time(entry.at("verify_time").get<std::string>())));
    const auto answer = snp::appraise(claims, strict());
    const std::string expected = entry.at("expected").value("default_appraisal", "");
    if (expected.empty()) {
      CHECK(answer.verdict());
    } else {
      const std::uint64_t check = expected.find("DEBUG") != expected.npos ? 3 : 4;
      CHECK(refusal(answer.verdict()) == failure{errc::policy_not_met, check, part::policy});
    }
    ++tried;
  }
  CHECK(tried == 12);
}
