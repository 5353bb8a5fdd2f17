// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/azure_evidence.hpp: the evidence of an Azure guest in one JSON text: HCL report, quotes, values of PCRs.
#pragma once

#include <unitee/bytes/base64url.hpp>
#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/json/located.hpp>
#include <unitee/json/strict.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0 {

// azure_evidence is what agents in Azure guests send: an object with hcl_report and tpm_quote, on TDX also td_quote, on
// SEV-SNP perhaps the VCEK. Nothing in it is verified, and nothing but its encoding is looked at.
struct azure_evidence {
  using bytes = std::vector<std::uint8_t>;

  static constexpr json_limits limits{std::size_t{1} << 20, 8};
  static constexpr std::uint64_t newest_version = 2;
  static constexpr std::size_t pcr_size = 32;  // SHA-256
  static constexpr std::size_t pcr_count = 24;

  // vtpm_quote is TPMS_ATTEST, the signature over it, and PCR 0 to 23 one behind the other (768 bytes).
  struct vtpm_quote {
    bytes message;
    bytes signature;
    bytes pcrs;
  };

  bytes hcl_report;
  std::optional<bytes> td_quote;
  std::optional<bytes> vcek;  // DER, or a PEM text
  std::optional<vtpm_quote> tpm_quote;

  // parse reads versions 1 and 2, where byte strings are base64, of either alphabet, with or without padding, and those
  // of the TPM hexadecimal digits; and the form without a version, where they are arrays of numbers and the VCEK is
  // PEM. That form may call the members report and quote. Other members are ignored. Beyond what located_json::parse
  // refuses, at the value in part::input: errc::unsupported_version, errc::missing at the object that lacks a member,
  // errc::duplicate where one stands under both names, errc::bad_value for another type, errc::bad_encoding for other
  // digits, and errc::bad_length where there are not 24 PCRs of 32 bytes.
  [[nodiscard]] static result<azure_evidence> parse(byte_view text) {
    const auto located = located_json::parse(text, limits);
    if (!located) return located.error();
    const json_value& root = located->root();
    if (root.kind != json_kind::object) return at(root, errc::bad_value);
    if (const json_value* const numbered = root.find("version")) {
      if (numbered->kind != json_kind::count) return at(*numbered, errc::bad_value);
      if (numbered->count > newest_version) return at(*numbered, errc::unsupported_version);
    }
    azure_evidence out;
    const auto report = either(root, "hcl_report", "report");
    if (!report) return report.error();
    if (*report == nullptr) return at(root, errc::missing);
    auto hcl = octets(**report, base64);
    if (!hcl) return hcl.error();
    out.hcl_report = *std::move(hcl);
    if (const json_value* const quote = root.find("td_quote")) {
      auto read = octets(*quote, base64);
      if (!read) return read.error();
      out.td_quote = *std::move(read);
    }
    if (const json_value* const vcek = root.find("vcek")) {
      auto read = octets(*vcek, pem_or_base64);
      if (!read) return read.error();
      out.vcek = *std::move(read);
    }
    const auto tpm = either(root, "tpm_quote", "quote");
    if (!tpm) return tpm.error();
    if (*tpm != nullptr) {
      auto read = vtpm_quote_in(**tpm);
      if (!read) return read.error();
      out.tpm_quote = *std::move(read);
    }
    return out;
  }

 private:
  using decoder = std::optional<bytes> (*)(std::string_view);

  static failure at(const json_value& value, errc code) noexcept { return failure{code, value.begin}; }

  // either is the member of one of two names, or nullptr.
  static result<const json_value*> either(const json_value& object, std::string_view name, std::string_view old) {
    const json_value* const one = object.find(name);
    const json_value* const other = object.find(old);
    if (one != nullptr && other != nullptr) return at(*std::max(one, other), errc::duplicate);
    return one != nullptr ? one : other;
  }

  static std::optional<bytes> hex(std::string_view text) {
    bytes out(text.size() / 2);
    if (!hex_decode(text, out)) return std::nullopt;
    return out;
  }
  static std::optional<bytes> base64(std::string_view text) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    std::string digits(text);
    std::ranges::replace(digits, '+', '-');
    std::ranges::replace(digits, '/', '_');
    bytes out(base64url_size(digits.size()));
    if (!base64url_decode(digits, out)) return std::nullopt;
    return out;
  }
  static std::optional<bytes> pem_or_base64(std::string_view text) {
    if (text.find("-----BEGIN ") == text.npos) return base64(text);
    return bytes(text.begin(), text.end());
  }

  // octets is a string that the decoder understands, or an array of byte values.
  static result<bytes> octets(const json_value& value, decoder decode) {
    if (value.kind == json_kind::text) {
      auto out = decode(value.text);
      if (!out) return at(value, errc::bad_encoding);
      return *std::move(out);
    }
    if (value.kind != json_kind::array) return at(value, errc::bad_value);
    bytes out;
    for (const json_value& each : value.children()) {
      if (each.kind != json_kind::count || each.count > 255) return at(each, errc::bad_value);
      out.push_back(static_cast<std::uint8_t>(each.count));
    }
    return out;
  }

  static result<vtpm_quote> vtpm_quote_in(const json_value& object) {
    if (object.kind != json_kind::object) return at(object, errc::bad_value);
    vtpm_quote out;
    for (const auto& [name, to] : {std::pair("message", &vtpm_quote::message), {"signature", &vtpm_quote::signature}}) {
      const json_value* const value = object.find(name);
      if (value == nullptr) return at(object, errc::missing);
      auto read = octets(*value, hex);
      if (!read) return read.error();
      out.*to = *std::move(read);
    }
    const json_value* const pcrs = object.find("pcrs");
    if (pcrs == nullptr) return at(object, errc::missing);
    if (pcrs->kind != json_kind::array) return at(*pcrs, errc::bad_value);
    for (const json_value& each : pcrs->children()) {
      const auto value = octets(each, hex);
      if (!value) return value.error();
      if (value->size() != pcr_size) return at(each, errc::bad_length);
      out.pcrs.insert(out.pcrs.end(), value->begin(), value->end());
    }
    if (out.pcrs.size() != pcr_count * pcr_size) return at(*pcrs, errc::bad_length);
    return out;
  }
};

}  // namespace unitee::inline v0
