// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/derive.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/key_sources.hpp"
#include "support/observer.hpp"
#include "support/openssl.hpp"

#include <type_traits>

namespace test_derive_observed {

using namespace unitee;
using namespace unitee::test;

namespace {

constexpr key_binding binding{.purpose = "observed"};

template <class Request>
fixed_source<Request> source_now() {
  fixed_source<Request> out;
  if constexpr (Request::vendor == 1) {
    out.basis = {{{4, 2, 0, 0, 0, 0, 24, 219}}, 1, 7};
  } else {
    out.basis = {{{1, 2, 3}}, {{7, 1, 9}}, 3, 4, 5};
  }
  return out;
}

// check_told says that the observer was told of one key, and of it this.
void check_told(told_events& heard, tee_vendor vendor, key_wish wish, const result<void>& outcome = {}) {
  REQUIRE(heard.keys.size() == 1);
  const key_event one = heard.keys.front();
  CHECK(one.vendor == vendor);
  CHECK(one.wish == wish);
  CHECK(one.nanoseconds == 1);
  REQUIRE(one.outcome.has_value() == outcome.has_value());
  if (!outcome) CHECK(one.outcome.error() == outcome.error());
  CHECK(heard.steps.empty());
  CHECK(heard.segments.empty());
  CHECK(heard.expiries.empty());
  heard = {};
}

template <class Request>
void check_every_wish(tee_vendor vendor) {
  auto source = source_now<Request>();
  told_events heard;
  const auto made = need(derive_key(source, binding, {}, heard));
  check_told(heard, vendor, key_wish::fresh);
  CHECK(made.key == need(derive_key(source, binding)).key);
  CHECK(need(derive_key(source, made.record, {}, heard)) == made.key);
  check_told(heard, vendor, key_wish::recorded);
  CHECK(need(derive_key_that_other_guests_may_have(source, made.record, {}, heard)) == made.key);
  check_told(heard, vendor, key_wish::recorded_weak);
  CHECK(need(derive_key_again(source, made.record, {}, heard)).key == made.key);
  check_told(heard, vendor, key_wish::moved_on);

  const failure denied{errc::key_denied, 0x16, part::key_request};
  source.no_key = denied;
  CHECK(derive_key(source, binding, {}, heard).error() == denied);
  check_told(heard, vendor, key_wish::fresh, denied);
  CHECK(derive_key(source, made.record, {}, heard).error() == denied);
  check_told(heard, vendor, key_wish::recorded, denied);
  CHECK(derive_key_that_other_guests_may_have(source, made.record, {}, heard).error() == denied);
  check_told(heard, vendor, key_wish::recorded_weak, denied);
  CHECK(derive_key_again(source, made.record, {}, heard).error() == denied);
  check_told(heard, vendor, key_wish::moved_on, denied);

  const failure no_report{errc::no_answer, 5, part::sev_guest};
  source.no_basis = no_report;
  CHECK(derive_key(source, binding, {}, heard).error() == no_report);
  check_told(heard, vendor, key_wish::fresh, no_report);
}

// What comes back is of the same type, whoever listens.
using source = fixed_source<snp::key_request>;
static_assert(std::is_same_v<decltype(derive_key(std::declval<source&>(), binding)),
                             decltype(derive_key(std::declval<source&>(), binding, {}, no_observer{}))>);

}  // namespace

TEST_CASE("an observer hears of every key, of which vendor, and whether it was derived", "[kdf][derive][observer]") {
  check_every_wish<snp::key_request>(tee_vendor::snp);
  check_every_wish<tdx::key_request>(tee_vendor::tdx);
}

TEST_CASE("a constant source is of its vendor, too", "[kdf][derive][observer]") {
  const module_td td;
  told_events heard;
  CHECK(derive_key(td, binding, {}, heard));
  check_told(heard, tee_vendor::tdx, key_wish::fresh);
}

TEST_CASE("nobody need listen", "[kdf][derive][observer]") {
  auto from = source_now<snp::key_request>();
  CHECK(need(derive_key(from, binding, {}, no_observer{})).key == need(derive_key(from, binding)).key);
}

}  // namespace test_derive_observed
