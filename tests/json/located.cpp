// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/located.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace test_located {

using namespace unitee;
using namespace std::literals;

namespace {

constexpr json_limits limits{1 << 20, 4};

result<located_json> located(std::string_view text) { return located_json::parse(test::bytes_of(text), limits); }

failure refusal(std::string_view text) {
  const auto answer = located(text);
  CAPTURE(std::string(text));
  REQUIRE_FALSE(answer);
  return answer.error();
}

// check_same compares a value with the parser's tree, and the text that it says it stands in with that of the value.
std::uint32_t check_same(const json_value& value, const nlohmann::json& wanted, std::string_view all) {
  CHECK(nlohmann::json::parse(all.substr(value.begin, value.end - value.begin)) == wanted);
  CHECK(std::string_view(" \t\r\n,:").find(all[value.begin]) == std::string_view::npos);
  std::uint32_t size = 1;
  switch (value.kind) {
    case json_kind::null: CHECK(wanted.is_null()); break;
    case json_kind::boolean: CHECK(wanted.is_boolean()); break;
    case json_kind::count: CHECK(wanted == value.count); break;
    case json_kind::number: CHECK((wanted.is_number() && !wanted.is_number_unsigned())); break;
    case json_kind::text: CHECK(wanted == std::string(value.text)); break;
    case json_kind::array: {
      REQUIRE(wanted.is_array());
      auto at = wanted.begin();
      for (const json_value& each : value.children()) size += check_same(each, *at++, all);
      CHECK(at == wanted.end());
      break;
    }
    case json_kind::object: {
      REQUIRE(wanted.is_object());
      std::size_t members = 0;
      for (const json_value& each : value.children()) {
        size += check_same(each, wanted.at(std::string(each.name)), all);
        CHECK(value.find(each.name) == &each);
        CHECK(all[each.name_at] == '"');
        ++members;
      }
      CHECK(members == wanted.size());
      CHECK(value.find("no such member") == nullptr);
      break;
    }
  }
  CHECK(value.size == size);
  return size;
}

}  // namespace

TEST_CASE("every value of a JSON text says what it is and where it stands", "[json][located]") {
  for (const std::string_view text :
       {R"({"a":[1,-2,2.5,true,false,null,"x"],"b":{"a":{}},"c":[[],{}]})"sv, "[]"sv, "{}"sv, "7"sv, "\"\""sv, "null"sv,
        " 12 "sv, "-0"sv, "1e2"sv, "18446744073709551615"sv, "18446744073709551616"sv, "\t[\n1 ,2\r,3\n]\n"sv,
        R"([{"a":1},{"a":1}])"sv, R"({"":1,"\u0061":2,"b\"c":"\\","d":"\\\"","e":"\u00e9\ud83d\ude00"})"sv,
        R"([ "a,b:c" , "[{}]" ,"\/" , { "x" : [ 0.5e+3 , false ] , "yy":null } ])"sv, R"({"a":12,"b":[3],"c":-4})"sv}) {
    const auto answer = located(text);
    CAPTURE(std::string(text));
    REQUIRE(answer);
    check_same(answer->root(), nlohmann::json::parse(text), text);
  }
}

TEST_CASE("what a located text says stays where it is when it is moved", "[json][located]") {
  auto first = located(R"(["plain","esc\u0061ped",{"n\u0061me":1}])");
  REQUIRE(first);
  const located_json moved = *std::move(first);
  auto at = moved.root().children().begin();
  CHECK((*at).text == "plain");
  CHECK((*++at).text == "escaped");
  CHECK((*++at).find("name") != nullptr);
}

TEST_CASE("a located text is refused like any JSON text", "[json][located]") {
  const std::string_view text = R"({"a":[1,{"b":"c\n"},true],"d":"é"})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const failure why = refusal(text.substr(0, size));
    CHECK(why == parse_json(test::bytes_of(text.substr(0, size)), limits).error());
    CHECK(why.code == errc::bad_encoding);
  }
  for (const std::string_view bad :
       {"{}x"sv, "{} {}"sv, "[1,]"sv, "{'a':1}"sv, "[NaN]"sv, "/**/{}"sv, "[\"\xFF\"]"sv, "[\"\x01\"]"sv,
        "\xEF\xBB\xBF{}"sv, "{}\0"sv, "{}\0garbage"sv, "[1e999]"sv, ""sv}) {
    const auto same = parse_json(test::bytes_of(bad), limits);
    REQUIRE_FALSE(same);
    CHECK(refusal(bad) == same.error());
  }
  CHECK(refusal(std::string((1 << 20) + 1, ' ')) == failure{errc::bad_length, 1 << 20});
}

TEST_CASE("a name that is there twice is refused where it begins the second time", "[json][located]") {
  CHECK(refusal(R"({"a":1,"a":1})") == failure{errc::duplicate, 7});
  CHECK(refusal(R"({"a":1,"b":2,"\u0061":3})") == failure{errc::duplicate, 13});
  CHECK(refusal(R"([0,{"b":{"a":[],"a":0}}])") == failure{errc::duplicate, 16});
  CHECK(refusal(R"({"b":1,"a":1, "a" :2,"b":2,"a":3})") == failure{errc::duplicate, 14});
  CHECK(located(R"([{"a":1},{"a":1}])"));
  CHECK(located(R"({"a":{"a":{"a":1}}})"));
}

TEST_CASE("what stands too deep is refused at its bracket", "[json][located]") {
  CHECK(located("[[[[]]]]"));
  CHECK(refusal("[[[[[]]]]]") == failure{errc::unsupported_format, 4});
  CHECK(refusal(R"({"a":[{"a":[ {)") == failure{errc::unsupported_format, 13});
  CHECK(refusal(std::string(1 << 20, '[')) == failure{errc::unsupported_format, 4});
}

TEST_CASE("a value more than the limit is refused where it begins", "[json][located]") {
  const auto within = [](std::string_view text, std::size_t values) {
    return located_json::parse(test::bytes_of(text), {1000, 4, values});
  };
  const std::string_view text = R"([null,true,"x",[],{"a":-1,"b":2.5}, 3 ])";
  const std::size_t at[] = {0, 1, 6, 11, 15, 18, 23, 30, 36};
  for (std::size_t values = 0; values < std::size(at); ++values) {
    const auto answer = within(text, values);
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == failure{errc::bad_length, at[values]});
  }
  CHECK(within(text, std::size(at)));
  CHECK(within("[[[[[", 4).error() == failure{errc::bad_length, 4});
  CHECK(within("[[[[[", 5).error() == failure{errc::unsupported_format, 4});
  // The default refuses nothing real, and keeps a text of a mebibyte from being half a million values.
  std::string many = "[";
  for (int i = 0; i < 199'998; ++i) many += "0,";
  CHECK(located(many + "0]"));
  CHECK(refusal(many + "0,0]") == failure{errc::bad_length, many.size() + 2});
}

TEST_CASE("an object with very many members does not take the square of their time", "[json][located]") {
  std::string text = "{";
  for (int i = 0; i < 60000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  text += "\"last\":0}";
  const auto before = std::chrono::steady_clock::now();
  CHECK(located(text));
  CHECK(std::chrono::steady_clock::now() - before < 2s);
  text.replace(text.find("\"last\""), 6, "\"123\" ");
  CHECK(refusal(text) == failure{errc::duplicate, text.find("\"123\" ")});
}

}  // namespace test_located
