// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/reading.hpp>

#include "support/catch.hpp"

#include <unitee/crypto/secret.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/seal.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/seal/slot_editor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace test_reading {

using namespace unitee;

namespace {

using octets = std::vector<std::uint8_t>;

secret<32> secret_of(std::uint8_t every) {
  return secret<32>::made_by([&](std::span<std::uint8_t, 32> out) { std::ranges::fill(out, every); });
}

// disk is a file whose writes are durable at once.
struct disk {
  octets bytes;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t at, byte_span out) const noexcept { return memory_source(bytes).read_at(at, out); }
  result<void> write_at(std::uint64_t at, byte_view in) noexcept { return memory_sink(bytes).write_at(at, in); }
  result<void> sync() noexcept { return {}; }
};

// file is a sealed file of 5000 bytes for the keys 1 and 2.
disk file() {
  const octets payload(5000, 7);
  disk out{octets(static_cast<std::size_t>(sealed_geometry::of(payload.size(), 4096)->file_size()))};
  const secret<32> first = secret_of(1);
  const secret<32> second = secret_of(2);
  const std::vector<new_slot> slots = [&] {
    std::vector<new_slot> made;
    made.push_back(*caller_slot(first));
    made.push_back(*caller_slot(second));
    return made;
  }();
  memory_sink sink(out.bytes);
  REQUIRE(seal(memory_source(payload), sink, slots, {.segment_size = 4096}));
  return out;
}

// pinned is what its owner may record of a file.
reading pinned(const sealed_header& header) { return {.min_generation = header.generation(), .mac = header.mac()}; }

result<bool> opens(const octets& bytes, const secret<32>& key, const reading& how) {
  const auto made = sealed_reader<memory_source>::open(memory_source(bytes), caller_key(key), how);
  if (!made) return made.error();
  return made->is_settled();
}

constexpr failure older{errc::below_floor, 192, part::sealed_header};
constexpr failure another{errc::below_floor, 480, part::sealed_header};

}  // namespace

TEST_CASE("a change that was lost cannot be put in the place of the one made instead", "[seal][reading]") {
  const secret<32> kept = secret_of(1);
  const secret<32> removed = secret_of(2);
  const secret<32> added = secret_of(3);
  disk store = file();
  const octets first = store.bytes;

  // The host lets a change happen, keeps the file, and takes the change back as if the power had failed.
  {
    auto editor = slot_editor<disk>::open(store, caller_key(kept));
    REQUIRE(editor);
    REQUIRE(editor->add(*caller_slot(added)));
    REQUIRE(editor->commit());
  }
  const octets lost = store.bytes;
  store.bytes = first;

  auto editor = slot_editor<disk>::open(store, caller_key(kept));
  REQUIRE(editor);
  REQUIRE(editor->remove(1));
  REQUIRE(editor->commit());
  const reading known = pinned(editor->header());
  REQUIRE(known.min_generation == 2);

  CHECK(*opens(store.bytes, kept, known));
  CHECK(opens(first, kept, known).error() == older);
  CHECK(*opens(lost, removed, {.min_generation = 2}));  // the generation alone does not tell
  CHECK(opens(lost, removed, known).error() == another);
  CHECK(opens(lost, kept, known).error() == another);
  disk back{lost};
  CHECK(slot_editor<disk>::open(back, caller_key(removed), known).error() == another);
}

TEST_CASE("what is known of a file holds while it is being changed, and after", "[seal][reading]") {
  const secret<32> kept = secret_of(1);
  disk store = file();
  const reading known = pinned(*sealed_header::parse(byte_view(store.bytes).first(8192)));
  auto editor = slot_editor<disk>::open(store, caller_key(kept), known);
  REQUIRE(editor);

  // Copy 0 as it stands after the first step of a change: the same header in another state, and with another MAC.
  octets before = store.bytes;
  REQUIRE(editor->remove(1));
  struct stopped : disk {
    int left = 1;
    result<void> write_at(std::uint64_t at, byte_view in) noexcept {
      if (left-- == 0) return failure{errc::io_error, 5};
      return disk::write_at(at, in);
    }
  };
  stopped half{{before}};
  auto interrupted = slot_editor<stopped>::open(half, caller_key(kept), known);
  REQUIRE(interrupted);
  REQUIRE(interrupted->remove(1));
  REQUIRE_FALSE(interrupted->commit());
  REQUIRE(half.bytes != before);
  CHECK_FALSE(*opens(half.bytes, kept, known));

  REQUIRE(editor->commit());
  CHECK(*opens(store.bytes, kept, known));  // a newer one is welcome
  reading next = known;
  next.min_generation = 3;
  CHECK(opens(store.bytes, kept, next).error() == older);
}

}  // namespace test_reading
