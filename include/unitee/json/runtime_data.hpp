// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/runtime_data.hpp: the vTPM's attestation key and the guest's data, from the HCL report's runtime data.
#pragma once

#include <unitee/bytes/base64url.hpp>
#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/rsa.hpp>
#include <unitee/json/strict.hpp>
#include <unitee/result.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace unitee::inline v0 {

// hcl_user_data is 64 bytes that the guest gave to the paravisor (NV index 0x01400002), or zeros.
using hcl_user_data = fixed_bytes<64, struct hcl_user_data_tag>;

// runtime_data is what a verifier needs of the runtime data of an HCL report. It is worth what the hardware report
// says of it: vtpm::check_binding.
struct runtime_data {
  static constexpr json_limits limits{std::size_t{64} * 1024, 8};

  rsa_public_key attestation_key;          // the JWK "HCLAkPub" (RFC 7517, RFC 7518 6.3.1)
  std::optional<hcl_user_data> user_data;  // "user-data": older paravisors do not have it

  // parse reads a JSON object. Beyond what parse_json refuses, at offset 0 for want of a better one: errc::missing when
  // there is no such key, or no n or e in it; errc::duplicate when there are two; errc::bad_value when a member is of
  // another type, the numbers are no RSA key, or the user data are not 128 hexadecimal digits; errc::bad_encoding when
  // n or e is not base64url; errc::unsupported_algorithm when the key is not RSA of 2048 to 4096 bits. Members without
  // a meaning here are ignored, key_ops among them: paravisors have written "encrypt" for this key.
  [[nodiscard]] static result<runtime_data> parse(byte_view text) {
    const auto whole = parse_json(text, limits);
    if (!whole) return whole.error();
    auto key = attestation_key_of(*whole);
    if (!key) return key.error();
    const auto user = user_data_of(*whole);
    if (!user) return user.error();
    return runtime_data{*std::move(key), *user};
  }

 private:
  using json = nlohmann::json;

  static result<rsa_public_key> attestation_key_of(const json& whole) {
    if (!whole.is_object()) return errc::bad_value;
    const auto keys = whole.find("keys");
    if (keys == whole.end()) return errc::missing;
    if (!keys->is_array()) return errc::bad_value;
    const json* found = nullptr;
    for (const json& each : *keys) {
      if (!each.is_object()) return errc::bad_value;
      const auto kid = each.find("kid");
      if (kid == each.end() || *kid != "HCLAkPub") continue;
      if (found != nullptr) return errc::duplicate;
      found = &each;
    }
    if (found == nullptr) return errc::missing;
    const auto kty = found->find("kty");
    if (kty == found->end()) return errc::missing;
    if (*kty != "RSA") return errc::unsupported_algorithm;
    const auto n = number(*found, "n");
    if (!n) return n.error();
    const auto e = number(*found, "e");
    if (!e) return e.error();
    auto key = rsa_public_key::from_numbers(*n, *e);
    if (!key) return key.error().code;  // its offset counts in the numbers
    return key;
  }

  static result<std::vector<std::uint8_t>> number(const json& key, const char* member) {
    const auto value = key.find(member);
    if (value == key.end()) return errc::missing;
    const auto* const text = value->get_ptr<const std::string*>();
    if (text == nullptr) return errc::bad_value;
    std::vector<std::uint8_t> out(base64url_size(text->size()));
    if (!base64url_decode(*text, out)) return errc::bad_encoding;
    return out;
  }

  static result<std::optional<hcl_user_data>> user_data_of(const json& whole) {
    const auto value = whole.find("user-data");
    if (value == whole.end()) return std::optional<hcl_user_data>();
    const auto* const text = value->get_ptr<const std::string*>();
    if (text == nullptr) return errc::bad_value;
    const auto data = from_hex<hcl_user_data>(*text);
    if (!data) return errc::bad_value;
    return std::optional(*data);
  }
};

}  // namespace unitee::inline v0
