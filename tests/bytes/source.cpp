// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/source.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>

namespace test_source {

using namespace unitee;

static_assert(lending_source<memory_source> && !byte_source<int>);

constexpr bool reads_at_compile_time() {
  const std::array<std::uint8_t, 3> bytes{1, 2, 3};
  std::array<std::uint8_t, 2> out{};
  return memory_source(bytes).read_at(1, out) && out[0] == 2 && out[1] == 3;
}
static_assert(reads_at_compile_time());
static_assert(detail::is_inside(~std::uint64_t{0}, 0, ~std::uint64_t{0}));
static_assert(!detail::is_inside(2, ~std::uint64_t{0}, 4));

TEST_CASE("memory is read inside of its bounds only", "[bytes][source]") {
  const std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
  const memory_source source{bytes};
  std::array<std::uint8_t, 6> buffer{};
  for (const std::uint64_t offset :
       {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{4}, std::uint64_t{5}, ~std::uint64_t{0}}) {
    for (std::size_t n = 0; n <= buffer.size(); ++n) {
      const bool inside = offset <= 4 && offset + n <= 4;
      const auto read = source.read_at(offset, byte_span(buffer).first(n));
      const auto view = source.view_at(offset, n);
      CHECK(read.has_value() == inside);
      CHECK(view.has_value() == inside);
      if (inside) {
        CHECK(view->data() == bytes.data() + offset);
        CHECK(equal(*view, byte_view(buffer).first(n)));
      } else {
        CHECK(read.error() == failure{errc::truncated, 4});
        CHECK(view.error() == failure{errc::truncated, 4});
      }
    }
  }
  CHECK(source.size() == 4);
}

}  // namespace test_source
