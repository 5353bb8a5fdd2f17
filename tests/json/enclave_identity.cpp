// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/enclave_identity.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/intel_documents.hpp"
#include "support/intel_properties.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace test_enclave_identity {

using namespace unitee;
using namespace unitee::test;

namespace {

result<tdx::enclave_identity_document> parsed(std::string_view text) {
  return tdx::parse_enclave_identity(bytes_of(text));
}

failure refusal(std::string_view text) {
  const auto answer = parsed(text);
  CAPTURE(std::string(text));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().in == part::qe_identity);
  return answer.error();
}

// check_refused replaces one member of the identity and compares the failure, which is at that value.
void check_refused(const std::string& member, std::string_view text, errc code) {
  CAPTURE(member, std::string(text));
  const value_path path("/enclaveIdentity/" + member);
  const document_json good = sample_identity();
  CHECK(refusal(with_text(good, path, text)) == failure{code, offset_of(good, path), part::qe_identity});
}

}  // namespace

TEST_CASE("an enclave identity says what its document says", "[json][enclave_identity]") {
  const auto document = parsed(sample_identity().dump());
  REQUIRE(document);
  const tdx::enclave_identity& identity = **document;
  CHECK(identity.id == tdx::enclave_kind::td_qe);
  CHECK(identity.issue_date == time("2025-06-19T10:32:27Z"));
  CHECK(identity.next_update == time("2025-07-19T10:32:27Z"));
  CHECK(identity.tcb_evaluation_data_number == 17);
  CHECK(hex_of(identity.miscselect.value) == "13373b09");
  CHECK(hex_of(identity.miscselect_mask.value) == "fffffffe");
  CHECK(hex_of(identity.attributes.value) == "11000000000000000000000000000007");
  CHECK(hex_of(identity.attributes_mask.value) == "fbffffffffffffff0000000000000008");
  CHECK(identity.mrsigner.value[31] == 0xC5);
  CHECK(identity.isvprodid == 2);
  REQUIRE(identity.levels.size() == 3);
  CHECK(identity.levels[0].isvsvn == 4);
  CHECK(identity.levels[0].rating.status == tdx::tcb_status::up_to_date);
  CHECK(identity.levels[2].isvsvn == 1);
  CHECK(identity.levels[2].rating.status == tdx::tcb_status::out_of_date);
  CHECK(identity.levels[2].rating.advisories.size() == 2);
  CHECK(hex_of(document->signature().value) == signature_hex());
  for (const auto kind : {tdx::enclave_kind::td_qe, tdx::enclave_kind::qe, tdx::enclave_kind::qve}) {
    const std::string id = "\"" + std::string(tdx::name(kind)) + "\"";
    const auto other = parsed(with_text(sample_identity(), value_path("/enclaveIdentity/id"), id));
    REQUIRE(other);
    CHECK((*other)->id == kind);
  }
}

TEST_CASE("the levels of an identity come out in descending order, and no two are equal", "[json][enclave_identity]") {
  document_json shuffled = sample_identity();
  auto& levels = shuffled["enclaveIdentity"]["tcbLevels"];
  std::swap(levels[0], levels[2]);
  const auto document = parsed(shuffled.dump());
  REQUIRE(document);
  CHECK((*document)->levels[0].isvsvn == 4);
  CHECK((*document)->levels[1].isvsvn == 2);
  CHECK((*document)->levels[2].isvsvn == 1);
  levels[2]["tcb"]["isvsvn"] = 1;
  CHECK(refusal(shuffled.dump()) ==
        failure{errc::duplicate, offset_of(shuffled, value_path("/enclaveIdentity/tcbLevels/2")), part::qe_identity});
}

TEST_CASE("a value that an identity cannot have is refused where it stands", "[json][enclave_identity]") {
  for (const char* version : {"0", "1", "3"}) check_refused("version", version, errc::unsupported_version);
  check_refused("version", "2.0", errc::bad_value);
  for (const char* id : {"\"td_qe\"", "\"TDQE\"", "\"\""}) check_refused("id", id, errc::bad_value);
  for (const char* number : {"65536", "-1", "1.5"}) {
    check_refused("isvprodid", number, errc::bad_value);
    check_refused("tcbLevels/1/tcb/isvsvn", number, errc::bad_value);
  }
  check_refused("tcbLevels/0/tcbStatus", "\"Fine\"", errc::bad_value);
  check_refused("tcbLevels/0/tcbStatus", "\"TDRelaunchAdvised\"", errc::bad_value);
  check_refused("tcbLevels", "[]", errc::bad_length);
  check_refused("tcbLevels/2/advisoryIDs/1", "\"\\u0007\"", errc::bad_value);
  check_refused("nextUpdate", "\"2025-07-19\"", errc::truncated);
  for (const char* member : {"miscselect", "miscselectMask", "attributes", "attributesMask", "mrsigner"}) {
    const std::string text = sample_identity()["enclaveIdentity"][member];
    check_refused(member, "\"" + text.substr(1) + "\"", errc::truncated);
    check_refused(member, "\"" + text + "00\"", errc::trailing_data);
    check_refused(member, "\"" + text.substr(1) + "-\"", errc::bad_encoding);
  }
}

TEST_CASE("an identity with any member removed, doubled or of another type is refused", "[json][enclave_identity]") {
  check_members(sample_identity(), "enclaveIdentity", {"advisoryIDs"}, refusal,
                [](std::string_view text) { return parsed(text).has_value(); });
}

TEST_CASE("an identity that ends early, goes too deep or is too long is refused", "[json][enclave_identity]") {
  check_limits(sample_identity(), "enclaveIdentity", refusal,
               [](std::string_view text) { return parsed(text).has_value(); });
}

TEST_CASE("a recorded identity says what is known about it, and its text is what is signed",
          "[json][enclave_identity]") {
  UNITEE_REQUIRE_EVIDENCE();
  const nlohmann::json manifest = evidence_manifest("tdx");
  std::size_t count = 0;
  for (const auto& set : manifest.at("collateral_sets")) {
    CAPTURE(set.at("id").get<std::string>());
    const auto bytes = evidence_file("tdx/" + set.at("files").at("qe_identity").get<std::string>());
    const auto document = tdx::parse_enclave_identity(bytes);
    REQUIRE(document);
    const tdx::enclave_identity& identity = **document;
    CHECK(identity.id == (set.at("tee") == "TDX" ? tdx::enclave_kind::td_qe : tdx::enclave_kind::qe));
    CHECK(identity.issue_date == time(set.at("qe_identity").at(0).get<std::string>()));
    CHECK(identity.next_update == time(set.at("qe_identity").at(1).get<std::string>()));
    CHECK(identity.tcb_evaluation_data_number == set.at("qe_identity_tcb_evaluation_data_number"));
    check_recorded(bytes, "enclaveIdentity", *document, set.at("files").at("qe_identity_issuer_chain"));
    ++count;
  }
  CHECK(count == 7);
}

}  // namespace test_enclave_identity
