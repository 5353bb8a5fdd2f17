// SPDX-License-Identifier: Apache-2.0
//
// regular_files.hpp: paths that must lead to files with a size: not to "-", directories, pipes or devices.
#pragma once

#include <string>
#include <string_view>

namespace command {

// other_kind is what a path leads to where that is no regular file: "a directory", "a pipe". It is empty for a regular
// file, and for what is not there or cannot be looked at.
std::string_view other_kind(const std::string& path);

// check_input refuses what cannot be a file to read: "-" is a usage_error, and another kind an input_error that names
// it.
void check_input(const std::string& path);
// check_output refuses what no new file can take the place of, the same way.
void check_output(const std::string& path);

}  // namespace command
