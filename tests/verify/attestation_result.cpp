// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/attestation_result.hpp>

#include "support/catch.hpp"

#include <string_view>
#include <vector>

namespace test_attestation_result {

using namespace unitee;

static_assert(std::string_view(name(outcome::met)) == "met");
static_assert(std::string_view(name(outcome::not_met)) == "not met");
static_assert(std::string_view(name(outcome::not_asked)) == "not asked");
static_assert(check_value().bytes().empty());
static_assert(check_value().is() == check_value::kind::none);
static_assert(check_value(true).is() == check_value::kind::flag && check_value(true).number() == 1);
static_assert(check_value::number(7).number() == 7 && check_value::number(7).is() == check_value::kind::number);
static_assert(check_value::mask(7).number() == 7 && check_value::mask(7).is() == check_value::kind::mask);
static_assert(check_value::release({1, 55, 29}).bytes().size() == 3 &&
              check_value::release({1, 55, 29}).bytes()[1] == 55);
static_assert(check_value(true).flag() == true && check_value(false).flag() == false && !check_value().flag());

TEST_CASE("a check value holds up to 128 bytes", "[verify][appraise]") {
  std::vector<std::uint8_t> bytes;
  for (std::size_t n = 0; n <= 128; ++n) {
    CHECK(equal(check_value(byte_view(bytes)).bytes(), bytes));
    bytes.push_back(static_cast<std::uint8_t>(n + 1));
  }
  CHECK(equal(check_value(byte_view(bytes)).bytes(), byte_view(bytes).first(128)));
  CHECK_FALSE(check_value(byte_view(bytes).first(1)).flag());  // one byte is not a flag
}

TEST_CASE("a check value tells text from bytes", "[verify][appraise]") {
  const auto text = check_value::text("CN=somebody");
  CHECK(text.is() == check_value::kind::text);
  CHECK(text.text() == "CN=somebody");
  CHECK(check_value(byte_view(text.bytes())).text().empty());
}

}  // namespace test_attestation_result
