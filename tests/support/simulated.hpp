// SPDX-License-Identifier: Apache-2.0
//
// tests/support/simulated.hpp: simulated platforms, shared by a process because RSA keys take long to make, and what is
// forged with their keys: right unless a test spoils it.
#pragma once

#include "support/edits.hpp"
#include "support/forge.hpp"

#include <unitee/guest/simulated_authority.hpp>
#include <unitee/guest/simulated_platform.hpp>
#include <unitee/guest/simulated_snp.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::test {

using guest::insecure_simulated_platform;
using guest::insecure_simulated_snp;
using guest::simulated_launch;
using octets = std::vector<std::uint8_t>;

// Simulated certificates begin on this day; tests judge a month later.
inline const utc_time simulated_begin = time("2025-01-01T00:00:00Z");
inline const utc_time simulated_now = time("2025-02-01T00:00:00Z");

// simulated_tcb has a different level in every component, one of them above 127. Only Turin has an FMC.
constexpr snp::tcb_parts simulated_tcb(snp::generation id = snp::generation::milan) {
  const std::uint8_t fmc = id == snp::generation::turin ? 1 : 0;
  return {.fmc = fmc, .boot_loader = 4, .tee = 2, .snp = 24, .microcode = 219};
}

inline const insecure_simulated_platform& simulated_platform(snp::generation id = snp::generation::milan) {
  static std::map<snp::generation, insecure_simulated_platform> made;
  const auto found = made.find(id);
  if (found != made.end()) return found->second;
  return made.emplace(id, need(insecure_simulated_platform::create(id, simulated_tcb(id), simulated_begin)))
      .first->second;
}

// other_simulated_platform is a Milan machine like simulated_platform(), under another root.
inline const insecure_simulated_platform& other_simulated_platform() {
  static const insecure_simulated_platform made =
      need(insecure_simulated_platform::create(snp::generation::milan, simulated_tcb(), simulated_begin));
  return made;
}

inline insecure_simulated_snp simulated_guest(const insecure_simulated_platform& on,
                                              const simulated_launch& with = {}) {
  return need(insecure_simulated_snp::launch(on, with));
}

using report_octets = std::array<std::uint8_t, snp::report::size>;

inline report_octets bytes_of(const snp::report& report) {
  report_octets out;
  std::ranges::copy(report.bytes(), out.begin());
  return out;
}

// sign puts a signature by the key where a report has it.
inline void sign(report_octets& report, const signing_key& key) {
  const auto rs = need(key.sign_p384(byte_view(report).first(snp::report::signed_size)));
  std::ranges::fill(std::span(report).subspan(0x2A0), std::uint8_t{0});
  std::ranges::reverse_copy(std::span(rs.value).first<48>(), report.begin() + 0x2A0);
  std::ranges::reverse_copy(std::span(rs.value).last<48>(), report.begin() + 0x2E8);
}

// forged is a report of a guest on the platform after edit(bytes), signed by the platform's VCEK, or by another key.
template <class Edit>
snp::report forged(const insecure_simulated_platform& on, Edit edit, const signing_key* key = nullptr,
                   const simulated_launch& with = {}) {
  report_octets bytes = bytes_of(need(simulated_guest(on, with).attest({})));
  edit(bytes);
  sign(bytes, key == nullptr ? on.get().vcek_key : *key);
  return need(snp::report::parse(bytes));
}

// vek_plan is a VEK certificate to be. Extensions are by the end of their OID: {"3.1", 02 01 04}.
struct vek_plan {
  std::string subject;
  std::string issuer;
  std::vector<std::pair<std::string, octets>> extensions;
  utc_time not_before;
  utc_time not_after;
  const signing_key* key;
  const signing_key* signer;
  int pss_salt = 48;
  bool ca = false;

  // set replaces the value of an extension, and drop takes it out.
  void set(const std::string& oid, const octets& value) {
    for (auto& each : extensions) {
      if (each.first == oid) each.second = value;
    }
  }
  void drop(const std::string& oid) {
    std::erase_if(extensions, [&](const auto& each) { return each.first == oid; });
  }

