// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/vek_name.hpp: the names in AMD's chains, and what they say about kind and product.
#pragma once

#include <unitee/crypto/certificate.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/product.hpp>

#include <string_view>

namespace unitee::inline v0::snp {

// role_names are the common names of one chain (KDS specification, certificate formats). They are compared whole:
// "SEV-VLEK" is a VLEK and "SEV-VLEK-Milan" the issuer of VLEKs.
struct role_names {
  std::string_view vek;
  std::string_view intermediate;
  std::string_view root;
};

constexpr role_names names_of(signing_key_kind signer, generation id) noexcept {
  const product& p = product_of(id);
  if (signer == signing_key_kind::vlek) return {"SEV-VLEK", p.asvk, p.ark};
  return {"SEV-VCEK", p.ask, p.ark};
}

namespace detail {

// product_of_issuer is the product that the names of a VEK of one kind tell: errc::name_mismatch or
// errc::unsupported_product, in part::vek.
inline result<const product*> product_of_issuer(const certificate& from, signing_key_kind kind) noexcept {
  const auto subject = from.subject_common_name();
  const auto issuer = from.issuer_common_name();
  if (!subject || !issuer) return failure{errc::name_mismatch, 0, part::vek};
  for (const product& p : products) {
    const role_names names = names_of(kind, p.id);
    if (*subject != names.vek || *issuer != names.intermediate) continue;
    if (!p.verifiable) return failure{errc::unsupported_product, 0, part::vek};
    return &p;
  }
  return failure{errc::name_mismatch, 0, part::vek};
}

}  // namespace detail

}  // namespace unitee::inline v0::snp
