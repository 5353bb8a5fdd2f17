// SPDX-License-Identifier: Apache-2.0

#include "processor.hpp"

#include "command.hpp"

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace command {

processor this_processor() {
  processor out;
#if defined(__x86_64__)
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) != 0) out.hypervisor = (c >> 31 & 1) != 0;
  if (__get_cpuid_count(0x21, 0, &a, &b, &c, &d) != 0) {
    const std::array<unsigned, 3> words{b, d, c};
    out.tdx = std::memcmp(words.data(), "IntelTDX    ", 12) == 0;
  }
  if (__get_cpuid(0x8000001F, &a, &b, &c, &d) != 0) {
    out.sev = (a >> 1 & 1) != 0;
    out.snp = (a >> 4 & 1) != 0;
  }
#endif
  return out;
}

std::string first_line_of(const char* path) {
  std::ifstream file(path);
  std::string out;
  std::getline(file, out);
  return plain(out);
}

bool is_azure_guest() {
  return first_line_of("/sys/class/dmi/id/chassis_asset_tag") == "7783-7084-3265-9085-8269-3286-77";
}

bool in_confidential_guest() {
  const processor cpu = this_processor();
  if (cpu.tdx || (cpu.hypervisor && cpu.snp) || is_azure_guest()) return true;
  for (const char* each : {"/dev/sev-guest", "/dev/tdx_guest", "/sys/kernel/config/tsm/report"}) {
    std::error_code ignored;
    if (std::filesystem::exists(each, ignored)) return true;
  }
  return false;
}

}  // namespace command
