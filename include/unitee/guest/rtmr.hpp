// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/rtmr.hpp: the runtime measurement registers of this TD (Linux 6.16).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <fcntl.h>
#include <unistd.h>

namespace unitee::inline v0::guest::detail {

// rtmr_file opens rtmr0:sha384 to rtmr3:sha384. A register that no TD has is errc::bad_value, a kernel without the
// files errc::interface_absent, both in part::rtmr.
inline result<posix::descriptor> rtmr_file(const char* directory, unsigned index, int flags) noexcept {
  constexpr std::array names{"rtmr0:sha384", "rtmr1:sha384", "rtmr2:sha384", "rtmr3:sha384"};
  if (index >= names.size()) return failure{errc::bad_value, index, part::rtmr};
  const posix::descriptor folder = posix::open_file(directory, O_RDONLY | O_DIRECTORY);
  posix::descriptor file = folder ? posix::open_file(names[index], flags, folder.get()) : posix::descriptor(-1);
  if (file) return file;
  const bool absent = errno == ENOENT || errno == ENOTDIR || errno == ENODEV;
  return failure{absent ? errc::interface_absent : errc::io_error, static_cast<std::uint64_t>(errno), part::rtmr};
}

// extend_rtmr makes RTMR[index] the SHA-384 of its value and the digest. It cannot be taken back.
inline result<void> extend_rtmr(const char* directory, unsigned index, const tdx::measurement& digest) noexcept {
  const auto file = rtmr_file(directory, index, O_WRONLY);
  if (!file) return file.error();
  ::ssize_t n = -1;
  do n = ::pwrite(file->get(), digest.value.data(), digest.size(), 0);
  while (n < 0 && errno == EINTR);
  if (n < 0) return posix::io_failure(part::rtmr);
  if (static_cast<std::size_t>(n) != digest.size()) {
    return failure{errc::truncated, static_cast<std::uint64_t>(n), part::rtmr};
  }
  return {};
}

// read_rtmr is the register's value now; a file of another size is errc::truncated or errc::no_space.
inline result<tdx::measurement> read_rtmr(const char* directory, unsigned index) noexcept {
  const auto file = rtmr_file(directory, index, O_RDONLY);
  if (!file) return file.error();
  tdx::measurement out;
  const auto size = posix::read_to_end(file->get(), out.value, part::rtmr);
  if (!size) return size.error();
  if (*size != out.size()) return failure{errc::truncated, *size, part::rtmr};
  return out;
}

}  // namespace unitee::inline v0::guest::detail
