// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_steps.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

namespace test_tdx_steps {

using namespace unitee;
using tdx::step;
using tdx::step_of;

namespace {

// names are what programs read in JSON: they may grow, and not change.
constexpr std::string_view names[] = {
    "parse",       "chain_data",  "anchor",    "pck_chain",      "revocation",
    "tcb_info",    "qe_identity", "platform",  "module",         "qe_report_signature",
    "key_binding", "enclave",     "signature", "tcb_evaluation",
};

struct known {
  failure why;
  step at;
};

// Where a quote has its parts: version 3 and 4 about an enclave, 4 about a TD, 5 about an enclave and the bodies of a
// TD.
struct layout_of {
  std::uint64_t signature;
  std::uint64_t qe_report_signature;
};
constexpr layout_of layouts[] = {{436, 948},  {436, 954},  {636, 1154}, {442, 960},
                                 {642, 1160}, {706, 1224}, {943, 1461}};

// What verify refuses in a version 4 quote about a TD.
constexpr known in_quote[] = {
    {{errc::bad_length, 1258, part::quote}, step::chain_data},    // not three certificates
    {{errc::bad_encoding, 2000, part::quote}, step::chain_data},  // one that does not decode
    {{errc::truncated, 1294, part::quote}, step::chain_data},     // what to ask for is cut short
    {{errc::trailing_data, 1294, part::quote}, step::chain_data},
    {{errc::bad_value, 1258, part::quote}, step::chain_data},           // PEM that is no certificate
    {{errc::module_mismatch, 48, part::quote}, step::module_identity},  // no such module
    {{errc::module_mismatch, 112, part::quote}, step::module_identity},
    {{errc::module_mismatch, 160, part::quote}, step::module_identity},
    {{errc::binding_mismatch, 1090, part::quote}, step::key_binding},
    {{errc::enclave_mismatch, 786, part::quote}, step::enclave},
    {{errc::enclave_mismatch, 1026, part::quote}, step::enclave},
    {{errc::unsupported_version, 0, part::quote}, step::parse},
    {{errc::unsupported_algorithm, 2, part::quote}, step::parse},
    {{errc::unsupported_format, 1252, part::quote}, step::parse},
};

constexpr known in_endorsements[] = {
    {{errc::missing, 0, part::pck}, step::chain_data},
    {{errc::missing, 0, part::intermediate}, step::chain_data},
    {{errc::missing, 0, part::root}, step::anchor},
    {{errc::untrusted_root, 0, part::root}, step::anchor},
    {{errc::name_mismatch, 0, part::root}, step::anchor},
    {{errc::name_mismatch, 0, part::pck}, step::pck_chain},
    {{errc::extension_missing, 0, part::pck}, step::pck_chain},
    {{errc::duplicate, 0, part::pck}, step::pck_chain},
    {{errc::name_mismatch, 0, part::intermediate}, step::pck_chain},
    {{errc::revoked, 0, part::pck}, step::revocation},
    {{errc::revoked, 0, part::intermediate}, step::revocation},
    {{errc::revoked, 0, part::tcb_signing}, step::revocation},
    {{errc::missing, 0, part::tcb_signing}, step::tcb_info},
    {{errc::name_mismatch, 0, part::tcb_signing}, step::tcb_info},
    {{errc::signature_invalid, 0, part::tcb_signing}, step::tcb_info},
    {{errc::expired, 0, part::tcb_signing}, step::tcb_info},
    {{errc::missing, 0, part::tcb_info}, step::tcb_info},
    {{errc::product_mismatch, 0, part::tcb_info}, step::tcb_info},
    {{errc::signature_invalid, 0, part::tcb_info}, step::tcb_info},
    {{errc::expired, 0, part::tcb_info}, step::tcb_info},
    {{errc::not_yet_valid, 0, part::tcb_info}, step::tcb_info},
    {{errc::bad_value, 0, part::tcb_info}, step::tcb_info},
    {{errc::platform_mismatch, 0, part::tcb_info}, step::platform},
    {{errc::module_mismatch, 0, part::tcb_info}, step::tcb_evaluation},
    {{errc::missing, 0, part::qe_identity}, step::qe_identity},
    {{errc::product_mismatch, 0, part::qe_identity}, step::qe_identity},
    {{errc::expired, 0, part::qe_identity}, step::qe_identity},
};

template <std::size_t N>
void check_all(const known (&all)[N]) {
  for (const known& each : all) {
    CAPTURE(each.why);
    CHECK(step_of(each.why) == each.at);
  }
}

}  // namespace

static_assert(std::size(names) == tdx::steps.size());

TEST_CASE("every step for a quote is where its number says, with a name of its own that programs know",
          "[verify][steps]") {
  std::set<std::string> taken;
  std::set<std::string> rules;
  for (std::size_t i = 0; i < tdx::steps.size(); ++i) {
    const tdx::step_info& each = tdx::steps[i];
    CAPTURE(each.name);
    CHECK(static_cast<std::size_t>(each.id) == i + 1);
    CHECK(tdx::info_of(each.id).name == names[i]);
    CHECK(taken.insert(each.name).second);
    CHECK(rules.insert(each.rule).second);
    CHECK_FALSE(std::string_view(each.source).empty());
  }
}

TEST_CASE("each failure of a quote belongs to one step", "[verify][steps]") { check_all(in_quote); }

TEST_CASE("each failure of a quote's endorsements belongs to one step", "[verify][steps]") {
  check_all(in_endorsements);
}

TEST_CASE("the two signatures of a quote are told apart in every layout", "[verify][steps]") {
  for (const layout_of& quote : layouts) {
    CAPTURE(quote.signature, quote.qe_report_signature);
    CHECK(step_of({errc::signature_invalid, quote.signature, part::quote}) == step::quote_signature);
    CHECK(step_of({errc::bad_value, quote.signature, part::quote}) == step::quote_signature);
    CHECK(step_of({errc::bad_value, quote.signature + 32, part::quote}) == step::quote_signature);
    CHECK(step_of({errc::bad_value, quote.signature + 64, part::quote}) == step::quote_signature);  // the key
    CHECK(step_of({errc::signature_invalid, quote.qe_report_signature, part::quote}) == step::qe_report_signature);
    CHECK(step_of({errc::bad_value, quote.qe_report_signature, part::quote}) == step::qe_report_signature);
    CHECK(step_of({errc::bad_value, quote.qe_report_signature + 32, part::quote}) == step::qe_report_signature);
  }
}

TEST_CASE("each failure of a PCK chain belongs to the same step in every role", "[verify][steps]") {
  for (const part where : {part::pck, part::intermediate, part::root}) {
    CAPTURE(where);
    for (const errc code : {errc::certificate_unfit, errc::signature_invalid, errc::issuer_mismatch, errc::expired,
                            errc::not_yet_valid, errc::bad_encoding}) {
      CHECK(step_of({code, 0, where}) == step::pck_chain);
    }
  }
}

TEST_CASE("whatever is wrong with a list of root or PCK CA is one step", "[verify][steps]") {
  for (const part where : {part::root_crl, part::pck_crl}) {
    for (const errc code : {errc::missing, errc::issuer_mismatch, errc::signature_invalid, errc::not_yet_valid,
                            errc::expired, errc::extension_missing, errc::bad_encoding}) {
      CHECK(step_of({code, 0, where}) == step::revocation);
    }
  }
}

TEST_CASE("a failure that no step for a quote found belongs to none", "[verify][steps]") {
  for (const part where : {part::quote, part::pck, part::root, part::tcb_info, part::pck_crl, part::input}) {
    CHECK_FALSE(step_of({errc::crypto_error, 0, where}));
    CHECK_FALSE(step_of({errc::io_error, 2, where}));
  }
  for (const part where : {part::input, part::report, part::vek, part::crl, part::certificate, part::td_report,
                           part::hcl_report, part::event_log, part::policy, part::launch, part::sealed_header}) {
    CAPTURE(where);
    for (const errc code : {errc::truncated, errc::bad_value, errc::signature_invalid, errc::policy_not_met}) {
      CHECK_FALSE(step_of({code, 0, where}));
    }
  }
}

TEST_CASE("every step for a quote is one that a failure stops at", "[verify][steps]") {
  std::set<step> seen{step::qe_report_signature, step::quote_signature};
  for (const known& each : in_quote) seen.insert(each.at);
  for (const known& each : in_endorsements) seen.insert(each.at);
  seen.insert(*step_of({errc::missing, 0, part::pck_crl}));
  CHECK(seen.size() == tdx::steps.size());
}

}  // namespace test_tdx_steps
