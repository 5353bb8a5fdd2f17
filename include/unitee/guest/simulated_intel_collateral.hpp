// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_intel_collateral.hpp: what Intel's service would say about a simulated platform. INSECURE.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/guest/simulated_intel.hpp>
#include <unitee/guest/simulated_intel_documents.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>
#include <unitee/guest/simulated_tdx_stage.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest {

// simulated_collateral is the seven files that a verifier needs beside a quote, as Intel's service delivers them.
struct simulated_collateral {
  std::vector<std::uint8_t> tcb_info;                  // JSON
  std::vector<std::uint8_t> tcb_info_issuer_chain;     // PEM: TCB signing, root
  std::vector<std::uint8_t> qe_identity;               // JSON
  std::vector<std::uint8_t> qe_identity_issuer_chain;  // PEM: TCB signing, root
  std::vector<std::uint8_t> pck_crl;                   // DER
  std::vector<std::uint8_t> pck_crl_issuer_chain;      // PEM: Platform CA, root
  std::vector<std::uint8_t> root_ca_crl;               // DER

  // for_each_file calls f(name, bytes) for each file, with the names that such files usually have.
  template <class F>
  void for_each_file(F&& f) const {
    f(std::string_view("tcb_info.json"), byte_view(tcb_info));
    f(std::string_view("tcb_info_issuer_chain.pem"), byte_view(tcb_info_issuer_chain));
    f(std::string_view("qe_identity.json"), byte_view(qe_identity));
    f(std::string_view("qe_identity_issuer_chain.pem"), byte_view(qe_identity_issuer_chain));
    f(std::string_view("pck_crl.der"), byte_view(pck_crl));
    f(std::string_view("pck_crl_issuer_chain.pem"), byte_view(pck_crl_issuer_chain));
    f(std::string_view("root_ca_crl.der"), byte_view(root_ca_crl));
  }
};

// make_simulated_collateral issues all of it at `now`: the two documents and the list of PCK certificates for 30 days,
// the root's list for 365. TCB levels are up to 500 days older: a time for which one of the dates is before 1970 or
// after 9999 is errc::bad_value.
inline result<simulated_collateral> make_simulated_collateral(const insecure_simulated_tdx_platform& of, utc_time now,
                                                              const simulated_stage& as = {}) {
  const insecure_simulated_tdx_platform::state& own = of.get();
  simulated_collateral out;

  const auto tcb_info = detail::simulated_tcb_info(own.pck_extension, as, now);
  if (!tcb_info) return tcb_info.error();
  auto document = detail::simulated_document("tcbInfo", *tcb_info, own.tcb_signing_key);
  if (!document) return document.error();
  out.tcb_info = std::move(*document);

  const auto identity = detail::simulated_qe_identity(as, now);
  if (!identity) return identity.error();
  document = detail::simulated_document("enclaveIdentity", *identity, own.tcb_signing_key);
  if (!document) return document.error();
  out.qe_identity = std::move(*document);

  auto chain = detail::pem_chain({&own.tcb_signing, &own.root});
  if (!chain) return chain.error();
  out.tcb_info_issuer_chain = *chain;
  out.qe_identity_issuer_chain = std::move(*chain);
  chain = detail::pem_chain({&own.ca, &own.root});
  if (!chain) return chain.error();
  out.pck_crl_issuer_chain = std::move(*chain);

  // The list of PCK certificates always names one, which belongs to nobody.
  constexpr std::array<std::uint8_t, 20> someone{0x5A, 0x5A, 0x5A};
  std::vector<byte_view> by_ca{someone};
  std::vector<byte_view> by_root;
  if (as.revoked == simulated_revocation::pck) by_ca.push_back(own.pck.serial());
  if (as.revoked == simulated_revocation::platform_ca) by_root.push_back(own.ca.serial());
  if (as.revoked == simulated_revocation::tcb_signing) by_root.push_back(own.tcb_signing.serial());
  const auto list = [&](std::string_view name, const signing_key& key, const std::vector<byte_view>& serials,
                        std::int64_t life) -> result<std::vector<std::uint8_t>> {
    const auto made = detail::simulated_sgx_crl(name, key, serials, now, {now.seconds + life});
    if (!made) return made.error();
    return made->der();
  };
  auto crl = list(detail::sgx_platform_ca_name, own.ca_key, by_ca, detail::simulated_document_life);
  if (!crl) return crl.error();
  out.pck_crl = std::move(*crl);
  crl = list(detail::sgx_root_name, own.root_key, by_root, detail::simulated_year);
  if (!crl) return crl.error();
  out.root_ca_crl = std::move(*crl);
  return out;
}

}  // namespace unitee::inline v0::guest
