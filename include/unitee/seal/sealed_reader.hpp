// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/sealed_reader.hpp: reading a sealed file at any offset, from any number of threads.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/default_engine.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/metadata_area.hpp>
#include <unitee/seal/reading.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/sealed_metadata.hpp>
#include <unitee/seal/segment_cache.hpp>
#include <unitee/seal/segment_source.hpp>
#include <unitee/seal/slot_keys.hpp>
#include <unitee/seal/tag_table.hpp>
#include <unitee/seal/work.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace unitee::inline v0 {

// sealed_reader gives out plaintext that is authentic, and nothing else. It is a byte_source of the plaintext itself.
// Any number of threads may read, if they may read the source. Memory, besides the header: the segments that are kept,
// one cipher for each thread that reads at the same time, and for write_to and check one segment for each. It holds the
// segments' key, and a child that is forked holds it too; there it must not be used if another thread was reading when
// the child was made.
template <byte_source Source, gcm_engine Engine = default_gcm_engine>
class sealed_reader {
 public:
  // open finds a slot that the keys open and checks everything but the segments, which are checked as they are read.
  // Failures are those of header_copies; errc::io_error with ENOMEM; errc::not_authentic in part::sealed_tags or
  // part::sealed_metadata; errc::reserved_not_zero in part::sealed_metadata at the byte in the file; those of
  // sealed_metadata::parse.
  template <slot_keys Keys>
  static result<sealed_reader> open(Source source, Keys&& keys, const reading& how = {}) {
    const auto copies = header_copies::read(source);
    if (!copies) return copies.error();
    auto opened = copies->open(keys, how);
    if (!opened) return opened.error();
    if (const auto done = detail::check_tag_table(source, opened->header, opened->keys); !done) return done.error();
    auto* const made = new (std::nothrow) state(std::move(source), *opened, std::move(opened->keys.segments), how);
    if (made == nullptr) return failure{errc::io_error, ENOMEM};
    sealed_reader out(made);
    if (const auto done = made->open_metadata(opened->keys); !done) return done.error();
    return out;  // of the keys it keeps that of the segments
  }

  // header is authentic.
  [[nodiscard]] const sealed_header& header() const noexcept { return state_.get()->header; }
  // metadata is authentic, and empty where the file has none. It lives as long as the reader.
  [[nodiscard]] const sealed_metadata& metadata() const noexcept { return state_.get()->metadata; }
  // is_settled is false where a change of the slots was begun and not completed.
  [[nodiscard]] bool is_settled() const noexcept { return state_.get()->is_settled; }
  // size is that of the payload.
  [[nodiscard]] std::uint64_t size() const noexcept { return state_.get()->payload.geometry().payload_size(); }

