// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/sealed_reader.hpp>

#include "support/sealed.hpp"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace test_sealed_reader {

using namespace unitee;
using test::alone;
using test::caller_slots;
using test::each_engine;
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

// read_every_way reads all of a payload in every way that there is.
template <class Source, gcm_engine Engine>
void read_every_way(const octets& file, const octets& plaintext) {
  auto reader = open_with<Source, Engine>(Source{file});
  REQUIRE(reader);
  REQUIRE(reader->size() == plaintext.size());
  octets out(plaintext.size());
  const auto is_whole = [&] {
    const bool same = out == plaintext;
    std::ranges::fill(out, std::uint8_t{0xee});
    return same;
  };
  REQUIRE(reader->read_at(0, out));
  CHECK(is_whole());
  for_each_way([&](const char* way, const work& how) {
    CAPTURE(way, how.workers);
    REQUIRE(reader->read_all(out, how));
    CHECK(is_whole());
    memory_sink lent(out);
    REQUIRE(reader->write_to(lent, how));
    CHECK(is_whole());
    plain_sink copied{out};
    REQUIRE(reader->write_to(copied, how));
    CHECK(is_whole());
    REQUIRE(reader->check(how));
  });
}

template <gcm_engine Engine>
void read_every_source(const octets& file, const octets& plaintext) {
  read_every_way<memory_source, Engine>(file, plaintext);
  read_every_way<plain_source, Engine>(file, plaintext);
  read_every_way<run_source<1>, Engine>(file, plaintext);
  read_every_way<run_source<3 * 4096>, Engine>(file, plaintext);
}

static_assert(byte_source<sealed_reader<memory_source>>);

}  // namespace

TEST_CASE("what was sealed is read, whatever its size, its segments' size and who reads", "[seal][reader]") {
  each_engine([]<class Engine>(test::engine_of<Engine> engine) {
    for (const protection how : {protection::confidential, protection::integrity_only}) {
      for (const std::uint32_t segment : {4096u, 65536u}) {
        for (const std::size_t size :
             {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{segment} - 1, std::size_t{segment},
              std::size_t{segment} + 1, std::size_t{2} * segment, std::size_t{5} * segment + 17}) {
          CAPTURE(engine.name, static_cast<int>(how), segment, size);
          const octets plaintext = sealed_plaintext(size);
          const octets file = sealed<Engine>(plaintext, {.segment_size = segment, .protection = how});
          read_every_source<Engine>(file, plaintext);
        }
      }
      const octets many = sealed_plaintext(257 * 4096 + 1);  // tags of more than a block
      read_every_source<Engine>(sealed<Engine>(many, {.segment_size = 4096, .protection = how}), many);
      const octets one = sealed_plaintext(300001);
      const octets file = sealed<Engine>(one, {.protection = how});
      read_every_source<Engine>(file, one);
      const octets short_one = sealed_plaintext(5);
      const octets largest = sealed<Engine>(short_one, {.segment_size = max_segment_size, .protection = how});
      read_every_source<Engine>(largest, short_one);
    }
  });
}

TEST_CASE("what one engine sealed another opens", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(3 * 4096 + 5);
  each_engine([&]<class Writer>(test::engine_of<Writer> writer) {
    const octets file = sealed<Writer>(plaintext);
    each_engine([&]<class Reader>(test::engine_of<Reader> reader) {
      CAPTURE(writer.name, reader.name);
      const auto out = unsealed<memory_source, Reader>(file);
      REQUIRE(out);
      CHECK(*out == plaintext);
    });
  });
}

