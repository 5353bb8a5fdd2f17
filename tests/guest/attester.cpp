// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/attester.hpp>

#include "support/catch.hpp"

#include <unitee/guest/configfs_sev_guest.hpp>
#include <unitee/guest/configfs_tdx_guest.hpp>
#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/sev_guest.hpp>
#include <unitee/guest/tdx_guest.hpp>
#include <unitee/kdf/hardware_key_source.hpp>

#include <cstdint>
#include <vector>

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
struct either {
  result<guest::attestation> attest(const report_data&);
};
struct with_certificates {
  result<guest::attestation> attest_with_certificates(const snp::report_data&);
};
struct certificates_of_either {
  result<guest::attestation> attest_with_certificates(const tdx::report_data&);
};
struct with_td_report {
  result<tdx::td_report> td_report(const tdx::report_data&);
};
struct td_report_as_bytes {
  result<std::vector<std::uint8_t>> td_report(const tdx::report_data&);
};
struct with_registers {
  result<void> extend_rtmr(unsigned, const tdx::measurement&);
  result<tdx::measurement> rtmr(unsigned);
};
struct extends_only {
  result<void> extend_rtmr(unsigned, const tdx::measurement&);
};
struct reads_only {
  result<tdx::measurement> rtmr(unsigned);
};
struct without {};

}  // namespace

static_assert(guest::snp_attester<good> && !guest::snp_attester<const good>);
static_assert(!guest::snp_attester<of_other_data> && !guest::snp_attester<not_a_result> &&
              !guest::snp_attester<without>);
static_assert(guest::tdx_attester<good_td> && !guest::tdx_attester<const good_td> && !guest::tdx_attester<good>);
static_assert(!guest::tdx_attester<not_bytes> && !guest::tdx_attester<without> && !guest::snp_attester<good_td>);

static_assert(guest::either_attester<either> && !guest::either_attester<good> && !guest::either_attester<good_td> &&
              !guest::snp_attester<either> && !guest::tdx_attester<either>);
static_assert(guest::attester<good> && guest::attester<good_td> && guest::attester<either> &&
              !guest::attester<without> && !guest::attester<of_other_data> && !guest::attester<with_certificates>);

static_assert(guest::certificate_bearer<with_certificates> && !guest::certificate_bearer<certificates_of_either> &&
              !guest::certificate_bearer<good>);
static_assert(guest::td_reporter<with_td_report> && !guest::td_reporter<td_report_as_bytes> &&
              !guest::td_reporter<good_td>);
static_assert(guest::rtmr_extender<with_registers> && !guest::rtmr_extender<extends_only> &&
              !guest::rtmr_extender<reads_only>);

// can is what a backend has, in one line.
struct can {
  bool snp, certificates, tdx, td_report, rtmrs, seal_keys, derive;
  friend constexpr bool operator==(const can&, const can&) = default;
};
template <class Backend>
constexpr can abilities{guest::snp_attester<Backend>,  guest::certificate_bearer<Backend>,
                        guest::tdx_attester<Backend>,  guest::td_reporter<Backend>,
                        guest::rtmr_extender<Backend>, tdx::seal_key_backend<Backend>,
                        hardware_key_source<Backend>};

TEST_CASE("each kernel interface can what it can, and one thread's constant backend will do", "[guest]") {
  STATIC_REQUIRE(abilities<const guest::sev_guest> == can{true, true, false, false, false, false, true});
  STATIC_REQUIRE(abilities<const guest::configfs_sev_guest> == can{true, true, false, false, false, false, false});
  STATIC_REQUIRE(abilities<const guest::tdx_guest> == can{false, false, true, true, true, true, false});
  STATIC_REQUIRE(abilities<const guest::configfs_tdx_guest> == can{false, false, true, false, false, false, false});
  STATIC_REQUIRE(abilities<const tdx::seal_keys> == can{false, false, false, false, false, false, true});
}

}  // namespace test_attester
