// SPDX-License-Identifier: Apache-2.0

#include <unitee/seal/seal.hpp>

#include "../table.hpp"
#include "task.hpp"

#include <algorithm>

namespace benchmarks {
namespace {

// The key of the only slot. The data key beneath is drawn anew by every seal().
const unitee::secret<32>& slot_key() {
  static const auto key =
      unitee::secret<32>::made_by([](std::span<std::uint8_t, 32> out) { std::ranges::fill(out, std::uint8_t{7}); });
  return key;
}

}  // namespace

sealer unitee_sealer(sealing_memory& memory) {
  return {[&memory] {
            unitee::memory_sink sink(memory.sealed);
            return unitee::seal(unitee::memory_source(memory.plaintext), sink,
                                {unitee::slot_kind::caller_key, {}, slot_key()})
                .has_value();
          },
          [&memory] {
            unitee::memory_sink sink(memory.opened);
            return unitee::unseal(unitee::memory_source(memory.sealed), sink, slot_key()).has_value();
          }};
}

std::size_t sealed_size(std::size_t size) {
  const auto geometry = unitee::sealed_geometry::of(size, unitee::default_segment_size);
  require(geometry.has_value(), "the format does not allow this size");
  return static_cast<std::size_t>(geometry->file_size());
}

void with_payload(const sealing_memory& memory, const std::function<void(const sealed_payload&)>& use) {
  const unitee::byte_view file(memory.sealed);
  const auto header = unitee::read_header(unitee::memory_source(file));
  require(header.has_value(), "the sealed file has no header");
  const auto data_key = unitee::detail::unwrap(header->slot(0), header->file_salt(), slot_key());
  require(data_key.has_value(), "the slot does not open");
  const auto keys = unitee::detail::sealed_keys::derive(*data_key, header->file_salt());
  require(keys.has_value(), "the payload key cannot be derived");
  const auto geometry = header->geometry();
  use({keys->payload.expose(), file.subspan(static_cast<std::size_t>(geometry.payload_offset())),
       file.subspan(geometry.tag_table_offset, static_cast<std::size_t>(geometry.segments()) * geometry.tag_size)});
}

}  // namespace benchmarks
