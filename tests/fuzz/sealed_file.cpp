// SPDX-License-Identifier: Apache-2.0
//
// Any bytes are refused, or open and then read the same, or are refused, however they are read. The key is that of the
// seeds, so that some inputs do open; what gets past authentication otherwise is for sealed_file_signed.
#include "reached.hpp"
#include "sealed_reading.hpp"
#include "sealed_seeds.hpp"

#include <unitee/bytes/source.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/public_metadata.hpp>
#include <unitee/seal/sealed_reader.hpp>

#include <cstddef>
#include <cstdint>

namespace {

using namespace unitee;
using fuzz::require;

// check_public says that what everybody can read of the metadata is refused where it stands.
void check_public(byte_view input) {
  const auto copies = header_copies::read(memory_source(input));
  if (!copies) return;
  const auto seen = public_metadata::read(memory_source(input), copies->header());
  const bool is_public = copies->header().metadata_form() == metadata_form::is_public;
  require(seen || seen.error().in == (is_public ? part::sealed_metadata : part::sealed_header));
  require(is_public || !seen);
}

template <class Source>
result<fuzz::octets> read(byte_view input) {
  const auto reader = sealed_reader<Source>::open(Source{input}, caller_key(fuzz::slot_key()), {.cached_segments = 1});
  if (!reader) return reader.error();
  require(reader->header().geometry().file_size() == input.size() && reader->size() <= input.size());
  return fuzz::read_every_way(*reader);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view input(data, size);
  check_public(input);
  const auto lent = read<memory_source>(input);
  const auto copied = read<fuzz::copied_source>(input);
  require(lent.has_value() == copied.has_value());
  require(lent ? *lent == *copied : lent.error() == copied.error());
  if (lent) unitee::fuzz::reached();
  return 0;
}
