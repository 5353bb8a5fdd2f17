// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/collateral.hpp>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/endorsements.hpp"
#include "support/intel_documents.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace test_collateral {

using namespace unitee;
using namespace unitee::test;

namespace {

failure refusal(std::string_view bytes) {
  endorsements to;
  const auto added = add_endorsements(to, bytes_of(bytes));
  CAPTURE(std::string(bytes));
  REQUIRE_FALSE(added);
  CHECK(size_of(to) == 0);
  return added.error();
}

}  // namespace

TEST_CASE("a document of the service is added once", "[json][collateral]") {
  endorsements all;
  for (const document_json& document : {sample_tcb_info(), sample_sgx_tcb_info(), sample_identity()}) {
    for (const std::string& text : {document.dump(), "\r\n " + document.dump() + "\n"}) {
      const auto added = add_endorsements(all, bytes_of(text));
      REQUIRE(added);
      CHECK(*added == 1);
    }
  }
  CHECK(all.tcb_infos().size() == 2);
  CHECK(all.enclave_identities().size() == 1);
  CHECK(size_of(all) == 3);
  CHECK(all.tcb_infos()[0].document == *tdx::parse_tcb_info(bytes_of(sample_tcb_info().dump())));
  CHECK(all.enclave_identities()[0].document == *tdx::parse_enclave_identity(bytes_of(sample_identity().dump())));
}

TEST_CASE("a document that cannot be read is refused as its own parser does", "[json][collateral]") {
  for (const char* path : {"/tcbInfo/version", "/tcbInfo/tcbLevels/1/tcb/pcesvn", "/signature", "/tcbInfo"}) {
    const std::string text = with_text(sample_tcb_info(), value_path(path), "-1");
    CHECK(refusal(text) == tdx::parse_tcb_info(bytes_of(text)).error());
  }
  const std::string info = sample_tcb_info().dump();
  const std::string identity = sample_identity().dump();
  for (std::size_t size = 20; size < info.size(); size += 101) {
    CHECK(refusal(info.substr(0, size)) == failure{errc::bad_encoding, size, part::tcb_info});
  }
  for (std::size_t size = 20; size < identity.size(); size += 101) {
    CHECK(refusal(identity.substr(0, size)) == failure{errc::bad_encoding, size, part::qe_identity});
  }
  const std::string twice = with_text(sample_identity(), value_path("/enclaveIdentity/version"), "2,\"version\":2");
  CHECK(refusal(twice) == tdx::parse_enclave_identity(bytes_of(twice)).error());
  CHECK(refusal("{\"tcbInfo\":{}}") == failure{errc::missing, 0, part::tcb_info});
  CHECK(refusal("{\"enclaveIdentity\":7,\"signature\":\"\"}") == failure{errc::bad_value, 19, part::qe_identity});
  CHECK(refusal("{\"signature\":\"") == failure{errc::bad_encoding, 14, part::input});
}

TEST_CASE("bytes that are nothing known are not recognised", "[json][collateral]") {
  for (const std::string_view text :
       {"", "{}", "{\"signature\":\"00\"}", "{\"a\":{\"tcbInfo\":1}}", "[]", "null", "7", "text"}) {
    CHECK(refusal(text) == failure{errc::unrecognized});
  }
  CHECK(refusal("{").code == errc::bad_encoding);
  CHECK(refusal("{ \"a\" : 1, }").code == errc::bad_encoding);
}

TEST_CASE("every recorded file of collateral is added as what it is", "[json][collateral]") {
  UNITEE_REQUIRE_EVIDENCE();
  const nlohmann::json manifest = evidence_manifest("tdx");
  for (const auto& set : manifest.at("collateral_sets")) {
    CAPTURE(set.at("id").get<std::string>());
    endorsements all;
    std::size_t found = 0;
    for (const auto& [name, file] : set.at("files").items()) {
      const auto added = add_endorsements(all, evidence_file("tdx/" + file.get<std::string>()));
      if (set.at("id") == "qvl-test-tdx" && name == "tcb_info") {
        CHECK_FALSE(added);
        continue;
      }
      REQUIRE(added);
      CHECK(*added == (name.ends_with("issuer_chain") ? 2 : 1));
      found += *added;
    }
    CHECK(found == (set.at("id") == "qvl-test-tdx" ? 9 : 10));
    CHECK(all.certificates().size() == 3);
    CHECK(all.crls().size() == 2);
    CHECK(all.enclave_identities().size() == 1);
    const std::size_t before = size_of(all);
    for (const auto& [name, file] : set.at("files").items()) {
      (void)add_endorsements(all, evidence_file("tdx/" + file.get<std::string>()));
    }
    CHECK(size_of(all) == before);
  }
}

