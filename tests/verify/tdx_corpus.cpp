// SPDX-License-Identifier: Apache-2.0
//
// tests/verify/tdx_corpus.cpp: the recorded quotes and collateral before the verifier.
#include <unitee/verify/tdx.hpp>

#include "support/quote_parts.hpp"
#include "support/tdx_evidence.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace test_tdx_corpus {

using namespace unitee;
using namespace unitee::test;
using nlohmann::json;

namespace {

failure in_quote(errc code, std::uint64_t offset) { return {code, offset, part::quote}; }

std::size_t offset_in(const tdx::quote& q, byte_view of) {
  return static_cast<std::size_t>(of.data() - q.bytes().data());
}

// check_match compares the levels that one set of SVNs came to.
void check_match(const tdx::claims& claims, const json& expected) {
  const tdx::tcb_match& match = claims.tcb.launch;
  if (expected.contains("why")) {
    CHECK(expected.at("why") == "no TCB level");
    CHECK(match.gap == tdx::tcb_gap::platform);
    CHECK(match.platform == nullptr);
    return;
  }
  CHECK(match.gap == tdx::tcb_gap::none);
  REQUIRE(match.platform != nullptr);
  CHECK(name(match.platform->rating.status) == expected.at("level_status").get<std::string>());
  CHECK(match.platform->rating.date == time(expected.at("level_date").get<std::string>()));
  const auto index = match.platform - claims.collateral.tcb_info()->levels.data();
  CHECK(index == expected.at("level_index").get<std::ptrdiff_t>());
  CHECK((match.identity != nullptr) == expected.contains("module_id"));
  if (match.identity != nullptr) {
    const std::array major{match.identity->major};
    CHECK("TDX_" + hex_of(major) == expected.at("module_id").get<std::string>());
    REQUIRE(match.module_level != nullptr);
    CHECK(match.module_level->isvsvn == expected.at("module_isvsvn").get<unsigned>());
    CHECK(name(match.module_level->rating.status) == expected.at("module_status").get<std::string>());
  }
  REQUIRE(match.enclave != nullptr);
  CHECK(name(match.enclave->rating.status) == expected.at("qe_status").get<std::string>());
  CHECK(claims.tcb.date() == time(expected.at("tcb_date").get<std::string>()));
  json advisories = json::array();
  for (const std::string_view each : claims.tcb.advisories()) advisories.push_back(each);
  CHECK(advisories == expected.at("advisory_ids"));
}

void check_evaluation(const tdx::claims& claims, const json& expected) {
  CHECK(name(claims.tcb.status) == expected.at("tcb_status").get<std::string>());
  CHECK_FALSE(expected.at("revoked").get<bool>());
  check_match(claims, expected);
  if (expected.contains("launch_status")) {
    CHECK(name(claims.tcb.launch.status) == expected.at("launch_status").get<std::string>());
  }
  if (expected.contains("current_status")) {
    REQUIRE(claims.tcb.current);
    CHECK(name(claims.tcb.current->status) == expected.at("current_status").get<std::string>());
  }
  CHECK_FALSE(claims.collateral_is_stale());
  CHECK(claims.collateral.anchor() == anchor_origin::pinned);
}

void check_pck(const tdx::pck_extension& said, const json& expected) {
  CHECK(hex_of(said.ppid.value) == expected.at("ppid").get<std::string>());
  CHECK(hex_of(said.pceid.value) == expected.at("pceid").get<std::string>());
  CHECK(hex_of(said.fmspc.value) == expected.at("fmspc").get<std::string>());
  CHECK(hex_of(said.cpusvn.value) == expected.at("cpusvn").get<std::string>());
  CHECK(static_cast<unsigned>(said.sgx_type) == expected.at("sgx_type").get<unsigned>());
  CHECK(said.pcesvn == expected.at("pcesvn").get<unsigned>());
  CHECK(json(said.tcb_components) == expected.at("comps"));
  const bool platform = expected.contains("platform_instance_id");
  CHECK(said.platform_instance_id.has_value() == platform);
  CHECK(said.configuration.has_value() == platform);
  if (!platform || !said.platform_instance_id || !said.configuration) return;
  CHECK(hex_of(said.platform_instance_id->value) == expected.at("platform_instance_id").get<std::string>());
  CHECK(said.configuration->dynamic_platform == expected.at("dynamic_platform").get<bool>());
  CHECK(said.configuration->cached_keys == expected.at("cached_keys").get<bool>());
  CHECK(said.configuration->smt_enabled == expected.at("smt_enabled").get<bool>());
}

void check_pck_certificate(const tdx::pck_chain& chain, const json& expected) {
  check_pck(chain.pck.extension(), expected);
  const certificate& cert = chain.pck.cert();
  CHECK(need(chain.intermediate.subject_common_name()) == expected.at("issuer_cn").get<std::string>());
  CHECK(hex_of(cert.serial()) == expected.at("serial").get<std::string>());
  CHECK(need(cert.not_before()) == time(expected.at("not_before").get<std::string>()));
  CHECK(need(cert.not_after()) == time(expected.at("not_after").get<std::string>()));
}

// meaning is what the first failure of a changed quote is called by the library, by what the manifest calls it. Where
// `parses` is false, quote::parse refuses; tests/tdx/evidence.cpp knows at which offset.
struct meaning {
  bool parses = true;
  std::optional<errc> code = {};
  byte_view (*where)(const tdx::quote&) = nullptr;
};

byte_view at_signature(const tdx::quote& q) { return q.signature(); }
byte_view at_qe_signature(const tdx::quote& q) { return q.qe_report_signature(); }
byte_view at_binding(const tdx::quote& q) {
  return q.qe_report().bytes().subspan<tdx::enclave_row::reportdata::offset, 64>();
}

const std::map<std::string, meaning> meanings{
    {"quote-signature", {true, errc::signature_invalid, at_signature}},
    // An attestation key is imported only after the QE report was found to name it, and this one names another.
    {"attestation-key", {true, errc::binding_mismatch, at_binding}},
    {"qe-report-signature", {true, errc::signature_invalid, at_qe_signature}},
    {"qe-report-data+qe-report-signature", {true, errc::signature_invalid, at_qe_signature}},
    {"qe-report-data", {true, errc::binding_mismatch, at_binding}},
    {"pck-chain (or certificate parse)", {true, {}, nullptr}},
    {"valid", {true, {}, nullptr}},
    {"parse", {false}},
    {"version", {false}},
    {"tee-type", {false}},
    {"attestation-key-type", {false}},
    {"certification-data-type", {false}},
    {"vendor-id+quote-signature", {false}},
};

// out_of_range is the mutations whose r is zero, which needs no curve to be refused.
bool out_of_range(const std::string& id) { return id == "v4-signature-zero" || id == "v4-signature-r-zero"; }

using text = std::string;
text text_of(const collateral_files& files, const char* role) {
  const auto& bytes = files.at(role);
  return {bytes.begin(), bytes.end()};
}
void put(collateral_files& files, const char* role, const text& to) { files[role].assign(to.begin(), to.end()); }

// replaced replaces the first occurrence.
text replaced(text in, const text& what, const text& by) {
  const std::size_t at = in.find(what);
  if (at == text::npos) throw std::runtime_error("not there: " + what);
  return in.replace(at, what.size(), by);
}

// inner is where the signed object of TCB info begins and ends.
text with_inner(const collateral_files& files, const std::function<text(const text&)>& change) {
  const text whole = text_of(files, "tcb_info");
  const std::size_t from = whole.find('{', 1);
  const std::size_t until = whole.rfind('}', whole.rfind("\"signature\"")) + 1;
  return whole.substr(0, from) + change(whole.substr(from, until - from)) + whole.substr(until);
}

// spaced puts a space after every colon and comma that is not in a string.
text spaced(const text& compact) {
  text out;
  bool quoted = false;
  for (const char c : compact) {
    quoted ^= c == '"';
    out += c;
    if (!quoted && (c == ':' || c == ',')) out += ' ';
  }
  return out;
}

text signature_in(const text& document) {
  const std::size_t at = document.find("\"signature\":\"") + 13;
  return document.substr(at, 128);
}

// negative is one of collateral_negatives: how to make it, and why it is refused; not at all when `why` is empty.
struct negative {
  std::optional<failure> why;
  std::function<void(collateral_files&)> change = {};
};

// take copies files of another set.
std::function<void(collateral_files&)> take(const char* set, std::vector<const char*> roles) {
  return [=](collateral_files& files) {
    const auto others = recorded_collateral(set);
    for (const char* role : roles) files[role] = others.at(role);
  };
}

const std::map<std::string, negative> negatives{
    {"tcb-info-status-edited",
     {failure{errc::signature_invalid, 0, part::tcb_info},
      [](auto& f) { put(f, "tcb_info", replaced(text_of(f, "tcb_info"), "\"OutOfDate\"", "\"UpToDate\"")); }}},
    {"tcb-info-respaced",
     {failure{errc::signature_invalid, 0, part::tcb_info}, [](auto& f) { put(f, "tcb_info", with_inner(f, spaced)); }}},
    {"tcb-info-key-order",
     {failure{errc::signature_invalid, 0, part::tcb_info},
      [](auto& f) { put(f, "tcb_info", with_inner(f, [](const text& in) { return json::parse(in).dump(); })); }}},
    {"tcb-info-compact-same-order",
     {std::nullopt,
      [](auto& f) {
        put(f, "tcb_info", with_inner(f, [](const text& in) { return nlohmann::ordered_json::parse(in).dump(); }));
      }}},
    {"outer-whitespace",
     {std::nullopt,
      [](auto& f) {
        text whole = replaced(text_of(f, "tcb_info"), "{\"tcbInfo\":{", " \n{\t\"tcbInfo\" : \r\n {");
        put(f, "tcb_info", replaced(whole, ",\"signature\":", " ,\n\"signature\"  :\n") + "\n \n");
      }}},
    {"qe-identity-edited",
     {failure{errc::signature_invalid, 0, part::qe_identity},
      [](auto& f) { put(f, "qe_identity", replaced(text_of(f, "qe_identity"), "\"isvsvn\":4", "\"isvsvn\":3")); }}},
    {"signatures-swapped",
     {failure{errc::signature_invalid, 0, part::tcb_info},
      [](auto& f) {
        const text info = text_of(f, "tcb_info");
        const text identity = text_of(f, "qe_identity");
        put(f, "tcb_info", replaced(info, signature_in(info), signature_in(identity)));
        put(f, "qe_identity", replaced(identity, signature_in(identity), signature_in(info)));
      }}},
    {"signature-short",
     {failure{errc::truncated, 2958, part::tcb_info},
      [](auto& f) {
        const text info = text_of(f, "tcb_info");
        put(f, "tcb_info", replaced(info, signature_in(info), signature_in(info).substr(0, 127)));
      }}},
    {"sgx-collateral-for-td", {failure{errc::product_mismatch, 0, part::tcb_info}}},
    {"other-fmspc", {failure{errc::platform_mismatch, 0, part::tcb_info}}},
    {"td-collateral-for-sgx", {failure{errc::product_mismatch, 0, part::tcb_info}}},
    {"qe-identity-of-sgx",
     {failure{errc::product_mismatch, 0, part::qe_identity}, take("sgx-00a067-2025-06", {"qe_identity"})}},
    {"wrong-pck-crl",
     {failure{errc::issuer_mismatch, 0, part::pck_crl},
      take("sgx-00a067-2025-06", {"pck_crl", "pck_crl_issuer_chain"})}},
    {"pck-crl-bit", {failure{errc::signature_invalid, 0, part::pck_crl}, [](auto& f) { f.at("pck_crl").back() ^= 1; }}},
    {"root-crl-missing", {failure{errc::missing, 0, part::root_crl}, [](auto& f) { f.erase("root_ca_crl"); }}},
    {"tcb-chain-replaced",
     {failure{errc::name_mismatch, 0, part::tcb_signing},
      [](auto& f) { f["tcb_info_issuer_chain"] = f.at("pck_crl_issuer_chain"); }}},
    {"tcb-info-expired", {failure{errc::expired, 0, part::tcb_info}}},
    {"collateral-not-yet-issued", {failure{errc::not_yet_valid, 0, part::tcb_info}}},
    {"pck-not-yet-valid", {failure{errc::not_yet_valid, 0, part::pck}}},
    {"root-crl-expired", {failure{errc::expired, 0, part::root_crl}}},
    {"boundary-next-update", {std::nullopt}},
    {"boundary-next-update-plus-1", {failure{errc::expired, 0, part::pck_crl}}},
    // The document of this set does not parse, and nobody asks for it under a root that nobody trusts.
    {"intel-root-with-test-quote",
     {failure{errc::untrusted_root, 0, part::root}, [](auto& f) { f.erase("tcb_info"); }}},
    {"test-root-with-intel-quote", {failure{errc::untrusted_root, 0, part::root}}},
};

trust_anchors only_test_root() {
  trust_anchors out;
  out.add(recorded_root("qvl_test_root_tdx.pem"));
  out.distrust_pinned();
  return out;
}

}  // namespace

