// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_appraise.hpp>

#include "support/td_appraisal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace test_tdx_appraise_td {

using namespace unitee;
using namespace unitee::test;
using tdx::appraisal_policy;
using bits = tdx::td_attributes;

namespace {

// What a policy refuses by itself is asked here of TDs that are otherwise allowed everything.
auto waived() { return appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().allow_debug(); }

}  // namespace

TEST_CASE("version and body of a quote are those wanted", "[verify][appraise]") {
  for (const quote_shape& shape : quote_shapes) {
    const auto of = claims_about(sample_quote(shape));
    CAPTURE(shape.version, shape.body_type);
    const std::string version = "#" + std::to_string(shape.version);
    const std::vector<tdx::quote_version> v4_v5{tdx::quote_version::v4, tdx::quote_version::v5};
    expect(asked(of, lax_td().require_quote_version(v4_v5)), "quote_version",
           shape.version == 3 ? outcome::not_met : outcome::met, version, "#4", 2);
    expect(asked(of, lax_td().require_quote_version({})), "quote_version", outcome::not_met, version, "-", 0);
    const std::vector<tdx::quote_body_type> two{tdx::quote_body_type::td_1_5, tdx::quote_body_type::td_1_5_extended};
    const std::array names{"", "'SGX enclave'", "'TD 1.0'", "'TD 1.5'", "'TD 1.5 extended'"};
    expect(asked(of, lax_td().require_body(two)), "quote_body", shape.body_type < 3 ? outcome::not_met : outcome::met,
           names[shape.body_type], "'TD 1.5'", 2);
    CHECK((asked(of, waived().allow_any_service_td()).check("quote_body")->answer == outcome::met) ==
          (shape.body_type == 2 || shape.body_type == 3));  // others by name only
  }
}

TEST_CASE("bytes that nobody signed are counted, and refused where they are not wanted", "[verify][appraise]") {
  using tdx::trailing_bytes;
  const auto answer = [](const tdx::claims& of, trailing_bytes allowed) {
    return asked(of, lax_td().require_unsigned_bytes(allowed));
  };
  const auto none = sample_td();
  expect(answer(none, trailing_bytes::any), "unsigned_bytes", outcome::not_asked, "#0", "-", 0);
  expect(answer(none, trailing_bytes::none), "unsigned_bytes", outcome::met, "#0", "#0");
  expect(answer(none, trailing_bytes::zero_only), "unsigned_bytes", outcome::met, "#0", "'zeros'");

  const auto zeros = claims_about(sample_quote(v5_shape).zeros(70));
  expect(answer(zeros, trailing_bytes::any), "unsigned_bytes", outcome::not_asked, "#70", "-", 0);
  expect(answer(zeros, trailing_bytes::none), "unsigned_bytes", outcome::not_met, "#70", "#0");
  expect(answer(zeros, trailing_bytes::zero_only), "unsigned_bytes", outcome::met, "#70", "'zeros'");

  const auto garbage = claims_about(sample_quote(quote_shape{.trailing = 3}));
  expect(answer(garbage, trailing_bytes::any), "unsigned_bytes", outcome::not_asked, "#3", "-", 0);
  expect(answer(garbage, trailing_bytes::none), "unsigned_bytes", outcome::not_met, "#3", "#0");
  expect(answer(garbage, trailing_bytes::zero_only), "unsigned_bytes", outcome::not_met, "#3", "'zeros'");
}

TEST_CASE("the SVN of the quoting enclave is that of its report, and of the header too in version 3",
          "[verify][appraise]") {
  const auto td = sample_td();  // 0x2092; the header's field is reserved
  expect(asked(td, lax_td().require_qe_svn(8338)), "qe_svn", outcome::met, "#8338", "#8338");
  expect(asked(td, lax_td().require_qe_svn(8339)), "qe_svn", outcome::not_met, "#8338", "#8339");
  const auto enclave = sample_enclave();  // 0x0a0b in the header
  expect(asked(enclave, lax_td().require_qe_svn(2571)), "qe_svn", outcome::met, "#2571", "#2571");
  expect(asked(enclave, lax_td().require_qe_svn(2572)), "qe_svn", outcome::not_met, "#2571", "#2572");
  const auto higher = claims_about(sample_quote(v3_shape).with(8, 0xFFFF, 2));
  expect(asked(higher, lax_td().require_qe_svn(8339)), "qe_svn", outcome::not_met, "#8338", "#8339");
}

