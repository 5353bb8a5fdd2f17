// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/tdx_guest.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <unitee/guest/seal_keys.hpp>

#include <cerrno>
#include <string>

// What a kernel answers is in tests/kernel; here, there is none.
namespace test_tdx_guest {

using namespace unitee;
using guest::tdx_guest;

static_assert(guest::tdx_attester<const tdx_guest> && guest::td_reporter<const tdx_guest>);
static_assert(guest::rtmr_extender<const tdx_guest> && tdx::seal_key_backend<const tdx_guest>);
static_assert(!hardware_key_source<tdx_guest> && !guest::snp_attester<tdx_guest>);

TEST_CASE("a TD's device is there or says why not", "[guest][tdx_guest]") {
  const test::folder here;
  const std::string none = here / "none";
  CHECK(tdx_guest::open({.path = none.c_str()}).error() == failure{errc::interface_absent, ENOENT, part::tdx_guest});
}

TEST_CASE("a device that knows no request of a TD's says so for each", "[guest][tdx_guest]") {
  const test::folder here;
  const auto guest = tdx_guest::open({.path = "/dev/null",
                                      .configfs = here / "none",
                                      .measurements = here / "none",
                                      .quote_service = guest::quote_service_address{.path = here / "none"}});
  REQUIRE(guest);
  const failure no_report{errc::interface_absent, ENOTTY, part::tdx_guest};
  CHECK(guest->td_report({}).error() == no_report);
  CHECK(guest->attest({}).error() == no_report);  // a quote service is given a TD report
  CHECK(tdx::seal_keys::open(*guest).error() == no_report);
  const auto request = tdx::key_request::bound_to_measurement({.cpusvn = {{1}}, .tee_tcb_svn = {{1}}});
  CHECK(guest->seal_key(request).error() == failure{errc::interface_absent, ENOTTY, part::seal_key});
  const failure no_register{errc::interface_absent, ENOENT, part::rtmr};
  CHECK(guest->extend_rtmr(2, {}).error() == no_register);
  CHECK(guest->rtmr(2).error() == no_register);
  CHECK(guest->rtmr(4).error() == failure{errc::bad_value, 4, part::rtmr});
}

}  // namespace test_tdx_guest
