// SPDX-License-Identifier: Apache-2.0

#include "doctor_device.hpp"

#include <fmt/format.h>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace command::examination {

namespace {

// name_of is who has this number, by getpwuid_r or getgrgid_r, or else the number.
template <class Entry, class Number, class Get>
std::string name_of(Number number, Get get, char* Entry::*member) {
  std::array<char, 4096> space{};
  Entry entry{};
  Entry* found = nullptr;
  const bool known = get(number, &entry, space.data(), space.size(), &found) == 0 && found != nullptr;
  return known ? plain(found->*member) : std::to_string(number);
}

}  // namespace

std::string permissions_of(const char* path) {
  struct stat is {};
  if (::stat(path, &is) != 0) return {};
  return fmt::format("{}:{} {:04o}; you are uid {}", name_of(is.st_uid, ::getpwuid_r, &::passwd::pw_name),
                     name_of(is.st_gid, ::getgrgid_r, &::group::gr_name), is.st_mode & 07777U, ::geteuid());
}

finding opened(std::string_view topic, const char* path) {
  return {std::string(topic), state::works, fmt::format("{} opens ({})", path, permissions_of(path))};
}

finding not_opened(std::string_view topic, const char* path, const unitee::failure& why) {
  const std::string permissions = permissions_of(path);
  return failed(topic, why, permissions.empty() ? "" : " (" + permissions + ")");
}

}  // namespace command::examination
