// SPDX-License-Identifier: Apache-2.0
//
// Any two copies of a header, authentic or not: what opens is one of them, and never the older when both count
// (FORMAT.md, "Reading", steps 2 to 5, written out again). A change that was begun is completed, and slots are changed,
// so that the file opens after every single write.
//
// An input: flags (1 byte: sign copy 0, sign copy 1, copy 1 is of copy 0's file, the file's length is copy 1's), the
// size of copy 0 (2), both copies without the zeros at their end.
#include "reached.hpp"
#include "sealed_seeds.hpp"

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/source.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot_editor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace {

using namespace unitee;
using fuzz::header_bytes;
using fuzz::require;

// two_copies is a file of some length of which only the header can be read. `check` sees it after each write.
struct two_copies {
  std::array<header_bytes, 2> copies;
  std::uint64_t length;
  void (*check)(const two_copies&) = nullptr;

  [[nodiscard]] std::uint64_t size() const noexcept { return length; }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept { return bytes().read_at(offset, out); }
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    require(in.size() == 512 || in.size() == 8192);
    require(offset == 0 || offset == 8192);
    std::ranges::copy(in, copies[offset / 8192].begin());
    if (check != nullptr) check(*this);
    return {};
  }
  [[nodiscard]] static result<void> sync() noexcept { return {}; }

  [[nodiscard]] memory_source bytes() const noexcept {
    static_assert(sizeof(copies) == 16384);
    return memory_source(byte_view(copies[0].data(), std::min<std::uint64_t>(sizeof(copies), length)));
  }
};

// parsed is a copy that passes by itself.
std::optional<sealed_header> parsed(const two_copies& file, std::size_t i) {
  const auto out = sealed_header::parse(file.copies[i]);
  if (!out || out->geometry().file_size() != file.length) return std::nullopt;
  return *out;
}

bool is_settled(const std::optional<sealed_header>& copy) { return copy && copy->state() == header_state::settled; }
bool is_changing(const std::optional<sealed_header>& copy) { return copy && copy->state() == header_state::changing; }

// is_readable is step 2.
bool is_readable(const std::optional<sealed_header>& first, const std::optional<sealed_header>& second) {
  if (first && second) return !is_settled(first) || !is_settled(second) || equal(first->bytes(), second->bytes());
  return is_changing(first) || is_changing(second);
}

bool counts(const std::optional<sealed_header>& copy, const sealed_header& opened, const detail::sealed_keys& keys) {
  return copy && copy->is_same_file(opened) && *detail::mac_of(*copy, keys.header) == copy->mac();
}

bool has_slot_for(const sealed_header& header, const secret<32>& key, const secret<32>& data_key) {
  const auto file = *detail::file_binding::of(header);
  for (std::size_t i = 0; i < header.slot_count(); ++i) {
    const slot_view slot = header.slot(i);
    if (slot.kind() != slot_kind::caller_key) continue;
    const auto found = detail::unwrap(slot, file, key);
    if (found && constant_time_equal(found->expose(), data_key.expose())) return true;
  }
  return false;
}

// check_opened holds what opened against steps 3 to 5.
void check_opened(const two_copies& file, const opened_header& opened, const secret<32>& key) {
  const std::array copies{parsed(file, 0), parsed(file, 1)};
  const sealed_header& header = opened.header;
  const std::size_t which = copies[0] && equal(copies[0]->bytes(), header.bytes()) ? 0 : 1;
  const auto& other = copies[1 - which];
  require(copies[which] && equal(copies[which]->bytes(), header.bytes()));
  require(has_slot_for(header, key, opened.data_key));
  const auto keys = *detail::sealed_keys::derive(opened.data_key, opened.file);
  require(keys.commitment == header.commitment() && counts(copies[which], header, keys));
  require(opened.is_settled == (is_settled(copies[0]) && is_settled(copies[1])));
  require(opened.needs_copy_0 == (which == 1 && is_changing(copies[1])));
  if (!counts(other, header, keys)) {
    require(is_changing(copies[which]));
  } else if (other->generation() == header.generation()) {
    require(other->is_same_but_for_state(header) && !(is_changing(copies[0]) && is_changing(copies[1])));
  } else {
    require(which == 1 && header.generation() == other->generation() + 1);
    require(is_changing(copies[0]) && is_changing(copies[1]));
  }
}

