// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/uefi_variable.hpp: the data of an event that measures a UEFI variable.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/guid.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0::eventlog {

// uefi_variable refers to a UEFI_VARIABLE_DATA (PC Client Platform Firmware Profile, "UEFI_VARIABLE_DATA"): a GUID of
// 16 bytes, the length of the name in characters and of the data in bytes (64 bits each), the name in UTF-16, the data.
// Given the bytes of a fact, name and data are what was measured. In an event of type EV_EFI_VARIABLE_BOOT the digest
// is over the data alone, and who named them is the log.
class uefi_variable {
 public:
  static constexpr std::size_t header_size = 32;

  // parse accepts exactly one structure: errc::truncated where fewer than 32 bytes end, errc::bad_length at the length
  // that does not fit the bytes. Offsets count in `bytes`, in part::input.
  static constexpr result<uefi_variable> parse(byte_view bytes) noexcept {
    if (bytes.size() < header_size) return failure{errc::truncated, bytes.size()};
    const auto characters = load_le<std::uint64_t>(bytes.subspan(name_length_offset).first<8>());
    const auto data_size = load_le<std::uint64_t>(bytes.subspan(data_length_offset).first<8>());
    const std::size_t left = bytes.size() - header_size;
    if (characters > left / 2) return failure{errc::bad_length, name_length_offset};
    const std::size_t name_size = 2 * static_cast<std::size_t>(characters);
    if (data_size != left - name_size) return failure{errc::bad_length, data_length_offset};
    return uefi_variable(bytes, name_size);
  }

  // vendor is the GUID that the name belongs to.
  [[nodiscard]] constexpr guid vendor() const noexcept {
    guid out;
    for (std::size_t i = 0; i < guid::size(); ++i) out.value[i] = bytes_[i];
    return swapped(out);
  }

  // name is UTF-16, little-endian, usually without a terminator.
  [[nodiscard]] constexpr byte_view name() const noexcept { return bytes_.subspan(header_size, name_size_); }
  [[nodiscard]] constexpr byte_view data() const noexcept { return bytes_.subspan(header_size + name_size_); }

  // is_named says whether the name is exactly this ASCII text.
  [[nodiscard]] constexpr bool is_named(std::string_view ascii) const noexcept {
    if (name_size_ != 2 * ascii.size()) return false;
    for (std::size_t i = 0; i < ascii.size(); ++i) {
      const auto character = load_le<std::uint16_t>(name().subspan(2 * i).first<2>());
      if (character != static_cast<unsigned char>(ascii[i])) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t name_length_offset = 16;
  static constexpr std::size_t data_length_offset = 24;

  constexpr uefi_variable(byte_view bytes, std::size_t name_size) noexcept : bytes_(bytes), name_size_(name_size) {}

  byte_view bytes_;
  std::size_t name_size_;  // in bytes
};

}  // namespace unitee::inline v0::eventlog
