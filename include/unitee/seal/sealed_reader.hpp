// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/sealed_reader.hpp: reading a sealed file at any offset.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace unitee::inline v0 {

// read_header is the header of a sealed file, of which nothing is authentic yet: it says which key to look for. The
// second copy must be zero (errc::unsupported_format where it begins like a header), and the file must be as long as
// the header says: errc::truncated where it ends, errc::trailing_data where it should. All in part::sealed_header.
template <byte_source Source>
result<sealed_header> read_header(const Source& source) noexcept {
  constexpr std::size_t size = sealed_header::size;
  const auto fail = [](errc code, std::uint64_t at) { return failure{code, at, part::sealed_header}; };
  const std::uint64_t end = source.size();
  std::array<std::uint8_t, size> bytes{};
  const byte_span first = byte_span(bytes).first(static_cast<std::size_t>(std::min<std::uint64_t>(end, size)));
  if (const auto done = source.read_at(0, first); !done) return done.error();
  auto header = sealed_header::parse(first);
  if (!header) return header;
  const sealed_geometry geometry = header->geometry();
  if (end < geometry.file_size()) return fail(errc::truncated, end);
  if (end > geometry.file_size()) return fail(errc::trailing_data, geometry.file_size());
  const std::uint64_t second = sealed_geometry::second_header_offset;
  if (const auto done = source.read_at(second, bytes); !done) return done.error();
  if (equal(byte_view(bytes).first(8), byte_view(sealed_header::identity()).first(8))) {
    return fail(errc::unsupported_format, second);
  }
  if (const std::size_t at = first_nonzero(bytes); at != size) return fail(errc::reserved_not_zero, second + at);
  return header;
}

// sealed_reader gives out plaintext that is authentic, and nothing else. Memory: one segment, and the header. The
// source outlives the reader. One reader serves one thread for now; each thread opens its own.
template <byte_source Source>
class sealed_reader {
 public:
  // open finds the slot that the key opens and checks everything but the segments, which are checked as they are read.
  // A key that opens no slot is errc::no_matching_slot; a commitment or MAC that does not match is errc::not_authentic
  // in part::sealed_header or part::sealed_tags; before that, what read_header refuses.
  static result<sealed_reader> open(const Source& source, const secret<32>& slot_key) noexcept {
    auto header = read_header(source);
    if (!header) return header.error();
    const auto data_key = find_data_key(*header, slot_key);
    if (!data_key) return data_key.error();
    const auto keys = detail::sealed_keys::derive(*data_key, header->file_salt());
    if (!keys) return keys.error();
    // First of all: a slot can be made that two keys open to two data keys, because GCM does not commit to its key.
    if (!constant_time_equal(keys->commitment.value, header->commitment().value)) return not_authentic();
    const auto header_mac = hmac_sha256(keys->header, header->authenticated());
    if (!header_mac) return header_mac.error();
    if (!constant_time_equal(header_mac->value, header->mac().value)) return not_authentic();

    auto buffer = wiped_buffer::create(header->geometry().segment_size());
    if (!buffer) return buffer.error();
    const auto table_mac = mac_of_tags(source, header->geometry(), keys->tags, buffer->all());
    if (!table_mac) return table_mac.error();
    if (!constant_time_equal(table_mac->value, header->tag_table_mac().value)) {
      return failure{errc::not_authentic, 0, part::sealed_tags};
    }
    auto cipher = aes_256_gcm::create(keys->payload);
    if (!cipher) return cipher.error();
    return sealed_reader(source, *header, std::move(*cipher), std::move(*buffer));
  }
  static result<sealed_reader> open(const Source&& source,
                                    const secret<32>& slot_key) = delete;  // it would not outlive

  // header is authentic.
  [[nodiscard]] const sealed_header& header() const noexcept { return header_; }
  [[nodiscard]] std::uint64_t payload_size() const noexcept { return geometry_.payload_size(); }

  // read_at fills `out` with the plaintext at `offset`. Beyond the end is errc::truncated at payload_size(); a segment
  // that was changed is errc::not_authentic at its plaintext offset; both in part::sealed_payload. On failure `out` is
  // zero.
  result<void> read_at(std::uint64_t offset, byte_span out) noexcept {
    const auto done = read(offset, out);
    if (!done) wipe(out);
    return done;
  }

