// SPDX-License-Identifier: Apache-2.0
//
// unitee/vtpm/tpm_signature.hpp: the RSA signature of a TPM quote, in either form that tools write.
#pragma once

#include <unitee/bytes/reader.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/vtpm/tpm_quote.hpp>

#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::vtpm {

// tpm_signature refers to an RSASSA-PKCS1-v1_5 signature with SHA-256, which the caller keeps alive.
class tpm_signature {
 public:
  // parse accepts the signature alone, 256, 384 or 512 bytes, or a TPMT_SIGNATURE (TPM 2.0 Library, Part 2, 11.3.4)
  // with such a one and nothing behind it: the sizes tell them apart. errc::unsupported_algorithm at another scheme or
  // hash; errc::bad_length at another size of the signature; errc::truncated, errc::trailing_data. Offsets count in
  // `bytes`, in part::input.
  static constexpr result<tpm_signature> parse(byte_view bytes) noexcept {
    if (is_rsa_size(bytes.size())) return tpm_signature(bytes);
    reader from(bytes);
    const auto scheme = detail::be<std::uint16_t>(from);
    if (!scheme) return scheme.error();
    if (*scheme != rsassa) return failure{errc::unsupported_algorithm, 0};
    const auto hash = detail::be<std::uint16_t>(from);
    if (!hash) return hash.error();
    if (pcr_hash{*hash} != pcr_hash::sha256) return failure{errc::unsupported_algorithm, 2};
    const auto size = detail::be<std::uint16_t>(from);
    if (!size) return size.error();
    if (!is_rsa_size(*size)) return failure{errc::bad_length, 4};
    const auto rsa = from.take(*size);
    if (!rsa) return rsa.error();
    if (const auto end = from.finish(); !end) return end.error();
    return tpm_signature(*rsa);
  }

  // rsa is the signature as a big-endian number, of the size of the key's modulus.
  [[nodiscard]] constexpr byte_view rsa() const noexcept { return rsa_; }

 private:
  static constexpr std::uint16_t rsassa = 0x0014;  // TPM_ALG_RSASSA

  constexpr explicit tpm_signature(byte_view rsa) noexcept : rsa_(rsa) {}

  static constexpr bool is_rsa_size(std::size_t size) noexcept { return size == 256 || size == 384 || size == 512; }

  byte_view rsa_;
};

}  // namespace unitee::inline v0::vtpm
