// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/enclave_identity.hpp>

#include "support/catch.hpp"

#include <string_view>

namespace test_enclave_identity {

namespace tdx = unitee::tdx;

static_assert(std::string_view(tdx::name(tdx::enclave_kind::td_qe)) == "TD_QE");
static_assert(std::string_view(tdx::name(tdx::enclave_kind::qe)) == "QE");
static_assert(std::string_view(tdx::name(tdx::enclave_kind::qve)) == "QVE");

TEST_CASE("an identity that nobody has filled in has no levels", "[verify][enclave_identity]") {
  CHECK(tdx::enclave_identity{}.levels.empty());
}

}  // namespace test_enclave_identity
