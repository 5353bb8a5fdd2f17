// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/sealed_writer.hpp: writing a sealed file in one pass.
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
#include <utility>

namespace unitee::inline v0 {

// sealed_writer encrypts a payload whose size is announced first, in pieces of any size, with memory for one segment
// and one block of tags. The header is written last: what stands in the sink before finish() is not a sealed file. The
// sink outlives the writer. One writer serves one thread.
template <byte_sink Sink>
class sealed_writer {
 public:
  // create refuses sizes that the format does not allow and a slot that cannot be written (part::sealed_header), and
  // passes on the sink's failures. The sink receives sealed_geometry::file_size() bytes in all.
  static result<sealed_writer> create(Sink& sink, std::uint64_t payload_size, const slot_request& slot,
                                      std::uint32_t segment_size = default_segment_size) noexcept {
    const auto material = detail::sealing_material::random();
    if (!material) return material.error();
    return create_insecurely_with(*material, sink, payload_size, slot, segment_size);
  }

  // create_insecurely_with reproduces a known file. It is for tests: see detail::sealing_material.
  static result<sealed_writer> create_insecurely_with(const detail::sealing_material& material, Sink& sink,
                                                      std::uint64_t payload_size, const slot_request& request,
                                                      std::uint32_t segment_size) noexcept {
    const auto geometry = sealed_geometry::of(payload_size, segment_size);
    if (!geometry) return geometry.error();
    const auto slot = detail::wrap(request, material.file_salt, material.slot_nonce, material.data_key);
    if (!slot) return slot.error();
    auto keys = detail::sealed_keys::derive(material.data_key, material.file_salt);
    if (!keys) return keys.error();
    auto cipher = aes_256_gcm::create(keys->payload);
    if (!cipher) return cipher.error();
    auto table_mac = hmac_sha256_stream::create(keys->tags);
    if (!table_mac) return table_mac.error();
    auto buffer = wiped_buffer::create(segment_size);
    if (!buffer) return buffer.error();
    // Zeros where the headers go: copy 1 stays that way, and a sink that held a sealed file no longer does.
    const std::array<std::uint8_t, sealed_geometry::block_size> zeros{};
    for (std::uint64_t at = 0; at < sealed_geometry::tag_table_offset; at += zeros.size()) {
      if (const auto done = sink.write_at(at, zeros); !done) return done.error();
    }
    return sealed_writer(sink, *geometry, material.file_salt, *slot, std::move(*keys), std::move(*cipher),
                         std::move(*table_mac), std::move(*buffer));
  }

  // write takes the next bytes of the payload. More than was announced is errc::trailing_data at the announced size,
  // and none of them are taken. After a failure every call gives the same one.
  result<void> write(byte_view plaintext) noexcept {
    if (!state_) return state_;
    if (plaintext.size() > geometry_.payload_size() - taken_) {
      return state_ = failure{errc::trailing_data, geometry_.payload_size()};
    }
    while (!plaintext.empty()) {
      const std::size_t whole = geometry_.size_of(segment_);
      const std::size_t n = std::min(whole - gathered_, plaintext.size());
      const byte_view piece = plaintext.first(n);
      plaintext = plaintext.subspan(n);
      taken_ += n;
      if (n == whole) {
        state_ = seal_segment(piece);
      } else {
        detail::copy_bytes(piece, buffer_.all().subspan(gathered_, n));
        gathered_ += n;
        if (gathered_ == whole) {
          gathered_ = 0;
          state_ = seal_segment(buffer_.first(whole));
        }
      }
      if (!state_) return state_;
    }
    return {};
  }

  // finish writes the header, and makes the sink a sealed file. Before all of the announced bytes were written it is
  // errc::truncated at the size so far, and more may follow; after it succeeded, every call is errc::trailing_data.
  result<void> finish() noexcept {
    if (!state_) return state_;
    if (taken_ != geometry_.payload_size()) return failure{errc::truncated, taken_};
    const auto done = write_header();
    state_ = done ? failure{errc::trailing_data, geometry_.payload_size()} : done.error();
    return done;
  }

 private:
  sealed_writer(Sink& sink, const sealed_geometry& geometry, const sealed_salt& salt, const slot_bytes& slot,
                detail::sealed_keys keys, aes_256_gcm cipher, hmac_sha256_stream table_mac,
                wiped_buffer buffer) noexcept
      : sink_(&sink),
        geometry_(geometry),
        salt_(salt),
        slot_(slot),
        commitment_(keys.commitment),
        header_key_(std::move(keys.header)),
        cipher_(std::move(cipher)),
        table_mac_(std::move(table_mac)),
        buffer_(std::move(buffer)) {}

  result<void> seal_segment(byte_view plaintext) noexcept {
    const std::uint64_t at = geometry_.payload_offset() + geometry_.begin_of(segment_);
    byte_span ciphertext = buffer_.first(plaintext.size());
    if constexpr (lending_sink<Sink>) {
      const auto lent = sink_->span_at(at, plaintext.size());
      if (!lent) return lent.error();
      ciphertext = *lent;
    }
    const auto tag = cipher_.seal(detail::segment_nonce(segment_), {}, plaintext, ciphertext);
    if (!tag) return tag.error();
    if constexpr (!lending_sink<Sink>) {
      if (const auto done = sink_->write_at(at, ciphertext); !done) return done;
    }
    std::ranges::copy(tag->value, tags_.begin() + static_cast<std::ptrdiff_t>(tags_in_block() * tag->size()));
    ++segment_;
    return tags_in_block() == 0 ? flush_tags(segment_ - tags_per_block) : result<void>();
  }

  // flush_tags writes one block of the table, which begins with the tag of `first`.
  result<void> flush_tags(std::uint64_t first) noexcept {
    if (const auto done = table_mac_.update(tags_); !done) return done;
    if (const auto done = sink_->write_at(geometry_.tag_offset(first), tags_); !done) return done;
    tags_.fill(0);
    return {};
  }

  result<void> write_header() noexcept {
    if (const std::size_t left = tags_in_block(); left != 0) {
      if (const auto done = flush_tags(segment_ - left); !done) return done;
    }
    const auto table_mac = table_mac_.finish();
    if (!table_mac) return table_mac.error();
    auto header = sealed_header::encode({geometry_, salt_, commitment_, *table_mac, {&slot_, 1}});
    if (!header) return header.error();
    const auto mac = hmac_sha256(header_key_, header->authenticated());
    if (!mac) return mac.error();
    header->put_mac(*mac);
    return sink_->write_at(0, header->bytes());
  }

  static constexpr std::size_t tags_per_block = sealed_geometry::block_size / sealed_geometry::tag_size;
  [[nodiscard]] std::size_t tags_in_block() const noexcept { return segment_ % tags_per_block; }

  Sink* sink_;
  sealed_geometry geometry_;
  sealed_salt salt_;
  slot_bytes slot_;
  key_commitment commitment_;
  secret<32> header_key_;
  aes_256_gcm cipher_;
  hmac_sha256_stream table_mac_;
  wiped_buffer buffer_;
  std::array<std::uint8_t, sealed_geometry::block_size> tags_{};
  std::uint64_t segment_ = 0;  // the next to be sealed
  std::size_t gathered_ = 0;   // bytes of it in buffer_
  std::uint64_t taken_ = 0;    // plaintext bytes so far
  result<void> state_;         // the failure that ended the writer
};

}  // namespace unitee::inline v0
