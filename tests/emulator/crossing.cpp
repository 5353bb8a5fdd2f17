// SPDX-License-Identifier: Apache-2.0

#include "crossing.hpp"

#include "errno_name.hpp"

#include <unitee/bytes/hex.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

namespace emulator {

namespace {

std::string hex(unitee::byte_view bytes) {
  std::string out(bytes.size() * 2, '0');
  (void)unitee::hex_encode(bytes, out);
  return out;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

void append(int file, const std::string& line) {
  if (file >= 0) (void)!::write(file, line.data(), line.size());
}

}  // namespace

bool crossing_log::open(const std::string& path) {
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  return file_ >= 0;
}

void crossing_log::write(const crossing& what) {
  using milliseconds = std::chrono::milliseconds;
  const auto ms = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin_).count();
  std::string line = fmt::format("\"ms\": {}, \"op\": \"{}\", \"name\": {}", ms, what.operation, quoted(what.name));
  if (!what.wrapper.empty()) line += fmt::format(", \"wrapper\": \"{}\"", hex(what.wrapper));
  line += fmt::format(", \"request\": \"{}\", \"size\": {}, \"answer\": \"{}\"", hex(what.request), what.size,
                      errno_name(what.error));
  if (what.exitinfo2) line += fmt::format(", \"exitinfo2\": \"{:#x}\"", *what.exitinfo2);
  if (what.status) line += fmt::format(", \"status\": {}", *what.status);
  if (what.err_code) line += fmt::format(", \"err_code\": \"{:#x}\"", *what.err_code);
  if (!what.fault.empty()) line += ", \"fault\": " + quoted(what.fault);
  if (!what.violation.empty()) line += ", \"violation\": " + quoted(what.violation);

  const std::lock_guard lock(mutex_);
  append(file_, fmt::format("{{\"n\": {}, {}}}\n", count_++, line));
  if (!what.violation.empty()) {
    ++violations_;
    append(STDERR_FILENO, fmt::format("unitee_emulator: violation {}: {}\n", what.operation, what.violation));
  }
}

void crossing_log::end(const left_behind& what) {
  std::string opened;
  std::string left;
  for (const auto& [kind, files] : what.by_kind) {
    const char* const comma = opened.empty() ? "" : ", ";
    opened += fmt::format("{}\"{}\": {}", comma, kind, files.opened);
    left += fmt::format("{}\"{}\": {}", comma, kind, files.left_open);
  }
  const std::string left_open = what.left_open_is_known ? "{" + left + "}" : "null";
  const std::lock_guard lock(mutex_);
  append(file_, fmt::format("{{\"op\": \"end\", \"entries_left\": {}, \"left_open\": {}, \"opened\": {{{}}}, "
                            "\"connections\": {}, \"violations\": {}}}\n",
                            what.entries, left_open, opened, what.connections, violations_));
}

std::size_t crossing_log::violations() {
  const std::lock_guard lock(mutex_);
  return violations_;
}

}  // namespace emulator
