// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/slot_editor.hpp: adding, removing and renewing the ways into a sealed file (FORMAT.md, "Changing slots").
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/reading.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_keys.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace unitee::inline v0 {

// header_store is where a sealed file's header can be changed: a source whose bytes can be written at an offset, and
// sync(), after which what was written stays through a loss of power. header_file is one. A write of 512 bytes at a
// multiple of 512 must happen or not happen.
template <class S>
concept header_store = byte_source<S> && requires(S& store, std::uint64_t offset, byte_view in) {
  { store.write_at(offset, in) }
  noexcept->std::same_as<result<void>>;
  { store.sync() }
  noexcept->std::same_as<result<void>>;
};

// slot_editor changes the slots of a sealed file without touching its payload. Changes are gathered, and commit writes
// them as one: at every moment the file opens with the slots before or with those after. It refers to the store, which
// nobody else writes to meanwhile.
template <header_store Store>
class slot_editor {
 public:
  // open needs a key of one of the slots. Failures are those of sealed_reader::open for the header. A change that
  // somebody began and did not complete is completed by the next commit.
  template <slot_keys Keys>
  static result<slot_editor> open(Store& store, Keys&& keys, const reading& how = {}) {
    const auto copies = header_copies::read(store);
    if (!copies) return copies.error();
    auto opened = copies->open(keys, how);
    if (!opened) return opened.error();
    return slot_editor(store, std::move(*opened));
  }

  // header is authentic, and as it stands in the store.
  [[nodiscard]] const sealed_header& header() const noexcept { return opened_.header; }
  [[nodiscard]] bool is_settled() const noexcept { return opened_.is_settled; }

  // slot_count and slot are those that commit would write; another i than 0 to slot_count() - 1 stops the program.
  [[nodiscard]] std::size_t slot_count() const noexcept { return count_; }
  [[nodiscard]] slot_view slot(std::size_t i) const& noexcept {
    if (i >= count_) detail::stop();
    return *slot_view::parse(slots_[i], 0);
  }
  slot_view slot(std::size_t i) const&& = delete;

  // add is one more slot, behind the others; errc::no_space with the number of slots when there are 15.
  result<void> add(const new_slot& one) noexcept {
    if (count_ == sealed_header::max_slots) return failure{errc::no_space, count_, part::sealed_header};
    const auto wrapped = one.wrap(opened_.file, opened_.data_key);
    if (!wrapped) return wrapped.error();
    slots_[count_++] = *wrapped;
    return {};
  }

  // remove takes a slot out; those behind it move up. errc::bad_value at i when there is no such slot, and at
  // slot_count for the last one, since nobody could open the file any more.
  result<void> remove(std::size_t i) noexcept {
    if (i >= count_) return failure{errc::bad_value, i, part::sealed_header};
    if (count_ == 1) return failure{errc::bad_value, 204, part::sealed_header};
    std::copy(slots_.begin() + static_cast<std::ptrdiff_t>(i) + 1, slots_.begin() + static_cast<std::ptrdiff_t>(count_),
              slots_.begin() + static_cast<std::ptrdiff_t>(i));
    --count_;
    return {};
  }

  // replace puts another slot in a slot's place: hardware_key::renewed gives the one for the TCB of now.
  result<void> replace(std::size_t i, const new_slot& by) noexcept {
    if (i >= count_) return failure{errc::bad_value, i, part::sealed_header};
    const auto wrapped = by.wrap(opened_.file, opened_.data_key);
    if (!wrapped) return wrapped.error();
    slots_[i] = *wrapped;
    return {};
  }

  // commit writes the next generation: four writes, each durable before the next begins. Once it has succeeded,
  // header() is what a caller may record (see reading). When there is no generation
  // left it is errc::no_space at generation, and nothing is written. After a failure of the store the file opens as
  // before or as after, and this editor is done: open another.
  result<void> commit() noexcept {
    if (!usable_) return failure{errc::io_error, 0, part::sealed_header};
    auto next = opened_.header.with_slots(std::span(slots_).first(count_));
    if (!next) return next.error();
    usable_ = false;
    if (const auto done = settle_writes(); !done) return done;
    if (const auto done = put_sector(0, header_state::changing, opened_.header); !done) return done;
    if (const auto done = put_copy(1, header_state::changing, *next); !done) return done;
    if (const auto done = put_copy(0, header_state::settled, *next); !done) return done;
    if (const auto done = put_sector(1, header_state::settled, *next); !done) return done;
    return keep(*next);
  }

  // settle completes a change that was begun before, and writes nothing when there is none. What is gathered stays
  // gathered.
  result<void> settle() noexcept {
    if (!usable_) return failure{errc::io_error, 0, part::sealed_header};
    usable_ = false;
    if (const auto done = settle_writes(); !done) return done;
    return keep(opened_.header);
  }

 private:
  slot_editor(Store& store, opened_header&& opened) noexcept
      : store_(&store), opened_(std::move(opened)), count_(opened_.header.slot_count()) {
    for (std::size_t i = 0; i < count_; ++i) {
      detail::copy_bytes(opened_.header.slot(i).bytes(), slots_[i]);
    }
  }

  // keep takes what was written, with its MAC, for the header.
  result<void> keep(const sealed_header& written) noexcept {
    const auto settled = signed_header(written, header_state::settled);
    if (!settled) return settled.error();
    opened_.header = *settled;
    opened_.is_settled = true;
    opened_.needs_copy_0 = false;
    usable_ = true;
    return {};
  }

  // settle_writes begins with a sync: what was read may be what a program wrote that ended before it was durable, and
  // could be lost together with the first write that relies on it.
  result<void> settle_writes() noexcept {
    if (const auto done = store_->sync(); !done) return done;
    if (opened_.is_settled) return {};
    const std::size_t whole = opened_.needs_copy_0 ? 0 : 1;
    if (const auto done = put_copy(whole, header_state::settled, opened_.header); !done) return done;
    if (const auto done = put_sector(1 - whole, header_state::settled, opened_.header); !done) return done;
    opened_.is_settled = true;
    return {};
  }

  // put_copy and put_sector write a copy, or the sector with its fields, with that state, and wait until it is durable.
  result<void> put_copy(std::size_t copy, header_state state, const sealed_header& header) noexcept {
    return put(copy, state, header, sealed_header::size);
  }
  result<void> put_sector(std::size_t copy, header_state state, const sealed_header& header) noexcept {
    return put(copy, state, header, sealed_header::sector_size);
  }
  result<void> put(std::size_t copy, header_state state, const sealed_header& header, std::size_t bytes) noexcept {
    const auto out = signed_header(header, state);
    if (!out) return out.error();
    const std::uint64_t place = copy == 0 ? 0 : sealed_geometry::second_header_offset;
    if (const auto done = store_->write_at(place, out->bytes().first(bytes)); !done) return done;
    return store_->sync();
  }

  [[nodiscard]] result<sealed_header> signed_header(const sealed_header& header, header_state state) const noexcept {
    sealed_header out = header.with_state(state);
    const auto mac = detail::mac_of(out, opened_.keys.header);
    if (!mac) return mac.error();
    out.put_mac(*mac);
    return out;
  }

  Store* store_;
  opened_header opened_;
  std::array<slot_bytes, sealed_header::max_slots> slots_{};
  std::size_t count_;
  bool usable_ = true;
};

}  // namespace unitee::inline v0