  // read_at fills `out`, memory that nobody else touches meanwhile, with the plaintext at `offset`. Beyond the end is
  // errc::truncated at size(); a segment that was changed is errc::not_authentic at its plaintext offset; both in
  // part::sealed_payload. On failure `out` is zero.
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    const auto done = state_.get()->read(offset, out, nullptr);
    if (!done) wipe(out);
    return done;
  }
  // read_at with `how` is for who asks for much at a time: several threads share the segments that are wanted whole, and
  // how.progress hears of these.
  result<void> read_at(std::uint64_t offset, byte_span out, const work& how) const noexcept {
    const auto done = state_.get()->read(offset, out, &how);
    if (!done) wipe(out);
    return done;
  }

  // read_all fills `out`, which has size() bytes (else errc::no_space with its size), with all of the plaintext, on
  // several threads; segments are decrypted in place, and so nobody else may touch `out` meanwhile. On failure, or when
  // it is called off, all of `out` is zero.
  result<void> read_all(byte_span out, const work& how = {}) const noexcept {
    if (out.size() != size()) return failure{errc::no_space, out.size()};
    const auto done = state_.get()->payload.open_all(out, how);
    if (!done) wipe(out);
    return done;
  }

  // write_to writes all of the plaintext to a sink, which several threads may write to unless how.workers is 1. Each
  // segment is authentic before it is written, but another may still be refused: after a failure, what stands in the
  // sink is not the payload.
  template <byte_sink Sink>
  result<void> write_to(Sink& sink, const work& how = {}) const noexcept {
    return state_.get()->payload.for_each(
        how, [&](std::uint64_t begin, byte_view plaintext) noexcept { return sink.write_at(begin, plaintext); });
  }

  // check reads all segments and keeps none.
  result<void> check(const work& how = {}) const noexcept {
    return state_.get()->payload.for_each(how, [](std::uint64_t, byte_view) noexcept { return result<void>(); });
  }

 protected:
  // read_unwiped is read_all that leaves what it has read, authentic plaintext, when it fails: for memory that is wiped
  // at its end, and whose pages were not all touched.
  result<void> read_unwiped(byte_span out, const work& how) const noexcept {
    return state_.get()->payload.open_all(out, how);
  }

 private:
  using segments = detail::segment_source<Source, Engine>;

  struct state {
    sealed_header header;
    bool is_settled;
    segments payload;
    mutable detail::segment_cache cache;
    wiped_buffer metadata_bytes = wiped_buffer::none();
    sealed_metadata metadata{};

    state(Source&& source, const opened_header& opened, secret<32>&& key, const reading& how) noexcept
        : header(opened.header),
          is_settled(opened.is_settled),
          payload(std::move(source), header.geometry(), std::move(key), header.protection()),
          cache(how.cached_segments, payload.geometry().size_of(0)) {}

    result<void> open_metadata(const detail::sealed_keys& keys) noexcept {
      const sealed_geometry& geometry = payload.geometry();
      if (geometry.metadata_size() == 0) return {};
      auto area = detail::metadata_area(payload.source(), geometry);
      if (!area) return area.error();
      if (const auto done = detail::open_metadata<Engine>(area->all(), header, keys); !done) return done;
      const auto parsed =
          sealed_metadata::parse(area->first(detail::metadata_items_size(geometry)), geometry.payload_size());
      if (!parsed) return parsed.error();
      metadata_bytes = std::move(*area);
      metadata = *parsed;
      return {};
    }

    result<void> read(std::uint64_t offset, byte_span out, const work* how) const noexcept {
      const sealed_geometry& geometry = payload.geometry();
      if (!detail::is_inside(offset, out.size(), geometry.payload_size())) {
        return failure{errc::truncated, geometry.payload_size(), part::sealed_payload};
      }
      while (!out.empty()) {
        if (how != nullptr && how->is_cancelled()) return errc::cancelled;
        const std::uint64_t segment = offset / geometry.segment_size();
        const auto begin = static_cast<std::size_t>(offset % geometry.segment_size());
        const std::size_t whole = geometry.size_of(segment);
        const std::size_t n = std::min(whole - begin, out.size());
        if (const std::uint64_t end = whole_until(offset + out.size()); how != nullptr && begin == 0 && end > segment) {
          const auto bytes =
              static_cast<std::size_t>(std::min(geometry.begin_of(end), geometry.payload_size()) - offset);
          if (const auto done = payload.open_some(segment, end, out.first(bytes), *how); !done) return done;
          offset += bytes;
          out = out.subspan(bytes);
          continue;
        }
        const auto open = [&](byte_span to) noexcept { return payload.open(segment, to); };
        const auto done = n == whole ? open(out.first(n)) : cache.read(segment, whole, begin, out.first(n), open);
        if (!done) return done;
        offset += n;
        out = out.subspan(n);
      }
      return {};
    }

    // whole_until is the number of segments that end before or at an offset.
    std::uint64_t whole_until(std::uint64_t offset) const noexcept {
      const sealed_geometry& geometry = payload.geometry();
      return offset == geometry.payload_size() ? geometry.segments() : offset / geometry.segment_size();
    }
  };

  static void release(state* of) noexcept { delete of; }
  explicit sealed_reader(state* made) noexcept : state_(made) {}

  detail::handle<state, release> state_;
};

}  // namespace unitee::inline v0