 private:
  sealed_reader(const Source& source, const sealed_header& header, aes_256_gcm cipher, wiped_buffer buffer) noexcept
      : source_(&source),
        header_(header),
        geometry_(header.geometry()),
        cipher_(std::move(cipher)),
        buffer_(std::move(buffer)) {}

  static failure not_authentic() noexcept { return {errc::not_authentic, 0, part::sealed_header}; }

  static result<secret<32>> find_data_key(const sealed_header& header, const secret<32>& slot_key) noexcept {
    for (std::size_t i = 0; i < header.slot_count(); ++i) {
      const slot_view slot = header.slot(i);
      if (!slot_view::is_known(slot.kind())) continue;
      auto data_key = detail::unwrap(slot, header.file_salt(), slot_key);
      if (data_key || data_key.error().code != errc::not_authentic) return data_key;
    }
    return failure{errc::no_matching_slot, 0, part::sealed_header};
  }

  static result<sha256_digest> mac_of_tags(const Source& source, const sealed_geometry& geometry, const secret<32>& key,
                                           byte_span buffer) noexcept {
    auto mac = hmac_sha256_stream::create(key);
    if (!mac) return mac.error();
    std::uint64_t at = sealed_geometry::tag_table_offset;
    while (at < geometry.payload_offset()) {
      const auto left = std::min<std::uint64_t>(buffer.size(), geometry.payload_offset() - at);
      const byte_span piece = buffer.first(static_cast<std::size_t>(left));
      if (const auto done = source.read_at(at, piece); !done) return done.error();
      if (const auto done = mac->update(piece); !done) return done.error();
      at += piece.size();
    }
    return mac->finish();
  }

  result<void> read(std::uint64_t offset, byte_span out) noexcept {
    if (!detail::is_inside(offset, out.size(), payload_size())) {
      return failure{errc::truncated, payload_size(), part::sealed_payload};
    }
    while (!out.empty()) {
      const std::uint64_t segment = offset / geometry_.segment_size();
      const auto begin = static_cast<std::size_t>(offset % geometry_.segment_size());
      const std::size_t whole = geometry_.size_of(segment);
      const std::size_t n = std::min(whole - begin, out.size());
      if (n == whole) {
        if (const auto done = open_segment(segment, out.first(n)); !done) return done;
      } else {
        if (const auto done = hold(segment); !done) return done;
        detail::copy_bytes(buffer_.all().subspan(begin, n), out);
      }
      offset += n;
      out = out.subspan(n);
    }
    return {};
  }

  // hold decrypts a segment of which only a part is asked for, unless the last such read left it in the buffer.
  result<void> hold(std::uint64_t segment) noexcept {
    if (held_ == segment) return {};
    held_.reset();
    const auto done = open_segment(segment, buffer_.first(geometry_.size_of(segment)));
    if (done) held_ = segment;
    return done;
  }

  // open_segment reads the segment's tag again instead of keeping the table, whose MAC was checked by open(). Nothing
  // is lost if somebody changed the table in between: the tag is itself a MAC over the ciphertext, under a key and a
  // nonce for which the writer made exactly one, so that only the writer's tag on the writer's ciphertext in this place
  // is accepted.
  result<void> open_segment(std::uint64_t segment, byte_span out) noexcept {
    gcm_tag tag;
    if (const auto done = source_->read_at(geometry_.tag_offset(segment), tag.value); !done) return done;
    const std::uint64_t at = geometry_.payload_offset() + geometry_.begin_of(segment);
    byte_view ciphertext = out;
    if constexpr (lending_source<Source>) {
      const auto lent = source_->view_at(at, out.size());
      if (!lent) return lent.error();
      ciphertext = *lent;
    } else {
      if (const auto done = source_->read_at(at, out); !done) return done;
    }
    const auto done = cipher_.open(detail::segment_nonce(segment), {}, ciphertext, tag, out);
    if (!done && done.error().code == errc::not_authentic) {
      return failure{errc::not_authentic, geometry_.begin_of(segment), part::sealed_payload};
    }
    return done;
  }

  const Source* source_;
  sealed_header header_;
  sealed_geometry geometry_;
  aes_256_gcm cipher_;
  wiped_buffer buffer_;
  std::optional<std::uint64_t> held_;  // the segment whose plaintext is in buffer_
};

}  // namespace unitee::inline v0
