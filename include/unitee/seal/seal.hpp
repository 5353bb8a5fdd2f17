// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/seal.hpp: sealing and unsealing a whole payload in one call.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/seal/sealed_writer.hpp>
#include <unitee/seal/slot.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// no_progress is a progress callback that does nothing. A callback is called as progress(done, total), in plaintext
// bytes, after every segment.
struct no_progress {
  constexpr void operator()(std::uint64_t, std::uint64_t) const noexcept {}
};

// seal writes a sealed file with all of `plaintext` to `sink`, which is empty or has room for file_size() bytes
// (sealed_geometry). After a failure the sink does not hold a sealed file.
template <byte_source Source, byte_sink Sink, class Progress = no_progress>
result<void> seal(const Source& plaintext, Sink& sink, const slot_request& slot, Progress&& progress = {}) {
  const std::uint64_t total = plaintext.size();
  auto sealed = sealed_writer<Sink>::create(sink, total, slot);
  if (!sealed) return sealed.error();
  auto buffer = wiped_buffer::create(lending_source<Source> ? 0 : default_segment_size);
  if (!buffer) return buffer.error();
  for (std::uint64_t at = 0; at < total;) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(default_segment_size, total - at));
    byte_view piece;
    if constexpr (lending_source<Source>) {
      const auto lent = plaintext.view_at(at, n);
      if (!lent) return lent.error();
      piece = *lent;
    } else {
      if (const auto done = plaintext.read_at(at, buffer->first(n)); !done) return done;
      piece = buffer->first(n);
    }
    if (const auto done = sealed->write(piece); !done) return done;
    at += n;
    progress(at, total);
  }
  return sealed->finish();
}

// unseal writes all of a sealed file's plaintext to `sink`. Each segment is authentic before it is written, but a later
// one may still be refused: after a failure, what stands in the sink is a beginning of the payload and not the payload.
template <byte_source Source, byte_sink Sink, class Progress = no_progress>
result<void> unseal(const Source& sealed, Sink& sink, const secret<32>& slot_key, Progress&& progress = {}) {
  auto reader = sealed_reader<Source>::open(sealed, slot_key);
  if (!reader) return reader.error();
  const std::uint64_t total = reader->payload_size();
  const std::size_t step = reader->header().geometry().segment_size();
  auto buffer = wiped_buffer::create(lending_sink<Sink> ? 0 : step);
  if (!buffer) return buffer.error();
  for (std::uint64_t at = 0; at < total;) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(step, total - at));
    if constexpr (lending_sink<Sink>) {
      const auto lent = sink.span_at(at, n);
      if (!lent) return lent.error();
      if (const auto done = reader->read_at(at, *lent); !done) return done;
    } else {
      if (const auto done = reader->read_at(at, buffer->first(n)); !done) return done;
      if (const auto done = sink.write_at(at, buffer->first(n)); !done) return done;
    }
    at += n;
    progress(at, total);
  }
  return {};
}

}  // namespace unitee::inline v0
