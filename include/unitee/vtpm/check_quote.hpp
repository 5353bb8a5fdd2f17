// SPDX-License-Identifier: Apache-2.0
//
// unitee/vtpm/check_quote.hpp: is a TPM's quote genuine, fresh, and about these values of the PCRs?
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/rsa.hpp>
#include <unitee/result.hpp>
#include <unitee/vtpm/tpm_quote.hpp>
#include <unitee/vtpm/tpm_signature.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::vtpm {

// sha256_pcrs is the values of PCR 0 to 23 in the SHA-256 bank, 768 bytes, before anyone believes them.
using sha256_pcrs = fixed_bytes<std::size_t{24} * 32, struct sha256_pcrs_tag>;

// quoted_pcrs is the PCRs that a quote covers, with the values that it vouches for. Only check_quote_pcrs makes it.
class quoted_pcrs {
 public:
  // value is PCR n, or nothing where the quote does not cover it: whatever stood there, nobody vouches for.
  [[nodiscard]] std::optional<sha256_digest> value(std::size_t pcr) const noexcept {
    if (!selection_has(pcr)) return std::nullopt;
    sha256_digest out;
    std::copy_n(pcrs_.value.begin() + static_cast<std::ptrdiff_t>(pcr * 32), 32, out.value.begin());
    return out;
  }

 private:
  friend result<quoted_pcrs> check_quote_pcrs(const tpm_quote& quote, const sha256_pcrs& pcrs) noexcept;

  quoted_pcrs(std::uint32_t selected, const sha256_pcrs& pcrs) noexcept : selected_(selected), pcrs_(pcrs) {}

  [[nodiscard]] bool selection_has(std::size_t pcr) const noexcept { return pcr < 24 && (selected_ >> pcr & 1) != 0; }

  std::uint32_t selected_;  // PCR n is bit n
  sha256_pcrs pcrs_;
};

// check_quote_signature says that the holder of `attestation_key` signed the quote, or errc::signature_invalid. The key
// itself is as good as what vouches for it: for the HCL, check_binding of a verified hardware report. Failures are in
// part::tpm_quote, here and below.
inline result<void> check_quote_signature(const tpm_quote& quote, const tpm_signature& signature,
                                          const rsa_public_key& attestation_key) noexcept {
  const auto good = attestation_key.verify_pkcs1_sha256(quote.bytes(), signature.rsa());
  if (!good) return failure{good.error().code, 0, part::tpm_quote};
  return {};
}

// check_quote_nonce says that the quote's extra data is exactly `nonce`; errc::binding_mismatch at the extra data
// otherwise, and for an empty nonce, which makes nothing fresh.
inline result<void> check_quote_nonce(const tpm_quote& quote, byte_view nonce) noexcept {
  const byte_view found = quote.extra_data();
  if (nonce.empty() || !equal(nonce, found)) {
    return failure{errc::binding_mismatch, quote.offset_of(found), part::tpm_quote};
  }
  return {};
}

// check_quote_pcrs says that the values of the selected PCRs have the quote's digest, by SHA-256;
// errc::binding_mismatch at the digest otherwise. errc::unsupported_format at the selection of a PCR of another bank,
// or above 23.
inline result<quoted_pcrs> check_quote_pcrs(const tpm_quote& quote, const sha256_pcrs& pcrs) noexcept {
  std::optional<failure> refused;
  std::uint32_t selected = 0;
  std::array<std::uint8_t, sha256_pcrs::size()> joined{};
  std::size_t size = 0;
  quote.for_each_bank([&](const pcr_selection& bank) {
    for (std::size_t pcr = 0; pcr < 8 * bank.select.size(); ++pcr) {
      if (!bank.has(pcr)) continue;
      if (bank.hash != pcr_hash::sha256 || pcr >= 24) {
        if (!refused) refused = failure{errc::unsupported_format, bank.offset, part::tpm_quote};
        return;
      }
      selected |= std::uint32_t{1} << pcr;
      const auto value = pcrs.view().subspan(pcr * 32, 32);
      unitee::detail::copy_bytes(value, byte_span(joined).subspan(size));
      size += 32;
    }
  });
  if (refused) return *refused;
  const auto digest = sha256(byte_view(joined).first(size));
  if (!digest) return digest.error();
  if (!equal(digest->value, quote.pcr_digest())) {
    return failure{errc::binding_mismatch, quote.offset_of(quote.pcr_digest()), part::tpm_quote};
  }
  return quoted_pcrs(selected, pcrs);
}

// check_quote is the three checks in this order. What it returns is for an appraisal policy to judge.
inline result<quoted_pcrs> check_quote(const tpm_quote& quote, const tpm_signature& signature,
                                       const rsa_public_key& attestation_key, byte_view nonce,
                                       const sha256_pcrs& pcrs) noexcept {
  if (const auto good = check_quote_signature(quote, signature, attestation_key); !good) return good.error();
  if (const auto fresh = check_quote_nonce(quote, nonce); !fresh) return fresh.error();
  return check_quote_pcrs(quote, pcrs);
}

}  // namespace unitee::inline v0::vtpm
