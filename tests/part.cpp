// SPDX-License-Identifier: Apache-2.0
#include <unitee/part.hpp>

#include "support/catch.hpp"

#include <set>
#include <string>

namespace test_part {

using unitee::part;

TEST_CASE("every part has a name of its own, and no other value has one", "[part]") {
  std::set<std::string> names;
  for (unsigned value = 0; value < 256; ++value) {
    const auto in = static_cast<part>(value);
    CAPTURE(value);
    if (value <= static_cast<unsigned>(part::model)) {
      CHECK(unitee::name(in) != std::string("unknown part"));
      CHECK(names.insert(unitee::name(in)).second);
    } else {
      CHECK(unitee::name(in) == std::string("unknown part"));
    }
  }
}

TEST_CASE("the interfaces of a guest's kernel are called by their paths", "[part]") {
  CHECK(unitee::name(part::sev_guest) == std::string("/dev/sev-guest"));
  CHECK(unitee::name(part::tdx_guest) == std::string("/dev/tdx_guest"));
  CHECK(unitee::name(part::tsm_report) == std::string("configfs-tsm"));
}

}  // namespace test_part
