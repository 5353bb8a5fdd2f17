// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/certificate_table.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/stops.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace test_certificate_table {

using unitee::byte_view;
using unitee::errc;
using unitee::failure;
using unitee::guid;
using unitee::part;
using unitee::swapped;
using unitee::snp::certificate_table;
namespace table_guid = unitee::snp::table_guid;

namespace {

using bytes_t = std::vector<std::uint8_t>;

// listed is a table's list with its terminator, before any data.
struct item {
  guid id;
  std::uint32_t offset, length;
};
bytes_t listed(const std::vector<item>& items) {
  bytes_t out;
  const auto le = [&](std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  };
  for (const item& one : items) {
    out.insert(out.end(), one.id.value.begin(), one.id.value.end());
    le(one.offset);
    le(one.length);
  }
  out.resize(out.size() + 24);
  return out;
}

// numbered is a GUID that nobody knows.
guid numbered(unsigned n) {
  guid out;
  out.value[0] = 0xF0;
  out.value[15] = static_cast<std::uint8_t>(n);
  return out;
}

std::optional<failure> failure_of(byte_view bytes) {
  const auto parsed = certificate_table::parse(bytes);
  if (parsed) return std::nullopt;
  return parsed.error();
}

failure refused(errc code, std::size_t at) { return {code, at, part::certificate_table}; }

// Two entries: a VCEK of 5 bytes, and a VLEK of none at the very end. The list ends at 72.
bytes_t small_table() {
  bytes_t out = listed({{table_guid::vcek, 72, 5}, {table_guid::vlek, 80, 0}});
  for (unsigned i = 1; i <= 8; ++i) out.push_back(static_cast<std::uint8_t>(i));
  return out;
}

bytes_t with_u32(bytes_t bytes, std::size_t at, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  return bytes;
}

// of_pem is the DER of the first PEM block.
bytes_t of_pem(const bytes_t& pem) {
  const std::string text(pem.begin(), pem.end());
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  bytes_t out;
  unsigned value = 0, bits = 0;
  for (std::size_t i = text.find('\n'); text.at(i) != '-'; ++i) {
    const std::size_t digit = digits.find(text[i]);
    if (digit == std::string_view::npos) continue;
    value = (value << 6 | static_cast<unsigned>(digit)) & 0xFFFFFF;
    if ((bits += 6) < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::uint8_t>(value >> bits));
  }
  return out;
}

// content is what the manifest says is in an entry: a file, or one of the certificates of the Genoa tables.
bytes_t content(std::string name) {
  if (name == "VCEK") name = "reports/genoa-v3-vcek/vcek.pem (as DER)";
  if (name == "ASK") name = "roots/genoa/ask.der";
  if (name == "ARK") name = "roots/genoa/ark.der";
  const std::string suffix = " (as DER)";
  const bool pem = name.ends_with(suffix);
  if (pem) name.resize(name.size() - suffix.size());
  const bytes_t bytes = unitee::test::evidence_file("snp/" + name);
  return pem ? of_pem(bytes) : bytes;
}

// One VCEK of one byte at 48, in either order of the GUID's bytes.
constexpr std::array<std::uint8_t, 49> one_byte_vcek(const guid& id) {
  std::array<std::uint8_t, 49> out{};
  for (std::size_t i = 0; i < 16; ++i) out[i] = id.value[i];
  out[16] = 48;
  out[20] = 1;
  out[48] = 0x30;
  return out;
}
constexpr auto in_text_order = one_byte_vcek(table_guid::vcek);
constexpr auto in_mixed_order = one_byte_vcek(swapped(table_guid::vcek));

}  // namespace

static_assert(certificate_table::parse(in_text_order)->find(table_guid::vcek)->front() == 0x30);
static_assert(certificate_table::parse(in_mixed_order)->find(table_guid::vcek)->front() == 0x30);
static_assert(certificate_table::parse(in_text_order)->find(table_guid::vlek).error() ==
              failure{errc::missing, 0, part::certificate_table});
static_assert((*certificate_table::parse(in_mixed_order))[0].id == table_guid::vcek);
static_assert((*certificate_table::parse(in_mixed_order))[0].offset == 48);

