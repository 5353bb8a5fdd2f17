// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_image.hpp>

#include "support/edits.hpp"
#include "support/forge.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace test_simulated_image {

using namespace unitee;
using unitee::test::need;

namespace {

static_assert(snp::ovmf::parse(guest::make_simulated_firmware({})).has_value());

}  // namespace

TEST_CASE("a simulated guest's firmware is an image that any launch takes", "[guest][launch]") {
  const auto firmware = guest::make_simulated_firmware(need(sha384({})));
  const auto image = need(snp::ovmf::parse(firmware));
  CHECK(image.item_count() == 3);
  CHECK_FALSE(image.hash_table());
  CHECK(equal(std::span(firmware).first<48>(), need(sha384({})).value));
}

TEST_CASE("a simulated measurement is that of its firmware's launch", "[guest][launch]") {
  // Made by measure() of tests/vectors/launch_vectors.py from an image laid out with its functions.
  CHECK(test::hex_of(need(guest::simulated_measurement(need(sha384({})))).value) ==
        "55550c9e88fe65374843e633e92dff33345cf59ec9ac17738551e45b0f153b394ea8167d187d4f39bc5669deb4fe772c");
}

TEST_CASE("every bit of the digest changes the measurement", "[guest][launch]") {
  std::set<std::string> seen;
  sha384_digest digest{};
  CHECK(seen.insert(test::hex_of(need(guest::simulated_measurement(digest)).value)).second);
  for (std::size_t bit = 0; bit < 384; ++bit) {
    digest.value.fill(0);
    digest.value[bit / 8] = static_cast<std::uint8_t>(1U << bit % 8);
    REQUIRE(seen.insert(test::hex_of(need(guest::simulated_measurement(digest)).value)).second);
  }
}

}  // namespace test_simulated_image
