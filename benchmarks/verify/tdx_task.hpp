// SPDX-License-Identifier: Apache-2.0
//
// verify/tdx_task.hpp: verifying one TDX quote, and loading its collateral, by the library and by OpenSSL's calls.
#pragma once

#include "../table.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace benchmarks {

// tdx_evidence is a quote of version 4 or 5 that brings its PCK chain along in PEM, and the seven files of its
// collateral as Intel's service delivers them. The root in DER is the trusted one.
struct tdx_evidence {
  std::string from;  // where it was made
  std::vector<std::uint8_t> quote;
  std::size_t signed_size = 0;  // of header, descriptor and body, which the attestation key signs
  std::vector<std::uint8_t> tcb_info = {};
  std::vector<std::uint8_t> tcb_info_issuer_chain = {};
  std::vector<std::uint8_t> qe_identity = {};
  std::vector<std::uint8_t> qe_identity_issuer_chain = {};
  std::vector<std::uint8_t> pck_crl = {};
  std::vector<std::uint8_t> pck_crl_issuer_chain = {};
  std::vector<std::uint8_t> root_ca_crl = {};
  std::vector<std::uint8_t> root = {};
  std::int64_t at = 0;  // the time of judgement, in seconds since 1970
};

// tdx_verifier says of one piece of evidence whether it is genuine, as often as it is asked. The evidence outlives it.
struct tdx_verifier {
  std::function<bool()> warm;  // the quote, on a platform that was verified beforehand; also from many threads
  std::function<bool()> cold;  // decodes the PCK chain, verifies it and then the quote; collateral was loaded before
  std::function<bool()> load;  // decodes and verifies the collateral
  // what there is on one side only: the quote by a verifier that has seen its platform; also from many threads
  std::function<bool()> fleet = {};
  // load, with certificates and lists that are decoded already
  std::function<bool()> load_decoded = {};
};

tdx_verifier unitee_tdx_verifier(const tdx_evidence& evidence);
tdx_verifier openssl_tdx_verifier(const tdx_evidence& evidence);

void verify_tdx(table& out);

}  // namespace benchmarks
