// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/ecdsa.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"
#include "support/vectors.hpp"

#include <thread>
#include <type_traits>

namespace test_ecdsa {

using unitee::ecdsa_public_key;
using unitee::errc;
using unitee::failure;
using unitee::p256;
using unitee::p384;
using unitee::test::bytes_of_hex;
using unitee::test::hex_of;

static_assert(std::is_nothrow_copy_constructible_v<ecdsa_public_key<p256>>);
static_assert(!std::is_default_constructible_v<ecdsa_public_key<p384>>);

namespace {

template <class Curve>
struct vector {
  static constexpr std::size_t size = 2 * Curve::field;
  std::string name;
  std::vector<std::uint8_t> message, point, signature;

  [[nodiscard]] auto key() const {
    return ecdsa_public_key<Curve>::from_point(std::span(point).template first<size>());
  }
  [[nodiscard]] auto rs() const { return std::span(signature).template first<size>(); }
};

// vectors_of is the signatures of tests/vectors/crypto.json on that curve.
template <class Curve>
std::vector<vector<Curve>> vectors_of() {
  std::vector<vector<Curve>> out;
  for (const auto& each : unitee::test::vectors("crypto")) {
    if (each.at("curve") != Curve::name) continue;
    out.push_back({each.at("name"), bytes_of_hex(each.at("message")), bytes_of_hex(each.at("point")),
                   bytes_of_hex(each.at("signature"))});
  }
  REQUIRE(out.size() == 6);
  return out;
}

// add is a big-endian number plus a small one.
std::vector<std::uint8_t> add(std::span<const std::uint8_t> number, int n) {
  std::vector<std::uint8_t> out(number.begin(), number.end());
  for (std::size_t i = out.size(); i-- > 0;) {
    n += out[i];
    out[i] = static_cast<std::uint8_t>(n & 255);
    n >>= 8;
  }
  return out;
}

template <class Curve>
void check_good() {
  for (const auto& each : vectors_of<Curve>()) {
    INFO(each.name);
    const auto key = each.key();
    REQUIRE(key);
    const auto copy = *key;
    CHECK(copy.verify(each.message, each.rs()));
    auto longer = each.message;
    longer.push_back(0);
    CHECK(copy.verify(longer, each.rs()).error() == failure{errc::signature_invalid});
  }
}

template <class Curve>
void check_every_bit() {
  const auto sample = vectors_of<Curve>()[0];
  const auto key = sample.key();
  REQUIRE(key);
  for (std::size_t bit = 0; bit < 8 * vector<Curve>::size; ++bit) {
    auto other = sample;
    other.signature[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const auto answer = key->verify(other.message, other.rs());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == errc::signature_invalid);
  }
  for (std::size_t bit = 0; bit < 8 * vector<Curve>::size; ++bit) {  // the other bit patterns are not on the curve
    auto other = sample;
    other.point[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const auto answer = other.key();
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == failure{errc::bad_value});
  }
}

template <class Curve>
void check_range() {
  constexpr std::size_t field = Curve::field;
  const auto sample = vectors_of<Curve>()[0];
  const auto key = sample.key();
  REQUIRE(key);
  const auto with = [&](std::size_t at, const std::vector<std::uint8_t>& number) {
    auto other = sample;
    std::ranges::copy(number, other.signature.begin() + static_cast<std::ptrdiff_t>(at));
    return key->verify(other.message, other.rs());
  };
  const std::vector<std::uint8_t> zero(field);
  const std::vector<std::uint8_t> ones(field, 0xff);
  for (const std::size_t at : {std::size_t{0}, field}) {
    for (const auto& bad : {zero, add(Curve::order, 0), add(Curve::order, 1), ones}) {
      CHECK(with(at, bad).error() == failure{errc::bad_value, at});
    }
    for (const auto& in_range : {add(zero, 1), add(zero, 127), add(zero, 128), add(Curve::order, -1)}) {
      CHECK(with(at, in_range).error() == failure{errc::signature_invalid});
    }
  }
  const std::array<std::uint8_t, 2 * field> both{};
  CHECK(key->verify({}, both).error() == failure{errc::bad_value, 0});
}

// check_beside begins with the generator, whose private key is one (NIST SP 800-186, 3.2.1).
template <class Curve>
void check_beside(const std::string& generator) {
  constexpr std::size_t size = vector<Curve>::size;
  const auto bytes = bytes_of_hex(generator);
  const auto first = ecdsa_public_key<Curve>::from_point(std::span(bytes).template first<size>());
  REQUIRE(first);
  for (const auto& each : vectors_of<Curve>()) {
    INFO(each.name);
    const auto other = first->beside(std::span(each.point).template first<size>());
    REQUIRE(other);
    CHECK(other->verify(each.message, each.rs()));
    CHECK(first->verify(each.message, each.rs()).error() == failure{errc::signature_invalid});  // it is what it was
    auto off = each.point;
    off.back() ^= 1;
    CHECK(first->beside(std::span(off).template first<size>()).error() == failure{errc::bad_value});
  }
  const std::array<std::uint8_t, size> zeros{};
  CHECK(first->beside(zeros).error() == failure{errc::bad_value});
}

}  // namespace

TEST_CASE("a key beside another is the point's own", "[crypto][ecdsa]") {
  check_beside<p256>(
      "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
  check_beside<p384>(
      "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"
      "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f");
}

TEST_CASE("good signatures verify, also those with short numbers, and not on another message", "[crypto][ecdsa]") {
  check_good<p256>();
  check_good<p384>();
}

TEST_CASE("one changed bit of the signature or the point is refused", "[crypto][ecdsa]") {
  check_every_bit<p256>();
  check_every_bit<p384>();
}

TEST_CASE("an r or s that is zero or not below the order is refused where it stands", "[crypto][ecdsa]") {
  check_range<p256>();
  check_range<p384>();
}

TEST_CASE("points of zeros, and with coordinates that are not below the prime, are refused", "[crypto][ecdsa]") {
  const auto refuses = [](const std::string& x, const std::string& y) {
    const auto point = bytes_of_hex(x + y);
    return x.size() == 64 ? ecdsa_public_key<p256>::from_point(std::span(point).first<64>()).error()
                          : ecdsa_public_key<p384>::from_point(std::span(point).first<96>()).error();
  };
  const failure why{errc::bad_value};
  CHECK(refuses(std::string(64, '0'), std::string(64, '0')) == why);
  CHECK(refuses(std::string(96, '0'), std::string(96, '0')) == why);
  CHECK(refuses(std::string(64, 'f'), std::string(64, 'f')) == why);
  // x = 0 is on both curves, with the y of the standard's b; x = p is the same number and must still be refused.
  const std::string y256 = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";
  const std::string same_x = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
  CHECK(refuses(same_x, y256) == why);
  const auto same_point = bytes_of_hex(same_x + y256);
  CHECK(vectors_of<p256>()[0].key()->beside(std::span(same_point).first<64>()).error() == why);
  const auto zero_x = bytes_of_hex(std::string(64, '0') + y256);
  CHECK(ecdsa_public_key<p256>::from_point(std::span(zero_x).first<64>()));
}

TEST_CASE("threads share one key", "[crypto][ecdsa]") {
  const auto sample = vectors_of<p256>()[0];
  const auto key = *sample.key();
  int good[4] = {};
  std::vector<std::thread> threads;
  for (int& each : good) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) each += key.verify(sample.message, sample.rs()).has_value();
    });
  }
  for (auto& thread : threads) thread.join();
  for (const int each : good) CHECK(each == 50);
}

TEST_CASE("verifying a signature leaves the error queue as it was", "[crypto][ecdsa]") {
  const auto sample = vectors_of<p384>()[0];
  CHECK(unitee::test::keeps_error_queue([&] {
    CHECK(sample.key()->verify(sample.message, sample.rs()));
    CHECK_FALSE(sample.key()->verify(sample.point, sample.rs()));
    auto other = sample;
    other.point[0] ^= 1;
    CHECK_FALSE(other.key());
  }));
}

}  // namespace test_ecdsa
