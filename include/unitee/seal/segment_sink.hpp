// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/segment_sink.hpp: sealing segments in order, and the table of their tags.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/segment_workers.hpp>
#include <unitee/seal/work.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace unitee::inline v0::detail {

// segment_sink seals the segments of one file, each exactly once, in batches of 64 MiB, or of 256 segments where that
// is more: the threads share the segments of a batch, and then its tags, 4 KiB to 256 KiB, are written and go into the
// table's MAC in order.
template <byte_sink Sink, gcm_engine Engine>
class segment_sink {
 public:
  segment_sink(Sink& sink, const sealed_geometry& geometry, protection how, secret<32>&& key,
               hmac_sha256_stream&& table_mac, wiped_buffer&& tags) noexcept
      : sink_(&sink),
        geometry_(geometry),
        workers_(std::move(key), how, geometry.size_of(0)),
        table_mac_(std::move(table_mac)),
        tags_(std::move(tags)) {}

  // tags_size is how many bytes the tags of a batch take, whole blocks of the table.
  static std::size_t tags_size(const sealed_geometry& of) noexcept {
    return static_cast<std::size_t>(batch_segments(of)) * sealed_geometry::tag_size;
  }

  // next is the number of the first segment that is not sealed yet.
  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }

  // take is how many of the next segments can be sealed at once when so many bytes of plaintext are there.
  [[nodiscard]] std::uint64_t take(std::uint64_t bytes) const noexcept {
    const bool all = bytes >= geometry_.payload_size() - geometry_.begin_of(next_);
    const std::uint64_t there = all ? geometry_.segments() - next_ : bytes / geometry_.segment_size();
    return std::min(there, batch_ + batch_segments(geometry_) - next_);
  }

  // size_of is how many bytes the next `count` segments hold.
  [[nodiscard]] std::uint64_t size_of(std::uint64_t count) const noexcept {
    return std::min(geometry_.begin_of(next_ + count), geometry_.payload_size()) - geometry_.begin_of(next_);
  }

  // seal seals the next `count` segments, as many as take() said at most, whose plaintext stands in `from` at `begin`.
  template <class Source>
  result<void> seal(const Source& from, std::uint64_t begin, std::uint64_t count, const work& how,
                    shared_progress& progress) noexcept {
    shared_work shared(how, count);
    const auto done = shared.run([&](std::uint64_t number) noexcept -> result<void> {
      const std::uint64_t segment = next_ + number;
      const std::uint64_t at = begin + geometry_.begin_of(segment) - geometry_.begin_of(next_);
      const auto sealed = seal_one(from, at, segment);
      if (sealed) progress.add(geometry_.size_of(segment));
      return sealed;
    });
    if (!done) return done;
    next_ += count;
    const bool whole = next_ == batch_ + batch_segments(geometry_) || next_ == geometry_.segments();
    return whole ? put_tags() : result<void>();
  }

  // finish is the MAC of the table, when all segments are sealed.
  result<sha256_digest> finish() noexcept { return table_mac_.finish(); }

 private:
  static constexpr std::uint64_t tags_per_block = sealed_geometry::block_size / sealed_geometry::tag_size;
  static constexpr std::uint64_t batch_bytes = std::uint64_t{64} << 20;

  static std::uint64_t batch_segments(const sealed_geometry& of) noexcept {
    const std::uint64_t wanted = std::max(tags_per_block, batch_bytes / of.segment_size());
    return std::min(wanted, (of.segments() + tags_per_block - 1) / tags_per_block * tags_per_block);
  }

  template <class Source>
  result<void> seal_one(const Source& from, std::uint64_t at, std::uint64_t segment) noexcept {
    const auto worker = workers_.borrow();
    if (!worker) return worker.error();
    const auto buffer = workers_.buffer_of(**worker);
    if (!buffer) return buffer.error();
    byte_span stored = buffer->first(geometry_.size_of(segment));
    byte_view plaintext = stored;
    if constexpr (lending_source<Source>) {
      const auto lent = from.view_at(at, stored.size());
      if (!lent) return lent.error();
      plaintext = *lent;
    } else {
      if (const auto done = from.read_at(at, stored); !done) return done;
    }
    if constexpr (lending_sink<Sink>) {
      const auto lent = sink_->span_at(geometry_.place_of(segment), stored.size());
      if (!lent) return lent.error();
      stored = *lent;
    }
    const auto tag = (**worker).cipher.seal(segment, plaintext, stored);
    if (!tag) return tag.error();
    detail::copy_bytes(tag->value, tags_.all().subspan(place_of_tag(segment)));
    if constexpr (lending_sink<Sink>) {
      return {};
    } else {
      return sink_->write_at(geometry_.place_of(segment), stored);
    }
  }

  [[nodiscard]] std::size_t place_of_tag(std::uint64_t segment) const noexcept {
    return static_cast<std::size_t>(segment - batch_) * sealed_geometry::tag_size;
  }

  result<void> put_tags() noexcept {
    constexpr std::size_t block = sealed_geometry::block_size;
    const std::size_t used = place_of_tag(next_);
    const byte_span blocks = tags_.first((used + block - 1) / block * block);
    detail::fill_with_zeros(blocks.subspan(used));
    if (const auto done = table_mac_.update(blocks); !done) return done;
    return sink_->write_at(geometry_.tag_offset(std::exchange(batch_, next_)), blocks);
  }

  Sink* sink_;
  sealed_geometry geometry_;
  segment_workers<Engine> workers_;
  hmac_sha256_stream table_mac_;
  wiped_buffer tags_;        // those of the batch
  std::uint64_t batch_ = 0;  // the first segment of the batch
  std::uint64_t next_ = 0;
};

}  // namespace unitee::inline v0::detail