TEST_CASE("values of the TDX module and of the host are compared when a policy asks", "[verify][appraise]") {
  const auto td = sample_td();
  const std::vector modules{run_of<tdx::measurement>(0x40), run_of<tdx::measurement>(0x41)};
  const std::vector others{run_of<tdx::measurement>(0x40)};
  expect(asked(td, lax_td().require_mrseam(modules)), "mrseam", outcome::met, run_hex<48>(0x41), run_hex<48>(0x40), 2);
  expect(asked(td, lax_td().require_mrseam(others)), "mrseam", outcome::not_met, run_hex<48>(0x41), run_hex<48>(0x40));

  expect(asked(td, lax_td().require_zero_mrsignerseam()), "mrsignerseam", outcome::not_met, run_hex<48>(0x42),
         repeat("00", 48));
  auto zero = sample_quote(v5_shape);
  for (std::size_t i = 0; i < 48; ++i) zero = zero.with(td_body + 64 + i, 0, 1);
  expect(asked(claims_about(zero), lax_td().require_zero_mrsignerseam()), "mrsignerseam", outcome::met,
         repeat("00", 48), repeat("00", 48));

  const auto value = [](unsigned first) { return run_of<tdx::host_value>(first); };
  expect(asked(td, lax_td().require_mrconfigid(value(0x44))), "mrconfigid", outcome::met, run_hex<48>(0x44),
         run_hex<48>(0x44));
  expect(asked(td, lax_td().require_mrconfigid(value(0x45))), "mrconfigid", outcome::not_met, run_hex<48>(0x44),
         run_hex<48>(0x45));
  expect(asked(td, lax_td().require_mrowner(value(0x45))), "mrowner", outcome::met, run_hex<48>(0x45),
         run_hex<48>(0x45));
  expect(asked(td, lax_td().require_mrowner(value(0x46))), "mrowner", outcome::not_met, run_hex<48>(0x45),
         run_hex<48>(0x46));
  expect(asked(td, lax_td().require_mrownerconfig(value(0x46))), "mrownerconfig", outcome::met, run_hex<48>(0x46),
         run_hex<48>(0x46));
  expect(asked(td, lax_td().require_mrownerconfig(value(0x47))), "mrownerconfig", outcome::not_met, run_hex<48>(0x46),
         run_hex<48>(0x47));
}

