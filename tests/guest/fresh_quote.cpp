// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/fresh_quote.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/sample_quote.hpp"

#include <cerrno>
#include <cstddef>

namespace test_fresh_quote {

using namespace unitee;
using guest::detail::check_fresh;

namespace {

constexpr tdx::report_data asked{test::run<64>(0x4B)};  // as in the samples

}  // namespace

TEST_CASE("a quote about the bytes that were asked for is fresh", "[guest][fresh_quote]") {
  for (const auto& shape : test::quote_shapes) {
    const auto quote = test::sample_quote(shape);
    CAPTURE(shape.version, shape.body_type);
    if (shape.body_type == 1) {
      CHECK(check_fresh(quote.bytes(), asked).error() == failure{errc::unsupported_format, 0, part::quote});
    } else {
      CHECK(check_fresh(quote.bytes(), asked));
    }
  }
}

TEST_CASE("a quote about any other bytes is refused", "[guest][fresh_quote]") {
  const auto quote = test::sample_quote();
  for (std::size_t i = 0; i < 64; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      tdx::report_data other = asked;
      other.value[i] = static_cast<std::uint8_t>(other.value[i] ^ 1U << bit);
      REQUIRE(check_fresh(quote.bytes(), other).error() == failure{errc::binding_mismatch, 0, part::quote});
    }
  }
}

TEST_CASE("what is no quote is refused as one", "[guest][fresh_quote]") {
  const auto quote = test::sample_quote();
  CHECK(check_fresh({}, asked).error() == failure{errc::truncated, 0, part::quote});
  for (std::size_t n = 0; n < quote.size; ++n) {
    const auto fresh = check_fresh(quote.first(n).bytes(), asked);
    REQUIRE_FALSE(fresh);
    REQUIRE(fresh.error() == tdx::quote::parse(quote.first(n).bytes()).error());
    REQUIRE(fresh.error().in == part::quote);
  }
}

TEST_CASE("without configfs-tsm there is no quote by it", "[guest][fresh_quote]") {
  const test::folder here;
  CHECK(guest::detail::quote_by_tsm(here / "absent", asked, time_limit{10'000}).error() ==
        failure{errc::interface_absent, ENOENT, part::tsm_report});
}

}  // namespace test_fresh_quote
