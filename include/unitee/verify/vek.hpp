// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/vek.hpp: what a VCEK or VLEK certificate says about the chip or provider and the TCB it stands for.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace unitee::inline v0::snp {

// role_names are the common names that AMD's chain of one product has (KDS specification, certificate formats).
struct role_names {
  std::string_view vek;
  std::string_view intermediate;
  std::string_view root;
};

constexpr role_names names_of(signing_key_kind signer, generation id) noexcept {
  constexpr role_names vcek[] = {{"SEV-VCEK", "SEV-Milan", "ARK-Milan"},
                                 {"SEV-VCEK", "SEV-Genoa", "ARK-Genoa"},
                                 {"SEV-VCEK", "SEV-Turin", "ARK-Turin"}};
  constexpr role_names vlek[] = {{"SEV-VLEK", "SEV-VLEK-Milan", "ARK-Milan"},
                                 {"SEV-VLEK", "SEV-VLEK-Genoa", "ARK-Genoa"},
                                 {"SEV-VLEK", "SEV-VLEK-Turin", "ARK-Turin"}};
  return (signer == signing_key_kind::vlek ? vlek : vcek)[static_cast<std::size_t>(id)];
}

namespace detail {

inline constexpr std::string_view vek_oid_prefix = "1.3.6.1.4.1.3704.1.";

// der_octet is a DER INTEGER from 0 to 255 in its only form: 02 01 nn below 128, 02 02 00 nn from there on.
constexpr std::optional<std::uint8_t> der_octet(byte_view der) noexcept {
  if (der.size() == 3 && der[0] == 0x02 && der[1] == 1 && der[2] < 0x80) return der[2];
  if (der.size() == 4 && der[0] == 0x02 && der[1] == 2 && der[2] == 0 && der[3] >= 0x80) return der[3];
  return std::nullopt;
}

// der_ia5 is the text of a DER IA5String shorter than 128 bytes.
inline std::optional<std::string_view> der_ia5(byte_view der) noexcept {
  if (der.size() < 2 || der[0] != 0x16 || der[1] >= 0x80 || der[1] != der.size() - 2) return std::nullopt;
  for (const std::uint8_t c : der.subspan(2)) {
    if (c < 0x20 || c > 0x7E) return std::nullopt;
  }
  return std::string_view(reinterpret_cast<const char*>(der.data()) + 2, der.size() - 2);
}

// hw_id is the raw id, with or without an OCTET STRING around it. The length decides: a raw id may begin with any byte.
constexpr std::optional<byte_view> hw_id(byte_view value) noexcept {
  if (value.size() == 64 || value.size() == 8) return value;
  const bool wrapped = (value.size() == 66 || value.size() == 10) && value[0] == 0x04 && value[1] == value.size() - 2;
  return wrapped ? std::optional(value.subspan(2)) : std::nullopt;
}

}  // namespace detail

// vek is a certificate that calls itself a VCEK or VLEK, with its AMD extensions read. It says nothing until its chain
// is verified.
class vek {
 public:
  // parse reads names and extensions (1.3.6.1.4.1.3704.1.*). Subject or issuer names other than AMD's are
  // errc::name_mismatch; an extension that the product must have is errc::certificate_unfit when absent and
  // errc::duplicate when it is there twice; one that does not decode is errc::bad_encoding, and one that contradicts
  // the product is errc::product_mismatch. All in part::vek.
  static result<vek> parse(const certificate& from) noexcept {
    const auto subject = from.subject_common_name();
    const auto issuer = from.issuer_common_name();
    if (!subject || !issuer) return fail(errc::name_mismatch);
    for (const product& p : products) {
      for (const signing_key_kind kind : {signing_key_kind::vcek, signing_key_kind::vlek}) {
        const role_names names = names_of(kind, p.id);
        if (*subject == names.vek && *issuer == names.intermediate) return vek(from, kind, p).read();
      }
    }
    return fail(errc::name_mismatch);
  }

  [[nodiscard]] const certificate& cert() const noexcept { return certificate_; }
  [[nodiscard]] signing_key_kind kind() const noexcept { return kind_; }
  [[nodiscard]] generation product_id() const noexcept { return product_->id; }
  [[nodiscard]] role_names names() const noexcept { return names_of(kind_, product_->id); }

  // tcb is the TCB version that the certificate stands for, in the layout of its product.
  [[nodiscard]] const tcb_version& tcb() const noexcept { return tcb_; }

  // hwid is the chip, 64 bytes (Turin: 8), empty in a VLEK; csp_id is the cloud provider, empty in a VCEK. Both are
  // valid while the certificate lives.
  [[nodiscard]] byte_view hwid() const noexcept { return hwid_; }
  [[nodiscard]] std::string_view csp_id() const noexcept { return csp_id_; }

