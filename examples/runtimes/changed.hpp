// SPDX-License-Identifier: Apache-2.0
//
// changed.hpp: a sealed file with one bit that is not its own.
#pragma once

#include "guest.hpp"

#include <unitee/failure.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/stdio_file.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

namespace runtimes {

// flip changes one bit of a file, and the second time changes it back.
inline void flip(const std::string& path, std::uint64_t at) {
  const unitee::stdio_file file(std::fopen(path.c_str(), "r+b"));
  require(file.get() != nullptr && ::fseeko(file.get(), static_cast<::off_t>(at), SEEK_SET) == 0, path);
  const int byte = std::fgetc(file.get());
  require(byte != EOF && ::fseeko(file.get(), -1, SEEK_CUR) == 0 && std::fputc(byte ^ 1, file.get()) != EOF, path);
}

// each_change changes one bit of the model's first byte, of one in the middle, of the last, and calls refused(why) each
// time, who sees to it that the model is not loaded, and for this reason.
template <class Refused>
void each_change(const confidential_guest& guest, const std::string& sealed, Refused refused) {
  const unitee::sealed_geometry where = guest.open(sealed).header().geometry();
  const std::uint64_t first = where.payload_offset();
  for (const std::uint64_t at : {first, first + where.payload_size() / 2, where.file_size() - 1}) {
    const std::uint64_t segment = (at - first) / where.segment_size() * where.segment_size();
    const unitee::failure why{unitee::errc::not_authentic, segment, unitee::part::sealed_payload};
    flip(sealed, at);
    refused(why);
    flip(sealed, at);
    fmt::print("byte {} changed by one bit: refused: {}\n", at, why);
  }
}

}  // namespace runtimes
