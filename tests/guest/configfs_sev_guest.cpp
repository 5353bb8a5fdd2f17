// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/configfs_sev_guest.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <unitee/guest/seal_keys.hpp>
#include <unitee/kdf/hardware_key_source.hpp>

#include <cerrno>

// What a kernel answers is in tests/kernel; here, there is none.
namespace test_configfs_sev_guest {

using namespace unitee;
using guest::configfs_sev_guest;

static_assert(guest::snp_attester<const configfs_sev_guest> && guest::certificate_bearer<const configfs_sev_guest>);
static_assert(!hardware_key_source<configfs_sev_guest> && !tdx::seal_key_backend<configfs_sev_guest>);
static_assert(!guest::tdx_attester<configfs_sev_guest> && configfs_sev_guest::provider == "sev_guest");

TEST_CASE("configfs-tsm for SEV-SNP is there or says why not", "[guest][configfs_sev_guest]") {
  const test::folder here;
  CHECK(configfs_sev_guest::open({.path = here / "none"}).error() ==
        failure{errc::interface_absent, ENOENT, part::tsm_report});
  CHECK(configfs_sev_guest::open({.path = here.path().string()}).error() ==
        failure{errc::io_error, ENOENT, part::tsm_report});
  CHECK(here.names().empty());
}

}  // namespace test_configfs_sev_guest
