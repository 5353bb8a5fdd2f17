// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_names.hpp>

#include "support/forged_intel.hpp"

#include <string>

namespace test_tdx_names {

using namespace unitee;
using namespace unitee::test;

namespace {

certificate called(std::string_view name) {
  auto link = ca_link();
  link.subject = name;
  return link.issue();
}

}  // namespace

TEST_CASE("the names in Intel's chains are compared whole", "[verify][tdx]") {
  for (const std::string_view name :
       {tdx::root_name, tdx::platform_ca_name, tdx::processor_ca_name, tdx::pck_name, tdx::tcb_signing_name}) {
    const std::string own(name);
    CAPTURE(own);
    CHECK(tdx::is_named(called(name), name));
    CHECK(tdx::is_pck_ca(called(name)) == (own.ends_with(" CA") && own != tdx::root_name));
    for (const std::string& other : {own + " ", " " + own, own.substr(1), own.substr(0, own.size() - 1), own + "A"}) {
      CHECK_FALSE(tdx::is_named(called(other), name));
      CHECK_FALSE(tdx::is_pck_ca(called(other)));
    }
  }
}

TEST_CASE("a certificate without a common name, or with two, has none of the names", "[verify][tdx]") {
  const auto& own = simulated_tdx_platform().get();
  const auto issue = [&](std::initializer_list<name_part> subject) {
    auto request = ca_link().request;
    const octets serial{1};
    request.serial = serial;
    request.subject = distinguished_name(subject.begin(), subject.size());
    const auto issuer = guest::detail::simulated_sgx_name(tdx::root_name);
    return need(issue_certificate(request, own.ca_key, {issuer, own.root_key, "SHA256"}));
  };
  CHECK(tdx::is_pck_ca(issue({{"CN", tdx::platform_ca_name}})));
  CHECK_FALSE(tdx::is_pck_ca(issue({{"O", tdx::platform_ca_name}})));
  CHECK_FALSE(tdx::is_pck_ca(issue({{"CN", tdx::platform_ca_name}, {"CN", tdx::platform_ca_name}})));
}

TEST_CASE("the recorded certificates have the names of their roles", "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  CHECK(tdx::is_named(recorded("tdx/trust/intel_sgx_root_ca.der").at(0), tdx::root_name));
  const auto platform = recorded("tdx/collateral/b0c06f-2025-06/pck_crl_issuer_chain.pem");
  CHECK(tdx::is_named(platform.at(0), tdx::platform_ca_name));
  const auto processor = recorded("tdx/collateral/sgx-00a067-2025-06/pck_crl_issuer_chain.pem");
  CHECK(tdx::is_named(processor.at(0), tdx::processor_ca_name));
  CHECK(tdx::is_pck_ca(processor.at(0)));
  const auto signing = recorded("tdx/collateral/b0c06f-2025-06/tcb_info_issuer_chain.pem");
  CHECK(tdx::is_named(signing.at(0), tdx::tcb_signing_name));
  CHECK_FALSE(tdx::is_pck_ca(signing.at(0)));
}

}  // namespace test_tdx_names
