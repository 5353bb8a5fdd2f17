// SPDX-License-Identifier: Apache-2.0
//
// unitee/launch/ovmf.hpp: what an OVMF firmware image says about its own launch.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/guid.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::snp {

// ovmf_guid is the entries of the footer table that matter to a launch, as they stand in the image.
namespace ovmf_guid {
inline constexpr guid footer = swapped(unitee::detail::known_guid("96b582de-1fb2-45f7-baea-a366c55a082d"));
inline constexpr guid sev_metadata = swapped(unitee::detail::known_guid("dc886566-984a-4798-a75e-5585a7bf67cc"));
inline constexpr guid hash_table = swapped(unitee::detail::known_guid("7255371f-3a3b-4b04-927b-1da6efa8d454"));
inline constexpr guid ap_reset = swapped(unitee::detail::known_guid("00f771de-1a7e-4fcb-890e-68c77e2fb44e"));
}  // namespace ovmf_guid

namespace sev_metadata_row {
using signature = layout::raw<"signature", 0, 4>;
using length = layout::le<"length", 4, std::uint32_t>;  // of the metadata, this header included
using version = layout::le<"version", 8, std::uint32_t>;
using count = layout::le<"count", 12, std::uint32_t>;

using all = layout::table<16, signature, length, version, count>;
}  // namespace sev_metadata_row

// metadata_type is what becomes of the memory that an item of the SEV metadata names.
enum class metadata_type : std::uint32_t {
  sec_memory = 1,
  secrets = 2,
  cpuid = 3,
  svsm_calling_area = 4,
  kernel_hashes = 0x10
};

// metadata_item is whole pages of guest memory below 4 GiB.
struct metadata_item {
  std::uint32_t address = 0;
  std::uint32_t size = 0;  // in bytes
  metadata_type type{};
  std::size_t offset = 0;  // where the item stands in the image
};

// hash_table_area is where the firmware looks for the kernel hashes: guest memory of `size` bytes, 0 when unused.
struct hash_table_area {
  std::uint32_t address = 0;
  std::uint32_t size = 0;
  std::size_t offset = 0;  // where the entry's data stand in the image
};

// ovmf refers to a firmware image that the caller keeps alive; it ends at the guest physical address 4 GiB.
class ovmf {
 public:
  static constexpr std::size_t max_size = std::size_t{16} << 20;
  static constexpr std::uint32_t max_items = 64;

  // parse reads the footer table and the SEV metadata. In part::firmware_image it is
  //  - errc::truncated for no bytes, errc::bad_length at the end of the last whole page for a part of a page and at
  //    max_size for more than that;
  //  - errc::unrecognized where the footer's GUID should be, errc::bad_length at a length or offset that leaves the
  //    table or the image, or is not that of its entry, errc::duplicate at the GUID of an entry that was there;
  //  - errc::unsupported_format at the footer's GUID when there is no SEV metadata, and at an unknown type of item;
  //  - errc::bad_value at the metadata's signature and at a count above max_items, errc::unsupported_version;
  //  - errc::bad_value at an item's address that is not that of a page, or in memory that an earlier item or the image
  //    has, and errc::bad_length at an item's size that is zero, not whole pages or goes beyond 4 GiB.
  static constexpr result<ovmf> parse(byte_view image) noexcept {
    if (image.empty()) return fail(errc::truncated, 0);
    if (image.size() > max_size) return fail(errc::bad_length, max_size);
    if (image.size() % page != 0) return fail(errc::bad_length, image.size() / page * page);
    ovmf out(image);
    if (const auto done = out.read_table(); !done) return done.error();
    if (const auto done = out.read_metadata(); !done) return done.error();
    for (std::size_t i = 0; i < out.count_; ++i) {
      if (const auto good = out.check_item(i); !good) return good.error();
    }
    return out;
  }

