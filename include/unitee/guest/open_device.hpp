// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/open_device.hpp: a guest device, opened for requests.
#pragma once

#include <unitee/guest/bounded_call.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <fcntl.h>

namespace unitee::inline v0::guest::detail {

// open_device opens a device for reading and writing. errc::interface_absent when there is none, errc::timed_out, and
// errc::io_error with errno when it does not open. Whoever has a request under way shares the descriptor.
inline result<std::shared_ptr<const posix::descriptor>> open_device(const char* path, part in,
                                                                    const posix::deadline& until) {
  using shared = std::shared_ptr<const posix::descriptor>;
  return bounded_call(until, in, [in, path = std::string(path)]() -> result<shared> {
    posix::descriptor fd = posix::open_file(path.c_str(), O_RDWR);
    if (fd) return std::make_shared<const posix::descriptor>(std::move(fd));
    const bool absent = errno == ENOENT || errno == ENXIO || errno == ENODEV || errno == ENOTDIR;
    return failure{absent ? errc::interface_absent : errc::io_error, static_cast<std::uint64_t>(errno), in};
  });
}

}  // namespace unitee::inline v0::guest::detail
