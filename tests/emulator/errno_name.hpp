// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/errno_name.hpp: errno by name, for stages and logs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace emulator {

// errno_name is "EIO", "0" for none, and the number for one that has no name here.
std::string errno_name(int number);

// errno_named is the number of "EIO" or of "5"; nothing for another word.
std::optional<int> errno_named(std::string_view name);

}  // namespace emulator
