// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/sealed_header.hpp: the header of a sealed file (FORMAT.md, "The header").
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/slot_view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace unitee::inline v0 {

using file_id = fixed_bytes<32, struct file_id_tag>;
using key_commitment = fixed_bytes<32, struct key_commitment_tag>;

// protection is what is done to the payload.
enum class protection : std::uint32_t {
  confidential = 1,    // encrypted and authenticated
  integrity_only = 2,  // authenticated; everyone can read it
};

// metadata_form is how the metadata stand in the file.
enum class metadata_form : std::uint32_t {
  none = 0,
  is_public = 1,  // everyone can read them
  encrypted = 2,
};

// header_state says whether the other copy of the header can be relied on.
enum class header_state : std::uint32_t {
  settled = 1,   // both copies are the same
  changing = 2,  // the other copy is being written, and may be anything
};

// sealed_header owns the 8192 bytes of one header copy and reads fields out of them. Parsing says nothing about who
// wrote it: that takes a key (sealed_reader).
class sealed_header {
 public:
  static constexpr std::size_t size = sealed_geometry::header_size;
  static constexpr std::size_t max_slots = 15;
  static constexpr std::size_t invariant_size = 128;  // every key of the file depends on these bytes
  static constexpr std::size_t fixed_size = 192;      // these bytes are the same in both copies, whatever the slots
  static constexpr std::size_t sector_size = 512;     // written at once: the fields, and not the slots

  // parse takes exactly one header copy: bytes that begin like no sealed file are errc::unrecognized, another version
  // is errc::unsupported_version, and whatever contradicts the format is refused at its offset, all in
  // part::sealed_header.
  static constexpr result<sealed_header> parse(byte_view bytes) noexcept {
    const auto fail = [](errc code, std::uint64_t at) { return failure{code, at, part::sealed_header}; };
    const std::size_t seen = std::min(bytes.size(), magic.size());
    if (seen == 0 || !equal(bytes.first(seen), byte_view(magic.value).first(seen))) return fail(errc::unrecognized, 0);
    if (bytes.size() < size) return fail(errc::truncated, bytes.size());
    if (bytes.size() > size) return fail(errc::trailing_data, size);
    if (row::version::read(bytes) != 1) return fail(errc::unsupported_version, row::version::offset);
    if (row::header_size::read(bytes) != size) return fail(errc::bad_value, row::header_size::offset);
    const std::uint32_t protected_by = row::protection::read(bytes);
    if (protected_by != 1 && protected_by != 2) return fail(errc::bad_value, row::protection::offset);
    const auto sizes = sealed_geometry::of(row::payload_size::read(bytes), row::segment_size::read(bytes));
    if (!sizes) return sizes.error();
    const std::uint32_t form = row::metadata_form::read(bytes);
    if (form > 2) return fail(errc::bad_value, row::metadata_form::offset);
    const auto geometry =
        sealed_geometry::of(sizes->payload_size(), sizes->segment_size(), row::metadata_size::read(bytes));
    if (!geometry) return geometry.error();
    const bool fits =
        form == 0 ? geometry->metadata_size() == 0 : geometry->metadata_size() >= sealed_geometry::tag_size;
    if (!fits) return fail(errc::bad_length, row::metadata_size::offset);
    if (row::payload_offset::read(bytes) != geometry->payload_offset()) {
      return fail(errc::bad_length, row::payload_offset::offset);
    }
    if (const auto clean = invariant_rows::check(bytes, part::sealed_header); !clean) return clean.error();
    if (row::generation::read(bytes) == 0) return fail(errc::bad_value, row::generation::offset);
    const std::uint32_t state = row::state::read(bytes);
    if (state != 1 && state != 2) return fail(errc::bad_value, row::state::offset);
    const std::uint32_t slots = row::slot_count::read(bytes);
    if (slots == 0 || slots > max_slots) return fail(errc::bad_value, row::slot_count::offset);
    if (const auto clean = row::all::check(bytes, part::sealed_header); !clean) return clean.error();
    for (std::size_t i = 0; i < slots; ++i) {
      if (const auto slot = slot_view::parse(slot_at(bytes, i), slot_offset(i)); !slot) return slot.error();
    }
    const byte_view unused = bytes.subspan(slot_offset(slots));
    if (const std::size_t at = first_nonzero(unused); at != unused.size()) {
      return fail(errc::reserved_not_zero, slot_offset(slots) + at);
    }
    return sealed_header(bytes);
  }

  // invariants is what is decided about a file before anything of it is written.
  struct invariants {
    sealed_geometry geometry;
    unitee::protection protection;
    unitee::metadata_form metadata_form;
    unitee::file_id file_id;

    // encode is bytes 0..128 of the header.
    [[nodiscard]] constexpr std::array<std::uint8_t, invariant_size> encode() const noexcept {
      std::array<std::uint8_t, invariant_size> out{};
      row::magic::write(out, magic);
      row::version::write(out, 1);
      row::header_size::write(out, std::uint32_t{size});
      row::protection::write(out, static_cast<std::uint32_t>(protection));
      row::segment_size::write(out, geometry.segment_size());
      row::payload_size::write(out, geometry.payload_size());
      row::payload_offset::write(out, geometry.payload_offset());
      row::metadata_form::write(out, static_cast<std::uint32_t>(metadata_form));
      row::metadata_size::write(out, geometry.metadata_size());
      row::file_id::write(out, file_id);
      return out;
    }
  };

  // create is the header of a new file, complete but for its MAC: generation 1, settled. There are 1 to max_slots
  // slots; another number is errc::bad_value at slot_count.
  static constexpr result<sealed_header> create(const invariants& fixed, const key_commitment& commitment,
                                                const sha256_digest& tag_table_mac,
                                                std::span<const slot_bytes> slots) noexcept {
    std::array<std::uint8_t, size> out{};
    detail::copy_bytes(fixed.encode(), out);
    row::commitment::write(out, commitment);
    row::tag_table_mac::write(out, tag_table_mac);
    row::generation::write(out, 1);
    row::state::write(out, static_cast<std::uint32_t>(header_state::settled));
    put_slots(out, slots);
    return parse(out);
  }

  // with_slots is the header of the next generation, complete but for its MAC: errc::no_space at generation when there
  // is no next one, errc::bad_value at slot_count for none or more than max_slots slots.
  [[nodiscard]] constexpr result<sealed_header> with_slots(std::span<const slot_bytes> slots) const noexcept {
    if (generation() == ~std::uint64_t{0}) return failure{errc::no_space, row::generation::offset, part::sealed_header};
    std::array<std::uint8_t, size> out = bytes_;
    row::generation::write(out, generation() + 1);
    put_slots(out, slots);
    return parse(out);
  }

  // with_state is the same header with another state; its MAC is no longer right.
  [[nodiscard]] constexpr sealed_header with_state(header_state state) const noexcept {
    sealed_header out = *this;
    row::state::write(out.bytes_, static_cast<std::uint32_t>(state));
    return out;
  }

  constexpr void put_mac(const sha256_digest& mac) noexcept { row::header_mac::write(bytes_, mac); }

  [[nodiscard]] constexpr unitee::protection protection() const noexcept {
    return unitee::protection{row::protection::read(bytes_)};
  }
  [[nodiscard]] constexpr sealed_geometry geometry() const noexcept {
    return *sealed_geometry::of(row::payload_size::read(bytes_), row::segment_size::read(bytes_),
                                row::metadata_size::read(bytes_));
  }
  [[nodiscard]] constexpr unitee::metadata_form metadata_form() const noexcept {
    return unitee::metadata_form{row::metadata_form::read(bytes_)};
  }
  [[nodiscard]] constexpr unitee::file_id file_id() const noexcept { return row::file_id::read(bytes_); }
  [[nodiscard]] constexpr key_commitment commitment() const noexcept { return row::commitment::read(bytes_); }
  [[nodiscard]] constexpr sha256_digest tag_table_mac() const noexcept { return row::tag_table_mac::read(bytes_); }
  [[nodiscard]] constexpr std::uint64_t generation() const noexcept { return row::generation::read(bytes_); }
  [[nodiscard]] constexpr header_state state() const noexcept { return header_state{row::state::read(bytes_)}; }
  [[nodiscard]] constexpr sha256_digest mac() const noexcept { return row::header_mac::read(bytes_); }
  [[nodiscard]] constexpr std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

  // invariant is bytes 0..128; authenticated is what the MAC covers: the fields before it, and the slots behind it.
  [[nodiscard]] constexpr std::span<const std::uint8_t, invariant_size> invariant() const noexcept {
    return bytes().first<invariant_size>();
  }
  [[nodiscard]] constexpr byte_view authenticated_fields() const noexcept {
    return bytes().first<row::header_mac::offset>();
  }
  [[nodiscard]] constexpr byte_view authenticated_slots() const noexcept { return bytes().subspan<sector_size>(); }

  // is_same_file says whether another copy can be of the same file: its bytes up to 192 are the same.
  [[nodiscard]] constexpr bool is_same_file(const sealed_header& other) const noexcept {
    return equal(bytes().first<fixed_size>(), other.bytes().first<fixed_size>());
  }
  // is_same_but_for_state says whether everything is the same but the state, and the MAC, which depends on it.
  [[nodiscard]] constexpr bool is_same_but_for_state(const sealed_header& other) const noexcept {
    return equal(with_state(other.state()).authenticated_fields(), other.authenticated_fields()) &&
           equal(authenticated_slots(), other.authenticated_slots());
  }

  // slot is the i-th of slot_count() slots, alive as long as this header; another i stops the program.
  [[nodiscard]] constexpr std::size_t slot_count() const noexcept { return row::slot_count::read(bytes_); }
  [[nodiscard]] constexpr slot_view slot(std::size_t i) const& noexcept {
    if (i >= slot_count()) detail::stop();
    return *slot_view::parse(slot_at(bytes_, i), slot_offset(i));
  }
  slot_view slot(std::size_t i) const&& = delete;

  // for_each_field calls f(Row{}, value) for every field, in order; Row has name, offset and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    row::all::visit(bytes_, std::forward<F>(f));
  }

 private:
  static constexpr fixed_bytes<8> magic{{0x89, 'u', 'n', 'i', 't', 'e', 'e', '\n'}};

  struct row {
    using magic = layout::raw<"magic", 0, 8>;
    using version = layout::le<"version", 8, std::uint32_t>;
    using header_size = layout::le<"header_size", 12, std::uint32_t>;
    using protection = layout::le<"protection", 16, std::uint32_t>;
    using segment_size = layout::le<"segment_size", 20, std::uint32_t>;
    using payload_size = layout::le<"payload_size", 24, std::uint64_t>;
    using payload_offset = layout::le<"payload_offset", 32, std::uint64_t>;
    using metadata_form = layout::le<"metadata_form", 40, std::uint32_t>;
    using metadata_size = layout::le<"metadata_size", 44, std::uint32_t>;
    using file_id = layout::raw<"file_id", 48, 32, file_id_tag>;
    using reserved_80 = layout::zero<80, 48>;
    using commitment = layout::raw<"key_commitment", 128, 32, key_commitment_tag>;
    using tag_table_mac = layout::raw<"tag_table_mac", 160, 32, sha256_tag>;
    using generation = layout::le<"generation", 192, std::uint64_t>;
    using state = layout::le<"state", 200, std::uint32_t>;
    using slot_count = layout::le<"slot_count", 204, std::uint32_t>;
    using header_mac = layout::raw<"header_mac", 480, 32, sha256_tag>;
    using all = layout::table<sector_size, magic, version, header_size, protection, segment_size, payload_size,
                              payload_offset, metadata_form, metadata_size, file_id, reserved_80, commitment,
                              tag_table_mac, generation, state, slot_count, layout::zero<208, 272>, header_mac>;
  };
  using invariant_rows =
      layout::table<invariant_size, typename row::magic, typename row::version, typename row::header_size,
                    typename row::protection, typename row::segment_size, typename row::payload_size,
                    typename row::payload_offset, typename row::metadata_form, typename row::metadata_size,
                    typename row::file_id, typename row::reserved_80>;
  static_assert(sector_size + max_slots * slot_view::size == size);

  static constexpr std::size_t slot_offset(std::size_t i) noexcept { return sector_size + i * slot_view::size; }
  static constexpr std::span<const std::uint8_t, slot_view::size> slot_at(byte_view bytes, std::size_t i) noexcept {
    return bytes.subspan(slot_offset(i)).first<slot_view::size>();
  }

  static constexpr void put_slots(std::array<std::uint8_t, size>& out, std::span<const slot_bytes> slots) noexcept {
    row::slot_count::write(out, static_cast<std::uint32_t>(std::min(slots.size(), max_slots + 1)));
    std::fill(out.begin() + sector_size, out.end(), std::uint8_t{0});
    for (std::size_t i = 0; i < std::min(slots.size(), max_slots); ++i) {
      detail::copy_bytes(slots[i], byte_span(out).subspan(slot_offset(i)));
    }
  }

  constexpr explicit sealed_header(byte_view bytes) noexcept { std::copy(bytes.begin(), bytes.end(), bytes_.begin()); }

  std::array<std::uint8_t, size> bytes_{};
};

}  // namespace unitee::inline v0
