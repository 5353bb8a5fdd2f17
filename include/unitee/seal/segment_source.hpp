// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/segment_source.hpp: the segments of a sealed file, opened one by one or all at once.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/posix/parallel.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/segment_cipher.hpp>
#include <unitee/seal/segment_workers.hpp>
#include <unitee/seal/work.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace unitee::inline v0::detail {

// segment_source reads segments and gives out those that are authentic; a segment that is not is errc::not_authentic at
// its plaintext offset in part::sealed_payload. Any number of threads may use it, if they may read the source.
//
// What is not lent is read into the place where its plaintext goes and decrypted there: measured, a tenth faster than
// by way of a buffer. Where everything goes to one place, it is read in runs of 256 KiB, so that small segments cost
// few calls, and from a source with run_size (bytes) and readers (threads), which is a disk, in runs of that size by at
// least so many threads, which wait for it.
template <byte_source Source, gcm_engine Engine>
class segment_source {
 public:
  segment_source(Source&& source, const sealed_geometry& geometry, secret<32>&& key, protection how) noexcept
      : source_(std::move(source)), geometry_(geometry), workers_(std::move(key), how, geometry.size_of(0)) {}

  [[nodiscard]] const Source& source() const noexcept { return source_; }
  [[nodiscard]] const sealed_geometry& geometry() const noexcept { return geometry_; }

  // open fills `out`, as long as the segment, with its plaintext.
  result<void> open(std::uint64_t segment, byte_span out) const noexcept {
    const auto lent = workers_.borrow();
    if (!lent) return lent.error();
    return open_one(**lent, segment, out);
  }

  // open_all fills `out`, as long as the payload. On failure some of it is plaintext: the caller wipes it.
  result<void> open_all(byte_span out, const work& how) const noexcept {
    expect_all(source_);
    return open_some(0, geometry_.segments(), out, how);
  }

  // open_some is open_all for the segments from `from` to before `to`, and does not read ahead of them.
  result<void> open_some(std::uint64_t from, std::uint64_t to, byte_span out, work how) const noexcept {
    std::uint64_t run_bytes = std::uint64_t{256} << 10;
    if constexpr (is_disk) run_bytes = Source::run_size;
    enough_readers(how);
    const std::uint64_t run = std::clamp<std::uint64_t>(run_bytes / geometry_.segment_size(), 1, max_run);
    shared_work shared(how, (to - from + run - 1) / run);
    shared_progress progress(how, out.size());
    return shared.run([&](std::uint64_t number) noexcept -> result<void> {
      const auto lent = workers_.borrow();
      if (!lent) return lent.error();
      const std::uint64_t first = from + number * run;
      const std::uint64_t end = std::min(first + run, to);
      const std::uint64_t begin = geometry_.begin_of(first);
      const std::uint64_t bytes = std::min(geometry_.begin_of(end), geometry_.payload_size()) - begin;
      const auto at = static_cast<std::size_t>(begin - geometry_.begin_of(from));
      std::array<std::uint8_t, max_run * sealed_geometry::tag_size> tags;
      const auto done = open_run(**lent, first, end, tags, out.subspan(at, static_cast<std::size_t>(bytes)));
      if (!done) return done;
      progress.add(bytes);
      return {};
    });
  }

  // for_each calls use(offset, plaintext) for every segment, in no order, from several threads.
  template <class Use>
  result<void> for_each(work how, Use use) const noexcept {
    enough_readers(how);
    expect_all(source_);
    shared_work shared(how, geometry_.segments());
    shared_progress progress(how, geometry_.payload_size());
    return shared.run([&](std::uint64_t segment) noexcept -> result<void> {
      const auto lent = workers_.borrow();
      if (!lent) return lent.error();
      const auto buffer = workers_.buffer_of(**lent);
      if (!buffer) return buffer.error();
      const byte_span plaintext = buffer->first(geometry_.size_of(segment));
      if (const auto done = open_one(**lent, segment, plaintext); !done) return done;
      if (const result<void> done = use(geometry_.begin_of(segment), byte_view(plaintext)); !done) return done;
      progress.add(plaintext.size());
      return {};
    });
  }

 private:
  using worker = typename segment_workers<Engine>::worker;
  static constexpr std::uint64_t max_run = 512;  // segments, whose tags are held at once
  static constexpr bool is_disk = requires {
    Source::run_size;
    Source::readers;
  };

  // enough_readers keeps a disk busy with threads of our own; a caller's pool has as many as it has.
  static void enough_readers(work& how) noexcept {
    if constexpr (is_disk) {
      if (how.workers == 0 && !how.parallel_for) how.workers = std::max(Source::readers, posix::processors());
    }
  }

  result<void> open_one(worker& with, std::uint64_t segment, byte_span out) const noexcept {
    gcm_tag tag;
    return open_run(with, segment, segment + 1, tag.value, out);
  }

  // open_run fills `out` with the plaintext of the segments from `first` to before `end`, and `table` with their tags.
  //
  // It reads their tags again instead of keeping the table, whose MAC was checked before. Nothing is lost if somebody
  // changed the table in between: a tag is itself a MAC over its segment, under a key and a nonce for which the writer
  // made exactly one, so that only the writer's tag on the writer's bytes in this place is accepted.
  result<void> open_run(worker& with, std::uint64_t first, std::uint64_t end, byte_span table,
                        byte_span out) const noexcept {
    const byte_span tags = table.first(static_cast<std::size_t>(end - first) * sealed_geometry::tag_size);
    if (const auto done = source_.read_at(geometry_.tag_offset(first), tags); !done) return done;
    byte_view stored = out;
    if constexpr (lending_source<Source>) {
      const auto lent = source_.view_at(geometry_.place_of(first), out.size());
      if (!lent) return lent.error();
      stored = *lent;
    } else {
      if (const auto done = source_.read_at(geometry_.place_of(first), out); !done) return done;
    }
    for (std::uint64_t segment = first; segment < end; ++segment) {
      const auto at = static_cast<std::size_t>(geometry_.begin_of(segment) - geometry_.begin_of(first));
      const std::size_t n = geometry_.size_of(segment);
      gcm_tag tag;
      copy_bytes(tags.subspan(static_cast<std::size_t>(segment - first) * tag.size(), tag.size()), tag.value);
      const auto done = with.cipher.open(segment, stored.subspan(at, n), tag, out.subspan(at, n));
      if (done) continue;
      if (done.error().code != errc::not_authentic) return done;
      return failure{errc::not_authentic, geometry_.begin_of(segment), part::sealed_payload};
    }
    return {};
  }

  Source source_;
  sealed_geometry geometry_;
  mutable segment_workers<Engine> workers_;
};

}  // namespace unitee::inline v0::detail
