// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/collateral_bundle.hpp>

#include <unitee/json/collateral.hpp>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/endorsements.hpp"
#include "support/intel_documents.hpp"

#include <cctype>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace test_collateral_bundle {

using namespace unitee;
using namespace unitee::test;

namespace {

failure refusal(std::string_view bundle) {
  endorsements to;
  const auto added = add_endorsements(to, bytes_of(bundle));
  CAPTURE(std::string(bundle));
  REQUIRE_FALSE(added);
  CHECK(size_of(to) == 0);
  CHECK(added.error().in == part::input);
  return added.error();
}

endorsements added_from(std::string_view bundle, std::size_t found) {
  endorsements out;
  const auto added = add_endorsements(out, bytes_of(bundle));
  CAPTURE(std::string(bundle.substr(0, 300)));
  REQUIRE(added);
  CHECK(*added == found);
  return out;
}

// camel is a name with its words joined: root_ca_crl is rootCaCrl.
std::string camel(std::string_view snake) {
  std::string out;
  for (std::size_t i = 0; i < snake.size(); ++i) {
    const bool joint = snake[i] == '_';
    if (joint) ++i;
    out += joint ? static_cast<char>(std::toupper(snake[i])) : snake[i];
  }
  return out;
}

document_json numbers(byte_view bytes) { return std::vector<int>(bytes.begin(), bytes.end()); }

// inner_of is the signed text in a delivered document, as it stands there.
std::string inner_of(const std::string& document) {
  return document.substr(document.find(":{") + 1, document.rfind(",\"signature\"") - document.find(":{") - 1);
}

// pieces is a set of collateral as text, by the names of bundles, and the same added one by one.
struct pieces {
  std::map<std::string, std::vector<std::uint8_t>> file;
  endorsements wanted;

  [[nodiscard]] std::string text(const std::string& name) const { return {file.at(name).begin(), file.at(name).end()}; }
  [[nodiscard]] std::string signature(const std::string& name) const {
    return nlohmann::json::parse(text(name)).at("signature");
  }
};

std::vector<pieces> recorded_sets() {
  std::vector<pieces> out;
  const nlohmann::json manifest = evidence_manifest("tdx");
  for (const auto& set : manifest.at("collateral_sets")) {
    if (set.at("id") == "qvl-test-tdx") continue;
    pieces& each = out.emplace_back();
    for (const auto& [name, path] : set.at("files").items()) {
      each.file[name] = evidence_file("tdx/" + path.get<std::string>());
      REQUIRE(add_endorsements(each.wanted, each.file[name]));
    }
  }
  return out;
}

using encoding = std::function<document_json(byte_view)>;

// bundle_of is chains as PEM and lists in some encoding, and nothing else yet.
document_json bundle_of(const pieces& of, const encoding& list) {
  document_json out;
  for (const auto& [name, bytes] : of.file) {
    if (name.ends_with("_chain")) out[name] = of.text(name);
    if (name.ends_with("_crl")) out[name] = list(bytes);
  }
  return out;
}

}  // namespace

TEST_CASE("a bundle with documents as strings is worth its files", "[json][collateral_bundle]") {
  UNITEE_REQUIRE_EVIDENCE();
  const std::vector<encoding> encodings{
      [](byte_view der) { return hex_of(der); }, [](byte_view der) { return base64_of(der); },
      [](byte_view der) { return pem_of("X509 CRL", der); },
      [](byte_view der) { return hex_of(der) + std::string(1, '\0'); }, [](byte_view der) { return numbers(der); }};
  for (const pieces& each : recorded_sets()) {
    for (const encoding& list : encodings) {
      document_json bundle = bundle_of(each, list);
      bundle["version"] = "3.1";
      bundle["major_version"] = 3;
      bundle["tee_type"] = 0x81;
      bundle["tcb_info"] = each.text("tcb_info");
      bundle["qe_identity"] = each.text("qe_identity");
      CHECK(same(added_from(bundle.dump(), 10), each.wanted));
      CHECK(same(added_from(bundle.dump(2), 10), each.wanted));
    }
  }
}

