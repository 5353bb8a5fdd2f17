// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/read_callback.hpp: plaintext for loaders that ask for it with a function in the manner of C.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/first_failure.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace unitee::inline v0 {

// read_callback is what such a loader is given. read(context, out, offset, n) is how many bytes it has put into `out`:
// n, or as many as there are before the end, at `size`. Any number of threads may call it. Segments are decrypted in
// `out`: it must not be memory that a device or the host shares.
struct read_callback {
  using function = std::size_t(void* context, void* out, std::uint64_t offset, std::size_t n) noexcept;

  void* context;
  function* read;
  std::uint64_t size;
};

// callback_source answers a loader from a source of plaintext, such as a sealed_file. It owns the source when the
// source is moved in, and otherwise refers to it. It stays where it is, and outlives the loader's last call.
//
// When a segment was changed, or cannot be read, the answer is 0 and `out` is zero, and so is it from then on, whatever
// the loader asks for: one that overlooks a failure gets no model with a hole in it. status() is the failure; a loader
// that takes 0 for the end of the file has not loaded the model unless status() says so.
template <class S>
requires byte_source<std::remove_cvref_t<S>>
class callback_source {
 public:
  explicit callback_source(S&& source) noexcept : source_(std::forward<S>(source)) {}
  callback_source(const callback_source&) = delete;
  callback_source& operator=(const callback_source&) = delete;

  [[nodiscard]] read_callback callback() noexcept { return {this, &read, source_.size()}; }

  // status is a failure once there was one.
  [[nodiscard]] result<void> status() const noexcept { return failed_.status(); }

 private:
  static std::size_t read(void* context, void* out, std::uint64_t offset, std::size_t n) noexcept {
    if (n == 0) return 0;
    auto& self = *static_cast<callback_source*>(context);
    if (!self.failed_.status()) {
      std::memset(out, 0, n);
      return 0;
    }
    const std::uint64_t size = self.source_.size();
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(n, size - std::min(size, offset)));
    const byte_span to(static_cast<std::uint8_t*>(out), wanted);
    const result<void> done = wanted == 0 ? result<void>() : self.source_.read_at(offset, to);
    if (done) return wanted;
    self.failed_.note(done.error());
    std::memset(out, 0, n);
    return 0;
  }

  S source_;
  first_failure failed_;
};

template <class S>
callback_source(S&&) -> callback_source<S>;

}  // namespace unitee::inline v0