TEST_CASE("every recorded quote has the verdict of the manifest, at every time that it gives", "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t evaluations = 0;
  for (const auto& entry : tdx_manifest().at("cases")) {
    if (entry.at("kind") != "quote") continue;
    const std::string id = entry.at("id");
    CAPTURE(id);
    CHECK(entry.at("expected").at("quote_crypto") == "valid");
    for (std::size_t i = 0; i < entry.at("evaluations").size(); ++i) {
      CAPTURE(i);
      const tdx_sample sample = recorded_tdx(id, i);
      const auto genuine = sample.judged();
      REQUIRE(genuine);
      const tdx::claims& claims = **genuine;
      check_evaluation(claims, entry.at("evaluations").at(i));
      check_pck(claims.pck, entry.at("pck"));
      check_pck_certificate(sample.chain(), entry.at("pck"));
      CHECK(equal(claims.quote.signed_bytes(), sample.quote().signed_bytes()));
      CHECK(claims.quote.rest().count == entry.at("fields").at("trailing_bytes").get<std::size_t>());
      CHECK(claims.quote.rest().all_zero == entry.at("fields").at("trailing_all_zero").get<bool>());
      CHECK(claims.at == sample.at);
      ++evaluations;

      // The older procedure agrees about all of them, and so do the same files with each document's own issuers.
      const auto older = tdx::verify(sample.quote(), sample.given(), sample.at, {}, {0, tdx::tcb_procedure::qvl_2024});
      CHECK(need(older)->tcb.status == claims.tcb.status);
      const auto delivered = tdx::verify(sample.quote(), need(add_delivered(sample.collateral)), sample.at);
      CHECK(need(delivered)->tcb.status == claims.tcb.status);
    }
  }
  CHECK(evaluations == 11);
}

