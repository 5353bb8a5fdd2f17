// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/observed_reader.hpp>

#include "support/observer.hpp"
#include "support/sealed.hpp"
#include "support/sealed_on_disk.hpp"

#include <unitee/seal/sealed_file.hpp>
#include <unitee/seal/to_memfd.hpp>

#include <atomic>
#include <cerrno>
#include <cstdint>

namespace test_observed_reader {

using namespace unitee;
using test::alone;
using test::for_each_way;
using test::octets;
using test::open_with;
using test::sealed;
using test::sealed_plaintext;
using test::told_events;

namespace {

constexpr std::size_t segment = 4096;
using memory_reader = sealed_reader<memory_source>;

// place is where a segment begins in the file.
std::size_t place(std::size_t number) {
  const auto geometry = sealed_geometry::of(5 * segment + 17, segment, 0);
  return static_cast<std::size_t>(geometry->place_of(number));
}

failure changed(std::uint64_t offset) { return {errc::not_authentic, offset, part::sealed_payload}; }

// failing_source is memory whose payload the machine refuses to read from one offset on.
struct failing_source {
  byte_view bytes;
  const std::atomic<std::uint64_t>* from;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (offset + out.size() > *from) return failure{errc::io_error, EIO};
    return memory_source(bytes).read_at(offset, out);
  }
};

void check_one(told_events& heard, std::uint64_t offset, const failure& why) {
  REQUIRE(heard.segments.size() == 1);
  CHECK(heard.segments[0].offset == offset);
  CHECK(heard.segments[0].why == why);
  CHECK(heard.steps.empty());
  CHECK(heard.keys.empty());
  heard = {};
}

// no_cipher is a reader whose engine answers nothing.
struct no_cipher {
  [[nodiscard]] std::uint64_t size() const noexcept { return segment; }
  result<void> read_at(std::uint64_t, byte_span) const noexcept { return errc::crypto_error; }
};

static_assert(byte_source<observed_reader<memory_reader, told_events>>);
static_assert(!std::is_constructible_v<observed_reader<memory_reader, told_events>, memory_reader, told_events&>);
static_assert(!std::is_constructible_v<observed_reader<memory_reader, told_events>, const memory_reader, told_events&>);
static_assert(std::is_trivially_copyable_v<observed_reader<memory_reader, told_events>>);

}  // namespace

TEST_CASE("an observed reader reads what the reader reads, and tells nothing of it", "[seal][reader][observer]") {
  const octets plaintext = sealed_plaintext(5 * segment + 17);
  const octets file = sealed(plaintext);
  const auto reader = open_with(memory_source(file));
  REQUIRE(reader);
  told_events heard;
  const observed_reader watched(*reader, heard);
  CHECK(&watched.reader() == &*reader);
  CHECK(watched.size() == plaintext.size());
  octets out(plaintext.size());
  REQUIRE(watched.read_at(0, out));
  CHECK(out == plaintext);
  for_each_way([&](const char* way, const work& how) {
    CAPTURE(way);
    out.assign(plaintext.size(), 0);
    REQUIRE(watched.read_all(out, how));
    CHECK(out == plaintext);
    out.assign(plaintext.size(), 0);
    memory_sink sink(out);
    REQUIRE(watched.write_to(sink, how));
    CHECK(out == plaintext);
    REQUIRE(watched.check(how));
  });
  CHECK(heard.segments.empty());
  CHECK(heard.clock == 0);
}

TEST_CASE("every segment that was changed is told once for each call, where it begins", "[seal][reader][observer]") {
  const octets plaintext = sealed_plaintext(5 * segment + 17);
  for (std::size_t number = 0; number < 6; ++number) {
    octets file = sealed(plaintext);
    file[place(number)] ^= 1;
    const auto reader = open_with(memory_source(file));
    REQUIRE(reader);
    told_events heard;
    const observed_reader watched(*reader, heard);
    const failure why = changed(number * segment);
    octets out(plaintext.size());
    CHECK(watched.read_at(0, out).error() == why);
    check_one(heard, number * segment, why);
    octets one(1);
    CHECK(watched.read_at(number * segment + 3, one).error() == why);
    check_one(heard, number * segment, why);
    for_each_way([&](const char* way, const work& how) {
      CAPTURE(way);
      CHECK(watched.read_all(out, how).error() == why);
      check_one(heard, number * segment, why);
      memory_sink sink(out);
      CHECK(watched.write_to(sink, how).error() == why);
      check_one(heard, number * segment, why);
      CHECK(watched.check(how).error() == why);
      check_one(heard, number * segment, why);
    });
    // All others are read, and told of by nobody.
    for (std::size_t other = 0; other < 6; ++other) {
      if (other != number) CHECK(watched.read_at(other * segment, one));
    }
    CHECK(heard.segments.empty());
  }
}

