// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_intel.hpp: certificates and lists in the shape of Intel's, by keys in software. INSECURE.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/issue.hpp>
#include <unitee/crypto/pem_text.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/guest/simulated_authority.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/pck_extension.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest {

namespace detail {

using octets = std::vector<std::uint8_t>;

inline byte_view bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The common names are Intel's; simulated_organization stands where Intel's own name would.
inline constexpr std::string_view sgx_root_name = "Intel SGX Root CA";
inline constexpr std::string_view sgx_platform_ca_name = "Intel SGX PCK Platform CA";
inline constexpr std::string_view sgx_tcb_signing_name = "Intel SGX TCB Signing";
inline constexpr std::string_view sgx_pck_name = "Intel SGX PCK Certificate";

// Where Intel's certificates say that the lists are. The host is one that never exists (RFC 2606, section 2).
inline constexpr std::string_view simulated_root_crl_address = "https://simulated.invalid/IntelSGXRootCA.der";
inline constexpr std::string_view simulated_pck_crl_address =
    "https://simulated.invalid/sgx/certification/v4/pckcrl?ca=platform&encoding=der";

// simulated_sgx_name has the parts of Intel's names in their order.
constexpr std::array<name_part, 5> simulated_sgx_name(std::string_view common_name) noexcept {
  return {{{"CN", common_name}, {"O", simulated_organization}, {"L", "Santa Clara"}, {"ST", "CA"}, {"C", "US"}}};
}

// der is one element around the contents, which are together below 65536 bytes.
inline octets der(std::uint8_t tag, std::initializer_list<byte_view> contents) {
  std::size_t size = 0;
  for (const byte_view each : contents) size += each.size();
  octets out;
  out.reserve(4 + size);
  out.push_back(tag);
  if (size >= 0x80) out.push_back(size >= 0x100 ? 0x82 : 0x81);
  if (size >= 0x100) out.push_back(static_cast<std::uint8_t>(size >> 8));
  out.push_back(static_cast<std::uint8_t>(size));
  for (const byte_view each : contents) out.insert(out.end(), each.begin(), each.end());
  return out;
}

// pck_pair is one SEQUENCE {OID, value} of the SGX extension: the OID is the extension's and these arcs.
inline octets pck_pair(std::initializer_list<std::uint8_t> arcs, byte_view value) {
  const byte_view end(std::data(arcs), arcs.size());
  return der(0x30, {der(0x06, {tdx::detail::pck_oid, end}), value});
}

inline octets der_number(std::uint8_t tag, std::uint16_t value) {
  const auto high = static_cast<std::uint8_t>(value >> 8);
  const auto low = static_cast<std::uint8_t>(value);
  if (value < 0x80) return {tag, 1, low};
  if (value < 0x8000) return high == 0 ? octets{tag, 2, 0, low} : octets{tag, 2, high, low};
  return {tag, 3, 0, high, low};
}

// encode_pck_extension is the reverse of tdx::pck_extension::parse, in the order of Intel's certificates.
inline octets encode_pck_extension(const tdx::pck_extension& says) {
  octets tcb;
  octets members;
  const auto append = [](octets& to, const octets& more) { to.insert(to.end(), more.begin(), more.end()); };
  for (std::uint8_t i = 0; i < 16; ++i) {
    append(tcb, pck_pair({2, static_cast<std::uint8_t>(i + 1)}, der_number(0x02, says.tcb_components[i])));
  }
  append(tcb, pck_pair({2, 17}, der_number(0x02, says.pcesvn)));
  append(tcb, pck_pair({2, 18}, der(0x04, {says.cpusvn.value})));
  append(members, pck_pair({1}, der(0x04, {says.ppid.value})));
  append(members, pck_pair({2}, der(0x30, {tcb})));
  append(members, pck_pair({3}, der(0x04, {says.pceid.value})));
  append(members, pck_pair({4}, der(0x04, {says.fmspc.value})));
  append(members, pck_pair({5}, der_number(0x0A, static_cast<std::uint16_t>(says.sgx_type))));
  if (says.platform_instance_id) append(members, pck_pair({6}, der(0x04, {says.platform_instance_id->value})));
  if (says.configuration) {
    const auto flag = [](std::uint8_t arc, bool set) {
      return pck_pair({7, arc}, octets{0x01, 1, static_cast<std::uint8_t>(set ? 0xFF : 0)});
    };
    const auto& set = *says.configuration;
    const octets flags = der(0x30, {flag(1, set.dynamic_platform), flag(2, set.cached_keys), flag(3, set.smt_enabled)});
    append(members, pck_pair({7}, flags));
  }
  return der(0x30, {members});
}

// sgx_key_identifier is the first 20 bytes of the SHA-256 of the public key (RFC 7093, method 1).
inline result<std::array<std::uint8_t, 20>> sgx_key_identifier(const signing_key& key) noexcept {
  const auto point = key.public_point<p256>();
  if (!point) return point.error();
  std::array<std::uint8_t, 65> encoded{0x04};
  unitee::detail::copy_bytes(point->value, byte_span(encoded).subspan(1));
  const auto digest = sha256(encoded);
  if (!digest) return digest.error();
  std::array<std::uint8_t, 20> out{};
  unitee::detail::copy_bytes(std::span(digest->value).first<20>(), out);
  return out;
}

// sgx_certificate_plan is what tells Intel's certificates apart. They have the same extensions in the same order, and
// all but PCK certificates have their key identifier as serial number.
struct sgx_certificate_plan {
  std::string_view subject;
  const signing_key& subject_key;
  std::string_view issuer;
  const signing_key& issuer_key;
  std::string_view crl_address;
  int path_length;          // below 0: not a CA
  byte_view serial;         // empty: the key identifier
  byte_view pck_extension;  // empty: none
};

inline result<certificate> simulated_sgx_certificate(const sgx_certificate_plan& plan, utc_time from, utc_time until) {
  const auto own = sgx_key_identifier(plan.subject_key);
  if (!own) return own.error();
  const auto issuer = sgx_key_identifier(plan.issuer_key);
  if (!issuer) return issuer.error();
  const bool ca = plan.path_length >= 0;
  const octets authority_key = der(0x30, {der(0x80, {*issuer})});
  const octets address = der(0xA0, {der(0xA0, {der(0x86, {bytes_of(plan.crl_address)})})});
  const octets distribution = der(0x30, {der(0x30, {address})});
  const octets subject_key = der(0x04, {*own});
  const octets usage = ca ? octets{0x03, 2, 1, 0x06} : octets{0x03, 2, 6, 0xC0};
  const octets limits{0x01, 1, 0xFF, 0x02, 1, static_cast<std::uint8_t>(plan.path_length)};
  const octets constraints = der(0x30, {ca ? byte_view(limits) : byte_view()});
  std::vector<raw_extension> extensions{{"2.5.29.35", authority_key},
                                        {"2.5.29.31", distribution},
                                        {"2.5.29.14", subject_key},
                                        {"2.5.29.15", usage, true},
                                        {"2.5.29.19", constraints, true}};
  if (!plan.pck_extension.empty()) extensions.push_back({tdx::pck_extension_oid, plan.pck_extension});
  const auto subject_name = simulated_sgx_name(plan.subject);
  const auto issuer_name = simulated_sgx_name(plan.issuer);
  certificate_request request{.subject = subject_name,
                              .serial = plan.serial.empty() ? byte_view(*own) : plan.serial,
                              .not_before = from,
                              .not_after = until};
  request.extensions = extensions;
  return issue_certificate(request, plan.subject_key,
                           {.name = issuer_name, .key = plan.issuer_key, .digest = "SHA256"});
}

// simulated_sgx_crl is a list as Intel's CAs issue it: its number is always 1.
inline result<crl> simulated_sgx_crl(std::string_view issuer, const signing_key& issuer_key,
                                     std::span<const byte_view> serials, utc_time from, utc_time until) {
  const auto identifier = sgx_key_identifier(issuer_key);
  if (!identifier) return identifier.error();
  const octets authority_key = der(0x30, {der(0x80, {*identifier})});
  const std::array extensions{raw_extension{"2.5.29.35", authority_key}};
  const auto name = simulated_sgx_name(issuer);
  return issue_crl(
      {.this_update = from, .next_update = until, .number = 1, .serials = serials, .extensions = extensions},
      {.name = name, .key = issuer_key, .digest = "SHA256"});
}

// pem_chain is the certificates as PEM blocks, one after another.
inline result<octets> pem_chain(std::initializer_list<const certificate*> certificates) {
  octets out;
  for (const certificate* each : certificates) {
    const auto der = each->der();
    if (!der) return der.error();
    const auto done =
        to_pem("CERTIFICATE", *der, [&](byte_view text) { out.insert(out.end(), text.begin(), text.end()); });
    if (!done) return done.error();
  }
  return out;
}

}  // namespace detail

}  // namespace unitee::inline v0::guest
