// SPDX-License-Identifier: Apache-2.0
//
// tests/support/endorsements.hpp: endorsements compared, and encoded in the ways that they travel.
#pragma once

#include "support/edits.hpp"
#include "support/openssl.hpp"

#include <unitee/verify/endorsements.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

// same says that both hold the same, in any order, whatever chains the documents came with.
inline bool same(const endorsements& a, const endorsements& b) {
  const auto alike = [](const auto& x, const auto& y, auto projection) {
    return x.size() == y.size() && std::ranges::all_of(x, [&](const auto& one) {
             return std::ranges::find(y, std::invoke(projection, one), projection) != y.end();
           });
  };
  return alike(a.certificates(), b.certificates(), std::identity()) && alike(a.crls(), b.crls(), std::identity()) &&
         alike(a.tcb_infos(), b.tcb_infos(), &issued<tdx::tcb_info_document>::document) &&
         alike(a.enclave_identities(), b.enclave_identities(), &issued<tdx::enclave_identity_document>::document);
}

inline std::size_t size_of(const endorsements& all) {
  return all.certificates().size() + all.crls().size() + all.tcb_infos().size() + all.enclave_identities().size();
}

inline std::string base64_of(byte_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(), static_cast<int>(bytes.size()));
  out.pop_back();
  return out;
}

inline std::string pem_of(const std::string& label, byte_view der) {
  std::string out = "-----BEGIN " + label + "-----\n";
  const std::string text = base64_of(der);
  for (std::size_t i = 0; i < text.size(); i += 64) out += text.substr(i, 64) + "\n";
  return out + "-----END " + label + "-----\n";
}

// percent_of encodes every byte but letters, digits and dashes.
inline std::string percent_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
    if (plain) {
      out += c;
    } else {
      out += "%" + hex_of(std::vector<std::uint8_t>{static_cast<std::uint8_t>(c)});
    }
  }
  return out;
}

}  // namespace unitee::test
