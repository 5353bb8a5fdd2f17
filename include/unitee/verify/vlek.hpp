// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/vlek.hpp: the certificate of one cloud provider's attestation key at one TCB version.
#pragma once

#include <unitee/crypto/certificate.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/verify/vek_extensions.hpp>

#include <string_view>

namespace unitee::inline v0::snp {

// vlek is a certificate that calls itself a VLEK (Versioned Loaded Endorsement Key), with its AMD extensions read. All
// machines that the provider loads it into share the key. It says nothing until its chain is verified.
class vlek {
 public:
  static constexpr signing_key_kind kind = signing_key_kind::vlek;

  // parse reads names and extensions. Subject or issuer names other than "SEV-VLEK" and "SEV-VLEK-<product>" are
  // errc::name_mismatch, a product that cannot be verified errc::unsupported_product, and a chip's id, which only a
  // VCEK has, errc::signer_mismatch; otherwise the failures are those of vek_extensions. cspID must not be empty.
  static result<vlek> parse(const certificate& from) noexcept {
    const auto extensions = detail::vek_extensions::read(from, kind);
    if (!extensions) return extensions.error();
    const auto octets = extensions->value("5");
    if (!octets) return octets.error();
    if (const auto none = extensions->check_absent("4"); !none) return none.error();
    const auto text = detail::der_ia5(*octets);
    if (!text || text->empty()) return extensions->fail(errc::bad_encoding);
    return vlek(from, extensions->of_product(), extensions->tcb(), *text);
  }

  [[nodiscard]] const certificate& cert() const noexcept { return certificate_; }
  [[nodiscard]] generation product_id() const noexcept { return product_->id; }
  [[nodiscard]] const tcb_version& tcb() const noexcept { return tcb_; }

  // csp_id is the cloud provider, 1 to 125 characters, valid while a copy of the certificate lives.
  [[nodiscard]] std::string_view csp_id() const noexcept { return csp_id_; }

  // check_chip demands that CHIP_ID is zero, as it is in every report that a VLEK signs: errc::chip_id_mismatch.
  [[nodiscard]] result<void> check_chip(const report& r) const noexcept {
    if (!r.chip_id().is_zero()) return failure{errc::chip_id_mismatch, row::chip_id::offset, part::report};
    return {};
  }

 private:
  vlek(const certificate& from, const product& of, const tcb_version& tcb, std::string_view csp_id) noexcept
      : certificate_(from), product_(&of), tcb_(tcb), csp_id_(csp_id) {}

  certificate certificate_;
  const product* product_;
  tcb_version tcb_;
  std::string_view csp_id_;
};

}  // namespace unitee::inline v0::snp
