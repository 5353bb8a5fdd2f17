// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_td_key.hpp>

#include "support/openssl.hpp"
#include "support/simulated_tdx.hpp"

#include <unitee/kdf/hardware_key_source.hpp>

#include <set>
#include <string>
#include <vector>

namespace test_simulated_td_key {

using namespace unitee;
using namespace unitee::test;
using guest::insecure_simulated_td;
using guest::insecure_simulated_tdx_platform;
using guest::simulated_td_launch;
using guest::tdcall_status;
using tdx::key_basis;
using tdx::key_policy;
using tdx::key_request;

// The TD has the raw ability alone: a key source is what one gets by asking for it.
static_assert(!hardware_key_source<insecure_simulated_td> && !hardware_key_source<const insecure_simulated_td>);

namespace {

constexpr std::uint64_t all = ~std::uint64_t{0};

failure refused(tdcall_status status) { return {errc::key_denied, static_cast<std::uint64_t>(status), part::seal_key}; }

simulated_td_launch sealing_launch() {
  auto out = simulated_td_launch_full();
  out.sealing = true;
  return out;
}

// with_secret is simulated_tdx_platform() with another seal secret.
insecure_simulated_tdx_platform with_secret(const secret<32>& seal_secret) {
  const auto& from = simulated_tdx_platform().get();
  return insecure_simulated_tdx_platform::restore({from.pck_extension, from.qe_id, secret_of<32>(from.mac_key.expose()),
                                                   secret_of<32>(seal_secret.expose()), from.root_key, from.ca_key,
                                                   from.tcb_signing_key, from.pck_key, from.attestation_key, from.root,
                                                   from.ca, from.tcb_signing, from.pck});
}

key_basis basis_of(const insecure_simulated_td& td) { return key_basis::of(need(td.td_report({}))); }

key_request any_request(key_policy policy, const key_basis& from, std::uint64_t attributes = all,
                        std::uint64_t xfam = all) {
  return key_request::shared_by_every_guest_the_host_allows(policy, attributes, xfam, from);
}

// measured has full masks, which the simulated module takes, so that every bit can be seen to count.
key_request measured(const insecure_simulated_td& td) { return any_request({key_policy::mrtd.mask()}, basis_of(td)); }

std::string hex_key(const insecure_simulated_td& td, const key_request& request) {
  return hex_of(need(td.seal_key(request)).expose());
}

}  // namespace

TEST_CASE("seal keys are those of an independent script", "[guest][td_key]") {
  const auto platform = with_secret(counting_key());
  const auto td = simulated_td(sealing_launch(), platform);
  CHECK(hex_key(td, measured(td)) == "ccfbc7c0c4a1ad0a09246de60703030d4f7b7dc48d53fb02c2c8990ffa4adf87");
  // Every register, a part of ATTRIBUTES and XFAM, a salt, a migratable TD, an earlier TEE_TCB_SVN.
  auto with = sealing_launch();
  with.attributes.value |= tdx::td_attributes::migratable.mask();
  auto moving = simulated_td(with, platform);
  for (std::size_t i = 0; i < 4; ++i) {
    REQUIRE(moving.extend(i, need(sha384(bytes_of("event " + std::to_string(i))))));
  }
  key_basis earlier = basis_of(moving);
  earlier.tee_tcb_svn.value = {2, 1, 4};
  std::uint64_t policy = 0;
  for (const bit_range& bit : key_policy::fields) policy |= bit.mask();
  tdx::key_salt salt;
  for (std::uint8_t i = 0; i < 32; ++i) salt.value[i] = i;
  const auto request =
      any_request({policy & ~key_policy::rtmr4.mask()}, earlier, 0x30000000, 0xFF).with_swkeyname(7).with_salt(salt);
  CHECK(hex_key(moving, request) == "4b7f3407959accfddee558ed6e607bf9ace06d5bb2ca5215aeccc57784fad72f");
}

TEST_CASE("a TD gets the same seal key again, also launched anew and on a restored platform", "[guest][td_key]") {
  const auto td = simulated_td(sealing_launch());
  const std::string key = hex_key(td, measured(td));
  CHECK(hex_key(td, measured(td)) == key);
  CHECK(hex_key(simulated_td(sealing_launch()), measured(td)) == key);
  const auto again = with_secret(simulated_tdx_platform().get().seal_secret);
  CHECK(hex_key(simulated_td(sealing_launch(), again), measured(td)) == key);
}

TEST_CASE("another platform gives another seal key, and every bit of its secret counts", "[guest][td_key]") {
  std::set<std::string> keys;
  const auto take = [&](const insecure_simulated_tdx_platform& on) {
    const auto td = simulated_td(sealing_launch(), on);
    keys.insert(hex_key(td, measured(td)));
  };
  take(simulated_tdx_platform());
  take(other_simulated_tdx_platform());
  take(need(simulated_tdx_platform().another_platform(simulated_tdx_begin)));
  take(with_secret(counting_key()));
  for (std::size_t bit = 0; bit < 256; ++bit) {
    std::vector<std::uint8_t> bytes(32);
    for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::uint8_t>(i);
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1u << bit % 8);
    take(with_secret(secret_of<32>(bytes)));
  }
  CHECK(keys.size() == 4 + 256);
}

