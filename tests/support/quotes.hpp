// SPDX-License-Identifier: Apache-2.0
//
// tests/support/quotes.hpp: recorded TPM quotes, each with its signature, its PCRs and the key that should have signed.
#pragma once

#include "support/evidence.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace unitee::test {

struct recorded_quote {
  std::string name;
  std::vector<std::uint8_t> hcl_report, message, signature, pcrs;
  nlohmann::json known;  // "user_data" and "ak_bits", and "pcr0"
};

// recorded_quotes is those of the Azure guests that the manifests have as files.
inline std::vector<recorded_quote> recorded_quotes() {
  std::vector<recorded_quote> out;
  const auto snp = evidence_manifest("snp");
  for (const auto& one : snp.at("cases")) {
    if (!one.contains("tpm_quote")) continue;
    const auto file = [&](const char* name) {
      return evidence_file("snp/" + one.at("files").at(name).get<std::string>());
    };
    nlohmann::json known = one.at("tpm_quote");
    known["user_data"] = one.at("hcl").at("user_data");
    out.push_back({one.at("id"), file("hcl_report"), file("tpm_quote_message"), file("tpm_quote_signature"),
                   file("tpm_pcrs_sha256"), known});
  }
  const auto tdx = evidence_manifest("tdx");
  for (const auto& one : tdx.at("cases")) {
    if (one.at("kind") != "azure") continue;
    const auto file = [&](const char* name) { return evidence_file(std::string("tdx/azure/azure-2023/") + name); };
    nlohmann::json known = one.at("fields");
    known["extra_data"] = known.at("tpm_extra_data");
    known["pcr_digest"] = known.at("tpm_pcr_digest");
    out.push_back({one.at("id"), file("hcl_report.bin"), file("tpm_quote_message.bin"), file("tpm_quote_signature.bin"),
                   file("pcrs_sha256.bin"), known});
  }
  return out;
}

}  // namespace unitee::test
