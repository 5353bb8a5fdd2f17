// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/segment_cache.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace test_segment_cache {

using namespace unitee;
using detail::segment_cache;

namespace {

constexpr std::size_t longest = 64;

constexpr std::uint8_t byte_of(std::uint64_t segment, std::size_t at) {
  return static_cast<std::uint8_t>(segment * 17 + at);
}

// opened counts how often a segment was loaded, and loads it.
struct opened {
  std::array<std::atomic<int>, 16> times{};
  std::atomic<int> all{0};

  auto loading(std::uint64_t segment) {
    return [this, segment](byte_span out) noexcept -> result<void> {
      ++times.at(segment);
      ++all;
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = byte_of(segment, i);
      return {};
    };
  }
};

// reads says whether a part of a segment is read, and right.
bool reads(segment_cache& cache, opened& from, std::uint64_t segment, std::size_t begin = 0, std::size_t n = longest) {
  std::vector<std::uint8_t> out(n, 0xee);
  if (!cache.read(segment, longest, begin, out, from.loading(segment))) return false;
  for (std::size_t i = 0; i < n; ++i) {
    if (out[i] != byte_of(segment, begin + i)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a segment that is held is not opened again", "[seal][cache]") {
  segment_cache cache(2, longest);
  opened from;
  for (std::size_t begin = 0; begin <= longest; ++begin) {
    for (std::size_t n = 0; n <= longest - begin; ++n) REQUIRE(reads(cache, from, 3, begin, n));
  }
  CHECK(from.all == 1);
}

TEST_CASE("the segment that was read longest ago makes room", "[seal][cache]") {
  segment_cache cache(3, longest);
  opened from;
  for (const unsigned each : {0u, 1u, 2u, 0u, 3u}) REQUIRE(reads(cache, from, each));
  CHECK(from.all == 4);
  REQUIRE(reads(cache, from, 0));
  REQUIRE(reads(cache, from, 2));
  REQUIRE(reads(cache, from, 3));
  CHECK(from.all == 4);
  REQUIRE(reads(cache, from, 1));  // was the oldest when 3 came
  CHECK(from.all == 5);
}

TEST_CASE("no place at all is one place", "[seal][cache]") {
  segment_cache cache(0, longest);
  opened from;
  for (const unsigned each : {0u, 0u, 1u, 1u, 0u}) REQUIRE(reads(cache, from, each));
  CHECK(from.all == 3);
}

TEST_CASE("a segment that does not open is not held, and takes nobody's place for long", "[seal][cache]") {
  segment_cache cache(1, longest);
  opened from;
  const failure refused{errc::not_authentic, 64, part::sealed_payload};
  const auto refuse = [&](byte_span) noexcept -> result<void> { return refused; };
  std::array<std::uint8_t, 8> out{1, 2, 3};
  const auto before = out;
  REQUIRE(reads(cache, from, 1));
  CHECK(cache.read(2, longest, 0, out, refuse).error() == refused);
  CHECK(out == before);
  CHECK(cache.read(2, longest, 0, out, refuse).error() == refused);
  REQUIRE(reads(cache, from, 2));
  REQUIRE(reads(cache, from, 1));
  CHECK(from.all == 3);
  CHECK(cache.read(1, longest, 0, out, refuse));  // is held, and nobody asked
}

TEST_CASE("a shorter segment in the place of a longer one is opened into its own length", "[seal][cache]") {
  segment_cache cache(1, longest);
  opened from;
  REQUIRE(reads(cache, from, 1));
  std::size_t asked = 0;
  std::array<std::uint8_t, 5> out{};
  const auto load = [&](byte_span to) noexcept -> result<void> {
    asked = to.size();
    std::ranges::fill(to, std::uint8_t{9});
    return {};
  };
  REQUIRE(cache.read(2, 5, 0, out, load));
  CHECK(asked == 5);
  CHECK(out == std::array<std::uint8_t, 5>{9, 9, 9, 9, 9});
}

TEST_CASE("several threads that want one segment open it once", "[seal][cache]") {
  segment_cache cache(2, longest);
  opened from;
  std::atomic<int> wrong{0};
  std::atomic<int> there{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      ++there;
      const auto slowly = [&](byte_span out) noexcept -> result<void> {
        while (there != 8) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return from.loading(4)(out);
      };
      std::array<std::uint8_t, 1> out{};
      if (!cache.read(4, longest, 7, out, slowly) || out[0] != byte_of(4, 7)) ++wrong;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(from.all == 1);
}

TEST_CASE("where the first of several threads fails, another opens the segment", "[seal][cache]") {
  segment_cache cache(1, longest);
  opened from;
  std::atomic<int> there{0};
  std::atomic<int> asked{0};
  std::atomic<int> failed{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      ++there;
      const auto once = [&](byte_span out) noexcept -> result<void> {
        if (asked++ != 0) return from.loading(4)(out);
        while (there != 6) std::this_thread::yield();
        return failure{errc::io_error, 5};
      };
      std::array<std::uint8_t, 1> out{};
      if (!cache.read(4, longest, 7, out, once)) {
        ++failed;
      } else if (out[0] != byte_of(4, 7)) {
        ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failed == 1);
  CHECK(wrong == 0);
  CHECK(asked == 2);
}

TEST_CASE("fewer places than threads is enough, whatever they read", "[seal][cache]") {
  for (const std::size_t places : {1u, 2u, 3u, 8u}) {
    segment_cache cache(places, longest);
    opened from;
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        std::minstd_rand random(i + 1);
        for (int n = 0; n < 500; ++n) {
          const std::size_t begin = random() % longest;
          if (!reads(cache, from, random() % 16, begin, random() % (longest - begin + 1))) ++wrong;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CAPTURE(places);
    CHECK(wrong == 0);
  }
}

}  // namespace test_segment_cache
