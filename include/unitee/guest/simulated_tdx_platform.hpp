// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_tdx_platform.hpp: a TDX machine with a software root of trust in place of Intel's. INSECURE.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/guest/simulated_intel.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/pck_extension.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest {

// What every simulated platform has: the SVNs of its SGX components, of the PCE, of the TDX module and microcode, and
// of its quoting enclave. A collateral rates them as it is staged. CPUSVN is not the components, as on some machines.
inline constexpr std::array<std::uint8_t, 16> simulated_components{6, 6, 2, 2, 4, 1, 0, 5};
inline constexpr std::uint16_t simulated_pcesvn = 13;
inline constexpr tdx::cpu_svn simulated_cpusvn{{5, 5, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0x55}};
inline constexpr tdx::tcb_svn simulated_tee_tcb_svn{{6, 1, 6}};
inline constexpr std::uint16_t simulated_qe_isvsvn = 4;

// simulated_earlier_tee_tcb_svn is what the platform had before its TDX module and microcode were updated: the
// TEE_TCB_SVN of a TD that has been running since.
inline constexpr tdx::tcb_svn simulated_earlier_tee_tcb_svn{{4, 1, 5}};

// What stands in quotes for the TDX module, and for the quoting enclave and its signer, who is not Intel: SHA-384 and
// SHA-256 of a sentence each. MRSIGNERSEAM is zero, as everywhere.
inline constexpr tdx::measurement simulated_mrseam{
    {0x7c, 0xe8, 0x1e, 0x7d, 0xba, 0xbe, 0xed, 0x81, 0xad, 0x12, 0x2f, 0xc7, 0x82, 0x37, 0x2c, 0x12,
     0xf1, 0x9d, 0x3d, 0x1e, 0x15, 0xf7, 0xa5, 0x0b, 0x91, 0xb9, 0x50, 0xd0, 0x1a, 0xc4, 0xfe, 0x12,
     0xd8, 0x3f, 0x7c, 0x77, 0x5d, 0x39, 0x18, 0xee, 0x65, 0xab, 0xda, 0x53, 0x03, 0xbd, 0x62, 0x89}};
inline constexpr tdx::enclave_measurement simulated_qe_measurement{
    {0x13, 0xa6, 0xb8, 0x86, 0xf5, 0x61, 0xad, 0x9f, 0x1c, 0x7f, 0xfe, 0x85, 0x8e, 0xf7, 0xc5, 0xce,
     0xa1, 0x74, 0x1b, 0x8c, 0x4b, 0xc2, 0x68, 0x2c, 0xde, 0xa2, 0x39, 0x76, 0x4d, 0xb3, 0x82, 0x43}};
inline constexpr tdx::enclave_signer simulated_qe_signer{
    {0xe8, 0x1e, 0x9b, 0xd2, 0x2c, 0x87, 0x35, 0xc7, 0x3e, 0x06, 0x32, 0x9c, 0xde, 0xfd, 0xfe, 0xe8,
     0xa0, 0xad, 0x6d, 0xd1, 0x18, 0xb7, 0x28, 0x38, 0xf0, 0x22, 0xef, 0xe9, 0xdb, 0x02, 0x40, 0x01}};
inline constexpr std::uint16_t simulated_qe_isvprodid = 2;

// simulated_fmspc belongs to no processor.
inline constexpr tdx::fmspc simulated_fmspc{{0x99, 0x90, 0x6F, 0, 0, 0}};

// insecure_simulated_tdx_platform is one machine with its key hierarchy, all P-256 and with the common names of the
// real ones: root, Platform CA and TCB signing key, PCK, attestation key of the quoting enclave, the key of TD report
// MACs, and the secret that seal keys are derived from. All of them lie in this process's memory. What it signs
// verifies only for someone who names its root as a trust anchor.
class insecure_simulated_tdx_platform {
 public:
  // state is everything that a platform is.
  struct state {
    tdx::pck_extension pck_extension;
    std::array<std::uint8_t, 16> qe_id;  // in the user data of quotes
    secret<32> mac_key;
    secret<32> seal_secret;
    signing_key root_key;
    signing_key ca_key;
    signing_key tcb_signing_key;
    signing_key pck_key;
    signing_key attestation_key;
    certificate root;
    certificate ca;
    certificate tcb_signing;
    certificate pck;
  };

