// SPDX-License-Identifier: Apache-2.0

#include "errno_name.hpp"

#include <cerrno>
#include <charconv>

namespace emulator {

namespace {

struct row {
  int number;
  const char* name;
};

constexpr row names[] = {{0, "0"},
                         {EPERM, "EPERM"},
                         {ENOENT, "ENOENT"},
                         {EINTR, "EINTR"},
                         {EIO, "EIO"},
                         {ENXIO, "ENXIO"},
                         {EBADF, "EBADF"},
                         {EAGAIN, "EAGAIN"},
                         {ENOMEM, "ENOMEM"},
                         {EACCES, "EACCES"},
                         {EFAULT, "EFAULT"},
                         {EBUSY, "EBUSY"},
                         {EEXIST, "EEXIST"},
                         {ENODEV, "ENODEV"},
                         {ENOTDIR, "ENOTDIR"},
                         {EISDIR, "EISDIR"},
                         {EINVAL, "EINVAL"},
                         {ENFILE, "ENFILE"},
                         {EMFILE, "EMFILE"},
                         {ENOTTY, "ENOTTY"},
                         {ETXTBSY, "ETXTBSY"},
                         {EFBIG, "EFBIG"},
                         {ENOSPC, "ENOSPC"},
                         {EROFS, "EROFS"},
                         {ERANGE, "ERANGE"},
                         {ENAMETOOLONG, "ENAMETOOLONG"},
                         {ENOSYS, "ENOSYS"},
                         {ENOTEMPTY, "ENOTEMPTY"},
                         {ENODATA, "ENODATA"},
                         {ENOSR, "ENOSR"},
                         {EPROTO, "EPROTO"},
                         {EBADMSG, "EBADMSG"},
                         {EOVERFLOW, "EOVERFLOW"},
                         {EOPNOTSUPP, "EOPNOTSUPP"},
                         {ETIMEDOUT, "ETIMEDOUT"},
                         {ECONNREFUSED, "ECONNREFUSED"},
                         {ECANCELED, "ECANCELED"}};

}  // namespace

std::string errno_name(int number) {
  for (const row& each : names) {
    if (each.number == number) return each.name;
  }
  return std::to_string(number);
}

std::optional<int> errno_named(std::string_view name) {
  for (const row& each : names) {
    if (name == each.name) return each.number;
  }
  int number = 0;
  const char* const end = name.data() + name.size();
  const auto [stopped, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || stopped != end || number <= 0 || number >= 512) return std::nullopt;
  return number;
}

}  // namespace emulator
