// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/configfs_tdx_guest.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <unitee/guest/seal_keys.hpp>
#include <unitee/kdf/hardware_key_source.hpp>

#include <cerrno>

// What a kernel answers is in tests/kernel; here, there is none.
namespace test_configfs_tdx_guest {

using namespace unitee;
using guest::configfs_tdx_guest;

static_assert(guest::tdx_attester<const configfs_tdx_guest> && !guest::snp_attester<configfs_tdx_guest>);
static_assert(!hardware_key_source<configfs_tdx_guest> && !tdx::seal_key_backend<configfs_tdx_guest>);
static_assert(!guest::td_reporter<configfs_tdx_guest> && configfs_tdx_guest::provider == "tdx_guest");

TEST_CASE("configfs-tsm for TDX is there or says why not", "[guest][configfs_tdx_guest]") {
  const test::folder here;
  CHECK(configfs_tdx_guest::open({.path = here / "none"}).error() ==
        failure{errc::interface_absent, ENOENT, part::tsm_report});
  CHECK(configfs_tdx_guest::open({.path = here.path().string()}).error() ==
        failure{errc::io_error, ENOENT, part::tsm_report});
  CHECK(here.names().empty());
}

}  // namespace test_configfs_tdx_guest
