// SPDX-License-Identifier: Apache-2.0
#include <unitee/launch/launch_digest.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace test_launch_digest {

using namespace unitee;
using snp::launch_digest;

namespace {

static_assert(snp::page_info_row::all::size == 112);
static_assert(snp::page_info_row::page_type::offset == 0x62 && snp::page_info_row::gpa::offset == 0x68);

launch_digest fresh(const snp::measurement& from = {}) {
  auto made = launch_digest::create(from);
  REQUIRE(made);
  return std::move(*made);
}

std::string value(const launch_digest& of) { return test::hex_of(of.value().value); }

// The page whose bytes are 0 to 255, again and again.
std::array<std::uint8_t, 4096> counting() {
  std::array<std::uint8_t, 4096> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i);
  return out;
}

}  // namespace

// The values come from hashlib: sha384(LD + contents + struct.pack("<HBBBBBBQ", 0x70, type, 0, 0, 0, 0, 0, gpa)).
TEST_CASE("a page of every type is measured as the firmware measures it", "[launch][digest]") {
  auto digest = fresh();
  CHECK(value(digest) == std::string(96, '0'));
  REQUIRE(digest.normal(0xFFC00000, counting()));
  CHECK(value(digest) ==
        "dd2077f729b141fc30a417c61bc7bd7b0c098ee0b917eb8294a75d3da0c78484d3913fd88132e1d78b4e533e03c111e4");
  REQUIRE(digest.zero(0x800000));
  CHECK(value(digest) ==
        "6d8655ff914fd771e4bbc0e25308c3d9d1f299d6c4747a63f2c72bf1244ef64b39feba63ae11b02807eb40cb4f577fbd");
  REQUIRE(digest.unmeasured(0x801000));
  CHECK(value(digest) ==
        "215ff2954332cc33c5b5d4410103bbff663d5713b84bddad6b4e68142b40dc614d4a7ef19991d8af0b2de296f2ba16b6");
  REQUIRE(digest.secrets(0x802000));
  CHECK(value(digest) ==
        "64d80e4b0413b3a1d14f185c54b8e82dbaabba4e6b0e397b40c0ee3b0a2ed028959cc22c5e6f052621b42be9cdbb4298");
  REQUIRE(digest.cpuid(0x803000));
  CHECK(value(digest) ==
        "79f051786e93d29b3d9a00393d6126b725e6a8608d2c39b8d9a12927e48346226381a0788cdb536d3c665b3b14f2d170");
  REQUIRE(digest.vmsa(counting()));
  CHECK(value(digest) ==
        "82d4e0b7d5301061a636f4de7e5e973645cf7db9287f0afc8606a058417bc3963c05f34801c841584330e438bd991cb2");
}

TEST_CASE("several pages are one after the other", "[launch][digest]") {
  std::vector<std::uint8_t> pages(3 * 4096, 7);
  pages[4096] = 8;
  auto at_once = fresh();
  REQUIRE(at_once.normal(0x1000, pages));
  REQUIRE(at_once.zero(0x10000, 3));
  REQUIRE(at_once.unmeasured(0x20000, 2));
  REQUIRE(at_once.vmsa(counting(), 2));
  auto singly = fresh();
  for (std::size_t i = 0; i < 3; ++i)
    REQUIRE(singly.normal(0x1000 + 4096 * i, byte_view(pages).subspan(4096 * i, 4096)));
  for (std::size_t i = 0; i < 3; ++i) REQUIRE(singly.zero(0x10000 + 4096 * i));
  for (std::size_t i = 0; i < 2; ++i) REQUIRE(singly.unmeasured(0x20000 + 4096 * i));
  for (std::size_t i = 0; i < 2; ++i) REQUIRE(singly.vmsa(counting()));
  CHECK(at_once.value() == singly.value());
}

TEST_CASE("a digest goes on from where another ended", "[launch][digest]") {
  auto whole = fresh();
  REQUIRE(whole.normal(0x1000, counting()));
  auto rest = fresh(whole.value());
  REQUIRE(whole.cpuid(0x2000));
  REQUIRE(rest.cpuid(0x2000));
  CHECK(whole.value() == rest.value());
}

TEST_CASE("what is not a page is refused, and changes nothing", "[launch][digest]") {
  auto digest = fresh();
  const std::vector<std::uint8_t> pages(2 * 4096);
  for (std::size_t n = 1; n < pages.size(); n += n == 4095 ? 2 : 1) {
    CAPTURE(n);
    REQUIRE(digest.normal(0, byte_view(pages).first(n)).error() == failure{errc::bad_length, n < 4096 ? 0U : 4096U});
  }
  for (std::uint64_t gpa = 1; gpa < 4096; ++gpa) {
    REQUIRE(digest.normal(gpa, counting()).error() == failure{errc::bad_value});
    REQUIRE(digest.zero(gpa).error() == failure{errc::bad_value});
    REQUIRE(digest.secrets(0x1000 + gpa).error() == failure{errc::bad_value});
  }
  REQUIRE(digest.normal(0, {}));
  REQUIRE(digest.zero(0, 0));
  CHECK(digest.value().is_zero());
}

}  // namespace test_launch_digest
