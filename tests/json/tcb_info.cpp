// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/tcb_info.hpp>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/forge.hpp"
#include "support/intel_documents.hpp"
#include "support/intel_properties.hpp"

#include <unitee/crypto/ecdsa.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace test_tcb_info {

using namespace unitee;
using namespace unitee::test;

namespace {

result<tdx::tcb_info_document> parsed(std::string_view text) { return tdx::parse_tcb_info(bytes_of(text)); }

failure refusal(std::string_view text) {
  const auto answer = parsed(text);
  CAPTURE(std::string(text));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().in == part::tcb_info);
  return answer.error();
}

// check_refused replaces one value and compares the failure, which is at that value unless another path is given.
void check_refused(const document_json& document, const char* path, std::string_view text, errc code,
                   const char* at = nullptr) {
  CAPTURE(path, std::string(text));
  const value_path where(path);
  std::size_t offset = offset_of(document, where);
  if (at != nullptr) {
    document_json changed = document;
    changed[where] = document_json::parse(text);
    offset = offset_of(changed, value_path(at));
  }
  CHECK(refusal(with_text(document, where, text)) == failure{code, offset, part::tcb_info});
}

}  // namespace

TEST_CASE("TCB info says what its document says", "[json][tcb_info]") {
  const auto document = parsed(sample_tcb_info().dump());
  REQUIRE(document);
  const tdx::tcb_info& info = **document;
  CHECK(info.id == tdx::tee_type::tdx);
  CHECK(info.issue_date == time("2025-06-19T10:16:03Z"));
  CHECK(info.next_update == time("2025-07-19T10:16:03Z"));
  CHECK(hex_of(info.fmspc.value) == "b0c06f0a0000");
  CHECK(hex_of(info.pceid.value) == "01fe");
  CHECK(info.tcb_evaluation_data_number == 17);
  REQUIRE(info.tdx_module);
  CHECK(info.tdx_module->mrsigner.value[47] == 0x5E);
  CHECK(info.tdx_module->attributes.is_zero());
  CHECK(hex_of(info.tdx_module->attributes_mask.value) == "ffffffffffffffff");
  REQUIRE(info.module_identities.size() == 2);
  CHECK(info.module(3) == &info.module_identities[0]);
  CHECK(info.module(10) == &info.module_identities[1]);
  CHECK(info.module(1) == nullptr);
  const tdx::module_identity& module = info.module_identities[1];
  CHECK(module.signer.mrsigner.value[47] == 0xAA);
  CHECK(module.signer.attributes.value[7] == 1);
  REQUIRE(module.levels.size() == 3);
  CHECK(module.levels[0].isvsvn == 11);
  CHECK(module.levels[0].rating.status == tdx::tcb_status::up_to_date);
  CHECK(module.levels[0].rating.advisories.empty());
  CHECK(module.levels[2].isvsvn == 2);
  CHECK(module.levels[2].rating.status == tdx::tcb_status::out_of_date);
  CHECK(module.levels[2].rating.date == time("2024-03-13T00:00:00Z"));
  CHECK(module.levels[2].rating.advisories == std::vector<std::string>{"INTEL-SA-00001", "INTEL-SA-00002"});
  REQUIRE(info.levels.size() == 3);
  CHECK(info.levels[0].sgx == tdx::svn_components{9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  CHECK(info.levels[0].tdx == tdx::svn_components{7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  CHECK(info.levels[0].pcesvn == 13);
  CHECK(info.levels[1].rating.status == tdx::tcb_status::out_of_date_configuration_needed);
  CHECK(info.levels[1].rating.advisories == std::vector<std::string>{"INTEL-SA-00837"});
  CHECK(info.levels[2].rating.status == tdx::tcb_status::revoked);
  CHECK(info.levels[2].rating.date == time("2025-05-14T00:00:00Z"));
  CHECK(info.sgx_labels[0].category == "BIOS");
  CHECK(info.sgx_labels[0].type == "Early Microcode Update");
  CHECK(info.tdx_labels[1].category == "OS/VMM");
  CHECK(info.tdx_labels[1].type.empty());
  CHECK(hex_of(document->signature().value) == signature_hex());
}

TEST_CASE("TCB info about SGX has no TDX in it", "[json][tcb_info]") {
  const document_json sgx = sample_sgx_tcb_info();
  const auto document = parsed(sgx.dump());
  REQUIRE(document);
  CHECK((*document)->id == tdx::tee_type::sgx);
  CHECK_FALSE((*document)->tdx_module);
  CHECK((*document)->module_identities.empty());
  CHECK((*document)->levels[0].sgx[0] == 9);
  CHECK((*document)->levels[0].tdx == tdx::svn_components{});

  const document_json tdx = sample_tcb_info();
  for (const char* path :
       {"/tcbInfo/tdxModule", "/tcbInfo/tdxModuleIdentities", "/tcbInfo/tcbLevels/1/tcb/tdxtcbcomponents"}) {
    document_json changed = sgx;
    changed[value_path(path)] = tdx[value_path(path)];
    CHECK(refusal(changed.dump()) == failure{errc::bad_value, offset_of(changed, value_path(path)), part::tcb_info});
  }
  document_json renamed = tdx;
  renamed["tcbInfo"]["id"] = "SGX";
  CHECK(refusal(renamed.dump()).code == errc::bad_value);
  renamed = sgx;
  renamed["tcbInfo"]["id"] = "TDX";
  CHECK(refusal(renamed.dump()) == failure{errc::missing, 11, part::tcb_info});
}

TEST_CASE("the text that is signed is the inner object as it was delivered", "[json][tcb_info]") {
  for (const std::string& inner : {sample_tcb_info()["tcbInfo"].dump(), sample_tcb_info()["tcbInfo"].dump(2)}) {
    const std::string signature = "\"signature\"\n:\t\"" + signature_hex() + "\"";
    for (const std::string& text :
         {"{\"tcbInfo\":" + inner + "," + signature + "}", "{" + signature + ",\"tcbInfo\" : " + inner + "\r\n}",
          " \n{ \"tcbInfo\" \n: \t" + inner + " , \"unsigned\":{\"tcbInfo\":{}}, " + signature + " } \n"}) {
      const auto document = parsed(text);
      REQUIRE(document);
      CHECK(std::ranges::equal(document->text(), bytes_of(inner)));
      CHECK(hex_of(document->signature().value) == signature_hex());
    }
  }
  document_json braces = sample_tcb_info();
  braces["tcbInfo"]["note"] = "}}\\\" ] { \" \\";
  const auto document = parsed(braces.dump());
  REQUIRE(document);
  CHECK(std::ranges::equal(document->text(), bytes_of(braces["tcbInfo"].dump())));
}

TEST_CASE("levels in any order come out in descending order", "[json][tcb_info]") {
  const document_json sorted = sample_tcb_info();
  const auto in_order = parsed(sorted.dump());
  REQUIRE(in_order);
  std::vector<std::size_t> order{0, 1, 2};
  do {
    document_json shuffled = sorted;
    for (std::size_t i = 0; i < 3; ++i) {
      shuffled["tcbInfo"]["tcbLevels"][i] = sorted["tcbInfo"]["tcbLevels"][order[i]];
      shuffled["tcbInfo"]["tcbLevels"][i]["tcb"]["sgxtcbcomponents"][3]["type"] = "level " + std::to_string(i);
      shuffled["tcbInfo"]["tdxModuleIdentities"][1]["tcbLevels"][i] =
          sorted["tcbInfo"]["tdxModuleIdentities"][1]["tcbLevels"][order[i]];
    }
    const auto document = parsed(shuffled.dump());
    REQUIRE(document);
    CHECK((*document)->sgx_labels[3].type == "level 0");
    for (std::size_t i = 0; i < 3; ++i) {
      const tdx::tcb_level& level = (*document)->levels[i];
      const tdx::tcb_level& wanted = (*in_order)->levels[i];
      CHECK((level.sgx == wanted.sgx && level.pcesvn == wanted.pcesvn && level.tdx == wanted.tdx));
      CHECK(level.rating.status == wanted.rating.status);
      CHECK(level.rating.advisories == wanted.rating.advisories);
      CHECK((*document)->module(10)->levels[i].isvsvn == (*in_order)->module(10)->levels[i].isvsvn);
    }
  } while (std::ranges::next_permutation(order).found);

  // SGX components count before PCESVN, and PCESVN before TDX components.
  document_json ranked = sorted;
  ranked["tcbInfo"]["tcbLevels"] = {level_json(1, 1, 2, "OutOfDate"), level_json(1, 2, 1, "OutOfDate"),
                                    level_json(2, 1, 1, "UpToDate"), level_json(1, 1, 3, "OutOfDate")};
  const auto document = parsed(ranked.dump());
  REQUIRE(document);
  CHECK((*document)->levels[0].sgx[0] == 2);
  CHECK((*document)->levels[1].pcesvn == 2);
  CHECK((*document)->levels[2].tdx[0] == 3);
  CHECK((*document)->levels[3].tdx[0] == 2);
}

TEST_CASE("two levels that ask for the same are refused at the second", "[json][tcb_info]") {
  for (const std::size_t first : {0U, 1U, 2U}) {
    for (const std::size_t at : {0U, 1U, 2U, 3U}) {
      document_json twice = sample_tcb_info();
      auto& levels = twice["tcbInfo"]["tcbLevels"];
      document_json copy = levels[first];
      copy["tcbStatus"] = "UpToDate";
      copy["tcbDate"] = "2024-01-01T00:00:00Z";
      levels.insert(levels.begin() + static_cast<std::ptrdiff_t>(at), copy);
      const std::size_t second = std::max(at, at <= first ? first + 1 : first);
      CHECK(refusal(twice.dump()) ==
            failure{errc::duplicate, offset_of(twice, value_path("/tcbInfo/tcbLevels") / second), part::tcb_info});
    }
  }
  check_refused(sample_tcb_info(), "/tcbInfo/tdxModuleIdentities/1/tcbLevels/2/tcb/isvsvn", "11", errc::duplicate,
                "/tcbInfo/tdxModuleIdentities/1/tcbLevels/2");
  for (const char* id : {"\"TDX_03\"", "\"TDX_0a\"", "\"TDX_0A\""}) {
    document_json twice = sample_tcb_info();
    auto& modules = twice["tcbInfo"]["tdxModuleIdentities"];
    modules.push_back(module_json("TDX_77", {1}));
    check_refused(twice, "/tcbInfo/tdxModuleIdentities/2/id", id, errc::duplicate, "/tcbInfo/tdxModuleIdentities/2");
  }
}

TEST_CASE("a value that TCB info cannot have is refused where it stands", "[json][tcb_info]") {
  const document_json good = sample_tcb_info();
  for (const char* version : {"0", "1", "2", "4"}) {
    check_refused(good, "/tcbInfo/version", version, errc::unsupported_version);
  }
  check_refused(good, "/tcbInfo/version", "-3", errc::bad_value);
  check_refused(good, "/tcbInfo/version", "3.0", errc::bad_value);
  check_refused(good, "/tcbInfo/tcbType", "1", errc::unsupported_format);
  for (const char* id : {"\"tdx\"", "\"TDX \"", "\"\"", "\"QE\""})
    check_refused(good, "/tcbInfo/id", id, errc::bad_value);
  for (const char* path :
       {"/tcbInfo/tcbLevels/0/tcb/sgxtcbcomponents/15/svn", "/tcbInfo/tcbLevels/2/tcb/tdxtcbcomponents/0/svn"}) {
    for (const char* svn : {"256", "65473", "4294967295", "-1", "1.5", "1.0", "1e1", "\"1\"", "null"}) {
      check_refused(good, path, svn, errc::bad_value);
    }
    CHECK(parsed(with_text(good, value_path(path), "255")));
  }
  for (const char* path :
       {"/tcbInfo/tcbLevels/1/tcb/pcesvn", "/tcbInfo/tdxModuleIdentities/0/tcbLevels/0/tcb/isvsvn"}) {
    for (const char* svn : {"65536", "-1", "1.5"}) check_refused(good, path, svn, errc::bad_value);
    CHECK(parsed(with_text(good, value_path(path), "65535")));
  }
  check_refused(good, "/tcbInfo/tcbEvaluationDataNumber", "4294967296", errc::bad_value);
  for (const char* id : {"\"TDX_3\"", "\"TDX_003\"", "\"tdx_03\"", "\"TDX_0g\"", "\"TDX03\"", "\"\"", "\"TDX_0x\""}) {
    check_refused(good, "/tcbInfo/tdxModuleIdentities/0/id", id, errc::bad_value);
  }
  for (const char* path : {"/tcbInfo/tcbLevels/1/tcbStatus", "/tcbInfo/tdxModuleIdentities/1/tcbLevels/1/tcbStatus"}) {
    for (const char* status : {"\"uptodate\"", "\"UpToDate \"", "\"\"", "\"TDRelaunchAdvised\"", "\"NotSupported\"",
                               "\"TDRelaunchAdvisedConfigurationNeeded\"", "0"}) {
      check_refused(good, path, status, errc::bad_value);
    }
    for (const tdx::tcb_status each : tdx::tcb_statuses) {
      if (!tdx::is_level_status(each)) continue;
      CHECK(parsed(with_text(good, value_path(path), "\"" + std::string(tdx::name(each)) + "\"")));
    }
  }
  for (const char* path : {"/tcbInfo/issueDate", "/tcbInfo/nextUpdate", "/tcbInfo/tcbLevels/2/tcbDate"}) {
    check_refused(good, path, "\"2025-05-14T00:00:00.0Z\"", errc::bad_encoding);
    check_refused(good, path, "\"2025-05-14T00:00:00\"", errc::truncated);
    check_refused(good, path, "\"2025-05-14T00:00:00ZZ\"", errc::trailing_data);
  }
  for (const char* path :
       {"/tcbInfo/fmspc", "/tcbInfo/pceId", "/tcbInfo/tdxModule/mrsigner", "/tcbInfo/tdxModule/attributesMask",
        "/tcbInfo/tdxModuleIdentities/1/attributes", "/signature"}) {
    const std::string text = good.at(value_path(path));
    check_refused(good, path, "\"" + text.substr(1) + "\"", errc::truncated);
    check_refused(good, path, "\"" + text + "0\"", errc::trailing_data);
    check_refused(good, path, "\"" + text.substr(1) + "g\"", errc::bad_encoding);
  }
}

TEST_CASE("a TCB level has sixteen components of each kind, and there is a level", "[json][tcb_info]") {
  const document_json good = sample_tcb_info();
  for (const char* path : {"/tcbInfo/tcbLevels/0/tcb/sgxtcbcomponents", "/tcbInfo/tcbLevels/2/tcb/tdxtcbcomponents"}) {
    for (const std::size_t count : {0U, 1U, 15U, 17U, 32U}) {
      document_json components = document_json::array();
      for (std::size_t i = 0; i < count; ++i) components.push_back({{"svn", 1}});
      check_refused(good, path, components.dump(), errc::bad_length);
    }
  }
  check_refused(good, "/tcbInfo/tcbLevels", "[]", errc::bad_length);
  check_refused(good, "/tcbInfo/tdxModuleIdentities/1/tcbLevels", "[]", errc::bad_length);
  CHECK(parsed(with_text(good, value_path("/tcbInfo/tdxModuleIdentities"), "[]")));
}

TEST_CASE("advisories and labels are words, and not too many", "[json][tcb_info]") {
  const document_json good = sample_tcb_info();
  const value_path path("/tcbInfo/tcbLevels/1/advisoryIDs");
  const document_json many = std::vector<std::string>(256, "INTEL-SA-00001");
  const auto document = parsed(with_text(good, path, many.dump()));
  REQUIRE(document);
  CHECK((*document)->levels[1].rating.advisories.size() == 256);
  check_refused(good, "/tcbInfo/tcbLevels/1/advisoryIDs", document_json(std::vector<std::string>(257, "A")).dump(),
                errc::bad_length);
  check_refused(good, "/tcbInfo/tcbLevels/1/advisoryIDs/0", "\"" + std::string(65, 'A') + "\"", errc::bad_length);
  check_refused(good, "/tcbInfo/tcbLevels/1/advisoryIDs/0", "\"INTEL\\u001b\"", errc::bad_value);
  check_refused(good, "/tcbInfo/tcbLevels/1/advisoryIDs/0", "79", errc::bad_value);
  check_refused(good, "/tcbInfo/tcbLevels/0/tcb/tdxtcbcomponents/0/type", "\"\\n\"", errc::bad_value);
  check_refused(good, "/tcbInfo/tcbLevels/0/tcb/tdxtcbcomponents/0/category", "7", errc::bad_value);
}

TEST_CASE("TCB info with any member removed, doubled or of another type is refused", "[json][tcb_info]") {
  // Labels of other levels than the first are not read.
  const std::vector<std::string> optional{"advisoryIDs", "tdxModuleIdentities", "category", "type"};
  for (const document_json& document : {sample_tcb_info(), sample_sgx_tcb_info()}) {
    check_members(document, "tcbInfo", optional, refusal,
                  [](std::string_view text) { return parsed(text).has_value(); });
  }
}

TEST_CASE("TCB info that ends early, goes too deep or is too long is refused", "[json][tcb_info]") {
  check_limits(sample_tcb_info(), "tcbInfo", refusal, [](std::string_view text) { return parsed(text).has_value(); });
}

TEST_CASE("recorded TCB info says what is known about it, and its text is what is signed", "[json][tcb_info]") {
  UNITEE_REQUIRE_EVIDENCE();
  const nlohmann::json manifest = evidence_manifest("tdx");
  std::size_t count = 0;
  for (const auto& set : manifest.at("collateral_sets")) {
    if (set.at("id") == "qvl-test-tdx") continue;
    CAPTURE(set.at("id").get<std::string>());
    const auto bytes = evidence_file("tdx/" + set.at("files").at("tcb_info").get<std::string>());
    const auto document = tdx::parse_tcb_info(bytes);
    REQUIRE(document);
    const tdx::tcb_info& info = **document;
    CHECK((info.id == tdx::tee_type::tdx) == (set.at("tee") == "TDX"));
    CHECK(info.issue_date == time(set.at("tcb_info").at(0).get<std::string>()));
    CHECK(info.next_update == time(set.at("tcb_info").at(1).get<std::string>()));
    CHECK(hex_of(info.fmspc.value) == set.at("fmspc"));
    CHECK(hex_of(info.pceid.value) == set.at("pce_id"));
    CHECK(info.tcb_evaluation_data_number == set.at("tcb_evaluation_data_number"));
    check_recorded(bytes, "tcbInfo", *document, set.at("files").at("tcb_info_issuer_chain"));
    ++count;
  }
  CHECK(count == 6);
}

TEST_CASE("recorded TCB info with SVNs above 255 is refused at the first of them", "[json][tcb_info]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto bytes = evidence_file("tdx/collateral/qvl-test-tdx/tcb_info.json");
  const std::string text(bytes.begin(), bytes.end());
  CHECK(refusal(text) == failure{errc::bad_value, text.find("65473"), part::tcb_info});
}

}  // namespace test_tcb_info
