// SPDX-License-Identifier: Apache-2.0
//
// unitee/version.hpp: the version of this library; the build and the package read it from here.
#pragma once

namespace unitee::inline v0 {

// version is semantic versioning's MAJOR.MINOR.PATCH. The inline namespace v0 changes with the ABI alone.
inline constexpr const char* version = "0.1.0";

inline constexpr unsigned version_major = 0;
inline constexpr unsigned version_minor = 1;
inline constexpr unsigned version_patch = 0;

}  // namespace unitee::inline v0
