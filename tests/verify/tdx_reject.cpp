// SPDX-License-Identifier: Apache-2.0
//
// tests/verify/tdx_reject.cpp: what the verifier must refuse, one failure per vector, and the same material without it.
#include <unitee/verify/tdx.hpp>

#include "support/catch.hpp"
#include "support/tdx_reject_set.hpp"

#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/tcb_status.hpp>

#include <cstddef>
#include <cstdio>

namespace test_tdx_reject {

using namespace unitee;
using namespace unitee::test;

namespace {

using nlohmann::json;

// spelling is a part as failure.hpp spells it; only those that verification speaks of.
const char* spelling(part in) {
  switch (in) {
    case part::input: return "input";
    case part::quote: return "quote";
    case part::pck: return "pck";
    case part::intermediate: return "intermediate";
    case part::root: return "root";
    case part::crl: return "crl";
    case part::tcb_signing: return "tcb_signing";
    case part::tcb_info: return "tcb_info";
    case part::qe_identity: return "qe_identity";
    case part::pck_crl: return "pck_crl";
    case part::root_crl: return "root_crl";
    default: return "another part";
  }
}

json told(const failure& why) { return {{"errc", name(why.code)}, {"part", spelling(why.in)}, {"offset", why.offset}}; }

// outcome_of is the verdict on one vector in the form of its "expect".
json outcome_of(const tdx_evidence& evidence) {
  const auto bytes = evidence.quote();
  const auto quote = tdx::quote::parse(bytes);
  if (!quote) return told(quote.error());
  const auto given = evidence.given();
  if (!given) return told(given.error());
  const auto genuine = tdx::verify(*quote, *given, evidence.at(), evidence.anchors());
  if (!genuine) return told(genuine.error());
  return {{"status", name((*genuine)->tcb.status)}};
}

}  // namespace

TEST_CASE("every forged quote or collateral is refused for its own reason, and its material without it is genuine",
          "[verify][tdx]") {
  const reject_set set("tdx_reject");
  CHECK(set.distinct_names() == set.all().size());
  std::size_t genuine = 0;
  std::size_t refused = 0;
  for (const json& vector : set.all()) {
    if (vector.at("kind") != "reject") continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const json& expect = vector.at("expect");
    json got;
    CHECK_NOTHROW(got = outcome_of({set, vector}));
    if (!expect.contains("offset")) got.erase("offset");
    CHECK(got.dump() == expect.dump());
    ++(expect.contains("status") ? genuine : refused);
  }
  CHECK(refused >= 80);
  CHECK(genuine >= 10);
  std::printf("%zu forgeries refused, %zu genuine counterparts accepted\n", refused, genuine);
}

}  // namespace test_tdx_reject
