// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/ear_claims.hpp>

#include "support/ear.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace test_ear_claims {

using namespace unitee;
using namespace unitee::test;

namespace {

using json = nlohmann::json;

}  // namespace

TEST_CASE("found and wanted are told by kind of value", "[json][ear]") {
  using unitee::detail::ear_value;
  CHECK(ear_value({}) == nullptr);
  CHECK(ear_value(check_value(true)) == true);
  CHECK(ear_value(check_value::number(7)) == 7);
  CHECK(ear_value(check_value::mask(0x30)) == "0x0000000000000030");
  CHECK(ear_value(check_value::release({1, 55, 21})) == "1.55.21");
  CHECK(ear_value(check_value::text("Milan")) == "Milan");
  CHECK(ear_value(check_value::text("\xFFM")) == "ff4d");
  CHECK(ear_value(check_value(byte_view(pattern(3)))) == "030a11");
}

TEST_CASE("options that an EAR cannot carry are refused", "[json][ear]") {
  const auto refused = [&](const ear_options& with) {
    return refusal(unitee::detail::ear_claims(with, json::object()));
  };
  for (std::size_t size = 0; size < 100; ++size) {
    auto with = plain_ear();
    with.eat_nonce = pattern(size);
    CHECK(refused(with) == (size < 8 || size > 64 ? std::optional(failure{errc::bad_length}) : std::nullopt));
  }
  for (std::string ear_options::*const text : {&ear_options::developer, &ear_options::build, &ear_options::submodule}) {
    auto with = plain_ear();
    with.*text = "";
    CHECK(refused(with) == failure{errc::missing});
    with.*text = "a\xFF";
    CHECK(refused(with) == failure{errc::bad_encoding});
  }
  auto with = plain_ear();
  with.policy_id = "";
  CHECK(refused(with) == failure{errc::missing});
  with.policy_id = "\x80";
  CHECK(refused(with) == failure{errc::bad_encoding});
}

TEST_CASE("a moment that RFC 3339 cannot write is null", "[json][ear]") {
  using unitee::detail::ear_time;
  CHECK(ear_time({1738368000}) == "2025-02-01T00:00:00Z");  // date -u -d @1738368000
  CHECK(ear_time({0}) == "1970-01-01T00:00:00Z");
  CHECK(ear_time({-1}) == nullptr);
}

}  // namespace test_ear_claims