  // create makes a platform with new keys. Certificates are valid from `now` on: the root for 25 years, the Platform CA
  // for 15, TCB signing and PCK certificate for 7. errc::crypto_error is the only failure, here and below.
  static result<insecure_simulated_tdx_platform> create(utc_time now, const tdx::fmspc& fmspc = simulated_fmspc) {
    auto root_key = signing_key::generate_p256();
    if (!root_key) return root_key.error();
    auto ca_key = signing_key::generate_p256();
    if (!ca_key) return ca_key.error();
    auto tcb_signing_key = signing_key::generate_p256();
    if (!tcb_signing_key) return tcb_signing_key.error();
    const auto under_root = [&](std::string_view name, const signing_key& key, int path_length, int years) {
      return detail::simulated_sgx_certificate({.subject = name,
                                                .subject_key = key,
                                                .issuer = detail::sgx_root_name,
                                                .issuer_key = *root_key,
                                                .crl_address = detail::simulated_root_crl_address,
                                                .path_length = path_length,
                                                .serial = {},
                                                .pck_extension = {}},
                                               now, {now.seconds + years * detail::simulated_year});
    };
    const auto root = under_root(detail::sgx_root_name, *root_key, 1, 25);
    if (!root) return root.error();
    const auto ca = under_root(detail::sgx_platform_ca_name, *ca_key, 0, 15);
    if (!ca) return ca.error();
    const auto tcb_signing = under_root(detail::sgx_tcb_signing_name, *tcb_signing_key, -1, 7);
    if (!tcb_signing) return tcb_signing.error();
    return with_new_package({*root_key, *ca_key, *tcb_signing_key, *root, *ca, *tcb_signing}, fmspc, now);
  }

  // another_platform makes a second machine under the same root and Platform CA: another PPID, platform instance id,
  // PCK, attestation key, MAC key and seal secret.
  [[nodiscard]] result<insecure_simulated_tdx_platform> another_platform(
      utc_time now, const tdx::fmspc& fmspc = simulated_fmspc) const {
    const state& own = state_;
    return with_new_package({own.root_key, own.ca_key, own.tcb_signing_key, own.root, own.ca, own.tcb_signing}, fmspc,
                            now);
  }

  // restore makes the platform that a state was taken from.
  static insecure_simulated_tdx_platform restore(state&& from) noexcept {
    return insecure_simulated_tdx_platform(std::move(from));
  }

  [[nodiscard]] const state& get() const noexcept { return state_; }
  [[nodiscard]] const certificate& root() const noexcept { return state_.root; }

  // pck_chain is PCK certificate, Platform CA and root in PEM, as certification data of type 5 has them.
  [[nodiscard]] result<std::vector<std::uint8_t>> pck_chain() const {
    return detail::pem_chain({&state_.pck, &state_.ca, &state_.root});
  }

 private:
  // vendor is what platforms under one root share.
  struct vendor {
    signing_key root_key;
    signing_key ca_key;
    signing_key tcb_signing_key;
    certificate root;
    certificate ca;
    certificate tcb_signing;
  };

  explicit insecure_simulated_tdx_platform(state&& from) noexcept : state_(std::move(from)) {}

  static result<insecure_simulated_tdx_platform> with_new_package(const vendor& by, const tdx::fmspc& fmspc,
                                                                  utc_time now) {
    std::array<std::uint8_t, 16> qe_id{};
    std::array<std::uint8_t, 20> serial{};
    tdx::pck_extension says;
    for (const byte_span each : {byte_span(qe_id), byte_span(serial), byte_span(says.ppid.value),
                                 byte_span(says.platform_instance_id.emplace().value)}) {
      if (const auto done = random_bytes(each); !done) return done.error();
    }
    says.tcb_components = simulated_components;
    says.pcesvn = simulated_pcesvn;
    says.cpusvn = simulated_cpusvn;
    says.fmspc = fmspc;
    says.sgx_type = tdx::sgx_type::scalable;
    says.configuration = {.dynamic_platform = true, .cached_keys = true, .smt_enabled = true};
    auto mac_key = random_secret<32>();
    if (!mac_key) return mac_key.error();
    auto seal_secret = random_secret<32>();
    if (!seal_secret) return seal_secret.error();
    auto pck_key = signing_key::generate_p256();
    if (!pck_key) return pck_key.error();
    auto attestation_key = signing_key::generate_p256();
    if (!attestation_key) return attestation_key.error();
    const auto extension = detail::encode_pck_extension(says);
    const auto pck = detail::simulated_sgx_certificate({.subject = detail::sgx_pck_name,
                                                        .subject_key = *pck_key,
                                                        .issuer = detail::sgx_platform_ca_name,
                                                        .issuer_key = by.ca_key,
                                                        .crl_address = detail::simulated_pck_crl_address,
                                                        .path_length = -1,
                                                        .serial = serial,
                                                        .pck_extension = extension},
                                                       now, {now.seconds + 7 * detail::simulated_year});
    if (!pck) return pck.error();
    return insecure_simulated_tdx_platform(state{says, qe_id, std::move(*mac_key), std::move(*seal_secret), by.root_key,
                                                 by.ca_key, by.tcb_signing_key, *pck_key, *attestation_key, by.root,
                                                 by.ca, by.tcb_signing, *pck});
  }

  state state_;
};

}  // namespace unitee::inline v0::guest
