// SPDX-License-Identifier: Apache-2.0
//
// Reading that fails, is called off, or meets what somebody has changed.
#include <unitee/seal/sealed_reader.hpp>

#include "support/failing.hpp"
#include "support/sealed.hpp"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace test_sealed_reader_faults {

using namespace unitee;
using test::alone;
using test::caller_slots;
using test::failing_lender;
using test::failing_run_source;
using test::failing_source;
using test::for_each_way;
using test::octets;
using test::open_with;
using test::plain_sink;
using test::plain_source;
using test::run_source;
using test::sealed;
using test::sealed_plaintext;
using test::secret_of;
using test::small_segments;
using test::unsealed;

namespace {

constexpr std::size_t payload_at = 20480;  // in a file without metadata, of at most 256 segments

// failing_sink takes `left` writes, and fails from then on.
struct failing_sink {
  std::atomic<int> left;
  result<void> write_at(std::uint64_t, byte_view) noexcept {
    if (left-- > 0) return {};
    return failure{errc::io_error, 28};
  }
};

}  // namespace

TEST_CASE("nothing of a segment that is not authentic leaves the reader", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(3 * 4096);
  for (const protection how : {protection::confidential, protection::integrity_only}) {
    octets file = sealed(plaintext, {.segment_size = 4096, .protection = how});
    const auto check = [&]<class Source>(Source source) {
      auto reader = open_with(source);
      REQUIRE(reader);
      const failure expected{errc::not_authentic, 4096, part::sealed_payload};
      file[payload_at + 5000] ^= 1;  // after open() looked at the table
      octets out(plaintext.size(), 0xee);
      CHECK(reader->read_at(0, out).error() == expected);
      CHECK(all_zero(out));
      octets some(10, 0xee);
      for (int times = 0; times < 2; ++times) {  // it is not held, either
        CHECK(reader->read_at(4200, some).error() == expected);
        CHECK(all_zero(some));
      }
      REQUIRE(reader->read_at(4086, some));
      REQUIRE(reader->read_at(8192, some));
      CHECK(std::equal(some.begin(), some.end(), plaintext.begin() + 8192));
      for_each_way([&](const char* way, const work& with) {
        CAPTURE(way, with.workers);
        std::ranges::fill(out, std::uint8_t{0xee});
        CHECK(reader->read_all(out, with).error() == expected);
        CHECK(all_zero(out));
        CHECK(reader->check(with).error() == expected);
        std::ranges::fill(out, std::uint8_t{0xee});
        plain_sink sink{out};
        CHECK(reader->write_to(sink, with).error() == expected);
        CHECK(std::all_of(out.begin() + 4096, out.begin() + 8192, [](auto byte) { return byte == 0xee; }));
      });
      file[payload_at + 5000] ^= 1;
      CHECK(reader->read_at(4200, some));
      CHECK(reader->read_at(0, out));
      CHECK(out == plaintext);
    };
    check(memory_source(file));
    check(plain_source{file});
    check(run_source<8192>{{file}});
  }
}

TEST_CASE("a tag that was changed after the table was checked opens nothing", "[seal][reader]") {
  octets file = sealed(sealed_plaintext(3 * 4096));
  auto reader = open_with(memory_source(file));
  REQUIRE(reader);
  std::swap_ranges(file.begin() + 16384, file.begin() + 16400, file.begin() + 16400);  // the tags,
  std::swap_ranges(file.begin() + 20480, file.begin() + 24576, file.begin() + 24576);  // and their segments
  octets out(4096);
  CHECK(reader->read_at(0, out).error() == failure{errc::not_authentic, 0, part::sealed_payload});
  CHECK(reader->read_at(4096, out).error() == failure{errc::not_authentic, 4096, part::sealed_payload});
  CHECK(reader->read_at(8192, out));
}

TEST_CASE("a file that becomes shorter after it was opened is a failure", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(3 * 4096);
  const octets file = sealed(plaintext);
  plain_source source{file};
  struct cut {
    const plain_source* of;
    [[nodiscard]] std::uint64_t size() const noexcept { return of->size(); }
    result<void> read_at(std::uint64_t offset, byte_span out) const noexcept { return of->read_at(offset, out); }
  };
  auto reader = open_with(cut{&source});
  REQUIRE(reader);
  source.bytes = source.bytes.first(file.size() - 1);
  octets out(plaintext.size(), 0xee);
  CHECK(reader->read_all(out).error() == failure{errc::truncated, file.size() - 1});
  CHECK(all_zero(out));
  CHECK(reader->read_at(0, byte_span(out).first(8192)));
}

