// SPDX-License-Identifier: Apache-2.0
#include <unitee/model/index_reader.hpp>

#include "support/catch.hpp"
#include "support/model.hpp"
#include "support/openssl.hpp"

#include <cstddef>
#include <cstdint>

namespace test_index_reader {

using namespace unitee;
using unitee::detail::index_reader;

namespace {

failure fail(errc code, std::uint64_t at) { return {code, at, part::model}; }

}  // namespace

TEST_CASE("bytes come in order whatever the pieces that they are read in", "[model][index_reader]") {
  const auto bytes = test::pattern(3 * 16384 + 77);
  for (const std::size_t step : {1U, 4U, 8U, 17U, 5000U, 16383U, 16384U}) {
    const memory_source source(bytes);
    index_reader<memory_source> reader(source, bytes.size());
    std::size_t offset = 0;
    for (; offset + step <= bytes.size(); offset += step) {
      const auto taken = reader.take(step);
      REQUIRE(taken);
      REQUIRE(equal(*taken, byte_view(bytes).subspan(offset, step)));
      REQUIRE(reader.offset() == offset + step);
    }
    CHECK(reader.take(step).error() == fail(errc::truncated, bytes.size()));
    reader.seek(5);
    CHECK(equal(*reader.take(3), byte_view(bytes).subspan(5, 3)));
    REQUIRE(reader.skip(20000));
    CHECK(reader.le<std::uint16_t>().has_value());
    CHECK(reader.offset() == 20010);
  }
}

TEST_CASE("nothing is handed out beyond the end or the limit", "[model][index_reader]") {
  const test::sparse_source source{{9, 0, 0, 0, 0, 0, 0, 0}, 100};
  for (const std::uint64_t n : {std::uint64_t{101}, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    index_reader reader(source, 1000);
    CHECK(reader.skip(n).error() == fail(errc::truncated, 100));
    CHECK(reader.offset() == 0);
    CHECK(reader.skip(100).has_value());
    CHECK(reader.skip(n).error() == fail(errc::truncated, 100));
    CHECK(reader.le<std::uint8_t>().error() == fail(errc::truncated, 100));
  }
  index_reader limited(source, 60);
  CHECK(limited.length(9).has_value());
  CHECK(limited.skip(53).error() == fail(errc::bad_length, 60));
  CHECK(limited.skip(52).has_value());
  CHECK(limited.take(1).error() == fail(errc::bad_length, 60));
  limited.seek(0);
  CHECK(limited.length(8).error() == fail(errc::bad_length, 0));
}

TEST_CASE("a failure to read is handed on, and the next read tries again", "[model][index_reader]") {
  const auto bytes = test::pattern(20000);
  const test::failing_source source{bytes, 16384};
  index_reader reader(source, bytes.size());
  CHECK(reader.take(8).has_value());
  REQUIRE(reader.skip(16384 - 8));
  CHECK(reader.take(8).error() == failure{errc::io_error, 5});
  CHECK(reader.take(8).error() == failure{errc::io_error, 5});
  reader.seek(16);
  CHECK(reader.take(1).error() == failure{errc::io_error, 5});
  reader.seek(0);
  CHECK(equal(*reader.take(16384), byte_view(bytes).first(16384)));
}

}  // namespace test_index_reader
