// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_platform.hpp>

#include "support/verdicts.hpp"

namespace test_simulated_platform {

using namespace unitee;
using namespace unitee::test;
using snp::generation;

namespace {

const std::array every{generation::milan, generation::genoa, generation::turin};

}  // namespace

TEST_CASE("a platform's certificates are one chain, under its own root", "[guest][platform]") {
  for (const generation id : every) {
    const auto& platform = simulated_platform(id);
    const auto& own = platform.get();
    CHECK(own.product == id);
    CHECK(platform.product().id == id);
    CHECK(platform.root() == own.ark);
    const auto signer = snp::verified_vek::verify(own.vcek, own.ask, own.ark, simulated_now, {}, anchors_of(platform));
    REQUIRE(signer);
    CHECK(signer->vek().product_id() == id);
    CHECK(signer->vek().tcb() == own.tcb);
    CHECK(own.tcb.value == (id == generation::turin ? std::array<std::uint8_t, 8>{1, 4, 2, 24, 0, 0, 0, 219}
                                                    : std::array<std::uint8_t, 8>{4, 2, 0, 0, 0, 0, 24, 219}));
    CHECK(all_zero(own.chip_id.view().subspan(platform.product().chip_id_size)));
    CHECK_FALSE(all_zero(own.chip_id.view().first(platform.product().chip_id_size)));
  }
}

TEST_CASE("there is no platform of a product whose certificates nobody has seen", "[guest][platform]") {
  CHECK(guest::insecure_simulated_platform::create(generation::venice, {}, simulated_now).error() ==
        failure{errc::unsupported_product});
}

TEST_CASE("a chain begins with the second that was given, and lasts as AMD's do", "[guest][platform]") {
  const auto& own = simulated_platform().get();
  for (const certificate* one : {&own.vcek, &own.ask, &own.ark}) CHECK(need(one->not_before()) == simulated_begin);
  CHECK(need(own.vcek.not_after()) == utc_time{simulated_begin.seconds + 7 * 365 * 86400});
  CHECK(need(own.ask.not_after()) == utc_time{simulated_begin.seconds + std::int64_t{25} * 365 * 86400});
}

TEST_CASE("another chip has the same root and nothing else", "[guest][platform]") {
  const auto& one = simulated_platform();
  const auto two = need(one.another_chip({.boot_loader = 5, .tee = 0, .snp = 25, .microcode = 220}, simulated_now));
  CHECK(two.root() == one.root());
  CHECK(two.get().ask == one.get().ask);
  CHECK_FALSE(two.get().vcek == one.get().vcek);
  CHECK_FALSE(two.get().chip_id == one.get().chip_id);
  CHECK_FALSE(two.get().chip_secret == one.get().chip_secret);
  CHECK_FALSE(need(two.get().vcek_key.public_point<p384>()) == need(one.get().vcek_key.public_point<p384>()));
  CHECK(two.get().tcb.value == std::array<std::uint8_t, 8>{5, 0, 0, 0, 0, 0, 25, 220});
  const auto report = need(simulated_guest(two).attest({}));
  CHECK(snp::verify(report, endorsements_of(two), simulated_now, anchors_of(one)));
  CHECK(refusal(snp::verify(report, endorsements_of(one), simulated_now, anchors_of(one))) ==
        failure{errc::tcb_mismatch, 0x180, part::report});
}

TEST_CASE("the certificate table holds VCEK, ASK and ARK in whole pages", "[guest][platform]") {
  for (const generation id : every) {
    const auto& platform = simulated_platform(id);
    const auto bytes = need(platform.certificate_table());
    CHECK(bytes.size() % 4096 == 0);
    const auto table = need(snp::certificate_table::parse(bytes));
    REQUIRE(table.size() == 3);
    const auto is = [&](const guid& entry, const certificate& one) {
      return equal(need(table.find(entry)), need(one.der()));
    };
    CHECK(is(snp::table_guid::vcek, platform.get().vcek));
    CHECK(is(snp::table_guid::ask, platform.get().ask));
    CHECK(is(snp::table_guid::ark, platform.get().ark));
  }
}

TEST_CASE("every certificate says that it is insecure", "[guest][platform]") {
  CHECK(guest::simulated_organization.find("INSECURE") != std::string_view::npos);
  for (const certificate* one :
       {&simulated_platform().get().vcek, &simulated_platform().get().ask, &simulated_platform().get().ark}) {
    const auto der = need(one->der());
    const std::string_view text(reinterpret_cast<const char*>(der.data()), der.size());
    CHECK(text.find(guest::simulated_organization) != text.npos);
    CHECK(text.find("Advanced Micro Devices") == text.npos);
  }
}

}  // namespace test_simulated_platform
