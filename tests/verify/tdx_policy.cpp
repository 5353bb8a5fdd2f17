// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_policy.hpp>

#include "support/catch.hpp"
#include "support/stops.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_tdx_policy {

using namespace unitee;
using tdx::appraisal_point;
using tdx::appraisal_policy;
using tdx::complete_policy;
using tdx::measurement;
using tdx::tcb_status;
using bits = tdx::td_attributes;

namespace {

// Every order of decisions, each the one way or the other, ends in the same kind of policy.
template <unsigned Decided>
constexpr bool complete = complete_policy<appraisal_policy<Decided>>;

template <class Fixed>
Fixed all(std::uint8_t n) {
  Fixed out;
  out.value.fill(n);
  return out;
}

}  // namespace

static_assert(complete<15>);
static_assert(!complete<0> && !complete<1> && !complete<2> && !complete<4> && !complete<8> && !complete<3> &&
              !complete<5> && !complete<6> && !complete<9> && !complete<10> && !complete<12> && !complete<7> &&
              !complete<11> && !complete<13> && !complete<14>);
static_assert(!std::is_default_constructible_v<appraisal_policy<15>>);
static_assert(!std::is_default_constructible_v<appraisal_policy<1>>);
static_assert(!std::is_constructible_v<appraisal_policy<15>, tdx::reference_values>);

TEST_CASE("a TDX policy without decisions decides no point", "[verify][policy]") {
  const appraisal_policy policy;
  for (const auto point :
       {appraisal_point::freshness, appraisal_point::software, appraisal_point::firmware, appraisal_point::debugging}) {
    CHECK_FALSE(policy.decides(point));
  }
  CHECK_FALSE(policy.wanted().tcb);
  CHECK_FALSE(policy.wanted().measurements);
}

TEST_CASE("decisions on a TD come in any order, and other demands keep them", "[verify][policy]") {
  const auto nonce = all<tdx::report_data>(7);
  const auto one = appraisal_policy{}
                       .forbid_debug()
                       .require_up_to_date()
                       .require_measurement(all<measurement>(1))
                       .require_report_data(nonce);
  const auto two = appraisal_policy{}
                       .require_qe_svn(2)
                       .waive_report_data()
                       .waive_measurement()
                       .require_mrowner({})
                       .waive_tcb()
                       .allow_debug();
  static_assert(std::is_same_v<decltype(one), decltype(two)>);
  CHECK(one.wanted().report_data == nonce);
  CHECK(*one.wanted().measurements == std::vector{all<measurement>(1)});
  CHECK(*one.wanted().tcb == std::vector{tcb_status::up_to_date});
  CHECK_FALSE(one.wanted().allow_debug);
  CHECK_FALSE((two.wanted().report_data || two.wanted().measurements || two.wanted().tcb));
  CHECK(two.wanted().allow_debug);
  CHECK(two.wanted().qe_svn == 2);
  CHECK(two.wanted().mrowner == tdx::host_value{});
}

TEST_CASE("any of several MRTDs, or none at all", "[verify][policy]") {
  const std::array images{all<measurement>(1), all<measurement>(2)};
  CHECK(*appraisal_policy{}.require_measurement(images).wanted().measurements ==
        std::vector(images.begin(), images.end()));
  const auto none = appraisal_policy{}.require_measurement(std::span<const measurement>());
  REQUIRE(none.wanted().measurements);
  CHECK(none.wanted().measurements->empty());
}

TEST_CASE("a policy accepts exactly the statuses said, and a set that no policy may have stops the program",
          "[verify][policy]") {
  const std::array two{tcb_status::up_to_date, tcb_status::sw_hardening_needed};
  const std::array lacking{tcb_status::sw_hardening_needed};
  const std::array revoked{tcb_status::up_to_date, tcb_status::revoked};
  CHECK(*appraisal_policy{}.accept_tcb(two).wanted().tcb == std::vector(two.begin(), two.end()));
  CHECK(*appraisal_policy{}.accept_qe(two).wanted().qe_status == std::vector(two.begin(), two.end()));
  CHECK(test::stops([&] { return appraisal_policy{}.accept_tcb(lacking).wanted().tcb->size(); }));
  CHECK(test::stops([&] { return appraisal_policy{}.accept_tcb(revoked).wanted().tcb->size(); }));
  CHECK(test::stops([&] { return appraisal_policy{}.accept_qe(revoked).wanted().qe_status->size(); }));
}

