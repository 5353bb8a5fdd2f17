// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/tag_table.hpp: checking the table of the segments' tags (FORMAT.md, "Authentication").
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::detail {

// check_tag_table is errc::not_authentic in part::sealed_tags for a table that is not the header's.
template <byte_source Source>
result<void> check_tag_table(const Source& source, const sealed_header& header, const sealed_keys& keys) noexcept {
  const sealed_geometry geometry = header.geometry();
  auto mac = hmac_sha256_stream::create(keys.tag_table);
  if (!mac) return mac.error();
  std::array<std::uint8_t, 4 * sealed_geometry::block_size> buffer;
  for (std::uint64_t at = geometry.tag_table_offset(); at < geometry.payload_offset();) {
    const auto left = std::min<std::uint64_t>(buffer.size(), geometry.payload_offset() - at);
    const byte_span piece = byte_span(buffer).first(static_cast<std::size_t>(left));
    if (const auto done = source.read_at(at, piece); !done) return done;
    if (const auto done = mac->update(piece); !done) return done;
    at += piece.size();
  }
  const auto seen = mac->finish();
  if (!seen) return seen.error();
  if (constant_time_equal(seen->value, header.tag_table_mac().value)) return {};
  return failure{errc::not_authentic, 0, part::sealed_tags};
}

}  // namespace unitee::inline v0::detail
