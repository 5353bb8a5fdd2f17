// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_steps.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

namespace test_snp_steps {

using namespace unitee;
using snp::step;
using snp::step_of;

namespace {

// names are what programs read in JSON: they may grow, and not change.
constexpr std::string_view names[] = {
    "length",
    "version",
    "signature_algorithm",
    "key_info",
    "reserved",
    "vmpl",
    "product",
    "vek",
    "intermediate",
    "anchor",
    "chain_signatures",
    "validity",
    "revocation",
    "vek_extensions",
    "vek_tcb",
    "vek_chip",
    "signature",
    "tcb_order",
};

struct known {
  failure why;
  step at;
};

// What report::parse refuses. Reserved bytes are anywhere.
constexpr known by_parse[] = {
    {{errc::truncated, 0, part::report}, step::length},
    {{errc::truncated, 1183, part::report}, step::length},
    {{errc::trailing_data, 1184, part::report}, step::length},
    {{errc::unsupported_version, 0x000, part::report}, step::report_version},
    {{errc::unsupported_algorithm, 0x034, part::report}, step::signature_algorithm},
    {{errc::reserved_not_zero, 0x04C, part::report}, step::reserved},
    {{errc::reserved_not_zero, 0x188, part::report}, step::reserved},  // version 2 has no CPUID
    {{errc::reserved_not_zero, 0x18B, part::report}, step::reserved},
    {{errc::reserved_not_zero, 0x1EB, part::report}, step::reserved},
    {{errc::reserved_not_zero, 0x1F8, part::report}, step::reserved},  // nor mitigation vectors
    {{errc::reserved_not_zero, 0x29F, part::report}, step::reserved},
    {{errc::reserved_not_zero, 0x2D0, part::report}, step::reserved},  // above 384 bits of r
    {{errc::reserved_not_zero, 0x32F, part::report}, step::reserved},  // and of s
    {{errc::reserved_not_zero, 0x49F, part::report}, step::reserved},
};

// What check_form refuses.
constexpr known by_form[] = {
    {{errc::reserved_not_zero, 0x048, part::report}, step::keys},
    {{errc::unsigned_evidence, 0x048, part::report}, step::keys},
    {{errc::bad_value, 0x048, part::report}, step::keys},
    {{errc::bad_value, 0x110, part::report}, step::keys},  // AUTHOR_KEY_EN against AUTHOR_KEY_DIGEST
    {{errc::bad_value, 0x0E0, part::report}, step::keys},  // and against ID_KEY_DIGEST
    {{errc::bad_value, 0x008, part::report}, step::reserved},
    {{errc::reserved_not_zero, 0x008, part::report}, step::reserved},
    {{errc::host_requested, 0x030, part::report}, step::requester},
    {{errc::bad_value, 0x030, part::report}, step::requester},
    {{errc::unsupported_product, 0x188, part::report}, step::known_product},
    {{errc::tcb_order, 0x180, part::report}, step::tcb_order},
    {{errc::tcb_order, 0x1E0, part::report}, step::tcb_order},
    {{errc::tcb_order, 0x1F0, part::report}, step::tcb_order},
    {{errc::tcb_order, 0x1EC, part::report}, step::tcb_order},
};

// What vek::check_against and the check of the signature refuse.
constexpr known by_vek[] = {
    {{errc::signer_mismatch, 0x048, part::report}, step::vek_certificate},
    {{errc::product_mismatch, 0x188, part::report}, step::vek_certificate},
    {{errc::tcb_mismatch, 0x180, part::report}, step::vek_tcb},
    {{errc::chip_id_mismatch, 0x1A0, part::report}, step::vek_chip},
    {{errc::reserved_not_zero, 0x038, part::report}, step::reserved},  // CURRENT_TCB, COMMITTED_TCB and LAUNCH_TCB
    {{errc::reserved_not_zero, 0x1E0, part::report}, step::reserved},
    {{errc::reserved_not_zero, 0x1F0, part::report}, step::reserved},
    {{errc::signature_invalid, 0x2A0, part::report}, step::report_signature},
    {{errc::bad_value, 0x2A0, part::report}, step::report_signature},
    {{errc::bad_value, 0x2E8, part::report}, step::report_signature},
};

// What vek_extensions refuses, and what vcek::parse and vlek::parse do besides.
constexpr known by_certificate[] = {
    {{errc::extension_missing, 0, part::vek}, step::extensions},
    {{errc::duplicate, 0, part::vek}, step::extensions},
    {{errc::bad_encoding, 0, part::vek}, step::extensions},
    {{errc::product_mismatch, 0, part::vek}, step::extensions},
    {{errc::signer_mismatch, 0, part::vek}, step::extensions},  // an extension of the other kind of VEK
    {{errc::name_mismatch, 0, part::vek}, step::vek_certificate},
    {{errc::unsupported_product, 0, part::vek}, step::vek_certificate},
    {{errc::missing, 0, part::vek}, step::vek_certificate},
    {{errc::missing, 0, part::intermediate}, step::intermediate_certificate},
    {{errc::missing, 0, part::root}, step::anchor},
    {{errc::untrusted_root, 0, part::root}, step::anchor},
    {{errc::name_mismatch, 0, part::intermediate}, step::intermediate_certificate},
    {{errc::name_mismatch, 0, part::root}, step::anchor},
};

template <std::size_t N>
void check_all(const known (&all)[N]) {
  for (const known& each : all) {
    CAPTURE(each.why);
    CHECK(step_of(each.why) == each.at);
  }
}

}  // namespace

static_assert(std::size(names) == snp::steps.size());

TEST_CASE("every step is where its number says, with a name of its own that programs know", "[verify][steps]") {
  std::set<std::string> taken;
  std::set<std::string> rules;
  for (std::size_t i = 0; i < snp::steps.size(); ++i) {
    const snp::step_info& each = snp::steps[i];
    CAPTURE(each.name);
    CHECK(static_cast<std::size_t>(each.id) == i + 1);
    CHECK(snp::info_of(each.id).name == names[i]);
    CHECK(taken.insert(each.name).second);
    CHECK(rules.insert(each.rule).second);
    CHECK_FALSE(std::string_view(each.source).empty());
  }
}

TEST_CASE("each failure of a report belongs to one step", "[verify][steps]") {
  check_all(by_parse);
  check_all(by_form);
  check_all(by_vek);
}

TEST_CASE("each failure of a certificate by itself belongs to one step", "[verify][steps]") {
  check_all(by_certificate);
}

TEST_CASE("each failure of a chain belongs to the same step in every role, but for what a role is", "[verify][steps]") {
  struct in_role {
    part where;
    step role;
  };
  for (const auto& [where, role] :
       {in_role{part::vek, step::vek_certificate}, in_role{part::intermediate, step::intermediate_certificate},
        in_role{part::root, step::anchor}}) {
    CAPTURE(where);
    CHECK(step_of({errc::certificate_unfit, 0, where}) == role);
    CHECK(step_of({errc::signature_invalid, 0, where}) == step::chain_signatures);
    CHECK(step_of({errc::issuer_mismatch, 0, where}) == step::chain_signatures);
    CHECK(step_of({errc::expired, 0, where}) == step::validity);
    CHECK(step_of({errc::not_yet_valid, 0, where}) == step::validity);
    CHECK(step_of({errc::revoked, 0, where}) == step::crl);
  }
}

TEST_CASE("whatever is wrong with a revocation list is one step, whichever list it is", "[verify][steps]") {
  for (const errc code : {errc::issuer_mismatch, errc::signature_invalid, errc::not_yet_valid, errc::expired,
                          errc::missing, errc::bad_encoding}) {
    for (const std::uint64_t index : {0u, 1u, 0x48u}) CHECK(step_of({code, index, part::crl}) == step::crl);
  }
}

TEST_CASE("a failure that no step found belongs to none", "[verify][steps]") {
  for (const part where : {part::report, part::vek, part::intermediate, part::root, part::crl, part::input}) {
    CHECK_FALSE(step_of({errc::crypto_error, 0, where}));
    CHECK_FALSE(step_of({errc::io_error, 2, where}));
    CHECK_FALSE(step_of({errc::binding_mismatch, 0x50, where}));
  }
  for (const part where : {part::input, part::certificate_table, part::quote, part::hcl_report, part::tpm_quote,
                           part::certificate, part::policy, part::launch, part::sealed_header}) {
    CAPTURE(where);
    for (const errc code : {errc::truncated, errc::bad_value, errc::signature_invalid, errc::policy_not_met}) {
      CHECK_FALSE(step_of({code, 0, where}));
    }
  }
}

TEST_CASE("every step is one that a failure stops at", "[verify][steps]") {
  std::set<step> seen{step::chain_signatures, step::validity, step::crl};
  const auto see = [&](const auto& all) {
    for (const known& each : all) seen.insert(each.at);
  };
  see(by_parse);
  see(by_form);
  see(by_vek);
  see(by_certificate);
  CHECK(seen.size() == snp::steps.size());
}

}  // namespace test_snp_steps
