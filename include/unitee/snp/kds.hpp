// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/kds.hpp: where AMD publishes the endorsements of a report. Nothing here connects anywhere.
#pragma once

#include <unitee/bytes/address.hpp>
#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/report.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace unitee::inline v0::snp {

namespace detail {

constexpr address kds(signing_key_kind signer, generation id) noexcept {
  address out;
  out << "https://kdsintf.amd.com/" << (signer == signing_key_kind::vlek ? "vlek" : "vcek") << "/v1/"
      << product_of(id).name << "/";
  return out;
}

}  // namespace detail

// chain_address is where the intermediate (ASK or ASVK) and the ARK of a generation are, as one PEM file.
constexpr address chain_address(signing_key_kind signer, generation id) noexcept {
  return detail::kds(signer, id) << "cert_chain";
}

// crl_address is where the revocation list of a generation is, as DER.
constexpr address crl_address(signing_key_kind signer, generation id) noexcept {
  return detail::kds(signer, id) << "crl";
}

// vcek_address is where the VCEK of a report is, as DER: by chip id and REPORTED_TCB, never CURRENT_TCB. A report whose
// chip id is zero has no such address (the host masks it, or a VLEK signs): errc::missing.
constexpr result<address> vcek_address(const report& from, generation id) noexcept {
  const snp::chip_id chip = from.chip_id();
  const product& p = product_of(id);
  const byte_view meant = chip.view().first(p.chip_id_size);
  if (all_zero(meant)) return failure{errc::missing, row::chip_id::offset, part::report};
  std::array<char, 128> hex{};
  const std::size_t digits = 2 * p.chip_id_size;
  (void)hex_encode(meant, std::span(hex).first(digits));
  address out = detail::kds(signing_key_kind::vcek, id);
  out << std::string_view(hex.data(), digits);
  constexpr std::string_view names[] = {"fmcSPL", "blSPL", "teeSPL", "snpSPL", "ucodeSPL"};
  std::string_view separator = "?";
  for (const tcb_component component : tcb_components) {
    const auto level = spl(from.reported_tcb(), component, p.layout);
    if (!level) continue;
    out << separator << names[static_cast<std::size_t>(component)] << "=" << *level;
    separator = "&";
  }
  return out;
}

}  // namespace unitee::inline v0::snp
