// SPDX-License-Identifier: Apache-2.0
//
// unitee/launch/vmsa.hpp: the registers with which a virtual processor begins, as the host's VMM sets them.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/launch/vcpu_signature.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::snp {

// vmm is the program that launches the guest. Each has a VMSA of its own.
enum class vmm : std::uint8_t {
  qemu,
  ec2
};

// A segment register is 16 bytes: selector (2), attributes (2), limit (4) and base (8), little-endian.
using vmsa_segment = fixed_bytes<16, struct vmsa_segment_tag>;

constexpr vmsa_segment make_vmsa_segment(std::uint16_t selector, std::uint16_t attrib, std::uint32_t limit,
                                         std::uint64_t base) noexcept {
  vmsa_segment out;
  const std::span<std::uint8_t, 16> to(out.value);
  store_le(to.subspan<0, 2>(), selector);
  store_le(to.subspan<2, 2>(), attrib);
  store_le(to.subspan<4, 4>(), limit);
  store_le(to.subspan<8, 8>(), base);
  return out;
}

// vmsa_row has one type for each row of the save area that a launch sets (AMD64 manual, volume 2, table B-4).
namespace vmsa_row {
using es = layout::raw<"es", 0x000, 16, vmsa_segment_tag>;
using cs = layout::raw<"cs", 0x010, 16, vmsa_segment_tag>;
using ss = layout::raw<"ss", 0x020, 16, vmsa_segment_tag>;
using ds = layout::raw<"ds", 0x030, 16, vmsa_segment_tag>;
using fs = layout::raw<"fs", 0x040, 16, vmsa_segment_tag>;
using gs = layout::raw<"gs", 0x050, 16, vmsa_segment_tag>;
using gdtr = layout::raw<"gdtr", 0x060, 16, vmsa_segment_tag>;
using ldtr = layout::raw<"ldtr", 0x070, 16, vmsa_segment_tag>;
using idtr = layout::raw<"idtr", 0x080, 16, vmsa_segment_tag>;
using tr = layout::raw<"tr", 0x090, 16, vmsa_segment_tag>;
using efer = layout::le<"efer", 0x0D0, std::uint64_t>;
using cr4 = layout::le<"cr4", 0x148, std::uint64_t>;
using cr0 = layout::le<"cr0", 0x158, std::uint64_t>;
using dr7 = layout::le<"dr7", 0x160, std::uint64_t>;
using dr6 = layout::le<"dr6", 0x168, std::uint64_t>;
using rflags = layout::le<"rflags", 0x170, std::uint64_t>;
using rip = layout::le<"rip", 0x178, std::uint64_t>;
using g_pat = layout::le<"g_pat", 0x268, std::uint64_t>;
using rdx = layout::le<"rdx", 0x310, std::uint64_t>;
using sev_features = layout::le<"sev_features", 0x3B0, std::uint64_t>;
using xcr0 = layout::le<"xcr0", 0x3E8, std::uint64_t>;
using mxcsr = layout::le<"mxcsr", 0x408, std::uint32_t>;
using x87_fcw = layout::le<"x87_fcw", 0x410, std::uint16_t>;

using all = layout::table<4096, es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr, layout::zero<0x0A0, 48>, efer,
                          layout::zero<0x0D8, 112>, cr4, layout::zero<0x150, 8>, cr0, dr7, dr6, rflags, rip,
                          layout::zero<0x180, 232>, g_pat, layout::zero<0x270, 160>, rdx, layout::zero<0x318, 152>,
                          sev_features, layout::zero<0x3B8, 48>, xcr0, layout::zero<0x3F0, 24>, mxcsr,
                          layout::zero<0x40C, 4>, x87_fcw, layout::zero<0x412, 3054>>;
}  // namespace vmsa_row

// bsp_reset_eip is where the first processor begins.
inline constexpr std::uint32_t bsp_reset_eip = 0xFFFF'FFF0;

// make_vmsa is the page of a processor that begins at `eip`: the first one (bsp) or any other. guest_features is
// SEV_FEATURES (bit 0 SNP, bit 5 debug swap). EC2 tells the guest nothing about its processor: `cpu` does not matter.
constexpr std::array<std::uint8_t, 4096> make_vmsa(vmm by, bool bsp, std::uint32_t eip, vcpu_signature cpu,
                                                   std::uint64_t guest_features) noexcept {
  namespace row = vmsa_row;
  const bool ec2 = by == vmm::ec2;
  std::array<std::uint8_t, 4096> out{};
  const auto segment = [](std::uint16_t attrib) { return make_vmsa_segment(0, attrib, 0xFFFF, 0); };
  for (const auto write : {row::es::write, row::ds::write, row::fs::write, row::gs::write}) write(out, segment(0x93));
  row::cs::write(out, make_vmsa_segment(0xF000, ec2 && bsp ? 0x9A : 0x9B, 0xFFFF, eip & 0xFFFF'0000));
  row::ss::write(out, segment(ec2 ? 0x92 : 0x93));
  row::gdtr::write(out, segment(0));
  row::ldtr::write(out, segment(0x82));
  row::idtr::write(out, segment(0));
  row::tr::write(out, segment(ec2 ? 0x83 : 0x8B));
  row::efer::write(out, 0x1000);  // SVME
  row::cr4::write(out, 0x40);     // MCE
  row::cr0::write(out, 0x10);     // ET
  row::dr7::write(out, 0x400);
  row::dr6::write(out, 0xFFFF'0FF0);
  row::rflags::write(out, 2);
  row::rip::write(out, eip & 0xFFFF);
  row::g_pat::write(out, 0x0007'0406'0007'0406);
  row::rdx::write(out, ec2 ? 0 : cpu.value);
  row::sev_features::write(out, guest_features);
  row::xcr0::write(out, 1);
  row::mxcsr::write(out, ec2 ? 0 : 0x1F80);
  row::x87_fcw::write(out, ec2 ? std::uint16_t{0} : std::uint16_t{0x37F});
  return out;
}

}  // namespace unitee::inline v0::snp
