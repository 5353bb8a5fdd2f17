// SPDX-License-Identifier: Apache-2.0
//
// A header that parses gives back its bytes, and is what can be made of what it says; a refusal is where the reason
// stands.
#include "reached.hpp"
#include "sealed_seeds.hpp"

#include <unitee/bytes/view.hpp>
#include <unitee/seal/sealed_header.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace {

using namespace unitee;
using fuzz::require;

void check_refusal(const failure& why, byte_view input) {
  require(why.in == part::sealed_header && why.offset <= input.size());
  if (why.code == errc::truncated) require(why.offset == input.size());
  if (why.code == errc::reserved_not_zero) require(input[static_cast<std::size_t>(why.offset)] != 0);
}

// check_places says that everything stands behind the one before it, and segments cover the payload.
void check_places(const sealed_geometry& of) {
  require(of.tag_table_offset() >= sealed_geometry::metadata_offset + of.metadata_size());
  require(of.tag_table_offset() % 4096 == 0 && of.payload_offset() % 4096 == 0);
  require(of.payload_offset() - of.tag_table_offset() >= 16 * of.segments());
  require(of.file_size() - of.payload_offset() == of.payload_size());
  require((of.segments() == 0) == (of.payload_size() == 0));
  if (of.segments() == 0) return;
  const std::uint64_t last = of.segments() - 1;
  require(of.size_of(last) != 0 && of.size_of(last) <= of.segment_size());
  require(of.place_of(last) + of.size_of(last) == of.file_size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view input(data, size);
  const auto header = sealed_header::parse(input);
  if (!header) {
    check_refusal(header.error(), input);
    return 0;
  }
  require(equal(header->bytes(), input));
  check_places(header->geometry());
  const sealed_header::invariants invariants{header->geometry(), header->protection(), header->metadata_form(),
                                             header->file_id()};
  require(equal(invariants.encode(), header->invariant()));

  require(header->slot_count() >= 1 && header->slot_count() <= sealed_header::max_slots);
  std::array<slot_bytes, sealed_header::max_slots> slots{};
  for (std::size_t i = 0; i < header->slot_count(); ++i) {
    std::ranges::copy(header->slot(i).bytes(), slots[i].begin());
  }
  const auto used = std::span<const slot_bytes>(slots).first(header->slot_count());
  const auto next = header->with_slots(used);
  require(next.has_value() == (header->generation() != ~std::uint64_t{0}));
  if (next) require(next->is_same_file(*header) && next->generation() == header->generation() + 1);
  const auto made = sealed_header::create(invariants, header->commitment(), header->tag_table_mac(), used);
  require(made.has_value());
  if (header->generation() == 1) require(made->is_same_but_for_state(*header));
  const sealed_header again = header->with_state(header_state::changing).with_state(header->state());
  require(equal(again.bytes(), input));
  unitee::fuzz::reached();
  return 0;
}
