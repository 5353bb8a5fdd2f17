// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/tag_table.hpp>

#include "support/failing.hpp"
#include "support/known_file.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace test_tag_table {

using namespace unitee;
using test::fixed_material;
using test::header_of;
using test::known_keys;
using test::octets;
using test::sealed_plaintext;

namespace {

constexpr std::size_t table_at = 16384;  // in a file without metadata
const failure not_authentic{errc::not_authentic, 0, part::sealed_tags};

octets file_of(std::size_t payload) { return *test::sealed_bytes(sealed_plaintext(payload), test::caller_slots({1})); }

result<void> check(const octets& file) {
  const sealed_header header = header_of(file);
  return detail::check_tag_table(memory_source(file), header, known_keys(header));
}

// noting_source keeps where and how much was read.
struct noting_source {
  byte_view bytes;
  std::vector<std::pair<std::uint64_t, std::size_t>>* reads;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    reads->emplace_back(offset, out.size());
    return memory_source(bytes).read_at(offset, out);
  }
};

}  // namespace

TEST_CASE("every byte of the table is authentic, those behind the tags too", "[seal][tag_table]") {
  octets file = file_of(3 * 4096 + 1);
  REQUIRE(check(file));
  for (std::size_t at = 0; at < 4096; ++at) {
    file[table_at + at] ^= static_cast<std::uint8_t>(1u << at % 8);
    if (check(file).error() != not_authentic) FAIL_CHECK("byte " << at);
    file[table_at + at] ^= static_cast<std::uint8_t>(1u << at % 8);
  }
  CHECK(check(file));
}

TEST_CASE("a table of several pieces is read once, whole, and each of them is authentic", "[seal][tag_table]") {
  octets file = file_of(1025 * 4096);  // five blocks
  const sealed_header header = header_of(file);
  std::vector<std::pair<std::uint64_t, std::size_t>> reads;
  CHECK(detail::check_tag_table(noting_source{file, &reads}, header, known_keys(header)));
  CHECK(reads == decltype(reads){{16384, 16384}, {32768, 4096}});
  for (const std::size_t at : {0u, 4095u, 4096u, 16383u, 16384u, 16399u, 16400u, 20479u}) {
    CAPTURE(at);
    file[table_at + at] ^= 0x80;
    CHECK(check(file).error() == not_authentic);
    file[table_at + at] ^= 0x80;
  }
  for (std::size_t i = 0; i < 16; ++i) std::swap(file[table_at + i], file[table_at + 16384 + i]);
  CHECK(check(file).error() == not_authentic);
}

TEST_CASE("what stands before the table and behind it is not looked at", "[seal][tag_table]") {
  octets file = file_of(4096);
  file[table_at - 1] ^= 1;
  file[table_at + 4096] ^= 1;
  CHECK(check(file));
}

TEST_CASE("an empty payload has a table without bytes, and a MAC of it", "[seal][tag_table]") {
  const octets file = file_of(0);
  const sealed_header header = header_of(file);
  std::vector<std::pair<std::uint64_t, std::size_t>> reads;
  CHECK(detail::check_tag_table(noting_source{file, &reads}, header, known_keys(header)));
  CHECK(reads.empty());
  octets changed = file;
  changed[160] ^= 1;
  CHECK(check(changed).error() == not_authentic);
}

TEST_CASE("the MAC is the header's, by the file's key for it", "[seal][tag_table]") {
  const octets file = file_of(4096);
  const sealed_header header = header_of(file);
  for (std::size_t at = 0; at < 32; ++at) {
    octets changed = file;
    changed[160 + at] ^= 1;
    CAPTURE(at);
    CHECK(check(changed).error() == not_authentic);
  }
  auto keys = known_keys(header);
  std::swap(keys.tag_table, keys.header);
  CHECK(detail::check_tag_table(memory_source(file), header, keys).error() == not_authentic);
  const octets other = *test::sealed_bytes(sealed_plaintext(4096), test::caller_slots({1}), test::small_segments,
                                           fixed_material(0x11, 0x45));
  CHECK(detail::check_tag_table(memory_source(other), header, known_keys(header)).error() == not_authentic);
}

TEST_CASE("a failure of the source is passed on, whichever piece it concerns", "[seal][tag_table]") {
  const octets file = file_of(1025 * 4096);
  const sealed_header header = header_of(file);
  for (int n = 0; n <= 2; ++n) {
    CAPTURE(n);
    std::atomic<int> left{n};
    const auto done = detail::check_tag_table(test::failing_source{file, &left}, header, known_keys(header));
    REQUIRE(done.has_value() == (n == 2));
    if (!done) CHECK(done.error() == failure{errc::io_error, 5});
  }
  const octets cut(file.begin(), file.begin() + table_at + 20479);
  CHECK(check(cut).error() == failure{errc::truncated, cut.size()});
}

}  // namespace test_tag_table
