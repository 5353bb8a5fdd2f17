// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/firmware_status.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>

namespace test_firmware_status {

using unitee::snp::describe_status;

static_assert(std::string_view(describe_status(0)) == "success");
static_assert(std::string_view(describe_status(0x16)) == "invalid parameter");
static_assert(std::string_view(describe_status(0x27)) == "key invalid, absent or not allowed");

TEST_CASE("a status of SEV firmware has the meaning that AMD gives it", "[snp][firmware_status]") {
  struct meaning {
    std::uint64_t status;
    const char* words;
  };
  for (const auto& [status, words] : {meaning{0x01, "invalid platform state"},
                                      {0x07, "not allowed by policy"},
                                      {0x0A, "bad signature"},
                                      {0x0B, "bad measurement"},
                                      {0x0F, "DF_FLUSH required"},
                                      {0x10, "invalid guest handle"},
                                      {0x17, "resource limit"},
                                      {0x1C, "wrong page owner"},
                                      {0x1D, "sequence number would overflow"},
                                      {0x1E, "unassigned"},
                                      {0x20, "RMP must be re-initialised"},
                                      {0x23, "SNP_SHUTDOWN required"},
                                      {0x26, "RMP initialisation failed"}}) {
    CAPTURE(status);
    CHECK(std::string(describe_status(status)) == words);
  }
}

TEST_CASE("40 statuses are assigned, but for one, and each has words of its own", "[snp][firmware_status]") {
  std::set<std::string> all;
  for (std::uint64_t status = 0; status < 0x28; ++status) CHECK(all.insert(describe_status(status)).second);
  CHECK(all.size() == 40);
  for (std::uint64_t status = 0x28; status < 0x10000; ++status) {
    REQUIRE(describe_status(status) == std::string_view("unassigned"));
  }
  // A number is not cut to a shorter one.
  for (int bit = 6; bit < 64; ++bit) CHECK(describe_status(std::uint64_t{1} << bit) == std::string_view("unassigned"));
  CHECK(describe_status(std::numeric_limits<std::uint64_t>::max()) == std::string_view("unassigned"));
}

}  // namespace test_firmware_status
