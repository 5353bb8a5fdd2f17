// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/read_callback.hpp>

#include "support/catch.hpp"
#include "support/counted.hpp"
#include "support/sealed_on_disk.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_read_callback {

using namespace unitee;
using namespace unitee::test;

static_assert(std::is_aggregate_v<read_callback> && std::is_trivially_copyable_v<read_callback>);
static_assert(!std::is_move_constructible_v<callback_source<sealed_file>>);

namespace {

// c_reader is how a library that is written in C declares it.
extern "C" {
typedef std::size_t (*c_reader)(void* context, void* out, std::uint64_t offset, std::size_t n);
}

// load is such a library: it wants all of the bytes, in pieces.
octets load(c_reader read, void* context, std::uint64_t size, std::size_t piece) {
  octets out;
  while (out.size() < size) {
    const std::size_t at = out.size();
    out.resize(at + piece);
    const std::size_t n = read(context, out.data() + at, at, piece);
    out.resize(at + n);
    if (n == 0) break;
  }
  return out;
}

struct counted_source : plain_source {
  test::counted live;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("a callback reads the plaintext at any offset", "[seal][read_callback]", sealed_files) {
  for (const std::size_t size : boundary_sizes) {
    const sealed_on_disk disk(size);
    const TestType sealed = disk.open<TestType>();
    callback_source source(sealed);
    const read_callback with = source.callback();
    CAPTURE(size);
    REQUIRE(with.size == size);
    for (const std::size_t piece : {13U, 4095U, 4096U, 4097U, 100'000U}) {
      REQUIRE(load(with.read, with.context, with.size, piece) == disk.plaintext);
    }
    for (std::size_t offset = 0; offset <= size + 5;
         offset += offset < size ? std::min<std::size_t>(97, size - offset) : 1) {
      for (const std::size_t n : {0U, 1U, 100U, 5000U}) {
        octets out(n, 0xee);
        const std::size_t there = std::min(n, size - std::min(size, offset));
        REQUIRE(with.read(with.context, out.data(), offset, n) == there);
        REQUIRE(std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(there),
                           disk.plaintext.begin() + static_cast<std::ptrdiff_t>(std::min(size, offset))));
      }
    }
    octets out(1);
    CHECK(with.read(with.context, out.data(), ~std::uint64_t{0}, 1) == 0);
    CHECK(with.read(with.context, nullptr, 0, 0) == 0);
    CHECK(source.status());
  }
}

TEMPLATE_LIST_TEST_CASE("after a changed segment a callback gives nothing any more", "[seal][read_callback]",
                        sealed_files) {
  constexpr std::size_t size = 20'000;
  for (const std::size_t bad : {0U, 1U, 3U, 4U}) {
    const sealed_on_disk disk(size);
    disk.change(bad * 4096 + 11);
    callback_source source(disk.open<TestType>());
    const read_callback with = source.callback();
    octets out(4096, 0xee);
    const std::size_t good = bad == 1 ? 0 : 4096;
    CAPTURE(bad);
    CHECK(with.read(with.context, out.data(), good, 4096) == 4096);
    CHECK(equal(out, byte_view(disk.plaintext).subspan(good, 4096)));
    CHECK(source.status());
    CHECK(with.read(with.context, out.data(), bad * 4096 + 100, 4096) == 0);
    CHECK(all_zero(out));
    REQUIRE_FALSE(source.status());
    CHECK(source.status().error() == failure{errc::not_authentic, bad * 4096, part::sealed_payload});
    out.assign(4096, 0xee);
    CHECK(with.read(with.context, out.data(), good, 4096) == 0);
    CHECK(all_zero(out));
  }
}

TEMPLATE_LIST_TEST_CASE("a callback gives what there is of the last segment, or nothing when it was changed",
                        "[seal][read_callback]", sealed_files) {
  const sealed_on_disk disk(5'000);
  disk.change(4'999);
  callback_source source(disk.open<TestType>());
  const read_callback with = source.callback();
  octets out(2'000, 0xee);
  CHECK(with.read(with.context, out.data(), 4'500, 2'000) == 0);
  CHECK(all_zero(out));
}

TEST_CASE("a callback owns a source that is moved in, and refers to any other", "[seal][read_callback]") {
  const octets bytes = sealed_plaintext(100);
  std::atomic<int> live = 0;
  {
    callback_source source(counted_source{{bytes}, test::counted(live)});
    CHECK(live == 1);
    CHECK(load(source.callback().read, &source, 100, 7) == bytes);
  }
  CHECK(live == 0);
  const counted_source kept{{bytes}, test::counted(live)};
  { CHECK(callback_source(kept).callback().size == 100); }
  CHECK(live == 1);
}

TEMPLATE_LIST_TEST_CASE("several threads call a callback", "[seal][read_callback]", sealed_files) {
  const sealed_on_disk disk(100'000);
  callback_source source(disk.open<TestType>());
  const read_callback with = source.callback();
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (std::size_t thread = 0; thread < 4; ++thread) {
    readers.emplace_back([&, thread] {
      for (std::size_t i = 0; i < 200; ++i) {
        const std::size_t offset = (i * 7919 + thread * 104'729) % 90'000;
        octets out(1 + (i * 37) % 9'000);
        const bool same = with.read(with.context, out.data(), offset, out.size()) == out.size() &&
                          equal(out, byte_view(disk.plaintext).subspan(offset, out.size()));
        if (!same) ++wrong;
      }
    });
  }
  for (auto& each : readers) each.join();
  CHECK(wrong == 0);
  CHECK(source.status());
}

}  // namespace test_read_callback
