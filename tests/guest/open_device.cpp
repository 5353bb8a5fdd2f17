// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/open_device.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <cerrno>
#include <string>

namespace test_open_device {

using namespace unitee;
using guest::detail::open_device;

TEST_CASE("a device opens, is absent, or does not open, of the interface that is asked for", "[guest][open_device]") {
  const test::folder here;
  const auto open = [](const std::string& path) {
    return open_device(path.c_str(), part::tdx_guest, time_limit{60'000});
  };
  const auto null = open("/dev/null");
  REQUIRE(null);
  CHECK(**null);
  CHECK(open(here / "none").error() == failure{errc::interface_absent, ENOENT, part::tdx_guest});
  CHECK(open("/dev/null/none").error() == failure{errc::interface_absent, ENOTDIR, part::tdx_guest});
  CHECK(open(here.path().string()).error() == failure{errc::io_error, EISDIR, part::tdx_guest});
}

}  // namespace test_open_device