TEST_CASE("entries are found by GUID, in either byte order", "[snp][certificate_table]") {
  const auto bytes = small_table();
  const auto table = certificate_table::parse(bytes);
  REQUIRE(table.has_value());
  CHECK(table->bytes().data() == bytes.data());
  CHECK(table->bytes().size() == bytes.size());
  REQUIRE(table->size() == 2);
  CHECK((*table)[0].id == table_guid::vcek);
  CHECK((*table)[0].offset == 72);
  CHECK((*table)[0].data.data() == bytes.data() + 72);
  CHECK((*table)[0].data.size() == 5);
  CHECK((*table)[1].id == table_guid::vlek);
  CHECK((*table)[1].offset == 80);
  CHECK((*table)[1].data.empty());
  CHECK(table->find(table_guid::ark).error() == refused(errc::missing, 0));
}

TEST_CASE("a known GUID has a name, in text order only, and an unknown one has none", "[snp][certificate_table]") {
  std::set<std::string> names;
  for (const auto& known : table_guid::all) {
    CHECK(names.insert(known.name).second);
    CHECK(table_guid::name_of(known.id) == std::string(known.name));
    CHECK(table_guid::name_of(swapped(known.id)) == nullptr);
  }
  CHECK(table_guid::name_of(guid{}) == nullptr);
  CHECK(table_guid::name_of(numbered(1)) == nullptr);
}

TEST_CASE("an unknown GUID is kept as the host wrote it", "[snp][certificate_table]") {
  const auto bytes = listed({{numbered(7), 48, 0}});
  CHECK((*certificate_table::parse(bytes))[0].id == numbered(7));
}

TEST_CASE("a table cut anywhere is refused", "[snp][certificate_table]") {
  const auto bytes = small_table();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const auto why = failure_of(byte_view(bytes).first(size));
    if (size < 72) CHECK(why == refused(errc::truncated, size));               // no terminator
    if (size >= 72 && size < 77) CHECK(why == refused(errc::bad_length, 20));  // the VCEK is longer
    if (size >= 77) CHECK(why == refused(errc::bad_length, 24 + 16));          // the VLEK begins later
  }
}

TEST_CASE("every bit of a list matters or is refused", "[snp][certificate_table]") {
  const auto base = small_table();
  for (std::size_t at = 0; at < 48; ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto bytes = base;
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 1 << bit);
      CAPTURE(at, bit);
      const auto table = certificate_table::parse(bytes);
      if (at % 24 < 16) {  // another GUID, which nobody asks for
        REQUIRE(table.has_value());
        CHECK(table->find(at < 24 ? table_guid::vcek : table_guid::vlek).error() == refused(errc::missing, 0));
        continue;
      }
      const bool is_offset = at % 24 < 20;
      const std::size_t entry = at / 24 * 24;
      const std::uint32_t offset = unitee::load_le<std::uint32_t>(byte_view(bytes).subspan(entry + 16).first<4>());
      const std::uint64_t end =
          offset + std::uint64_t{unitee::load_le<std::uint32_t>(byte_view(bytes).subspan(entry + 20).first<4>())};
      if (is_offset && (offset < 72 || offset > 80)) {
        CHECK(failure_of(bytes) == refused(errc::bad_length, entry + 16));
      } else if (end > 80) {
        CHECK(failure_of(bytes) == refused(errc::bad_length, entry + 20));
      } else {
        REQUIRE(table.has_value());
        CHECK((*table)[entry / 24].offset == offset);
      }
    }
  }
}

TEST_CASE("data lie behind the list and inside the table, in 64 bits", "[snp][certificate_table]") {
  const auto base = small_table();
  const auto offset_in_list = refused(errc::bad_length, 16), length_too_long = refused(errc::bad_length, 20);
  CHECK(failure_of(with_u32(base, 16, 0)) == offset_in_list);
  CHECK(failure_of(with_u32(base, 16, 71)) == offset_in_list);
  CHECK(failure_of(with_u32(base, 16, 75)) == std::nullopt);
  CHECK(failure_of(with_u32(base, 16, 76)) == length_too_long);
  CHECK(failure_of(with_u32(base, 16, 81)) == offset_in_list);
  CHECK(failure_of(with_u32(base, 16, 0xFFFFFFFF)) == offset_in_list);
  CHECK(failure_of(with_u32(base, 20, 8)) == std::nullopt);
  CHECK(failure_of(with_u32(base, 20, 9)) == length_too_long);
  CHECK(failure_of(with_u32(base, 20, 0xFFFFFFFF)) == length_too_long);
  CHECK(failure_of(with_u32(base, 20, 0xFFFFFFFF - 71)) == length_too_long);  // the sum is 0 in 32 bits
}

