// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/seal.hpp>

#include <unitee/seal/file_source.hpp>
#include <unitee/seal/new_file.hpp>

#include "support/folder.hpp"
#include "support/sealed.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace test_seal {

using namespace unitee;
using test::caller_slots;
using test::each_engine;
using test::for_each_way;
using test::octets;
using test::open_with;
using test::plain_sink;
using test::plain_source;
using test::sealed;
using test::sealed_plaintext;
using test::secret_of;
using test::small_segments;
using test::unsealed;

TEST_CASE("a payload is sealed in one call, whatever it is read from and written to", "[seal]") {
  each_engine([]<class Engine>(test::engine_of<Engine> engine) {
    for (const std::size_t size : {0u, 1u, 262143u, 262144u, 262145u, 600000u}) {
      const octets plaintext = sealed_plaintext(size);
      for_each_way([&](const char* way, const work& how) {
        CAPTURE(engine.name, size, way, how.workers);
        const octets lent = sealed<Engine>(plaintext, {}, how);
        CHECK(*unsealed(lent) == plaintext);
        const octets copied = sealed<Engine, plain_sink, plain_source>(plaintext, {}, how);
        CHECK(*unsealed(copied) == plaintext);
        CHECK(copied.size() == lent.size());
      });
    }
  });
}

TEST_CASE("a file is sealed into a file, and read through every kind of source", "[seal][file]") {
  const test::folder folder;
  const std::string plain = folder / "plain";
  const std::string path = folder / "sealed";
  for (const std::size_t size : {0u, 4095u, 600000u}) {
    const octets plaintext = sealed_plaintext(size);
    auto out = new_file::create(plain.c_str());
    REQUIRE(out);
    REQUIRE(out->write_at(0, plaintext));
    REQUIRE(out->commit());
    const auto in = file_source::open(plain.c_str());
    REQUIRE(in);
    auto file = new_file::create(path.c_str());
    REQUIRE(file);
    REQUIRE(seal(*in, *file, caller_slots({1}), small_segments));
    REQUIRE(file->commit());
    const auto check = [&]<class Source>(result<Source> source) {
      REQUIRE(source);
      auto reader = open_with(std::move(*source));
      REQUIRE(reader);
      octets read(size);
      for_each_way([&](const char* way, const work& how) {
        CAPTURE(way, how.workers, size);
        std::ranges::fill(read, std::uint8_t{0xee});
        REQUIRE(reader->read_all(read, how));
        CHECK(read == plaintext);
      });
      REQUIRE(reader->read_at(0, read));
      CHECK(read == plaintext);
      auto back = new_file::create((folder / "back").c_str());
      REQUIRE(back);
      REQUIRE(reader->write_to(*back));
      REQUIRE(back->commit());
      const auto again = file_source::open((folder / "back").c_str());
      REQUIRE(again);
      octets bytes(size);
      CHECK(again->size() == size);
      CHECK(again->read_at(0, bytes));
      CHECK(bytes == plaintext);
    };
    check(file_source::open(path.c_str()));
    check(mapped_source::open(path.c_str()));
    check(direct_source::open(path.c_str()));
  }
}

TEST_CASE("a failure on either side ends the call, is passed on, and leaves no sealed file", "[seal]") {
  const octets plaintext = sealed_plaintext(600000);
  octets small(300000);
  memory_sink lent(small);
  plain_sink copied{small};
  for_each_way([&](const char* way, const work& how) {
    CAPTURE(way, how.workers);
    const failure too_small{errc::no_space, 300000};
    CHECK(seal(memory_source(plaintext), lent, caller_slots({1}), {}, how).error() == too_small);
    CHECK(seal(memory_source(plaintext), copied, caller_slots({1}), {}, how).error() == too_small);
    CHECK(unsealed(small).error() == failure{errc::unrecognized, 0, part::sealed_header});
  });
  CHECK(seal(memory_source(plaintext), lent, {}).error() == failure{errc::bad_value, 204, part::sealed_header});
  CHECK(seal(memory_source(plaintext), lent, caller_slots({1}), {.segment_size = 1}).error() ==
        failure{errc::bad_value, 20, part::sealed_header});
}

}  // namespace test_seal
