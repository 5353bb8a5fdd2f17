// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/td_report_body.hpp>

#include "support/catch.hpp"
#include "support/fields.hpp"
#include "support/sample_quote.hpp"

#include <cstddef>
#include <string>
#include <type_traits>

namespace test_td_report_body {

using namespace unitee;

namespace {

constexpr test::sample body_of(unsigned type) {
  test::sample out;
  test::append_td_body(out, type);
  return out;
}

constexpr test::sample body_1_0 = body_of(2);
constexpr test::sample body_1_5 = body_of(3);
constexpr test::sample body_1_5_extended = body_of(4);
static_assert(body_1_0.size == 584 && body_1_5.size == 648 && body_1_5_extended.size == 885);
static_assert(tdx::td_report_body::size_max == 885);

constexpr tdx::td_report_body old_report(body_1_0.bytes().first<584>());
constexpr tdx::td_report_body new_report(body_1_5.bytes().first<648>());
constexpr tdx::td_report_body extended_report(body_1_5_extended.bytes().first<885>());

constexpr bool common_fields_are_read(const tdx::td_report_body& report) {
  return report.tee_tcb_svn().value == test::run<16>(0x40) && report.mrseam().value == test::run<48>(0x41) &&
         report.mrsignerseam().value == test::run<48>(0x42) && report.seamattributes() == 0x0807060504030201 &&
         report.tdattributes() == tdx::td_attributes{0x8000000050000001} && report.xfam() == tdx::td_xfam{0x602e7} &&
         report.mrtd().value == test::run<48>(0x43) && report.mrconfigid().value == test::run<48>(0x44) &&
         report.mrowner().value == test::run<48>(0x45) && report.mrownerconfig().value == test::run<48>(0x46) &&
         report.rtmr0().value == test::run<48>(0x47) && report.rtmr1().value == test::run<48>(0x48) &&
         report.rtmr2().value == test::run<48>(0x49) && report.rtmr3().value == test::run<48>(0x4a) &&
         report.rtmrs()[0] == report.rtmr0() && report.rtmrs()[1] == report.rtmr1() &&
         report.rtmrs()[2] == report.rtmr2() && report.rtmrs()[3] == report.rtmr3() &&
         report.reportdata().value == test::run<64>(0x4b);
}
static_assert(common_fields_are_read(old_report));
static_assert(common_fields_are_read(new_report));
static_assert(common_fields_are_read(extended_report));

// What body 1.0 does not have is unknown, not zero.
static_assert(!old_report.is_1_5() && !old_report.tee_tcb_svn_2() && !old_report.mrservicetd());
static_assert(new_report.is_1_5() && new_report.tee_tcb_svn_2()->value == test::run<16>(0x4c));
static_assert(new_report.mrservicetd()->value == test::run<48>(0x4d));
static_assert(extended_report.is_1_5() && extended_report.tee_tcb_svn_2() == new_report.tee_tcb_svn_2());
static_assert(extended_report.mrservicetd() == new_report.mrservicetd());

constexpr bool says_nothing_extended(const tdx::td_report_body& report) {
  return !report.is_1_5_extended() && !report.vmid() && !report.td_id() && !report.devinfo() &&
         !report.init_servtd_hash() && !report.init_servtd_attr() && !report.init_cpusvn() &&
         !report.init_tee_tcb_svn() && !report.init_fmspc() && !report.curr_servtd_hash() && !report.curr_servtd_attr();
}
static_assert(says_nothing_extended(old_report));
static_assert(says_nothing_extended(new_report));

static_assert(extended_report.is_1_5_extended() && extended_report.vmid() == 0x4e);
static_assert(extended_report.td_id()->value == test::run<32>(0x4f));
static_assert(extended_report.devinfo()->value == test::run<48>(0x50));
static_assert(extended_report.init_servtd_hash()->value == test::run<48>(0x51));
static_assert(extended_report.init_servtd_attr() == 0x5958575655545352);
static_assert(extended_report.init_cpusvn()->value == test::run<16>(0x53));
static_assert(extended_report.init_tee_tcb_svn()->value == test::run<16>(0x54));
static_assert(extended_report.init_fmspc()->value == test::run<12>(0x55));
static_assert(extended_report.curr_servtd_hash()->value == test::run<48>(0x56));
static_assert(extended_report.curr_servtd_attr() == 0x5e5d5c5b5a595857);

// The offsets of the published layout, in the order of its rows.
static_assert(tdx::td_body_row::vmid::offset == 648 && tdx::td_body_row::td_id::offset == 649);
static_assert(tdx::td_body_row::devinfo::offset == 681 && tdx::td_body_row::init_servtd_hash::offset == 729);
static_assert(tdx::td_body_row::init_servtd_attr::offset == 777 && tdx::td_body_row::init_cpusvn::offset == 785);
static_assert(tdx::td_body_row::init_tee_tcb_svn::offset == 801 && tdx::td_body_row::init_fmspc::offset == 817);
static_assert(tdx::td_body_row::curr_servtd_hash::offset == 829 && tdx::td_body_row::curr_servtd_attr::offset == 877);

// A measurement does not compare with what the host chose.
static_assert(!std::is_same_v<decltype(new_report.mrtd()), decltype(new_report.mrconfigid())>);

}  // namespace

TEST_CASE("the fields of a TD report body are visited in order and cover every byte", "[tdx][td_report_body]") {
  for (const auto& report : {old_report, new_report, extended_report}) {
    std::size_t end = 0;
    std::string hex;
    for (const auto& field : test::fields(report)) {
      CHECK(field.offset == end);
      end += field.size;
      hex += field.hex;
    }
    CHECK(end == report.bytes().size());
    CHECK(hex == test::hex_of(report.bytes()));
  }
  CHECK(test::fields(old_report).size() == 15);
  CHECK(test::fields(new_report).size() == 17);
  CHECK(test::fields(extended_report).size() == 27);
}

}  // namespace test_td_report_body
