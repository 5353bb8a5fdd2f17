// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/ecdh.hpp>

#include "support/edits.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"
#include "support/vectors.hpp"

#include <set>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_ecdh {

using namespace unitee;
using unitee::test::bytes_of;
using unitee::test::bytes_of_hex;
using unitee::test::hex_of;
using unitee::test::need;

static_assert(!std::is_copy_constructible_v<ecdh_private_key<p256>> &&
              !std::is_copy_assignable_v<ecdh_private_key<p256>>);
static_assert(std::is_nothrow_move_constructible_v<ecdh_private_key<p384>>);
static_assert(!std::is_default_constructible_v<ecdh_private_key<p384>>);
static_assert(ecdh_private_key<p256>::agreed::size() == 32 && ecdh_private_key<p384>::agreed::size() == 48);

// A key agrees with points of its own curve only.
template <class Key, class Point>
concept agrees_with = requires(const Key& key, const Point& point) {
  key.agree(point);
};
static_assert(agrees_with<ecdh_private_key<p256>, ec_point<p256>>);
static_assert(!agrees_with<ecdh_private_key<p256>, ec_point<p384>>);
static_assert(!agrees_with<ecdh_private_key<p384>, fixed_bytes<96>>);

namespace {

template <class Curve>
ec_point<Curve> point_in(const nlohmann::json& vector, const char* member) {
  return need(ec_point<Curve>::from(bytes_of_hex(vector.at(member))));
}

template <class Curve>
result<ecdh_private_key<Curve>> key_in(const nlohmann::json& vector) {
  const std::string pem = vector.at("pem");
  return ecdh_private_key<Curve>::from_pem(bytes_of(pem));
}

// for_each calls f(vector) for every vector of a kind on Curve, and says how many there are.
template <class Curve, class F>
std::size_t for_each(const std::string& kind, F&& f) {
  static const auto all = test::vectors("ecdh");
  std::size_t count = 0;
  for (const auto& vector : all) {
    if (vector.at("kind") != kind || vector.at("curve") != Curve::name) continue;
    INFO(vector.at("name").template get<std::string>());
    f(vector);
    ++count;
  }
  return count;
}

template <class Curve>
std::string pem_of(const ecdh_private_key<Curve>& key) {
  std::string out;
  REQUIRE(key.to_pem([&](byte_view text) { out.assign(text.begin(), text.end()); }));
  return out;
}

template <class Curve>
std::size_t check_agreements() {
  return for_each<Curve>("agree", [](const nlohmann::json& vector) {
    const auto key = need(key_in<Curve>(vector));
    CHECK(hex_of(key.public_point().value) == vector.at("point").get<std::string>());
    const auto agreed = key.agree(point_in<Curve>(vector, "other"));
    REQUIRE(agreed);
    CHECK(hex_of(agreed->expose()) == vector.at("agreed").get<std::string>());
  });
}

template <class Curve>
std::size_t check_off_curve() {
  const auto key = need(ecdh_private_key<Curve>::generate());
  return for_each<Curve>("off_curve", [&](const nlohmann::json& vector) {
    CHECK(key.agree(point_in<Curve>(vector, "other")).error() == failure{errc::bad_value});
  });
}

template <class Curve>
void check_every_bit() {
  const auto own = need(ecdh_private_key<Curve>::generate());
  const auto other = need(ecdh_private_key<Curve>::generate());
  for (std::size_t bit = 0; bit < 8 * ec_point<Curve>::size(); ++bit) {
    auto point = other.public_point();
    point.value[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    CHECK(own.agree(point).error() == failure{errc::bad_value});
  }
}

template <class Curve>
void check_both_sides() {
  std::set<std::string> distinct;
  for (int i = 0; i < 20; ++i) {
    const auto a = need(ecdh_private_key<Curve>::generate());
    const auto b = need(ecdh_private_key<Curve>::generate());
    CHECK(need(a.agree(b.public_point())) == need(b.agree(a.public_point())));
    distinct.insert(hex_of(need(a.agree(b.public_point())).expose()));
    distinct.insert(hex_of(a.public_point().value));
    CHECK(need(point_of_spki<Curve>(a.spki().value)) == a.public_point());
  }
  CHECK(distinct.size() == 40);
}

template <class Curve>
void check_pem() {
  const auto key = need(ecdh_private_key<Curve>::generate());
  const auto text = pem_of(key);
  CHECK(text.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  const auto back = need(ecdh_private_key<Curve>::from_pem(bytes_of(text)));
  CHECK(back.public_point() == key.public_point());
  CHECK(pem_of(back) == text);
  const auto other = need(ecdh_private_key<Curve>::generate());
  CHECK(need(back.agree(other.public_point())) == need(key.agree(other.public_point())));
  for (std::size_t n = 0; n + 1 < text.size(); n += 7) {
    CHECK(ecdh_private_key<Curve>::from_pem(bytes_of(text).first(n)).error() == failure{errc::bad_encoding});
  }
}

template <class Curve>
std::size_t check_key_forms() {
  return for_each<Curve>("key_form", [](const nlohmann::json& vector) {
    const auto key = need(key_in<Curve>(vector));
    CHECK(hex_of(key.public_point().value) == vector.at("point").get<std::string>());
    CHECK(key.agree(key.public_point()));
  });
}

template <class Curve>
std::size_t check_bad_keys() {
  return for_each<Curve>("bad_key", [](const nlohmann::json& vector) {
    const auto key = key_in<Curve>(vector);
    REQUIRE_FALSE(key);
    CHECK(name(key.error().code) == vector.at("errc").get<std::string>());
    CHECK(key.error() == failure{key.error().code});
  });
}

}  // namespace

TEST_CASE("what two keys agree on is that of RFC 5903 and of the other vectors, zeros in front included",
          "[crypto][ecdh]") {
  CHECK(check_agreements<p256>() == 18);
  CHECK(check_agreements<p384>() == 22);
}

TEST_CASE("both sides agree on the same secret, and keys are generated anew each time", "[crypto][ecdh]") {
  check_both_sides<p256>();
  check_both_sides<p384>();
}

TEST_CASE("a key agrees with no point that is off the curve or has a coordinate above the prime", "[crypto][ecdh]") {
  CHECK(check_off_curve<p256>() == 11);
  CHECK(check_off_curve<p384>() == 11);
}

TEST_CASE("a point with one bit changed is off the curve", "[crypto][ecdh]") {
  check_every_bit<p256>();
  check_every_bit<p384>();
}

TEST_CASE("a private key for agreement comes back from its PEM text, and from no part of it", "[crypto][ecdh]") {
  check_pem<p256>();
  check_pem<p384>();
}

TEST_CASE("a private key may come with its point in any form, or without", "[crypto][ecdh]") {
  CHECK(check_key_forms<p256>() == 3);
  CHECK(check_key_forms<p384>() == 3);
}

TEST_CASE("a private key out of range, with another's point or on another curve is refused", "[crypto][ecdh]") {
  CHECK(check_bad_keys<p256>() == 10);
  CHECK(check_bad_keys<p384>() == 10);
  const failure why{errc::unsupported_algorithm};
  CHECK(ecdh_private_key<p384>::from_pem(bytes_of(pem_of(need(ecdh_private_key<p256>::generate())))).error() == why);
  CHECK(ecdh_private_key<p256>::from_pem(bytes_of(pem_of(need(ecdh_private_key<p384>::generate())))).error() == why);
  std::string rsa;
  REQUIRE(test::rsa_key(2048).to_pem([&](byte_view text) { rsa.assign(text.begin(), text.end()); }));
  CHECK(ecdh_private_key<p256>::from_pem(bytes_of(rsa)).error() == why);
  CHECK(ecdh_private_key<p256>::from_pem({}).error() == failure{errc::bad_encoding});
}

TEST_CASE("a key that was moved from keeps its public point and agrees on nothing", "[crypto][ecdh]") {
  auto key = need(ecdh_private_key<p256>::generate());
  const auto point = key.public_point();
  const auto moved = std::move(key);
  CHECK(moved.agree(point));
  CHECK(key.agree(point).error() == failure{errc::crypto_error});  // NOLINT: what is left is what is asked about
  CHECK(key.to_pem([](byte_view) {}).error() == failure{errc::crypto_error});
}

TEST_CASE("threads agree with one key", "[crypto][ecdh]") {
  const auto key = need(ecdh_private_key<p384>::generate());
  const auto other = need(ecdh_private_key<p384>::generate());
  const auto expected = need(other.agree(key.public_point()));
  std::vector<int> right(4);
  std::vector<std::thread> threads;
  for (int& count : right) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const auto agreed = key.agree(other.public_point());
        count += agreed && *agreed == expected ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == std::vector<int>(4, 20));
}

TEST_CASE("agreements and refusals leave the error queue as it was", "[crypto][ecdh]") {
  const auto key = need(ecdh_private_key<p256>::generate());
  CHECK(test::keeps_error_queue([&] {
    (void)ecdh_private_key<p256>::generate();
    (void)key.agree(key.public_point());
    (void)key.agree({});
    (void)ecdh_private_key<p256>::from_pem({});
    (void)check_bad_keys<p256>();
    (void)pem_of(key);
  }));
}

}  // namespace test_ecdh
