// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/hardware_key_source.hpp>

#include "support/catch.hpp"

namespace test_hardware_key_source {

using namespace unitee;

namespace {

struct by_value {
  result<secret<32>> derive_key(const snp::key_request&);
};
struct const_too {
  result<secret<32>> derive_key(snp::key_request) const;
};
struct of_another_size {
  result<secret<64>> derive_key(const snp::key_request&);
};
struct not_a_result {
  secret<32> derive_key(const snp::key_request&);
};
struct without {};

}  // namespace

static_assert(hardware_key_source<by_value> && hardware_key_source<const_too> && hardware_key_source<const const_too>);
static_assert(!hardware_key_source<const by_value>);
static_assert(!hardware_key_source<of_another_size> && !hardware_key_source<not_a_result> &&
              !hardware_key_source<without>);

TEST_CASE("a hardware key source answers key requests with 32-byte keys or failures", "[kdf]") {
  SUCCEED("see the static assertions");
}

}  // namespace test_hardware_key_source
