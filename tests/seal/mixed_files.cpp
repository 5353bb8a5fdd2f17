// SPDX-License-Identifier: Apache-2.0
//
// A sealed file whose parts somebody has exchanged with each other, with those of another version of it or with those
// of other files is refused, and gives out nothing. How many were tried is printed.
#include <unitee/seal/sealed_reader.hpp>

#include "support/tampered.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace test_mixed_files {

using namespace unitee;
using namespace unitee::test::tampered;
using test::octets;
using test::unsealed;

namespace {

// files is the whole ones: a mixture that is one of them is no change.
bool is_one_of(const octets& file, const std::vector<const octets*>& files) {
  return std::ranges::any_of(files, [&](const octets* each) { return *each == file; });
}

// piece is a part of a file that somebody may exchange.
struct piece {
  std::size_t at;
  std::size_t size;
};
constexpr std::array<piece, 11> pieces{{{0, 512},     // copy 0: the fields,
                                        {512, 512},   // slot 0,
                                        {1024, 512},  // slot 1
                                        {8192, 512},  // copy 1, likewise
                                        {8704, 512},
                                        {9216, 512},
                                        {metadata_at, 4096},
                                        {tags_at, 16},
                                        {tags_at + 16, 16},
                                        {payload_at, 4096},
                                        {payload_at + 4096, end_at - payload_at - 4096}}};

void put(octets& to, const octets& from, const piece& which) {
  std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(which.at), which.size,
              to.begin() + static_cast<std::ptrdiff_t>(which.at));
}

// mixtures tries every way of taking each piece from one of two files, and gives the number that were changes. All of
// them must be refused.
std::size_t mixtures(const octets& a, const octets& b) {
  std::size_t tried = 0;
  for (unsigned chosen = 0; chosen < 1u << pieces.size(); ++chosen) {
    octets mixed = a;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if ((chosen >> i & 1) != 0) put(mixed, b, pieces[i]);
    }
    if (is_one_of(mixed, {&a, &b})) continue;
    ++tried;
    if (!is_refused(mixed)) FAIL("mixture " << chosen << " opens");
  }
  return tried;
}

// joints tries every beginning of one file with the rest of another.
std::size_t joints(const octets& a, const octets& b) {
  std::size_t tried = 0;
  octets mixed = b;
  for (std::size_t cut = 1; cut < a.size(); ++cut) {
    mixed[cut - 1] = a[cut - 1];
    if (a[cut - 1] == b[cut - 1]) continue;  // it is the mixture before
    if (is_one_of(mixed, {&a, &b})) continue;
    ++tried;
    if (unsealed(mixed)) FAIL("cut at " << cut << " opens");
  }
  return tried;
}

}  // namespace

TEST_CASE("segments that were exchanged or repeated are refused, with their tags or without", "[seal][tampered]") {
  std::size_t tried = 0;
  for (const protection how : {protection::confidential, protection::integrity_only}) {
    const sealing with{.segment_size = 4096, .protection = how};
    const octets plaintext = test::sealed_plaintext(5 * 4096);
    const octets file = *test::sealed_bytes(plaintext, test::caller_slots({1}), with, test::fixed_material(5, 6));
    constexpr std::ptrdiff_t tags = 16384;
    constexpr std::ptrdiff_t payload = 20480;
    for (std::ptrdiff_t a = 0; a < 5; ++a) {
      for (std::ptrdiff_t b = 0; b < 5; ++b) {
        if (a == b) continue;
        for (const unsigned what : {1u, 2u, 3u}) {  // the segments, the tags, both
          for (const bool repeat : {false, true}) {
            octets changed = file;
            const auto move = [&](std::ptrdiff_t at, std::ptrdiff_t size) {
              const auto from = changed.begin() + at + a * size;
              const auto to = changed.begin() + at + b * size;
              if (repeat) {
                std::copy(from, from + size, to);
              } else {
                std::swap_ranges(from, from + size, to);
              }
            };
            if ((what & 1) != 0) move(payload, 4096);
            if ((what & 2) != 0) move(tags, 16);
            ++tried;
            const auto read = unsealed(changed);
            REQUIRE_FALSE(read);
            CHECK(read.error().in == ((what & 2) != 0 ? part::sealed_tags : part::sealed_payload));

            // Behind the back of a reader that has checked the table already.
            octets under_reader = file;
            auto reader = test::open_with(memory_source(under_reader));
            REQUIRE(reader);
            under_reader = changed;
            octets out(plaintext.size(), 0xee);
            ++tried;
            REQUIRE_FALSE(reader->read_all(out, test::alone));
            CHECK(all_zero(out));
          }
        }
      }
    }
  }
  CHECK(tried == 480);
  test::tampered::count("segments exchanged or repeated", tried);
}

