// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_policy.hpp>

#include "support/catch.hpp"
#include "support/stops.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_snp_policy {

using namespace unitee;
using snp::appraisal_point;
using snp::appraisal_policy;
using snp::complete_policy;
using snp::generation;
using snp::guest_policy;
using snp::platform_info;

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

snp::measurement image(std::uint8_t n) { return all<snp::measurement>(n); }

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
  CHECK_FALSE(wanted.minimum_tcb);
  CHECK_FALSE(wanted.allow_debug);
  CHECK_FALSE(wanted.vmpl);
  CHECK_FALSE(wanted.host_data);
}

TEST_CASE("decisions come in any order, and other demands keep them", "[verify][policy]") {
  const auto nonce = all<snp::report_data>(7);
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
  CHECK_FALSE(one.wanted().minimum_tcb);
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
  const auto reported = appraisal_policy{}.require_minimum_tcb(by_product);
  const auto launched = appraisal_policy{}.require_minimum_launch_tcb(by_product);
  CHECK_FALSE(reported.wanted().minimum_launch_tcb);
  CHECK_FALSE(launched.wanted().minimum_tcb);
  CHECK(reported.decides(appraisal_point::firmware));
  CHECK_FALSE(launched.decides(appraisal_point::firmware));
  for (const auto& least : {reported.wanted().minimum_tcb, launched.wanted().minimum_launch_tcb}) {
    REQUIRE(least);
    CHECK((*least)[0]->value == std::array<std::uint8_t, 8>{6, 7, 0, 0, 0, 0, 8, 200});
    CHECK_FALSE((*least)[1]);
    CHECK((*least)[2]->value == std::array<std::uint8_t, 8>{1, 2, 3, 4, 0, 0, 0, 5});
    CHECK_FALSE((*least)[3]);
  }
  // No product at all is a demand, too, and not the same as waiving it.
  const auto none = appraisal_policy{}.require_minimum_tcb(std::span<const snp::minimum_tcb>());
  REQUIRE(none.wanted().minimum_tcb);
  for (const auto& each : *none.wanted().minimum_tcb) CHECK_FALSE(each);
}

TEST_CASE("any of several measurements, or none at all", "[verify][policy]") {
  const std::array images{image(1), image(2)};
  CHECK(*appraisal_policy{}.require_measurement(images).wanted().measurements == std::vector{image(1), image(2)});
  const auto none = appraisal_policy{}.require_measurement(std::span<const snp::measurement>());
  REQUIRE(none.wanted().measurements);
  CHECK(none.wanted().measurements->empty());
}

TEST_CASE("each demand on firmware and policy is what was said", "[verify][policy]") {
  const auto policy = appraisal_policy{}
                          .refuse_provisional_firmware()
                          .require_firmware_version({1, 55, 21})
                          .require_launch_mitigations(3)
                          .require_current_mitigations(5)
                          .forbid_smt()
                          .allow_cxl()
                          .require_policy_abi({1, 50});
  const auto& wanted = policy.wanted();
  CHECK(wanted.refuse_provisional);
  CHECK(wanted.firmware == snp::firmware_version{1, 55, 21});
  CHECK(wanted.launch_mitigations == 3u);
  CHECK(wanted.current_mitigations == 5u);
  CHECK(wanted.forbid_smt);
  CHECK(wanted.allow_cxl);
  CHECK_FALSE(wanted.allow_migration);
  CHECK(wanted.policy_abi == snp::abi_version{1, 50});
}

TEST_CASE("demands of POLICY add up, and a bit that is no demand stops the program", "[verify][policy]") {
  auto policy = appraisal_policy{};
  for (const auto* bit : {&guest_policy::single_socket, &guest_policy::mem_aes_256_xts, &guest_policy::rapl_dis,
                          &guest_policy::ciphertext_hiding_dram, &guest_policy::page_swap_disable}) {
    policy = std::move(policy).require_policy(*bit);
  }
  CHECK(policy.wanted().policy_required.value == 0x3D00000);  // bits 20 and 22 to 25
  for (const auto* bit : {&guest_policy::smt, &guest_policy::migrate_ma, &guest_policy::debug, &guest_policy::cxl_allow,
                          &guest_policy::abi_minor, &guest_policy::abi_major, &guest_policy::reserved_one,
                          &guest_policy::reserved_zero}) {
    CAPTURE(bit->name);
    CHECK(test::stops([&] { return appraisal_policy{}.require_policy(*bit).wanted().policy_required.value; }));
  }
}

