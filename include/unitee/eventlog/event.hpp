// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/event.hpp: one event of a confidential-computing event log, and the numbers in it.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::eventlog {

// digest_algorithm is the TCG's number of a hash (TCG Algorithm Registry, TPM_ALG_ID).
enum class digest_algorithm : std::uint16_t {
  sha1 = 0x0004,
  sha256 = 0x000B,
  sha384 = 0x000C,
  sha512 = 0x000D
};

// digest_size is the size of a known algorithm's digest in bytes, or nothing.
constexpr std::optional<std::size_t> digest_size(digest_algorithm algorithm) noexcept {
  switch (algorithm) {
    case digest_algorithm::sha1: return 20;
    case digest_algorithm::sha256: return 32;
    case digest_algorithm::sha384: return 48;
    case digest_algorithm::sha512: return 64;
  }
  return std::nullopt;
}

// event_type is the TCG's number of a kind of event (PC Client Platform Firmware Profile, "Event Types").
enum class event_type : std::uint32_t {
  post_code = 0x00000001,
  no_action = 0x00000003,
  separator = 0x00000004,
  event_tag = 0x00000006,
  platform_config_flags = 0x0000000A,
  ipl = 0x0000000D,
  efi_variable_driver_config = 0x80000001,
  efi_variable_boot = 0x80000002,
  efi_boot_services_application = 0x80000003,
  efi_gpt_event = 0x80000006,
  efi_action = 0x80000007,
  efi_platform_firmware_blob2 = 0x8000000A,
  efi_handoff_tables2 = 0x8000000B,
  efi_variable_authority = 0x800000E0
};

// name_of is the type's name as the TCG spells it, or nullptr for a number that this library does not know.
constexpr const char* name_of(event_type type) noexcept {
  struct named {
    std::uint32_t number;
    const char* name;
  };
  constexpr std::array all{
      named{0x00000000, "EV_PREBOOT_CERT"},
      named{0x00000001, "EV_POST_CODE"},
      named{0x00000003, "EV_NO_ACTION"},
      named{0x00000004, "EV_SEPARATOR"},
      named{0x00000005, "EV_ACTION"},
      named{0x00000006, "EV_EVENT_TAG"},
      named{0x00000007, "EV_S_CRTM_CONTENTS"},
      named{0x00000008, "EV_S_CRTM_VERSION"},
      named{0x00000009, "EV_CPU_MICROCODE"},
      named{0x0000000A, "EV_PLATFORM_CONFIG_FLAGS"},
      named{0x0000000B, "EV_TABLE_OF_DEVICES"},
      named{0x0000000C, "EV_COMPACT_HASH"},
      named{0x0000000D, "EV_IPL"},
      named{0x80000001, "EV_EFI_VARIABLE_DRIVER_CONFIG"},
      named{0x80000002, "EV_EFI_VARIABLE_BOOT"},
      named{0x80000003, "EV_EFI_BOOT_SERVICES_APPLICATION"},
      named{0x80000004, "EV_EFI_BOOT_SERVICES_DRIVER"},
      named{0x80000005, "EV_EFI_RUNTIME_SERVICES_DRIVER"},
      named{0x80000006, "EV_EFI_GPT_EVENT"},
      named{0x80000007, "EV_EFI_ACTION"},
      named{0x80000008, "EV_EFI_PLATFORM_FIRMWARE_BLOB"},
      named{0x80000009, "EV_EFI_HANDOFF_TABLES"},
      named{0x8000000A, "EV_EFI_PLATFORM_FIRMWARE_BLOB2"},
      named{0x8000000B, "EV_EFI_HANDOFF_TABLES2"},
      named{0x8000000C, "EV_EFI_VARIABLE_BOOT2"},
      named{0x80000010, "EV_EFI_HCRTM_EVENT"},
      named{0x800000E0, "EV_EFI_VARIABLE_AUTHORITY"},
      named{0x800000E1, "EV_EFI_SPDM_FIRMWARE_BLOB"},
  };
  for (const named& known : all) {
    if (known.number == static_cast<std::uint32_t>(type)) return known.name;
  }
  return nullptr;
}

// event is one event of a log that event_log::parse has accepted, and refers to the log's bytes. Replaying the log
// proves the digests alone: the data are as the digest says only where they hash to it (event_data.hpp).
struct event {
  std::size_t offset = 0;            // of the event in the log
  std::uint32_t register_index = 0;  // register_index.hpp says of what
  event_type type = event_type::no_action;
  std::uint32_t digest_count = 0;
  byte_view digests;  // for each: the algorithm's number (16 bits), then the digest
  byte_view data;
  std::size_t size = 0;  // of the whole event

  // data_offset is where the data begin in the log.
  [[nodiscard]] constexpr std::size_t data_offset() const noexcept { return offset + size - data.size(); }

  // digest is the event's digest of that algorithm, or nothing.
  [[nodiscard]] constexpr std::optional<byte_view> digest(digest_algorithm wanted) const noexcept {
    for (byte_view rest = digests; rest.size() >= 2;) {
      const digest_algorithm algorithm{load_le<std::uint16_t>(rest.first<2>())};
      const auto length = digest_size(algorithm);
      if (!length || rest.size() - 2 < *length) return std::nullopt;
      if (algorithm == wanted) return rest.subspan(2, *length);
      rest = rest.subspan(2 + *length);
    }
    return std::nullopt;
  }
};

}  // namespace unitee::inline v0::eventlog
