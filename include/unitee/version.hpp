// SPDX-License-Identifier: Apache-2.0
//
// unitee/version.hpp: the version of this library; the build and the package read it from here.
#pragma once

namespace unitee::inline v0 {

// version is semantic versioning's MAJOR.MINOR.PATCH, written here and nowhere else. The inline namespace v0 changes
// with the ABI alone.
inline constexpr const char* version = "0.1.0";

namespace detail {

// version_part is the n-th number of version.
consteval unsigned version_part(unsigned n) {
  unsigned value = 0;
  for (const char* at = version; *at != '\0'; ++at) {
    if (*at == '.' && n-- == 0) return value;
    value = *at == '.' ? 0 : value * 10 + static_cast<unsigned>(*at - '0');
  }
  return value;
}

}  // namespace detail

inline constexpr unsigned version_major = detail::version_part(0);
inline constexpr unsigned version_minor = detail::version_part(1);
inline constexpr unsigned version_patch = detail::version_part(2);

}  // namespace unitee::inline v0
