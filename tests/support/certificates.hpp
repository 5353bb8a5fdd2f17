// SPDX-License-Identifier: Apache-2.0
//
// tests/support/certificates.hpp: recorded certificates and lists, DER or PEM.
#pragma once

#include "support/evidence.hpp"
#include "support/forge.hpp"

#include <unitee/crypto/pem.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

// certificates_in is every certificate of a PEM text.
inline std::vector<certificate> certificates_in(byte_view text) {
  std::vector<certificate> out;
  const auto walked = for_each_pem(text, [&](std::string_view label, byte_view der) -> result<void> {
    if (label == "CERTIFICATE") out.push_back(need(certificate::from_der(der)));
    return {};
  });
  if (!walked) throw std::runtime_error(name(walked.error().code));
  return out;
}

// recorded is the certificates of one file of the evidence: one if it is DER.
inline std::vector<certificate> recorded(const std::string& path) {
  const auto bytes = evidence_file(path);
  return path.ends_with(".pem") ? certificates_in(bytes) : std::vector{need(certificate::from_der(bytes))};
}

inline crl recorded_crl(const std::string& path) { return need(crl::from_der(evidence_file(path))); }

// amd_chain is VEK, intermediate and root of one case of the SNP manifest.
inline std::vector<certificate> amd_chain(const nlohmann::json& files) {
  std::vector<certificate> out;
  for (const char* role : {"vek", "intermediate", "root"}) {
    out.push_back(recorded("snp/" + files.at(role).get<std::string>()).at(0));
  }
  return out;
}

}  // namespace unitee::test
