// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/tsm_entry.hpp: one entry of configfs-tsm, from mkdir to rmdir.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/result.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace unitee::inline v0::guest::detail {

// tsm_attribute_max is more than the kernel gives in one attribute: 32 KiB of outblob.
inline constexpr std::size_t tsm_attribute_max = std::size_t{1} << 20;

// tsm_failure is what errno means on an entry or an attribute of it. ENOTTY and ETIMEDOUT come from the device behind.
inline failure tsm_failure(int error) noexcept {
  const auto fail = [&](errc code) { return failure{code, static_cast<std::uint64_t>(error), part::tsm_report}; };
  if (error == ENOTTY) return fail(errc::channel_lost);
  if (error == ETIMEDOUT) return fail(errc::no_answer);
  return fail(errc::io_error);
}

// tsm_entry is a directory of its own below /sys/kernel/config/tsm/report, which is gone when the object ends.
class tsm_entry {
 public:
  // create makes the entry. EEXIST is errc::entry_taken, ENXIO, when the kernel has no provider, and a missing parent
  // errc::interface_absent.
  static result<tsm_entry> create(const char* parent, const std::string& name) {
    posix::descriptor above = posix::open_file(parent, O_RDONLY | O_DIRECTORY);
    if (!above) return absent_or_denied();
    if (::mkdirat(above.get(), name.c_str(), 0700) != 0) {
      if (errno == EEXIST) return failure{errc::entry_taken, 1, part::tsm_report};
      return absent_or_denied();
    }
    posix::descriptor own = posix::open_file(name.c_str(), O_RDONLY | O_DIRECTORY, above.get());
    if (!own) {
      const failure why = tsm_failure(errno);
      ::unlinkat(above.get(), name.c_str(), AT_REMOVEDIR);
      return why;
    }
    return tsm_entry(std::move(above), std::move(own), name);
  }

  tsm_entry(tsm_entry&& other) noexcept = default;
  tsm_entry& operator=(tsm_entry&&) = delete;
  ~tsm_entry() {
    if (!above_) return;
    for (int i = 0; i < 3 && ::unlinkat(above_.get(), name_.c_str(), AT_REMOVEDIR) != 0; ++i) {
      if (errno != EINTR && errno != EBUSY) return;
    }
  }

  // read is the whole of an attribute, in one open.
  [[nodiscard]] result<std::vector<std::uint8_t>> read(const char* attribute) const {
    const posix::descriptor file = posix::open_file(attribute, O_RDONLY, own_.get());
    if (!file) return tsm_failure(errno);
    std::vector<std::uint8_t> out(8192);
    for (std::size_t size = 0;;) {
      const ::ssize_t n = ::read(file.get(), out.data() + size, out.size() - size);
      if (n < 0) return tsm_failure(errno);
      size += static_cast<std::size_t>(n);
      if (n == 0) {
        out.resize(size);
        return out;
      }
      if (size == tsm_attribute_max) return failure{errc::no_space, size, part::tsm_report};
      if (size == out.size()) out.resize(2 * size);
    }
  }

  // write gives an attribute its value, in one write, as the kernel demands. An attribute that this kernel, or this
  // guest, does not have is errc::interface_absent.
  [[nodiscard]] result<void> write(const char* attribute, byte_view value) const noexcept {
    const posix::descriptor file = posix::open_file(attribute, O_WRONLY, own_.get());
    if (!file && errno == ENOENT) return failure{errc::interface_absent, ENOENT, part::tsm_report};
    if (!file) return tsm_failure(errno);
    const ::ssize_t n = ::write(file.get(), value.data(), value.size());
    if (n < 0) return tsm_failure(errno);
    if (static_cast<std::size_t>(n) != value.size()) {
      return failure{errc::truncated, static_cast<std::uint64_t>(n), part::tsm_report};
    }
    return {};
  }

  // number reads an attribute that is a decimal number and a newline; anything else is errc::bad_value.
  [[nodiscard]] result<std::uint64_t> number(const char* attribute) const {
    const auto text = read(attribute);
    if (!text) return text.error();
    const std::size_t digits = text->size() - (!text->empty() && text->back() == '\n' ? 1 : 0);
    if (digits == 0 || digits > 19) return failure{errc::bad_value, 0, part::tsm_report};
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if ((*text)[i] < '0' || (*text)[i] > '9') return failure{errc::bad_value, i, part::tsm_report};
      value = value * 10 + static_cast<std::uint64_t>((*text)[i] - '0');
    }
    return value;
  }

 private:
  tsm_entry(posix::descriptor above, posix::descriptor own, std::string name) noexcept
      : above_(std::move(above)), own_(std::move(own)), name_(std::move(name)) {}

  static failure absent_or_denied() noexcept {
    const bool absent = errno == ENOENT || errno == ENOTDIR || errno == ENXIO;
    if (absent) return {errc::interface_absent, static_cast<std::uint64_t>(errno), part::tsm_report};
    return tsm_failure(errno);
  }

  posix::descriptor above_;  // holds nothing once moved from
  posix::descriptor own_;
  std::string name_;
};

}  // namespace unitee::inline v0::guest::detail