TEST_CASE("a migration agent is refused, allowed, or this one", "[verify][policy]") {
  const auto agent = all<snp::report_id>(0xA6);
  CHECK_FALSE(appraisal_policy{}.wanted().allow_migration);
  const auto any = appraisal_policy{}.allow_migration();
  CHECK(any.wanted().allow_migration);
  CHECK_FALSE(any.wanted().report_id_ma);
  const auto one = appraisal_policy{}.require_migration_agent(agent);
  CHECK(one.wanted().allow_migration);
  CHECK(one.wanted().report_id_ma == agent);
}

TEST_CASE("each demand on the guest is what was said, and the last one on a point counts", "[verify][policy]") {
  const std::array keys{all<snp::key_digest>(1), all<snp::key_digest>(2)};
  const std::array authors{all<snp::key_digest>(3)};
  const auto policy = appraisal_policy{}
                          .require_vmpl(3)
                          .require_vmpl(1)
                          .require_host_data(all<snp::host_data>(4))
                          .require_report_id(all<snp::report_id>(5))
                          .require_family_id(all<snp::family_id>(6))
                          .require_image_id(all<snp::image_id>(7))
                          .require_guest_svn(8)
                          .require_id_block(keys, authors)
                          .require_author_key(authors);
  const auto& wanted = policy.wanted();
  CHECK(wanted.vmpl == 1u);
  CHECK(wanted.host_data == all<snp::host_data>(4));
  CHECK(wanted.report_id == all<snp::report_id>(5));
  CHECK(wanted.family_id == all<snp::family_id>(6));
  CHECK(wanted.image_id == all<snp::image_id>(7));
  CHECK(wanted.guest_svn == 8u);
  CHECK(wanted.ask_id_block);
  CHECK(wanted.id_keys == std::vector(keys.begin(), keys.end()));
  CHECK(wanted.id_key_authors == std::vector(authors.begin(), authors.end()));
  CHECK(wanted.author_keys == std::vector(authors.begin(), authors.end()));
  CHECK(appraisal_policy{}.require_vmpl_at_most(2).wanted().vmpl_max == 2u);
  CHECK_FALSE(appraisal_policy{}.require_vmpl_at_most(2).wanted().vmpl);
  const auto neither = appraisal_policy{}.require_id_block({});
  CHECK(neither.wanted().ask_id_block);
  CHECK(neither.wanted().id_keys.empty());
  CHECK(neither.wanted().id_key_authors.empty());
}

TEST_CASE("each demand on the signer and the platform is what was said", "[verify][policy]") {
  const std::array products{generation::genoa, generation::turin};
  const std::array chips{all<snp::chip_id>(1)};
  const std::array<std::string_view, 2> providers{"CN=one", "CN=two"};
  const auto policy = appraisal_policy{}
                          .require_product(products)
                          .require_chip_id(chips)
                          .allow_masked_chip_id()
                          .require_signing_key(snp::signing_key_kind::vlek)
                          .require_csp_id(providers)
                          .require_crl()
                          .require_platform(platform_info::ecc_en)
                          .require_platform(platform_info::alias_check_complete)
                          .forbid_platform(platform_info::smt_en)
                          .forbid_platform(platform_info::tio_en)
                          .refuse_unknown_platform();
  const auto& wanted = policy.wanted();
  CHECK(wanted.products == std::vector{generation::genoa, generation::turin});
  CHECK(wanted.chip_ids == std::vector{all<snp::chip_id>(1)});
  CHECK(wanted.allow_masked_chip_id);
  CHECK(wanted.signing_key == snp::signing_key_kind::vlek);
  CHECK(wanted.csp_ids == std::vector<std::string>{"CN=one", "CN=two"});
  CHECK(wanted.crl == snp::stale_crls::refuse);
  CHECK(appraisal_policy{}.require_crl(snp::stale_crls::accept).wanted().crl == snp::stale_crls::accept);
  CHECK(wanted.platform_required.value == 0x24);
  CHECK(wanted.platform_forbidden.value == 0x81);
  CHECK(wanted.refuse_unknown_platform);
}

}  // namespace test_snp_policy
