// SPDX-License-Identifier: Apache-2.0
//
// A sealed file of which anybody has changed a bit, a byte or the length is refused, and gives out nothing. How many
// were tried is printed.
#include <unitee/seal/sealed_reader.hpp>

#include "support/tampered.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace test_tampered_files {

using namespace unitee;
using namespace unitee::test::tampered;
using test::octets;
using test::secret_of;
using test::unsealed;

namespace {

// flip changes the bit-th bit of a file, or changes it back.
void flip(octets& file, std::size_t bit) { file[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8); }

// refused_where is what is wrong with the answer to a change of the byte at `at`.
std::string refused_where(std::size_t at, const result<void>& answer) {
  const part in = at < metadata_at  ? part::sealed_header
                  : at < tags_at    ? part::sealed_metadata
                  : at < payload_at ? part::sealed_tags
                                    : part::sealed_payload;
  const std::uint64_t segment = at < payload_at + 4096 ? 0 : 4096;
  if (answer) return "a change at " + std::to_string(at) + " is not missed";
  if (answer.error().in != in) return "a change at " + std::to_string(at) + " is refused elsewhere";
  if (in == part::sealed_payload && answer.error() != failure{errc::not_authentic, segment, in}) {
    return "a change at " + std::to_string(at) + " is refused for another reason";
  }
  return {};
}

result<void> opened(byte_view file) {
  const auto read = unsealed(file);
  if (!read) return read.error();
  return {};
}

// open_each tries n changes of a file: which(i) is the bit that is changed.
template <class Which>
std::size_t open_each(std::size_t n, const octets& file, Which which) {
  return check_each(n, file, [&](octets& own) {
    return [&](std::size_t i) {
      const std::size_t bit = which(i);
      flip(own, bit);
      std::string wrong = refused_where(bit / 8, opened(own));
      flip(own, bit);
      return wrong;
    };
  });
}

// check_bits changes every bit from `begin` to `end` and asks check(file), which is the part of opening and reading
// that looks at these bytes.
template <class Check>
std::size_t check_bits(const octets& file, std::size_t begin, std::size_t end, Check check) {
  return check_each(8 * (end - begin), file, [&](octets& own) {
    return [&own, begin, ask = check(own)](std::size_t i) mutable {
      const std::size_t bit = 8 * begin + i;
      flip(own, bit);
      std::string wrong = refused_where(bit / 8, ask());
      flip(own, bit);
      return wrong;
    };
  });
}

}  // namespace

TEST_CASE("a sealed file of which any bit of the header was changed is refused, in the header", "[seal][tampered]") {
  // Every bit of both copies; of a public file, which differs from the other in its fields, those of fields and slots.
  std::size_t tried = open_each(8 * metadata_at, two_segments(5, 6), [](std::size_t i) { return i; });
  tried += open_each(2 * 8 * slots_end, two_segments(5, 6, as_public),
                     [](std::size_t i) { return i < 8 * slots_end ? i : i - 8 * slots_end + 8 * sealed_header::size; });
  CHECK(tried == 131'072 + 24'576);
  test::tampered::count("single bits of the header flipped", tried);
}

TEST_CASE("a sealed file of which any bit behind the header was changed is refused, where it was changed",
          "[seal][tampered]") {
  std::size_t tried = 0;
  for (const sealing& with : {with_metadata, as_public}) {
    const octets file = two_segments(5, 6, with);
    const auto key = secret_of(1);
    const auto header = test::open_header(file, caller_key(key));
    REQUIRE(header);
    // What a file is opened with says so of every bit, and opening itself of one bit of each byte.
    tried += check_bits(file, metadata_at, tags_at, [&](octets& own) {
      return [&]() -> result<void> {
        auto area = detail::metadata_area(memory_source(own), header->header.geometry());
        if (!area) return area.error();
        return detail::open_metadata<default_gcm_engine>(area->all(), header->header, header->keys);
      };
    });
    tried += check_bits(file, tags_at, payload_at, [&](octets& own) {
      return [&] { return detail::check_tag_table(memory_source(own), header->header, header->keys); };
    });
    tried += check_bits(file, payload_at, end_at, [](octets& own) {
      auto reader = test::open_with(memory_source(own));
      return [reader = std::move(reader), out = octets(4196)]() mutable -> result<void> {
        std::ranges::fill(out, std::uint8_t{0xee});
        const auto done = reader->read_all(out, test::alone);
        if (!done && !all_zero(out)) return {};
        return done;
      };
    });
    tried += open_each(end_at - metadata_at, file, [](std::size_t i) { return 8 * (metadata_at + i) + i % 8; });
    CHECK(unsealed(file));
  }
  CHECK(tried == 2 * (8 + 1) * (4096 + 4096 + 4196));
  test::tampered::count("single bits behind the header flipped", tried);
}

TEST_CASE("a bit that was changed in both copies of the header is no less refused", "[seal][tampered]") {
  const std::size_t tried = check_each(8 * sealed_header::size, two_segments(5, 6), [](octets& own) {
    return [&](std::size_t bit) -> std::string {
      flip(own, bit);
      flip(own, bit + 8 * sealed_header::size);
      // Behind the slots it is refused before there is a key.
      const bool refused = bit < 8 * slots_end ? is_refused(own) : !unsealed(own);
      flip(own, bit);
      flip(own, bit + 8 * sealed_header::size);
      return refused ? "" : "bit " + std::to_string(bit) + " is not missed";
    };
  });
  CHECK(tried == 65'536);
  test::tampered::count("single bits flipped in both copies of the header", tried);
}

TEST_CASE("a sealed file of any other length is refused, at its end", "[seal][tampered]") {
  const octets file = two_segments(5, 6);
  std::size_t tried = check_each(end_at, file, [](octets& own) {
    return [&](std::size_t n) -> std::string {
      const auto read = unsealed(byte_view(own).first(n));
      const failure expected = n == 0 ? failure{errc::unrecognized, 0, part::sealed_header}
                                      : failure{errc::truncated, n, part::sealed_header};
      if (!read && read.error() == expected) return {};
      return std::to_string(n) + " bytes open, or are refused for another reason";
    };
  });
  for (const std::size_t more : {1u, 15u, 16u, 4096u, 8192u}) {
    octets longer = file;
    longer.resize(file.size() + more);
    CHECK(unsealed(longer).error() == failure{errc::trailing_data, file.size(), part::sealed_header});
    std::copy_n(file.begin(), more, longer.end() - static_cast<std::ptrdiff_t>(more));
    CHECK(unsealed(longer).error() == failure{errc::trailing_data, file.size(), part::sealed_header});
    tried += 2;
  }
  CHECK(tried == end_at + 10);
  test::tampered::count("files cut short or made longer", tried);
}

TEST_CASE("a byte taken out and put in at the end is refused", "[seal][tampered]") {
  // As long as before: what follows has moved by one.
  const octets file = two_segments(5, 6);
  std::size_t tried = 0;
  octets moved;
  for (std::size_t at = 0; at < file.size(); at += 37) {
    moved = file;
    std::rotate(moved.begin() + static_cast<std::ptrdiff_t>(at), moved.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                moved.end());
    REQUIRE(moved != file);
    REQUIRE(is_refused(moved));
    ++tried;
  }
  CHECK(tried == (end_at + 36) / 37);
  test::tampered::count("files with a byte moved to the end", tried);
}

}  // namespace test_tampered_files
