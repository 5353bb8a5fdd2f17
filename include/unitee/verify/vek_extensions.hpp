// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/vek_extensions.hpp: what AMD writes into VCEK and VLEK certificates, and how.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/verify/vek_name.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace unitee::inline v0::snp::detail {

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

// vek_extensions reads the extensions 1.3.6.1.4.1.3704.1.* of one certificate (KDS specification, certificate formats),
// for one product. All failures are in part::vek: an extension that the product must have is errc::extension_missing
// when absent and errc::duplicate when it is there twice; one that does not decode is errc::bad_encoding, and one that
// contradicts the product is errc::product_mismatch.
class vek_extensions {
 public:
  // read finds the product by the names of a VEK of this kind, and reads what both kinds have: structVersion,
  // productName and the patch levels. Names that are not AMD's are errc::name_mismatch, a product that cannot be verified
  // errc::unsupported_product.
  static result<vek_extensions> read(const certificate& from, signing_key_kind kind) noexcept {
    const auto of = product_of_issuer(from, kind);
    if (!of) return of.error();
    vek_extensions out(from, **of);
    if (const auto good = out.check_product(); !good) return good.error();
    const auto levels = out.read_levels();
    if (!levels) return levels.error();
    out.tcb_ = *levels;
    return out;
  }

  [[nodiscard]] const product& of_product() const noexcept { return *product_; }

  // tcb is the patch levels in the layout of the product.
  [[nodiscard]] const tcb_version& tcb() const noexcept { return tcb_; }

  // value is the octets of the extension 1.3.6.1.4.1.3704.1.<suffix>.
  [[nodiscard]] result<byte_view> value(std::string_view suffix) const noexcept {
    constexpr std::string_view prefix = "1.3.6.1.4.1.3704.1.";
    char oid[32]{};
    suffix.copy(oid + prefix.copy(oid, prefix.size()), suffix.size());
    auto found = certificate_->extension(oid);
    if (!found) return fail(found.error().code == errc::missing ? errc::extension_missing : found.error().code);
    return found;
  }

  // check_absent is errc::signer_mismatch when an extension is there, which belongs to the other kind of VEK.
  [[nodiscard]] result<void> check_absent(std::string_view suffix) const noexcept {
    const auto found = value(suffix);
    if (found || found.error().code != errc::extension_missing) return fail(errc::signer_mismatch);
    return {};
  }

  static constexpr failure fail(errc code) noexcept { return {code, 0, part::vek}; }

 private:
  vek_extensions(const certificate& from, const product& of) noexcept : certificate_(&from), product_(&of) {}

  // check_product compares structVersion and productName. A stepping may stand behind a hyphen: "Milan-B0".
  [[nodiscard]] result<void> check_product() const noexcept {
    const auto version = level("1");
    if (!version) return version.error();
    if (*version != product_->struct_version) return fail(errc::product_mismatch);
    const auto octets = value("2");
    if (!octets) return octets.error();
    const auto text = der_ia5(*octets);
    if (!text) return fail(errc::bad_encoding);
    if (text->substr(0, text->find('-')) != product_->name) return fail(errc::product_mismatch);
    return {};
  }

  // read_levels: patch levels that mean nothing in the product must be zero, and may be absent only where AMD leaves
  // them out: fmcSPL before Turin, spl4 on it.
  [[nodiscard]] result<tcb_version> read_levels() const noexcept {
    constexpr std::string_view suffix[] = {"3.9", "3.1", "3.2", "3.3", "3.8"};  // in the order of tcb_components
    tcb_version out;
    for (const tcb_component component : tcb_components) {
      const std::string_view oid = suffix[static_cast<std::size_t>(component)];
      const auto at = byte_of(component, product_->layout);
      if (!at) {
        if (const auto none = reserved_level(oid, true); !none) return none.error();
        continue;
      }
      const auto found = level(oid);
      if (!found) return found.error();
      out.value[*at] = *found;
    }
    const bool has_fmc = byte_of(tcb_component::fmc, product_->layout).has_value();
    if (const auto none = reserved_level("3.4", has_fmc); !none) return none.error();
    for (const std::string_view reserved : {"3.5", "3.6", "3.7"}) {
      if (const auto none = reserved_level(reserved, false); !none) return none.error();
    }
    return out;
  }

  result<std::uint8_t> level(std::string_view suffix) const noexcept {
    const auto octets = value(suffix);
    if (!octets) return octets.error();
    const auto integer = der_octet(*octets);
    if (!integer) return fail(errc::bad_encoding);
    return *integer;
  }

  result<void> reserved_level(std::string_view suffix, bool may_be_absent) const noexcept {
    const auto found = level(suffix);
    if (!found && may_be_absent && found.error().code == errc::extension_missing) return {};
    if (!found) return found.error();
    if (*found != 0) return fail(errc::product_mismatch);
    return {};
  }

  const certificate* certificate_;
  const product* product_;
  tcb_version tcb_;
};

}  // namespace unitee::inline v0::snp::detail