TEST_CASE("two versions of one file do not mix: before and after its slots were changed", "[seal][tampered]") {
  std::size_t tried = 0;
  const octets before = two_segments(5, 6);
  for (const octets& after : {with_slots(before, 5, {1}), with_slots(before, 5, {1, 2}), with_slots(before, 5, {2, 1}),
                              with_slots(with_slots(before, 5, {1}), 5, {1, 2})}) {
    tried += mixtures(before, after) + joints(before, after) + joints(after, before);
  }
  CHECK(tried == 10'048);
  test::tampered::count("mixtures of a file before and after a change of its slots", tried);
}

TEST_CASE("two versions of one file do not mix: two sealings of one payload", "[seal][tampered]") {
  std::size_t tried = 0;
  for (const sealing& with : {with_metadata, as_public}) {
    const octets a = two_segments(5, 6, with);
    const octets b = two_segments(7, 8, with);
    tried += mixtures(a, b) + joints(a, b);
  }
  CHECK(tried == 9'263);
  test::tampered::count("mixtures of two sealings of one payload", tried);
}

TEST_CASE("files that share a data key, which no writer makes, do not mix either", "[seal][tampered]") {
  std::size_t tried = 0;
  const octets a = two_segments(5, 6);
  tried += mixtures(a, two_segments(5, 8));             // another file id
  tried += mixtures(a, two_segments(5, 6, as_public));  // another protection, by the same id
  CHECK(tried == 2 * 2'046);
  test::tampered::count("mixtures of two files of one data key", tried);
}

TEST_CASE("headers, tag tables, metadata and slots of other files are refused", "[seal][tampered]") {
  std::size_t tried = 0;
  const octets file = two_segments(5, 6);
  // The same size, another payload, key for key the same slots.
  const octets other = two_segments(7, 8, with_metadata, octets(4196, 0x11));
  tried += mixtures(file, other);
  const auto replaced = [&](std::initializer_list<piece> which) {
    octets changed = file;
    for (const piece& each : which) put(changed, other, each);
    ++tried;
    return is_refused(changed);
  };
  CHECK(replaced({{0, 8192}, {8192, 8192}}));  // both copies of the header
  CHECK(replaced({{0, 8192}}));                // one of them
  CHECK(replaced({{8192, 8192}}));
  CHECK(replaced({{tags_at, 4096}}));                      // the tag table
  CHECK(replaced({{tags_at, 4096}, {payload_at, 4196}}));  // with its payload
  CHECK(replaced({{0, 16384}, {tags_at, 4096}}));          // with its header
  CHECK(replaced({{0, 16384}, {payload_at, 4196}}));
  CHECK(replaced({{0, 16384}, {tags_at, 4096}, {payload_at, 4196}}));  // all but the metadata
  CHECK(replaced({{metadata_at, 4096}}));
  CHECK(replaced({{128, 64}, {8192 + 128, 64}}));  // the commitment and the table's MAC
  CHECK(replaced({{160, 32}, {8192 + 160, 32}, {tags_at, 4096}, {payload_at, 4196}}));

  // Every slot in every place, in both copies: moved within the file, or from the other.
  for (const octets* from : {&file, &other}) {
    for (std::ptrdiff_t slot = 0; slot < 2; ++slot) {
      for (std::ptrdiff_t place = 0; place < 15; ++place) {
        octets changed = file;
        for (const std::ptrdiff_t copy : {0, 8192}) {
          std::copy_n(from->begin() + 512 + 512 * slot, 512, changed.begin() + copy + 512 + 512 * place);
          auto& slots = changed[static_cast<std::size_t>(copy) + 204];
          slots = static_cast<std::uint8_t>(std::max<std::ptrdiff_t>(slots, place == 2 ? 3 : 2));
        }
        if (changed == file) continue;
        ++tried;
        if (!is_refused(changed)) FAIL("slot " << slot << " in place " << place << " opens");
      }
    }
  }
  CHECK(tried == 2'046 + 69);
  test::tampered::count("exchanges with another file", tried);
}

TEST_CASE("a slot of another file wraps nothing in this one, also under a header that is authentic",
          "[seal][tampered]") {
  // Somebody who has the data key, such as the owner of one slot, cannot make this file accept a slot that was made for
  // another file: not even one of the same data key.
  const octets file = two_segments(5, 6);
  const octets other = two_segments(5, 8);
  const auto header = sealed_header::parse(byte_view(file).first(8192));
  REQUIRE(header);
  slot_bytes foreign;
  std::copy_n(other.begin() + 512, 512, foreign.begin());
  const auto moved = header->with_slots(std::array<slot_bytes, 1>{foreign});
  REQUIRE(moved);
  const auto binding = detail::file_binding::of(*header);
  const auto keys = detail::sealed_keys::derive(test::secret_of(5), *binding);
  auto complete = *moved;
  complete.put_mac(*detail::mac_of(complete, keys->header));
  octets changed = file;
  std::ranges::copy(complete.bytes(), changed.begin());
  std::ranges::copy(complete.bytes(), changed.begin() + 8192);
  CHECK(unsealed(changed, 1).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
}

}  // namespace test_mixed_files