TEST_CASE("a recorded header and a recorded list in PEM are added", "[json][collateral]") {
  UNITEE_REQUIRE_EVIDENCE();
  endorsements header;
  endorsements pem;
  const auto chain = evidence_file("tdx/collateral/extra/tcb_info_issuer_chain_2023.header.txt");
  REQUIRE(add_endorsements(header, chain));
  REQUIRE(add_endorsements(pem, evidence_file("tdx/collateral/50806f-2023-06/tcb_info_issuer_chain.pem")));
  CHECK(header.certificates().size() == 2);
  CHECK(same(header, pem));
  endorsements named;
  REQUIRE(add_endorsements(named, bytes_of("TCB-Info-Issuer-Chain: " + std::string(chain.begin(), chain.end()))));
  CHECK(same(named, pem));
  endorsements list;
  endorsements der;
  REQUIRE(add_endorsements(list, evidence_file("tdx/collateral/extra/pck_crl_platform_2026-03.pem")));
  REQUIRE(add_endorsements(der, evidence_file("tdx/collateral/90c06f-2026-03/pck_crl.der")));
  CHECK(same(list, der));
}

TEST_CASE("an answer of the service counts with the chain in its header, and is added whole or not at all",
          "[json][collateral]") {
  UNITEE_REQUIRE_EVIDENCE();
  const std::string set = "tdx/collateral/b0c06f-2025-06/";
  const auto chain = evidence_file(set + "tcb_info_issuer_chain.pem");
  const std::string header = percent_of(std::string(chain.begin(), chain.end()));
  for (const char* document : {"tcb_info.json", "qe_identity.json"}) {
    endorsements to;
    const auto added = add_answer(to, evidence_file(set + document), bytes_of(header));
    REQUIRE(added);
    CHECK(*added == 3);
    const auto& issuers =
        to.tcb_infos().empty() ? to.enclave_identities().front().issuers : to.tcb_infos().front().issuers;
    CHECK(issuers == to.certificates());
    CHECK(issuers.size() == 2);
  }
  endorsements to;
  CHECK(add_answer(to, bytes_of("{}"), chain).error() == failure{errc::unrecognized});
  CHECK(size_of(to) == 0);
}

TEST_CASE("an answer of the service whose chain has no certificate is refused, and not as one without a chain",
          "[json][collateral]") {
  const std::string info = sample_tcb_info().dump();
  const std::string list = pem_of(
      "X509 CRL", need(ec_plan().link[2].list({}, time("2024-01-01T00:00:00Z"), time("2026-01-01T00:00:00Z")).der()));
  const std::string cut = pem_of("CERTIFICATE", need(ec_plan().link[2].issue().der())).substr(0, 400);
  const failure not_a_chain{errc::unrecognized, 0, part::certificate};
  for (const std::string& chain :
       {std::string(), std::string("none"), pem_of("TRUSTED CERTIFICATE", std::vector<std::uint8_t>(8)),
        percent_of(pem_of("PUBLIC KEY", std::vector<std::uint8_t>(8))), list, "#" + cut}) {
    CAPTURE(chain);
    endorsements to;
    CHECK(add_answer(to, bytes_of(info), bytes_of(chain)).error() == not_a_chain);
    CHECK(size_of(to) == 0);
  }
  endorsements to;
  CHECK(add_answer(to, bytes_of(info), bytes_of(cut)).error() == failure{errc::truncated, cut.size()});
  CHECK(size_of(to) == 0);
  CHECK(add_endorsements(to, bytes_of(info)));  // who has no chain says so
  CHECK(to.tcb_infos().front().issuers.empty());
}

}  // namespace test_collateral
