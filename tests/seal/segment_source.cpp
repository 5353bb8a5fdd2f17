// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/segment_source.hpp>

#include "support/known_file.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace test_segment_source {

using namespace unitee;
using test::for_each_way;
using test::known_file;
using test::octets;
using test::sealed_plaintext;
using test::segments_of;

namespace {

using places = std::vector<std::pair<std::uint64_t, std::size_t>>;

// noted is what was asked of a source, by read_at and by view_at.
struct noted {
  std::mutex lock;
  places read, lent;
  void note(places& to, std::uint64_t offset, std::size_t n) noexcept {
    const std::lock_guard one(lock);
    to.emplace_back(offset, n);
  }
};
struct noted_source {
  byte_view bytes;
  noted* in;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    in->note(in->read, offset, out.size());
    return memory_source(bytes).read_at(offset, out);
  }
};
struct noted_memory : noted_source {};
template <std::size_t Run>
struct noted_disk : noted_source {
  static constexpr std::size_t run_size = Run;
  static constexpr std::size_t readers = 3;
};
struct noted_lender : noted_source {
  result<byte_view> view_at(std::uint64_t offset, std::size_t n) const noexcept {
    in->note(in->lent, offset, n);
    return memory_source(bytes).view_at(offset, n);
  }
};

// check_runs opens everything in every way, and expects for each `run` segments one read of their tags and one of them.
template <class Source>
void check_runs(std::size_t payload, std::uint32_t segment, std::size_t run) {
  const octets plaintext = sealed_plaintext(payload);
  const std::size_t count = (payload + segment - 1) / segment;
  const std::size_t payload_at = 16384 + (16 * count + 4095) / 4096 * 4096;
  places tags, bodies, both;
  for (std::size_t first = 0; first < count; first += run) {
    tags.emplace_back(16384 + 16 * first, 16 * std::min(run, count - first));
    bodies.emplace_back(payload_at + first * segment, std::min(run * segment, payload - first * segment));
    both.insert(both.end(), {tags.back(), bodies.back()});
  }
  for (const auto how : {protection::confidential, protection::integrity_only}) {
    const octets file = known_file(plaintext, how, segment);
    for_each_way([&](const char* way, const work& by) {
      CAPTURE(payload, segment, run, how, way, by.workers);
      noted seen;
      octets out(payload, 0xee);
      CHECK(segments_of(Source{{file, &seen}}, file).open_all(out, by));
      CHECK(out == plaintext);
      places expected = lending_source<Source> ? tags : both;
      for (places* each : {&seen.read, &seen.lent, &expected}) {
        if (by.workers != 1) std::ranges::sort(*each);
      }
      CHECK(seen.read == expected);
      CHECK(seen.lent == (lending_source<Source> ? bodies : places()));
    });
  }
}

}  // namespace

TEST_CASE("a disk is read in runs of its size, of 512 segments at most", "[seal][segment_source]") {
  check_runs<noted_disk<2097152>>(1027 * 4096 + 5, 4096, 512);
  check_runs<noted_disk<4194304>>(512 * 4096 + 1, 4096, 512);
  check_runs<noted_disk<3 * 4096 - 1>>(7 * 4096, 4096, 2);
  check_runs<noted_disk<1>>(2 * 4096 + 9, 4096, 1);
}

TEST_CASE("what is no disk is read in runs of 256 KiB, or of one segment", "[seal][segment_source]") {
  check_runs<noted_memory>(130 * 4096 - 1, 4096, 64);
  check_runs<noted_memory>(64 * 4096, 4096, 64);
  check_runs<noted_memory>(3 * 131072, 131072, 2);
  check_runs<noted_memory>(262144 + 1, 262144, 1);
  check_runs<noted_memory>(524288 + 1, 524288, 1);
  check_runs<noted_lender>(130 * 4096 - 1, 4096, 64);
}

TEST_CASE("one segment is one run, and none is none", "[seal][segment_source]") {
  for (const std::size_t payload : {0u, 1u, 4095u, 4096u}) {
    check_runs<noted_memory>(payload, 4096, 64);
    check_runs<noted_disk<2097152>>(payload, 4096, 512);
    check_runs<noted_lender>(payload, 4096, 64);
  }
}

TEST_CASE("one by one, each segment is two reads, and comes to its user once", "[seal][segment_source]") {
  const octets plaintext = sealed_plaintext(5 * 4096 + 77);
  const octets file = known_file(plaintext);
  places two_each;
  for (std::size_t i = 0; i < 6; ++i) {
    two_each.emplace_back(16384 + 16 * i, 16);
    two_each.emplace_back(20480 + 4096 * i, i < 5 ? 4096 : 77);
  }
  noted seen;
  const auto one = segments_of(noted_disk<8192>{{file, &seen}}, file);
  for (std::size_t i = 0; i < 6; ++i) {
    octets out(i < 5 ? 4096 : 77);
    CHECK(one.open(i, out));
    CHECK(equal(out, byte_view(plaintext).subspan(4096 * i, out.size())));
  }
  CHECK(seen.read == two_each);
  std::ranges::sort(two_each);
  for_each_way([&](const char* way, const work& by) {
    CAPTURE(way, by.workers);
    seen.read.clear();
    octets out(plaintext.size());
    std::atomic<std::size_t> bytes{0};
    CHECK(one.for_each(by, [&](std::uint64_t offset, byte_view piece) noexcept -> result<void> {
      std::ranges::copy(piece, out.begin() + static_cast<std::ptrdiff_t>(offset));
      bytes += piece.size();
      return {};
    }));
    CHECK((out == plaintext && bytes == plaintext.size()));
    std::ranges::sort(seen.read);
    CHECK(seen.read == two_each);
    const auto full = [](std::uint64_t at, byte_view) noexcept -> result<void> { return failure{errc::no_space, at}; };
    CHECK(one.for_each(by, full).error() == failure{errc::no_space, 0});
  });
}

}  // namespace test_segment_source
