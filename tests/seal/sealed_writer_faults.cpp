// SPDX-License-Identifier: Apache-2.0
//
// Writing that fails, is called off, or is refused.
#include <unitee/seal/sealed_writer.hpp>

#include "support/failing.hpp"
#include "support/sealed.hpp"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

namespace test_sealed_writer_faults {

using namespace unitee;
using test::alone;
using test::caller_slots;
using test::failing_lender;
using test::failing_source;
using test::for_each_way;
using test::octets;
using test::plain_sink;
using test::plain_source;
using test::sealed;
using test::sealed_plaintext;
using test::sealed_size;
using test::small_segments;
using test::unsealed;

namespace {

const failure unrecognized{errc::unrecognized, 0, part::sealed_header};

template <class Sink, gcm_engine Engine = default_gcm_engine>
result<sealed_writer<Sink, Engine>> writing(Sink& sink, std::uint64_t size, const sealing& with = small_segments) {
  return sealed_writer<Sink, Engine>::create(sink, size, caller_slots({1}), with);
}

// failing_sink keeps what it is given for `left` writes, a little of the next, and nothing more.
struct failing_sink {
  byte_span bytes;
  std::atomic<int> left;
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    const int now = left--;
    if (now > 0) return memory_sink(bytes).write_at(offset, in);
    if (now == 0) (void)memory_sink(bytes).write_at(offset, in.first(in.size() / 32));
    return failure{errc::io_error, 28};
  }
};

// noting_sink keeps where and how much was written, and nothing else.
struct noting_sink {
  std::vector<std::pair<std::uint64_t, std::size_t>> writes;
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    writes.emplace_back(offset, in.size());
    return {};
  }
};

}  // namespace

TEST_CASE("a payload is as long as it was announced to be", "[seal][writer]") {
  octets out(30000);
  memory_sink sink(out);
  auto writer = writing(sink, 5000);
  REQUIRE(writer);
  CHECK(writer->finish().error() == failure{errc::truncated, 0});
  REQUIRE(writer->write(octets(4999)));
  CHECK(writer->finish().error() == failure{errc::truncated, 4999});
  SECTION("the rest may follow, and then nothing more") {
    REQUIRE(writer->write(octets(1)));
    REQUIRE(writer->write({}));
    REQUIRE(writer->finish());
    CHECK(writer->finish().error() == failure{errc::trailing_data, 5000});
    CHECK(writer->write({}).error() == failure{errc::trailing_data, 5000});
    CHECK(writer->write_from(memory_source({})).error() == failure{errc::trailing_data, 5000});
    CHECK(*unsealed(byte_view(out).first(20480 + 5000)) == octets(5000));
  }
  SECTION("more than that ends the writer") {
    CHECK(writer->write(octets(2)).error() == failure{errc::trailing_data, 5000});
    CHECK(writer->write(octets(1)).error() == failure{errc::trailing_data, 5000});
    CHECK(writer->finish().error() == failure{errc::trailing_data, 5000});
    CHECK_FALSE(sealed_header::parse(byte_view(out).first(8192)));
  }
}

TEST_CASE("a source is as long as what is left of the payload", "[seal][writer]") {
  octets out(30000);
  memory_sink sink(out);
  const octets plaintext = sealed_plaintext(5001);
  const byte_view all = plaintext;
  const auto written = [&](std::size_t n) {
    auto writer = writing(sink, 5000);
    const auto done = writer->write_from(memory_source(all.first(n)));
    REQUIRE_FALSE(done);
    CHECK(writer->finish().error() == done.error());
    CHECK(writer->write({}).error() == done.error());
    return done.error();
  };
  CHECK(written(4999) == failure{errc::truncated, 4999});
  CHECK(written(0) == failure{errc::truncated, 0});
  CHECK(written(5001) == failure{errc::trailing_data, 5000});
}

TEST_CASE("what was not finished is not a sealed file, also where one was before", "[seal][writer]") {
  const octets plaintext = sealed_plaintext(3 * 4096);
  octets out = sealed(plaintext);
  REQUIRE(unsealed(out));
  memory_sink sink(out);
  auto writer = writing(sink, plaintext.size());
  REQUIRE(writer);
  CHECK(unsealed(out).error() == unrecognized);
  REQUIRE(writer->write(plaintext));
  CHECK(unsealed(out).error() == unrecognized);
  REQUIRE(writer->finish());
  CHECK(*unsealed(out) == plaintext);
}

