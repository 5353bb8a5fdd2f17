// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/configfs_tsm.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <cerrno>

// What a kernel answers is in tests/kernel; here, there is none.
namespace test_configfs_tsm {

using namespace unitee;

namespace {

constexpr time_limit enough{60'000};

}  // namespace

TEST_CASE("without configfs-tsm there is nobody to ask", "[guest][configfs_tsm]") {
  const test::folder here;
  const failure absent{errc::interface_absent, ENOENT, part::tsm_report};
  CHECK(guest::probe_tsm(here / "none", "sev_guest", enough).error() == absent);
  CHECK(guest::ask_tsm({.path = here / "none", .provider = "tdx_guest"}, enough).error() == absent);
}

TEST_CASE("a folder that is not the kernel's has no provider, and keeps no entry", "[guest][configfs_tsm]") {
  const test::folder here;
  const failure none{errc::io_error, ENOENT, part::tsm_report};
  CHECK(guest::probe_tsm(here.path().string(), "sev_guest", enough).error() == none);
  CHECK(guest::ask_tsm({.path = here.path().string(), .provider = "sev_guest"}, enough).error() == none);
  CHECK(here.names().empty());
}

TEST_CASE("a limit of nothing is over before it begins", "[guest][configfs_tsm]") {
  const test::folder here;
  const auto got = guest::ask_tsm({.path = here.path().string(), .provider = "sev_guest"}, time_limit{0});
  REQUIRE_FALSE(got);
  CHECK(got.error() == failure{errc::timed_out, 0, part::tsm_report});
}

}  // namespace test_configfs_tsm
