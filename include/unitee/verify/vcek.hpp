// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/vcek.hpp: the certificate of one chip's attestation key at one TCB version.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/verify/vek_extensions.hpp>

namespace unitee::inline v0::snp {

// vcek is a certificate that calls itself a VCEK (Versioned Chip Endorsement Key), with its AMD extensions read. It
// says nothing until its chain is verified.
class vcek {
 public:
  static constexpr signing_key_kind kind = signing_key_kind::vcek;

  // parse reads names and extensions. Subject or issuer names other than "SEV-VCEK" and "SEV-<product>" are
  // errc::name_mismatch, a product that cannot be verified errc::unsupported_product, and a provider's name, which only
  // a VLEK has, errc::signer_mismatch; otherwise the failures are those of vek_extensions. hwID must be as long as the
  // product's chip ids, raw or in an OCTET STRING.
  static result<vcek> parse(const certificate& from) noexcept {
    const auto extensions = detail::vek_extensions::read(from, kind);
    if (!extensions) return extensions.error();
    const auto octets = extensions->value("4");
    if (!octets) return octets.error();
    if (const auto none = extensions->check_absent("5"); !none) return none.error();
    const auto id = detail::hw_id(*octets);
    if (!id || id->size() != extensions->of_product().chip_id_size) return extensions->fail(errc::bad_encoding);
    return vcek(from, extensions->of_product(), extensions->tcb(), *id);
  }

  [[nodiscard]] const certificate& cert() const noexcept { return certificate_; }
  [[nodiscard]] generation product_id() const noexcept { return product_->id; }
  [[nodiscard]] const tcb_version& tcb() const noexcept { return tcb_; }

  // hwid is the chip, 64 bytes (Turin: 8), valid while a copy of the certificate lives.
  [[nodiscard]] byte_view hwid() const noexcept { return hwid_; }

  // check_chip compares hwID with CHIP_ID and what follows a short id with zeros: errc::chip_id_mismatch. When the
  // host masks CHIP_ID to zero there is nothing to compare, which is for the appraisal policy to decide.
  [[nodiscard]] result<void> check_chip(const report& r) const noexcept {
    const snp::chip_id chip = r.chip_id();
    if (chip.is_zero()) return {};
    const bool same = equal(chip.view().first(hwid_.size()), hwid_) && all_zero(chip.view().subspan(hwid_.size()));
    if (!same) return failure{errc::chip_id_mismatch, row::chip_id::offset, part::report};
    return {};
  }

 private:
  vcek(const certificate& from, const product& of, const tcb_version& tcb, byte_view hwid) noexcept
      : certificate_(from), product_(&of), tcb_(tcb), hwid_(hwid) {}

  certificate certificate_;
  const product* product_;
  tcb_version tcb_;
  byte_view hwid_;
};

}  // namespace unitee::inline v0::snp
