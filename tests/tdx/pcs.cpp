// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/pcs.hpp>

#include "support/catch.hpp"

#include <string_view>

namespace test_pcs {

namespace tdx = unitee::tdx;
using tdx::tee_type;

namespace {

constexpr tdx::fmspc family{{0xB0, 0xC0, 0x6F, 0x00, 0x0A, 0x01}};

}  // namespace

static_assert(tdx::root_crl_address().text() == "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der");

TEST_CASE("addresses are those of Intel's provisioning service, version 4", "[tdx][pcs]") {
  const std::string_view host = "https://api.trustedservices.intel.com/";
  const auto path = [&](const unitee::address& of) {
    REQUIRE(of.text().starts_with(host));
    return of.text().substr(host.size());
  };
  CHECK(path(tdx::tcb_info_address(tee_type::tdx, family)) == "tdx/certification/v4/tcb?fmspc=b0c06f000a01");
  CHECK(path(tdx::tcb_info_address(tee_type::sgx, family)) == "sgx/certification/v4/tcb?fmspc=b0c06f000a01");
  CHECK(path(tdx::qe_identity_address(tee_type::tdx)) == "tdx/certification/v4/qe/identity");
  CHECK(path(tdx::qe_identity_address(tee_type::sgx)) == "sgx/certification/v4/qe/identity");
  // Lists are there once, for both.
  CHECK(path(tdx::pck_crl_address(tdx::pck_ca::platform)) == "sgx/certification/v4/pckcrl?ca=platform&encoding=der");
  CHECK(path(tdx::pck_crl_address(tdx::pck_ca::processor)) == "sgx/certification/v4/pckcrl?ca=processor&encoding=der");
}

}  // namespace test_pcs
