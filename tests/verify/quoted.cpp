// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/quoted.hpp>

#include "support/catch.hpp"
#include "support/sample_quote.hpp"

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace test_quoted {

using namespace unitee;
using namespace unitee::test;

static_assert(std::is_trivially_copyable_v<tdx::quoted>);

namespace {

tdx::quoted quoted_of(const quote_shape& shape) {
  const sample made = sample_quote(shape);
  return tdx::quoted(*tdx::quote::parse(made.bytes()));
}

}  // namespace

TEST_CASE("what is signed in a quote outlives the quote's bytes", "[verify][tdx]") {
  for (const quote_shape& shape : quote_shapes) {
    CAPTURE(shape.version, shape.body_type);
    const sample made = sample_quote(shape);
    const auto quote = *tdx::quote::parse(made.bytes());
    std::vector<std::uint8_t> bytes(made.bytes().begin(), made.bytes().end());
    const tdx::quoted own(*tdx::quote::parse(bytes));
    std::ranges::fill(bytes, std::uint8_t{0});
    const tdx::quoted copy = own;

    CHECK(equal(copy.signed_bytes(), quote.signed_bytes()));
    CHECK(equal(copy.qe_report().bytes(), quote.qe_report().bytes()));
    CHECK(copy.version() == quote.version());
    CHECK(copy.tee_type() == quote.tee_type());
    CHECK(copy.body_type() == quote.body_type());
    CHECK(copy.user_data() == quote.user_data());
    CHECK(copy.qe_svn() == quote.qe_svn());
    CHECK(copy.pce_svn() == quote.pce_svn());
    CHECK(copy.qe_svn().has_value() == (shape.version == 3));
    CHECK(copy.td().has_value() == quote.td().has_value());
    CHECK(copy.enclave().has_value() == quote.enclave().has_value());
    CHECK(copy.td().has_value() == (shape.body_type != 1));
    CHECK(copy.enclave().has_value() == (shape.body_type == 1));
    if (const auto td = copy.td()) {
      CHECK(equal(td->bytes(), quote.body()));
      CHECK(copy.report_data() == quote.td()->reportdata());
    }
    if (const auto enclave = copy.enclave()) {
      CHECK(equal(enclave->bytes(), quote.body()));
      CHECK(copy.report_data() == quote.enclave()->reportdata());
    }
  }
}

TEST_CASE("unsigned bytes are counted, and whether all of them are zero is said", "[verify][tdx]") {
  for (quote_shape shape : quote_shapes) {
    CHECK(quoted_of(shape).rest().count == 0);
    CHECK(quoted_of(shape).rest().all_zero);
    shape.trailing = 3;
    CHECK(quoted_of(shape).rest().count == 3);
    CHECK_FALSE(quoted_of(shape).rest().all_zero);

    // Each of the bytes is looked at.
    shape.trailing = 0;
    const sample made = sample_quote(shape).zeros(6);
    CHECK(tdx::quoted(*tdx::quote::parse(made.bytes())).rest().count == 6);
    CHECK(tdx::quoted(*tdx::quote::parse(made.bytes())).rest().all_zero);
    for (std::size_t i = 1; i <= 6; ++i) {
      const sample changed = made.with(made.size - i, 0x80, 1);
      CHECK_FALSE(tdx::quoted(*tdx::quote::parse(changed.bytes())).rest().all_zero);
    }
  }
}

}  // namespace test_quoted