TEST_CASE("a register changes the seal key where the policy selects it, and only there", "[guest][td_key]") {
  struct change {
    bit_range bit;
    void (*to)(simulated_td_launch&);
    std::size_t rtmr = 4;
  };
  const change changes[] = {{key_policy::mrtd, [](auto& with) { ++with.mrtd.value[47]; }},
                            {key_policy::mrowner, [](auto& with) { ++with.mrowner.value[47]; }},
                            {key_policy::mrconfigid, [](auto& with) { ++with.mrconfigid.value[47]; }},
                            {key_policy::mrownerconfig, [](auto& with) { ++with.mrownerconfig.value[47]; }},
                            {key_policy::rtmr0, [](auto&) {}, 0},
                            {key_policy::rtmr1, [](auto&) {}, 1},
                            {key_policy::rtmr2, [](auto&) {}, 2},
                            {key_policy::rtmr3, [](auto&) {}, 3}};
  const auto before = simulated_td(sealing_launch());
  for (const change& each : changes) {
    auto with = sealing_launch();
    each.to(with);
    auto after = simulated_td(with);
    if (each.rtmr < 4) REQUIRE(after.extend(each.rtmr, {}));
    for (const change& selected : changes) {
      CAPTURE(each.bit.name, selected.bit.name);
      const auto request = any_request({selected.bit.mask()}, basis_of(before));
      const bool same = hex_key(before, request) == hex_key(after, request);
      CHECK(same == (each.bit.name != selected.bit.name));
    }
  }
}

TEST_CASE("a bit of ATTRIBUTES or XFAM changes the seal key where the mask has it, and only there", "[guest][td_key]") {
  const auto before = simulated_td(sealing_launch());
  for (unsigned bit = 0; bit < 64; ++bit) {
    const std::uint64_t mask = std::uint64_t{1} << bit;
    // MIGRATABLE brings the hash of the service TDs with it.
    if (mask != tdx::td_attributes::migratable.mask()) {
      auto with = sealing_launch();
      with.attributes.value ^= mask;
      const auto after = simulated_td(with);
      const auto all_but = any_request({key_policy::mrtd.mask()}, basis_of(before), ~mask, all);
      CHECK(hex_key(before, all_but) == hex_key(after, all_but));
      CHECK_FALSE(hex_key(before, measured(before)) == hex_key(after, measured(before)));
    }
    if (bit > 1) {
      auto with = sealing_launch();
      with.xfam.value ^= mask;
      const auto after = simulated_td(with);
      const auto all_but = any_request({key_policy::mrtd.mask()}, basis_of(before), all, ~mask);
      CHECK(hex_key(before, all_but) == hex_key(after, all_but));
      CHECK_FALSE(hex_key(before, measured(before)) == hex_key(after, measured(before)));
    }
  }
}

TEST_CASE("the masks themselves, software key name and salt count", "[guest][td_key]") {
  const auto td = simulated_td(sealing_launch());
  const key_basis own = basis_of(td);
  const key_policy mrtd{key_policy::mrtd.mask()};
  std::set<std::string> keys{hex_key(td, measured(td))};
  std::size_t tried = 1;
  const auto take = [&](const key_request& request) {
    keys.insert(hex_key(td, request));
    ++tried;
  };
  for (unsigned bit = 0; bit < 64; ++bit) {
    take(any_request(mrtd, own, all ^ std::uint64_t{1} << bit));
    take(any_request(mrtd, own, all, all ^ std::uint64_t{1} << bit));
  }
  for (unsigned name = 1; name < 256; ++name) take(measured(td).with_swkeyname(static_cast<std::uint8_t>(name)));
  for (std::size_t bit = 0; bit < 256; ++bit) {
    tdx::key_salt salt;
    salt.value[bit / 8] = static_cast<std::uint8_t>(1u << bit % 8);
    take(measured(td).with_salt(salt));
  }
  CHECK(keys.size() == tried);
}

TEST_CASE("the service TDs of a migratable TD count, and no others", "[guest][td_key]") {
  const auto key_of = [](bool migratable, std::uint8_t service) {
    auto with = sealing_launch();
    if (migratable) with.attributes.value |= tdx::td_attributes::migratable.mask();
    with.mrservicetd.value.fill(service);
    const auto td = simulated_td(with);
    return hex_key(td, measured(td));
  };
  CHECK(key_of(false, 5) == key_of(false, 6));
  CHECK_FALSE(key_of(true, 5) == key_of(true, 6));
  CHECK_FALSE(key_of(true, 0) == key_of(true, 6));
  CHECK_FALSE(key_of(true, 0) == key_of(false, 0));
}

