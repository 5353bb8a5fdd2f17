// SPDX-License-Identifier: Apache-2.0
#include <unitee/launch/vmsa.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace test_vmsa {

using namespace unitee;
using snp::make_vmsa;
using snp::vmm;

namespace {

static_assert(snp::vmsa_row::all::size == 4096);
static_assert(snp::vmsa_row::rdx::offset == 0x310 && snp::vmsa_row::sev_features::offset == 0x3B0);
static_assert(make_vmsa(vmm::qemu, true, 0, {}, 0)[0xD1] == 0x10);

using fields = std::vector<std::pair<std::size_t, std::string>>;

// The page holds these bytes at these offsets, and zeros elsewhere.
void check_page(const std::array<std::uint8_t, 4096>& page, const fields& wanted) {
  std::vector<std::uint8_t> all(4096);
  for (const auto& [at, hex] : wanted) {
    const auto bytes = test::bytes_of_hex(hex);
    std::copy(bytes.begin(), bytes.end(), all.begin() + static_cast<std::ptrdiff_t>(at));
  }
  CHECK(test::hex_of(page) == test::hex_of(all));
}

}  // namespace

TEST_CASE("QEMU's first processor begins at the reset vector with these registers", "[launch][vmsa]") {
  check_page(make_vmsa(vmm::qemu, true, 0xFFFFFFF0, {0x00A00F11}, 0x21), {{0x000, "00009300ffff00000000000000000000"},
                                                                          {0x010, "00f09b00ffff00000000ffff00000000"},
                                                                          {0x020, "00009300ffff00000000000000000000"},
                                                                          {0x030, "00009300ffff00000000000000000000"},
                                                                          {0x040, "00009300ffff00000000000000000000"},
                                                                          {0x050, "00009300ffff00000000000000000000"},
                                                                          {0x060, "00000000ffff00000000000000000000"},
                                                                          {0x070, "00008200ffff00000000000000000000"},
                                                                          {0x080, "00000000ffff00000000000000000000"},
                                                                          {0x090, "00008b00ffff00000000000000000000"},
                                                                          {0x0D0, "0010"},
                                                                          {0x148, "40"},
                                                                          {0x158, "10"},
                                                                          {0x160, "0004"},
                                                                          {0x168, "f00fffff"},
                                                                          {0x170, "02"},
                                                                          {0x178, "f0ff"},
                                                                          {0x268, "0604070006040700"},
                                                                          {0x310, "110fa000"},
                                                                          {0x3B0, "21"},
                                                                          {0x3E8, "01"},
                                                                          {0x408, "801f"},
                                                                          {0x410, "7f03"}});
}

TEST_CASE("EC2's registers differ, and say nothing about the processor", "[launch][vmsa]") {
  const fields first{{0x000, "00009300ffff00000000000000000000"},
                     {0x010, "00f09a00ffff00000000ffff00000000"},
                     {0x020, "00009200ffff00000000000000000000"},
                     {0x030, "00009300ffff00000000000000000000"},
                     {0x040, "00009300ffff00000000000000000000"},
                     {0x050, "00009300ffff00000000000000000000"},
                     {0x060, "00000000ffff00000000000000000000"},
                     {0x070, "00008200ffff00000000000000000000"},
                     {0x080, "00000000ffff00000000000000000000"},
                     {0x090, "00008300ffff00000000000000000000"},
                     {0x0D0, "0010"},
                     {0x148, "40"},
                     {0x158, "10"},
                     {0x160, "0004"},
                     {0x168, "f00fffff"},
                     {0x170, "02"},
                     {0x178, "f0ff"},
                     {0x268, "0604070006040700"},
                     {0x3B0, "01"},
                     {0x3E8, "01"}};
  check_page(make_vmsa(vmm::ec2, true, 0xFFFFFFF0, {0x00A00F11}, 1), first);
  fields other = first;
  other[1].second = "00f09b00ffff00000000800000000000";
  other[16].second = "04b0";
  check_page(make_vmsa(vmm::ec2, false, 0x0080B004, {}, 1), other);
}

TEST_CASE("another processor of QEMU differs from the first in where it begins alone", "[launch][vmsa]") {
  const auto first = make_vmsa(vmm::qemu, true, 0x0080B004, {0x00A00F11}, 1);
  CHECK(first == make_vmsa(vmm::qemu, false, 0x0080B004, {0x00A00F11}, 1));
  CHECK(snp::vmsa_row::rip::read(first) == 0xB004);
  CHECK(test::hex_of(snp::vmsa_row::cs::view(first)) == "00f09b00ffff00000000800000000000");
}

}  // namespace test_vmsa
