// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/tcb_status.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace test_tcb_status {

using unitee::errc;
using unitee::tdx::is_level_status;
using unitee::tdx::tcb_status;
using unitee::tdx::tcb_status_of;
using unitee::tdx::tcb_statuses;

static_assert(tcb_statuses.size() == 10);
static_assert(*tcb_status_of("UpToDate") == tcb_status::up_to_date);
static_assert(*tcb_status_of("TDRelaunchAdvisedConfigurationNeeded") ==
              tcb_status::td_relaunch_advised_configuration_needed);
static_assert(tcb_status_of("uptodate").error().code == errc::bad_value);
static_assert(tcb_status{} == tcb_status::up_to_date);  // whoever holds one says which: see level_rating

TEST_CASE("every status has its name and every name its status", "[tdx][tcb_status]") {
  // As Intel writes them (PCS API version 4), the last one, which Intel has no word for, excepted.
  constexpr std::string_view names[] = {"UpToDate",
                                        "SWHardeningNeeded",
                                        "ConfigurationNeeded",
                                        "ConfigurationAndSWHardeningNeeded",
                                        "OutOfDate",
                                        "OutOfDateConfigurationNeeded",
                                        "TDRelaunchAdvised",
                                        "TDRelaunchAdvisedConfigurationNeeded",
                                        "Revoked",
                                        "NotSupported"};
  std::set<std::string> all;
  for (std::size_t i = 0; i < tcb_statuses.size(); ++i) {
    const tcb_status each = tcb_statuses[i];
    CHECK(static_cast<std::size_t>(each) == i);
    CHECK(name(each) == names[i]);
    REQUIRE(tcb_status_of(names[i]));
    CHECK(*tcb_status_of(names[i]) == each);
    all.insert(name(each));
  }
  CHECK(all.size() == 10);
}

TEST_CASE("a status by any other name is refused", "[tdx][tcb_status]") {
  for (const char* wrong : {"", "UpToDat", "UpToDate ", " UpToDate", "uptodate", "UPTODATE", "Unknown",
                            "OutOfDateConfigurationNeeded1", "SWHardening", "SwHardeningNeeded"}) {
    CAPTURE(wrong);
    const auto got = tcb_status_of(wrong);
    REQUIRE(!got);
    CHECK(got.error() == unitee::failure{errc::bad_value});
  }
  CHECK(!tcb_status_of(std::string_view("UpToDate\0", 9)));
}

TEST_CASE("a level has one of seven statuses", "[tdx][tcb_status]") {
  const std::set<std::string> computed{"TDRelaunchAdvised", "TDRelaunchAdvisedConfigurationNeeded", "NotSupported"};
  for (const tcb_status each : tcb_statuses) CHECK(is_level_status(each) != computed.contains(name(each)));
}

}  // namespace test_tcb_status