  // bytes gives back what parse was given, and gpa is the guest physical address of its first byte.
  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }
  [[nodiscard]] constexpr std::uint64_t gpa() const noexcept { return four_gib - bytes_.size(); }

  // ap_reset_eip is where every processor but the first begins, or nothing when the image does not say.
  [[nodiscard]] constexpr std::optional<std::uint32_t> ap_reset_eip() const noexcept { return ap_reset_eip_; }
  [[nodiscard]] constexpr std::optional<hash_table_area> hash_table() const noexcept { return hash_table_; }

  // metadata_offset is where the SEV metadata begin in the image; item(i) is their item number i < item_count().
  [[nodiscard]] constexpr std::size_t metadata_offset() const noexcept { return metadata_; }
  [[nodiscard]] constexpr std::size_t item_count() const noexcept { return count_; }
  [[nodiscard]] constexpr metadata_item item(std::size_t i) const noexcept {
    if (i >= count_) unitee::detail::stop();
    const std::size_t at = metadata_ + sev_metadata_row::all::size + i * item_size;
    return {le<std::uint32_t>(at), le<std::uint32_t>(at + 4), metadata_type{le<std::uint32_t>(at + 8)}, at};
  }

 private:
  static constexpr std::size_t page = 4096;
  static constexpr std::size_t item_size = 12;
  static constexpr std::size_t tail = 32;          // after the footer: the reset vector
  static constexpr std::size_t entry_header = 18;  // length and GUID, behind the entry's data
  static constexpr std::uint64_t four_gib = std::uint64_t{1} << 32;

  constexpr explicit ovmf(byte_view image) noexcept : bytes_(image) {}

  static constexpr failure fail(errc code, std::size_t offset) noexcept { return {code, offset, part::firmware_image}; }

  template <class T>
  [[nodiscard]] constexpr T le(std::size_t at) const noexcept {
    return load_le<T>(bytes_.subspan(at).template first<sizeof(T)>());
  }
  [[nodiscard]] constexpr bool has(std::size_t at, const guid& id) const noexcept {
    return equal(bytes_.subspan(at, id.size()), id.value);
  }

  // read_table walks from the footer towards the table's beginning.
  constexpr result<void> read_table() noexcept {
    const std::size_t end = bytes_.size() - tail;
    const std::size_t footer = end - 16;
    if (!has(footer, ovmf_guid::footer)) return fail(errc::unrecognized, footer);
    const std::size_t length = le<std::uint16_t>(footer - 2);
    if (length < entry_header || length > end) return fail(errc::bad_length, footer - 2);
    const std::size_t begin = end - length;
    for (std::size_t at = footer - 2; at != begin;) {
      if (at - begin < entry_header) return fail(errc::bad_length, footer - 2);
      const std::size_t entry = le<std::uint16_t>(at - entry_header);
      if (entry < entry_header || entry > at - begin) return fail(errc::bad_length, at - entry_header);
      if (const auto done = read_entry(at - entry_header, entry - entry_header); !done) return done;
      at -= entry;
    }
    if (metadata_ == 0) return fail(errc::unsupported_format, footer);
    return {};
  }

  // read_entry reads `size` bytes of data, which end where the entry's length stands.
  constexpr result<void> read_entry(std::size_t length_at, std::size_t size) noexcept {
    const std::size_t id = length_at + 2;
    const std::size_t data = length_at - size;
    if (has(id, ovmf_guid::sev_metadata)) {
      if (metadata_ != 0) return fail(errc::duplicate, id);
      if (size != 4) return fail(errc::bad_length, length_at);
      const std::size_t from_end = le<std::uint32_t>(data);
      // An image begins with code or a firmware volume, never with the metadata: 0 stands for none.
      if (from_end >= bytes_.size() || from_end < sev_metadata_row::all::size) return fail(errc::bad_length, data);
      metadata_ = bytes_.size() - from_end;
    } else if (has(id, ovmf_guid::hash_table)) {
      if (hash_table_) return fail(errc::duplicate, id);
      if (size != 8) return fail(errc::bad_length, length_at);
      hash_table_ = hash_table_area{le<std::uint32_t>(data), le<std::uint32_t>(data + 4), data};
    } else if (has(id, ovmf_guid::ap_reset)) {
      if (ap_reset_eip_) return fail(errc::duplicate, id);
      if (size != 4) return fail(errc::bad_length, length_at);
      ap_reset_eip_ = le<std::uint32_t>(data);
    }
    return {};
  }

  constexpr result<void> read_metadata() noexcept {
    namespace row = sev_metadata_row;
    constexpr std::uint8_t signature[] = {'A', 'S', 'E', 'V'};
    const byte_view from = bytes_.subspan(metadata_);
    if (!equal(row::signature::view(from), signature)) return fail(errc::bad_value, metadata_);
    if (row::version::read(from) != 1) return fail(errc::unsupported_version, metadata_ + row::version::offset);
    const std::uint32_t count = row::count::read(from);
    if (count > max_items) return fail(errc::bad_value, metadata_ + row::count::offset);
    const std::size_t length = row::all::size + count * item_size;
    if (row::length::read(from) != length || length > from.size()) {
      return fail(errc::bad_length, metadata_ + row::length::offset);
    }
    count_ = count;
    return {};
  }

  [[nodiscard]] constexpr result<void> check_item(std::size_t i) const noexcept {
    const metadata_item one = item(i);
    switch (one.type) {
      case metadata_type::sec_memory:
      case metadata_type::secrets:
      case metadata_type::cpuid:
      case metadata_type::svsm_calling_area:
      case metadata_type::kernel_hashes: break;
      default: return fail(errc::unsupported_format, one.offset + 8);
    }
    if (one.address % page != 0) return fail(errc::bad_value, one.offset);
    if (one.size == 0 || one.size % page != 0) return fail(errc::bad_length, one.offset + 4);
    const std::uint64_t end = std::uint64_t{one.address} + one.size;
    if (end > four_gib) return fail(errc::bad_length, one.offset + 4);
    if (end > gpa()) return fail(errc::bad_value, one.offset);
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      const metadata_item other = item(earlier);
      if (one.address < std::uint64_t{other.address} + other.size && other.address < end) {
        return fail(errc::bad_value, one.offset);
      }
    }
    return {};
  }

  byte_view bytes_;
  std::size_t metadata_ = 0;
  std::size_t count_ = 0;
  std::optional<std::uint32_t> ap_reset_eip_;
  std::optional<hash_table_area> hash_table_;
};

}  // namespace unitee::inline v0::snp