TEST_CASE("any range is read, and nothing beyond the end", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(3 * 4096 + 100);
  const octets file = sealed(plaintext);
  const auto check = [&]<class Source>(Source source, std::size_t cached) {
    auto reader = open_with(source, 1, {.cached_segments = cached});
    REQUIRE(reader);
    const std::size_t edges[] = {0, 1, 2000, 4095, 4096, 4097, 8191, 8192, 8193, 12287, 12288, 12289, 12387, 12388};
    for (const std::size_t begin : edges) {
      for (const std::size_t end : edges) {
        if (end < begin) continue;
        octets out(end - begin);
        REQUIRE(reader->read_at(begin, out));
        REQUIRE(std::equal(out.begin(), out.end(), plaintext.begin() + static_cast<std::ptrdiff_t>(begin)));
      }
      octets beyond(plaintext.size() - begin + 1, 0xee);
      REQUIRE(reader->read_at(begin, beyond).error() ==
              failure{errc::truncated, plaintext.size(), part::sealed_payload});
      REQUIRE(all_zero(beyond));
    }
    octets one(1, 0xee);
    CHECK(reader->read_at(~std::uint64_t{0}, one).error() ==
          failure{errc::truncated, plaintext.size(), part::sealed_payload});
    CHECK(all_zero(one));
    CHECK(reader->read_at(plaintext.size(), {}));
    CHECK_FALSE(reader->read_at(plaintext.size() + 1, {}));
  };
  for (const std::size_t cached : {0u, 1u, 8u}) {
    check(memory_source(file), cached);
    check(plain_source{file}, cached);
  }
}

TEST_CASE("any range is read by several threads", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(5 * 4096 + 100);
  octets file = sealed(plaintext);
  const std::size_t edges[] = {0, 1, 4095, 4096, 4097, 8192, 12288, 16384, 20480, 20481, 20580};
  const auto check = [&](const auto& reader, const work& how) {
    for (const std::size_t begin : edges) {
      for (const std::size_t end : edges) {
        if (end < begin) continue;
        octets out(end - begin, 0xee);
        REQUIRE(reader.read_at(begin, out, how));
        REQUIRE(std::equal(out.begin(), out.end(), plaintext.begin() + static_cast<std::ptrdiff_t>(begin)));
      }
      octets beyond(plaintext.size() - begin + 1, 0xee);
      REQUIRE(reader.read_at(begin, beyond, how).error() ==
              failure{errc::truncated, plaintext.size(), part::sealed_payload});
      REQUIRE(all_zero(beyond));
    }
  };
  for_each_way([&](const char* way, const work& how) {
    CAPTURE(way, how.workers);
    check(*open_with(memory_source(file)), how);
    check(*open_with(plain_source{file}), how);
    check(*open_with(run_source<2 * 4096>{file}), how);
  });
  for (const std::size_t segment : {2U, 4U}) file[file.size() - plaintext.size() + segment * 4096 + 9] ^= 1;
  for_each_way([&](const char* way, const work& how) {
    CAPTURE(way, how.workers);
    const auto reader = open_with(plain_source{file});
    octets out(4 * 4096, 0xee);
    CHECK(reader->read_at(100, out, how).error() == failure{errc::not_authentic, 8192, part::sealed_payload});
    CHECK(all_zero(out));
    CHECK(reader->read_at(12288, byte_span(out).first(4096), how));
    const std::atomic<bool> cancelled{true};
    work off = how;
    off.cancelled = &cancelled;
    CHECK(reader->read_at(0, byte_span(out).first(8192), off).error().code == errc::cancelled);
    CHECK(all_zero(byte_view(out).first(8192)));
  });
}

TEST_CASE("the whole payload goes into as many bytes as it has", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(5000);
  const octets file = sealed(plaintext);
  auto reader = open_with(memory_source(file));
  REQUIRE(reader);
  for (const std::size_t size : {0u, 4999u, 5001u}) {
    octets out(size, 0xee);
    CHECK(reader->read_all(out).error() == failure{errc::no_space, size});
    CHECK(out == octets(size, 0xee));
  }
}

