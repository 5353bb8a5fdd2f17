// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/io.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>

namespace test_io {

using namespace unitee;

static_assert(lending_source<memory_source> && lending_sink<memory_sink>);
static_assert(!byte_source<memory_sink> && !byte_sink<memory_source> && !byte_source<int>);

TEST_CASE("memory is read and written inside of its bounds only", "[seal][io]") {
  std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
  const memory_source source{bytes};
  memory_sink sink{bytes};
  std::array<std::uint8_t, 6> buffer{};
  for (const std::uint64_t offset :
       {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{4}, std::uint64_t{5}, ~std::uint64_t{0}}) {
    for (std::size_t n = 0; n <= buffer.size(); ++n) {
      const bool inside = offset <= 4 && offset + n <= 4;
      const auto read = source.read_at(offset, byte_span(buffer).first(n));
      const auto view = source.view_at(offset, n);
      const auto span = sink.span_at(offset, n);
      const auto written = sink.write_at(offset, byte_view(buffer).first(n));
      CHECK(read.has_value() == inside);
      CHECK(view.has_value() == inside);
      CHECK(span.has_value() == inside);
      CHECK(written.has_value() == inside);
      if (!inside) {
        CHECK(read.error() == failure{errc::truncated, 4});
        CHECK(view.error() == failure{errc::truncated, 4});
        CHECK(span.error() == failure{errc::no_space, 4});
        CHECK(written.error() == failure{errc::no_space, 4});
      }
    }
  }
  CHECK(bytes == std::array<std::uint8_t, 4>{1, 2, 3, 4});
  CHECK(source.size() == 4);
}

}  // namespace test_io
