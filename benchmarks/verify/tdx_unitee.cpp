// SPDX-License-Identifier: Apache-2.0

#include <unitee/json/collateral.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_verifier.hpp>

#include "tdx_task.hpp"

#include <memory>
#include <optional>

namespace benchmarks {
namespace {

namespace tdx = unitee::tdx;

struct judge {
  const tdx_evidence& evidence;
  unitee::trust_anchors anchors;
  tdx::collateral_scope scope;

  [[nodiscard]] unitee::utc_time at() const { return {evidence.at}; }

  [[nodiscard]] std::optional<unitee::endorsements> given() const {
    unitee::endorsements out;
    for (const auto* file : {&evidence.tcb_info, &evidence.tcb_info_issuer_chain, &evidence.qe_identity,
                             &evidence.qe_identity_issuer_chain, &evidence.pck_crl, &evidence.pck_crl_issuer_chain,
                             &evidence.root_ca_crl}) {
      if (!unitee::add_endorsements(out, *file)) return std::nullopt;
    }
    return out;
  }

  [[nodiscard]] std::optional<tdx::collateral> load() const {
    const auto files = given();
    if (!files) return std::nullopt;
    const auto loaded = tdx::collateral::verify(*files, scope, at(), anchors);
    // The list of a PCK CA comes last; it is not there when it is not good.
    if (!loaded || loaded->items().back().what != unitee::part::pck_crl) return std::nullopt;
    return *loaded;
  }

  [[nodiscard]] std::optional<tdx::verified_pck> platform(const tdx::quote& q, const tdx::collateral& with) const {
    const auto chains = tdx::pck_chains(q.certification_data(), {}, anchors);
    if (!chains) return std::nullopt;
    const auto verified = tdx::verified_pck::verify(chains->front(), with, at(), anchors);
    return verified ? std::optional(*verified) : std::nullopt;
  }
};

}  // namespace

tdx_verifier unitee_tdx_verifier(const tdx_evidence& evidence) {
  const auto no = [] { return false; };
  tdx_verifier out{no, no, no, no};
  const auto q = tdx::quote::parse(evidence.quote);
  const auto root = unitee::certificate::from_der(evidence.root);
  if (!q || !root) return out;
  unitee::trust_anchors anchors;
  anchors.add(*root);
  const auto chains = tdx::pck_chains(q->certification_data(), {}, anchors);
  if (!chains) return out;
  const tdx::pck_extension& said = chains->front().pck.extension();
  const judge j{evidence, anchors, {q->tee_type(), said.fmspc, said.pceid}};

  out.load = [j] { return j.load().has_value(); };
  const auto with = j.load();
  if (!with) return out;
  out.cold = [j, with = *with] {
    const auto parsed = tdx::quote::parse(j.evidence.quote);
    if (!parsed) return false;
    const auto platform = j.platform(*parsed, with);
    return platform && tdx::verify(*parsed, *platform, j.at());
  };
  if (const auto platform = j.platform(*q, *with)) {
    out.warm = [j, platform = *platform] {
      const auto parsed = tdx::quote::parse(j.evidence.quote);
      return parsed && tdx::verify(*parsed, platform, j.at());
    };
  }
  const auto fleet = std::make_shared<tdx::verifier>(*j.given(), anchors);
  out.fleet = [j, fleet] {
    const auto parsed = tdx::quote::parse(j.evidence.quote);
    return parsed && fleet->verify(*parsed, j.at());
  };
  return out;
}

}  // namespace benchmarks