TEST_CASE("every write that fails ends the writer with that failure, and leaves no other sealed file",
          "[seal][writer]") {
  const octets items{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/', 'b'};
  const sealing with{.segment_size = 4096, .metadata = items};
  const octets before = sealed_plaintext(5 * 4096);
  const octets after(5 * 4096, 0x77);
  const octets old = sealed(before, with);
  const failure full{errc::io_error, 28};
  const int writes = 4 + 1 + 5 + 1 + 2;  // zeros, metadata, segments, a block of tags, two copies of the header
  for_each_way([&](const char* way, const work& how) {
    for (const bool fresh : {true, false}) {
      for (int n = 0; n <= writes; ++n) {
        CAPTURE(way, how.workers, fresh, n);
        octets out = fresh ? octets(old.size()) : old;
        failing_sink sink{out, n};
        auto writer = writing(sink, after.size(), with);
        REQUIRE(writer.has_value() == (n >= 5));
        if (writer) {
          const auto written = writer->write_from(plain_source{after}, how);
          const auto finished = writer->finish();
          REQUIRE(written.has_value() == (n >= writes - 2));
          REQUIRE(finished.has_value() == (n == writes));
          if (!finished) {
            CHECK(finished.error() == full);
            CHECK(writer->finish().error() == full);
            CHECK(writer->write({}).error() == full);
          }
        } else {
          CHECK(writer.error() == full);
        }
        const auto there = unsealed(out);
        REQUIRE(there.has_value() == (n == writes));
        CHECK((there ? *there == after : there.error().in == part::sealed_header));
      }
    }
  });
}

TEST_CASE("every read that fails ends the writer with that failure", "[seal][writer]") {
  const octets plaintext = sealed_plaintext(5 * 4096);
  const failure broken{errc::io_error, 5};
  const auto check = [&]<class Source>(Source) {
    for_each_way([&](const char* way, const work& how) {
      for (int n = 0; n <= 5; ++n) {
        CAPTURE(way, how.workers, n);
        octets out(sealed_size(plaintext.size(), small_segments));
        memory_sink sink(out);
        auto writer = writing(sink, plaintext.size());
        REQUIRE(writer);
        std::atomic<int> left{n};
        const auto done = writer->write_from(Source{{plaintext, &left}}, how);
        REQUIRE(done.has_value() == (n == 5));
        if (done) {
          REQUIRE(writer->finish());
          CHECK(*unsealed(out) == plaintext);
        } else {
          CHECK(done.error() == broken);
          CHECK(writer->finish().error() == broken);
          CHECK(unsealed(out).error() == unrecognized);
        }
      }
    });
  };
  struct plain : failing_source {};
  check(plain{});
  check(failing_lender{});
}

TEST_CASE("a lending sink that is too small is a failure", "[seal][writer]") {
  octets out(20480 + 4096);
  memory_sink sink(out);
  auto writer = writing(sink, 4097);
  REQUIRE(writer);
  CHECK(writer->write(octets(4097)).error() == failure{errc::no_space, out.size()});
  CHECK(writer->finish().error() == failure{errc::no_space, out.size()});
}

TEST_CASE("a writing that is called off ends the writer, and leaves no sealed file", "[seal][writer]") {
  const octets plaintext = sealed_plaintext(60 * 4096);
  for (const std::uint64_t after : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{5 * 4096}}) {
    std::atomic<bool> cancelled{false};
    const auto tell = [&](std::uint64_t done, std::uint64_t) {
      if (done >= after) cancelled = true;
    };
    for_each_way(
        [&](const char* way, const work& how) {
          CAPTURE(way, how.workers, after);
          cancelled = after == 0;
          octets out(sealed_size(plaintext.size(), small_segments));
          plain_sink sink{out};
          auto writer = writing(sink, plaintext.size());
          REQUIRE(writer);
          const failure called_off{errc::cancelled};
          CHECK(writer->write_from(memory_source(plaintext), how).error() == called_off);
          CHECK(writer->finish().error() == called_off);
          CHECK(writer->write_from(memory_source(plaintext)).error() == called_off);
          CHECK(unsealed(out).error() == unrecognized);
        },
        work{.progress = tell, .cancelled = &cancelled});
  }
}

TEST_CASE("sizes, slots and metadata that the format does not have are refused before anything is written",
          "[seal][writer]") {
  noting_sink sink;
  const auto create = [&](std::uint64_t size, std::size_t slots, const sealing& with) {
    std::vector<new_slot> given;
    for (std::size_t i = 0; i < slots; ++i) given.push_back(std::move(caller_slots({1})[0]));
    return sealed_writer<noting_sink>::create(sink, size, given, with).error();
  };
  const auto at = [](errc code, std::uint64_t offset, part in = part::sealed_header) {
    return failure{code, offset, in};
  };
  CHECK(create(1, 1, {.segment_size = 4097}) == at(errc::bad_value, 20));
  CHECK(create(1, 1, {.segment_size = 2048}) == at(errc::bad_value, 20));
  CHECK(create(1, 1, {.segment_size = 2 * max_segment_size}) == at(errc::bad_value, 20));
  CHECK(create(max_payload_size + 1, 1, {}) == at(errc::bad_value, 24));
  CHECK(create(1, 0, {}) == at(errc::bad_value, 204));
  CHECK(create(1, 16, {}) == at(errc::bad_value, 204));
  const octets large(max_metadata_size - 15);
  CHECK(create(1, 1, {.metadata = large}) == at(errc::bad_length, 44));
  const octets cut{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/'};
  CHECK(create(1, 1, {.metadata = cut}) == at(errc::truncated, 10, part::sealed_metadata));
  const octets space{1, 0, 0, 0, 1, 0, 0, 0, ' '};
  CHECK(create(1, 1, {.metadata = space}) == at(errc::bad_value, 8, part::sealed_metadata));
  CHECK(sink.writes.empty());
}

}  // namespace test_sealed_writer_faults
