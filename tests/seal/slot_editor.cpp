// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/slot_editor.hpp>

#include "support/power_cut.hpp"
#include "support/slot_changes.hpp"
#include "support/stops.hpp"

#include <unitee/posix/lock.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace test_slot_editor {

using namespace unitee;
using namespace unitee::test::slot_changes;
using test::need;
using test::remembered_store;
using editor = slot_editor<remembered_store>;
using ids = std::vector<int>;

namespace {

static_assert(header_store<remembered_store> && !header_store<const remembered_store> && !header_store<memory_source>);

result<editor> try_edit(remembered_store& store, std::uint8_t key, const reading& with = {}) {
  const secret<32> own = secret_of(key);
  return editor::open(store, caller_key(own), with);
}
editor edit(remembered_store& store, std::uint8_t key) { return need(try_edit(store, key)); }

failure in_header(errc code, std::uint64_t at) { return {code, at, part::sealed_header}; }

// with_generation is a file, settled, that has come so far.
octets with_generation(octets file, std::uint64_t generation) {
  store_le<std::uint64_t>(byte_span(file).subspan<192, 8>(), generation);
  auto header = need(sealed_header::parse(byte_view(file).first(sealed_header::size)));
  const auto material = test::fixed_material(0x11, 0x44);
  const auto keys = need(detail::sealed_keys::derive(material.data_key, need(detail::file_binding::of(header))));
  header.put_mac(need(detail::mac_of(header, keys.header)));
  for (const std::ptrdiff_t at : {0, 8192}) std::ranges::copy(header.bytes(), file.begin() + at);
  return file;
}

}  // namespace

TEST_CASE("slots are added, removed and replaced, and nothing else of the file changes", "[seal][slot_editor]") {
  remembered_store store(file_with({1, 2, 3}));
  auto by = edit(store, 2);
  CHECK(by.is_settled());
  CHECK(by.slot_count() == 3);
  need(by.remove(0));
  CHECK(by.slot_count() == 2);
  CHECK(by.slot(0).params()[0] == 2);
  CHECK(by.slot(1).params()[0] == 3);
  need(by.add(slot_for(4)));
  need(by.replace(1, slot_for(5)));
  CHECK(store.events().empty());
  CHECK(by.header().slot_count() == 3);
  need(by.commit());
  for (const std::uint8_t key : octets{2, 5, 4}) {
    CHECK(need(seen_by(store.now(), key)).ids() == ids{2, 5, 4});
    CHECK(need(seen_by(store.now(), key)).generation == 2);
  }
  for (const std::uint8_t key : octets{1, 3}) CHECK(seen_by(store.now(), key).error() == no_way_in);
  CHECK(copies_are_equal(store.now()));
  const auto differ = std::ranges::mismatch(byte_view(store.now()).first(192), byte_view(store.first()).first(192));
  CHECK(differ.in1 == byte_view(store.now()).first(192).end());
  CHECK(equal(byte_view(store.now()).subspan(16384), byte_view(store.first()).subspan(16384)));
}

TEST_CASE("a change is four writes, each durable before the next", "[seal][slot_editor]") {
  remembered_store store(file_with({1, 2}));
  auto by = edit(store, 1);
  need(by.remove(1));
  need(by.commit());
  // (offset, size, generation, state), a sync behind each, and one before all of them.
  const std::vector<std::vector<std::uint64_t>> wanted{
      {0, 512, 1, 2}, {8192, 8192, 2, 2}, {0, 8192, 2, 1}, {8192, 512, 2, 1}};
  REQUIRE(store.events().size() == 9);
  for (std::size_t i = 0; i < 9; i += 2) CHECK(store.events()[i].is_sync());
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& write = store.events()[2 * i + 1];
    REQUIRE(write.bytes.size() >= 512);
    const byte_view bytes = write.bytes;
    CHECK(std::vector<std::uint64_t>{write.offset, bytes.size(), load_le<std::uint64_t>(bytes.subspan<192, 8>()),
                                     load_le<std::uint32_t>(bytes.subspan<200, 4>())} == wanted[i]);
  }
}

TEST_CASE("an editor's header is what stands in the store", "[seal][slot_editor]") {
  remembered_store store(file_with({1, 2}));
  auto by = edit(store, 1);
  const auto same = [&] { return equal(by.header().bytes(), byte_view(store.now()).first(sealed_header::size)); };
  CHECK(same());
  need(by.settle());
  CHECK(same());
  need(by.add(slot_for(3)));
  CHECK(same());
  need(by.commit());
  CHECK(same());
  need(by.remove(0));
  need(by.commit());
  CHECK(same());
  CHECK(by.header().generation() == 3);
  CHECK(need(seen_by(store.now(), 3)).ids() == ids{2, 3});
}

