// SPDX-License-Identifier: Apache-2.0
//
// doctor_snp.cpp: /dev/sev-guest: reports, certificates, derived keys.

#include "doctor_device.hpp"

#include <unitee/crypto/random.hpp>
#include <unitee/format.hpp>
#include <unitee/guest/sev_guest.hpp>
#include <unitee/kdf/derive.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/kds.hpp>

#include <utility>

namespace command::examination {

namespace {

namespace snp = unitee::snp;
using unitee::errc;
using unitee::guest::sev_guest;

constexpr const char* path = "/dev/sev-guest";

// open is the device, for one request.
unitee::result<sev_guest> open(const question& asked) {
  unitee::guest::sev_guest_options with;
  with.limit = asked.limit();
  return sev_guest::open(with);
}

unitee::result<snp::report> fresh_report(const question& asked) {
  snp::report_data nonce;
  if (const auto done = unitee::random_bytes(nonce.value); !done) return done.error();
  const auto guest = open(asked);
  if (!guest) return guest.error();
  return guest->attest(nonce);
}

std::string address_of(const snp::report& report) {
  const auto id = report.cpuid();
  const auto product = id ? snp::generation_of(*id) : std::nullopt;
  if (!product || !snp::product_of(*product).verifiable) return {};
  const auto address = snp::vcek_address(report, *product);
  return address ? std::string(address->text()) : "";
}

finding certificates(const question& asked, const snp::report& report) {
  snp::report_data nonce;
  const auto drawn = unitee::random_bytes(nonce.value);
  const auto guest = open(asked);
  if (!drawn || !guest) return failed("snp-certificates", drawn ? guest.error() : drawn.error());
  const auto all = guest->attest_with_certificates(nonce);
  if (!all) return failed("snp-certificates", all.error());
  if (all->certificates.empty()) {
    const std::string address = address_of(report);
    return {"snp-certificates", state::careful, "the host hands out none: verifiers fetch them from AMD",
            address.empty() ? "give verifiers the certificates: unitee verify --endorsements PATH"
                            : "curl -o vcek.der '" + address + "'"};
  }
  const auto table = snp::certificate_table::parse(all->certificates);
  if (!table) return failed("snp-certificates", table.error());
  std::string names;
  for (std::size_t i = 0; i < table->size(); ++i) {
    const char* const known = snp::table_guid::name_of((*table)[i].id);
    names += fmt::format("{}{}", names.empty() ? "" : ", ", known != nullptr ? known : "another");
  }
  return {"snp-certificates", state::works,
          fmt::format("the host hands out {} ({} bytes)", names, all->certificates.size())};
}

finding derived_key(const question& asked) {
  const auto guest = open(asked);
  if (!guest) return failed("snp-key", guest.error());
  const auto key = unitee::derive_key(*guest, unitee::key_binding{.purpose = "unitee doctor"});
  if (!key) return failed("snp-key", key.error());
  return {"snp-key", state::works, "the firmware derives a key for this measurement and policy (thrown away)"};
}

}  // namespace

void probe_sev_guest(const question& asked, notebook& to) {
  to.ask("sev-guest");
  if (const auto guest = open(asked); !guest) {
    const bool absent = guest.error().code == errc::interface_absent;
    if (!absent) to.know([](facts& known) { known.snp_interface = true; });
    return to.write(not_opened("sev-guest", path, guest.error()));
  }
  to.know([](facts& known) { known.snp_interface = true; });
  to.write(opened("sev-guest", path));

  to.ask("snp-report");
  const auto report = fresh_report(asked);
  if (!report) return to.write(failed("snp-report", report.error()));
  to.know([&](facts& known) {
    known.report = *report;
    known.attests.emplace_back(sev_guest::name);
  });
  to.write({"snp-report", state::works, fmt::format("version {}, about the bytes asked for", report->version())});
  to.ask("snp-certificates");
  to.write(certificates(asked, *report));
  to.ask("snp-key");
  finding key = derived_key(asked);
  if (key.is == state::works) to.know([](facts& known) { known.derives = sev_guest::name; });
  to.write(std::move(key));
}

}  // namespace command::examination
