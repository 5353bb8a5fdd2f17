// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_missing.hpp: what to fetch before a quote can be verified, and from where.
#pragma once

#include <unitee/bytes/address.hpp>
#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/pcs.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/pck_chain.hpp>
#include <unitee/verify/tdx_names.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace unitee::inline v0::tdx {

// missing_endorsement is a piece of collateral that the verifier needs and was not given, or was given an old one of.
struct missing_endorsement {
  part what;  // part::pck, intermediate, root_crl, tcb_signing, tcb_info, qe_identity or pck_crl
  // source is where Intel publishes it; nothing for a PCK certificate and the CA above it, which the platform's owner
  // has. What comes in a header of an answer has the address of that answer.
  std::optional<address> source;
};

// missing_endorsements lists what to fetch for this quote and time: nothing when all is there, whether or not it is any
// good. Documents and lists count when they are of this platform by what they say, and speak for the time.
inline std::vector<missing_endorsement> missing_endorsements(const quote& q, const endorsements& given, utc_time at,
                                                             const trust_anchors& anchors = {}) {
  std::vector<missing_endorsement> out;
  const auto chains = pck_chains(q.certification_data(), given, anchors);
  if (!chains) {
    const bool absent = chains.error().code == errc::missing;
    if (absent) out.push_back({chains.error().in, std::nullopt});
    return out;
  }
  const pck_chain& chain = chains->front();
  const pck_extension& platform = chain.pck.extension();
  const auto speaks = [&](utc_time from, utc_time until) { return from <= at && at <= until; };
  const auto have_list = [&](const certificate& issuer) {
    return std::any_of(given.crls().begin(), given.crls().end(), [&](const crl& one) {
      const auto from = one.this_update();
      const auto until = one.next_update();
      return one.is_issued_by(issuer) && from && until && speaks(*from, *until);
    });
  };
  if (!have_list(chain.root)) out.push_back({part::root_crl, root_crl_address()});

  bool have_info = false;
  bool have_info_signer = !unitee::detail::named(given.certificates(), tcb_signing_name).empty();
  bool have_identity_signer = have_info_signer;
  for (const auto& [info, issuers] : given.tcb_infos()) {
    if (info->id != q.tee_type() || info->fmspc != platform.fmspc || info->pceid != platform.pceid) continue;
    if (!speaks(info->issue_date, info->next_update)) continue;
    have_info = true;
    have_info_signer |= !issuers.empty();
  }
  bool have_identity = false;
  const auto wanted = q.tee_type() == tee_type::tdx ? enclave_kind::td_qe : enclave_kind::qe;
  for (const auto& [identity, issuers] : given.enclave_identities()) {
    if (identity->id != wanted || !speaks(identity->issue_date, identity->next_update)) continue;
    have_identity = true;
    have_identity_signer |= !issuers.empty();
  }
  const address info_source = tcb_info_address(q.tee_type(), platform.fmspc);
  const address identity_source = qe_identity_address(q.tee_type());
  if (!have_info_signer) {
    out.push_back({part::tcb_signing, info_source});
  } else if (!have_identity_signer) {
    out.push_back({part::tcb_signing, identity_source});
  }
  if (!have_info) out.push_back({part::tcb_info, info_source});
  if (!have_identity) out.push_back({part::qe_identity, identity_source});
  if (!have_list(chain.intermediate)) {
    const bool processor = is_named(chain.intermediate, processor_ca_name);
    out.push_back({part::pck_crl, pck_crl_address(processor ? pck_ca::processor : pck_ca::platform)});
  }
  return out;
}

}  // namespace unitee::inline v0::tdx
