// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_reference_values.hpp>

#include "support/catch.hpp"
#include "support/stops.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace test_snp_reference_values {

using namespace unitee;
using snp::abi_version;
using snp::generation;
using snp::make_minima;
using snp::minimum_tcb;
using snp::padded_report_data;

static_assert(abi_version{1, 55} < abi_version{1, 56} && abi_version{1, 255} < abi_version{2, 0});
static_assert(abi_version{1, 200} > abi_version{1, 100}, "the bytes are unsigned");
static_assert(std::tuple_size_v<snp::tcb_minima> == 4);

TEST_CASE("a minimum TCB stands at its product, in the product's layout, and the last one of a product counts",
          "[verify][reference_values]") {
  const std::vector<minimum_tcb> wanted{
      {generation::venice, {.fmc = 9, .tee = 10, .snp = 11}},
      {generation::milan, {.boot_loader = 1}},
      {generation::turin, {.fmc = 1, .boot_loader = 2, .tee = 3, .snp = 4, .microcode = 5}},
      {generation::milan, {.boot_loader = 6, .tee = 7, .snp = 8, .microcode = 200}}};
  const auto minima = make_minima(wanted);
  REQUIRE(minima[0]);
  CHECK(minima[0]->value == std::array<std::uint8_t, 8>{6, 7, 0, 0, 0, 0, 8, 200});
  CHECK_FALSE(minima[1]);
  REQUIRE(minima[2]);
  CHECK(minima[2]->value == std::array<std::uint8_t, 8>{1, 2, 3, 4, 0, 0, 0, 5});
  REQUIRE(minima[3]);
  CHECK(minima[3]->value == std::array<std::uint8_t, 8>{9, 10, 11, 0, 0, 0, 0, 0});
  for (const auto& each : make_minima({})) CHECK_FALSE(each);
}

TEST_CASE("a minimum for a part that the product lacks stops the program", "[verify][reference_values]") {
  const minimum_tcb milan_fmc{generation::milan, {.fmc = 1}};
  const minimum_tcb genoa_fmc{generation::genoa, {.fmc = 1}};
  const minimum_tcb turin_fmc{generation::turin, {.fmc = 1}};
  const auto stops_for = [](const minimum_tcb& one) {
    return test::stops([&] { return make_minima(std::span(&one, 1))[0].has_value(); });
  };
  CHECK(stops_for(milan_fmc));
  CHECK(stops_for(genoa_fmc));
  CHECK_FALSE(stops_for(turin_fmc));
}

TEST_CASE("report data of any length up to 64 bytes are followed by zeros, and longer ones stop the program",
          "[verify][reference_values]") {
  std::array<std::uint8_t, 65> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i + 1);
  for (std::size_t n = 0; n <= 64; ++n) {
    const auto padded = padded_report_data(byte_view(bytes).first(n));
    for (std::size_t i = 0; i < 64; ++i) REQUIRE(padded.value[i] == (i < n ? i + 1 : 0));
  }
  CHECK(test::stops([&] { return padded_report_data(bytes).value[0]; }));
}

TEST_CASE("reference values that nobody filled in ask for nothing, and allow nothing", "[verify][reference_values]") {
  const snp::reference_values none;
  CHECK_FALSE((none.report_data || none.measurements || none.minimum_tcb || none.minimum_launch_tcb));
  CHECK_FALSE((none.allow_debug || none.allow_migration || none.allow_cxl || none.allow_masked_chip_id));
  CHECK_FALSE((none.forbid_smt || none.refuse_provisional || none.refuse_unknown_platform || none.ask_id_block));
  CHECK(none.policy_required.value == 0);
  CHECK(none.platform_required.value == 0);
  CHECK(none.platform_forbidden.value == 0);
  CHECK_FALSE((none.policy_abi || none.vmpl || none.vmpl_max || none.host_data || none.family_id || none.image_id));
  CHECK_FALSE((none.guest_svn || none.report_id || none.report_id_ma || none.author_keys || none.products));
  CHECK_FALSE((none.chip_ids || none.signing_key || none.csp_ids || none.crl || none.firmware));
  CHECK_FALSE((none.launch_mitigations || none.current_mitigations));
  CHECK((none.id_keys.empty() && none.id_key_authors.empty()));
}

}  // namespace test_snp_reference_values
