// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/recipient_params.hpp>

#include "support/edits.hpp"
#include "support/forge.hpp"
#include "support/sample_quote.hpp"
#include "support/stops.hpp"
#include "support/vectors.hpp"

#include <string>
#include <type_traits>
#include <vector>

namespace test_recipient_params {

using namespace unitee;
using unitee::test::bytes_of_hex;
using unitee::test::hex_of;
using unitee::test::need;
using unitee::test::run;

namespace {

using octets = std::vector<std::uint8_t>;

// The layout of FORMAT.md, "Kind 4: a public key".
static_assert(recipient_row<p256>::all::size == 129 && recipient_row<p384>::all::size == 193);
static_assert(recipient_row<p256>::ephemeral::offset == 1 && recipient_row<p256>::recipient::offset == 65);
static_assert(recipient_row<p384>::ephemeral::offset == 1 && recipient_row<p384>::recipient::offset == 97);
static_assert(recipient_params::size_max == 193);
static_assert(!std::is_default_constructible_v<recipient_params>);
static_assert(std::is_trivially_copyable_v<recipient_params>);

template <class Curve>
constexpr recipient_params sample() {
  return recipient_params::of<Curve>({run<ec_point<Curve>::size()>(3)}, {run<ec_point<Curve>::size()>(101)});
}

template <class Curve>
constexpr bool comes_back() {
  const recipient_params of = sample<Curve>();
  return *recipient_params::parse(of.bytes()) == of;
}
static_assert(comes_back<p256>() && comes_back<p384>());

template <class Curve>
void check_layout(std::uint8_t number) {
  const recipient_params of = sample<Curve>();
  octets expected{number};
  for (const unsigned first : {3u, 101u}) {
    for (unsigned i = 0; i < ec_point<Curve>::size(); ++i) expected.push_back(static_cast<std::uint8_t>(first + i));
  }
  CHECK(hex_of(of.bytes()) == hex_of(expected));
  const auto back = need(recipient_params::parse(expected));
  CHECK(back == of);
  CHECK(back.curve() == recipient_curve_of<Curve>);
  CHECK(back.ephemeral<Curve>().value == run<ec_point<Curve>::size()>(3));
  CHECK(back.recipient<Curve>().value == run<ec_point<Curve>::size()>(101));
}

template <class Curve>
void check_lengths() {
  const recipient_params of = sample<Curve>();
  octets bytes(of.bytes().begin(), of.bytes().end());
  const std::size_t size = bytes.size();
  for (std::size_t n = 0; n < size; ++n) {
    CHECK(recipient_params::parse(byte_view(bytes).first(n)).error() == failure{errc::truncated, n, part::sealed_slot});
  }
  bytes.resize(400);
  for (std::size_t n = size + 1; n <= bytes.size(); ++n) {
    CHECK(recipient_params::parse(byte_view(bytes).first(n)).error() ==
          failure{errc::trailing_data, size, part::sealed_slot});
  }
}

}  // namespace

TEST_CASE("a recipient's parameters are the curve, the ephemeral and the recipient's point", "[seal][recipient]") {
  check_layout<p256>(1);
  check_layout<p384>(2);
}

TEST_CASE("parameters of every other length are refused", "[seal][recipient]") {
  check_lengths<p256>();
  check_lengths<p384>();
}

TEST_CASE("a curve that nobody has defined is refused", "[seal][recipient]") {
  octets bytes(193);
  for (unsigned number = 0; number < 256; ++number) {
    if (number == 1 || number == 2) continue;
    bytes[0] = static_cast<std::uint8_t>(number);
    const failure why{errc::unsupported_algorithm, 0, part::sealed_slot};
    CHECK(recipient_params::parse(bytes).error() == why);
    CHECK(recipient_params::parse(byte_view(bytes).first(129)).error() == why);
  }
}

TEST_CASE("parameters of the vectors are refused for their reason", "[seal][recipient]") {
  std::size_t count = 0;
  for (const auto& vector : test::vectors("ecdh")) {
    if (vector.at("kind") != "bad_params") continue;
    INFO(vector.at("name").get<std::string>());
    const auto params = recipient_params::parse(bytes_of_hex(vector.at("params")));
    REQUIRE_FALSE(params);
    CHECK(name(params.error().code) == vector.at("errc").get<std::string>());
    CHECK(params.error().offset == vector.at("offset").get<std::uint64_t>());
    CHECK(params.error().in == part::sealed_slot);
    ++count;
  }
  CHECK(count == 13);
}

TEST_CASE("to ask parameters for points on another curve stops the program", "[seal][recipient]") {
  CHECK(test::stops([] { return sample<p256>().ephemeral<p384>().value[0]; }));
  CHECK(test::stops([] { return sample<p384>().recipient<p256>().value[0]; }));
  CHECK_FALSE(test::stops([] { return sample<p384>().recipient<p384>().value[0]; }));
}

}  // namespace test_recipient_params
