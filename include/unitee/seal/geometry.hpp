// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/geometry.hpp: where everything stands in a sealed file, from two numbers (FORMAT.md, "The file").
#pragma once

#include <unitee/result.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// default_segment_size is 256 KiB: a segment is the least that is decrypted at once.
inline constexpr std::uint32_t default_segment_size = 262144;
inline constexpr std::uint32_t min_segment_size = 4096;
inline constexpr std::uint32_t max_segment_size = 16777216;

// max_payload_size is 2^48 bytes: no offset in the file overflows, and AES stays far from its birthday bound.
inline constexpr std::uint64_t max_payload_size = std::uint64_t{1} << 48;

// max_metadata_size is 2 MiB, as it stands in the file: the items and a tag of 16 bytes.
inline constexpr std::uint32_t max_metadata_size = 2097152;

// sealed_geometry is the sizes and offsets of a sealed file, all in bytes. It exists only for sizes that are allowed.
class sealed_geometry {
 public:
  static constexpr std::size_t header_size = 8192;
  static constexpr std::uint64_t second_header_offset = 8192;
  static constexpr std::uint64_t metadata_offset = 16384;
  static constexpr std::size_t tag_size = 16;
  static constexpr std::size_t block_size = 4096;  // tables are whole blocks, so that the payload begins at one

  // of refuses a segment size that is not a power of two from 4096 to 16 MiB, and sizes above max_payload_size and
  // max_metadata_size: errc::bad_value, or errc::bad_length for the last, at the field of the header that would hold
  // it.
  static constexpr result<sealed_geometry> of(std::uint64_t payload_size, std::uint32_t segment_size,
                                              std::uint32_t metadata_size = 0) noexcept {
    if (!std::has_single_bit(segment_size) || segment_size < min_segment_size || segment_size > max_segment_size) {
      return failure{errc::bad_value, 20, part::sealed_header};
    }
    if (payload_size > max_payload_size) return failure{errc::bad_value, 24, part::sealed_header};
    if (metadata_size > max_metadata_size) return failure{errc::bad_length, 44, part::sealed_header};
    return sealed_geometry(payload_size, segment_size, metadata_size);
  }

  [[nodiscard]] constexpr std::uint64_t payload_size() const noexcept { return payload_size_; }
  [[nodiscard]] constexpr std::uint32_t segment_size() const noexcept { return segment_size_; }
  [[nodiscard]] constexpr std::uint32_t metadata_size() const noexcept { return metadata_size_; }

  // segments is how many there are: none for an empty payload.
  [[nodiscard]] constexpr std::uint64_t segments() const noexcept {
    return (payload_size_ + segment_size_ - 1) / segment_size_;
  }
  [[nodiscard]] constexpr std::uint64_t tag_table_offset() const noexcept {
    return metadata_offset + whole_blocks(metadata_size_);
  }
  [[nodiscard]] constexpr std::uint64_t tag_table_size() const noexcept { return whole_blocks(segments() * tag_size); }
  [[nodiscard]] constexpr std::uint64_t payload_offset() const noexcept {
    return tag_table_offset() + tag_table_size();
  }
  [[nodiscard]] constexpr std::uint64_t file_size() const noexcept { return payload_offset() + payload_size_; }

  // begin_of is where the segment stands in the plaintext; size_of is its length, which is less for the last one only.
  [[nodiscard]] constexpr std::uint64_t begin_of(std::uint64_t segment) const noexcept {
    return segment * segment_size_;
  }
  [[nodiscard]] constexpr std::size_t size_of(std::uint64_t segment) const noexcept {
    return static_cast<std::size_t>(std::min<std::uint64_t>(segment_size_, payload_size_ - begin_of(segment)));
  }
  [[nodiscard]] constexpr std::uint64_t tag_offset(std::uint64_t segment) const noexcept {
    return tag_table_offset() + segment * tag_size;
  }
  // place_of is where the segment stands in the file.
  [[nodiscard]] constexpr std::uint64_t place_of(std::uint64_t segment) const noexcept {
    return payload_offset() + begin_of(segment);
  }

  friend constexpr bool operator==(const sealed_geometry&, const sealed_geometry&) = default;

 private:
  constexpr sealed_geometry(std::uint64_t payload_size, std::uint32_t segment_size,
                            std::uint32_t metadata_size) noexcept
      : payload_size_(payload_size), segment_size_(segment_size), metadata_size_(metadata_size) {}

  static constexpr std::uint64_t whole_blocks(std::uint64_t size) noexcept {
    return (size + block_size - 1) / block_size * block_size;
  }

  std::uint64_t payload_size_;
  std::uint32_t segment_size_;
  std::uint32_t metadata_size_;
};

}  // namespace unitee::inline v0
