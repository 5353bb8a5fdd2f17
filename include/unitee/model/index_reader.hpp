// SPDX-License-Identifier: Apache-2.0
//
// unitee/model/index_reader.hpp: a cursor over the front of a model file, which is read piece by piece.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::detail {

// index_reader hands out the next bytes of a source, of which it holds 16 KiB at a time. What goes beyond the source is
// errc::truncated where the source ends; what goes beyond `limit` is errc::bad_length there. Both in part::model.
template <byte_source Source>
class index_reader {
 public:
  static constexpr std::size_t max_take = 16384;

  explicit index_reader(const Source& source, std::uint64_t limit) noexcept
      : source_(source), size_(source.size()), limit_(limit) {}

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  // offset is where the next byte stands in the source.
  [[nodiscard]] std::uint64_t offset() const noexcept { return at_; }

  // seek goes back to an offset where the reader has been.
  void seek(std::uint64_t offset) noexcept { at_ = offset; }

  // skip leaves n bytes behind without reading them.
  result<void> skip(std::uint64_t n) noexcept {
    if (n > size_ - at_) return failure{errc::truncated, size_, part::model};
    if (at_ > limit_ || n > limit_ - at_) return failure{errc::bad_length, limit_, part::model};
    at_ += n;
    return {};
  }

  // take is the next n bytes, at most max_take: good until the next take.
  result<byte_view> take(std::size_t n) noexcept {
    const std::uint64_t from = at_;
    if (const auto inside = skip(n); !inside) return inside.error();
    if (from < held_at_ || at_ > held_at_ + held_) {
      held_ = 0;
      const auto count = size_ - from < max_take ? static_cast<std::size_t>(size_ - from) : max_take;
      if (const auto done = source_.read_at(from, byte_span(bytes_).first(count)); !done) return done.error();
      held_at_ = from;
      held_ = count;
    }
    return byte_view(bytes_).subspan(static_cast<std::size_t>(from - held_at_), n);
  }

  // le is the next little-endian unsigned integer.
  template <class T>
  result<T> le() noexcept {
    const auto bytes = take(sizeof(T));
    if (!bytes) return bytes.error();
    return load_le<T>(bytes->template first<sizeof(T)>());
  }

  // length is the next eight bytes as the length of what follows; one above `most` is errc::bad_length.
  result<std::uint64_t> length(std::uint64_t most) noexcept {
    const std::uint64_t begin = at_;
    const auto n = le<std::uint64_t>();
    if (n && *n > most) return failure{errc::bad_length, begin, part::model};
    return n;
  }

 private:
  const Source& source_;
  std::uint64_t size_;
  std::uint64_t limit_;
  std::uint64_t at_ = 0;
  std::uint64_t held_at_ = 0;
  std::size_t held_ = 0;
  std::array<std::uint8_t, max_take> bytes_;
};

}  // namespace unitee::inline v0::detail
