// SPDX-License-Identifier: Apache-2.0
//
// A file is made of any header, metadata and payload, whole and authentic however the fields stand. It opens, and gives
// back that metadata and payload, exactly when each part is one by itself. Then any byte of it is changed, or the last
// one is taken away, or one more put behind it: it is refused, in the part in which that byte stands, and everything
// but the changed segment can still be read.
//
// An input: what the byte is changed by (1 byte; 0: nothing), where (4), the size of the header (2), the header without
// the zeros at its end, metadata and payload without those at the end.
#include "reached.hpp"
#include "sealed_reading.hpp"
#include "sealed_seeds.hpp"

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/source.hpp>
#include <unitee/crypto/default_engine.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/metadata_area.hpp>
#include <unitee/seal/public_metadata.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/sealed_metadata.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/seal/segment_cipher.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace {

using namespace unitee;
using fuzz::header_bytes;
using fuzz::octets;
using fuzz::require;

constexpr std::uint64_t largest = 5 << 18;  // more than 256 segments, whose tags fill a page

std::uint32_t u32(const header_bytes& header, std::size_t at) {
  return load_le<std::uint32_t>(std::span(header).subspan(at).first<4>());
}

// geometry_of is where everything stands, by the sizes in the header: of an empty file when those are not allowed.
sealed_geometry geometry_of(const header_bytes& header) {
  const auto payload_size = load_le<std::uint64_t>(std::span(header).subspan<24, 8>());
  const auto out = sealed_geometry::of(payload_size, u32(header, 20), u32(header, 44));
  return out ? *out : *sealed_geometry::of(0, 4096);
}

struct made_file {
  header_bytes header;
  sealed_geometry geometry;
  octets items;
  octets payload;
  octets bytes;
};

octets filled(byte_view& input, std::uint64_t size) {
  octets out(static_cast<std::size_t>(size));
  std::ranges::copy(fuzz::take(input, out.size()), out.begin());
  return out;
}

void seal_segments(made_file& file, const detail::sealed_keys& keys) {
  const auto how = u32(file.header, 16) == 2 ? protection::integrity_only : protection::confidential;
  auto cipher = *detail::segment_cipher<default_gcm_engine>::create(keys.segments, how);
  const byte_span all(file.bytes);
  for (std::uint64_t i = 0; i < file.geometry.segments(); ++i) {
    const std::size_t size = file.geometry.size_of(i);
    const byte_view plaintext = byte_view(file.payload).subspan(file.geometry.begin_of(i), size);
    const auto tag = cipher.seal(i, plaintext, all.subspan(file.geometry.place_of(i), size));
    std::ranges::copy(tag->value, all.subspan(file.geometry.tag_offset(i)).begin());
  }
}

void seal_items(made_file& file, const detail::sealed_keys& keys) {
  if (file.geometry.metadata_size() < sealed_geometry::tag_size) return;
  const auto form = u32(file.header, 40) == 1 ? metadata_form::is_public : metadata_form::encrypted;
  auto area = *detail::seal_metadata<default_gcm_engine>(
      file.items, {file.geometry, protection::confidential, form, file_id{}}, keys);
  std::ranges::copy(area.all(), file.bytes.begin() + sealed_geometry::metadata_offset);
}

std::optional<made_file> make_file(const header_bytes& from, byte_view rest) {
  made_file out{from, geometry_of(from), {}, {}, {}};
  const sealed_geometry& of = out.geometry;
  if (of.file_size() > largest) return std::nullopt;
  out.items = filled(rest, of.metadata_size() < 16 ? 0 : of.metadata_size() - 16);
  out.payload = filled(rest, of.payload_size());
  out.bytes = octets(static_cast<std::size_t>(of.file_size()));
  store_le<std::uint64_t>(std::span(out.header).subspan<32, 8>(), of.payload_offset());
  const auto keys = fuzz::keys_of(out.header);
  seal_segments(out, keys);
  seal_items(out, keys);
  const byte_view table = byte_view(out.bytes).subspan(of.tag_table_offset(), of.tag_table_size());
  auto mac = *hmac_sha256_stream::create(keys.tag_table);
  require(mac.update(table).has_value());
  std::ranges::copy(mac.finish()->value, out.header.begin() + 160);
  fuzz::sign(out.header, keys);
  std::ranges::copy(out.header, out.bytes.begin());
  std::ranges::copy(out.header, out.bytes.begin() + sealed_geometry::second_header_offset);
  return out;
}

