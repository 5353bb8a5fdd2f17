// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/metadata_area.hpp>

#include "support/failing.hpp"
#include "support/known_file.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace test_metadata_area {

using namespace unitee;
using test::each_engine;
using test::header_of;
using test::known_keys;
using test::octets;
using test::sealed_plaintext;

namespace {

constexpr std::size_t area_at = 16384;
const failure not_authentic{errc::not_authentic, 0, part::sealed_metadata};

// items_of is one item, of a type that nobody knows yet, of `size` bytes in all.
octets items_of(std::size_t size) {
  octets out = sealed_plaintext(size);
  const std::size_t value = size - 8;
  const octets head{7, 0, 0, 0, static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8), 0, 0};
  test::put(out, 0, head);
  return out;
}

octets file_of(byte_view items, bool is_public) {
  const sealing with{.segment_size = 4096, .metadata = items, .public_metadata = is_public};
  return *test::sealed_bytes(sealed_plaintext(5000), test::caller_slots({1}), with);
}

}  // namespace

TEST_CASE("metadata come back, and stand in the file as the format says", "[seal][metadata]") {
  each_engine([]<class Engine>(test::engine_of<Engine> engine) {
    for (const bool is_public : {true, false}) {
      for (const std::size_t size : {8u, 9u, 4079u, 4080u, 4081u, 9000u}) {
        CAPTURE(engine.name, is_public, size);
        const octets items = items_of(size);
        const octets file = file_of(items, is_public);
        const sealed_header header = header_of(file);
        const auto keys = known_keys(header);
        const std::size_t blocks = (size + 16 + 4095) / 4096;
        octets expected = test::gcm_stored(keys.metadata, 0, items, !is_public);
        expected.resize(blocks * 4096);

        const sealed_header::invariants fixed{header.geometry(), header.protection(), header.metadata_form(),
                                              header.file_id()};
        auto made = detail::seal_metadata<Engine>(items, fixed, keys);
        REQUIRE(made);
        CHECK(equal(made->all(), expected));
        CHECK(equal(byte_view(file).subspan(area_at, blocks * 4096), expected));

        auto area = detail::metadata_area(memory_source(file), header.geometry());
        REQUIRE(area);
        CHECK(equal(area->all(), expected));
        REQUIRE(detail::metadata_items_size(header.geometry()) == size);
        REQUIRE(detail::open_metadata<Engine>(area->all(), header, keys));
        CHECK(equal(area->first(size), items));
      }
    }
  });
}

TEST_CASE("a file without metadata has an area without bytes", "[seal][metadata]") {
  const octets file = file_of({}, false);
  auto area = detail::metadata_area(memory_source(file), header_of(file).geometry());
  REQUIRE(area);
  CHECK(area->all().empty());
}

TEST_CASE("a byte behind the metadata that is not zero is refused where it stands", "[seal][metadata]") {
  octets file = file_of(items_of(4081), false);
  const sealed_geometry geometry = header_of(file).geometry();
  for (std::size_t at = 4081 + 16; at < 8192; ++at) {
    file[area_at + at] = static_cast<std::uint8_t>(1u << at % 8);
    const failure expected{errc::reserved_not_zero, area_at + at, part::sealed_metadata};
    const auto area = detail::metadata_area(memory_source(file), geometry);
    if (area || area.error() != expected) FAIL_CHECK("byte " << at);
    file[area_at + at] = 0;
  }
  file[area_at + 8191] = file[area_at + 5000] = 1;
  CHECK(detail::metadata_area(memory_source(file), geometry).error() ==
        failure{errc::reserved_not_zero, area_at + 5000, part::sealed_metadata});
  file[area_at + 8191] = file[area_at + 5000] = 0;
  file[area_at - 1] = file[area_at + 8192] = 1;  // the neighbours
  CHECK(detail::metadata_area(memory_source(file), geometry));
}

TEST_CASE("every bit of the items and of their tag is authentic, and nothing else leaves", "[seal][metadata]") {
  each_engine([]<class Engine>(test::engine_of<Engine> engine) {
    for (const bool is_public : {true, false}) {
      CAPTURE(engine.name, is_public);
      const octets file = file_of(items_of(40), is_public);
      const sealed_header header = header_of(file);
      const auto keys = known_keys(header);
      const octets area(file.begin() + area_at, file.begin() + area_at + 4096);
      for (std::size_t bit = 0; bit < 8 * 56; ++bit) {
        octets changed = area;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        const auto done = detail::open_metadata<Engine>(changed, header, keys);
        if (done || done.error() != not_authentic) FAIL_CHECK("bit " << bit);
        if (!all_zero(byte_view(changed).first(40))) FAIL_CHECK("not wiped, bit " << bit);
      }
      octets again = area;
      const auto others = detail::sealed_keys::derive(test::secret_of(0x12), *detail::file_binding::of(header));
      CHECK(detail::open_metadata<Engine>(again, header, *others).error() == not_authentic);
    }
  });
}

TEST_CASE("a failure of the source is passed on before anything is made of it", "[seal][metadata]") {
  const octets file = file_of(items_of(100), true);
  const sealed_geometry geometry = header_of(file).geometry();
  std::atomic<int> left{0};
  CHECK(detail::metadata_area(test::failing_source{file, &left}, geometry).error() == failure{errc::io_error, 5});
  left = 1;
  CHECK(detail::metadata_area(test::failing_source{file, &left}, geometry));
  const octets cut(file.begin(), file.begin() + area_at + 4095);
  CHECK(detail::metadata_area(memory_source(cut), geometry).error() == failure{errc::truncated, cut.size()});
}

}  // namespace test_metadata_area
