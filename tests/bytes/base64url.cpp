// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/base64url.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace test_base64url {

using unitee::base64url_decode;
using unitee::base64url_encode;
using unitee::base64url_length;
using unitee::base64url_size;
using unitee::errc;
using unitee::failure;

static_assert([] {
  std::array<std::uint8_t, 3> out{};
  return base64url_decode("-_8A", out).has_value() && out == std::array<std::uint8_t, 3>{0xFB, 0xFF, 0x00};
}());

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::vector<std::uint8_t> decoded(std::string_view text) {
  std::vector<std::uint8_t> out(base64url_size(text.size()));
  REQUIRE(base64url_decode(text, out));
  return out;
}

failure refusal(std::string_view text) {
  std::vector<std::uint8_t> out(base64url_size(text.size()), 0xEE);
  const auto done = base64url_decode(text, out);
  REQUIRE_FALSE(done);
  for (const std::uint8_t byte : out) CHECK(byte == 0xEE);
  return done.error();
}

// encoded is RFC 4648, section 5, bit by bit.
std::string encoded(const std::vector<std::uint8_t>& bytes) {
  std::string out;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += 6) {
    std::size_t digit = 0;
    for (std::size_t i = bit; i < bit + 6; ++i) {
      digit = 2 * digit + (i < 8 * bytes.size() ? bytes[i / 8] >> (7 - i % 8) & 1U : 0U);
    }
    out += alphabet[digit];
  }
  return out;
}

}  // namespace

TEST_CASE("the vectors of RFC 4648 decode, without their padding", "[bytes][base64url]") {
  using namespace std::literals;
  const std::array<std::pair<std::string_view, std::string_view>, 7> vectors{{{"", ""},
                                                                              {"Zg", "f"},
                                                                              {"Zm8", "fo"},
                                                                              {"Zm9v", "foo"},
                                                                              {"Zm9vYg", "foob"},
                                                                              {"Zm9vYmE", "fooba"},
                                                                              {"Zm9vYmFy", "foobar"}}};
  for (const auto& [text, meant] : vectors) {
    const auto bytes = decoded(text);
    CHECK(std::string(bytes.begin(), bytes.end()) == meant);
  }
  CHECK(unitee::test::hex_of(decoded("AQAB")) == "010001");
}

TEST_CASE("bytes of every length up to 100 come back", "[bytes][base64url]") {
  std::vector<std::uint8_t> bytes;
  for (std::size_t size = 0; size <= 100; ++size) {
    const std::string text = encoded(bytes);
    CHECK(decoded(text) == bytes);
    CHECK(base64url_size(text.size()) == size);
    bytes.push_back(static_cast<std::uint8_t>(37 * size + 251));
  }
}

TEST_CASE("every other character is refused at its offset", "[bytes][base64url]") {
  for (unsigned c = 0; c < 256; ++c) {
    for (std::size_t at = 0; at < 6; ++at) {
      std::string text = "AAAAAA";
      text[at] = static_cast<char>(c);
      if (alphabet.find(text[at]) != alphabet.npos) continue;
      CHECK(refusal(text) == failure{errc::bad_encoding, at});
    }
  }
  CHECK(refusal("Zg==") == failure{errc::bad_encoding, 2});
}

TEST_CASE("bits that belong to no byte must be zero", "[bytes][base64url]") {
  for (std::size_t digit = 0; digit < 64; ++digit) {
    const std::string two{'A', alphabet[digit]};
    const std::string three{'A', 'A', alphabet[digit]};
    if (digit % 16 != 0) {
      CHECK(refusal(two) == failure{errc::bad_encoding, 1});
    } else {
      CHECK(decoded(two)[0] == digit / 16);
    }
    if (digit % 4 != 0) {
      CHECK(refusal(three) == failure{errc::bad_encoding, 2});
    } else {
      CHECK(decoded(three)[1] == digit / 4);
    }
  }
}

TEST_CASE("one character more than whole bytes need is refused", "[bytes][base64url]") {
  CHECK(refusal("A") == failure{errc::truncated, 1});
  CHECK(refusal("AAAAA") == failure{errc::truncated, 5});
}

TEST_CASE("an output of another size is refused", "[bytes][base64url]") {
  std::array<std::uint8_t, 4> out{};
  CHECK(base64url_decode("AAAA", out).error() == failure{errc::no_space, 4});
  CHECK(base64url_decode("AAAA", std::span(out).first(2)).error() == failure{errc::no_space, 2});
  CHECK(base64url_decode("AAAA", std::span(out).first(3)));
}

static_assert([] {
  constexpr std::array<std::uint8_t, 3> bytes{0xFB, 0xFF, 0x00};
  std::array<char, 4> out{};
  return base64url_encode(bytes, out).has_value() && std::string_view(out.data(), out.size()) == "-_8A";
}());

TEST_CASE("every byte at every place of base64url comes back", "[bytes][base64url]") {
  for (std::size_t size = 1; size <= 4; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (unsigned value = 0; value < 256; ++value) {
        std::vector<std::uint8_t> bytes(size, 0x5A);
        bytes[place] = static_cast<std::uint8_t>(value);
        std::string text(base64url_length(size), '?');
        REQUIRE(base64url_encode(bytes, text));
        if (decoded(text) != bytes) FAIL("size " << size << ", place " << place << ", value " << value);
      }
    }
  }
}

TEST_CASE("base64url is written where it fits exactly, or not at all", "[bytes][base64url]") {
  const std::vector<std::uint8_t> bytes(5, 0xFF);
  for (std::size_t room = 0; room < 10; ++room) {
    std::string text(room, '?');
    const auto done = base64url_encode(bytes, text);
    if (room == 7) {
      CHECK(done.has_value());
      CHECK(text == "______8");
    } else {
      CHECK(done.error() == failure{errc::no_space, room});
      CHECK(text == std::string(room, '?'));
    }
  }
}

}  // namespace test_base64url
