// SPDX-License-Identifier: Apache-2.0
#include <unitee/vtpm/hcl_binding.hpp>

#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/forge.hpp"

#include <unitee/snp/report.hpp>

#include <array>
#include <string>
#include <vector>

namespace test_hcl_binding {

using namespace unitee;
using namespace unitee::test;

namespace {

using octets = std::vector<std::uint8_t>;

// blob is an HCL report around this runtime data: only what parse looks at.
octets blob(const std::string& runtime_data, unsigned hash) {
  octets out(0x4D4);
  const auto le = [&](std::size_t at, std::size_t value) {
    for (std::size_t i = 0; i < 4; ++i) out[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
  };
  const std::string magic = "HCLA";
  std::copy(magic.begin(), magic.end(), out.begin());
  le(0x004, 1);
  le(0x008, 0x4C0 + 20 + runtime_data.size());
  le(0x00C, 2);
  le(0x4C0, 20 + runtime_data.size());
  le(0x4C4, 1);
  le(0x4C8, 2);
  le(0x4CC, hash);
  le(0x4D0, runtime_data.size());
  out.insert(out.end(), runtime_data.begin(), runtime_data.end());
  return out;
}

std::array<std::uint8_t, 64> data_of(const std::string& hex) {
  std::array<std::uint8_t, 64> out{};
  const auto bytes = bytes_of_hex(hex);
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

bool binds(const std::string& runtime_data, unsigned hash, const std::array<std::uint8_t, 64>& data) {
  const auto bytes = blob(runtime_data, hash);
  const auto outcome = vtpm::check_binding(need(vtpm::hcl_report::parse(bytes)), data);
  if (!outcome) CHECK(outcome.error() == failure{errc::binding_mismatch});
  return outcome.has_value();
}

// Digests of the text {"keys":[]} by sha256sum, sha384sum and sha512sum.
const std::string text = R"({"keys":[]})";
const std::array<std::string, 3> digests{"9638d11914735d0072002dd4d67c734a94ee7a0cd845e6dcbc984ee7581860a7",
                                         "6f9ea156e71212829de8b6feb1a63ad3489f73057351bf43276b7d69ce69d7f3"
                                         "2f7f0eafeb15f77941202ab16e80bf01",
                                         "bc530554aac6841ba2e2863cce6c7b15018c2ea956a9c3f52ed6a313f9aa4b5e"
                                         "1d9e348121d4b5b79c7ea50e91bf2443a519d61885609d947be5cd9c09b0cc0a"};

}  // namespace

TEST_CASE("report data are the digest of the runtime data and then zeros, for each hash", "[vtpm]") {
  for (unsigned hash = 1; hash <= 3; ++hash) {
    const auto good = data_of(digests[hash - 1]);
    CHECK(binds(text, hash, good));
    for (std::size_t bit = 0; bit < 512; ++bit) {
      auto other = good;
      other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ 1u << bit % 8);
      CHECK_FALSE(binds(text, hash, other));
    }
    for (unsigned another = 1; another <= 3; ++another) CHECK(binds(text, another, good) == (another == hash));
  }
}

TEST_CASE("the runtime data count as they stand, not as JSON", "[vtpm]") {
  const auto good = data_of(digests[0]);
  CHECK_FALSE(binds(R"({"keys": []})", 1, good));
  CHECK_FALSE(binds(text + "\n", 1, good));
  CHECK_FALSE(binds("", 1, good));
  CHECK(binds("", 1, data_of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")));
}

TEST_CASE("every recorded HCL report binds its runtime data, and no changed one does", "[vtpm]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = evidence_manifest("snp");
  std::size_t tried = 0;
  for (const auto& entry : manifest.at("cases")) {
    if (!entry.at("files").contains("hcl_report")) continue;
    auto bytes = evidence_file("snp/" + entry.at("files").at("hcl_report").get<std::string>());
    const auto data = need(snp::report::parse(need(vtpm::hcl_report::parse(bytes)).hardware_report())).report_data();
    CHECK(vtpm::check_binding(need(vtpm::hcl_report::parse(bytes)), data.view()));
    const std::size_t end = 0x4D4 + entry.at("hcl").at("variable_data_size").get<std::size_t>();
    for (std::size_t at = 0x4D4; at < end; ++at) {
      bytes[at] ^= 0x20;
      CHECK_FALSE(vtpm::check_binding(need(vtpm::hcl_report::parse(bytes)), data.view()));
      bytes[at] ^= 0x20;
    }
    ++tried;
  }
  CHECK(tried == 4);
}

}  // namespace test_hcl_binding
