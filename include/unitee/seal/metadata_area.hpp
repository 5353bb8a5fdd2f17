// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/metadata_area.hpp: where a sealed file's metadata stand (FORMAT.md, "Metadata").
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/segment_cipher.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace unitee::inline v0::detail {

// metadata_protection is what is done to the items.
constexpr protection metadata_protection(metadata_form form) noexcept {
  return form == metadata_form::is_public ? protection::integrity_only : protection::confidential;
}

// metadata_area is the bytes in which the metadata stand, as they are in the file. Bytes behind them that are not zero
// are errc::reserved_not_zero in part::sealed_metadata, at the byte in the file.
template <byte_source Source>
result<wiped_buffer> metadata_area(const Source& source, const sealed_geometry& geometry) noexcept {
  const std::uint64_t area = geometry.tag_table_offset() - sealed_geometry::metadata_offset;
  auto bytes = wiped_buffer::create(static_cast<std::size_t>(area));
  if (!bytes) return bytes;
  if (const auto done = source.read_at(sealed_geometry::metadata_offset, bytes->all()); !done) return done.error();
  const byte_view padding = bytes->all().subspan(geometry.metadata_size());
  if (const std::size_t at = first_nonzero(padding); at != padding.size()) {
    const std::uint64_t offset = sealed_geometry::metadata_offset + geometry.metadata_size() + at;
    return failure{errc::reserved_not_zero, offset, part::sealed_metadata};
  }
  return bytes;
}

// metadata_items_size is how many bytes of the area are items, when there is metadata.
inline std::size_t metadata_items_size(const sealed_geometry& geometry) noexcept {
  return geometry.metadata_size() - sealed_geometry::tag_size;
}

// open_metadata makes the items in the area plaintext, or is errc::not_authentic in part::sealed_metadata.
template <gcm_engine Engine>
result<void> open_metadata(byte_span area, const sealed_header& header, const sealed_keys& keys) noexcept {
  auto cipher = segment_cipher<Engine>::create(keys.metadata, metadata_protection(header.metadata_form()));
  if (!cipher) return cipher.error();
  const byte_span items = area.first(metadata_items_size(header.geometry()));
  gcm_tag tag;
  detail::copy_bytes(area.subspan(items.size(), tag.size()), tag.value);
  const auto done = cipher->open(0, items, tag, items);
  if (done || done.error().code != errc::not_authentic) return done;
  return failure{errc::not_authentic, 0, part::sealed_metadata};
}

// seal_metadata is the area in which the items stand, as it is in the file.
template <gcm_engine Engine>
result<wiped_buffer> seal_metadata(byte_view items, const sealed_header::invariants& of,
                                   const sealed_keys& keys) noexcept {
  const std::uint64_t size = of.geometry.tag_table_offset() - sealed_geometry::metadata_offset;
  auto area = wiped_buffer::create(static_cast<std::size_t>(size));
  if (!area) return area;
  detail::fill_with_zeros(area->all());
  auto cipher = segment_cipher<Engine>::create(keys.metadata, metadata_protection(of.metadata_form));
  if (!cipher) return cipher.error();
  const auto tag = cipher->seal(0, items, area->first(items.size()));
  if (!tag) return tag.error();
  detail::copy_bytes(tag->value, area->all().subspan(items.size()));
  return area;
}

}  // namespace unitee::inline v0::detail
