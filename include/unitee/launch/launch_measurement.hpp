// SPDX-License-Identifier: Apache-2.0
//
// unitee/launch/launch_measurement.hpp: the MEASUREMENT of a guest that has not booted yet.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/launch/kernel_hashes.hpp>
#include <unitee/launch/launch_digest.hpp>
#include <unitee/launch/ovmf.hpp>
#include <unitee/launch/vcpu_signature.hpp>
#include <unitee/launch/vmsa.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/report.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::snp {

// launch_description is everything that the launch of an OVMF guest measures.
struct launch_description {
  byte_view firmware;                   // the whole OVMF image
  std::optional<kernel_hashes> kernel;  // when the host boots a kernel directly
  std::uint32_t vcpus = 1;              // 1 to max_vcpus
  vcpu_signature cpu;                   // of the VMM's processor model; does not matter to EC2
  std::uint64_t guest_features = 1;     // SEV_FEATURES: bit 0 SNP, bit 5 debug swap
  vmm launched_by = vmm::qemu;
  std::optional<measurement> start;  // the digest after the image's pages, in place of hashing them

  static constexpr std::uint32_t max_vcpus = 4096;
};

// launch_field is what a failure in part::launch counts.
enum class launch_field : std::uint8_t {
  vcpus,
  cpu,
  guest_features
};

namespace detail {

constexpr failure launch_failure(errc code, launch_field at) noexcept {
  return {code, static_cast<std::uint64_t>(at), part::launch};
}

// add_kernel_page adds the page of one kernel-hashes item.
inline result<void> add_kernel_page(launch_digest& to, const ovmf& image, const metadata_item& item,
                                    const kernel_hashes& kernel) noexcept {
  const auto table = image.hash_table();
  if (!table) return failure{errc::unsupported_format, image.metadata_offset(), part::firmware_image};
  if (table->size < kernel_hashes::padded_size) {
    return failure{errc::bad_length, table->offset + 4, part::firmware_image};
  }
  const auto page = kernel.page(table->address % page_size);
  if (!page) return failure{errc::bad_value, table->offset, part::firmware_image};
  if (item.size != page_size) return failure{errc::bad_length, item.offset + 4, part::firmware_image};
  if (item.address != table->address - table->address % page_size) {
    return failure{errc::bad_value, item.offset, part::firmware_image};  // the firmware would look elsewhere
  }
  return to.normal(item.address, *page);
}

inline result<void> add_item(launch_digest& to, const ovmf& image, const metadata_item& item,
                             const std::optional<kernel_hashes>& kernel) noexcept {
  switch (item.type) {
    case metadata_type::secrets: return to.secrets(item.address);
    case metadata_type::cpuid: return to.cpuid(item.address);
    case metadata_type::kernel_hashes:
      if (kernel) return add_kernel_page(to, image, item, *kernel);
      break;
    case metadata_type::sec_memory:
    case metadata_type::svsm_calling_area: break;
  }
  return to.zero(item.address, item.size / page_size);
}

// add_items adds the image's metadata in their order, but on EC2 the CPUID pages after all others.
inline result<void> add_items(launch_digest& to, const ovmf& image, const launch_description& of) noexcept {
  const bool cpuid_last = of.launched_by == vmm::ec2;
  bool kernel_page = false;
  for (const bool last : {false, true}) {
    for (std::size_t i = 0; i < image.item_count(); ++i) {
      const metadata_item item = image.item(i);
      if ((cpuid_last && item.type == metadata_type::cpuid) != last) continue;
      kernel_page = kernel_page || item.type == metadata_type::kernel_hashes;
      if (const auto done = add_item(to, image, item, of.kernel); !done) return done;
    }
  }
  if (of.kernel && !kernel_page) {
    return failure{errc::unsupported_format, image.metadata_offset(), part::firmware_image};
  }
  return {};
}

inline result<void> add_processors(launch_digest& to, const ovmf& image, const launch_description& of) noexcept {
  const auto first = make_vmsa(of.launched_by, true, bsp_reset_eip, of.cpu, of.guest_features);
  if (const auto done = to.vmsa(first); !done || of.vcpus == 1) return done;
  const auto eip = image.ap_reset_eip();
  if (!eip) return failure{errc::unsupported_format, image.metadata_offset(), part::firmware_image};
  if (*eip == 0) return {};  // the other processors get no VMSA at launch
  return to.vmsa(make_vmsa(of.launched_by, false, *eip, of.cpu, of.guest_features), of.vcpus - 1);
}

}  // namespace detail

// expected_measurement is the MEASUREMENT that a guest launched like this will report. Besides what ovmf::parse refuses
// it is
//  - errc::bad_value in part::launch for a number of processors that is 0 or above max_vcpus, and for QEMU without a
//    processor signature, and for guest features without SNP (bit 0);
//  - errc::unsupported_format at the image's metadata when a kernel is given and the image has no item or no entry for
//    its hashes, or when there are several processors and the image does not say where the others begin;
//  - errc::bad_length or errc::bad_value where the image sets too little aside for the kernel hashes.
inline result<measurement> expected_measurement(const launch_description& of) noexcept {
  if (of.vcpus == 0 || of.vcpus > launch_description::max_vcpus) {
    return detail::launch_failure(errc::bad_value, launch_field::vcpus);
  }
  if (of.launched_by == vmm::qemu && of.cpu.value == 0) {
    return detail::launch_failure(errc::bad_value, launch_field::cpu);
  }
  if ((of.guest_features & 1) == 0) return detail::launch_failure(errc::bad_value, launch_field::guest_features);
  const auto image = ovmf::parse(of.firmware);
  if (!image) return image.error();
  auto digest = launch_digest::create(of.start.value_or(measurement{}));
  if (!digest) return digest.error();
  if (!of.start) {
    if (const auto done = digest->normal(image->gpa(), image->bytes()); !done) return done.error();
  }
  if (const auto done = detail::add_items(*digest, *image, of); !done) return done.error();
  if (const auto done = detail::add_processors(*digest, *image, of); !done) return done.error();
  return digest->value();
}

}  // namespace unitee::inline v0::snp
