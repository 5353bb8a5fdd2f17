// SPDX-License-Identifier: Apache-2.0
//
// processor.hpp: is this a confidential guest? as far as CPUID, the firmware's tables and the devices say.
#pragma once

#include <string>

namespace command {

// processor is what CPUID says; a hypervisor has its say in it.
struct processor {
  bool hypervisor = false;
  bool tdx = false;  // leaf 0x21: "IntelTDX    " (Intel TDX module base specification, CPUID virtualization)
  bool sev = false;  // leaf 0x8000001F, EAX (AMD64 Architecture Programmer's Manual, volume 3, E.4.17)
  bool snp = false;
};

processor this_processor();

// first_line_of is the first line of a file, and empty where it cannot be read.
std::string first_line_of(const char* path);

// is_azure_guest says whether a paravisor of Azure's has the TEE: the chassis has its asset tag.
bool is_azure_guest();

// in_confidential_guest says whether there is somebody to keep plaintext from: a host. Where that is not certain, there
// is.
bool in_confidential_guest();

}  // namespace command
