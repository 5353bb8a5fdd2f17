// SPDX-License-Identifier: Apache-2.0
//
// tests/support/vectors.hpp: the vectors of tests/vectors, which tests/vectors/generate.py writes.
#pragma once

#include "support/files.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <string_view>

// UNITEE_VECTORS_DIR is tests/vectors. The build sets it; without it, it is found beside this file.
#ifndef UNITEE_VECTORS_DIR
#define UNITEE_VECTORS_DIR ""
#endif

namespace unitee::test {

inline std::filesystem::path vectors_dir() {
  const std::filesystem::path set = UNITEE_VECTORS_DIR;
  return set.empty() ? std::filesystem::path(__FILE__).parent_path().parent_path() / "vectors" : set;
}

// vectors is tests/vectors/<name>.json.
inline nlohmann::json vectors(std::string_view name) {
  const auto text = file_bytes(vectors_dir() / (std::string(name) + ".json"));
  return nlohmann::json::parse(text.begin(), text.end());
}

}  // namespace unitee::test
