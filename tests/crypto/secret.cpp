// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/secret.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <cstring>
#include <new>
#include <type_traits>

namespace test_secret {

using unitee::secret;

namespace {

static_assert(!std::is_default_constructible_v<secret<32>>);
static_assert(!std::is_copy_constructible_v<secret<32>> && !std::is_copy_assignable_v<secret<32>>);
static_assert(std::is_nothrow_move_constructible_v<secret<32>> && std::is_nothrow_move_assignable_v<secret<32>>);
static_assert(!std::is_constructible_v<secret<32>, std::array<std::uint8_t, 32>>);
static_assert(!std::is_convertible_v<secret<32>, std::span<const std::uint8_t>>);
static_assert(sizeof(secret<32>) == 32 && secret<48>::size() == 48);
static_assert(noexcept(secret<4>::made_by([](std::span<std::uint8_t, 4>) noexcept {})));

template <std::size_t N>
bool all_zero(const secret<N>& key) {
  return unitee::all_zero(key.expose());
}

}  // namespace

TEST_CASE("a secret holds what fill wrote", "[crypto][secret]") {
  const auto key = unitee::test::counting_key();
  for (std::size_t i = 0; i < 32; ++i) CHECK(key.expose()[i] == i);
  const auto tried = secret<2>::try_made_by([](std::span<std::uint8_t, 2> out) -> unitee::result<void> {
    out[1] = 9;
    return {};
  });
  REQUIRE(tried);
  CHECK(tried->expose()[0] == 0);
  CHECK(tried->expose()[1] == 9);
}

TEST_CASE("a fill that fails makes no secret, and its failure is passed on", "[crypto][secret]") {
  const unitee::failure why{unitee::errc::key_denied, 7, unitee::part::key_request};
  const auto tried = secret<2>::try_made_by([&](std::span<std::uint8_t, 2>) -> unitee::result<void> { return why; });
  REQUIRE_FALSE(tried);
  CHECK(tried.error() == why);
}

TEST_CASE("a secret that was moved from is wiped", "[crypto][secret]") {
  auto a = unitee::test::counting_key();
  auto b = std::move(a);
  CHECK(all_zero(a));
  CHECK_FALSE(all_zero(b));
  auto c = unitee::test::secret_of<32>(unitee::test::pattern(32));
  c = std::move(b);
  CHECK(all_zero(b));
  CHECK(c == unitee::test::counting_key());
  auto& itself = c;
  c = std::move(itself);
  CHECK(c == unitee::test::counting_key());
}

TEST_CASE("a secret's bytes are wiped when it ends", "[crypto][secret]") {
  alignas(secret<32>) std::uint8_t storage[sizeof(secret<32>)];
  auto* const key = new (storage) secret<32>(unitee::test::counting_key());
  CHECK_FALSE(all_zero(*key));
  key->~secret();
  CHECK(unitee::all_zero(storage));
}

TEST_CASE("secrets compare by every bit", "[crypto][secret]") {
  const auto key = unitee::test::counting_key();
  CHECK(key == unitee::test::counting_key());
  for (std::size_t bit = 0; bit < 256; ++bit) {
    const auto other = secret<32>::made_by([&](std::span<std::uint8_t, 32> out) {
      std::ranges::copy(key.expose(), out.begin());
      out[bit / 8] = static_cast<std::uint8_t>(out[bit / 8] ^ (1u << (bit % 8)));
    });
    CHECK_FALSE(key == other);
  }
}

TEST_CASE("constant_time_equal compares lengths and bytes", "[crypto][secret]") {
  const auto bytes = unitee::test::pattern(20);
  const unitee::byte_view all(bytes);
  CHECK(unitee::constant_time_equal({}, {}));
  CHECK(unitee::constant_time_equal(all, unitee::test::pattern(20)));
  CHECK_FALSE(unitee::constant_time_equal(all, all.first(19)));
  CHECK_FALSE(unitee::constant_time_equal({}, all));
  for (std::size_t i = 0; i < 20; ++i) {
    auto other = bytes;
    other[i] ^= 0x80;
    CHECK_FALSE(unitee::constant_time_equal(all, other));
  }
}

}  // namespace test_secret