  // check_against says that this certificate is the one that the report names: same kind of key
  // (errc::signer_mismatch), same product where the report tells (errc::product_mismatch), TCB equal to REPORTED_TCB in
  // every component (errc::tcb_mismatch), and for a VCEK the same chip (errc::chip_id_mismatch) unless the host masked
  // CHIP_ID to zero, which is for the appraisal policy to decide. A VLEK's report has no chip id.
  [[nodiscard]] result<void> check_against(const report& r) const noexcept {
    if (r.key_info().signer() != kind_) return failure{errc::signer_mismatch, row::key_info::offset, part::report};
    if (const auto id = r.cpuid(); id && generation_of(*id) != product_->id) {
      return failure{errc::product_mismatch, row::cpuid_fam_id::offset, part::report};
    }
    if (r.reported_tcb() != tcb_) return failure{errc::tcb_mismatch, row::reported_tcb::offset, part::report};
    const snp::chip_id chip = r.chip_id();
    if (chip.is_zero()) return {};
    const bool same = kind_ == signing_key_kind::vcek && equal(chip.view().first(hwid_.size()), hwid_) &&
                      all_zero(chip.view().subspan(hwid_.size()));
    if (!same) return failure{errc::chip_id_mismatch, row::chip_id::offset, part::report};
    return {};
  }

 private:
  vek(const certificate& from, signing_key_kind kind, const product& p) noexcept
      : certificate_(from), kind_(kind), product_(&p) {}

  static constexpr failure fail(errc code) noexcept { return {code, 0, part::vek}; }

  // value is the octets of the extension 1.3.6.1.4.1.3704.1.<suffix>.
  result<byte_view> value(const char* suffix) const noexcept {
    char oid[32]{};
    char* end = std::ranges::copy(detail::vek_oid_prefix, oid).out;
    while (*suffix != '\0') *end++ = *suffix++;
    auto found = certificate_.extension(oid);
    // A missing extension is not a missing certificate.
    if (!found) return fail(found.error().code == errc::missing ? errc::certificate_unfit : found.error().code);
    return found;
  }

  result<std::uint8_t> level(const char* suffix) const noexcept {
    const auto octets = value(suffix);
    if (!octets) return octets.error();
    const auto integer = detail::der_octet(*octets);
    if (!integer) return fail(errc::bad_encoding);
    return *integer;
  }

  // reserved_level is for a patch level that means nothing in this product: zero, and absent only where it may be.
  result<void> reserved_level(const char* suffix, bool may_be_absent) const noexcept {
    const auto found = level(suffix);
    if (!found && may_be_absent && found.error().code == errc::certificate_unfit) return {};
    if (!found) return found.error();
    if (*found != 0) return fail(errc::product_mismatch);
    return {};
  }

  result<vek> read() && noexcept {
    const auto version = level("1");
    if (!version) return version.error();
    if (*version != product_->struct_version) return fail(errc::product_mismatch);
    if (const auto named = read_product_name(); !named) return named.error();
    if (const auto levels = read_levels(); !levels) return levels.error();
    if (const auto identity = read_identity(); !identity) return identity.error();
    return std::move(*this);
  }

  // read_product_name accepts a stepping behind a hyphen: "Milan-B0".
  result<void> read_product_name() noexcept {
    const auto octets = value("2");
    if (!octets) return octets.error();
    const auto text = detail::der_ia5(*octets);
    if (!text) return fail(errc::bad_encoding);
    if (text->substr(0, text->find('-')) != product_->name) return fail(errc::product_mismatch);
    return {};
  }

  result<void> read_levels() noexcept {
    constexpr const char* suffix[] = {"3.9", "3.1", "3.2", "3.3", "3.8"};  // in the order of tcb_components
    for (const tcb_component component : tcb_components) {
      const char* const oid = suffix[static_cast<std::size_t>(component)];
      const auto at = byte_of(component, product_->layout);
      if (!at) {
        if (const auto none = reserved_level(oid, true); !none) return none.error();
        continue;
      }
      const auto found = level(oid);
      if (!found) return found.error();
      tcb_.value[*at] = *found;
    }
    const bool turin = product_->layout == tcb_layout::turin;  // has no spl4
    if (const auto none = reserved_level("3.4", turin); !none) return none.error();
    for (const char* reserved : {"3.5", "3.6", "3.7"}) {
      if (const auto none = reserved_level(reserved, false); !none) return none.error();
    }
    return {};
  }

  // read_identity: a VCEK names its chip and no provider, a VLEK its provider and no chip.
  result<void> read_identity() noexcept {
    const auto chip = value("4");
    const auto provider = value("5");
    const auto& wanted = kind_ == signing_key_kind::vcek ? chip : provider;
    const auto& unwanted = kind_ == signing_key_kind::vcek ? provider : chip;
    if (!wanted) return wanted.error();
    if (unwanted || unwanted.error().code != errc::certificate_unfit) return fail(errc::signer_mismatch);
    if (kind_ == signing_key_kind::vcek) {
      const auto raw = detail::hw_id(*chip);
      if (!raw || raw->size() != product_->chip_id_size) return fail(errc::bad_encoding);
      hwid_ = *raw;
    } else {
      const auto text = detail::der_ia5(*provider);
      if (!text || text->empty()) return fail(errc::bad_encoding);
      csp_id_ = *text;
    }
    return {};
  }

  certificate certificate_;
  signing_key_kind kind_;
  const product* product_;
  tcb_version tcb_;
  byte_view hwid_;
  std::string_view csp_id_;
};

}  // namespace unitee::inline v0::snp
