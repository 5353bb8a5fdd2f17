// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/safetensors.hpp>

#include "support/catch.hpp"
#include "support/model.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace test_safetensors {

using namespace unitee;

namespace {

constexpr auto read = [](const auto& source) { return read_safetensors(source); };

// file is a header with its length before it, and no data.
std::vector<std::uint8_t> file(const std::string& header) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(std::uint64_t{header.size()} >> 8 * i));
  out.insert(out.end(), header.begin(), header.end());
  return out;
}

}  // namespace

TEST_CASE("safetensors files are read as their vectors say", "[json][safetensors]") {
  const auto [accepted, refused] = test::check_model_vectors("safetensors", model_format::safetensors, read);
  CHECK(accepted == 13);
  CHECK(refused > 120);
}

TEST_CASE("a safetensors file that is cut anywhere is truncated where it ends", "[json][safetensors]") {
  test::check_every_truncation("safetensors", read);
}

TEST_CASE("a flipped bit in the header of a safetensors file never leads out of the file", "[json][safetensors]") {
  for (const auto& [about, vector_name, bytes] : test::model_vectors("safetensors")) {
    if (vector_name == "safetensors_whole" || vector_name == "safetensors_names")
      test::check_every_bit(vector_name, about.at("data_offset"), read);
  }
}

TEST_CASE("a header that is cut anywhere and says so is refused", "[json][safetensors]") {
  const auto whole = test::model_file("safetensors_whole");
  const std::string header(whole.begin() + 8, whole.end() - 42);
  const std::size_t brace = header.rfind('}');
  for (std::size_t n = 2; n <= brace; ++n) {
    const auto answer = read(memory_source(file(header.substr(0, n))));
    CAPTURE(n);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == errc::bad_encoding);
    CHECK(answer.error().in == part::model);
    CHECK(answer.error().offset <= 8 + n);
  }
}

TEST_CASE("tensors of any size are found", "[json][safetensors]") {
  const std::uint64_t large = std::uint64_t{1} << 62;
  const auto bytes =
      file(R"({"a":{"dtype":"U8","shape":[4611686018427387904],"data_offsets":[0,4611686018427387904]}})");
  const auto index = read(test::sparse_source{bytes, bytes.size() + large});
  REQUIRE(index);
  test::check_inside(*index, bytes.size() + large);
  CHECK(index->data_size == large);
  const std::uint64_t less = bytes.size() + large - 1;
  CHECK(read(test::sparse_source{bytes, less}).error() == failure{errc::truncated, less, part::model});
}

TEST_CASE("many tensors and many names take time by their number, not its square", "[json][safetensors]") {
  constexpr std::size_t count = 20'000;
  std::string header = "{";
  for (std::size_t i = count; i-- != 0;) {
    header += '"' + std::to_string(i) + R"(":{"dtype":"U8","shape":[1],"data_offsets":[)" + std::to_string(i) + ',' +
              std::to_string(i + 1) + "]},";
  }
  header.back() = '}';
  const auto bytes = file(header);
  const auto index = read(test::sparse_source{bytes, bytes.size() + count});
  REQUIRE(index);
  REQUIRE(index->tensors.all().size() == count);
  CHECK(index->tensors.all()[7] == tensor_extent{bytes.size() + 7, 1});
}

TEST_CASE("a failure to read a safetensors file is the source's own", "[json][safetensors]") {
  const auto bytes = test::model_file("safetensors_whole");
  for (const std::uint64_t good : {7U, 8U, 9U}) {
    CHECK(read(test::failing_source{bytes, good}).error() == failure{errc::io_error, 5});
  }
}

}  // namespace test_safetensors
