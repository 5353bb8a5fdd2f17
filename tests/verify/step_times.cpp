// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/step_times.hpp>

#include "support/catch.hpp"
#include "support/observer.hpp"

#include <unitee/verify/snp_steps.hpp>
#include <unitee/verify/tdx_collateral_parts.hpp>
#include <unitee/verify/tdx_steps.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace test_step_times {

using namespace unitee;
using snp::step;
using test::told_events;
using unitee::detail::watched;
using unitee::detail::watched_unless;
using table = snp::step_table;
using names = std::vector<std::string>;

namespace {

constexpr failure unsigned_report{errc::signature_invalid, 0x2A0, part::report};

// went is a verification that passes the steps, and then begins one and fails, or ends well.
template <class Notes>
result<int> went(Notes notes, std::initializer_list<step> passed, step last, std::optional<failure> why = {}) {
  for (const step each : passed) {
    notes.begin(each);
    notes.passed();
  }
  notes.begin(last);
  if (why) return *why;
  notes.passed();
  return 1;
}

}  // namespace

// Nobody's notes are nothing, which is passed in no register.
static_assert(std::is_empty_v<detail::untimed> && std::is_trivially_copyable_v<detail::untimed>);

// A step is told as one that is told as itself, and its name is one of the table's.
template <class Step, std::size_t N, class Info>
consteval bool are_told(const std::array<Info, N>& steps) {
  for (const Info& each : steps) {
    if (told_as(told_as(each.id)) != told_as(each.id)) return false;
  }
  return true;
}
static_assert(are_told<snp::step>(snp::steps) && are_told<tdx::step>(tdx::steps));

TEST_CASE("steps are told in their order, once, with the time between their beginning and their end",
          "[verify][step_times]") {
  told_events heard;
  const auto answer = watched<table>(heard, [](auto notes) {
    return went(notes, {step::known_product, step::vek_chip}, step::report_signature);
  });
  CHECK(answer);
  CHECK(heard.names() == names{"product", "vek_chip", "signature"});
  for (const step_event& each : heard.steps) {
    CHECK(each.vendor == tee_vendor::snp);
    CHECK(each.outcome);
    CHECK(each.nanoseconds == 1);  // the clock was asked twice
  }
  CHECK(heard.clock == 6);
}

TEST_CASE("the step that was stopped at is told last, by its own name", "[verify][step_times]") {
  told_events heard;
  const auto answer = watched<table>(heard, [](auto notes) {
    return went(notes, {step::known_product}, step::vek_certificate, failure{errc::tcb_mismatch, 0x180, part::report});
  });
  CHECK(!answer);
  CHECK(heard.names() == names{"product", "vek_tcb"});
  CHECK(heard.only_failure() == failure{errc::tcb_mismatch, 0x180, part::report});
}

TEST_CASE("the attempts at a step are told as one", "[verify][step_times]") {
  told_events heard;
  const auto answer = watched<table>(heard, [](auto notes) -> result<int> {
    (void)went(notes, {step::known_product, step::vek_certificate}, step::report_signature, unsigned_report);
    notes.begin(step::vek_certificate);
    notes.begin(step::vek_certificate);  // the attempt before ended without a word
    return unsigned_report;
  });
  CHECK(!answer);
  CHECK(heard.names() == names{"product", "vek", "signature"});
  CHECK(heard.only_failure() == unsigned_report);
  CHECK(heard.steps.at(1).outcome);
  CHECK(heard.steps.at(1).nanoseconds == 3);
  CHECK(heard.steps.at(2).nanoseconds == 1);
}

TEST_CASE("a failure of no step is told as the one it happened in, and what never began took no time",
          "[verify][step_times]") {
  const failure no_memory{errc::crypto_error, 0, part::vek};
  told_events heard;
  (void)watched<table>(heard, [&](auto notes) { return went(notes, {}, step::chain_signatures, no_memory); });
  CHECK(heard.names() == names{"chain_signatures"});
  CHECK(heard.only_failure() == no_memory);

  told_events before;
  (void)watched<table>(before, [&](auto) -> result<int> { return no_memory; });
  CHECK(before.names() == names{"none"});
  CHECK(before.only_failure() == no_memory);
  CHECK(before.steps.at(0).nanoseconds == 0);
  CHECK(before.clock == 0);

  told_events missing;
  (void)watched<table>(missing, [&](auto) -> result<int> { return failure{errc::missing, 0, part::root}; });
  CHECK(missing.names() == names{"anchor"});

  // A step that was passed is not told again as failed.
  told_events again;
  (void)watched<table>(again, [](auto notes) {
    return went(notes, {step::reserved}, step::chain_signatures,
                failure{errc::reserved_not_zero, snp::row::current_tcb::offset, part::report});
  });
  CHECK(again.names() == names{"reserved", "chain_signatures"});
  CHECK(again.only_failure().has_value());
}

TEST_CASE("there is a place for every step of the table", "[verify][step_times]") {
  told_events heard;
  (void)watched<tdx::step_table>(heard, [](auto notes) -> result<int> {
    for (const auto& each : tdx::steps) {
      notes.begin(each.id);
      notes.passed();
    }
    return 1;
  });
  REQUIRE(heard.steps.size() == tdx::steps.size());
  for (std::size_t i = 0; i < tdx::steps.size(); ++i) {
    CHECK(heard.steps[i].step == std::string_view(tdx::steps[i].name));
    CHECK(heard.steps[i].vendor == tee_vendor::tdx);
  }
}

TEST_CASE("of a failure that is not the answer yet nothing is told", "[verify][step_times]") {
  for (const bool retried : {false, true}) {
    for (const bool good : {false, true}) {
      told_events heard;
      const auto answer = watched_unless<table>(
          heard, [&] { return retried; },
          [&](auto notes) {
            return went(notes, {}, step::report_signature, good ? std::nullopt : std::optional(unsigned_report));
          });
      CHECK(answer.has_value() == good);
      CHECK(heard.steps.size() == (good || !retried ? 1u : 0u));
    }
  }
}

TEST_CASE("without an observer there are no notes", "[verify][step_times]") {
  no_observer nobody;
  const auto work = [](auto notes) {
    static_assert(std::is_same_v<decltype(notes), detail::untimed>);
    return went(notes, {step::known_product}, step::report_signature, unsigned_report);
  };
  CHECK(watched<table>(nobody, work).error() == unsigned_report);
  CHECK(watched_unless<table>(
            nobody, [] { return false; }, work)
            .error() == unsigned_report);
}

TEST_CASE("of several things of a kind the first to end is told, once", "[verify][step_times]") {
  const auto item = [](part what, std::int64_t ends) { return tdx::collateral_item{what, {}, {ends}}; };
  const std::array items{item(part::root, 500),        item(part::tcb_signing, 300), item(part::tcb_info, 90),
                         item(part::tcb_signing, 200), item(part::qe_identity, 100), item(part::tcb_signing, 200)};
  told_events heard;
  detail::tell_expiry(heard, tee_vendor::tdx, std::span(items), utc_time{100});
  REQUIRE(heard.expiries.size() == 4);
  const std::array<std::pair<part, std::int64_t>, 4> expected{
      {{part::root, 400}, {part::tcb_info, -10}, {part::tcb_signing, 100}, {part::qe_identity, 0}}};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(heard.expiries[i].vendor == tee_vendor::tdx);
    CHECK(heard.expiries[i].what == expected[i].first);
    CHECK(heard.expiries[i].seconds_left == expected[i].second);
    CHECK(heard.expiries[i].ends == utc_time{100 + expected[i].second});
  }
}

}  // namespace test_step_times
