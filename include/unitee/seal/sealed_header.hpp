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

namespace unitee::inline v0 {

using sealed_salt = fixed_bytes<32, struct sealed_salt_tag>;
using key_commitment = fixed_bytes<32, struct key_commitment_tag>;

// sealed_header owns the 8192 bytes of one header copy and reads fields out of them. Parsing says nothing about who
// wrote it: that takes a key (sealed_reader).
class sealed_header {
 public:
  static constexpr std::size_t size = sealed_geometry::header_size;
  static constexpr std::size_t max_slots = 15;
  static constexpr std::size_t authenticated_size = 8160;

  // parse takes exactly one header copy: bytes that begin like no sealed file are errc::unrecognized, another version
  // is errc::unsupported_version, and whatever contradicts the format is refused at its offset, all in
  // part::sealed_header.
  static constexpr result<sealed_header> parse(byte_view bytes) noexcept {
    const auto fail = [](errc code, std::uint64_t at) { return failure{code, at, part::sealed_header}; };
    const std::size_t seen = std::min(bytes.size(), magic.size());
    if (!equal(bytes.first(seen), byte_view(magic.value).first(seen))) return fail(errc::unrecognized, 0);
    if (bytes.size() < size) return fail(errc::truncated, bytes.size());
    if (bytes.size() > size) return fail(errc::trailing_data, size);
    if (row::version::read(bytes) != 1) return fail(errc::unsupported_version, row::version::offset);
    if (row::header_size::read(bytes) != size) return fail(errc::bad_value, row::header_size::offset);
    if (row::generation::read(bytes) == 0) return fail(errc::bad_value, row::generation::offset);
    const auto geometry = sealed_geometry::of(row::payload_size::read(bytes), row::segment_size::read(bytes));
    if (!geometry) return geometry.error();
    const std::uint32_t slots = row::slot_count::read(bytes);
    if (slots == 0 || slots > max_slots) return fail(errc::bad_value, row::slot_count::offset);
    if (row::payload_offset::read(bytes) != geometry->payload_offset()) {
      return fail(errc::bad_length, row::payload_offset::offset);
    }
    for (std::size_t i = 0; i < slots; ++i) {
      if (const auto slot = slot_view::parse(slot_at(bytes, i), slot_offset(i)); !slot) return slot.error();
    }
    const byte_view unused = bytes.subspan(slot_offset(slots), row::slots_end - slot_offset(slots));
    if (const std::size_t at = first_nonzero(unused); at != unused.size()) {
      return fail(errc::reserved_not_zero, slot_offset(slots) + at);
    }
    if (const auto clean = row::all::check(bytes, part::sealed_header); !clean) return clean.error();
    return sealed_header(bytes);
  }

  // fields is what a writer decides about a new file; there are 1 to max_slots slots.
  struct fields {
    sealed_geometry geometry;
    sealed_salt file_salt;
    key_commitment commitment;
    sha256_digest tag_table_mac;
    std::span<const slot_bytes> slots;
  };

  // encode is the header of a new file, complete but for its MAC.
  static constexpr result<sealed_header> encode(const fields& in) noexcept {
    std::array<std::uint8_t, size> out{};
    row::magic::write(out, magic);
    row::version::write(out, 1);
    row::header_size::write(out, std::uint32_t{size});
    row::generation::write(out, 1);
    row::segment_size::write(out, in.geometry.segment_size());
    row::slot_count::write(out, static_cast<std::uint32_t>(std::min(in.slots.size(), max_slots + 1)));
    row::payload_size::write(out, in.geometry.payload_size());
    row::payload_offset::write(out, in.geometry.payload_offset());
    row::file_salt::write(out, in.file_salt);
    row::commitment::write(out, in.commitment);
    row::tag_table_mac::write(out, in.tag_table_mac);
    for (std::size_t i = 0; i < std::min(in.slots.size(), max_slots); ++i) {
      std::ranges::copy(in.slots[i], out.begin() + static_cast<std::ptrdiff_t>(slot_offset(i)));
    }
    return parse(out);
  }

  constexpr void put_mac(const sha256_digest& mac) noexcept { row::header_mac::write(bytes_, mac); }

