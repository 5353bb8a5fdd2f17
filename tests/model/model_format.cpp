// SPDX-License-Identifier: Apache-2.0
#include <unitee/model/model_format.hpp>

#include "support/catch.hpp"
#include "support/model.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace test_model_format {

using namespace unitee;

static_assert(content_type(model_format::gguf) == "application/vnd.gguf");
static_assert(content_type(model_format::safetensors) == "application/vnd.safetensors");
static_assert(content_type(model_format{9}).empty());

constexpr std::array<std::uint8_t, 4> gguf{'G', 'G', 'U', 'F'};
static_assert(*recognise(memory_source(gguf)) == model_format::gguf);
constexpr std::array<std::uint8_t, 10> safetensors{2, 0, 0, 0, 0, 0, 0, 0, '{', '}'};
static_assert(*recognise(memory_source(safetensors)) == model_format::safetensors);

TEST_CASE("what is neither format is not recognised", "[model][model_format]") {
  const auto all = test::model_vectors("none");
  CHECK(all.size() == 9);
  for (const auto& [about, vector_name, bytes] : all) {
    CAPTURE(vector_name);
    const auto answer = recognise(memory_source(bytes));
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == failure{errc::unrecognized, 0, part::model});
  }
}

TEST_CASE("a format is recognised from the first nine bytes and the size of the file", "[model][model_format]") {
  for (const auto& [name, format] : {std::pair{std::string_view("gguf_whole"), model_format::gguf},
                                     std::pair{std::string_view("safetensors_whole"), model_format::safetensors}}) {
    auto bytes = test::model_file(name);
    const std::uint64_t size = bytes.size();
    bytes.resize(9);
    CHECK(*recognise(test::sparse_source{bytes, size}) == format);
    CHECK(*recognise(test::sparse_source{bytes, ~std::uint64_t{0}}) == format);
  }
  // A header may take up to a hundred million bytes, all of them in the file.
  constexpr std::uint64_t most = 100'000'000;
  test::sparse_source large{{0, 0xE1, 0xF5, 0x05, 0, 0, 0, 0, '{'}, most + 8};
  CHECK(*recognise(large) == model_format::safetensors);
  --large.length;
  CHECK(recognise(large).error().code == errc::unrecognized);
}

TEST_CASE("a file that cannot be read is not called unrecognised", "[model][model_format]") {
  CHECK(recognise(test::failing_source{gguf, 3}).error() == failure{errc::io_error, 5});
}

}  // namespace test_model_format
