// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/attester.hpp>

#include "support/catch.hpp"

namespace test_attester {

using namespace unitee;

namespace {

struct good {
  result<snp::report> attest(const snp::report_data&);
};
struct of_other_data {
  result<snp::report> attest(const snp::host_data&);
};
struct not_a_result {
  snp::report attest(const snp::report_data&);
};
struct good_td {
  result<std::vector<std::uint8_t>> attest(const tdx::report_data&);
};
struct not_bytes {
  result<tdx::report_data> attest(const tdx::report_data&);
};
struct without {};

}  // namespace

static_assert(guest::snp_attester<good> && !guest::snp_attester<const good>);
static_assert(!guest::snp_attester<of_other_data> && !guest::snp_attester<not_a_result> &&
              !guest::snp_attester<without>);
static_assert(guest::tdx_attester<good_td> && !guest::tdx_attester<const good_td> && !guest::tdx_attester<good>);
static_assert(!guest::tdx_attester<not_bytes> && !guest::tdx_attester<without> && !guest::snp_attester<good_td>);

TEST_CASE("an attester gives a report about 64 bytes", "[guest]") { SUCCEED("see the static assertions"); }

}  // namespace test_attester