TEST_CASE("many threads read anything through a small cache", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(40 * 4096 + 333);
  const octets file = sealed(plaintext);
  const auto check = [&]<class Source>(Source source, std::size_t cached) {
    auto reader = open_with(source, 1, {.cached_segments = cached});
    REQUIRE(reader);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        std::minstd_rand random(i + 1);
        octets out;
        for (int n = 0; n < 200; ++n) {
          const std::size_t begin = random() % plaintext.size();
          const std::size_t most = n % 8 == 0 ? 5 * 4096 : 600;
          out.resize(random() % std::min(most, plaintext.size() - begin + 1));
          if (!reader->read_at(begin, out) ||
              !std::equal(out.begin(), out.end(), plaintext.begin() + static_cast<std::ptrdiff_t>(begin))) {
            ++wrong;
          }
          if (n == 100 && i % 4 == 0) {  // beside the others
            octets all(plaintext.size());
            if (!reader->read_all(all, {.workers = 2}) || all != plaintext) ++wrong;
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
  };
  check(memory_source(file), 1);
  check(plain_source{file}, 2);
  check(plain_source{file}, 8);
}

TEST_CASE("a key that is no slot's opens nothing, and one of several is enough", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(5);
  const octets file = sealed(plaintext, small_segments, alone, caller_slots({1, 2, 3}));
  for (std::uint8_t number = 1; number <= 3; ++number) CHECK(*unsealed(file, number) == plaintext);
  CHECK(unsealed(file, 4).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
  const auto a = secret_of(9);
  const auto b = secret_of(2);
  const std::uint8_t id = 2;
  caller_key wrong(a);
  caller_key right(b, {&id, 1});
  CHECK(sealed_reader<memory_source>::open(memory_source(file), any_key(wrong, right)));
  CHECK_FALSE(sealed_reader<memory_source>::open(memory_source(file), wrong));
}

TEST_CASE("a generation below the one that the caller knows of is refused", "[seal][reader]") {
  const octets file = sealed(sealed_plaintext(5));
  CHECK(open_with(memory_source(file), 1, {.min_generation = 0}));
  CHECK(open_with(memory_source(file), 1, {.min_generation = 1}));
  CHECK(open_with(memory_source(file), 1, {.min_generation = 2}).error() ==
        failure{errc::below_floor, 192, part::sealed_header});
  // A key that opens nothing hears nothing of generations.
  CHECK(open_with(memory_source(file), 2, {.min_generation = 2}).error().code == errc::no_matching_slot);
}

TEST_CASE("metadata come back, public or not, and none is none", "[seal][reader]") {
  const octets items{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/', 'b'};
  const octets plaintext = sealed_plaintext(4097);
  each_engine([&]<class Engine>(test::engine_of<Engine> engine) {
    for (const bool is_public : {false, true}) {
      for (const protection how : {protection::confidential, protection::integrity_only}) {
        CAPTURE(engine.name, is_public, static_cast<int>(how));
        const octets file = sealed<Engine>(
            plaintext, {.segment_size = 4096, .protection = how, .metadata = items, .public_metadata = is_public});
        const auto readable = std::search(file.begin(), file.end(), items.begin(), items.end());
        CHECK((readable != file.end()) == is_public);
        auto reader = open_with<plain_source, Engine>(plain_source{file});
        REQUIRE(reader);
        CHECK(reader->header().metadata_form() == (is_public ? metadata_form::is_public : metadata_form::encrypted));
        const auto moved = std::move(*reader);
        CHECK(moved.metadata().content_type() == "a/b");
        CHECK_FALSE(moved.metadata().tensors());
        octets out(plaintext.size());
        CHECK(moved.read_all(out));
        CHECK(out == plaintext);
      }
    }
  });
  const octets file = sealed(plaintext);
  auto reader = open_with(memory_source(file));
  REQUIRE(reader);
  CHECK(reader->header().metadata_form() == metadata_form::none);
  CHECK(reader->metadata().content_type().empty());
  CHECK(reader->is_settled());
  CHECK(reader->header().protection() == protection::confidential);
}

TEST_CASE("a sealed file in a sealed file is read through both", "[seal][reader]") {
  const octets plaintext = sealed_plaintext(2 * 4096 + 9);
  const octets inner = sealed(plaintext);
  const octets outer = sealed(inner, small_segments, alone, caller_slots({2}));
  auto first = open_with(memory_source(outer), 2);
  REQUIRE(first);
  auto second = open_with(std::move(*first), 1);
  REQUIRE(second);
  octets out(plaintext.size());
  REQUIRE(second->read_all(out));
  CHECK(out == plaintext);
}

}  // namespace test_sealed_reader
