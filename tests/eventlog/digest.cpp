// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/digest.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"

#include <unitee/tdx/fields.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace test_digest {

using namespace unitee;
using namespace unitee::eventlog;

namespace {

static_assert(algorithm_of<sha256_digest> == digest_algorithm::sha256);
static_assert(algorithm_of<sha384_digest> == digest_algorithm::sha384);
static_assert(algorithm_of<sha512_digest> == digest_algorithm::sha512);

}  // namespace

TEST_CASE("a register is extended as the reference's vector says", "[eventlog][digest]") {
  std::array<std::uint8_t, 50> digests{0x0C, 0};
  const auto abc = sha384(test::bytes_of_hex("616263"));
  REQUIRE(abc);
  std::ranges::copy(abc->value, digests.begin() + 2);
  const event each{100, 1, event_type::separator, 1, digests, {}, 66};
  tdx::measurement rtmr;
  REQUIRE(eventlog::detail::extend<sha384_digest>(rtmr, each));
  CHECK(test::hex_of(rtmr.value) ==
        "93732e3733514a841c982cfa75ea76ab55fe011acb9cd980ef4523913c65be1b0998e04d77f8c174f81a82151619ca40");
}

TEST_CASE("an event without a digest of the bank extends nothing", "[eventlog][digest]") {
  const event each{100, 1, event_type::separator, 0, {}, {}, 16};
  sha256_digest pcr;
  const auto done = eventlog::detail::extend<sha256_digest>(pcr, each);
  REQUIRE(!done);
  CHECK(done.error() == failure{errc::unsupported_algorithm, 100, part::event_log});
  CHECK(pcr.is_zero());
}

}  // namespace test_digest
