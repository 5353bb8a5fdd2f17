// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_tdx_platform.hpp>

#include "support/openssl.hpp"
#include "support/simulated_tdx.hpp"

#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/hash.hpp>

#include <array>

namespace test_simulated_tdx_platform {

using namespace unitee;
using namespace unitee::test;
using guest::insecure_simulated_tdx_platform;

namespace {

std::array<certificate, 3> pck_chain_of(const insecure_simulated_tdx_platform& of) {
  return {of.get().pck, of.get().ca, of.get().root};
}

byte_view text(std::string_view of) { return {reinterpret_cast<const std::uint8_t*>(of.data()), of.size()}; }

}  // namespace

TEST_CASE("a TDX platform's certificates are two chains under its own root", "[guest][tdx_platform]") {
  const auto& own = simulated_tdx_platform().get();
  CHECK(simulated_tdx_platform().root() == own.root);
  CHECK(verify_chain(pck_chain_of(simulated_tdx_platform()), simulated_tdx_now, {}, ec_rules));
  const std::array signing{own.tcb_signing, own.root};
  CHECK(verify_chain(signing, simulated_tdx_now, {}, ec_rules));
  auto mixed = pck_chain_of(simulated_tdx_platform());
  mixed[2] = other_simulated_tdx_platform().root();
  CHECK_FALSE(verify_chain(mixed, simulated_tdx_now, {}, ec_rules));
  CHECK(own.root.path_length() == 1);
  CHECK(own.ca.path_length() == 0);
  CHECK(own.root_key.is_key_of(own.root));
  CHECK(own.ca_key.is_key_of(own.ca));
  CHECK(own.tcb_signing_key.is_key_of(own.tcb_signing));
  CHECK(own.pck_key.is_key_of(own.pck));
}

TEST_CASE("a TDX platform's certificates last as Intel's do", "[guest][tdx_platform]") {
  const auto& own = simulated_tdx_platform().get();
  const auto years = [](const certificate& of) {
    return (need(of.not_after()).seconds - need(of.not_before()).seconds) / (365 * 86400);
  };
  for (const certificate* one : {&own.root, &own.ca, &own.tcb_signing, &own.pck}) {
    CHECK(need(one->not_before()) == simulated_tdx_begin);
  }
  CHECK(years(own.root) == 25);
  CHECK(years(own.ca) == 15);
  CHECK(years(own.tcb_signing) == 7);
  CHECK(years(own.pck) == 7);
}

TEST_CASE("a PCK certificate says what its platform is", "[guest][tdx_platform]") {
  const auto& own = simulated_tdx_platform().get();
  const auto says = need(tdx::pck_extension::parse(need(own.pck.extension(tdx::pck_extension_oid))));
  CHECK(says == own.pck_extension);
  CHECK_FALSE(says.ppid.is_zero());
  CHECK(says.tcb_components == guest::simulated_components);
  CHECK(says.pcesvn == guest::simulated_pcesvn);
  CHECK(says.cpusvn == guest::simulated_cpusvn);
  CHECK(says.cpusvn.value != says.tcb_components);
  CHECK(says.fmspc == guest::simulated_fmspc);
  REQUIRE(says.platform_instance_id);
  CHECK_FALSE(says.platform_instance_id->is_zero());
  CHECK(says.configuration.has_value());
}

TEST_CASE("another TDX platform has the same root and CA and nothing else", "[guest][tdx_platform]") {
  const auto& one = simulated_tdx_platform().get();
  constexpr tdx::fmspc fmspc{{1, 2, 3, 4, 5, 6}};
  const auto made = need(simulated_tdx_platform().another_platform(simulated_tdx_now, fmspc));
  const auto& two = made.get();
  CHECK(two.root == one.root);
  CHECK(two.ca == one.ca);
  CHECK(two.tcb_signing == one.tcb_signing);
  CHECK(two.pck_extension.fmspc == fmspc);
  CHECK_FALSE(two.pck == one.pck);
  CHECK_FALSE(hex_of(two.pck.serial()) == hex_of(one.pck.serial()));
  CHECK_FALSE(two.pck_extension.ppid == one.pck_extension.ppid);
  CHECK_FALSE(two.pck_extension.platform_instance_id == one.pck_extension.platform_instance_id);
  CHECK_FALSE(two.qe_id == one.qe_id);
  CHECK_FALSE(two.mac_key == one.mac_key);
  CHECK_FALSE(two.seal_secret == one.seal_secret);
  CHECK_FALSE(need(two.attestation_key.public_point<p256>()) == need(one.attestation_key.public_point<p256>()));
  CHECK(verify_chain(pck_chain_of(made), simulated_tdx_now, {}, ec_rules));
}

TEST_CASE("a TDX platform is what its state says", "[guest][tdx_platform]") {
  auto made = need(insecure_simulated_tdx_platform::create(simulated_tdx_begin));
  const auto& from = made.get();
  const auto again = insecure_simulated_tdx_platform::restore(
      {from.pck_extension, from.qe_id, secret_of<32>(from.mac_key.expose()), secret_of<32>(from.seal_secret.expose()),
       from.root_key, from.ca_key, from.tcb_signing_key, from.pck_key, from.attestation_key, from.root, from.ca,
       from.tcb_signing, from.pck});
  CHECK(need(again.pck_chain()) == need(made.pck_chain()));
  CHECK(again.get().mac_key == from.mac_key);
  CHECK(again.get().seal_secret == from.seal_secret);
}

TEST_CASE("the chain of a PCK certificate is three blocks, leaf first", "[guest][tdx_platform]") {
  const auto chain = certificates_in(need(simulated_tdx_platform().pck_chain()));
  REQUIRE(chain.size() == 3);
  const auto own = pck_chain_of(simulated_tdx_platform());
  for (std::size_t i = 0; i < 3; ++i) CHECK(chain[i] == own[i]);
}

TEST_CASE("every certificate of a TDX platform says that it is insecure", "[guest][tdx_platform]") {
  const auto& own = simulated_tdx_platform().get();
  for (const certificate* one : {&own.root, &own.ca, &own.tcb_signing, &own.pck}) {
    const auto der = need(one->der());
    const std::string_view found(reinterpret_cast<const char*>(der.data()), der.size());
    CHECK(found.find(guest::simulated_organization) != found.npos);
    CHECK(found.find("Intel Corporation") == found.npos);
    CHECK(found.find("intel.com") == found.npos);
  }
}

TEST_CASE("module and quoting enclave are those of nobody else", "[guest][tdx_platform]") {
  CHECK(need(sha384(text("unitee simulated TDX module, INSECURE"))).value == guest::simulated_mrseam.value);
  CHECK(need(sha256(text("unitee simulated quoting enclave, INSECURE"))).value ==
        guest::simulated_qe_measurement.value);
  CHECK(need(sha256(text("unitee simulated quoting enclave signer, INSECURE"))).value ==
        guest::simulated_qe_signer.value);
}

}  // namespace test_simulated_tdx_platform