TEST_CASE("there are up to fifteen slots, and no more", "[seal][slot_editor]") {
  remembered_store store(file_with({1}));
  auto by = edit(store, 1);
  for (std::uint8_t key = 2; key <= 15; ++key) need(by.add(slot_for(key)));
  CHECK(by.add(slot_for(16)).error() == in_header(errc::no_space, 15));
  CHECK(by.slot_count() == 15);
  need(by.commit());
  for (std::uint8_t key = 1; key <= 15; ++key) CHECK(need(seen_by(store.now(), key)).slots.size() == 15);
  CHECK(seen_by(store.now(), 16).error() == no_way_in);
  auto again = edit(store, 15);
  CHECK(again.add(slot_for(16)).error() == in_header(errc::no_space, 15));
  need(again.replace(14, slot_for(16)));
  need(again.commit());
  CHECK(seen_by(store.now(), 16).has_value());
  CHECK(seen_by(store.now(), 15).error() == no_way_in);
}

TEST_CASE("the last slot is not removed, and neither is one that is not there", "[seal][slot_editor]") {
  remembered_store store(file_with({1, 2}));
  auto by = edit(store, 1);
  CHECK(by.remove(2).error() == in_header(errc::bad_value, 2));
  CHECK(by.replace(2, slot_for(3)).error() == in_header(errc::bad_value, 2));
  need(by.remove(0));
  CHECK(by.remove(0).error() == in_header(errc::bad_value, 204));
  CHECK(by.remove(1).error() == in_header(errc::bad_value, 1));
  CHECK(by.slot_count() == 1);
  need(by.replace(0, slot_for(3)));
  need(by.commit());
  CHECK(need(seen_by(store.now(), 3)).ids() == ids{3});
  CHECK(seen_by(store.now(), 1).error() == no_way_in);
  CHECK(test::stops([&] { return static_cast<int>(by.slot(1).kind()); }));
}

TEST_CASE("of a slot that was removed or replaced nothing is left in the file", "[seal][slot_editor]") {
  remembered_store store(file_with({1, 2, 3}));
  const auto before = need(seen_by(store.now(), 1));
  auto by = edit(store, 1);
  need(by.remove(2));
  need(by.replace(1, slot_for(2)));
  need(by.commit());
  CHECK_FALSE(holds_slot(store.now(), before.slots[2]));
  CHECK_FALSE(holds_slot(store.now(), before.slots[1]));
  CHECK(holds_slot(store.now(), before.slots[0]));
  CHECK(seen_by(store.now(), 2).has_value());  // the same key, wrapped anew
}

TEST_CASE("each change is the next generation, and a reader can insist on it", "[seal][slot_editor]") {
  remembered_store store(file_with({1, 2}));
  auto by = edit(store, 1);
  const octets first = store.now();
  for (std::uint64_t n = 2; n < 40; ++n) {
    need(by.replace(1, slot_for(2)));
    need(by.commit());
    CHECK(by.header().generation() == n);
    CHECK(need(seen_by(store.now(), 2)).generation == n);
  }
  CHECK(seen_by(store.now(), 1, {.min_generation = 39}).has_value());
  CHECK(seen_by(store.now(), 1, {.min_generation = 40}).error() == in_header(errc::below_floor, 192));
  CHECK(try_edit(store, 1, {.min_generation = 39}).has_value());
  CHECK(try_edit(store, 1, {.min_generation = 40}).error() == in_header(errc::below_floor, 192));
  // A host that puts the first header back gets it past everyone who does not insist.
  CHECK(seen_by(first, 2).has_value());
  CHECK(seen_by(first, 2, {.min_generation = 2}).error() == in_header(errc::below_floor, 192));
}

TEST_CASE("behind the last generation there is none, and the file stays as it is", "[seal][slot_editor]") {
  const std::uint64_t last = ~std::uint64_t{0};
  remembered_store store(with_generation(file_with({1, 2}), last - 1));
  auto by = edit(store, 1);
  need(by.remove(1));
  need(by.commit());
  CHECK(need(seen_by(store.now(), 1)).generation == last);
  const octets file = store.now();
  need(by.add(slot_for(3)));
  CHECK(by.commit().error() == in_header(errc::no_space, 192));
  CHECK(store.now() == file);
  CHECK(seen_by(file, 1, {.min_generation = last}).has_value());
}

TEST_CASE("settling a settled file writes nothing, and keeps what is gathered", "[seal][slot_editor]") {
  remembered_store store(file_with({1, 2}));
  auto by = edit(store, 1);
  need(by.add(slot_for(3)));
  need(by.settle());
  CHECK(store.writes() == 0);
  CHECK(by.slot_count() == 3);
  need(by.commit());
  CHECK(need(seen_by(store.now(), 3)).ids() == ids{1, 2, 3});
}

TEST_CASE("a file's other parts are neither asked for nor needed to change its slots", "[seal][slot_editor]") {
  octets file = file_with({1});
  for (std::size_t at = 16384; at < file.size(); ++at) file[at] ^= 0x5a;
  remembered_store store(file);
  auto by = edit(store, 1);
  need(by.add(slot_for(2)));
  need(by.commit());
  need(edit(store, 2).settle());
  CHECK(equal(byte_view(store.now()).subspan(16384), byte_view(file).subspan(16384)));
}

}  // namespace test_slot_editor
