// SPDX-License-Identifier: Apache-2.0
//
// doctor_machine.cpp: what kind of guest this is, by processor, firmware tables and kernel.

#include "doctor.hpp"
#include "processor.hpp"
#include "verify_words.hpp"

#include <fmt/format.h>

#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace command::examination {

namespace {

finding machine(notebook& to) {
  const processor cpu = this_processor();
  const std::string vendor = first_line_of("/sys/class/dmi/id/board_vendor");
  const std::string where = vendor.empty() ? "" : ", on a board by " + vendor;
  if (is_azure_guest()) {
    to.know([](facts& known) { known.azure = true; });
    return {"machine", state::careful,
            "a confidential guest of Azure's: the paravisor has the TEE, and gives evidence by its vTPM",
            "tpm2_nvread -C o 0x01400001 > hcl.bin; unitee verify hcl.bin"};
  }
  if (cpu.tdx) {
    to.know([](facts& known) { known.cpu = platform::tdx; });
    return {"machine", state::works, "CPUID says that this is a TD (Intel TDX)" + where};
  }
  if (!cpu.hypervisor) {
    return {"machine", state::not_here, "no guest but a machine of its own, as CPUID says",
            "run this inside of the guest"};
  }
  if (cpu.snp) {
    to.know([](facts& known) { known.cpu = platform::snp; });
    return {"machine", state::works, "CPUID has SEV-SNP (AMD)" + where};
  }
  if (cpu.sev) {
    return {"machine", state::does_not, "a guest with SEV or SEV-ES, which cannot attest like SEV-SNP" + where,
            "have the host launch it with SEV-SNP"};
  }
  return {"machine", state::not_here, "a guest without a TEE: CPUID has neither SEV-SNP nor TDX" + where,
          "have the host launch it as a SEV-SNP guest or a TD; to try unitee out: unitee attest --backend "
          "insecure-simulated-snp"};
}

finding kernel() {
  ::utsname is{};
  (void)::uname(&is);
  const std::string release = plain(is.release);
  const auto numbers = verification::split(release, '.');
  const auto number = [&](std::size_t i) {
    const auto digits = i < numbers.size() ? numbers[i].substr(0, numbers[i].find_first_not_of("0123456789")) : "";
    return verification::number_in<unsigned>(digits).value_or(0);
  };
  const std::pair version{number(0), number(1)};
  struct offer {
    std::pair<unsigned, unsigned> since;
    std::string_view what;
  };
  constexpr std::array offers{offer{{5, 19}, "/dev/sev-guest"}, offer{{6, 2}, "/dev/tdx_guest"},
                              offer{{6, 7}, "configfs-tsm"}, offer{{6, 10}, "SVSM"}, offer{{6, 16}, "RTMR files"}};
  std::string lacks;
  for (const offer& each : offers) {
    if (version >= each.since) continue;
    lacks += fmt::format("{}{} ({}.{})", lacks.empty() ? "" : ", ", each.what, each.since.first, each.since.second);
  }
  const std::string what = "Linux " + release;
  if (lacks.empty()) return {"kernel", state::works, what + ": new enough for all interfaces"};
  const bool old = version < offers[2].since;
  return {"kernel", old ? state::careful : state::works, what + ": older than " + lacks,
          old ? "upgrade to Linux 6.7 or newer, unless your distribution has carried these back" : ""};
}

}  // namespace

void probe_machine(const question&, notebook& to) {
  to.ask("machine");
  to.write(machine(to));
  to.write(kernel());
  for (const char* const module : {"sev_guest", "tdx_guest", "tsm"}) {
    std::error_code ignored;
    if (std::filesystem::exists(std::string("/sys/module/") + module, ignored)) {
      to.know([&](facts& known) { known.modules.emplace_back(module); });
    }
  }
  if (::geteuid() != 0) {
    to.write({"user", state::careful,
              fmt::format("uid {}: devices and configfs are root's alone, as most systems are set up", ::geteuid()),
              "run unitee doctor as root, too"});
  }
}

}  // namespace command::examination