TEST_CASE("of several segments that were changed a call tells the one that it answers with",
          "[seal][reader][observer]") {
  const octets plaintext = sealed_plaintext(5 * segment + 17);
  octets file = sealed(plaintext);
  for (const std::size_t each : {1u, 2u, 4u}) file[place(each)] ^= 1;
  const auto reader = open_with(memory_source(file));
  REQUIRE(reader);
  told_events heard;
  const observed_reader watched(*reader, heard);
  octets out(plaintext.size());
  CHECK(watched.read_all(out, alone).error() == changed(segment));
  check_one(heard, segment, changed(segment));
}

TEST_CASE("what the source refuses is told with where the read began", "[seal][reader][observer]") {
  const octets plaintext = sealed_plaintext(5 * segment + 17);
  const octets file = sealed(plaintext);
  std::atomic<std::uint64_t> until{~std::uint64_t{0}};
  const auto reader = open_with(failing_source{file, &until});
  REQUIRE(reader);
  until = place(3);
  told_events heard;
  const observed_reader watched(*reader, heard);
  const failure why{errc::io_error, EIO};
  octets out(segment);
  REQUIRE(watched.read_at(2 * segment, out));
  CHECK(heard.segments.empty());
  CHECK(watched.read_at(3 * segment, out).error() == why);
  check_one(heard, 3 * segment, why);
  CHECK(watched.check(alone).error() == why);
  check_one(heard, 0, why);
}

TEST_CASE("what the caller did is not told", "[seal][reader][observer]") {
  const octets plaintext = sealed_plaintext(5 * segment + 17);
  octets file = sealed(plaintext);
  file[place(0)] ^= 1;
  const auto reader = open_with(memory_source(file));
  REQUIRE(reader);
  told_events heard;
  const observed_reader watched(*reader, heard);
  octets out(plaintext.size() + 1);
  CHECK(watched.read_at(1, out).error().code == errc::truncated);
  CHECK(watched.read_at(~std::uint64_t{0}, out).error().code == errc::truncated);
  CHECK(watched.read_all(out).error().code == errc::no_space);
  const std::atomic<bool> stop{true};
  CHECK(watched.check({.workers = 1, .cancelled = &stop}).error().code == errc::cancelled);
  octets small(1);
  memory_sink sink(small);
  const octets good = sealed(plaintext);
  const auto other = open_with(memory_source(good));
  REQUIRE(other);
  CHECK(observed_reader(*other, heard).write_to(sink, alone).error().code == errc::no_space);
  CHECK(heard.segments.empty());
}

TEST_CASE("a failure of the cipher itself is no segment's", "[seal][reader][observer]") {
  told_events heard;
  const no_cipher reader;
  octets out(1);
  CHECK(observed_reader(reader, heard).read_at(0, out).error() == failure{errc::crypto_error});
  CHECK(heard.segments.empty());
}

TEST_CASE("a file that is loaded under observation is the file, or is told of", "[seal][reader][observer]") {
  const test::sealed_on_disk disk(5 * segment + 17);
  const sealed_file file = disk.open();
  told_events heard;
  const observed_reader watched(file, heard);
  const auto loaded = watched.load(alone);
  REQUIRE(loaded);
  CHECK(equal(loaded->view(), disk.plaintext));
  CHECK(heard.segments.empty());
  disk.change(2 * segment);
  const sealed_file other = disk.open();
  const auto refused = observed_reader(other, heard).load(alone);
  REQUIRE(!refused);
  CHECK(refused.error() == changed(2 * segment));
  check_one(heard, 2 * segment, changed(2 * segment));
}

TEST_CASE("an observed reader goes where a reader goes", "[seal][reader][observer]") {
  const octets plaintext = sealed_plaintext(5 * segment + 17);
  octets file = sealed(plaintext);
  file[place(4)] ^= 1;
  const auto reader = open_with(memory_source(file));
  REQUIRE(reader);
  told_events heard;
  const observed_reader watched(*reader, heard);
  CHECK(!to_memfd(watched, "observed"));
  check_one(heard, 4 * segment, changed(4 * segment));
}

}  // namespace test_observed_reader
