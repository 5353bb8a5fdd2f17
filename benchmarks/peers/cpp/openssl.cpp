// SPDX-License-Identifier: Apache-2.0
//
// peers/cpp/openssl.cpp: OpenSSL's calls alone, asked as the others are. It answers about signatures and about nothing
// else, with the code of the benchmarks beside this folder, which expects evidence of the right shape: it is for timing
// and for single bits that are changed, not for broken input.

#include "../../verify/task.hpp"
#include "../../verify/tdx_task.hpp"
#include "protocol.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>

namespace {

using peers::answer;
using peers::question;

std::function<answer()> answering(std::function<bool()> good) {
  return [good = std::move(good)]() -> answer {
    if (good()) return std::nullopt;
    return "a signature or a certificate is not good";
  };
}

std::function<answer()> snp(const question& asked) {
  static benchmarks::snp_evidence evidence;
  const auto& report = asked["report"];
  if (report.size() != evidence.report.size()) return {};
  std::ranges::copy(report, evidence.report.begin());
  evidence.vcek = asked["vek"];
  evidence.ask = asked["intermediate"];
  evidence.ark = asked["root"];
  evidence.at = asked.at;
  const auto verifier = benchmarks::openssl_verifier(evidence);
  return answering(asked.how == "warm" ? verifier.report : verifier.all);
}

// signed_size is of a quote of version 3, 4 or 5, all of whose sizes but the last's are fixed.
std::size_t signed_size(const peers::bytes& quote) {
  if (quote[0] == 3) return 48 + 384;
  if (quote[0] == 4) return 48 + 584;
  return 54 + quote[50] + std::size_t{quote[51]} * 256;
}

std::function<answer()> tdx(const question& asked) {
  static benchmarks::tdx_evidence evidence;
  evidence = {"", asked["quote"], 0};
  if (evidence.quote.size() < 1024 || evidence.quote[0] == 3) return {};
  evidence.signed_size = signed_size(evidence.quote);
  evidence.tcb_info = asked["tcb_info"];
  evidence.tcb_info_issuer_chain = asked["tcb_info_issuer_chain"];
  evidence.qe_identity = asked["qe_identity"];
  evidence.qe_identity_issuer_chain = asked["qe_identity_issuer_chain"];
  evidence.pck_crl = asked["pck_crl"];
  evidence.pck_crl_issuer_chain = asked["pck_crl_issuer_chain"];
  evidence.root_ca_crl = asked["root_ca_crl"];
  evidence.at = asked.at;
  const auto verifier = benchmarks::openssl_tdx_verifier(evidence);
  if (asked.how == "warm") return answering(verifier.warm);
  return answering([verifier] { return verifier.load() && verifier.cold(); });
}

}  // namespace

int main() {
  return peers::serve([](const question& asked) { return asked.kind == "snp" ? snp(asked) : tdx(asked); });
}
