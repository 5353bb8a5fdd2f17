// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/segment_cipher.hpp>

#include "support/edits.hpp"
#include "support/sealed.hpp"

#include <algorithm>
#include <numeric>

namespace test_segment_cipher {

using namespace unitee;
using test::bytes_of_hex;
using test::each_engine;
using test::hex_of;
using test::octets;
using test::sealed_plaintext;
using test::secret_of;
template <class Engine>
using cipher_of = detail::segment_cipher<Engine>;

namespace {

constexpr auto both = {protection::confidential, protection::integrity_only};

// known has what Python's AESGCM (cryptography) makes of the bytes 0 to 19 under the key 40, 41, ... 5f, with the
// segment as the little-endian beginning of the nonce.
struct known {
  std::uint64_t segment;
  const char* ciphertext;
  const char* tag;
  const char* tag_of_public;
};
constexpr known all_known[] = {
    {0, "5a35327b906dd4acd08292f833f06c493f93128d", "e4a67315e6e176b0955ec21f70226c27",
     "55e51249270da2f6206b0205e2831a1e"},
    {1, "db1db5243a98e05f0957725abdd94cb2bccff2d9", "48dbfd8fbef5c4ce1f89de28387c0625",
     "41dbd318adb3ad5e4231071b71c456b7"},
    {0x0102030405060708, "3b1d781fc33315de0a9d05418c39c56ca22b552e", "7e1e511d2d644a070d8a07ad9b22d287",
     "53ed230d989bcf9d1abb34ffeda0ded9"},
};

// shared_memory is an engine beside which somebody writes to the bytes that it was not given to write to itself.
struct shared_memory {
  static inline byte_span shared{};

  shared_memory() = default;
  shared_memory(shared_memory&&) = default;
  shared_memory& operator=(shared_memory&&) = default;
  static result<shared_memory> create(const secret<32>&) noexcept { return shared_memory(); }
  result<gcm_tag> seal(const gcm_nonce&, byte_view aad, byte_view, byte_span) noexcept { return checked(aad); }
  result<void> open(const gcm_nonce&, byte_view aad, byte_view, const gcm_tag& tag, byte_span) noexcept {
    if (checked(aad) != tag) return errc::not_authentic;
    return {};
  }

