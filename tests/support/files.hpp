// SPDX-License-Identifier: Apache-2.0
//
// tests/support/files.hpp: whole files, for tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace unitee::test {

// file_bytes is the whole file; one that cannot be read is an exception that names it, which fails the test.
inline std::vector<std::uint8_t> file_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace unitee::test
