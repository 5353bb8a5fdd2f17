// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/header_copies.hpp: the two copies of a sealed file's header, and which of them is the header (FORMAT.md,
// "Reading", steps 1 to 6).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/reading.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot_keys.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace unitee::inline v0 {

// opened_header is a header that is authentic, and what its data key is turned into.
struct opened_header {
  sealed_header header;
  secret<32> data_key;
  detail::sealed_keys keys;
  detail::file_binding file;
  bool needs_copy_0;  // copy 1 is the header, and says that copy 0 was being written
  bool is_settled;
};

// header_copies is what stands where the header's copies belong. Nothing of it is authentic until it is opened.
class header_copies {
 public:
  // read takes the copies of a file that somebody may be changing: what two readings in a row agree on. When they never
  // do, it is errc::in_use. It refuses what FORMAT.md says in steps 1 and 2, in part::sealed_header: where neither copy
  // is one, or one is not although the other says that it is settled, the offset is that in the file; settled copies
  // that differ are errc::not_authentic at the first byte of copy 1 that does; a file of another length than the header
  // says is errc::truncated where it ends or errc::trailing_data where it should.
  template <byte_source Source>
  static result<header_copies> read(const Source& source) noexcept {
    const std::uint64_t end = source.size();
    const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(end, both));
    buffer first{};
    buffer second{};
    for (int tries = 0; tries < 32; ++tries) {
      if (const auto done = source.read_at(0, byte_span(first).first(there)); !done) return done.error();
      if (const auto done = source.read_at(0, byte_span(second).first(there)); !done) return done.error();
      if (equal(first, second)) return parse(byte_view(first).first(there), end);
    }
    return failure{errc::in_use, 0, part::sealed_header};
  }

  // header is what a reader without a key goes by: the copy with the higher generation.
  [[nodiscard]] const sealed_header& header() const noexcept { return *copies_[newer()]; }

  // is_settled is false where a change of the slots was begun and not completed: it still opens.
  [[nodiscard]] bool is_settled() const noexcept {
    return copies_[0] && copies_[1] && copies_[0]->state() == header_state::settled &&
           copies_[1]->state() == header_state::settled;
  }

  // open finds a slot that the keys open, and says which copy is the header. Keys that open no slot are
  // errc::no_matching_slot, or what was wrong with the only slot that they are for; a commitment or MAC that does not
  // match, and copies that contradict each other, are errc::not_authentic; a key whose slot was removed is
  // errc::no_matching_slot. A header that is older than the caller knows is errc::below_floor, at generation, or at the
  // MAC where it is another one of the same generation.
  template <slot_keys Keys>
  result<opened_header> open(Keys& keys, const reading& how = {}) const {
    auto opened = open_either(keys);
    if (!opened) return opened;
    if (const auto current = check_age(*opened, how); !current) return current.error();
    return opened;
  }

 private:
  static constexpr std::size_t both = 2 * sealed_header::size;
  using buffer = std::array<std::uint8_t, both>;

  static failure refused(errc code, std::uint64_t at) noexcept { return {code, at, part::sealed_header}; }

  static result<header_copies> parse(byte_view bytes, std::uint64_t end) noexcept {
    const auto first = parse_copy(bytes.first(std::min(bytes.size(), sealed_header::size)), 0, end);
    if (bytes.size() < both) return first.has_value() ? refused(errc::truncated, end) : first.error();
    const auto second = parse_copy(bytes.subspan(sealed_header::size), sealed_geometry::second_header_offset, end);
    if (!first && !second) return first.error();
    if (!second && first->state() == header_state::settled) return second.error();
    if (!first && second->state() == header_state::settled) return first.error();
    header_copies out;
    if (first) out.copies_[0] = *first;
    if (second) out.copies_[1] = *second;
    if (out.is_settled() && !equal(first->bytes(), second->bytes())) {
      const auto differ = std::mismatch(first->bytes().begin(), first->bytes().end(), second->bytes().begin());
      const auto at = static_cast<std::uint64_t>(differ.first - first->bytes().begin());
      return refused(errc::not_authentic, sealed_geometry::second_header_offset + at);
    }
    return out;
  }

  // parse_copy takes a copy by itself, at its place in a file of that length.
  static result<sealed_header> parse_copy(byte_view bytes, std::uint64_t place, std::uint64_t end) noexcept {
    auto copy = sealed_header::parse(bytes);
    if (!copy) return refused(copy.error().code, place + copy.error().offset);
    const std::uint64_t wanted = copy->geometry().file_size();
    if (end < wanted) return refused(errc::truncated, end);
    if (end > wanted) return refused(errc::trailing_data, wanted);
    return copy;
  }

  template <slot_keys Keys>
  result<opened_header> open_either(Keys& keys) const {
    const std::size_t preferred = newer();
    auto opened = open_copy(preferred, keys);
    if (opened || is_settled() || opened.error().code == errc::not_authentic) return opened;
    auto other = open_copy(1 - preferred, keys);
    return other || other.error().code == errc::not_authentic ? std::move(other) : std::move(opened);
  }

  // check_age compares the MAC that the header has where it is settled: that is the one to be known.
  static result<void> check_age(const opened_header& opened, const reading& how) noexcept {
    const std::uint64_t generation = opened.header.generation();
    if (generation < how.min_generation) return refused(errc::below_floor, 192);
    if (generation > how.min_generation || !how.mac) return {};
    const auto mac = detail::mac_of(opened.header.with_state(header_state::settled), opened.keys.header);
    if (!mac) return mac.error();
    if (constant_time_equal(mac->value, how.mac->value)) return {};
    return refused(errc::below_floor, 480);
  }

  [[nodiscard]] std::size_t newer() const noexcept {
    if (!copies_[0] || !copies_[1]) return copies_[0] ? 0 : 1;
    return copies_[1]->generation() > copies_[0]->generation() ? 1 : 0;
  }

  // open_copy goes by the data key that a slot of this copy gives.
  template <slot_keys Keys>
  result<opened_header> open_copy(std::size_t with, Keys& keys) const {
    if (!copies_[with]) return refused(errc::no_matching_slot, 0);
    const sealed_header& header = *copies_[with];
    const auto file = detail::file_binding::of(header);
    if (!file) return file.error();
    auto data_key = detail::find_data_key(header, *file, keys);
    if (!data_key) return data_key.error();
    auto derived = detail::sealed_keys::derive(*data_key, *file);
    if (!derived) return derived.error();
    // First of all: a slot can be made that two keys open to two data keys, because GCM does not commit to its key.
    if (!constant_time_equal(derived->commitment.value, header.commitment().value)) {
      return refused(errc::not_authentic, 0);
    }
    std::array<bool, 2> counts{};
    for (std::size_t i = 0; i < 2; ++i) {
      if (!copies_[i] || !copies_[i]->is_same_file(header)) continue;
      const auto mac = detail::mac_of(*copies_[i], derived->header);
      if (!mac) return mac.error();
      counts[i] = constant_time_equal(mac->value, copies_[i]->mac().value);
    }
    const auto current = current_of(counts);
    if (!current) return refused(errc::not_authentic, 0);
    const sealed_header& chosen = *copies_[*current];
    if (*current != with) {
      if (const auto still = detail::find_data_key(chosen, *file, keys); !still) return still.error();
    }
    const bool changing = chosen.state() == header_state::changing;
    return opened_header{chosen, std::move(*data_key),      std::move(*derived),
                         *file,  *current == 1 && changing, is_settled()};
  }

  // current_of is which copy is the header, given which are authentic; nothing where none can be (step 5).
  [[nodiscard]] std::optional<std::size_t> current_of(const std::array<bool, 2>& counts) const noexcept {
    if (!counts[0] && !counts[1]) return std::nullopt;
    if (!counts[0] || !counts[1]) {
      const std::size_t only = counts[0] ? 0 : 1;
      if (copies_[only]->state() != header_state::changing) return std::nullopt;
      return only;
    }
    const sealed_header& first = *copies_[0];
    const sealed_header& second = *copies_[1];
    const bool both_changing = first.state() == header_state::changing && second.state() == header_state::changing;
    if (first.generation() == second.generation()) {
      if (both_changing || !first.is_same_but_for_state(second)) return std::nullopt;
      return second.state() == header_state::changing ? 1 : 0;
    }
    if (second.generation() - first.generation() != 1 || !both_changing) return std::nullopt;
    return 1;
  }

  std::array<std::optional<sealed_header>, 2> copies_;
};

}  // namespace unitee::inline v0
