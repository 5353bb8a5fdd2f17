// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/observed_reader.hpp: a reader of a sealed file whose observer hears of segments that cannot be read.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/work.hpp>

#include <cerrno>
#include <cstdint>

namespace unitee::inline v0 {

// observed_reader reads by a sealed_reader or sealed_file, which must outlive it as the observer must, and answers what
// that answers. It is a byte_source and can write all of itself, and so goes wherever a reader does. When a read fails
// the observer is told once: of a segment that was changed, and of what the source refused, with the source's failure;
// of several segments in one call of the one that the call answers with. Not told are a place beyond the end, memory of
// another size, a want of memory, a failure of the cipher itself, and a call that was called off. Several threads may
// read if the observer may be told by several.
template <byte_source Reader, observer Watch>
class observed_reader {
 public:
  observed_reader(const Reader& reader, Watch& watch) noexcept : reader_(&reader), watch_(&watch) {}
  observed_reader(const Reader&& reader, Watch& watch) = delete;  // it would be gone before the first read

  [[nodiscard]] const Reader& reader() const noexcept { return *reader_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return reader_->size(); }

  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (!detail::is_inside(offset, out.size(), size())) return reader_->read_at(offset, out);
    return told(reader_->read_at(offset, out), offset);
  }
  result<void> read_at(std::uint64_t offset, byte_span out, const work& how) const noexcept requires
      requires(const Reader& by) {
    by.read_at(offset, out, how);
  }
  {
    if (!detail::is_inside(offset, out.size(), size())) return reader_->read_at(offset, out, how);
    return told(reader_->read_at(offset, out, how), offset);
  }
  result<void> read_all(byte_span out, const work& how = {}) const noexcept {
    return told(reader_->read_all(out, how), 0);
  }
  // write_to does not tell of the sink's failures, nor of the source's, which look the same.
  template <byte_sink Sink>
  result<void> write_to(Sink& sink, const work& how = {}) const noexcept {
    const auto done = reader_->write_to(sink, how);
    return is_of_segment(done) ? told(done, 0) : done;
  }
  result<void> check(const work& how = {}) const noexcept { return told(reader_->check(how), 0); }

  // load is there where the reader is a file.
  [[nodiscard]] auto load(const work& how = {}) const noexcept requires requires(const Reader& by) { by.load(how); }
  {
    auto loaded = reader_->load(how);
    if (!loaded) (void)told(loaded.error(), 0);
    return loaded;
  }

 private:
  static bool is_of_segment(const result<void>& done) noexcept {
    return !done && done.error().code == errc::not_authentic && done.error().in == part::sealed_payload;
  }

  result<void> told(const result<void>& done, std::uint64_t begin) const noexcept {
    if (done || done.error().code == errc::cancelled || done.error().code == errc::no_space) return done;
    if (done.error() == failure{errc::io_error, ENOMEM} || done.error().code == errc::crypto_error) return done;
    watch_->segment(segment_event{is_of_segment(done) ? done.error().offset : begin, done.error()});
    return done;
  }

  const Reader* reader_;
  Watch* watch_;
};

}  // namespace unitee::inline v0
