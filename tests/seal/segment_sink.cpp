// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/segment_sink.hpp>

#include "support/segment_sinks.hpp"

#include <cstddef>
#include <cstdint>

namespace test_segment_sink {

using namespace unitee;
using test::for_each_way;
using test::geometry_of;
using test::nothing;
using test::octets;
using test::sealed_plaintext;
using test::secret_of;
using test::sink_of;

TEST_CASE("a batch is 64 MiB or 256 segments, and its tags whole blocks", "[seal][segment_sink]") {
  using segments = detail::segment_sink<memory_sink, default_gcm_engine>;
  CHECK(segments::tags_size(geometry_of(0)) == 0);
  CHECK(segments::tags_size(geometry_of(1)) == 4096);
  CHECK(segments::tags_size(geometry_of(256 * 4096)) == 4096);
  CHECK(segments::tags_size(geometry_of(256 * 4096 + 1)) == 8192);
  CHECK(segments::tags_size(geometry_of(max_payload_size)) == 262144);
  CHECK(segments::tags_size(geometry_of(max_payload_size, 262144)) == 4096);
  CHECK(segments::tags_size(geometry_of(max_payload_size, 131072)) == 8192);
  CHECK(segments::tags_size(geometry_of(max_payload_size, max_segment_size)) == 4096);
}

TEST_CASE("whole segments are taken, and the short one at the end", "[seal][segment_sink]") {
  memory_sink sink({});
  const auto large = sink_of(sink, geometry_of(max_payload_size));
  CHECK((large.next() == 0 && large.take(0) == 0 && large.take(4095) == 0 && large.take(4096) == 1));
  CHECK((large.take(67108863) == 16383 && large.take(67108864) == 16384 && large.take(max_payload_size) == 16384));
  CHECK((large.size_of(0) == 0 && large.size_of(1) == 4096 && large.size_of(16384) == 67108864));
  const auto small = sink_of(sink, geometry_of(2 * 4096 + 9));
  CHECK((small.take(8192) == 2 && small.take(8200) == 2 && small.take(8201) == 3 && small.take(9000) == 3));
  CHECK((small.size_of(2) == 8192 && small.size_of(3) == 8201));
  const auto none = sink_of(sink, geometry_of(0));
  CHECK((none.take(0) == 0 && none.take(1) == 0 && none.size_of(0) == 0));
}

TEST_CASE("every segment and its tag stand in their place, however the work is divided", "[seal][segment_sink]") {
  const octets plaintext = sealed_plaintext(20 * 4096 + 3);
  for (const protection how : {protection::confidential, protection::integrity_only}) {
    octets expected(20480 + plaintext.size());
    for (std::size_t i = 0; i < 21; ++i) {
      const byte_view piece = byte_view(plaintext).subspan(4096 * i, i < 20 ? 4096 : 3);
      const octets stored = test::gcm_stored(secret_of(1), i, piece, how == protection::confidential);
      test::put(expected, 20480 + 4096 * i, byte_view(stored).first(piece.size()));
      test::put(expected, 16384 + 16 * i, byte_view(stored).last(16));
    }
    const auto check = [&]<class Sink, class Source>(Sink, Source) {
      for_each_way([&](const char* way, const work& by) {
        CAPTURE(how, way, by.workers);
        octets out(expected.size());
        Sink sink{out};
        auto segments = sink_of(sink, geometry_of(plaintext.size()), how);
        auto progress = nothing();
        REQUIRE(segments.seal(Source{plaintext}, 0, 13, by, progress));
        CHECK((segments.next() == 13 && all_zero(byte_view(out).subspan(16384, 4096))));
        REQUIRE(segments.seal(Source{plaintext}, 13 * 4096, segments.take(28674), by, progress));
        CHECK((segments.next() == 20 && segments.take(2) == 0 && segments.take(3) == 1));
        REQUIRE(segments.seal(Source{byte_view(plaintext).last(3)}, 0, 1, by, progress));
        CHECK((segments.next() == 21 && segments.take(~std::uint64_t{0}) == 0 && out == expected));
        CHECK(equal(segments.finish()->value, test::openssl_mac(byte_view(out).subspan(16384, 4096))));
      });
    };
    check(memory_sink({}), memory_source({}));
    check(test::plain_sink{}, test::plain_source{});
  }
}

}  // namespace test_segment_sink
