// SPDX-License-Identifier: Apache-2.0

#include <unitee/guest/simulated_platform.hpp>
#include <unitee/guest/simulated_snp.hpp>

#include "../allocations.hpp"
#include "../measure.hpp"
#include "../table.hpp"
#include "../threads.hpp"
#include "task.hpp"
#include "tdx_task.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace benchmarks {
namespace {

// simulated_evidence is a report as hardware makes it, from a machine that is made here.
snp_evidence simulated_evidence() {
  using namespace unitee::guest;
  const unitee::utc_time now{1'767'225'600};  // 2026-01-01
  const auto platform = insecure_simulated_platform::create(
      unitee::snp::generation::milan, {.fmc = 0, .boot_loader = 4, .tee = 0, .snp = 24, .microcode = 219}, now);
  require(platform.has_value(), "there is no simulated platform");
  const auto guest = insecure_simulated_snp::launch(*platform, {});
  require(guest.has_value(), "there is no simulated guest");
  const auto report = guest->attest({});
  const auto vcek = platform->get().vcek.der();
  const auto ask = platform->get().ask.der();
  const auto ark = platform->get().ark.der();
  require(report && vcek && ask && ark, "the simulated guest does not attest");
  snp_evidence out{{}, *vcek, *ask, *ark, now.seconds + 86400};
  std::ranges::copy(report->bytes(), out.report.begin());
  return out;
}

// require_equal_answers asks both verifiers about the evidence, and about the evidence with one bit changed.
void require_equal_answers(const snp_evidence& evidence) {
  const auto both_say = [](const snp_evidence& about, bool report, bool all) {
    const auto ours = unitee_verifier(about);
    const auto peer = openssl_verifier(about);
    return ours.report && peer.report && ours.report() == report && peer.report() == report && ours.all() == all &&
           peer.all() == all && ours.fleet() == all;
  };
  require(both_say(evidence, true, true), "the verifiers do not agree about genuine evidence");
  for (const std::size_t offset : {0x050UL, 0x090UL, 0x2A0UL, 0x2E8UL}) {
    snp_evidence changed = evidence;
    changed.report[offset] ^= 1;
    require(both_say(changed, false, false), "the verifiers do not agree about a changed report");
  }
  snp_evidence changed = evidence;
  changed.vcek.back() ^= 1;
  require(!unitee_verifier(changed).all() && !openssl_verifier(changed).all(),
          "the verifiers do not agree about a changed certificate");
}

void verify_snp(table& out) {
  const snp_evidence evidence = simulated_evidence();
  require_equal_answers(evidence);
  const auto ours = unitee_verifier(evidence);
  const auto peer = openssl_verifier(evidence);

  const comparison warm = compare(ours.report, peer.report);
  out.add({"verify SEV-SNP report, chain verified before", duration_text(warm.ours), duration_text(warm.peer),
           ratio_text(warm.ratio), "at most 1.05", warm.ratio <= 1.05});
  const auto own = allocations_of(ours.report);
  const auto raw = allocations_of(peer.report);
  out.add({"  allocations", std::to_string(own.own), std::to_string(raw.own), "-", "0", own.own == 0});
  out.add({"  allocations inside of OpenSSL", std::to_string(own.openssl), std::to_string(raw.openssl)});

  const comparison fleet = compare(ours.fleet, peer.report);
  out.add({"the same by a fleet's verifier, from DER", duration_text(fleet.ours), duration_text(fleet.peer),
           ratio_text(fleet.ratio), "at most 1.05", fleet.ratio <= 1.05});
  const auto cached = allocations_of(ours.fleet);
  out.add({"  allocations", std::to_string(cached.own), std::to_string(raw.own), "-", "0", cached.own == 0});

  const comparison cold = compare(ours.all, peer.all);
  out.add({"verify SEV-SNP report and chain, from DER", duration_text(cold.ours), duration_text(cold.peer),
           ratio_text(cold.ratio), "at most 1.05", cold.ratio <= 1.05});

  const double ours_scale = scaling(ours.fleet);
  const double peer_scale = scaling(peer.report);
  out.add({"  two threads over one, reports per second", text("%.2f x", ours_scale), text("%.2f x", peer_scale),
           ratio_text(ours_scale / peer_scale)});
}

}  // namespace

void verify(table& out) {
  verify_snp(out);
  verify_tdx(out);
}

}  // namespace benchmarks