TEST_CASE("Intel's test quote is genuine under Intel's test root alone, and its TCB info is not read",
          "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto& entry = tdx_case("qvl-test-root");
  const auto bytes = recorded_quote_of(entry);
  const auto quote = need(tdx::quote::parse(bytes));
  const auto at = time(entry.at("verify_at").get<std::string>());
  auto files = recorded_collateral(entry.at("collateral").get<std::string>());

  // Certificates are DER here, the root first.
  const auto chain = need(tdx::pck_chains(quote.certification_data(), {}, {})).at(0);
  check_pck_certificate(chain, entry.at("pck"));
  CHECK(refusal(tdx::verify_pck_chain(chain, at, {})) == failure{errc::untrusted_root, 0, part::root});
  CHECK(tdx::verify_pck_chain(chain, at, only_test_root()));
  CHECK(tdx::check_qe_report(quote, chain.pck.key()));
  CHECK(tdx::check_quote_signature(quote, chain.pck.key()));

  // SVNs above 255 are no SVNs.
  endorsements info;
  const auto added = add_endorsements(info, files.at("tcb_info"));
  REQUIRE(!added);
  CHECK(added.error().code == errc::bad_value);
  CHECK(added.error().in == part::tcb_info);
  files.erase("tcb_info");
  CHECK(refusal(tdx::verify(quote, need(add_all(files)), at, only_test_root())) ==
        failure{errc::missing, 0, part::tcb_info});

  // Nor would its quoting enclave be the one of its identity.
  const auto identity = need(add_all(files)).enclave_identities().at(0).document;
  CHECK(refusal(tdx::check_qe_identity(quote, *identity)).value().code == errc::enclave_mismatch);
}