TEST_CASE("a GUID that occurs twice is refused, also in two byte orders", "[snp][certificate_table]") {
  for (const guid& second : {table_guid::vcek, swapped(table_guid::vcek)}) {
    for (const guid& first : {table_guid::vcek, swapped(table_guid::vcek)}) {
      CHECK(failure_of(listed({{first, 96, 0}, {table_guid::ask, 96, 0}, {second, 96, 0}})) ==
            refused(errc::duplicate, 48));
    }
  }
  CHECK(failure_of(listed({{numbered(1), 72, 0}, {numbered(1), 72, 0}})) == refused(errc::duplicate, 24));
}

TEST_CASE("a list has at most 64 entries", "[snp][certificate_table]") {
  for (unsigned count = 0; count < 70; ++count) {
    std::vector<item> items;
    for (unsigned i = 0; i < count; ++i) items.push_back({numbered(i), (count + 1) * 24, 0});
    const auto bytes = listed(items);
    CAPTURE(count);
    if (count <= 64) {
      REQUIRE(certificate_table::parse(bytes).has_value());
      CHECK(certificate_table::parse(bytes)->size() == count);
    } else {
      CHECK(failure_of(bytes) == refused(errc::bad_length, 64 * 24));
    }
  }
}

TEST_CASE("what follows the terminator and the data is padding", "[snp][certificate_table]") {
  auto bytes = small_table();
  bytes.resize(4096, 0xEE);
  REQUIRE(certificate_table::parse(bytes).has_value());
  // The offset and the length of the terminator mean nothing.
  for (std::size_t at = 64; at < 72; ++at) bytes[at] = 0xEE;
  CHECK(certificate_table::parse(bytes)->size() == 2);
}

TEST_CASE("an entry beyond the last stops the program", "[snp][certificate_table]") {
  CHECK(unitee::test::stops([] { return (*certificate_table::parse(in_text_order))[1].offset; }));
}

TEST_CASE("recorded tables have the entries that are known, and wrong ones are refused", "[snp][certificate_table]") {
  UNITEE_REQUIRE_EVIDENCE();
  const std::map<std::string, failure> wrong = {
      {"cert-tables/bad-offset.bin", refused(errc::bad_length, 16)},
      {"cert-tables/bad-length-overflow.bin", refused(errc::bad_length, 20)},
      {"cert-tables/bad-offset-in-header.bin", refused(errc::bad_length, 16)},
      {"cert-tables/bad-no-terminator.bin", refused(errc::truncated, 24)},
      {"cert-tables/bad-duplicate-vcek.bin", refused(errc::duplicate, 24)},
  };
  const auto tables = unitee::test::evidence_manifest("snp").at("cert_tables").at("tables");
  CHECK(tables.size() == 11);
  nlohmann::json entries;
  for (const auto& one : tables) {
    const std::string file = one.at("file"), says = one.at("expected").at("result");
    CAPTURE(file);
    const bytes_t bytes = unitee::test::evidence_file("snp/" + file);
    CHECK(bytes.size() == one.at("bytes"));
    if (says.starts_with("error")) {
      REQUIRE(wrong.contains(file));
      CHECK(failure_of(bytes) == wrong.at(file));
      continue;
    }
    const auto table = certificate_table::parse(bytes);
    REQUIRE(table.has_value());
    if (says == "ok: no certificates") {
      CHECK(table->size() == 0);
    } else if (says != "ok") {  // an unknown entry before the VCEK
      REQUIRE(table->size() == 2);
      CHECK(table_guid::name_of((*table)[0].id) == nullptr);
      CHECK(unitee::equal(*table->find(table_guid::vcek), content("VCEK")));
    } else {
      const auto& listed = one.at("expected").at("entries");
      if (listed.is_array()) entries = listed;  // else "as vcek-ask-ark.bin", which stands before it
      REQUIRE(table->size() == entries.size());
      for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto entry = (*table)[i];
        CHECK(entry.id == *unitee::parse_guid(entries[i].at("guid").get<std::string>()));
        CHECK(entry.offset == entries[i].at("offset"));
        CHECK(entry.data.size() == entries[i].at("length"));
        CHECK(unitee::equal(entry.data, content(entries[i].at("content"))));
        CHECK(unitee::equal(*table->find(entry.id), entry.data));
      }
    }
  }
}

}  // namespace test_certificate_table
