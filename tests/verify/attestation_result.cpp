// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/attestation_result.hpp>

#include "support/catch.hpp"

#include <string_view>
#include <vector>

using namespace unitee;

static_assert(std::string_view(name(outcome::met)) == "met");
static_assert(std::string_view(name(outcome::not_met)) == "not met");
static_assert(std::string_view(name(outcome::not_asked)) == "not asked");
static_assert(check_value().bytes().empty());
static_assert(check_value(true).bytes().size() == 1 && check_value(true).bytes()[0] == 1);
static_assert(check_value(false).bytes().size() == 1 && check_value(false).bytes()[0] == 0);
static_assert(check_value(true).flag() == true && check_value(false).flag() == false && !check_value().flag());

TEST_CASE("a check value holds up to 64 bytes", "[verify][appraise]") {
  std::vector<std::uint8_t> bytes;
  for (std::size_t n = 0; n <= 64; ++n) {
    CHECK(equal(check_value(byte_view(bytes)).bytes(), bytes));
    bytes.push_back(static_cast<std::uint8_t>(n + 1));
  }
  CHECK(equal(check_value(byte_view(bytes)).bytes(), byte_view(bytes).first(64)));
  CHECK_FALSE(check_value(byte_view(bytes).first(1)).flag());  // one byte is not a flag
}