// should_open is which of two copies that were both signed, and are read, opens: nothing where none does.
std::optional<std::size_t> should_open(const sealed_header& first, const sealed_header& second, const secret<32>& key) {
  const std::array copies{&first, &second};
  const bool both = first.state() == header_state::changing && second.state() == header_state::changing;
  std::size_t which = second.state() == header_state::changing ? 1 : 0;
  if (!first.is_same_file(second)) {  // the one that has a slot counts alone
    which = second.generation() > first.generation() ? 1 : 0;
    if (!has_slot_for(*copies[which], key, fuzz::data_key())) which = 1 - which;
    if (copies[which]->state() != header_state::changing) return std::nullopt;
  } else if (first.generation() == second.generation()) {
    if (both || !first.is_same_but_for_state(second)) return std::nullopt;
  } else if (!both || second.generation() == 0 || second.generation() - 1 != first.generation()) {
    return std::nullopt;
  }
  if (!has_slot_for(*copies[which], key, fuzz::data_key())) return std::nullopt;
  return which;
}

result<opened_header> open(const two_copies& file, const secret<32>& key) {
  const auto copies = header_copies::read(file);
  require(copies.has_value() == is_readable(parsed(file, 0), parsed(file, 1)));
  if (!copies) return copies.error();
  caller_key keys(key);
  auto out = copies->open(keys);
  if (out) check_opened(file, *out, key);
  return out;
}

void check_still_opens(const two_copies& file) { require(open(file, fuzz::slot_key()).has_value()); }

// check_change completes what was begun, and then writes a next generation with the same slots.
void check_change(two_copies file, const opened_header& before) {
  file.check = check_still_opens;
  const bool has_other = has_slot_for(before.header, fuzz::other_slot_key(), before.data_key);
  auto editor = slot_editor<two_copies>::open(file, caller_key(fuzz::slot_key()));
  require(editor && editor->settle());
  const auto settled = open(file, fuzz::slot_key());
  require(settled && settled->is_settled && settled->header.is_same_but_for_state(before.header));
  require(file.copies[0] == file.copies[1] && open(file, fuzz::other_slot_key()).has_value() == has_other);

  const auto done = editor->commit();
  const bool is_last = before.header.generation() == ~std::uint64_t{0};
  require(done.has_value() != is_last);
  const auto next = open(file, fuzz::slot_key());
  require(next && next->is_settled && file.copies[0] == file.copies[1]);
  require(next->header.generation() == before.header.generation() + (is_last ? 0 : 1));
  require(equal(next->header.authenticated_slots(), before.header.authenticated_slots()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::span all(data, size);
  const std::uint8_t flags = all[0];
  byte_view rest = all.subspan(3);
  two_copies file{};
  file.copies[0] = fuzz::padded(fuzz::take(rest, load_le<std::uint16_t>(all.subspan<1, 2>())));
  file.copies[1] = fuzz::padded(rest);
  if ((flags & 4) != 0) std::copy_n(file.copies[0].begin(), sealed_header::fixed_size, file.copies[1].begin());
  for (const std::size_t i : {0U, 1U}) {
    if ((flags >> i & 1) != 0) fuzz::sign(file.copies[i], fuzz::keys_of(file.copies[i]));
  }
  const auto by = sealed_header::parse(file.copies[flags >> 3 & 1]);
  file.length = by ? by->geometry().file_size() : sizeof(file.copies);

  const auto opened = open(file, fuzz::slot_key());
  const auto others = open(file, fuzz::other_slot_key());
  const auto first = parsed(file, 0);
  const auto second = parsed(file, 1);
  if (!opened) require(opened.error().in == part::sealed_header);
  if (opened && others && first && second && first->is_same_file(*second)) {
    require(equal(opened->header.bytes(), others->header.bytes()));
  }
  if ((flags & 3) == 3 && first && second && is_readable(first, second)) {
    const auto which = should_open(*first, *second, fuzz::slot_key());
    require(opened.has_value() == which.has_value());
    require(!which || equal(opened->header.bytes(), (*which == 0 ? first : second)->bytes()));
  }
  if (opened) {
    check_change(file, *opened);
    unitee::fuzz::reached();
  }
  return 0;
}
