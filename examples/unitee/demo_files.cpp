// SPDX-License-Identifier: Apache-2.0

#include "demo_files.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace command {

namespace {

input_error not_usable(const std::string& path, int number) {
  return {path, {unitee::errc::io_error, static_cast<std::uint64_t>(number)}};
}

}  // namespace

kept_files::kept_files(const std::string& directory) : directory_(directory) {
  if (directory_.empty()) throw usage_error{"--keep wants a directory"};
  if (directory_.front() == '-') directory_ = "./" + directory_;  // a word of it must not read as an option
  while (directory_.size() > 1 && directory_.back() == '/') directory_.pop_back();
  std::error_code failed;
  const auto type = std::filesystem::symlink_status(directory_, failed).type();
  if (type == std::filesystem::file_type::not_found) {
    const auto above = std::filesystem::path(directory_).parent_path();
    if (above.empty() || std::filesystem::is_directory(above, failed)) return;
    throw not_usable(directory_, ENOENT);
  }
  const bool empty = std::filesystem::is_empty(directory_, failed);
  if (failed) throw not_usable(directory_, failed.value());
  if (!std::filesystem::is_directory(directory_)) throw not_usable(directory_, ENOTDIR);
  if (!empty) throw not_usable(directory_, ENOTEMPTY);
}

void kept_files::create() const {
  for (const std::string& each : {directory_, directory_ + "/collateral"}) {
    std::error_code failed;
    std::filesystem::create_directory(each, failed);
    if (failed) throw not_usable(each, failed.value());
  }
}

void kept_files::write(const std::string& name, unitee::byte_view content) const {
  write_file(directory_ + "/" + name, content);
}

std::string kept_files::word(std::string_view name) const { return shell_word(directory_ + "/" + std::string(name)); }

}  // namespace command
