// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_reference_values.hpp>

#include "support/catch.hpp"
#include "support/stops.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace test_tdx_reference_values {

using namespace unitee;
using tdx::measurement;
using tdx::tcb_status;

// Bits 16, 17, 27, 28, 30, 31, 62 and 63; bits 23 to 26 and 32 to 61. Bits 18 to 22 are of neither.
static_assert(tdx::attribute_choices == 0xC0000000D8030000);
static_assert(tdx::unknown_attributes == 0x3FFFFFFF07800000);
static_assert((tdx::attribute_choices & tdx::unknown_attributes) == 0);
static_assert(~(tdx::attribute_choices | tdx::unknown_attributes | tdx::td_attributes::tud.mask() |
                tdx::td_attributes::tup.mask() | tdx::td_attributes::migratable.mask()) ==
              tdx::td_attributes::reserved_positive.mask());

static_assert(std::string_view(name(tdx::quote_body_type::enclave)) == "SGX enclave");
static_assert(std::string_view(name(tdx::quote_body_type::td_1_0)) == "TD 1.0");
static_assert(std::string_view(name(tdx::quote_body_type::td_1_5)) == "TD 1.5");
static_assert(std::string_view(name(tdx::quote_body_type::td_1_5_extended)) == "TD 1.5 extended");
static_assert(std::string_view(name(tdx::sgx_type::standard)) == "Standard");
static_assert(std::string_view(name(tdx::sgx_type::scalable)) == "Scalable");
static_assert(std::string_view(name(tdx::sgx_type::scalable_with_integrity)) == "ScalableWithIntegrity");

static_assert(tdx::make_masked(5, 7).fits(5) && tdx::make_masked(5, 7).fits(0xD) && !tdx::make_masked(5, 7).fits(4));
static_assert(tdx::masked_bits{}.fits(0) && !tdx::masked_bits{}.fits(std::uint64_t{1} << 63));

TEST_CASE("a value with bits outside of its mask stops the program", "[verify][reference_values]") {
  CHECK(test::stops([] { return tdx::make_masked(1, 0).value; }));
  CHECK(test::stops([] { return tdx::make_masked(8, 7).value; }));
  CHECK_FALSE(test::stops([] { return tdx::make_masked(7, 7).value; }));
}

TEST_CASE("a set of statuses has UpToDate, and neither Revoked nor NotSupported, or stops the program",
          "[verify][reference_values]") {
  const auto stops_for = [](const std::vector<tcb_status>& statuses) {
    return test::stops([&] { return tdx::accepted_statuses(statuses).size(); });
  };
  CHECK(stops_for({}));
  for (const tcb_status status : tdx::tcb_statuses) {
    CAPTURE(tdx::name(status));
    CHECK(stops_for({status}) == (status != tcb_status::up_to_date));
    const bool never = status == tcb_status::revoked || status == tcb_status::not_supported;
    CHECK(stops_for({status, tcb_status::up_to_date}) == never);
  }
  const std::array two{tcb_status::sw_hardening_needed, tcb_status::up_to_date};
  CHECK(tdx::accepted_statuses(two) == std::vector(two.begin(), two.end()));
}

TEST_CASE("a register that nobody extended is no reference value", "[verify][reference_values]") {
  measurement one;
  one.value[47] = 1;
  CHECK(tdx::extended_registers({}).empty());
  CHECK(tdx::extended_registers(std::array{one, one}).size() == 2);
  CHECK(test::stops([] { return tdx::extended_registers(std::array{measurement{}}).size(); }));
  CHECK(test::stops([&] { return tdx::extended_registers(std::array{one, measurement{}}).size(); }));
}

TEST_CASE("REPORTDATA of any length up to 64 bytes is followed by zeros, and longer ones stop the program",
          "[verify][reference_values]") {
  std::array<std::uint8_t, 65> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i + 1);
  for (std::size_t n = 0; n <= 64; ++n) {
    const auto padded = tdx::padded_report_data(byte_view(bytes).first(n));
    for (std::size_t i = 0; i < 64; ++i) REQUIRE(padded.value[i] == (i < n ? i + 1 : 0));
  }
  CHECK(test::stops([&] { return tdx::padded_report_data(bytes).value[0]; }));
}

TEST_CASE("reference values for a TD that nobody filled in ask for nothing, and allow nothing",
          "[verify][reference_values]") {
  const tdx::reference_values none;
  CHECK_FALSE((none.report_data || none.measurements || none.tcb || none.quote_versions || none.qe_svn));
  CHECK_FALSE((none.allow_debug || none.allow_profiling || none.allow_migration || none.allow_unknown_attributes));
  CHECK_FALSE((none.allow_any_service_td || none.zero_mrsignerseam || none.pce_svn || none.mrseam));
  CHECK_FALSE((none.mrconfigid || none.mrowner || none.mrownerconfig || none.attributes || none.xfam));
  for (const auto& each : none.rtmrs) CHECK_FALSE(each);
  CHECK(none.attributes_required.value == 0);
  CHECK(none.attributes_forbidden.value == 0);
  CHECK_FALSE((none.service_tds || none.mrenclave || none.mrsigner || none.tee_tcb_svn));
  CHECK_FALSE((none.tcb_evaluation_data_number || none.tcb_date || none.out_of_date_grace || none.qe_status));
  CHECK_FALSE((none.rejected_advisories || none.allowed_advisories));
  CHECK(none.stale_collateral == 0);
  CHECK_FALSE((none.platform_instance_ids || none.ppids || none.sgx_types || none.fmspcs));
  CHECK_FALSE((none.forbid_dynamic_platform || none.forbid_cached_keys || none.forbid_smt));
  CHECK(none.unsigned_bytes == tdx::trailing_bytes::any);
  using type = tdx::quote_body_type;
  CHECK(none.bodies == std::vector{type::td_1_0, type::td_1_5});
}

}  // namespace test_tdx_reference_values