TEST_CASE("each register is one of those wanted, or zero by name", "[verify][appraise]") {
  const auto td = sample_td();
  auto unextended_bytes = sample_quote(v5_shape);
  for (std::size_t i = 0; i < 4 * 48; ++i) unextended_bytes = unextended_bytes.with(td_body + 328 + i, 0, 1);
  const auto unextended = claims_about(unextended_bytes);
  const std::array names{"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
  for (unsigned i = 0; i < 4; ++i) {
    CAPTURE(i);
    const auto own = run_hex<48>(0x47 + i);
    const std::vector any_of{run_of<tdx::measurement>(1), run_of<tdx::measurement>(0x47 + i)};
    const std::vector others{run_of<tdx::measurement>(0x47 + (i + 1) % 4)};
    expect(asked(td, lax_td().require_rtmr(i, any_of)), names[i], outcome::met, own, run_hex<48>(1), 2);
    expect(asked(td, lax_td().require_rtmr(i, others)), names[i], outcome::not_met, own,
           run_hex<48>(0x47 + (i + 1) % 4));
    expect(asked(td, lax_td().require_rtmr(i, {})), names[i], outcome::not_met, own, "-", 0);
    expect(asked(td, lax_td().require_rtmr_zero(i)), names[i], outcome::not_met, own, repeat("00", 48));
    expect(asked(unextended, lax_td().require_rtmr_zero(i)), names[i], outcome::met, repeat("00", 48),
           repeat("00", 48));
    expect(asked(unextended, lax_td().require_rtmr(i, any_of)), names[i], outcome::not_met, repeat("00", 48),
           run_hex<48>(1), 2);
  }
}

TEST_CASE("ATTRIBUTES and XFAM are compared under a mask, bit for bit", "[verify][appraise]") {
  const auto td = sample_td();
  const std::uint64_t attributes = 0x8000000050000001;
  const std::uint64_t xfam = 0x602e7;
  expect(asked(td, lax_td().require_attributes(attributes)), "attributes", outcome::met, "0x8000000050000001",
         "0x8000000050000001");
  expect(asked(td, lax_td().require_attributes(0x50000000, 0xF0000000)), "attributes", outcome::met,
         "0x8000000050000001", "0x50000000");
  expect(asked(td, lax_td().require_xfam(xfam)), "xfam", outcome::met, "0x602e7", "0x602e7");
  expect(asked(td, lax_td().require_xfam(0, 0x80000)), "xfam", outcome::met, "0x602e7", "0x0");
  for (unsigned bit = 0; bit < 64; ++bit) {
    const std::uint64_t one = std::uint64_t{1} << bit;
    CHECK(asked(td, lax_td().require_attributes(attributes ^ one)).check("attributes")->answer == outcome::not_met);
    CHECK(asked(td, lax_td().require_attributes(attributes & one, one)).verdict());
    CHECK_FALSE(asked(td, lax_td().require_attributes(~attributes & one, one)).verdict());
    CHECK(asked(td, lax_td().require_xfam(xfam ^ one)).check("xfam")->answer == outcome::not_met);
    CHECK(asked(td, lax_td().require_xfam(xfam & one, one)).verdict());
    CHECK_FALSE(asked(td, lax_td().require_xfam(~xfam & one, one)).verdict());
  }
}

TEST_CASE("every bit of ATTRIBUTES is refused, a choice, or harmless", "[verify][appraise]") {
  const std::array choices{std::pair{"icssd", bits::icssd}, std::pair{"servtd_ext", bits::servtd_ext},
                           std::pair{"lass", bits::lass},   std::pair{"sept_ve_disable", bits::sept_ve_disable},
                           std::pair{"pks", bits::pks},     std::pair{"kl", bits::kl},
                           std::pair{"tpa", bits::tpa},     std::pair{"perfmon", bits::perfmon}};
  for (unsigned bit = 0; bit < 64; ++bit) {
    CAPTURE(bit);
    const std::uint64_t value = std::uint64_t{1} << bit;
    const auto td = td_with_attributes(value);
    const auto answer = asked(td, waived().allow_any_service_td());
    const bool profiling = bit >= 4 && bit < 16;
    const bool unknown = (bit >= 23 && bit <= 26) || (bit >= 32 && bit <= 61);
    const auto is = [&](const char* check, bool refused, const std::string& found, const std::string& wanted) {
      CAPTURE(check);
      CHECK(answer.check(check)->answer == (refused ? outcome::not_met : outcome::met));
      CHECK(shown(answer.check(check)->found) == found);
      CHECK(shown(answer.check(check)->wanted) == wanted);
    };
    is("profiling", profiling, profiling ? "yes" : "no", "no");
    is("migratable", bit == 29, bit == 29 ? "yes" : "no", "no");
    is("unknown_attributes", unknown, unknown ? shown(check_value::mask(value)) : "0x0", "0x0");
    CHECK(answer.verdict().has_value() == !(profiling || unknown || bit == 29));
    CHECK(asked(td, lax_td()).verdict());
    for (const auto& [name, choice] : choices) {
      const bool set = bit == choice.low;
      expect(asked(td, lax_td().require_attribute(choice)), name, set ? outcome::met : outcome::not_met,
             set ? "yes" : "no", "yes");
      expect(asked(td, lax_td().forbid_attribute(choice)), name, set ? outcome::not_met : outcome::met,
             set ? "yes" : "no", "no");
    }
  }
}

TEST_CASE("service TDs are refused, named or allowed, and a body that does not tell meets no name",
          "[verify][appraise]") {
  const auto bound = sample_td();
  auto none_bytes = sample_quote(v5_shape);
  for (std::size_t i = 0; i < 48; ++i) none_bytes = none_bytes.with(td_body + 600 + i, 0, 1);
  const auto none = claims_about(none_bytes);
  const auto untold = claims_about(sample_quote(v4_shape));
  const auto extended = claims_about(sample_quote(v5_extended_shape));
  const auto strict = [] { return waived().allow_profiling().allow_migration().allow_unknown_attributes(); };
  const std::string own = run_hex<48>(0x4d);
  const std::string zero = repeat("00", 48);
  expect(asked(bound, strict()), "mrservicetd", outcome::not_met, own, zero);
  const std::vector by_name{tdx::quote_body_type::td_1_5_extended};
  expect(asked(extended, strict().require_body(by_name)), "mrservicetd", outcome::not_met, own, zero);
  expect(asked(none, strict()), "mrservicetd", outcome::met, zero, zero);
  expect(asked(untold, strict()), "mrservicetd", outcome::not_asked, "-", "-", 0);
  expect(asked(bound, strict().allow_any_service_td()), "mrservicetd", outcome::not_asked, own, "-", 0);

  const std::vector named{run_of<tdx::measurement>(0x4d), run_of<tdx::measurement>(1)};
  for (const auto& policy : {strict().require_service_td(named), lax_td().require_service_td(named)}) {
    expect(asked(bound, policy), "mrservicetd", outcome::met, own, own, 2);
    expect(asked(none, policy), "mrservicetd", outcome::not_met, zero, own, 2);
    expect(asked(untold, policy), "mrservicetd", outcome::not_met, "-", own, 2);
  }
  expect(asked(bound, strict().require_service_td(named).allow_any_service_td()), "mrservicetd", outcome::not_asked,
         own, "-", 0);
}

TEST_CASE("TEE_TCB_SVN is at least the minimum in every component", "[verify][appraise]") {
  const auto td = sample_td();
  const auto own = run_of<tdx::tcb_svn>(0x40);
  expect(asked(td, lax_td().require_tee_tcb_svn(own)), "tee_tcb_svn", outcome::met, run_hex<16>(0x40),
         run_hex<16>(0x40));
  for (std::size_t i = 0; i < 16; ++i) {
    auto more = own;
    ++more.value[i];
    expect(asked(td, lax_td().require_tee_tcb_svn(more)), "tee_tcb_svn", outcome::not_met, run_hex<16>(0x40),
           hex_of(more.value));
    auto less = own;
    --less.value[i];
    CHECK(asked(td, lax_td().require_tee_tcb_svn(less)).verdict());
  }
}

}  // namespace test_tdx_appraise_td
