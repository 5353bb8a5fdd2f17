// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/derive.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/key_backends.hpp"
#include "support/observer.hpp"
#include "support/openssl.hpp"

#include <unitee/any_guest.hpp>
#include <unitee/guest/simulated_td_guest.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace test_derive_observed {

using namespace unitee;
using namespace unitee::test;

namespace {

constexpr key_binding binding{.purpose = "observed"};

// absent is a backend of another machine.
struct absent : keyless {
  static result<absent> open() { return errc::interface_absent; }
};

// check_both derives a new key, and the same again.
template <class Backend>
void check_both(Backend& backend, tee_vendor vendor) {
  told_events heard;
  const auto made = need(guest::derive(backend, binding, {}, heard));
  CHECK(need(guest::derive(backend, made.record, {}, heard)) == made.key);
  REQUIRE(heard.keys.size() == 2);
  for (const key_event& each : heard.keys) {
    CHECK(each.vendor == vendor);
    CHECK(each.outcome);
    CHECK(each.nanoseconds == 1);
  }
  CHECK(heard.keys[0].wish == key_wish::fresh);
  CHECK(heard.keys[1].wish == key_wish::recorded);
}

}  // namespace

TEST_CASE("an observer hears whose key it was, by whatever backend", "[guest][derive][observer]") {
  auto amd = need(snp_backend::open());
  check_both(amd, tee_vendor::snp);
  auto intel = need(guest::insecure_simulated_td_guest::open());
  check_both(intel, tee_vendor::tdx);
  const auto keys = need(tdx::seal_keys::open(intel));
  check_both(keys, tee_vendor::tdx);
  auto found = need(any_guest<absent, snp_backend>::open());
  check_both(found, tee_vendor::snp);
}

TEST_CASE("an observer hears that there was no key to have", "[guest][derive][observer]") {
  auto found = need(any_guest<keyless, snp_backend>::open());
  told_events heard;
  CHECK(!guest::derive(found, binding, {}, heard));
  REQUIRE(heard.keys.size() == 1);
  CHECK(heard.keys[0].vendor == tee_vendor::unknown);
  CHECK(heard.keys[0].outcome.error() == failure{errc::no_hardware_key, 0, part::key_request});

  auto amd = need(snp_backend::open());
  const std::vector<std::uint8_t> no_record{1, 2, 3};
  told_events refused;
  const auto why = guest::derive(amd, no_record, {}, refused);
  REQUIRE(!why);
  REQUIRE(refused.keys.size() == 1);
  CHECK(refused.keys[0].wish == key_wish::recorded);
  CHECK(refused.keys[0].outcome.error() == why.error());
}

}  // namespace test_derive_observed
