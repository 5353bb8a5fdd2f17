// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/certification_data.hpp>

#include "support/catch.hpp"
#include "support/sample_quote.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace test_certification_data {

using namespace unitee;
using kind = tdx::certification_data_type;

namespace {

constexpr std::array sizes{std::pair{kind::ppid_cleartext, 16U}, std::pair{kind::ppid_rsa_2048, 256U},
                           std::pair{kind::ppid_rsa_3072, 384U}};

constexpr bool reads_back(kind type, unsigned ppid_size) {
  test::sample data;
  for (unsigned i = 0; i < ppid_size; ++i) data.le(i & 0xff, 1);
  data.run<16>(0x70).le(0x1234, 2).le(0x5678, 2);
  const tdx::certification_data certification(type, data.bytes(), 1000);
  const auto id = certification.pck_id();
  return id && id->ppid.size() == ppid_size && equal(id->ppid, data.bytes().first(ppid_size)) &&
         id->cpusvn.value == test::run<16>(0x70) && id->pcesvn == 0x1234 && id->pceid == 0x5678 &&
         certification.type() == type && certification.offset() == 1000 && equal(certification.bytes(), data.bytes());
}
static_assert(reads_back(kind::ppid_cleartext, 16));
static_assert(reads_back(kind::ppid_rsa_2048, 256));
static_assert(reads_back(kind::ppid_rsa_3072, 384));

}  // namespace

TEST_CASE("types 1 to 3 have exactly one size each", "[tdx][certification_data]") {
  const std::vector<std::uint8_t> bytes(500);
  for (const auto& [type, ppid_size] : sizes) {
    const std::size_t size = ppid_size + 20;
    for (std::size_t n = 0; n <= bytes.size(); ++n) {
      const auto id = tdx::certification_data(type, byte_view(bytes).first(n), 1000).pck_id();
      CAPTURE(ppid_size, n);
      REQUIRE(id.has_value() == (n == size));
      if (n < size) REQUIRE(id.error() == failure{errc::truncated, 1000 + n, part::quote});
      if (n > size) REQUIRE(id.error() == failure{errc::trailing_data, 1000 + size, part::quote});
    }
  }
}

TEST_CASE("types 4 to 7 and undefined ones identify no PCK by number", "[tdx][certification_data]") {
  const std::vector<std::uint8_t> bytes(36);
  for (const unsigned type : {0U, 4U, 5U, 6U, 7U, 8U, 0xffffU}) {
    const auto id = tdx::certification_data(static_cast<kind>(type), bytes, 77).pck_id();
    REQUIRE(!id);
    CHECK(id.error() == failure{errc::unsupported_format, 77, part::quote});
  }
}

}  // namespace test_certification_data
