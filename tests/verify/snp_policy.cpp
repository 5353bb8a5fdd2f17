// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_policy.hpp>

#include "support/catch.hpp"

#include <array>

using namespace unitee;
using snp::appraisal_point;
using snp::appraisal_policy;
using snp::complete_policy;
using snp::generation;

namespace {

// Every order of decisions, each the one way or the other, ends in the same kind of policy.
template <unsigned Decided>
constexpr bool complete = complete_policy<appraisal_policy<Decided>>;

snp::measurement image(std::uint8_t n) {
  snp::measurement out;
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
static_assert(!std::is_constructible_v<appraisal_policy<15>, snp::reference_values>);

TEST_CASE("a policy without decisions asks nothing, and none is decided", "[verify][policy]") {
  const appraisal_policy policy;
  for (const auto point :
       {appraisal_point::freshness, appraisal_point::software, appraisal_point::firmware, appraisal_point::debugging}) {
    CHECK_FALSE(policy.decides(point));
  }
  const auto& wanted = policy.wanted();
  CHECK_FALSE(wanted.report_data);
  CHECK_FALSE(wanted.measurements);
  CHECK_FALSE(wanted.ask_tcb);
  CHECK_FALSE(wanted.allow_debug);
  CHECK_FALSE(wanted.allow_masked_chip_id);
  CHECK_FALSE(wanted.refuse_provisional);
  CHECK_FALSE(wanted.vmpl);
  CHECK_FALSE(wanted.host_data);
}

TEST_CASE("decisions come in any order, and other demands keep them", "[verify][policy]") {
  snp::report_data nonce;
  nonce.value[0] = 7;
  const auto one =
      appraisal_policy{}.forbid_debug().waive_tcb().require_measurement(image(1)).require_report_data(nonce);
  const auto two = appraisal_policy{}
                       .require_vmpl(2)
                       .waive_report_data()
                       .waive_measurement()
                       .require_host_data({})
                       .waive_tcb()
                       .allow_debug();
  static_assert(std::is_same_v<decltype(one), decltype(two)>);
  CHECK(one.wanted().report_data == nonce);
  REQUIRE(one.wanted().measurements);
  CHECK(*one.wanted().measurements == std::vector{image(1)});
  CHECK_FALSE(one.wanted().allow_debug);
  CHECK_FALSE(two.wanted().report_data);
  CHECK_FALSE(two.wanted().measurements);
  CHECK(two.wanted().allow_debug);
  CHECK(two.wanted().vmpl == 2u);
  CHECK(two.wanted().host_data == snp::host_data{});
}

TEST_CASE("a minimum TCB is kept for each product in its own layout", "[verify][policy]") {
  const std::array by_product{
      snp::minimum_tcb{generation::turin, {.fmc = 1, .boot_loader = 2, .tee = 3, .snp = 4, .microcode = 5}},
      snp::minimum_tcb{generation::milan, {.boot_loader = 6, .tee = 7, .snp = 8, .microcode = 200}}};
  const auto policy = appraisal_policy{}.require_minimum_tcb(by_product);
  const auto& least = policy.wanted().minimum_tcb;
  CHECK(policy.wanted().ask_tcb);
  CHECK(least[0]->value == std::array<std::uint8_t, 8>{6, 7, 0, 0, 0, 0, 8, 200});
  CHECK_FALSE(least[1]);
  CHECK(least[2]->value == std::array<std::uint8_t, 8>{1, 2, 3, 4, 0, 0, 0, 5});
}

TEST_CASE("any of several measurements, or none at all", "[verify][policy]") {
  const std::array images{image(1), image(2)};
  const auto several = appraisal_policy{}.require_measurement(images);
  CHECK(several.wanted().measurements->size() == 2);
  const auto none = appraisal_policy{}.require_measurement(std::span<const snp::measurement>());
  REQUIRE(none.wanted().measurements);
  CHECK(none.wanted().measurements->empty());
  const auto lenient = appraisal_policy{}.allow_masked_chip_id().refuse_provisional_firmware();
  CHECK(lenient.wanted().allow_masked_chip_id);
  CHECK(lenient.wanted().refuse_provisional);
}
