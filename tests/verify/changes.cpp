// SPDX-License-Identifier: Apache-2.0
//
// tests/verify/changes.cpp: genuine evidence with one thing changed: any bit of a report, any byte of its certificates.
#include <unitee/verify/snp.hpp>

#include "support/reject_set.hpp"
#include "support/verdicts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace test_changes {

using namespace unitee;
using namespace unitee::test;

namespace {

// evidence_set is a report, the three certificates that vouch for it, the time, and a root to trust beside the pinned.
struct evidence_set {
  snp::report report;
  std::vector<certificate> chain;
  utc_time at;
  trust_anchors anchors;

  [[nodiscard]] result<verified<snp::claims>> judge(const std::vector<certificate>& with) const {
    endorsements given;
    for (const certificate& one : with) given.add(one);
    return snp::verify(report, given, at, anchors);
  }
};

evidence_set recorded_set(std::string_view id) {
  const auto manifest = evidence_manifest("snp");
  const auto& cases = manifest.at("cases");
  const auto entry = *std::ranges::find_if(cases, [&](const auto& each) { return each.at("id") == id; });
  return {recorded_report(entry.at("files")),
          amd_chain(entry.at("files")),
          time(entry.at("verify_time").get<std::string>()),
          {}};
}

// made_set is a vector of the must-reject set that is accepted, under its own root.
evidence_set made_set(const std::string& report, const std::array<std::string, 3>& chain) {
  const reject_set set;
  evidence_set out{need(snp::report::parse(set.material(report))), {}, time("2026-03-01T00:00:00Z"), {}};
  for (const std::string& each : chain) out.chain.push_back(need(certificate::from_der(set.material(each))));
  out.anchors.add(out.chain.back());
  return out;
}

void check_every_bit(const char* of, const evidence_set& own) {
  CAPTURE(of);
  const auto signer =
      need(snp::verified_vek::verify(own.chain[0], own.chain[1], own.chain[2], own.at, {}, own.anchors));
  auto bytes = bytes_of(own.report);
  REQUIRE(snp::verify(own.report, signer, own.at));
  std::size_t unparsed = 0;
  std::size_t unsigned_ = 0;
  std::size_t otherwise = 0;
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const auto flip = static_cast<std::uint8_t>(1u << bit % 8);
    bytes[bit / 8] ^= flip;
    const auto report = snp::report::parse(bytes);
    const auto genuine = report ? snp::verify(*report, signer, own.at) : result<verified<snp::claims>>(report.error());
    bytes[bit / 8] ^= flip;
    if (genuine) UNSCOPED_INFO("bit " << bit);
    ++(genuine                                           ? accepted
       : !report                                         ? unparsed
       : genuine.error().code == errc::signature_invalid ? unsigned_
                                                         : otherwise);
  }
  std::printf("%s: 9472 bits flipped one by one: %zu not parsed, %zu not signed, %zu refused before; %zu accepted\n",
              of, unparsed, unsigned_, otherwise, accepted);
  CHECK(accepted == 0);
  CHECK(unparsed + unsigned_ + otherwise == 9472);
}

// check_every_byte judges the evidence with each byte of each certificate changed to each value of values(position,
// byte).
template <class Values>
void check_every_byte(const char* of, const evidence_set& own, Values values) {
  CAPTURE(of);
  REQUIRE(own.judge(own.chain));
  constexpr std::array roles{"VEK", "intermediate", "root"};
  for (std::size_t role = 0; role < roles.size(); ++role) {
    CAPTURE(roles[role]);
    std::vector<std::uint8_t> der = need(own.chain[role].der());
    std::vector<certificate> chain = own.chain;
    std::size_t unparsed = 0;
    std::size_t refused = 0;
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < der.size(); ++i) {
      const std::uint8_t byte = der[i];
      for (const std::uint8_t value : values(i, byte)) {
        der[i] = value;
        const auto changed = certificate::from_der(der);
        if (!changed) {
          ++unparsed;
          continue;
        }
        chain[role] = *changed;
        const bool genuine = own.judge(chain).has_value();
        if (genuine) UNSCOPED_INFO("byte " << i << " changed to " << int{value});
        ++(genuine ? accepted : refused);
      }
      der[i] = byte;
    }
    std::printf("%s, %s: %zu changes of one byte of %zu: %zu no certificate, %zu refused; %zu accepted\n", of,
                roles[role], unparsed + refused + accepted, der.size(), unparsed, refused, accepted);
    CHECK(accepted == 0);
  }
}

// one_value is one other value of a byte, by its position.
std::array<std::uint8_t, 1> one_value(std::size_t position, std::uint8_t byte) {
  return {static_cast<std::uint8_t>(byte ^ (position * 37 % 255 + 1))};
}

std::array<std::uint8_t, 8> one_bit(std::size_t, std::uint8_t byte) {
  std::array<std::uint8_t, 8> out{};
  for (unsigned bit = 0; bit < 8; ++bit) out[bit] = static_cast<std::uint8_t>(byte ^ (1u << bit));
  return out;
}

}  // namespace

TEST_CASE("every single bit of a report is protected, in every version", "[verify][snp]") {
  check_every_bit("version 4", made_set("material_report_milan_v4",
                                        {"material_vcek_milan", "material_ask_milan", "material_ark_milan"}));
  UNITEE_REQUIRE_EVIDENCE();
  check_every_bit("version 2", recorded_set("milan-v2-vcek-debug"));
  check_every_bit("version 3", recorded_set("genoa-v3-vcek"));
  check_every_bit("version 5", recorded_set("turin-v5-vcek"));
}

TEST_CASE("every byte of every certificate is protected", "[verify][snp]") {
  UNITEE_REQUIRE_EVIDENCE();
  check_every_byte("VCEK chain", recorded_set("milan-v5-vcek-gcp"), one_value);
  check_every_byte("VLEK chain", recorded_set("milan-v5-vlek-aws"), one_value);
}

TEST_CASE("every single bit of every certificate is protected", "[.large][verify][snp]") {
  UNITEE_REQUIRE_EVIDENCE();
  check_every_byte("VCEK chain", recorded_set("milan-v5-vcek-gcp"), one_bit);
  check_every_byte("VLEK chain", recorded_set("milan-v5-vlek-aws"), one_bit);
}

}  // namespace test_changes