TEST_CASE("a TD gets keys for its own SVNs and earlier ones, each another key", "[guest][td_key]") {
  const auto td = simulated_td(sealing_launch());
  const key_basis own = basis_of(td);
  CHECK(own.tee_tcb_svn.value == std::array<std::uint8_t, 16>{3, 1, 4});
  std::set<std::string> keys;
  for (std::uint8_t a = 0; a <= 4; ++a) {
    for (std::uint8_t b = 0; b <= 2; ++b) {
      for (std::uint8_t c = 0; c <= 5; ++c) {
        CAPTURE(+a, +b, +c);
        key_basis asked = own;
        asked.tee_tcb_svn.value = {a, b, c};
        const auto key = td.seal_key(key_request::bound_to_measurement(asked));
        const bool some = a + b + c > 0;
        CHECK(key.has_value() == (a <= 3 && b <= 1 && c <= 4 && some));
        if (key) keys.insert(hex_of(key->expose()));
        if (!key) CHECK(key.error() == refused(tdcall_status::invalid_svn));
      }
    }
  }
  CHECK(keys.size() == 4 * 2 * 5 - 1);
  for (std::size_t i = 3; i < 16; ++i) {
    key_basis asked = own;
    asked.tee_tcb_svn.value[i] = 1;
    CHECK(td.seal_key(key_request::bound_to_measurement(asked)).error() == refused(tdcall_status::invalid_svn));
  }
}

TEST_CASE("what an earlier TD sealed, a TD after the update can derive, but not the other way round",
          "[guest][td_key]") {
  auto with = sealing_launch();
  with.tee_tcb_svn = guest::simulated_earlier_tee_tcb_svn;
  const auto earlier = simulated_td(with);
  with.tee_tcb_svn = guest::simulated_tee_tcb_svn;
  const auto later = simulated_td(with);
  CHECK(hex_key(earlier, measured(earlier)) == hex_key(later, measured(earlier)));
  CHECK_FALSE(hex_key(later, measured(later)) == hex_key(later, measured(earlier)));
  CHECK(earlier.seal_key(measured(later)).error() == refused(tdcall_status::invalid_svn));
}

TEST_CASE("another CPUSVN, and SVNs that a TD without signing structure does not have, give no key",
          "[guest][td_key]") {
  const auto td = simulated_td(sealing_launch());
  const auto refusal = [&](const key_basis& asked) {
    return td.seal_key(key_request::bound_to_measurement(asked)).error();
  };
  for (std::size_t bit = 0; bit < 128; ++bit) {
    key_basis asked = basis_of(td);
    asked.cpusvn.value[bit / 8] = static_cast<std::uint8_t>(asked.cpusvn.value[bit / 8] ^ 1u << bit % 8);
    CHECK(refusal(asked) == refused(tdcall_status::invalid_svn));
  }
  for (std::uint16_t key_basis::*each : {&key_basis::isvsvn, &key_basis::mrconfigsvn, &key_basis::mrownerconfigsvn}) {
    for (const std::uint16_t svn : {std::uint16_t{1}, std::uint16_t{0xFFFF}}) {
      key_basis asked = basis_of(td);
      asked.*each = svn;
      CHECK(refusal(asked) == refused(tdcall_status::invalid_svn));
    }
  }
}

TEST_CASE("a request that the module does not understand gives no key", "[guest][td_key]") {
  const auto td = simulated_td(sealing_launch());
  for (unsigned bit = 0; bit < 64; ++bit) {
    CAPTURE(bit);
    const key_policy policy{std::uint64_t{1} << bit};
    const auto key = td.seal_key(any_request(policy, basis_of(td)));
    const bool known = bit == 0 || (bit >= 2 && bit <= 4) || (bit >= 32 && bit <= 35);
    CHECK(key.has_value() == known);
    if (!key) CHECK(key.error() == refused(tdcall_status::operand_invalid_rcx));
  }
  auto bytes = measured(td).encode();
  bytes[3] = 0;  // KEYSIZE: 128 bits
  CHECK(td.seal_key(need(key_request::parse_any_binding(bytes))).error() ==
        refused(tdcall_status::operand_invalid_rcx));
}

TEST_CASE("a TD has no seal key unless it was launched with sealing, and on a 1.0 module never", "[guest][td_key]") {
  CHECK_FALSE(simulated_td_launch{}.sealing);
  auto with = sealing_launch();
  const auto request = measured(simulated_td(with));
  with.sealing = false;
  CHECK(simulated_td(with).seal_key(request).error() == refused(tdcall_status::operand_invalid));
  with.sealing = true;
  with.body = tdx::quote_body_type::td_1_0;
  CHECK(simulated_td(with).seal_key(request).error() == refused(tdcall_status::operand_invalid));
  with.body = tdx::quote_body_type::td_1_5;
  with.quote_version = tdx::quote_version::v4;
  CHECK(simulated_td(with).seal_key(request));
}

TEST_CASE("the status words are those of the TDX module", "[guest][td_key]") {
  CHECK(refused(tdcall_status::operand_invalid).offset == 0xC000010000000000);
  CHECK(refused(tdcall_status::operand_invalid_rcx).offset == 0xC000010000000001);
  CHECK(refused(tdcall_status::invalid_svn).offset == 0xC000100000000000);
}

}  // namespace test_simulated_td_key
