// SPDX-License-Identifier: Apache-2.0
//
// A table of several batches, and what sinks and sources cannot do.
#include <unitee/seal/segment_sink.hpp>

#include "support/failing.hpp"
#include "support/segment_sinks.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace test_segment_sink_batches {

using namespace unitee;
using test::alone;
using test::for_each_way;
using test::geometry_of;
using test::nothing;
using test::octets;
using test::sealed_plaintext;
using test::secret_of;
using test::sink_of;

namespace {

// sevens is a source of as many bytes as one likes, all of them 7.
struct sevens {
  std::uint64_t length;
  [[nodiscard]] std::uint64_t size() const noexcept { return length; }
  result<void> read_at(std::uint64_t, byte_span out) const noexcept {
    std::fill_n(out.data(), out.size(), std::uint8_t{7});
    return {};
  }
};

// table_sink keeps what is written before the payload, and counts: `writes` are those of segments. After `left` writes
// it is full.
struct table_sink {
  octets front;
  std::atomic<int> left{1 << 20};
  std::atomic<int> writes{0};
  std::atomic<int> tables{0};
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    if (left-- <= 0) return failure{errc::io_error, 28};
    ++(offset < front.size() ? tables : writes);
    return offset < front.size() ? memory_sink(front).write_at(offset, in) : result<void>();
  }
};

}  // namespace

TEST_CASE("the tags of each batch follow those of the one before, with zeros at the end", "[seal][segment_sink]") {
  table_sink sink{octets(16384 + 8192, 0xee)};
  const sevens source{256 * 262144 + 5};
  auto segments = sink_of(sink, geometry_of(source.length, 262144));
  auto progress = nothing();
  REQUIRE(segments.take(source.length) == 256);
  REQUIRE(segments.seal(source, 0, 255, {}, progress));
  CHECK((sink.tables == 0 && segments.take(10 * 262144) == 1));
  REQUIRE(segments.seal(source, 0, 1, {}, progress));
  CHECK((sink.tables == 1 && sink.writes == 256 && segments.take(5) == 1 && segments.size_of(1) == 5));
  REQUIRE(segments.seal(source, 0, 1, {}, progress));
  CHECK((sink.tables == 2 && sink.writes == 257 && segments.next() == 257));
  const octets whole(262144, 7);
  const byte_view table = byte_view(sink.front).subspan(16384);
  for (const std::size_t i : {0u, 1u, 100u, 255u, 256u}) {
    const octets stored = test::gcm_stored(secret_of(1), i, byte_view(whole).first(i < 256 ? whole.size() : 5));
    CHECK(equal(table.subspan(16 * i, 16), byte_view(stored).last(16)));
  }
  CHECK(all_zero(table.subspan(16 * 257)));
  CHECK(equal(segments.finish()->value, test::openssl_mac(table)));
}

TEST_CASE("what the sink or the source cannot do is passed on", "[seal][segment_sink]") {
  const octets plaintext = sealed_plaintext(5 * 4096);
  for_each_way([&](const char* way, const work& by) {
    for (int n = 0; n <= 6; ++n) {  // five segments and their tags
      CAPTURE(way, by.workers, n);
      table_sink sink{octets(20480), n};
      auto segments = sink_of(sink, geometry_of(plaintext.size()));
      auto progress = nothing();
      const auto done = segments.seal(memory_source(plaintext), 0, 5, by, progress);
      REQUIRE(done.has_value() == (n == 6));
      if (!done) CHECK(done.error() == failure{errc::io_error, 28});
      CHECK((sink.tables == (n == 6) && sink.writes == std::min(n, 5) && segments.next() == (n < 5 ? 0 : 5)));
    }
  });
  octets small(20480 + 5 * 4096 - 1);
  memory_sink full(small);
  auto progress = nothing();
  CHECK(sink_of(full, geometry_of(plaintext.size())).seal(memory_source(plaintext), 0, 5, alone, progress).error() ==
        failure{errc::no_space, small.size()});
  octets out(20480 + 5 * 4096);
  memory_sink sink(out);
  const auto check = [&](auto source) {
    CHECK(sink_of(sink, geometry_of(plaintext.size())).seal(source, 0, 5, alone, progress).error() ==
          failure{errc::io_error, 5});
  };
  std::atomic<int> left{3};
  check(test::failing_source{plaintext, &left});
  left = 3;
  check(test::failing_lender{{plaintext, &left}});
}

}  // namespace test_segment_sink_batches
