// SPDX-License-Identifier: Apache-2.0
//
// An image that parses has its metadata inside and its memory outside of itself, and every launch of it has an answer.
#include <unitee/launch/launch_measurement.hpp>

#include "reached.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace {

using namespace unitee;
using namespace unitee::snp;

bool points_into(const failure& why, std::size_t size) { return why.in == part::firmware_image && why.offset <= size; }

// pages_of is how much memory the image's launch measures: a hash for each page, so that the largest are left out.
std::uint64_t pages_of(const ovmf& image) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < image.item_count(); ++i) {
    const metadata_item item = image.item(i);
    if (item.address % page_size != 0 || item.size % page_size != 0 || item.size == 0) __builtin_trap();
    if (std::uint64_t{item.address} + item.size > image.gpa()) __builtin_trap();
    if (item.offset + 12 > image.bytes().size()) __builtin_trap();
    out += item.size / page_size;
  }
  return out;
}

void check(byte_view bytes) {
  const auto image = ovmf::parse(bytes);
  if (!image) {
    if (!points_into(image.error(), bytes.size())) __builtin_trap();
    return;
  }
  if (image->bytes().data() != bytes.data() || image->gpa() + bytes.size() != std::uint64_t{1} << 32) __builtin_trap();
  if (pages_of(*image) > 256) return;
  launch_description of;
  of.firmware = bytes;
  of.cpu = {0x00A00F11};
  for (const vmm by : {vmm::qemu, vmm::ec2}) {
    of.launched_by = by;
    for (const std::uint32_t vcpus : {1U, 2U}) {
      of.vcpus = vcpus;
      for (const bool with_kernel : {false, true}) {
        of.kernel = with_kernel ? std::optional(kernel_hashes{}) : std::nullopt;
        const auto measured = expected_measurement(of);
        if (!measured && !points_into(measured.error(), bytes.size())) __builtin_trap();
        if (!measured && vcpus == 1 && !with_kernel) __builtin_trap();
        if (measured) unitee::fuzz::reached();
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({data, size});
  // The end of an image matters: fill up whole pages before it.
  std::vector<std::uint8_t> pages((size + page_size - 1) / page_size * page_size);
  std::copy(data, data + size, pages.end() - static_cast<std::ptrdiff_t>(size));
  check(pages);
  return 0;
}
