// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/ccel_table.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/fields.hpp"
#include "support/refusals.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace test_ccel_table {

using namespace unitee;
using namespace unitee::eventlog;

namespace {

static_assert(ccel_table::size == 56);
static_assert(ccel_row::log_area_start_address::offset == 48);
static_assert(ccel_table::parse({}).error() == failure{errc::truncated, 0});

}  // namespace

TEST_CASE("every field of the table has its own value", "[eventlog][ccel_table]") {
  const auto bytes = test::vector_bases("eventlog").at("table_tdx");
  const auto table = ccel_table::parse(bytes);
  REQUIRE(table);
  CHECK(equal(table->bytes(), bytes));
  CHECK(table->cc_type() == cc_type::tdx);
  CHECK(table->log_area_minimum_length() == 0x40000);
  CHECK(table->log_area_start_address() == 0x123456000);
  const auto fields = test::fields(*table);
  CHECK(fields.size() == 14);
  CHECK(test::field_hex(fields, "oem_id") == "554e49544545");
  CHECK(test::field_hex(fields, "oem_table_id") == "564543544f525320");
  CHECK(test::field_hex(fields, "oem_revision") == "02000000");
  CHECK(test::field_hex(fields, "creator_id") == "54455354");
  CHECK(test::field_hex(fields, "creator_revision") == "03000000");
  CHECK(test::field_hex(fields, "cc_subtype") == "05");
  CHECK(test::field_hex(fields, "reserved_38") == "0607");
  CHECK(ccel_table::parse(test::vector_bases("eventlog").at("table_sev"))->cc_type() == cc_type::sev);
}

TEST_CASE("every bit of the table is in its checksum", "[eventlog][ccel_table]") {
  auto bytes = test::vector_bases("eventlog").at("table_tdx");
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    bytes[bit / 8] ^= mask;
    const std::size_t at = bit / 8 < 4 ? 0 : bit / 8 < 8 ? 4 : 9;
    CAPTURE(bit);
    REQUIRE(ccel_table::parse(bytes).error() == failure{at == 4 ? errc::bad_length : errc::bad_value, at});
    bytes[bit / 8] ^= mask;
  }
}

TEST_CASE("no other size is a table", "[eventlog][ccel_table]") {
  const auto bytes = test::vector_bases("eventlog").at("table_tdx");
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    REQUIRE(ccel_table::parse(byte_view(bytes).first(n)).error() == failure{errc::truncated, n});
  }
}

}  // namespace test_ccel_table
