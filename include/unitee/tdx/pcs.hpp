// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/pcs.hpp: where Intel publishes the collateral of a platform. Nothing here connects anywhere.
#pragma once

#include <unitee/bytes/address.hpp>
#include <unitee/bytes/hex.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/quote_header.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0::tdx {

// pck_ca is which of Intel's two PCK CAs issued a platform's certificate.
enum class pck_ca : std::uint8_t {
  platform,
  processor
};

namespace detail {

constexpr address pcs(tee_type tee) noexcept {
  return address() << "https://api.trustedservices.intel.com/" << (tee == tee_type::tdx ? "tdx" : "sgx")
                   << "/certification/v4/";
}

}  // namespace detail

// tcb_info_address is where the TCB info of a family of platforms is. Its issuer chain, TCB signing certificate and
// root, comes in the answer's header TCB-Info-Issuer-Chain.
constexpr address tcb_info_address(tee_type tee, const fmspc& of) noexcept {
  std::array<char, 12> digits{};
  (void)hex_encode(of.view(), digits);
  return detail::pcs(tee) << "tcb?fmspc=" << std::string_view(digits.data(), digits.size());
}

// qe_identity_address is where the identity of the quoting enclave is. Its issuer chain comes in the answer's header
// SGX-Enclave-Identity-Issuer-Chain.
constexpr address qe_identity_address(tee_type tee) noexcept { return detail::pcs(tee) << "qe/identity"; }

// pck_crl_address is where the revocation list of a PCK CA is, as DER. Its issuer chain, the CA and the root, comes in
// the answer's header SGX-PCK-CRL-Issuer-Chain.
constexpr address pck_crl_address(pck_ca ca) noexcept {
  return detail::pcs(tee_type::sgx) << "pckcrl?ca=" << (ca == pck_ca::platform ? "platform" : "processor")
                                    << "&encoding=der";
}

// root_crl_address is where the revocation list of the root is, as DER.
constexpr address root_crl_address() noexcept {
  return address() << "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";
}

}  // namespace unitee::inline v0::tdx
