// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/attestation.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace test_attestation {

using namespace unitee;
using octets = std::vector<std::uint8_t>;

TEST_CASE("an attestation owns what it was made of, each part in its place", "[guest][attestation]") {
  std::array<std::uint8_t, 2> evidence{1, 2};
  std::array<std::uint8_t, 3> certificates{3, 4, 5};
  std::array<std::uint8_t, 1> manifest{6};
  const auto all = guest::attestation::of(evidence, certificates, manifest);
  const auto bare = guest::attestation::of(evidence);
  evidence = {};
  certificates = {};
  manifest = {};
  CHECK(all.evidence == octets{1, 2});
  CHECK(all.certificates == octets{3, 4, 5});
  CHECK(all.manifest == octets{6});
  CHECK(bare.evidence == octets{1, 2});
  CHECK(bare.certificates.empty());
  CHECK(bare.manifest.empty());
}

}  // namespace test_attestation
