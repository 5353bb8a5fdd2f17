// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/io.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>

namespace test_io {

using namespace unitee;

static_assert(lending_sink<memory_sink>);
static_assert(!byte_source<memory_sink> && !byte_sink<memory_source> && !byte_sink<int>);

TEST_CASE("memory is written inside of its bounds only", "[seal][io]") {
  std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
  memory_sink sink{bytes};
  const std::array<std::uint8_t, 6> buffer{9, 8, 7, 6, 5, 4};
  for (const std::uint64_t offset :
       {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{4}, std::uint64_t{5}, ~std::uint64_t{0}}) {
    for (std::size_t n = 0; n <= buffer.size(); ++n) {
      const bool inside = offset <= 4 && offset + n <= 4;
      const auto span = sink.span_at(offset, n);
      const auto written = sink.write_at(offset, byte_view(buffer).first(n));
      CHECK(span.has_value() == inside);
      CHECK(written.has_value() == inside);
      if (inside) {
        CHECK(span->data() == bytes.data() + offset);
        CHECK(equal(*span, byte_view(buffer).first(n)));
      } else {
        CHECK(span.error() == failure{errc::no_space, 4});
        CHECK(written.error() == failure{errc::no_space, 4});
      }
    }
  }
}

}  // namespace test_io
