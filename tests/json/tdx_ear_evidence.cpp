// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/tdx_ear_evidence.hpp>

#include "support/td_ear.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace test_tdx_ear_evidence {

using namespace unitee;
using namespace unitee::test;
using tdx::tcb_status;
using unitee::detail::ear_evidence;

namespace {

using json = nlohmann::json;

}  // namespace

TEST_CASE("annotated evidence has every field of a quote of every shape", "[json][ear]") {
  for (const quote_shape& shape : quote_shapes) {
    CAPTURE(shape.version, shape.body_type);
    const auto bytes = sample_quote(shape);
    const json told = ear_evidence(claims_about(bytes));
    std::size_t fields = 0;
    need(tdx::quote::parse(bytes.bytes())).for_each_field([&](auto row, const auto&) {
      ++fields;
      CAPTURE(decltype(row)::name);
      CHECK(told.contains(decltype(row)::name));
    });
    CHECK(told.size() == fields + 7);  // body, qe_report, unsigned_bytes, trust_anchor, platform, tcb, collateral
    CHECK(told.at("version") == shape.version);
    CHECK(told.at("tee_type") == shape.tee_type);
    CHECK(told.contains("qe_svn") == (shape.version == 3));
    CHECK(told.contains("body_type") == (shape.version == 5));
    CHECK(told.at("unsigned_bytes") == 0);
    CHECK(told.at("qe_report").size() == 16);  // the reserved ones, too
    CHECK(told.at("qe_report").at("isvsvn") == 0x2002 + 0x90);
    CHECK(told.at("qe_report").at("mrsigner") == run_hex<32>(0x90 + 15));
  }
}

TEST_CASE("annotated evidence has the values of the fields", "[json][ear]") {
  const json td = ear_evidence(sample_td());
  CHECK(td.at("body") == "TD 1.5");
  CHECK(td.at("att_key_type") == 2);
  CHECK(td.at("body_size") == 648);
  CHECK(td.at("user_data") == run_hex<20>(0x30));
  CHECK(td.at("tee_tcb_svn") == run_hex<16>(0x40));
  CHECK(td.at("mrtd") == run_hex<48>(0x43));
  CHECK(td.at("rtmr3") == run_hex<48>(0x4a));
  CHECK(td.at("reportdata") == run_hex<64>(0x4b));
  CHECK(td.at("mrservicetd") == run_hex<48>(0x4d));
  CHECK(td.at("tdattributes") == "0x8000000050000001");
  CHECK(td.at("xfam") == "0x00000000000602e7");
  const json enclave = ear_evidence(sample_enclave());
  CHECK(enclave.at("body") == "SGX enclave");
  CHECK(enclave.at("qe_svn") == 0x0a0b);
  CHECK(enclave.at("mrenclave") == run_hex<32>(0x59));
  CHECK_FALSE(enclave.contains("mrtd"));
}

TEST_CASE("annotated evidence says what the PCK certificate says, and null what it does not", "[json][ear]") {
  auto td = sample_td();
  const tdx::pck_extension& pck = simulated_tdx_platform().get().pck_extension;
  CHECK(ear_evidence(td).at("platform") == json{{"fmspc", "99906f000000"},
                                                {"pceid", hex_of(pck.pceid.value)},
                                                {"ppid", hex_of(pck.ppid.value)},
                                                {"cpusvn", hex_of(pck.cpusvn.value)},
                                                {"pcesvn", 13},
                                                {"tcb_components", pck.tcb_components},
                                                {"sgx_type", "Scalable"},
                                                {"platform_instance_id", hex_of(pck.platform_instance_id->value)},
                                                {"dynamic_platform", true},
                                                {"cached_keys", true},
                                                {"smt", true}});
  td.pck.platform_instance_id.reset();
  td.pck.configuration.reset();
  const json told = ear_evidence(td).at("platform");
  CHECK(told.size() == 11);
  for (const char* each : {"platform_instance_id", "dynamic_platform", "cached_keys", "smt"}) {
    CHECK(told.at(each) == nullptr);
  }
}

TEST_CASE("annotated evidence explains the status of the TCB", "[json][ear]") {
  for (const tcb_status status : tdx::tcb_statuses) {
    CAPTURE(tdx::name(status));
    const auto of = genuine_td({.status = status});
    const json told = ear_evidence(*of).at("tcb");
    CHECK(told.at("status") == tdx::name(status));
    CHECK(told.at("procedure") == "current");
    const bool unknown = status == tcb_status::not_supported;
    CHECK(told.at("date").is_null() == unknown);
    CHECK(told.at("date") == told.at("launch").at("date"));
    CHECK(told.at("advisories") == told.at("launch").at("advisories"));
    CHECK(told.at("launch").at("status") == tdx::name(of->tcb.launch.status));
    CHECK(told.at("launch").at("platform").is_null() == (of->tcb.launch.platform == nullptr));
    CHECK(told.at("launch").size() == 6);
    CHECK(told.at("current").at("status") == tdx::name(of->tcb.current->status));
  }
  auto td = sample_td();
  td.tcb.current.reset();
  td.tcb.launch.module_level = nullptr;
  const json told = ear_evidence(td).at("tcb");
  CHECK(told.at("current") == nullptr);
  CHECK(told.at("launch").at("module") == nullptr);
}

TEST_CASE("annotated evidence says until when the collateral is current", "[json][ear]") {
  auto td = sample_td();
  const json told = ear_evidence(td).at("collateral");
  CHECK(told.at("stale") == false);
  CHECK(told.at("tcb_info_evaluation_number") == 20);
  CHECK(told.at("qe_identity_evaluation_number") == 20);
  std::vector<std::string> parts;
  std::string first = "9999";
  for (const json& each : told.at("items")) {
    CHECK(each.size() == 3);
    parts.push_back(each.at("what"));
    first = std::min(first, each.at("next_update").get<std::string>());
    CHECK(each.at("issued").get<std::string>() < each.at("next_update").get<std::string>());
  }
  std::ranges::sort(parts);
  std::vector<std::string> expected{name(part::pck),        name(part::pck_crl),  name(part::root),
                                    name(part::root_crl),   name(part::tcb_info), name(part::qe_identity),
                                    name(part::tcb_signing)};
  std::ranges::sort(expected);
  CHECK(parts == expected);
  CHECK(told.at("current_until") == first);
  td.at = {td.current_until.seconds + 1};
  CHECK(ear_evidence(td).at("collateral").at("stale") == true);
}

}  // namespace test_tdx_ear_evidence