// expected is the failure of a reader, going by FORMAT.md: none when each part is one by itself.
result<void> expected(const made_file& file) {
  const auto header = sealed_header::parse(file.header);
  if (!header) return header.error();
  bool has_slot = false;
  for (std::size_t i = 0; i < header->slot_count(); ++i) {
    const slot_view slot = header->slot(i);
    has_slot = has_slot || (slot.kind() == slot_kind::caller_key && &fuzz::key_for(slot.params()) == &fuzz::slot_key());
  }
  if (!has_slot) return failure{errc::no_matching_slot, 0, part::sealed_header};
  if (header->state() != header_state::settled) return failure{errc::not_authentic, 0, part::sealed_header};
  const auto metadata = sealed_metadata::parse(file.items, file.payload.size());
  if (!metadata) return metadata.error();
  return {};
}

auto open(const made_file& file) {
  return sealed_reader<memory_source>::open(memory_source(file.bytes), caller_key(fuzz::slot_key()),
                                            {.cached_segments = 2});
}

void check_whole(const made_file& file) {
  const auto reader = open(file);
  const auto wanted = expected(file);
  require(reader.has_value() == wanted.has_value());
  if (!wanted) {
    require(reader.error() == wanted.error());
    return;
  }
  require(equal(reader->header().bytes(), file.header) && reader->is_settled());
  const auto metadata = sealed_metadata::parse(file.items, file.payload.size());
  require(reader->metadata().content_type() == metadata->content_type());
  require(reader->metadata().tensors().has_value() == metadata->tensors().has_value());
  const auto before_a_key = public_metadata::read(memory_source(file.bytes), reader->header());
  require(before_a_key.has_value() == (reader->header().metadata_form() == metadata_form::is_public));
  if (before_a_key) require(before_a_key->items().content_type() == metadata->content_type());
  require(*fuzz::read_every_way(*reader) == file.payload);
  unitee::fuzz::reached();
}

// change is applied to a file that opens; what is wanted is the failure of a reader, and the offset matters only where
// it says more than that the header is not authentic.
failure change(made_file& file, std::uint8_t by, std::uint32_t where) {
  const std::uint64_t end = file.bytes.size();
  const std::size_t at = where % (end + 2);
  const sealed_geometry& of = file.geometry;
  if (at == end + 1) {
    file.bytes.push_back(by);
    return {errc::trailing_data, end, part::sealed_header};
  }
  if (at == end) {
    file.bytes.pop_back();
    return {errc::truncated, end - 1, part::sealed_header};
  }
  file.bytes[at] ^= by;
  if (at < sealed_geometry::metadata_offset) return {errc::not_authentic, 0, part::sealed_header};
  if (at < sealed_geometry::metadata_offset + of.metadata_size()) {
    return {errc::not_authentic, 0, part::sealed_metadata};
  }
  if (at < of.tag_table_offset()) return {errc::reserved_not_zero, at, part::sealed_metadata};
  if (at < of.payload_offset()) return {errc::not_authentic, 0, part::sealed_tags};
  const std::uint64_t segment = (at - of.payload_offset()) / of.segment_size();
  return {errc::not_authentic, of.begin_of(segment), part::sealed_payload};
}

void check_changed(made_file& file, std::uint8_t by, std::uint32_t where) {
  const bool opened_before = open(file).has_value();
  const failure wanted = change(file, by, where);
  const auto reader = open(file);
  if (!opened_before) {  // an unsettled copy may be anything: there is nothing to be said of the change
    if (reader) (void)fuzz::read_every_way(*reader);
    return;
  }
  require(reader.has_value() == (wanted.in == part::sealed_payload));
  if (!reader) {
    require(reader.error().in == wanted.in);
    const bool in_header = wanted.in == part::sealed_header && wanted.code == errc::not_authentic;
    if (!in_header) require(reader.error() == wanted);
    return;
  }
  require(fuzz::read_every_way(*reader).error() == wanted);
  for (std::uint64_t i = 0; i < file.geometry.segments(); ++i) {
    const std::uint64_t begin = file.geometry.begin_of(i);
    octets out(file.geometry.size_of(i), 0xee);
    const bool good = reader->read_at(begin, out).has_value();
    require(good == (begin != wanted.offset) && (good || all_zero(out)));
    require(!good || equal(out, byte_view(file.payload).subspan(begin, out.size())));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 7) return 0;
  const std::span all(data, size);
  byte_view rest = all.subspan(7);
  const header_bytes header = fuzz::padded(fuzz::take(rest, load_le<std::uint16_t>(all.subspan<5, 2>())));
  auto file = make_file(header, rest);
  if (!file) return 0;
  check_whole(*file);
  if (all[0] != 0) check_changed(*file, all[0], load_le<std::uint32_t>(all.subspan<1, 4>()));
  return 0;
}
