// SPDX-License-Identifier: Apache-2.0

#include "regular_files.hpp"

#include "command.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>

namespace command {

namespace {

void check_name(const std::string& path) {
  if (path != "-") return;
  throw usage_error{"- is no file, and one is needed: the size comes first (a file of that name is ./-)"};
}

[[noreturn]] void refuse(const std::string& path, std::string_view kind, std::string_view advice) {
  const std::uint64_t error = kind == "a directory" ? EISDIR : EINVAL;
  throw input_error{path, {unitee::errc::io_error, error}, fmt::format("it is {}, {}", kind, advice)};
}

}  // namespace

std::string_view other_kind(const std::string& path) {
  std::error_code ignored;
  switch (std::filesystem::status(path, ignored).type()) {
    case std::filesystem::file_type::directory: return "a directory";
    case std::filesystem::file_type::fifo: return "a pipe";
    case std::filesystem::file_type::socket: return "a socket";
    case std::filesystem::file_type::block:
    case std::filesystem::file_type::character: return "a device";
    default: return {};
  }
}

void check_input(const std::string& path) {
  check_name(path);
  const std::string_view kind = other_kind(path);
  if (!kind.empty()) refuse(path, kind, "and a file is needed: the size comes first");
}

void check_output(const std::string& path) {
  check_name(path);
  std::error_code ignored;
  std::string_view kind = other_kind(path);
  // /dev/stdout, which may lead to a regular file: to remove or replace the link would be an accident.
  const std::string target = std::filesystem::read_symlink(path, ignored).native();
  if (kind.empty() && target.starts_with("/proc/")) kind = "an open file of this process";
  if (!kind.empty()) refuse(path, kind, "which no file takes the place of: name another");
}

}  // namespace command
