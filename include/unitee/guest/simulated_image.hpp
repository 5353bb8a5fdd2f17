// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_image.hpp: the firmware of a simulated guest, so that its launch is measured like any other.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/launch/launch_measurement.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace unitee::inline v0::guest {

using simulated_firmware = std::array<std::uint8_t, 4096>;

// make_simulated_firmware is an image in the shape of OVMF's, of one page: the digest of what the guest runs stands at
// its beginning, a memory layout with secrets and CPUID page and a footer table at its end. Nothing runs it.
constexpr simulated_firmware make_simulated_firmware(const sha384_digest& image) noexcept {
  constexpr std::size_t metadata = 2048;
  constexpr std::size_t table_size = 22 + 18;  // the metadata's entry and the footer
  simulated_firmware out{};
  writer(out).bytes(image.value);
  constexpr std::uint8_t signature[] = {'A', 'S', 'E', 'V'};
  constexpr std::uint32_t items[3][3] = {{0x800000, 0x9000, 1}, {0x80D000, 0x1000, 2}, {0x80E000, 0x1000, 3}};
  writer to(byte_span(out).subspan(metadata));
  to.bytes(signature).le(std::uint32_t{16 + sizeof items}).le(std::uint32_t{1}).le(std::uint32_t{std::size(items)});
  for (const auto& item : items) to.le(item[0]).le(item[1]).le(item[2]);
  writer table(byte_span(out).subspan(out.size() - 32 - table_size));
  table.le(static_cast<std::uint32_t>(out.size() - metadata)).le(std::uint16_t{22});
  table.bytes(snp::ovmf_guid::sev_metadata.value).le(std::uint16_t{table_size}).bytes(snp::ovmf_guid::footer.value);
  return out;
}

// simulated_measurement is the MEASUREMENT of a simulated guest that runs the image of this digest, on one virtual
// processor under QEMU: what snp::expected_measurement says of that launch.
inline result<snp::measurement> simulated_measurement(const sha384_digest& image) noexcept {
  const simulated_firmware firmware = make_simulated_firmware(image);
  snp::launch_description of;
  of.firmware = firmware;
  of.cpu = *snp::vcpu_signature_named("EPYC-Milan");
  return snp::expected_measurement(of);
}

}  // namespace unitee::inline v0::guest