  [[nodiscard]] certificate issue() const {
    const guest::detail::simulated_name subject_name(subject);
    const guest::detail::simulated_name issuer_name(issuer);
    const auto subject_parts = subject_name.parts();
    const auto issuer_parts = issuer_name.parts();
    std::vector<std::string> oids;
    for (const auto& each : extensions) oids.push_back("1.3.6.1.4.1.3704.1." + each.first);
    std::vector<raw_extension> raw;
    for (std::size_t i = 0; i < oids.size(); ++i) raw.push_back({oids[i].c_str(), extensions[i].second});
    const std::array<std::uint8_t, 1> serial{0};
    certificate_request request{
        .subject = subject_parts, .serial = serial, .not_before = not_before, .not_after = not_after};
    request.extensions = raw;
    request.ca = request.sign_certificates = ca;
    return need(issue_certificate(request, *key, {issuer_parts, *signer, "SHA384", pss_salt}));
  }
};

// der_level is a patch level as AMD encodes it.
inline octets der_level(std::uint8_t value) {
  return value < 0x80 ? octets{0x02, 0x01, value} : octets{0x02, 0x02, 0x00, value};
}

// vcek_plan is the VCEK of a Milan platform for its own chip and TCB; vlek_plan is a VLEK for the same TCB, under an
// ASVK with the ASK's key. The bytes are those of AMD's certificates, with this platform's levels.
inline vek_plan vcek_plan(const insecure_simulated_platform& of) {
  const auto& own = of.get();
  vek_plan out{"SEV-VCEK", "SEV-Milan", {}, simulated_begin, time("2032-01-01T00:00:00Z"), &own.vcek_key, &own.ask_key};
  out.extensions = {{"1", {0x02, 0x01, 0x00}},
                    {"2", bytes_of_hex("16084d696c616e2d4230")},
                    {"3.1", der_level(own.tcb.value[0])},
                    {"3.2", der_level(own.tcb.value[1])},
                    {"3.3", der_level(own.tcb.value[6])},
                    {"3.4", {0x02, 0x01, 0x00}},
                    {"3.5", {0x02, 0x01, 0x00}},
                    {"3.6", {0x02, 0x01, 0x00}},
                    {"3.7", {0x02, 0x01, 0x00}},
                    {"3.8", der_level(own.tcb.value[7])},
                    {"4", octets(own.chip_id.value.begin(), own.chip_id.value.end())}};
  return out;
}

inline vek_plan vlek_plan(const insecure_simulated_platform& of, const signing_key& key) {
  vek_plan out = vcek_plan(of);
  out.subject = "SEV-VLEK";
  out.issuer = "SEV-VLEK-Milan";
  out.key = &key;
  out.set("2", bytes_of_hex("16054d696c616e"));
  out.drop("4");
  out.extensions.push_back({"5", bytes_of_hex("161d434e3d63632d75732d656173742d322e616d617a6f6e6177732e636f6d")});
  return out;
}

// turin_vcek_plan is the VCEK of a Turin chip whose id is 8 bytes C7, by the platform's keys.
inline vek_plan turin_vcek_plan(const insecure_simulated_platform& of) {
  vek_plan out = vcek_plan(of);
  out.issuer = "SEV-Turin";
  out.set("1", {0x02, 0x01, 0x01});
  out.set("2", bytes_of_hex("1605547572696e"));
  out.set("4", octets(8, 0xC7));
  out.extensions.push_back({"3.9", {0x02, 0x01, 0x05}});
  return out;
}

// issuer_under is an ASK or ASVK of this name under the platform's root, with the platform's ASK key.
inline certificate issuer_under(const insecure_simulated_platform& of, std::string_view name,
                                std::optional<std::uint32_t> path_length = 0) {
  using guest::detail::simulated_name;
  const simulated_name root("ARK-", of.product().name);
  return need(guest::detail::simulated_ca(simulated_name(name), of.get().ask_key, root, of.get().ark_key, 9,
                                          path_length, simulated_begin));
}

}  // namespace unitee::test