TEST_CASE("a bundle with signatures beside the signed objects is worth its files", "[json][collateral_bundle]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (const pieces& each : recorded_sets()) {
    document_json bundle = bundle_of(each, [](byte_view der) { return hex_of(der); });
    for (const std::string name : {"tcb_info", "qe_identity"}) {
      bundle[name] = inner_of(each.text(name));
      bundle[name + "_signature"] = each.signature(name);
    }
    const endorsements added = added_from(bundle.dump(), 10);
    CHECK(same(added, each.wanted));
    CHECK(added.tcb_infos()[0].issuers == certificates_in(each.file.at("tcb_info_issuer_chain")));
    CHECK(added.enclave_identities()[0].issuers == certificates_in(each.file.at("qe_identity_issuer_chain")));
    CHECK(each.wanted.tcb_infos()[0].issuers.empty());
    document_json absent = bundle;
    absent["pck_certificate_chain"] = nullptr;
    CHECK(same(added_from(absent.dump(1), 10), each.wanted));
    absent["pck_certificate_chain"] = each.text("pck_crl_issuer_chain");
    CHECK(same(added_from(absent.dump(), 12), each.wanted));

    document_json joined;
    for (const auto& [name, value] : bundle.items()) joined[camel(name)] = value;
    REQUIRE(joined.contains("qeIdentitySignature"));
    REQUIRE(joined.contains("rootCaCrl"));
    CHECK(same(added_from(joined.dump(), 10), each.wanted));

    for (const std::string name : {"tcb_info", "qe_identity"}) {
      bundle[name + "_signature"] = numbers(bytes_of_hex(each.signature(name)));
    }
    CHECK(same(added_from(bundle.dump(), 10), each.wanted));
  }
}

TEST_CASE("a document that is an object in a bundle keeps its exact text", "[json][collateral_bundle]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (const pieces& each : recorded_sets()) {
    const std::string rest = bundle_of(each, [](byte_view der) { return hex_of(der); }).dump().substr(1);
    const std::string info = each.text("tcb_info");
    const std::string identity = each.text("qe_identity");
    CHECK(same(added_from("{\"qe_identity\":" + identity + ",\n\"tcb_info\" : " + info + "," + rest, 10), each.wanted));
    const std::string inner = "{ \"tcbInfo\":" + inner_of(info) + ",\"tcbInfoSignature\":\"" +
                              each.signature("tcb_info") + "\",\"qeIdentity\":\t" + inner_of(identity) +
                              ",\"qeIdentitySignature\":\"" + each.signature("qe_identity") + "\"," + rest;
    CHECK(same(added_from(inner, 10), each.wanted));
    // Written again with spaces it is another text, which the signature does not cover.
    const endorsements other = added_from(document_json::parse(inner).dump(1), 10);
    CHECK_FALSE(same(other, each.wanted));
    CHECK(other.tcb_infos().size() == 1);
  }
}

TEST_CASE("a bundle may have any part of the collateral", "[json][collateral_bundle]") {
  const std::string info = sample_tcb_info().dump();
  const std::string quoted = document_json(info).dump();
  CHECK(added_from("{\"tcb_info\":" + quoted + "}", 1).tcb_infos().size() == 1);
  CHECK(added_from("{\"tcbInfo\":" + quoted + "}", 1).tcb_infos().size() == 1);
  CHECK(added_from("{\"tcb_info\":" + info + ",\"pck_crl\":\"\",\"root_ca_crl\":null}", 1).tcb_infos().size() == 1);
  CHECK(added_from("{\"tcb_info\":" + document_json(info + std::string(1, '\0')).dump() + "}", 1).tcb_infos().size() ==
        1);
  CHECK(added_from("{\"tcb_info\":" + numbers(bytes_of(info)).dump() + "}", 1).tcb_infos().size() == 1);
  CHECK(added_from("{\"qeIdentity\":" + sample_identity().dump() + "}", 1).enclave_identities().size() == 1);
  const std::string inner = sample_identity()["enclaveIdentity"].dump();
  const std::string signature = "\"qe_identity_signature\":\"" + signature_hex() + "\"";
  const endorsements from_inner = added_from("{" + signature + ",\"qe_identity\":" + inner + "}", 1);
  CHECK(from_inner.enclave_identities()[0].document ==
        *tdx::parse_enclave_identity(bytes_of(sample_identity().dump())));
  CHECK(size_of(added_from("{\"pck_crl\":\"\"}", 0)) == 0);
}

