// SPDX-License-Identifier: Apache-2.0

#include <unitee/guest/simulated_intel_collateral.hpp>
#include <unitee/guest/simulated_td.hpp>
#include <unitee/verify/pck_chain.hpp>

#include "../allocations.hpp"
#include "../measure.hpp"
#include "../threads.hpp"
#include "support/files.hpp"
#include "tdx_task.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace benchmarks {
namespace {

using file = std::vector<std::uint8_t> tdx_evidence::*;

struct named_file {
  const char* name;
  file in;
};

constexpr named_file files[] = {{"tcb_info.json", &tdx_evidence::tcb_info},
                                {"tcb_info_issuer_chain.pem", &tdx_evidence::tcb_info_issuer_chain},
                                {"qe_identity.json", &tdx_evidence::qe_identity},
                                {"qe_identity_issuer_chain.pem", &tdx_evidence::qe_identity_issuer_chain},
                                {"pck_crl.der", &tdx_evidence::pck_crl},
                                {"pck_crl_issuer_chain.pem", &tdx_evidence::pck_crl_issuer_chain},
                                {"root_ca_crl.der", &tdx_evidence::root_ca_crl}};

// with_root adds what the quote itself says: where its body ends, and the root of its chain.
tdx_evidence with_root(tdx_evidence out) {
  const auto quote = unitee::tdx::quote::parse(out.quote);
  require(quote.has_value(), "the quote does not parse");
  out.signed_size = quote->signed_bytes().size();
  const auto chains = unitee::tdx::pck_chains(quote->certification_data(), {}, {});
  require(chains.has_value(), "the quote has no PCK chain");
  const auto root = chains->front().root.der();
  require(root.has_value(), "the quote has no root");
  out.root = *root;
  return out;
}

// recorded_evidence is of a real machine.
tdx_evidence recorded_evidence(const std::filesystem::path& folder) {
  tdx_evidence out{"a real machine", unitee::test::file_bytes(folder / "quotes" / "b0c06f-uptodate.bin"), 0};
  for (const auto& [name, in] : files)
    out.*in = unitee::test::file_bytes(folder / "collateral" / "b0c06f-2025-06" / name);
  out.at = 1'750'400'000;  // 2025-06-20
  return with_root(std::move(out));
}

// simulated_evidence is of a machine that is made here.
tdx_evidence simulated_evidence() {
  using namespace unitee::guest;
  const unitee::utc_time now{1'767'225'600};  // 2026-01-01
  const auto platform = insecure_simulated_tdx_platform::create(now);
  require(platform.has_value(), "there is no simulated TDX platform");
  const auto td = insecure_simulated_td::launch(*platform, {});
  require(td.has_value(), "there is no simulated TD");
  const auto quote = td->attest({});
  const auto collateral = make_simulated_collateral(*platform, now);
  require(quote && collateral, "the simulated TD does not attest");
  tdx_evidence out{"a simulated machine", *quote, 0};
  collateral->for_each_file([&](std::string_view name, unitee::byte_view bytes) {
    for (const auto& each : files) {
      if (each.name == name) (out.*each.in).assign(bytes.begin(), bytes.end());
    }
  });
  out.at = now.seconds + 86400;
  return with_root(std::move(out));
}

// evidence is recorded where there is some: UNITEE_EVIDENCE_DIR in the environment says where.
tdx_evidence evidence_at_hand() {
  const char* const folder = std::getenv("UNITEE_EVIDENCE_DIR");
  if (folder == nullptr || !std::filesystem::exists(std::filesystem::path(folder) / "tdx")) return simulated_evidence();
  return recorded_evidence(std::filesystem::path(folder) / "tdx");
}

// says asks both verifiers and has them agree.
struct answers {
  bool warm, cold, load;
};
void require_answers(const tdx_evidence& about, const answers& wanted, const char* otherwise) {
  const auto ours = unitee_tdx_verifier(about);
  const auto peer = openssl_tdx_verifier(about);
  require(ours.warm() == wanted.warm && ours.fleet() == (wanted.warm && wanted.load) && ours.cold() == wanted.cold &&
              ours.load() == wanted.load,
          otherwise);
  // The peer's quote does not depend on the collateral.
  require(peer.load() == wanted.load && peer.load_decoded() == wanted.load, otherwise);
  if (wanted.load) require(peer.warm() == wanted.warm && peer.cold() == wanted.cold, otherwise);
}

// require_equal_answers asks both about the evidence, and about the evidence with one bit changed.
void require_equal_answers(const tdx_evidence& evidence) {
  require_answers(evidence, {true, true, true}, "the verifiers do not agree about a genuine quote");
  const std::size_t data = evidence.signed_size + 4;
  // The TD's REPORTDATA, the quote's signature, the attestation key, the QE report and its signature.
  for (const std::size_t offset : {evidence.signed_size - 150, data + 8, data + 72, data + 134 + 64, data + 518 + 40}) {
    tdx_evidence changed = evidence;
    changed.quote[offset] ^= 1;
    require_answers(changed, {false, false, true}, "the verifiers do not agree about a changed quote");
  }
  for (const auto& [name, in] : files) {
    if (in == &tdx_evidence::qe_identity_issuer_chain) continue;  // is changed with the other one
    tdx_evidence changed = evidence;
    const bool json = std::string_view(name).ends_with(".json");
    auto& bytes = changed.*in;
    std::uint8_t& digit = json ? bytes[bytes.size() - 20] : bytes[bytes.size() / 4];
    digit = json ? (digit == '0' ? '1' : '0') : digit == 'A' ? 'B' : 'A';
    if (in == &tdx_evidence::tcb_info_issuer_chain) changed.qe_identity_issuer_chain = changed.tcb_info_issuer_chain;
    require_answers(changed, {false, false, false}, "the verifiers do not agree about changed collateral");
  }
}

class rows {
 public:
  explicit rows(table& out) : out_(out) {}

  void time(const std::string& what, const std::function<bool()>& ours, const std::function<bool()>& peer,
            double most) {
    const comparison got = compare(ours, peer);
    out_.add({what, duration_text(got.ours), duration_text(got.peer), ratio_text(got.ratio),
              most > 0 ? text("at most %.2f", most) : "none",
              most > 0 ? std::optional(got.ratio <= most) : std::nullopt});
  }

  void allocations(const std::function<bool()>& ours, const std::function<bool()>& peer) {
    const auto own = allocations_of(ours);
    const auto raw = allocations_of(peer);
    out_.add({"  allocations", std::to_string(own.own), std::to_string(raw.own), "-", "0", own.own == 0});
    out_.add({"  allocations inside of OpenSSL", std::to_string(own.openssl), std::to_string(raw.openssl)});
  }

  void threads(const std::string& what, const std::function<bool()>& ours, const std::function<bool()>& peer) {
    const double ours_scale = scaling(ours);
    const double peer_scale = scaling(peer);
    out_.add({what, text("%.2f x", ours_scale), text("%.2f x", peer_scale), ratio_text(ours_scale / peer_scale)});
  }

 private:
  table& out_;
};

}  // namespace

void verify_tdx(table& out) {
  const tdx_evidence evidence = evidence_at_hand();
  require_equal_answers(evidence);
  const auto ours = unitee_tdx_verifier(evidence);
  const auto peer = openssl_tdx_verifier(evidence);

  rows add(out);
  out.add({"TDX evidence of " + evidence.from, "", "", "", ""});
  add.time("verify TDX quote, platform verified before", ours.warm, peer.warm, 1.10);
  add.allocations(ours.warm, peer.warm);
  add.time("the same by a fleet's verifier", ours.fleet, peer.warm, 1.10);
  add.allocations(ours.fleet, peer.warm);
  add.time("verify TDX quote and PCK chain, from PEM", ours.cold, peer.cold, 1.05);
  add.time("load TDX collateral, from seven files", ours.load, peer.load, 1.50);
  add.time("  over the same without decoding X.509", ours.load, peer.load_decoded, 0);
  add.threads("  two threads over one, quotes per second", ours.fleet, peer.warm);
}

}  // namespace benchmarks
