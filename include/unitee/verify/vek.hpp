// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/vek.hpp: a VCEK or a VLEK, whichever the report names.
#pragma once

#include <unitee/crypto/certificate.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/verify/vcek.hpp>
#include <unitee/verify/vek_name.hpp>
#include <unitee/verify/vlek.hpp>

#include <variant>

namespace unitee::inline v0::snp {

// vek is the certificate of the key that signs a report, of either kind. It says nothing until its chain is verified.
class vek {
  template <class F>
  decltype(auto) either(F f) const noexcept {
    if (const auto* one = std::get_if<0>(&held_)) return f(*one);
    return f(*std::get_if<1>(&held_));
  }

 public:
  vek(const snp::vcek& one) noexcept : held_(one) {}
  vek(const snp::vlek& one) noexcept : held_(one) {}

  // parse reads a certificate as what its subject calls itself: the failures are those of vcek::parse and vlek::parse,
  // and any other subject is errc::name_mismatch in part::vek.
  static result<vek> parse(const certificate& from) noexcept {
    const auto subject = from.subject_common_name();
    if (subject && *subject == "SEV-VLEK") return held(snp::vlek::parse(from));
    return held(snp::vcek::parse(from));
  }

  [[nodiscard]] signing_key_kind kind() const noexcept {
    return held_.index() == 0 ? signing_key_kind::vcek : signing_key_kind::vlek;
  }
  // as_vcek is the VCEK or nullptr, as_vlek the VLEK or nullptr.
  [[nodiscard]] const snp::vcek* as_vcek() const noexcept { return std::get_if<0>(&held_); }
  [[nodiscard]] const snp::vlek* as_vlek() const noexcept { return std::get_if<1>(&held_); }

  [[nodiscard]] const certificate& cert() const noexcept {
    return either([](const auto& one) -> const certificate& { return one.cert(); });
  }
  [[nodiscard]] generation product_id() const noexcept {
    return either([](const auto& one) { return one.product_id(); });
  }
  [[nodiscard]] role_names names() const noexcept { return names_of(kind(), product_id()); }

  // tcb is the TCB version that the certificate stands for, in the layout of its product.
  [[nodiscard]] const tcb_version& tcb() const noexcept {
    return either([](const auto& one) -> const tcb_version& { return one.tcb(); });
  }

  // check_against says that this certificate is the one that the report names: same kind of key
  // (errc::signer_mismatch), same product where the report tells (errc::product_mismatch), TCB equal to REPORTED_TCB in
  // every component (errc::tcb_mismatch), and the chip as vcek::check_chip and vlek::check_chip say. All in
  // part::report.
  [[nodiscard]] result<void> check_against(const report& r) const noexcept {
    if (r.key_info().signer() != kind()) return failure{errc::signer_mismatch, row::key_info::offset, part::report};
    if (const auto id = r.cpuid(); id && generation_of(*id) != product_id()) {
      return failure{errc::product_mismatch, row::cpuid_fam_id::offset, part::report};
    }
    if (r.reported_tcb() != tcb()) return failure{errc::tcb_mismatch, row::reported_tcb::offset, part::report};
    return either([&](const auto& one) { return one.check_chip(r); });
  }

 private:
  template <class Kind>
  static result<vek> held(const result<Kind>& one) noexcept {
    if (!one) return one.error();
    return vek(*one);
  }

  std::variant<snp::vcek, snp::vlek> held_;
};

}  // namespace unitee::inline v0::snp