TEST_CASE("every recorded change of a quote has the verdict that its first failure means", "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::map<std::string, tdx_sample> samples;
  std::size_t valid = 0;
  std::size_t refused = 0;
  for (const auto& entry : tdx_manifest().at("quote_mutations").at("list")) {
    const std::string id = entry.at("id");
    CAPTURE(id);
    const text file = entry.at("base");
    const text base = file.substr(7, file.size() - 11);  // quotes/*.bin
    if (!samples.contains(base)) samples.emplace(base, recorded_tdx(base));
    const tdx_sample& sample = samples.at(base);
    const text first = entry.at("first_failures");
    const meaning& means = meanings.at(first);
    const auto changed = edited(sample.bytes, entry.at("edits"));
    const auto quote = tdx::quote::parse(changed);
    REQUIRE(quote.has_value() == means.parses);
    if (!quote) {
      CHECK(class_of(quote.error().code) <= failure_class::unsupported);
      CHECK(quote.error().in == part::quote);
      ++refused;
      continue;
    }
    const auto verdict = tdx::verify(*quote, sample.given(), sample.at);
    if (first == "valid") {
      REQUIRE(verdict);
      const auto original = need(sample.judged());
      CHECK((*verdict)->tcb.status == original->tcb.status);
      CHECK(equal((*verdict)->quote.signed_bytes(), original->quote.signed_bytes()));
      CHECK((*verdict)->pck == original->pck);
      ++valid;
      continue;
    }
    REQUIRE(!verdict);
    ++refused;
    if (means.where == nullptr) {
      CHECK((verdict.error().in == part::pck || verdict.error().in == part::quote));
      continue;
    }
    const errc code = out_of_range(id) ? errc::bad_value : *means.code;
    CHECK(verdict.error() == in_quote(code, offset_in(*quote, means.where(*quote))));
  }
  CHECK(valid == 4);
  CHECK(valid + refused == tdx_manifest().at("quote_mutations").at("list").size());
}

