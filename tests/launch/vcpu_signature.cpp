// SPDX-License-Identifier: Apache-2.0
#include <unitee/launch/vcpu_signature.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <string>

namespace test_vcpu_signature {

using namespace unitee;
using snp::make_vcpu_signature;
using snp::vcpu_signature;
using snp::vcpu_signature_named;

static_assert(vcpu_signature_named("EPYC") == vcpu_signature{0x00800F12});
static_assert(vcpu_signature_named("EPYC-v4") == vcpu_signature{0x00800F12});
static_assert(vcpu_signature_named("EPYC-IBPB") == vcpu_signature{0x00800F12});
static_assert(vcpu_signature_named("EPYC-Rome") == vcpu_signature{0x00830F10});
static_assert(vcpu_signature_named("EPYC-Milan") == vcpu_signature{0x00A00F11});
static_assert(vcpu_signature_named("EPYC-Milan-v2") == vcpu_signature{0x00A00F11});
static_assert(vcpu_signature_named("EPYC-Genoa-v1") == vcpu_signature{0x00A10F10});

TEST_CASE("a signature unpacks into the numbers that it was made of", "[launch][vcpu_signature]") {
  for (std::uint32_t family = 0; family <= 270; ++family) {
    for (std::uint32_t model = 0; model < 256; model += 5) {
      for (std::uint32_t stepping = 0; stepping < 16; stepping += 3) {
        const auto made = make_vcpu_signature(family, model, stepping);
        REQUIRE(made);
        const std::uint32_t eax = made->value;
        REQUIRE((eax & ~0x0FFF0FFFU) == 0);
        REQUIRE((eax >> 8 & 15) + (eax >> 20 & 255) == family);
        REQUIRE((eax >> 4 & 15) + (eax >> 16 & 15) * 16 == model);
        REQUIRE((eax & 15) == stepping);
        REQUIRE(((eax >> 20 & 255) == 0 || (eax >> 8 & 15) == 15));
      }
    }
  }
}

TEST_CASE("a number that does not fit is refused", "[launch][vcpu_signature]") {
  for (const std::uint32_t more : {0U, 1U, 1000U, 0xFFFFFE00U}) {
    CHECK(make_vcpu_signature(271 + more, 0, 0).error() == failure{errc::bad_value, 0});
    CHECK(make_vcpu_signature(0, 256 + more, 0).error() == failure{errc::bad_value, 1});
    CHECK(make_vcpu_signature(0, 0, 16 + more).error() == failure{errc::bad_value, 2});
  }
}

TEST_CASE("a name is exact", "[launch][vcpu_signature]") {
  for (const char* name :
       {"", "epyc", "EPYC ", "EPYC-", "EPYC-v", "EPYC-v0", "EPYC-v6", "EPYC-v11", "EPYC-IBPB-v1", "EPYC-Rome-v6",
        "EPYC-Milan-v4", "EPYC-Genoa-v3", "EPYC-Genoa-v1-", "EPYC-Turing", "Milan"}) {
    CAPTURE(std::string(name));
    CHECK_FALSE(vcpu_signature_named(name));
  }
}

}  // namespace test_vcpu_signature
