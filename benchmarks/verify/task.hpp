// SPDX-License-Identifier: Apache-2.0
//
// verify/task.hpp: verifying one attestation report with its chain, by the library and by OpenSSL's calls alone.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace benchmarks {

// snp_evidence is a report and its chain in DER, of which the ARK is the trusted root.
struct snp_evidence {
  std::array<std::uint8_t, 1184> report;
  std::vector<std::uint8_t> vcek;
  std::vector<std::uint8_t> ask;
  std::vector<std::uint8_t> ark;
  std::int64_t at;  // the time of judgement, in seconds since 1970
};

// snp_verifier says of one piece of evidence whether it is genuine, as often as it is asked. The evidence outlives it.
struct snp_verifier {
  std::function<bool()> report;  // the report, with a chain that was verified beforehand; also from many threads
  std::function<bool()> all;     // decodes three certificates, verifies the chain and then the report
  // the report with its certificate, by a verifier that has seen that certificate; also from many threads
  std::function<bool()> fleet = {};
};

snp_verifier unitee_verifier(const snp_evidence& evidence);
snp_verifier openssl_verifier(const snp_evidence& evidence);

}  // namespace benchmarks