TEST_CASE("every recorded negative about collateral is refused for its own reason", "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t tried = 0;
  for (const auto& entry : tdx_manifest().at("collateral_negatives")) {
    const std::string id = entry.at("id");
    CAPTURE(id);
    const negative& known = negatives.at(id);
    ++tried;
    CHECK(known.why.has_value() == (entry.at("expected").get<text>().rfind("accept", 0) != 0));
    const auto bytes = recorded_quote_of(tdx_case(entry.at("quote").get<text>()));
    auto files = recorded_collateral(entry.at("collateral").get<text>());
    if (known.change) known.change(files);
    const auto at = time(entry.at("verify_at").get<text>());
    const auto given = add_delivered(files);
    if (!given) {
      REQUIRE(known.why);
      CHECK(given.error() == *known.why);
      continue;
    }
    const auto anchors = id == "test-root-with-intel-quote" ? only_test_root() : trust_anchors{};
    const auto why = refusal(tdx::verify(need(tdx::quote::parse(bytes)), *given, at, anchors));
    REQUIRE(why.has_value() == known.why.has_value());
    if (why) CHECK(*why == *known.why);
  }
  CHECK(tried == negatives.size());
}

TEST_CASE("a PCK certificate that issued itself says much and vouches for nothing", "[verify][tdx]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto& expected = tdx_case("fake-self-signed-pck").at("fields");
  const auto fake = recorded("tdx/trust/fake_self_signed_pck.pem").at(0);
  check_pck(need(tdx::pck_extension::parse(need(fake.extension(tdx::pck_extension_oid)))), expected);
  CHECK(hex_of(fake.serial()) == expected.at("serial").get<text>());
  CHECK(fake.is_issued_by(fake));

  // Its key is on another curve, too: it is refused before anyone looks at its issuer.
  const failure unfit{errc::certificate_unfit, 0, part::pck};
  CHECK(refusal(tdx::pck::parse(fake)) == unfit);
  const tdx_sample sample = recorded_tdx("b0c06f-uptodate");
  const auto own = sample.chain();
  quote_parts parts(sample.bytes);
  parts.type = tdx::certification_data_type::pck_leaf_certificate;
  parts.data = need(fake.der());
  const auto alone = parts.bytes();
  CHECK(refusal(tdx::verify(need(tdx::quote::parse(alone)), sample.given(), sample.at)) == unfit);
  parts.type = tdx::certification_data_type::pck_certificate_chain;
  for (const certificate& each : {own.intermediate, own.root}) {
    const auto more = need(each.der());
    parts.data.insert(parts.data.end(), more.begin(), more.end());
  }
  const auto chained = parts.bytes();
  CHECK(refusal(tdx::verify(need(tdx::quote::parse(chained)), sample.given(), sample.at)) == unfit);
}

}  // namespace test_tdx_corpus
