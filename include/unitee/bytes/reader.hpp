// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/reader.hpp: a cursor that hands out the next bytes or refuses.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// reader walks through bytes that came from outside. A refused read moves nothing, and its failure names the offset in
// the outermost input, so that a reader over a part reports where the part stands in the whole.
class reader {
 public:
  constexpr explicit reader(byte_view bytes, part in = part::input, std::size_t base = 0) noexcept
      : bytes_(bytes), base_(base), in_(in) {}

  // offset is where the next byte stands in the outermost input.
  [[nodiscard]] constexpr std::size_t offset() const noexcept { return base_ + at_; }
  [[nodiscard]] constexpr std::size_t remaining() const noexcept { return bytes_.size() - at_; }
  [[nodiscard]] constexpr bool at_end() const noexcept { return remaining() == 0; }

  // take is the next n bytes, or errc::truncated at the offset where the input ends.
  constexpr result<byte_view> take(std::size_t n) noexcept {
    if (n > remaining()) return failure{errc::truncated, base_ + bytes_.size(), in_};
    const byte_view out = bytes_.subspan(at_, n);
    at_ += n;
    return out;
  }

  // le is the next little-endian unsigned integer.
  template <class T>
  constexpr result<T> le() noexcept {
    const auto bytes = take(sizeof(T));
    if (!bytes) return bytes.error();
    return load_le<T>(bytes->template first<sizeof(T)>());
  }

  // sub is a reader over the next n bytes, which this reader then has behind it.
  constexpr result<reader> sub(std::size_t n) noexcept {
    const std::size_t at = offset();
    const auto bytes = take(n);
    if (!bytes) return bytes.error();
    return reader(*bytes, in_, at);
  }

  // rest is everything that is left.
  constexpr byte_view rest() noexcept {
    const byte_view out = bytes_.subspan(at_);
    at_ = bytes_.size();
    return out;
  }

  // finish succeeds when nothing is left, and is errc::trailing_data otherwise.
  [[nodiscard]] constexpr result<void> finish() const noexcept {
    if (!at_end()) return failure{errc::trailing_data, offset(), in_};
    return {};
  }

  // fail is a failure of the given kind at the next byte.
  [[nodiscard]] constexpr failure fail(errc code) const noexcept { return {code, offset(), in_}; }

 private:
  byte_view bytes_;
  std::size_t at_ = 0;
  std::size_t base_;
  part in_;
};

}  // namespace unitee::inline v0
