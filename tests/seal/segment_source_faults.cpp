// SPDX-License-Identifier: Apache-2.0
//
// Segments that somebody has changed, and sources and engines that fail.
#include <unitee/seal/segment_source.hpp>

#include "support/failing.hpp"
#include "support/known_file.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace test_segment_source_faults {

using namespace unitee;
using test::alone;
using test::for_each_way;
using test::known_file;
using test::octets;
using test::plain_source;
using test::run_source;
using test::sealed_plaintext;
using test::segments_of;

namespace {

using disk = run_source<8 * 4096>;

failure changed_at(std::uint64_t segment) { return {errc::not_authentic, 4096 * segment, part::sealed_payload}; }

// broken is an engine that is there and fails, or is not there.
template <bool IsThere>
struct broken {
  broken(broken&&) = default;
  broken& operator=(broken&&) = default;
  static result<broken> create(const secret<32>&) noexcept {
    if (!IsThere) return errc::unsupported_algorithm;
    return broken();
  }
  result<gcm_tag> seal(const gcm_nonce&, byte_view, byte_view, byte_span) noexcept { return errc::crypto_error; }
  result<void> open(const gcm_nonce&, byte_view, byte_view, const gcm_tag&, byte_span) noexcept {
    return errc::crypto_error;
  }

 private:
  broken() = default;
};

// refused_everywhere opens segment and payload, and expects that failure of both.
template <gcm_engine Engine, class Source>
void refused_everywhere(const octets& file, Source source, const failure& expected) {
  const auto segments = segments_of<Source, Engine>(source, file);
  octets out(static_cast<std::size_t>(segments.geometry().payload_size()));
  CHECK(segments.open(0, byte_span(out).first(4096)).error() == expected);
  CHECK(segments.open_all(out, alone).error() == expected);
  const auto nobody = [](std::uint64_t, byte_view) noexcept -> result<void> { return errc::bad_value; };
  CHECK(segments.for_each(alone, nobody).error() == expected);
}

}  // namespace

TEST_CASE("a changed segment is refused where it stands in the run, and wiped", "[seal][segment_source]") {
  const octets plaintext = sealed_plaintext(19 * 4096 + 7);  // runs of 8, 8 and 4
  for (const protection how : {protection::confidential, protection::integrity_only}) {
    const octets good = known_file(plaintext, how);
    const auto check = [&]<class Source>(Source) {
      for (std::size_t segment = 0; segment < 20; ++segment) {
        for (const std::size_t at : {20480 + 4096 * segment + 6, 16384 + 16 * segment + 15}) {
          CAPTURE(how, segment, at);
          octets file = good;
          file[at] ^= 4;
          const octets before = file;
          const auto none_from_there = [&](std::uint64_t offset, byte_view) noexcept -> result<void> {
            return offset < 4096 * segment ? result<void>() : errc::bad_value;
          };
          octets out(plaintext.size(), 0xee);
          const auto segments = segments_of(Source{file}, good);
          CHECK(segments.open_all(out, alone).error() == changed_at(segment));
          const byte_span there = byte_span(out).subspan(4096 * segment, segment < 19 ? 4096 : 7);
          CHECK(all_zero(there));
          CHECK(equal(byte_view(out).first(4096 * segment), byte_view(plaintext).first(4096 * segment)));
          std::ranges::fill(there, std::uint8_t{0xee});
          CHECK(segments.open(segment, there).error() == changed_at(segment));
          CHECK(all_zero(there));
          CHECK(segments.for_each(alone, none_from_there).error() == changed_at(segment));
          CHECK(file == before);  // what is lent is not written to
        }
      }
    };
    check(plain_source{});
    check(disk{});
    check(memory_source({}));
  }
}

TEST_CASE("of several changed segments the first is named, however the work is divided", "[seal][segment_source]") {
  const octets plaintext = sealed_plaintext(20 * 4096);
  octets file = known_file(plaintext);
  for (const std::size_t segment : {5u, 6u, 12u, 19u}) file[20480 + 4096 * segment] ^= 1;
  for_each_way([&](const char* way, const work& by) {
    CAPTURE(way, by.workers);
    octets out(plaintext.size());
    CHECK(segments_of(disk{{file}}, file).open_all(out, by).error() == changed_at(5));
    CHECK(segments_of(memory_source(file), file).open_all(out, by).error() == changed_at(5));
  });
}

TEST_CASE("a segment is not authentic in the place of another, with its tag or without", "[seal][segment_source]") {
  const octets plaintext = sealed_plaintext(6 * 4096);
  octets file = known_file(plaintext);
  octets out(plaintext.size());
  std::swap_ranges(file.begin() + 20480 + 4096, file.begin() + 20480 + 2 * 4096, file.begin() + 20480 + 3 * 4096);
  CHECK(segments_of(disk{{file}}, file).open_all(out, alone).error() == changed_at(1));
  std::swap_ranges(file.begin() + 16384 + 16, file.begin() + 16384 + 32, file.begin() + 16384 + 48);
  CHECK(segments_of(disk{{file}}, file).open_all(out, alone).error() == changed_at(1));
}

TEST_CASE("a failure of the source is passed on, whichever read it concerns", "[seal][segment_source]") {
  const octets plaintext = sealed_plaintext(5 * 4096);
  const octets file = known_file(plaintext);
  const auto check = [&]<class Source>(Source, int reads) {
    for (int n = 0; n <= reads; ++n) {
      for_each_way([&](const char* way, const work& by) {
        CAPTURE(way, by.workers, n);
        std::atomic<int> left{n};
        octets out(plaintext.size());
        const auto done = segments_of(Source{{file, &left}}, file).open_all(out, by);
        REQUIRE(done.has_value() == (n == reads));
        if (!done) CHECK(done.error() == failure{errc::io_error, 5});
      });
    }
  };
  check(test::failing_run_source{}, 6);  // runs of two segments
  check(test::failing_lender{}, 2);
  const octets cut(file.begin(), file.end() - 1);
  octets out(plaintext.size());
  CHECK(segments_of(disk{{cut}}, file).open_all(out, alone).error() == failure{errc::truncated, cut.size()});
}

TEST_CASE("a failure of the engine is passed on, and is not one of the file", "[seal][segment_source]") {
  const octets file = known_file(sealed_plaintext(5 * 4096));
  refused_everywhere<broken<true>>(file, disk{{file}}, {errc::crypto_error});
  refused_everywhere<broken<true>>(file, memory_source(file), {errc::crypto_error});
  refused_everywhere<broken<false>>(file, disk{{file}}, {errc::unsupported_algorithm});
}

}  // namespace test_segment_source_faults