  // identity is the 16 bytes that every header of version 1 begins with: magic, version, header size.
  static constexpr std::array<std::uint8_t, 16> identity() noexcept {
    std::array<std::uint8_t, 16> out{};
    row::magic::write(out, magic);
    row::version::write(out, 1);
    row::header_size::write(out, std::uint32_t{size});
    return out;
  }

  [[nodiscard]] constexpr std::uint64_t generation() const noexcept { return row::generation::read(bytes_); }
  [[nodiscard]] constexpr sealed_geometry geometry() const noexcept {
    return *sealed_geometry::of(row::payload_size::read(bytes_), row::segment_size::read(bytes_));
  }
  [[nodiscard]] constexpr sealed_salt file_salt() const noexcept { return row::file_salt::read(bytes_); }
  [[nodiscard]] constexpr key_commitment commitment() const noexcept { return row::commitment::read(bytes_); }
  [[nodiscard]] constexpr sha256_digest tag_table_mac() const noexcept { return row::tag_table_mac::read(bytes_); }
  [[nodiscard]] constexpr sha256_digest mac() const noexcept { return row::header_mac::read(bytes_); }
  [[nodiscard]] constexpr std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

  // authenticated is the part that the header's MAC covers: everything before it.
  [[nodiscard]] constexpr byte_view authenticated() const noexcept { return bytes().first<authenticated_size>(); }

  // slot is the i-th of slot_count() slots, alive as long as this header; another i stops the program.
  [[nodiscard]] constexpr std::size_t slot_count() const noexcept { return row::slot_count::read(bytes_); }
  [[nodiscard]] constexpr slot_view slot(std::size_t i) const noexcept {
    if (i >= slot_count()) detail::stop();
    return *slot_view::parse(slot_at(bytes_, i), slot_offset(i));
  }

  // for_each_field calls f(Row{}, value) for every row but the slots, in order; Row has name, offset and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    row::all::visit(bytes_, [&]<class Row>(Row at, const auto& value) {
      if constexpr (Row::offset != row::slots::offset) f(at, value);
    });
  }

 private:
  static constexpr fixed_bytes<8> magic{{0x89, 'u', 'n', 'i', 't', 'e', 'e', '\n'}};

  struct row {
    using magic = layout::raw<"magic", 0, 8>;
    using version = layout::le<"version", 8, std::uint32_t>;
    using header_size = layout::le<"header_size", 12, std::uint32_t>;
    using generation = layout::le<"generation", 16, std::uint64_t>;
    using segment_size = layout::le<"segment_size", 24, std::uint32_t>;
    using slot_count = layout::le<"slot_count", 28, std::uint32_t>;
    using payload_size = layout::le<"payload_size", 32, std::uint64_t>;
    using payload_offset = layout::le<"payload_offset", 40, std::uint64_t>;
    using file_salt = layout::raw<"file_salt", 48, 32, sealed_salt_tag>;
    using commitment = layout::raw<"key_commitment", 80, 32, key_commitment_tag>;
    using tag_table_mac = layout::raw<"tag_table_mac", 112, 32, sha256_tag>;
    using slots = layout::raw<"slots", 144, max_slots * slot_view::size>;
    using header_mac = layout::raw<"header_mac", authenticated_size, 32, sha256_tag>;
    using all =
        layout::table<size, magic, version, header_size, generation, segment_size, slot_count, payload_size,
                      payload_offset, file_salt, commitment, tag_table_mac, slots, layout::zero<7824, 336>, header_mac>;
    static constexpr std::size_t slots_end = slots::offset + slots::size;
  };

  static constexpr std::size_t slot_offset(std::size_t i) noexcept { return row::slots::offset + i * slot_view::size; }
  static constexpr std::span<const std::uint8_t, slot_view::size> slot_at(byte_view bytes, std::size_t i) noexcept {
    return bytes.subspan(slot_offset(i)).first<slot_view::size>();
  }

  constexpr explicit sealed_header(byte_view bytes) noexcept { std::ranges::copy(bytes, bytes_.begin()); }

  std::array<std::uint8_t, size> bytes_{};
};

}  // namespace unitee::inline v0