TEST_CASE("bodies are TDs, TDs and enclaves, or a list", "[verify][policy]") {
  using type = tdx::quote_body_type;
  CHECK(appraisal_policy{}.accept_enclaves().wanted().bodies == std::vector{type::td_1_0, type::td_1_5, type::enclave});
  const std::array only{type::td_1_5};
  CHECK(appraisal_policy{}.accept_enclaves().require_body(only).wanted().bodies == std::vector{type::td_1_5});
  CHECK(appraisal_policy{}.require_body({}).wanted().bodies.empty());
}

TEST_CASE("a register is asked for by index, and a zero one by name only", "[verify][policy]") {
  const std::array values{all<measurement>(1), all<measurement>(2)};
  const std::array zero{measurement{}};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto policy = appraisal_policy{}.require_rtmr(i, values);
    for (std::size_t k = 0; k < 4; ++k) CHECK(policy.wanted().rtmrs[k].has_value() == (k == i));
    CHECK(*policy.wanted().rtmrs[i] == std::vector(values.begin(), values.end()));
    CHECK(*appraisal_policy{}.require_rtmr_zero(i).wanted().rtmrs[i] == std::vector{measurement{}});
    CHECK(test::stops([&] { return appraisal_policy{}.require_rtmr(i, zero).wanted().rtmrs[i]->size(); }));
  }
  CHECK(test::stops([&] { return appraisal_policy{}.require_rtmr(4, values).wanted().rtmrs[0].has_value(); }));
  CHECK(test::stops([&] { return appraisal_policy{}.require_rtmr_zero(4).wanted().rtmrs[0].has_value(); }));
}

TEST_CASE("attributes add up, the last word on a bit counts, and a bit that is no choice stops the program",
          "[verify][policy]") {
  auto policy = appraisal_policy{};
  std::uint64_t so_far = 0;
  for (const bit_range* bit : {&bits::icssd, &bits::servtd_ext, &bits::lass, &bits::sept_ve_disable, &bits::pks,
                               &bits::kl, &bits::tpa, &bits::perfmon}) {
    policy = std::move(policy).require_attribute(*bit);
    so_far |= bit->mask();
    CHECK(policy.wanted().attributes_required.value == so_far);
    CHECK(policy.wanted().attributes_forbidden.value == 0);
  }
  policy = std::move(policy).forbid_attribute(bits::kl);
  CHECK(policy.wanted().attributes_required.value == (so_far & ~bits::kl.mask()));
  CHECK(policy.wanted().attributes_forbidden.value == bits::kl.mask());
  policy = std::move(policy).require_attribute(bits::kl);
  CHECK(policy.wanted().attributes_required.value == so_far);
  CHECK(policy.wanted().attributes_forbidden.value == 0);
  for (const bit_range* bit : {&bits::debug, &bits::tud, &bits::hgs_plus_prof, &bits::tup, &bits::migratable,
                               &bits::reserved_positive, &bits::reserved_negative, &bits::reserved_32, &bits::sec}) {
    CAPTURE(bit->name);
    CHECK(test::stops([&] { return appraisal_policy{}.require_attribute(*bit).wanted().qe_svn.has_value(); }));
    CHECK(test::stops([&] { return appraisal_policy{}.forbid_attribute(*bit).wanted().qe_svn.has_value(); }));
  }
}

TEST_CASE("service TDs are none, any or these", "[verify][policy]") {
  const std::array these{all<measurement>(1)};
  CHECK_FALSE(appraisal_policy{}.wanted().allow_any_service_td);
  CHECK(appraisal_policy{}.allow_any_service_td().wanted().allow_any_service_td);
  CHECK(*appraisal_policy{}.allow_any_service_td().require_service_td(these).wanted().service_tds ==
        std::vector(these.begin(), these.end()));
  CHECK_FALSE(appraisal_policy{}.require_service_td(these).allow_any_service_td().wanted().service_tds);
}

TEST_CASE("a negative number of seconds stops the program", "[verify][policy]") {
  CHECK(appraisal_policy{}.accept_out_of_date_for(0).wanted().out_of_date_grace == 0);
  CHECK(appraisal_policy{}.accept_stale_collateral(3).wanted().stale_collateral == 3);
  CHECK(test::stops([] { return appraisal_policy{}.accept_out_of_date_for(-1).wanted().stale_collateral; }));
  CHECK(test::stops([] { return appraisal_policy{}.accept_stale_collateral(-1).wanted().stale_collateral; }));
}

