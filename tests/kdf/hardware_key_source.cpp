// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/hardware_key_source.hpp>

#include "support/catch.hpp"

#include <unitee/snp/key_request.hpp>
#include <unitee/tdx/key_request.hpp>

namespace test_hardware_key_source {

using namespace unitee;

namespace {

template <class Request, class Key = result<secret<32>>>
struct source_of {
  using key_request = Request;
  Key derive_key(const Request&);
  result<typename Request::basis> key_basis();
};
using snp_source = source_of<snp::key_request>;
using tdx_source = source_of<tdx::key_request>;
struct const_too {
  using key_request = snp::key_request;
  result<secret<32>> derive_key(snp::key_request) const;
  result<snp::key_basis> key_basis() const;
};
struct of_another_basis : snp_source {
  result<tdx::key_basis> key_basis();
};
struct without_request {
  result<secret<32>> derive_key(const snp::key_request&);
  result<snp::key_basis> key_basis();
};
struct without_basis {
  using key_request = snp::key_request;
  result<secret<32>> derive_key(const snp::key_request&);
};
struct without {};

}  // namespace

static_assert(hardware_key_source<snp_source> && hardware_key_source<tdx_source>);
static_assert(hardware_key_source<const_too> && hardware_key_source<const const_too>);
static_assert(!hardware_key_source<const snp_source>);
static_assert(!hardware_key_source<source_of<snp::key_request, result<secret<64>>>>);
static_assert(!hardware_key_source<source_of<snp::key_request, secret<32>>>);
static_assert(!hardware_key_source<of_another_basis> && !hardware_key_source<without_request>);
static_assert(!hardware_key_source<without_basis> && !hardware_key_source<without>);
static_assert(std::same_as<key_request_of<const const_too>, snp::key_request>);
static_assert(std::same_as<key_floor_of<tdx_source>, tdx::key_floor>);

TEST_CASE("a hardware key source answers its vendor's requests with 32-byte keys or failures", "[kdf]") {
  SUCCEED("see the static assertions");
}

}  // namespace test_hardware_key_source
