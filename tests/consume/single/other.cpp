// SPDX-License-Identifier: Apache-2.0
#include "other.hpp"

namespace other {

using namespace unitee;

result<bool> sealed_and_opened(const guest::insecure_simulated_snp& guest) {
  const auto slot = hardware_slot(guest);
  if (!slot) return slot.error();
  constexpr std::uint32_t segment = 4096;
  const std::vector<std::uint8_t> model(3 * segment + 1, 42);
  const auto geometry = sealed_geometry::of(model.size(), segment, 0);
  if (!geometry) return geometry.error();
  std::vector<std::uint8_t> file(geometry->file_size());
  memory_sink sink(file);
  if (const auto done = seal(memory_source(model), sink, std::span(&*slot, 1), {.segment_size = segment}); !done) {
    return done.error();
  }

  const auto reader = sealed_reader<memory_source>::open(memory_source(file), hardware_key(guest));
  if (!reader) return reader.error();
  std::vector<std::uint8_t> again(model.size());
  if (const auto read = reader->read_all(again); !read) return read.error();
  return again == model;
}

}  // namespace other
