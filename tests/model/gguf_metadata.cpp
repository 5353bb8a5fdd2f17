// SPDX-License-Identifier: Apache-2.0
#include <unitee/model/gguf_metadata.hpp>

#include "support/catch.hpp"
#include "support/model.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace test_gguf_metadata {

using namespace unitee;
using unitee::detail::gguf_metadata;
using unitee::detail::gguf_value;
using unitee::detail::gguf_value_size;
using unitee::detail::index_reader;

static_assert(static_cast<int>(gguf_value::string) == 8 && static_cast<int>(gguf_value::array) == 9);
static_assert(static_cast<int>(gguf_value::float64) == 12);
static_assert(gguf_value_size(gguf_value::boolean) == 1 && gguf_value_size(gguf_value::string) == 0);

namespace {

struct entries {
  std::vector<std::uint8_t> bytes;

  template <class T>
  entries& le(T value) {
    for (std::size_t i = 0; i < sizeof value; ++i)
      bytes.push_back(static_cast<std::uint8_t>(std::uint64_t{value} >> 8 * i));
    return *this;
  }
  entries& text(std::string_view value) {
    le(std::uint64_t{value.size()});
    bytes.insert(bytes.end(), value.begin(), value.end());
    return *this;
  }
  entries& run(std::size_t n, std::uint8_t value) {
    bytes.insert(bytes.end(), n, value);
    return *this;
  }
};

}  // namespace

TEST_CASE("metadata of any length is passed over up to its last byte", "[model][gguf_metadata]") {
  // A key of the greatest length, and arrays of booleans around the size of a piece that is read at once.
  for (const std::size_t count : {0U, 1U, 16383U, 16384U, 16385U, 40000U}) {
    entries all;
    all.le(std::uint64_t{65535}).run(65535, 'k').le(std::uint32_t{0}).le(std::uint8_t{1});
    all.text("flags").le(std::uint32_t{9}).le(std::uint32_t{7}).le(std::uint64_t{count}).run(count, 1);
    all.text("general.alignment").le(std::uint32_t{4}).le(std::uint32_t{64});
    const std::size_t size = all.bytes.size();
    const memory_source source(all.bytes);
    index_reader<memory_source> reader(source, size);
    const auto alignment = gguf_metadata<memory_source>(reader).read(3);
    REQUIRE(alignment);
    CHECK(*alignment == 64);
    CHECK(reader.offset() == size);
    if (count == 0) continue;
    const std::size_t last = size - (8 + 17 + 4 + 4) - 1;  // the last boolean
    all.bytes[last] = 2;
    index_reader<memory_source> again(source, size);
    CHECK(gguf_metadata<memory_source>(again).read(3).error() == failure{errc::bad_value, last, part::model});
  }
}

TEST_CASE("metadata without an alignment align to 32 bytes", "[model][gguf_metadata]") {
  const memory_source source(byte_view{});
  index_reader<memory_source> reader(source, 0);
  CHECK(*gguf_metadata<memory_source>(reader).read(0) == 32);
  CHECK(gguf_metadata<memory_source>(reader).read(1).error() == failure{errc::truncated, 0, part::model});
}

}  // namespace test_gguf_metadata
