// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_tdx_stage.hpp>

#include "support/catch.hpp"

namespace test_simulated_tdx_stage {

using namespace unitee;
using guest::simulated_launch_svn;

static_assert(guest::simulated_stage{}.status == tdx::tcb_status::up_to_date);

TEST_CASE("only a TD that is to be launched again was launched under earlier SVNs", "[guest][stage]") {
  for (const tdx::tcb_status status : tdx::tcb_statuses) {
    const bool relaunch = status == tdx::tcb_status::td_relaunch_advised ||
                          status == tdx::tcb_status::td_relaunch_advised_configuration_needed;
    CHECK((simulated_launch_svn(status) == guest::simulated_earlier_tee_tcb_svn) == relaunch);
    CHECK((simulated_launch_svn(status) == guest::simulated_tee_tcb_svn) == !relaunch);
  }
}

}  // namespace test_simulated_tdx_stage