TEST_CASE("every read that fails is passed on, and leaves zeros", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(4 * 4096);
  octets items{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/', 'b'};
  const octets file = sealed(plaintext, {.segment_size = 4096, .metadata = items});
  const failure broken{errc::io_error, 5};
  const int to_open = 4;  // the headers twice, the table, the metadata
  const auto check = [&]<class Source>(Source, int reads) {
    for (int n = 0; n <= to_open + reads; ++n) {
      CAPTURE(n);
      std::atomic<int> left{n};
      auto reader = open_with(Source{{file, &left}});
      REQUIRE(reader.has_value() == (n >= to_open));
      if (!reader) {
        CHECK(reader.error() == broken);
        continue;
      }
      octets out(plaintext.size(), 0xee);
      const auto is_right = [&](const result<void>& done) {
        REQUIRE(done.has_value() == (n == to_open + reads));
        CHECK((done ? out == plaintext : done.error() == broken && all_zero(out)));
      };
      for_each_way([&](const char* way, const work& how) {
        CAPTURE(way, how.workers);
        left = n - to_open;
        std::ranges::fill(out, std::uint8_t{0xee});
        is_right(reader->read_all(out, how));
        left = n - to_open;
        if (const auto done = reader->check(how); !done) CHECK(done.error() == broken);
      });
      left = n - to_open;
      octets part(4000, 0xee);
      if (const auto done = reader->read_at(4100, part); !done) {
        CHECK(done.error() == broken);
        CHECK(all_zero(part));
      }
      left = 2;
      CHECK(reader->read_at(4100, part));  // it was not the reader that broke
    }
  };
  struct plain : failing_source {};
  check(plain{}, 2);  // the tags of a run, which has all of them here, and its ciphertext
  check(failing_lender{}, 2);
  check(failing_run_source{}, 2 * 2);
}

TEST_CASE("every write that fails is passed on", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(4 * 4096);
  const octets file = sealed(plaintext);
  auto reader = open_with(memory_source(file));
  REQUIRE(reader);
  for (int n = 0; n <= 4; ++n) {
    for_each_way([&](const char* way, const work& how) {
      CAPTURE(n, way, how.workers);
      failing_sink sink{n};
      const auto done = reader->write_to(sink, how);
      REQUIRE(done.has_value() == (n == 4));
      if (!done) CHECK(done.error() == failure{errc::io_error, 28});
    });
  }
}

TEST_CASE("progress adds up to the payload, in every way", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(9 * 4096 + 77);
  const octets file = sealed(plaintext);
  const auto check = [&]<class Source>(Source source, std::size_t runs) {
    auto reader = open_with(source);
    REQUIRE(reader);
    std::vector<std::uint64_t> told;
    bool right = true;
    const auto tell = [&](std::uint64_t done, std::uint64_t total) {
      right = right && total == plaintext.size() && (told.empty() || done > told.back());
      told.push_back(done);
    };
    const auto complete = [&](std::size_t least) {
      const bool all = right && told.size() >= least && told.back() == plaintext.size();
      told.clear();
      return all;
    };
    for_each_way(
        [&](const char* way, const work& how) {
          CAPTURE(way, how.workers);
          octets out(plaintext.size());
          REQUIRE(reader->read_all(out, how));
          CHECK(complete(runs));
          plain_sink sink{out};
          REQUIRE(reader->write_to(sink, how));
          CHECK(complete(10));
          REQUIRE(reader->check(how));
          CHECK(complete(10));
        },
        work{.progress = tell});
  };
  check(memory_source(file), 1);
  check(run_source<3 * 4096>{{file}}, 4);
}

TEST_CASE("a reading that is called off answers so, and leaves zeros", "[seal][reader]") {
  const auto check = [&]<class Source>(Source source) {
    auto reader = open_with(source);
    REQUIRE(reader);
    for (const std::uint64_t after : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{5 * 4096}}) {
      std::atomic<bool> cancelled{false};
      const auto tell = [&](std::uint64_t done, std::uint64_t) {
        if (done >= after) cancelled = true;
      };
      for_each_way(
          [&](const char* way, const work& how) {
            CAPTURE(way, how.workers, after);
            cancelled = after == 0;
            octets out(static_cast<std::size_t>(reader->size()), 0xee);
            const auto done = reader->read_all(out, how);
            REQUIRE_FALSE(done);
            CHECK(done.error() == failure{errc::cancelled});
            CHECK(all_zero(out));
            cancelled = after == 0;
            CHECK(reader->check(how).error() == failure{errc::cancelled});
            cancelled = after == 0;
            plain_sink sink{out};
            CHECK(reader->write_to(sink, how).error() == failure{errc::cancelled});
          },
          work{.progress = tell, .cancelled = &cancelled});
    }
  };
  const octets large = sealed(sealed_plaintext(30 * (256 << 10)));  // thirty runs, like the other
  const octets small = sealed(sealed_plaintext(30 * 8192));
  check(memory_source(large));
  check(run_source<8192>{{small}});
}

TEST_CASE("metadata that were changed are refused, and so is what stands behind them", "[seal][reader]") {
  const octets items{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/', 'b'};
  for (const bool is_public : {false, true}) {
    octets file = sealed(sealed_plaintext(5), {.segment_size = 4096, .metadata = items, .public_metadata = is_public});
    const std::size_t end = 16384 + items.size() + 16;
    for (const std::size_t at : {std::size_t{16384}, std::size_t{16384 + 11}, end - 1}) {
      file[at] ^= 1;
      CHECK(unsealed(file).error() == failure{errc::not_authentic, 0, part::sealed_metadata});
      file[at] ^= 1;
    }
    for (const std::size_t at : {end, std::size_t{20479}}) {
      file[at] ^= 1;
      CHECK(unsealed(file).error() == failure{errc::reserved_not_zero, at, part::sealed_metadata});
      file[at] ^= 1;
    }
    CHECK(unsealed(file));
  }
}

}  // namespace test_sealed_reader_faults
