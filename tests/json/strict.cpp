// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/strict.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <string>
#include <string_view>

namespace test_strict {

using namespace unitee;
using namespace std::literals;

namespace {

constexpr json_limits limits{1000, 4};

result<nlohmann::json> parsed(std::string_view text) { return parse_json(test::bytes_of(text), limits); }

failure refusal(std::string_view text) {
  const auto answer = parsed(text);
  CAPTURE(std::string(text));
  REQUIRE_FALSE(answer);
  return answer.error();
}

}  // namespace

TEST_CASE("JSON of every kind of value means what it says", "[json][strict]") {
  for (const std::string_view text :
       {R"({"a":[1,-2,2.5,true,false,null,"x"],"b":{"a":{}},"c":[[],{}]})"sv, "[]"sv, "{}"sv, "7"sv, "\"\""sv, "null"sv,
        R"([{"a":1},{"a":1}])"sv, R"({"":1,"\u0061":2})"sv, " \t\r\n{ } \n"sv, R"(["\u00e9\ud83d\ude00"])"sv}) {
    const auto answer = parsed(text);
    CAPTURE(std::string(text));
    REQUIRE(answer);
    CHECK(*answer == nlohmann::json::parse(text));
  }
}

TEST_CASE("a text that ends too early is refused where it ends", "[json][strict]") {
  const std::string_view text = R"({"a":[1,{"b":"c\n"},true],"d":"é"})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const failure why = refusal(text.substr(0, size));
    CHECK(why.code == errc::bad_encoding);
    CHECK((why.offset == size || why.offset + 1 == size));  // inside of two bytes of UTF-8 it is the first
    CHECK(why.in == part::input);
  }
  CHECK(parsed(text));
}

TEST_CASE("what is not JSON is refused where it begins to be something else", "[json][strict]") {
  CHECK(refusal("{}x") == failure{errc::bad_encoding, 2});
  CHECK(refusal("{} {}") == failure{errc::bad_encoding, 3});
  CHECK(refusal("[1,]") == failure{errc::bad_encoding, 3});
  CHECK(refusal("{'a':1}") == failure{errc::bad_encoding, 1});
  CHECK(refusal("[NaN]") == failure{errc::bad_encoding, 1});
  CHECK(refusal("/**/{}") == failure{errc::bad_encoding, 0});
  CHECK(refusal("[\"\xFF\"]") == failure{errc::bad_encoding, 2});
  CHECK(refusal("[\"\x01\"]") == failure{errc::bad_encoding, 2});
  CHECK(refusal("\xEF\xBB\xBF{}") == failure{errc::bad_encoding, 0});
  CHECK(refusal("{}\0"sv) == failure{errc::bad_encoding, 2});
  CHECK(refusal("{}\0garbage"sv) == failure{errc::bad_encoding, 2});
  CHECK(refusal("[1e999]").code == errc::bad_encoding);
}

TEST_CASE("a member that is there twice is refused, wherever it is", "[json][strict]") {
  CHECK(refusal(R"({"a":1,"a":1})") == failure{errc::duplicate, 9});
  CHECK(refusal(R"({"a":1,"b":2,"\u0061":3})") == failure{errc::duplicate, 20});
  CHECK(refusal(R"([0,{"b":{"a":[],"a":0}}])") == failure{errc::duplicate, 18});
  CHECK(refusal(R"({"a":{"x":1},"a":{"y":1}})") == failure{errc::duplicate, 15});
}

TEST_CASE("what stands too deep is refused where it begins", "[json][strict]") {
  CHECK(parsed("[[[[]]]]"));
  CHECK(parsed(R"({"a":{"a":{"a":{"a":1}}}})"));
  CHECK(parsed("[[[[],[]]],[[[]]]]"));
  CHECK(refusal("[[[[[]]]]]") == failure{errc::unsupported_format, 4});
  CHECK(refusal(R"({"a":[{"a":[{)") == failure{errc::unsupported_format, 12});
  CHECK(refusal(std::string(999, '[')) == failure{errc::unsupported_format, 4});
}

TEST_CASE("a value more than the limit is refused where it is", "[json][strict]") {
  const auto within = [](std::string_view text, std::size_t values) {
    return parse_json(test::bytes_of(text), {1000, 4, values});
  };
  const std::string_view text =
      R"([null,true,"x",[],{"a":-1,"b":2.5},3 ])";  // where each value is over, or its bracket
  const std::size_t at[] = {0, 4, 9, 13, 15, 18, 25, 33, 36};
  for (std::size_t values = 0; values < std::size(at); ++values) {
    const auto answer = within(text, values);
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == failure{errc::bad_length, at[values]});
  }
  CHECK(within(text, std::size(at)));
  CHECK(within("[[[[[", 4).error().code == errc::bad_length);
  CHECK(within("[[[[[", 5).error().code == errc::unsupported_format);
  CHECK(limits.values == 200'000);
}

TEST_CASE("a text longer than its limit is refused", "[json][strict]") {
  CHECK(parsed("[" + std::string(998, ' ') + "]"));
  CHECK(refusal("[" + std::string(999, ' ') + "]") == failure{errc::bad_length, 1000});
}

}  // namespace test_strict
