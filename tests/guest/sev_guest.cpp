// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/sev_guest.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <unitee/guest/seal_keys.hpp>

#include <cerrno>
#include <string>

// What a kernel answers is in tests/kernel; here, there is none.
namespace test_sev_guest {

using namespace unitee;
using guest::sev_guest;

static_assert(guest::snp_attester<const sev_guest> && guest::certificate_bearer<const sev_guest>);
static_assert(hardware_key_source<const sev_guest> && !tdx::seal_key_backend<sev_guest>);
static_assert(!guest::tdx_attester<sev_guest> && !guest::rtmr_extender<sev_guest>);

TEST_CASE("a SEV-SNP guest's device is there or says why not", "[guest][sev_guest]") {
  const test::folder here;
  const std::string none = here / "none";
  CHECK(sev_guest::open({.path = none.c_str()}).error() == failure{errc::interface_absent, ENOENT, part::sev_guest});
}

TEST_CASE("a device without a key to the firmware says so for each request", "[guest][sev_guest]") {
  const auto guest = sev_guest::open({.path = "/dev/null"});
  REQUIRE(guest);
  const failure lost{errc::channel_lost, ENOTTY, part::sev_guest};
  CHECK(guest->attest({}).error() == lost);
  CHECK(guest->attest_with_certificates({}).error() == lost);
  CHECK(guest->key_basis().error() == lost);
  const auto request = snp::key_request::bound_to_measurement({}, 0);
  CHECK(guest->derive_key(request).error() == lost);
  // What the kernel's interface does not carry is not asked for.
  CHECK(guest->derive_key(request.with_launch_mit_vector(1)).error() ==
        failure{errc::unsupported_version, 32, part::key_request});
}

}  // namespace test_sev_guest
