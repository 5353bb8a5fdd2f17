// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/runtime_data.hpp>

#include "support/edits.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"
#include "support/quotes.hpp"

#include <unitee/vtpm/hcl_report.hpp>

#include <cctype>
#include <functional>
#include <string>
#include <string_view>

namespace test_runtime_data {

using namespace unitee;
using namespace unitee::test;

namespace {

using json = nlohmann::json;

// good is runtime data with a modulus of 2048 bits, all of them ones.
json good() {
  return {{"keys",
           {{{"kid", "HCLEkPub"}, {"kty", "RSA"}, {"n", "not asked"}},
            {{"kid", "HCLAkPub"},
             {"key_ops", {"encrypt"}},
             {"kty", "RSA"},
             {"e", "AQAB"},
             {"n", std::string(341, '_') + "w"}}}},
          {"vm-configuration", {{"secure-boot", true}}},
          {"user-data", std::string(126, '0') + "aB"}};
}

result<runtime_data> parsed(const json& value) { return runtime_data::parse(bytes_of(value.dump())); }

failure refusal(const std::function<void(json&)>& edit) {
  json value = good();
  edit(value);
  CAPTURE(value.dump());
  const auto answer = parsed(value);
  REQUIRE_FALSE(answer);
  return answer.error();
}

failure key_refusal(const std::function<void(json&)>& edit) {
  return refusal([&](json& whole) { edit(whole["keys"][1]); });
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

TEST_CASE("runtime data give their attestation key and user data, and no more is asked of them", "[json]") {
  const auto data = need(parsed(good()));
  CHECK(data.attestation_key.bits() == 2048);
  REQUIRE(data.user_data);
  CHECK(hex_of(data.user_data->value) == std::string(126, '0') + "ab");
  auto less = good();
  less.erase("user-data");
  less.erase("vm-configuration");
  less["keys"].erase(0);
  less["keys"][0].erase("key_ops");
  CHECK_FALSE(need(parsed(less)).user_data);
  auto more = good();
  more["keys"].push_back({{"kid", 7}});
  more["keys"].push_back(json::object());
  more["new"] = {1, 2, 3};
  CHECK(parsed(more));
}

TEST_CASE("runtime data without exactly one attestation key are refused", "[json]") {
  CHECK(refusal([](json& it) { it = json::array(); }) == failure{errc::bad_value});
  CHECK(refusal([](json& it) { it.erase("keys"); }) == failure{errc::missing});
  CHECK(refusal([](json& it) { it["keys"] = "HCLAkPub"; }) == failure{errc::bad_value});
  CHECK(refusal([](json& it) { it["keys"] = json::array(); }) == failure{errc::missing});
  CHECK(refusal([](json& it) { it["keys"][0] = 1; }) == failure{errc::bad_value});
  CHECK(refusal([](json& it) { it["keys"].erase(1); }) == failure{errc::missing});
  CHECK(refusal([](json& it) { it["keys"].push_back(it["keys"][1]); }) == failure{errc::duplicate});
  CHECK(key_refusal([](json& it) { it["kid"] = "hclakpub"; }) == failure{errc::missing});
  CHECK(key_refusal([](json& it) { it.erase("kid"); }) == failure{errc::missing});
}

TEST_CASE("an attestation key that is not an RSA key as it should be is refused", "[json]") {
  CHECK(key_refusal([](json& it) { it.erase("kty"); }) == failure{errc::missing});
  for (const json& kty : {json("EC"), json("rsa"), json(1)}) {
    CHECK(key_refusal([&](json& it) { it["kty"] = kty; }) == failure{errc::unsupported_algorithm});
  }
  for (const char* number : {"n", "e"}) {
    CHECK(key_refusal([&](json& it) { it.erase(number); }) == failure{errc::missing});
    CHECK(key_refusal([&](json& it) { it[number] = 65537; }) == failure{errc::bad_value});
    CHECK(key_refusal([&](json& it) { it[number] = ""; }) == failure{errc::bad_value});
    CHECK(key_refusal([&](json& it) { it[number] = "AAEAAQ"; }) == failure{errc::bad_value});  // a zero before it
    CHECK(key_refusal([&](json& it) { it[number] = "AQAB="; }) == failure{errc::bad_encoding});
    CHECK(key_refusal([&](json& it) { it[number] = "AQA+"; }) == failure{errc::bad_encoding});
  }
  CHECK(key_refusal([](json& it) { it["e"] = "Aw"; }) == failure{errc::bad_value});
  CHECK(key_refusal([](json& it) { it["n"] = std::string(170, '_') + "8"; }) == failure{errc::unsupported_algorithm});
  CHECK(key_refusal([](json& it) { it["n"] = std::string(1000, '_'); }) == failure{errc::unsupported_algorithm});
}

TEST_CASE("user data that are not 128 hexadecimal digits are refused", "[json]") {
  for (const json& wrong : {json(""), json(std::string(127, '0')), json(std::string(130, '0')),
                            json(std::string(127, '0') + "g"), json(0), json(nullptr)}) {
    CHECK(refusal([&](json& it) { it["user-data"] = wrong; }) == failure{errc::bad_value});
  }
}

TEST_CASE("runtime data that are not strict JSON are refused", "[json]") {
  const std::string text = good().dump();
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto answer = runtime_data::parse(bytes_of(std::string_view(text).substr(0, size)));
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == failure{errc::bad_encoding, size});
  }
  const std::string twice = text.substr(0, text.size() - 1) + R"(,"keys":[]})";
  CHECK(runtime_data::parse(bytes_of(twice)).error() == failure{errc::duplicate, text.size() + 5});
  CHECK(runtime_data::parse(bytes_of(std::string(100, '['))).error() == failure{errc::unsupported_format, 8});
  CHECK(runtime_data::parse(bytes_of(std::string(65537, ' '))).error() == failure{errc::bad_length, 65536});
}

TEST_CASE("recorded runtime data give the keys and user data that are known", "[json]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (const auto& one : recorded_quotes()) {
    CAPTURE(one.name);
    const auto data = need(runtime_data::parse(need(vtpm::hcl_report::parse(one.hcl_report)).runtime_data()));
    CHECK(data.attestation_key.bits() == one.known.at("ak_bits"));
    REQUIRE(data.user_data);
    CHECK(hex_of(data.user_data->value) == lower(one.known.at("user_data")));
  }
  const auto older = evidence_file("snp/azure/azure-milan-v2-wrong-vcek/runtime-data.json");
  const auto data = need(runtime_data::parse(older));
  CHECK(data.attestation_key.bits() == 2048);
  CHECK_FALSE(data.user_data);
}

}  // namespace test_runtime_data
