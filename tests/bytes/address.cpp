// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/address.hpp>

#include "support/catch.hpp"
#include "support/stops.hpp"

#include <cstdint>
#include <string>

namespace test_address {

using unitee::address;

TEST_CASE("an address is what was put together, numbers in decimal", "[bytes][address]") {
  CHECK(address().text().empty());
  CHECK(
      (address() << "https://a/" << std::uint8_t{0} << "/" << std::uint8_t{207} << "?x=" << std::uint8_t{255}).text() ==
      "https://a/0/207?x=255");
}

TEST_CASE("an address of more than 256 characters stops the program", "[bytes][address]") {
  CHECK(unitee::test::stops([] { return (address() << std::string(257, 'x')).text().size(); }));
  CHECK((address() << std::string(256, 'x')).text().size() == 256);
}

}  // namespace test_address
