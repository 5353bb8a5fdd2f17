// SPDX-License-Identifier: Apache-2.0
//
// How many threads read: a disk is kept busy by more than there are processors.
#include <unitee/seal/segment_source.hpp>

#include "support/known_file.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <thread>

namespace test_segment_source_workers {

using namespace unitee;
using test::octets;

namespace {

using body = function_ref<void(std::size_t)>;

// meeting is where threads wait until there are so many of them, or until nobody else came for a while.
struct meeting {
  std::size_t wanted;
  std::chrono::milliseconds patience;
  std::mutex lock{};
  std::condition_variable more{};
  std::set<std::thread::id> here{};

  void join() noexcept {
    std::unique_lock mine(lock);
    here.insert(std::this_thread::get_id());
    more.notify_all();
    if (!more.wait_for(mine, patience, [&] { return here.size() >= wanted; })) patience = patience.zero();
  }
};

struct met_source {
  byte_view bytes;
  meeting* at;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    at->join();
    return memory_source(bytes).read_at(offset, out);
  }
};
struct met_disk : met_source {
  static constexpr std::size_t run_size = 4096;
  static inline const std::size_t readers = std::min(posix::processors() + 3, posix::threads_max);
};
struct met_slow_disk : met_source {  // that is content with one
  static constexpr std::size_t run_size = 4096;
  static constexpr std::size_t readers = 1;
};
struct met_memory : met_source {};

// each_call calls f(all) for open_all, which takes `out`, and for for_each: all(segments, work) is what either says.
template <class F>
void each_call(octets& out, F&& f) {
  f([&](const auto& segments, const work& how) { return segments.open_all(out, how); });
  f([](const auto& segments, const work& how) {
    return segments.for_each(how, [](std::uint64_t, byte_view) noexcept { return result<void>(); });
  });
}

// threads_of is how many threads read until `wanted` were there, or none came any more.
template <class Source, class All>
std::size_t threads_of(const octets& file, All&& all, std::size_t wanted, int patience, const work& how) {
  meeting at{wanted, std::chrono::milliseconds(patience)};
  CHECK(all(test::segments_of(Source{{file, &at}}, file), how));
  return at.here.size();
}

constexpr int long_enough = 10000;
constexpr int a_moment = 15;

const octets& file() {
  static const octets made = test::known_file(test::sealed_plaintext(4096 * (posix::threads_max + 40)));
  return made;
}
octets room() { return octets(4096 * (posix::threads_max + 40)); }

}  // namespace

TEST_CASE("a disk is read by as many threads as it asks for, and no fewer than processors", "[seal][segment_source]") {
  octets out = room();
  each_call(out, [](auto all) {
    const std::size_t processors = std::min(posix::processors(), posix::threads_max);
    CHECK(threads_of<met_disk>(file(), all, met_disk::readers, long_enough, {}) == met_disk::readers);
    CHECK(threads_of<met_slow_disk>(file(), all, processors, long_enough, {}) == processors);
  });
}

TEST_CASE("what is no disk is read by no more threads than processors", "[seal][segment_source]") {
  octets out = room();
  each_call(out, [](auto all) {
    const std::size_t processors = posix::processors();
    CHECK(threads_of<met_memory>(file(), all, processors + 1, a_moment, {}) <= processors);
    CHECK(threads_of<met_slow_disk>(file(), all, processors + 1, a_moment, {}) <= processors);
  });
}

TEST_CASE("who says how many workers there are has that many, also with a disk", "[seal][segment_source]") {
  octets out = room();
  each_call(out, [](auto all) {
    CHECK(threads_of<met_disk>(file(), all, 1, long_enough, {.workers = 1}) == 1);
    CHECK(threads_of<met_disk>(file(), all, 2, long_enough, {.workers = 2}) == 2);
    CHECK(threads_of<met_disk>(file(), all, 3, a_moment, {.workers = 2}) <= 2);
  });
}

TEST_CASE("a caller's pool is not asked for more workers than processors", "[seal][segment_source]") {
  octets out = room();
  each_call(out, [](auto all) {
    std::size_t asked = 1;  // a pool is not asked where one worker is enough
    const auto pool = [&](std::size_t n, body each) {
      asked = n;
      for (std::size_t i = 0; i < n; ++i) each(i);
    };
    CHECK(threads_of<met_disk>(file(), all, 1, long_enough, {.parallel_for = pool}) == 1);
    CHECK(asked == std::min(posix::processors(), posix::threads_max));
    CHECK(threads_of<met_disk>(file(), all, 1, long_enough, {.workers = 7, .parallel_for = pool}) == 1);
    CHECK(asked == 7);
  });
}

}  // namespace test_segment_source_workers
