// SPDX-License-Identifier: Apache-2.0
#include <unitee/this_guest.hpp>

#include "support/catch.hpp"

#include <unitee/any_guest.hpp>
#include <unitee/guest/configfs_sev_guest.hpp>
#include <unitee/guest/configfs_tdx_guest.hpp>
#include <unitee/guest/sev_guest.hpp>
#include <unitee/guest/tdx_guest.hpp>

#include <cerrno>
#include <concepts>
#include <filesystem>
#include <string_view>

namespace test_this_guest {

using namespace unitee;

namespace {

using all_real = any_guest<guest::sev_guest, guest::tdx_guest, guest::configfs_sev_guest, guest::configfs_tdx_guest>;

// What was chosen has the name of the choice. auto is all real backends, devices first, and nothing simulated.
template <class Guest>
consteval bool is_chosen_by(std::string_view choice) {
  if constexpr (requires { std::string_view(Guest::name); }) return Guest::name == choice;
  return choice == "auto" && std::same_as<Guest, all_real>;
}

}  // namespace

static_assert(is_chosen_by<this_guest>(UNITEE_BACKEND_CHOSEN));
static_assert(guest::attester<this_guest> && std::same_as<decltype(this_guest::open()), result<this_guest>>);

TEST_CASE("on a machine without a TEE, every real backend is an absent interface", "[this_guest]") {
  for (const char* path : {"/dev/sev-guest", "/dev/tdx_guest", "/sys/kernel/config/tsm/report"}) {
    if (std::filesystem::exists(path)) return;  // then it is for the emulator's tests to say
  }
  const auto here = all_real::look();
  CHECK(!here.guest);
  constexpr std::string_view names[] = {"sev-guest", "tdx-guest", "configfs-sev-guest", "configfs-tdx-guest"};
  for (std::size_t i = 0; i < here.absent.size(); ++i) {
    REQUIRE(here.absent[i]);
    CHECK(here.absent[i]->backend == names[i]);
    CHECK(here.absent[i]->why.code == errc::interface_absent);
  }
  CHECK(all_real::open().error() == failure{errc::interface_absent, ENOENT, part::sev_guest});
}

}  // namespace test_this_guest