TEST_CASE("a bundle is refused at the value that is wrong, and nothing of it is added", "[json][collateral_bundle]") {
  const auto der = need(ec_plan().link[2].issue().der());
  const std::string start = "{\"root_ca_crl\":\"" + hex_of(der) + "\",";
  const std::size_t at = start.size();
  CHECK(refusal(start + "\"pck_crl\": \"text\"}") == failure{errc::unrecognized, at + 11});
  CHECK(refusal(start + "\"pck_crl\": \"3003020105\"}") == failure{errc::bad_encoding, at + 11});
  CHECK(refusal(start + "\"pck_crl\": 7}") == failure{errc::bad_value, at + 11});
  CHECK(refusal(start + "\"pck_crl\": {}}") == failure{errc::bad_value, at + 11});
  CHECK(refusal(start + "\"pck_crl\": [48,256]}") == failure{errc::bad_value, at + 15});
  CHECK(refusal(start + "\"pck_crl\": [48,\"\"]}") == failure{errc::bad_value, at + 15});
  CHECK(refusal(start + "\"rootCaCrl\":\"\"}") == failure{errc::duplicate, at + 12});
  CHECK(refusal("{\"rootCaCrl\":\"\"," + start.substr(1) + "\"x\":0}") == failure{errc::duplicate, 30});
  CHECK(refusal(start + "\"root_ca_crl\":\"\"}") == failure{errc::duplicate, at});
  CHECK(refusal(start + "\"tcb_info\":true}") == failure{errc::bad_value, at + 11});
  CHECK(refusal(start + "\"tcb_info\":\"text\"}") == failure{errc::bad_encoding, at + 11});
  CHECK(refusal(start + "\"tcb_info\":\"{}\"}") == failure{errc::missing, at + 11});
  CHECK(refusal(start + "\"tcb_info\":{},\"tcb_info_signature\":null}") == failure{errc::missing, at + 11});
  CHECK(refusal(start + "\"tcb_info\":\"{}\",\"tcb_info_signature\":\"00\"}") == failure{errc::truncated, at + 37});
  CHECK(refusal(start + "\"tcb_info\":\"{}\",\"tcb_info_signature\":[0]}") == failure{errc::truncated, at + 37});
  CHECK(refusal(start + "\"tcb_info\":\"{}\",\"tcb_info_signature\":false}") == failure{errc::bad_value, at + 37});
  CHECK(refusal(start + "\"tcb_info\":\"{}\",\"tcb_info_signature\":\"\",\"tcbInfoSignature\":\"\"}") ==
        failure{errc::duplicate, at + 59});
  const std::string signature = ",\"tcb_info_signature\":\"" + signature_hex() + "\"}";
  CHECK(refusal(start + "\"tcb_info\":\"{}\"" + signature) == failure{errc::missing, at + 11});
  CHECK(refusal(start + "\"tcb_info\":\"[]\"" + signature) == failure{errc::bad_value, at + 11});

  // A chain is not there, or there is a certificate in it.
  const auto list = need(ec_plan().link[2].list({}, time("2024-01-01T00:00:00Z"), time("2026-01-01T00:00:00Z")).der());
  const std::string text = ":\"" + hex_of(list) + "\"}";
  const std::string key = ":\"-----BEGIN PUBLIC KEY-----\\nMAA=\\n-----END PUBLIC KEY-----\\n\"}";
  for (const std::string name : {"pck_certificate_chain", "pck_crl_issuer_chain", "tcb_info_issuer_chain",
                                 "qe_identity_issuer_chain", "pckCrlIssuerChain"}) {
    const failure here{errc::unrecognized, at + name.size() + 3};
    CHECK(refusal(start + "\"" + name + "\"" + text) == here);
    CHECK(refusal(start + "\"" + name + "\"" + key) == here);
    added_from(start + "\"" + name + "\":\"\"}", 1);
  }
  CHECK(added_from(start + "\"pck_crl\"" + text, 2).crls().size() == 1);

  // In an object it is the value itself, in a string it is the string.
  const document_json spoiled =
      document_json::parse(with_text(sample_identity(), value_path("/enclaveIdentity/version"), "9"));
  const std::size_t inside = offset_of(sample_identity(), value_path("/enclaveIdentity/version"));
  CHECK(refusal(start + "\"qe_identity\":" + spoiled.dump() + "}") ==
        failure{errc::unsupported_version, at + 14 + inside});
  CHECK(refusal(start + "\"qe_identity\":" + document_json(spoiled.dump()).dump() + "}") ==
        failure{errc::unsupported_version, at + 14});
}

}  // namespace test_collateral_bundle
