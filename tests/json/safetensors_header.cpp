// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/safetensors_header.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace test_safetensors_header {

using namespace unitee;
using unitee::detail::safetensors_dtype_size;
using unitee::detail::safetensors_header;

// The sizes of all others are compared by the vector safetensors_every_dtype.
static_assert(safetensors_dtype_size("BF16") == 2 && safetensors_dtype_size("F4") == 0);

TEST_CASE("tensors of a header come in the order of the text, with where their offsets stand",
          "[json][safetensors_header]") {
  const std::string text = R"({"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},
    "a":{"data_offsets" : [0,1], "shape":[],"dtype":"BOOL"}})";
  safetensors_header header(text);
  REQUIRE(nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &header));
  const auto at = [&](const char* needle) { return static_cast<std::uint32_t>(text.find(needle)); };
  REQUIRE(header.tensors.size() == 2);
  CHECK(header.tensors[0] == safetensors_header::tensor{1, 3, at("[1,3]")});
  CHECK(header.tensors[1] == safetensors_header::tensor{0, 1, at("[0,1]")});
}

TEST_CASE("a header has a limit of names", "[json][safetensors_header]") {
  const auto refusal = [](std::size_t names, std::size_t of_metadata) {
    std::string text = "{";
    for (std::size_t i = 0; i + of_metadata < names; ++i) {
      if (text.size() > 1) text += ',';
      text += '"' + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
    }
    text += R"(,"__metadata__":{)";
    for (std::size_t i = 0; i < of_metadata; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":"")";
    text += "}}";
    safetensors_header header(text);
    const bool good = nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &header);
    return good ? failure{} : failure{header.why.code, text.size() - header.why.offset};
  };
  const std::size_t most = tensor_index::max_tensors;
  CHECK(refusal(11, 10) == failure{});
  CHECK(refusal(most - 1, most - 2) == failure{});
  const auto last = std::to_string(most - 2).size();
  CHECK(refusal(most, most - 1) == failure{errc::bad_length, last + 7});
}

}  // namespace test_safetensors_header
