// SPDX-License-Identifier: Apache-2.0
//
// unitee/launch/kernel_hashes.hpp: the page by which a measured firmware checks the kernel that its host hands it.
#pragma once

#include <unitee/bytes/guid.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0::snp {

// command_line_digest is the SHA-256 of a kernel's command line, exactly as the host passes it, with the zero byte that
// ends it; that zero byte is there, too, when there is no command line.
inline result<sha256_digest> command_line_digest(std::string_view text) noexcept {
  constexpr std::uint8_t end[] = {0};
  auto hash = hasher<sha256_digest>::create();
  if (!hash) return hash.error();
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (const auto done = hash->update({bytes, text.size()}); !done) return done.error();
  if (const auto done = hash->update(end); !done) return done.error();
  return hash->finish();
}

// kernel_hashes is what a host's direct boot measures: the SHA-256 of three files, which the caller may have hashed as
// a stream. A missing initrd counts as an empty file.
struct kernel_hashes {
  static constexpr std::size_t entry_size = 50;
  static constexpr std::size_t table_size = 18 + 3 * entry_size;           // what the table's length field says
  static constexpr std::size_t padded_size = (table_size + 15) / 16 * 16;  // what the firmware sets aside
  static_assert(table_size == 168 && padded_size == 176);

  sha256_digest command_line{};
  sha256_digest initrd{};
  sha256_digest kernel{};

  // of hashes files that are in memory.
  static result<kernel_hashes> of(byte_view kernel, byte_view initrd = {},
                                  std::string_view command_line = {}) noexcept {
    const auto line = command_line_digest(command_line);
    if (!line) return line.error();
    const auto disk = sha256(initrd);
    if (!disk) return disk.error();
    const auto image = sha256(kernel);
    if (!image) return image.error();
    return kernel_hashes{*line, *disk, *image};
  }

  // page is the 4096 bytes with the table at `at`, and zeros around it. A table that would leave the page is
  // errc::no_space with the page's size.
  [[nodiscard]] constexpr result<std::array<std::uint8_t, 4096>> page(std::size_t at) const noexcept {
    constexpr guid table_id = unitee::detail::known_guid("9438d606-4f22-4cc9-b479-a793d411fd21");
    constexpr guid command_line_id = unitee::detail::known_guid("97d02dd8-bd20-4c94-aa78-e7714d36ab2a");
    constexpr guid initrd_id = unitee::detail::known_guid("44baf731-3a2f-4bd7-9af1-41e29169781d");
    constexpr guid kernel_id = unitee::detail::known_guid("4de79437-abd2-427f-b835-d5b172d2045b");
    std::array<std::uint8_t, 4096> out{};
    writer to(out);
    to.zeros(at).bytes(swapped(table_id).value).le(std::uint16_t{table_size});
    const auto entry = [&](const guid& id, const sha256_digest& digest) {
      to.bytes(swapped(id).value).le(std::uint16_t{entry_size}).bytes(digest.value);
    };
    entry(command_line_id, command_line);
    entry(initrd_id, initrd);
    entry(kernel_id, kernel);
    if (const auto done = to.zeros(padded_size - table_size).written(); !done) return done.error();
    return out;
  }

  friend constexpr bool operator==(const kernel_hashes&, const kernel_hashes&) = default;
};

}  // namespace unitee::inline v0::snp