TEST_CASE("each demand on a TD is what was said", "[verify][policy]") {
  const std::array versions{tdx::quote_version::v5};
  const std::array modules{all<measurement>(1)};
  const std::array enclaves{all<tdx::enclave_measurement>(2)};
  const std::array signers{all<tdx::enclave_signer>(3)};
  const std::array<std::string_view, 1> bad{"INTEL-SA-1"};
  const std::array<std::string_view, 2> good{"INTEL-SA-2", "INTEL-SA-3"};
  const auto policy = appraisal_policy{}
                          .require_quote_version(versions)
                          .require_unsigned_bytes(tdx::trailing_bytes::zero_only)
                          .require_qe_svn(4)
                          .require_pce_svn(5)
                          .require_mrseam(modules)
                          .require_zero_mrsignerseam()
                          .require_mrconfigid(all<tdx::host_value>(6))
                          .require_mrowner(all<tdx::host_value>(7))
                          .require_mrownerconfig(all<tdx::host_value>(8))
                          .require_attributes(1, 3)
                          .require_xfam(4)
                          .allow_profiling()
                          .allow_migration()
                          .allow_unknown_attributes()
                          .require_mrenclave(enclaves)
                          .require_mrsigner(signers)
                          .require_tee_tcb_svn(all<tdx::tcb_svn>(9))
                          .require_tcb_evaluation_data_number(17)
                          .require_tcb_date({10})
                          .reject_advisories(bad)
                          .allow_advisories(good);
  const auto& wanted = policy.wanted();
  CHECK(*wanted.quote_versions == std::vector(versions.begin(), versions.end()));
  CHECK(wanted.unsigned_bytes == tdx::trailing_bytes::zero_only);
  CHECK(wanted.qe_svn == 4);
  CHECK(wanted.pce_svn == 5);
  CHECK(*wanted.mrseam == std::vector(modules.begin(), modules.end()));
  CHECK(wanted.zero_mrsignerseam);
  CHECK(wanted.mrconfigid == all<tdx::host_value>(6));
  CHECK(wanted.mrowner == all<tdx::host_value>(7));
  CHECK(wanted.mrownerconfig == all<tdx::host_value>(8));
  CHECK((wanted.attributes->value == 1 && wanted.attributes->mask == 3));
  CHECK((wanted.xfam->value == 4 && wanted.xfam->mask == ~std::uint64_t{0}));
  CHECK((wanted.allow_profiling && wanted.allow_migration && wanted.allow_unknown_attributes));
  CHECK(*wanted.mrenclave == std::vector(enclaves.begin(), enclaves.end()));
  CHECK(*wanted.mrsigner == std::vector(signers.begin(), signers.end()));
  CHECK(wanted.tee_tcb_svn == all<tdx::tcb_svn>(9));
  CHECK(wanted.tcb_evaluation_data_number == 17u);
  CHECK(wanted.tcb_date == utc_time{10});
  CHECK(*wanted.rejected_advisories == std::vector<std::string>{"INTEL-SA-1"});
  CHECK(*wanted.allowed_advisories == std::vector<std::string>{"INTEL-SA-2", "INTEL-SA-3"});
  CHECK(test::stops([] { return appraisal_policy{}.require_xfam(4, 3).wanted().xfam->value; }));
}

TEST_CASE("each demand on a platform is what was said", "[verify][policy]") {
  const std::array ids{all<tdx::platform_instance_id>(1)};
  const std::array ppids{all<tdx::ppid>(2)};
  const std::array types{tdx::sgx_type::scalable};
  const std::array families{all<tdx::fmspc>(3)};
  const auto policy = appraisal_policy{}
                          .require_platform_instance_id(ids)
                          .require_ppid(ppids)
                          .forbid_dynamic_platform()
                          .forbid_cached_keys()
                          .forbid_smt()
                          .require_sgx_type(types)
                          .require_fmspc(families);
  const auto& wanted = policy.wanted();
  CHECK(*wanted.platform_instance_ids == std::vector(ids.begin(), ids.end()));
  CHECK(*wanted.ppids == std::vector(ppids.begin(), ppids.end()));
  CHECK((wanted.forbid_dynamic_platform && wanted.forbid_cached_keys && wanted.forbid_smt));
  CHECK(*wanted.sgx_types == std::vector(types.begin(), types.end()));
  CHECK(*wanted.fmspcs == std::vector(families.begin(), families.end()));
}

}  // namespace test_tdx_policy
