// SPDX-License-Identifier: Apache-2.0
//
// doctor_conclude.cpp: what the findings of all probes say together.

#include "doctor.hpp"

#include <unitee/format.hpp>
#include <unitee/verify/snp_appraise.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace command::examination {

namespace {

namespace snp = unitee::snp;
using unitee::tdx::td_attributes;

// topics is the order in which a person reads.
constexpr std::string_view topics[]{
    "machine",   "kernel",        "modules",      "user",      "sev-guest",        "snp-report",   "snp-policy",
    "snp-vmpl",  "snp-signer",    "snp-firmware", "snp-key",   "snp-certificates", "tdx-guest",    "td-report",
    "td-policy", "rtmr",          "tdx-seal-key", "event-log", "quote-service",    "configfs-tsm", "tsm-report",
    "svsm",      "locked-memory", "core-dumps",   "swap"};

void add(std::vector<finding>& to, std::string_view topic, state is, std::string what, std::string advice = {}) {
  to.push_back({std::string(topic), is, std::move(what), std::move(advice)});
}

void read_policy(std::vector<finding>& to, const snp::guest_policy& policy) {
  using bits = snp::guest_policy;
  if (policy.has(bits::debug)) {
    add(to, "snp-policy", state::careful, "the host may DEBUG this guest: it can read and change all of its memory",
        "have the host launch it without DEBUG (POLICY bit 19); verifiers refuse it as it is");
  } else if (policy.has(bits::migrate_ma)) {
    add(to, "snp-policy", state::careful, "a migration agent may move this guest to another machine",
        "launch it without MIGRATE_MA (POLICY bit 18), or tell verifiers: unitee verify --allow-migration");
  } else {
    add(to, "snp-policy", state::works, fmt::format("{:#x}: no debugging, no migration", policy.value));
  }
}

void read_report(std::vector<finding>& to, const snp::report& report) {
  read_policy(to, report.policy());
  if (report.vmpl() == 0) {
    add(to, "snp-vmpl", state::works, "VMPL 0, the most privileged");
  } else {
    add(to, "snp-vmpl", state::careful,
        fmt::format("VMPL {}: something more privileged is in this guest", report.vmpl()),
        fmt::format("tell verifiers, who have to know what it is: unitee verify --vmpl {}", report.vmpl()));
  }
  switch (report.key_info().signer()) {
    case snp::signing_key_kind::vcek: add(to, "snp-signer", state::works, "a VCEK: the key of this chip"); break;
    case snp::signing_key_kind::vlek:
      add(to, "snp-signer", state::careful,
          "a VLEK: the provider's key, on all of its machines; so are the keys derived from it",
          "ask for keys that are bound to the chip (and_chip), and verifiers to demand --signer vlek --csp-id NAME");
      break;
    default:
      add(to, "snp-signer", state::does_not, "nobody signs the reports: the host masks the chip's key",
          "have the host set MASK_CHIP_KEY to 0, or load a VLEK");
  }
  const std::string version = fmt::format("{}", report.current_version());
  if (snp::is_provisional(report)) {
    add(to, "snp-firmware", state::careful,
        fmt::format("{} is provisional: the host can roll it back to {}", version, report.committed_version()),
        "have the host commit it (SNP_COMMIT); to insist: unitee verify --refuse-provisional");
  } else {
    add(to, "snp-firmware", state::works, version + ", committed");
  }
}

void read_attributes(std::vector<finding>& to, const td_attributes& of) {
  if (of.has(td_attributes::tud)) {
    add(to, "td-policy", state::careful,
        "the host may DEBUG this TD: it can read and change all of its memory (ATTRIBUTES.TUD)",
        "have the host launch it without DEBUG; verifiers refuse it as it is");
  } else if (of.has(td_attributes::tup)) {
    add(to, "td-policy", state::careful, "the host may profile this TD (ATTRIBUTES.TUP)",
        "launch it without profiling, or tell verifiers: unitee verify --allow-profiling");
  } else if (of.has(td_attributes::migratable)) {
    add(to, "td-policy", state::careful, "a service TD may move this TD to another machine",
        "launch it without MIGRATABLE, or tell verifiers: unitee verify --allow-migration");
  } else if (!of.has(td_attributes::sept_ve_disable)) {
    add(to, "td-policy", state::careful, "SEPT_VE_DISABLE is not set: the host can interrupt the TD at its memory",
        "have the host launch it with SEPT_VE_DISABLE (ATTRIBUTES bit 28)");
  } else {
    add(to, "td-policy", state::works, fmt::format("ATTRIBUTES {:#x}: no debugging, no profiling", of.value));
  }
}

void merge(facts& all, const facts& one) {
  if (one.cpu != platform::unknown) all.cpu = one.cpu;
  all.snp_interface |= one.snp_interface;
  all.tdx_interface |= one.tdx_interface;
  all.azure |= one.azure;
  all.td_reports |= one.td_reports;
  std::ranges::copy(one.modules, std::back_inserter(all.modules));
  std::ranges::copy(one.attests, std::back_inserter(all.attests));
  if (all.derives.empty()) all.derives = one.derives;
  if (!all.report) all.report = one.report;
  if (!all.attributes) all.attributes = one.attributes;
}

void read_modules(std::vector<finding>& to, const facts& known) {
  if (!known.modules.empty()) {
    add(to, "modules", state::works, fmt::format("{}", fmt::join(known.modules, ", ")));
  } else if (known.snp_interface || known.tdx_interface) {
    add(to, "modules", state::works, "none below /sys/module: the drivers are built in");
  } else {
    add(to, "modules", state::not_here, "neither sev_guest nor tdx_guest is loaded",
        "modprobe sev-guest in a SEV-SNP guest, modprobe tdx-guest in a TD");
  }
}

// spare takes away advice that leads nowhere: to drivers of the other vendor, and to a quote service where quotes come
// without one.
void spare(std::vector<finding>& findings, const facts& known) {
  const bool snp = known.snp_interface || known.cpu == platform::snp;
  const bool tdx = known.tdx_interface || known.cpu == platform::tdx;
  for (finding& each : findings) {
    if (each.is != state::not_here) continue;
    const bool other = (each.topic == "sev-guest" && tdx && !snp) || (each.topic == "tdx-guest" && snp && !tdx);
    const bool needless = each.topic == "quote-service" && known.can_quote_without_service();
    const bool neither = !snp && !tdx && (each.topic == "sev-guest" || each.topic == "tdx-guest");  // see modules
    if (other || needless || neither) each.advice.clear();
    if (needless) each.what += "; not needed, since configfs-tsm gives quotes";
  }
}

// question_the_machine doubts evidence on a machine that cannot have it.
void question_the_machine(std::vector<finding>& findings, const facts& known) {
  const bool both = known.snp_interface && known.tdx_interface;
  const bool unknown = known.cpu == platform::unknown && !known.azure && !known.attests.empty();
  if (!both && !unknown) return;
  for (finding& each : findings) {
    if (each.topic != "machine") continue;
    each.is = state::careful;
    each.what += both ? ", and yet there are interfaces of both vendors: some are simulated"
                      : ", and yet there is evidence: it may be simulated";
    each.advice = "verify it by the vendor's root: unitee attest -o FILE; unitee verify FILE";
  }
}

// blame is ", because of TOPIC, ...": those of these that fail, or else those that are not here; topics of a vendor
// whose interfaces are not here are nobody's fault.
std::string blame(const std::vector<finding>& findings, const facts& known,
                  std::initializer_list<std::string_view> wanted) {
  for (const state is : {state::does_not, state::not_here}) {
    std::vector<std::string_view> guilty;
    for (const std::string_view topic : wanted) {
      if (!known.snp_interface && (topic.starts_with("snp") || topic.starts_with("sev"))) continue;
      if (!known.tdx_interface && topic.starts_with("td")) continue;
      const bool found =
          std::ranges::any_of(findings, [&](const finding& each) { return each.topic == topic && each.is == is; });
      if (found) guilty.push_back(topic);
    }
    if (!guilty.empty()) return fmt::format(", because of {}", fmt::join(guilty, ", "));
  }
  return {};
}

std::string summary_of(const std::vector<finding>& findings, const facts& known) {
  std::string out = fmt::format("can attest by {}", fmt::join(known.attests, ", "));
  if (known.attests.empty()) {
    const bool any = known.snp_interface || known.tdx_interface;
    out = "cannot attest" + (any ? blame(findings, known,
                                         {"snp-report", "tsm-report", "configfs-tsm", "quote-service", "td-report",
                                          "sev-guest", "tdx-guest"})
                                 : std::string(", because no TEE's interface is here"));
  }
  if (!known.derives.empty()) {
    return out + fmt::format("; can derive keys by {}; can seal with them", known.derives);
  }
  return out + "; cannot derive keys" +
         blame(findings, known, {"snp-key", "tdx-seal-key", "snp-report", "td-report", "sev-guest", "tdx-guest"}) +
         "; can seal with a key of your own or a broker's alone, because there is none of the hardware's";
}

}  // namespace

bool facts::can_quote_without_service() const {
  return std::ranges::find(attests, "configfs-tdx-guest") != attests.end();
}

diagnosis conclude(const std::vector<notebook::page>& pages) {
  diagnosis out;
  for (const notebook::page& each : pages) {
    merge(out.known, each.known);
    std::ranges::copy(each.findings, std::back_inserter(out.findings));
  }
  // The device has its quotes by configfs-tsm.
  if (out.known.td_reports && out.known.can_quote_without_service()) {
    out.known.attests.insert(out.known.attests.begin(), "tdx-guest");
  }
  read_modules(out.findings, out.known);
  if (out.known.report) read_report(out.findings, *out.known.report);
  if (out.known.attributes) read_attributes(out.findings, *out.known.attributes);
  spare(out.findings, out.known);
  question_the_machine(out.findings, out.known);
  std::ranges::stable_sort(
      out.findings, {}, [](const finding& each) { return std::ranges::find(topics, each.topic) - std::begin(topics); });
  out.summary = summary_of(out.findings, out.known);
  return out;
}

}  // namespace command::examination
