// SPDX-License-Identifier: Apache-2.0
//
// doctor_tsm.cpp: configfs-tsm: whether it is there, whose it is, and what it answers.

#include "advice.hpp"
#include "doctor.hpp"

#include <unitee/crypto/random.hpp>
#include <unitee/format.hpp>
#include <unitee/guest/configfs_sev_guest.hpp>
#include <unitee/guest/configfs_tdx_guest.hpp>
#include <unitee/tdx/quote.hpp>

#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace command::examination {

namespace {

namespace guest = unitee::guest;
using unitee::errc;
using unitee::failure;
using unitee::part;

constexpr const char* configfs = "/sys/kernel/config";
constexpr const char* folder = "/sys/kernel/config/tsm/report";

bool is_there(const std::string& path) {
  struct stat ignored {};
  return ::stat(path.c_str(), &ignored) == 0;
}

// is_mounted looks for a file system of its own: CONFIGFS_MAGIC (linux/magic.h).
bool is_mounted() {
  struct statfs is {};
  constexpr long magic = 0x62656570;
  return ::statfs(configfs, &is) == 0 && is.f_type == magic;
}

finding absent() {
  if (!is_there(configfs)) {
    return {"configfs-tsm", state::not_here, "no /sys/kernel/config: the kernel has no configfs",
            "modprobe configfs; mount -t configfs none /sys/kernel/config"};
  }
  if (!is_mounted() && !is_there(std::string(configfs) + "/tsm")) {
    return {"configfs-tsm", state::not_here, "nothing is mounted at /sys/kernel/config",
            "mount -t configfs none /sys/kernel/config"};
  }
  return {"configfs-tsm", state::not_here, "configfs is there, and has no tsm",
          "modprobe sev-guest, or modprobe tdx-guest (Linux 6.7 or newer)"};
}

// entry is a directory of the doctor's, which goes with the object.
class entry {
 public:
  entry() {
    std::array<std::uint8_t, 8> random{};
    if (!unitee::random_bytes(random)) return;
    path_ = fmt::format("{}/unitee-doctor-{}", folder, unitee::hex_view{random});
    if (::mkdir(path_.c_str(), 0700) == 0) return;
    error_ = errno;
    path_.clear();
  }
  entry(const entry&) = delete;
  entry& operator=(const entry&) = delete;
  ~entry() {
    if (!path_.empty()) ::rmdir(path_.c_str());
  }

  [[nodiscard]] bool exists() const noexcept { return !path_.empty(); }
  [[nodiscard]] failure why() const noexcept {
    const bool none = error_ == ENXIO || error_ == ENOENT;
    return {none ? errc::interface_absent : errc::io_error, static_cast<std::uint64_t>(error_), part::tsm_report};
  }
  [[nodiscard]] std::string line(const char* attribute) const {
    std::ifstream file(path_ + "/" + attribute);
    std::string out;
    std::getline(file, out);
    return plain(out);
  }
  [[nodiscard]] bool has(const char* attribute) const { return is_there(path_ + "/" + attribute); }

 private:
  std::string path_;
  int error_ = EIO;
};

unitee::report_data nonce() {
  unitee::report_data out;
  (void)unitee::random_bytes(out.value);  // zeros will do where there are none: nobody else sees the evidence
  return out;
}

void ask_sev_guest(const question& asked, notebook& to) {
  to.ask("tsm-report");
  guest::configfs_sev_guest_options with;
  with.limit = asked.limit();
  const auto backend = guest::configfs_sev_guest::open(with);
  const auto report = backend ? backend->attest({nonce().value}) : unitee::result<unitee::snp::report>(backend.error());
  if (!report) return to.write(failed("tsm-report", report.error()));
  to.know([&](facts& known) {
    known.report = *report;
    known.attests.emplace_back(guest::configfs_sev_guest::name);
  });
  to.write({"tsm-report", state::works,
            fmt::format("a SEV-SNP report, version {}, about the bytes asked for", report->version())});
}

void ask_services(const question& asked, notebook& to) {
  to.ask("svsm");
  guest::configfs_sev_guest_options with;
  with.limit = asked.limit();
  with.services.emplace();
  const auto backend = guest::configfs_sev_guest::open(with);
  const auto answer = backend ? backend->attest_with_certificates({nonce().value})
                              : unitee::result<guest::attestation>(backend.error());
  if (!answer) return to.write(failed("svsm", answer.error()));
  to.know([](facts& known) { known.attests.emplace_back("configfs-sev-guest --svsm"); });
  to.write({"svsm", state::works,
            fmt::format("an SVSM gives reports over a manifest of its services ({} bytes)", answer->manifest.size()),
            "unitee attest --svsm --manifest FILE"});
}

void ask_tdx_guest(const question& asked, notebook& to) {
  to.ask("tsm-report");
  guest::configfs_tdx_guest_options with;
  with.limit = asked.limit();
  const auto backend = guest::configfs_tdx_guest::open(with);
  const auto quote =
      backend ? backend->attest({nonce().value}) : unitee::result<std::vector<std::uint8_t>>(backend.error());
  if (!quote) return to.write(failed("tsm-report", quote.error()));
  const auto parsed = unitee::tdx::quote::parse(*quote);
  to.know([&](facts& known) {
    if (parsed && parsed->td()) known.attributes = parsed->td()->tdattributes();
    known.attests.emplace_back(guest::configfs_tdx_guest::name);
  });
  to.write(
      {"tsm-report", state::works, fmt::format("a TDX quote of {} bytes, about the bytes asked for", quote->size())});
}

}  // namespace

void probe_tsm(const question& asked, notebook& to) {
  to.ask("configfs-tsm");
  if (!is_there(folder)) return to.write(absent());
  std::string provider;
  bool has_services = false;
  {
    const entry own;
    if (!own.exists()) {
      finding out = failed("configfs-tsm", own.why());
      if (own.why().offset == ENXIO)
        out.what = "configfs-tsm has no provider: neither sev_guest nor tdx_guest is loaded";
      return to.write(std::move(out));
    }
    provider = own.line("provider");
    has_services = own.has("service_provider");
  }
  const bool is_sev = provider == guest::configfs_sev_guest::provider;
  const bool is_tdx = provider == guest::configfs_tdx_guest::provider;
  if (!is_sev && !is_tdx) {
    return to.write({"configfs-tsm", state::does_not,
                     fmt::format("its provider is {}, neither sev_guest nor tdx_guest",
                                 provider.empty() ? "unknown" : "\"" + provider + "\""),
                     "use a machine of SEV-SNP or TDX: unitee speaks no other TEE's language"});
  }
  to.know([&](facts& known) { (is_sev ? known.snp_interface : known.tdx_interface) = true; });
  to.write({"configfs-tsm", state::works, "its provider is " + provider});
  if (!is_sev) return ask_tdx_guest(asked, to);
  ask_sev_guest(asked, to);
  if (has_services) ask_services(asked, to);
}

}  // namespace command::examination
