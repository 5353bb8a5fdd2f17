// SPDX-License-Identifier: Apache-2.0
//
// sealed_words.hpp: sealed files in words: their slots, and what to do about a failure.
#pragma once

#include "command.hpp"

#include <unitee/bytes/source.hpp>
#include <unitee/failure.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/reading.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot_view.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace command {

// slot_text is a slot in a line: its kind, and what tells it from others of this kind.
std::string slot_text(const unitee::slot_view& slot);

// slot_list is the kinds of all slots, in one line.
std::string slot_list(const unitee::sealed_header& header);

// sealed_error is a failure to open or read the file, with what can be done about it. `offered` names the keys that
// were tried.
input_error sealed_error(const std::string& file, const unitee::failure& why, const unitee::sealed_header& header,
                         const std::string& offered);

// header_in is the first copy of the header that can be read at all, also in a file that is refused.
template <unitee::byte_source Source>
std::optional<unitee::sealed_header> header_in(const Source& source) {
  for (const std::uint64_t place : {std::uint64_t{0}, std::uint64_t{unitee::sealed_geometry::second_header_offset}}) {
    std::array<std::uint8_t, unitee::sealed_header::size> bytes{};
    if (!source.read_at(place, bytes)) continue;
    if (const auto header = unitee::sealed_header::parse(bytes)) return *header;
  }
  return std::nullopt;
}

// length_advice is about a file of that many bytes that is cut off, or goes on behind its end; it is empty for any
// other failure.
std::string length_advice(const unitee::failure& why, std::uint64_t size,
                          const std::optional<unitee::sealed_header>& header);

// copies_in is what stands in the file for its header. What cannot be one is an input_error.
template <unitee::byte_source Source>
unitee::header_copies copies_in(const Source& source, const std::string& file) {
  const auto copies = unitee::header_copies::read(source);
  if (copies) return *copies;
  throw input_error{file, copies.error(), length_advice(copies.error(), source.size(), header_in(source))};
}

// note_unsettled says on stderr that a change of the slots is not complete.
void note_unsettled(std::string_view command, const std::string& file);

// reading_of is what is known of the file: --min-generation, a number and, behind a colon, the header's MAC.
unitee::reading reading_of(const arguments& given);

}  // namespace command
