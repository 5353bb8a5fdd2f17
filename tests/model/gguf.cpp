// SPDX-License-Identifier: Apache-2.0
#include <unitee/model/gguf.hpp>

#include "support/catch.hpp"
#include "support/model.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_gguf {

using namespace unitee;

namespace {

constexpr auto read = [](const auto& source) noexcept { return read_gguf(source); };

failure fail(errc code, std::uint64_t at) { return {code, at, part::model}; }

void le(std::vector<std::uint8_t>& to, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) to.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

std::vector<std::uint8_t> header(std::uint64_t tensors, std::uint64_t values) {
  std::vector<std::uint8_t> out{'G', 'G', 'U', 'F', 3, 0, 0, 0};
  le(out, tensors, 8);
  le(out, values, 8);
  return out;
}

// add_tensor adds the info of a tensor of `size` bytes without a name.
void add_tensor(std::vector<std::uint8_t>& to, std::uint64_t size, std::uint64_t offset) {
  le(to, 0, 8);
  le(to, 1, 4);
  le(to, size, 8);
  le(to, 24, 4);
  le(to, offset, 8);
}

}  // namespace

TEST_CASE("GGUF files are read as their vectors say", "[model][gguf]") {
  const auto [accepted, refused] = test::check_model_vectors("gguf", model_format::gguf, read);
  CHECK(accepted == 21);
  CHECK(refused > 100);
}

TEST_CASE("a GGUF file that is cut anywhere is truncated where it ends", "[model][gguf]") {
  test::check_every_truncation("gguf", read);
}

TEST_CASE("a flipped bit in the index of a GGUF file never leads out of the file", "[model][gguf]") {
  for (const auto& [about, vector_name, bytes] : test::model_vectors("gguf")) {
    if (vector_name == "gguf_whole" || vector_name == "gguf_alignment_64")
      test::check_every_bit(vector_name, about.at("data_offset"), read);
  }
}

TEST_CASE("tensors of any size are found in a file of any size", "[model][gguf]") {
  constexpr std::uint64_t most = (std::uint64_t{1} << 63) - 1;
  auto bytes = header(2, 0);
  add_tensor(bytes, std::uint64_t{1} << 62, 0);
  add_tensor(bytes, 5, std::uint64_t{1} << 62);
  const std::uint64_t data = 96;  // 24 + 2 * 32 is 88
  const std::uint64_t end = data + (std::uint64_t{1} << 62) + 5;
  for (const std::uint64_t size : {end, most}) {
    const auto index = read(test::sparse_source{bytes, size});
    REQUIRE(index);
    test::check_inside(*index, size);
    CHECK(index->data_offset == data);
    CHECK(index->tensors.all()[1] == tensor_extent{end - 5, 5});
  }
  CHECK(read(test::sparse_source{bytes, end - 1}).error() == fail(errc::truncated, end - 1));
  CHECK(read(test::sparse_source{bytes, most + 1}).error() == fail(errc::bad_length, most));
}

TEST_CASE("an index is read up to its limit", "[model][gguf]") {
  // One array, and the info of a tensor behind it that is all zeros: without a name or dimensions, and of type F32.
  for (const std::uint64_t more : {0U, 1U}) {
    auto bytes = header(1, 1);
    le(bytes, 0, 8);
    le(bytes, 9, 4);
    le(bytes, 0, 4);
    const std::uint64_t count = gguf_max_index - bytes.size() - 8 - 24 + more;
    le(bytes, count, 8);
    const test::sparse_source source{bytes, gguf_max_index + 1000};
    const auto index = read(source);
    if (more == 1) {
      REQUIRE_FALSE(index);
      CHECK(index.error() == fail(errc::bad_length, gguf_max_index));
    } else {
      REQUIRE(index);
      CHECK(index->index_size == gguf_max_index);
    }
  }
}

TEST_CASE("a thousand tensors are found, and not one that is not there", "[model][gguf]") {
  constexpr std::uint64_t count = 1000;
  auto bytes = header(count, 0);
  for (std::uint64_t i = 0; i + 1 < count; ++i) add_tensor(bytes, 1, 32 * i);
  const std::uint64_t size = bytes.size() + 32 + 32 * count;
  // Zeros in the place of the last info are a tensor that begins in the wrong place.
  const std::uint64_t offset_at = bytes.size() + 8 + 4 + 4;
  CHECK(read(test::sparse_source{bytes, size}).error() == fail(errc::bad_value, offset_at));
  add_tensor(bytes, 1, 32 * (count - 1));
  const auto index = read(test::sparse_source{bytes, size});
  REQUIRE(index);
  CHECK(index->tensors.all().size() == count);
  test::check_inside(*index, size);
}

TEST_CASE("a failure to read a GGUF file is the source's own", "[model][gguf]") {
  const auto bytes = test::model_file("gguf_whole");
  REQUIRE(bytes.size() < 16384);
  CHECK(read(test::failing_source{bytes, bytes.size() - 1}).error() == failure{errc::io_error, 5});
}

}  // namespace test_gguf