 private:
  static gcm_tag checked(byte_view aad) noexcept {
    gcm_tag out;
    out.value[0] = std::accumulate(aad.begin(), aad.end(), std::uint8_t{0},
                                   [](auto a, auto b) { return static_cast<std::uint8_t>(a + b); });
    std::ranges::fill(shared, std::uint8_t{0xbb});
    return out;
  }
};
static_assert(gcm_engine<shared_memory>);

}  // namespace

TEST_CASE("a segment is what another implementation makes of it", "[seal][cipher]") {
  octets key_bytes(32);
  std::iota(key_bytes.begin(), key_bytes.end(), std::uint8_t{0x40});
  octets plaintext(20);
  std::iota(plaintext.begin(), plaintext.end(), std::uint8_t{0});
  const auto key = secret<32>::made_by([&](auto out) { std::ranges::copy(key_bytes, out.begin()); });
  each_engine([&]<class Engine>(test::engine_of<Engine> engine) {
    CAPTURE(engine.name);
    auto cipher = cipher_of<Engine>::create(key, protection::confidential);
    auto mac = cipher_of<Engine>::create(key, protection::integrity_only);
    REQUIRE(cipher);
    REQUIRE(mac);
    for (const known& each : all_known) {
      CAPTURE(each.segment);
      octets stored(20);
      const auto tag = cipher->seal(each.segment, plaintext, stored);
      REQUIRE(tag);
      CHECK(hex_of(stored) == each.ciphertext);
      CHECK(hex_of(tag->value) == each.tag);
      const auto tag_of_public = mac->seal(each.segment, plaintext, stored);
      REQUIRE(tag_of_public);
      CHECK(stored == plaintext);
      CHECK(hex_of(tag_of_public->value) == each.tag_of_public);

      octets out(20, 0xee);
      CHECK(cipher->open(each.segment, bytes_of_hex(each.ciphertext), *gcm_tag::from(bytes_of_hex(each.tag)), out));
      CHECK(out == plaintext);
      std::ranges::fill(out, std::uint8_t{0xee});
      CHECK(mac->open(each.segment, plaintext, *gcm_tag::from(bytes_of_hex(each.tag_of_public)), out));
      CHECK(out == plaintext);
    }
  });
}

TEST_CASE("in place or not, a segment of any length comes back", "[seal][cipher]") {
  const auto key = secret_of(3);
  each_engine([&]<class Engine>(test::engine_of<Engine> engine) {
    for (const protection how : both) {
      CAPTURE(engine.name, static_cast<int>(how));
      auto cipher = *cipher_of<Engine>::create(key, how);
      for (std::size_t n = 0; n <= 300; ++n) {
        const octets plaintext = sealed_plaintext(n);
        octets stored(n);
        const auto tag = cipher.seal(n, plaintext, stored);
        REQUIRE(tag);
        octets same = plaintext;
        REQUIRE(*cipher.seal(n, same, same) == *tag);
        REQUIRE(same == stored);
        octets out(n);
        REQUIRE(cipher.open(n, stored, *tag, out));
        REQUIRE(out == plaintext);
        REQUIRE(cipher.open(n, same, *tag, same));
        REQUIRE(same == plaintext);
      }
    }
  });
}

TEST_CASE("another segment, tag, key or protection is not authentic, and leaves zeros", "[seal][cipher]") {
  const auto key = secret_of(3);
  const octets plaintext = sealed_plaintext(100);
  const failure not_authentic{errc::not_authentic};
  each_engine([&]<class Engine>(test::engine_of<Engine> engine) {
    for (const protection how : both) {
      CAPTURE(engine.name, static_cast<int>(how));
      auto cipher = *cipher_of<Engine>::create(key, how);
      octets stored(plaintext.size());
      const gcm_tag tag = *cipher.seal(5, plaintext, stored);
      const auto refused = [&](cipher_of<Engine>& with, std::uint64_t segment, byte_view bytes, const gcm_tag& by) {
        octets out(bytes.size(), 0xee);
        REQUIRE(with.open(segment, bytes, by, out).error() == not_authentic);
        REQUIRE(all_zero(out));
        octets same(bytes.begin(), bytes.end());
        REQUIRE(with.open(segment, same, by, same).error() == not_authentic);
        REQUIRE(all_zero(same));
      };
      for (const std::uint64_t other : {std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{5} << 32}) {
        refused(cipher, other, stored, tag);
      }
      for (std::size_t bit = 0; bit < 128; ++bit) {
        gcm_tag changed = tag;
        changed.value[bit / 8] = static_cast<std::uint8_t>(changed.value[bit / 8] ^ 1u << bit % 8);
        refused(cipher, 5, stored, changed);
      }
      for (std::size_t bit = 0; bit < 8 * stored.size(); ++bit) {
        octets changed = stored;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1u << bit % 8);
        refused(cipher, 5, changed, tag);
      }
      refused(cipher, 5, byte_view(stored).first(99), tag);
      auto other_key = *cipher_of<Engine>::create(secret_of(4), how);
      refused(other_key, 5, stored, tag);
      auto other_way = *cipher_of<Engine>::create(
          key, how == protection::confidential ? protection::integrity_only : protection::confidential);
      refused(other_way, 5, stored, tag);
    }
  });
}

TEST_CASE("what is public is checked in the copy that is given out", "[seal][cipher]") {
  const octets plaintext = sealed_plaintext(50);
  auto cipher = *cipher_of<shared_memory>::create(secret_of(1), protection::integrity_only);
  octets stored(50);
  shared_memory::shared = {};
  const gcm_tag tag = *cipher.seal(0, plaintext, stored);
  octets out(50);
  shared_memory::shared = stored;
  REQUIRE(cipher.open(0, stored, tag, out));
  CHECK(out == plaintext);
  CHECK(stored == octets(50, 0xbb));
  CHECK(cipher.open(0, stored, tag, out).error() == failure{errc::not_authentic});
  CHECK(all_zero(out));

  octets again = plaintext;  // sealed from memory that changes, it is what was checked that is stored
  shared_memory::shared = again;
  CHECK(*cipher.seal(0, again, stored) == tag);
  CHECK(stored == plaintext);
  shared_memory::shared = {};
}

}  // namespace test_segment_cipher
