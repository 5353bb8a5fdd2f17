// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_collateral_reader.hpp>

#include "support/spoiled_collateral.hpp"

#include <string>
#include <string_view>

namespace test_tdx_collateral_reader {

using namespace unitee;
using namespace unitee::test;
using namespace unitee::test::spoiled;
using tdx::collateral;

namespace {

// with_signature is a document with another signature.
tdx::tcb_info_document info_with_signature(const std::string& hex) {
  const std::string text = "{\"tcbInfo\":" + info_text() + ",\"signature\":\"" + hex + "\"}";
  return need(tdx::parse_tcb_info(guest::detail::bytes_of(text)));
}
tdx::enclave_identity_document identity_with_signature(const std::string& hex) {
  const std::string text = "{\"enclaveIdentity\":" + identity_text() + ",\"signature\":\"" + hex + "\"}";
  return need(tdx::parse_enclave_identity(guest::detail::bytes_of(text)));
}

}  // namespace

TEST_CASE("a root must be there, trusted, and a good root", "[verify][tdx_collateral]") {
  CHECK(refused({}, now, 0, {}) == in(part::root, errc::missing));
  CHECK(refused(with([](pieces& p) { p.certificates.erase(p.certificates.begin()); }), now, 0, {}) ==
        in(part::root, errc::missing));
  CHECK(refused(good_pieces(), now, 0, {}) == in(part::root, errc::untrusted_root));
  CHECK(refused(good_pieces(), now, 0, anchored(other().root)) != std::nullopt);
  // An anchor need not stand among the endorsements as well.
  CHECK_FALSE(refused(with([](pieces& p) { p.certificates.erase(p.certificates.begin()); })));
  CHECK_FALSE(under(root_link()));
  forged_link root = root_link();
  root.request.not_after = now + -1;
  CHECK(under(root) == in(part::root, errc::expired));
  root.request.not_after = now;
  CHECK_FALSE(under(root));
  root.request.not_before = now;
  CHECK_FALSE(under(root));
  root.request.not_before = now + 1;
  root.request.not_after = now + day;
  CHECK(under(root) == in(part::root, errc::not_yet_valid));
  root = root_link();
  root.signer = &own().ca_key;
  CHECK(under(root) == in(part::root, errc::signature_invalid));
  root = root_link();
  root.issuer = "Intel SGX Other CA";
  CHECK(under(root) == in(part::root, errc::issuer_mismatch));
  root = root_link();
  root.request.version = 1;
  root.request.ca = root.request.sign_certificates = root.request.sign_crls = false;
  CHECK(under(root) == in(part::root, errc::certificate_unfit));
  root = root_link();
  root.request.ca = root.request.sign_certificates = false;
  CHECK(under(root) == in(part::root, errc::certificate_unfit));
  root = root_link();
  root.subject = root.issuer = "intel sgx root ca";
  CHECK(under(root) == in(part::root, errc::missing));
  root = root_link();
  root.key = root.signer = &ec_key<p384>();
  CHECK(under(root) == in(part::root, errc::certificate_unfit));
}

TEST_CASE("the list of the root must be there, whole, genuine and current", "[verify][tdx_collateral]") {
  CHECK(refused(with([](pieces& p) { p.lists.erase(p.lists.begin()); })) == in(part::root_crl, errc::missing));
  CHECK(refused(with_root_list(bare_list(true))) == in(part::root_crl, errc::extension_missing));
  CHECK(refused(with_root_list(bare_list(false))) == in(part::root_crl, errc::extension_missing));
  CHECK(refused(with_root_list(root_list({}, issued_at, 30 * day, other_simulated_tdx_platform()))) ==
        in(part::root_crl, errc::signature_invalid));
  CHECK(refused(with_root_list(root_list({}, now + 1))) == in(part::root_crl, errc::not_yet_valid));
  CHECK_FALSE(refused(with_root_list(root_list({}, now))));
  CHECK(refused(with_root_list(root_list({}, issued_at, 5 * day))) == in(part::root_crl, errc::expired));
  CHECK_FALSE(refused(with_root_list(root_list({}, issued_at, now.seconds - issued_at.seconds))));
  forged_link silent = root_link();
  silent.request.sign_crls = false;
  CHECK(under(silent) == in(part::root_crl, errc::issuer_mismatch));
  CHECK(refused(with_root_list(root_list({own().root.serial()}))) == in(part::root, errc::revoked));
}

TEST_CASE("the TCB signing certificate must be there, of that name, fit, valid and not revoked",
          "[verify][tdx_collateral]") {
  CHECK(refused(with([](pieces& p) { p.certificates.pop_back(); })) == in(part::tcb_signing, errc::missing));
  forged_link link = tcb_signing_link();
  CHECK_FALSE(refused(with_signer(link.issue())));
  link.subject = "Intel SGX TCB Signing 2";
  CHECK(refused(with_signer(link.issue())) == in(part::tcb_signing, errc::missing));
  link = tcb_signing_link();
  link.request.not_after = now + -1;
  CHECK(refused(with_signer(link.issue())) == in(part::tcb_signing, errc::expired));
  // Certificates have no grace.
  CHECK(refused(with_signer(link.issue()), now, 30 * day) == in(part::tcb_signing, errc::expired));
  link.request.not_before = link.request.not_after = now;
  CHECK_FALSE(refused(with_signer(link.issue())));
  link.request.not_before = link.request.not_after = now + 1;
  CHECK(refused(with_signer(link.issue())) == in(part::tcb_signing, errc::not_yet_valid));
  link = tcb_signing_link();
  link.signer = &other().root_key;
  CHECK(refused(with_signer(link.issue())) == in(part::tcb_signing, errc::signature_invalid));
  link = tcb_signing_link();
  link.issuer = tdx::platform_ca_name;
  link.signer = &own().ca_key;
  CHECK(refused(with_signer(link.issue())) == in(part::tcb_signing, errc::issuer_mismatch));
  link = tcb_signing_link();
  link.request.sign_data = false;
  CHECK(refused(with_signer(link.issue())) == in(part::tcb_signing, errc::certificate_unfit));
  link.request.sign_crls = true;
  CHECK(refused(with_signer(link.issue())) == in(part::tcb_signing, errc::certificate_unfit));
  link = tcb_signing_link();
  link.request.end_entity = false;
  link.request.ca = true;
  CHECK(refused(with_signer(link.issue())) == in(part::tcb_signing, errc::certificate_unfit));
  link = tcb_signing_link();
  link.key = &ec_key<p384>();
  CHECK(refused(with_signer(link.issue())) == in(part::tcb_signing, errc::certificate_unfit));
  CHECK(refused(with_root_list(root_list({own().tcb_signing.serial()}))) == in(part::tcb_signing, errc::revoked));
  // What a root may not sign is the root's fault.
  forged_link root = root_link();
  root.request.sign_certificates = false;
  CHECK(under(root).value().in == part::root);
}

TEST_CASE("TCB info must be there, of this platform and TEE, genuine and current", "[verify][tdx_collateral]") {
  CHECK(refused(with([](pieces& p) { p.infos.clear(); })) == in(part::tcb_info, errc::missing));
  const std::string text = info_text();
  const auto edited = [&](std::string_view from, std::string_view to) {
    return refused(with_info(signed_info(replaced(text, from, to))));
  };
  CHECK(edited("\"fmspc\":\"99906f", "\"fmspc\":\"99906e") == in(part::tcb_info, errc::platform_mismatch));
  CHECK(edited("\"pceId\":\"0000\"", "\"pceId\":\"0001\"") == in(part::tcb_info, errc::platform_mismatch));
  CHECK_FALSE(edited("\"fmspc\":\"99906f", "\"fmspc\":\"99906F"));
  // About TDs, where an enclave is asked for.
  CHECK(why_not(collateral::verify(good_pieces().all(), scope_of(simulated_tdx_platform(), tdx::tee_type::sgx), now,
                                   anchored())) == in(part::tcb_info, errc::product_mismatch));
  const auto signature = hex_of(good_pieces().infos[0].document.signature().value);
  CHECK(refused(with_info(info_with_signature(std::string(64, '0') + signature.substr(64)))) ==
        in(part::tcb_info, errc::bad_value));
  CHECK(refused(with_info(info_with_signature(signature.substr(0, 64) + std::string(64, 'f')))) ==
        in(part::tcb_info, errc::bad_value));
  CHECK(refused(with_info(info_with_signature(std::string(128, '1')))) == in(part::tcb_info, errc::signature_invalid));
  CHECK(refused(with_info(signed_info(text, own().root_key))) == in(part::tcb_info, errc::signature_invalid));
  CHECK(refused(with_info(signed_info(info_text(now + 1)))) == in(part::tcb_info, errc::not_yet_valid));
  CHECK_FALSE(refused(with_info(signed_info(info_text(now)))));
  CHECK(refused(with_info(signed_info(lasting(text, now + -1)))) == in(part::tcb_info, errc::expired));
  CHECK_FALSE(refused(with_info(signed_info(lasting(text, now)))));
}

TEST_CASE("the identity of the quoting enclave must be there, of its kind, genuine and current",
          "[verify][tdx_collateral]") {
  CHECK(refused(with([](pieces& p) { p.identities.clear(); })) == in(part::qe_identity, errc::missing));
  const std::string text = identity_text();
  for (const char* kind : {"QE", "QVE"}) {
    CHECK(refused(with_identity(signed_identity(replaced(text, "TD_QE", kind)))) ==
          in(part::qe_identity, errc::product_mismatch));
  }
  const auto signature = hex_of(good_pieces().identities[0].document.signature().value);
  CHECK(refused(with_identity(identity_with_signature(std::string(64, '0') + signature.substr(64)))) ==
        in(part::qe_identity, errc::bad_value));
  CHECK(refused(with_identity(identity_with_signature(std::string(128, '1')))) ==
        in(part::qe_identity, errc::signature_invalid));
  CHECK(refused(with_identity(signed_identity(text, own().root_key))) ==
        in(part::qe_identity, errc::signature_invalid));
  CHECK(refused(with_identity(signed_identity(identity_text(now + 1)))) == in(part::qe_identity, errc::not_yet_valid));
  CHECK_FALSE(refused(with_identity(signed_identity(identity_text(now)))));
  CHECK(refused(with_identity(signed_identity(lasting(text, now + -1)))) == in(part::qe_identity, errc::expired));
  CHECK_FALSE(refused(with_identity(signed_identity(lasting(text, now)))));
}

TEST_CASE("collateral about enclaves goes with the other quoting enclave", "[verify][tdx_collateral]") {
  auto info = nlohmann::ordered_json::parse(info_text());
  info["id"] = "SGX";
  info.erase("tdxModule");
  info.erase("tdxModuleIdentities");
  for (auto& level : info["tcbLevels"]) level["tcb"].erase("tdxtcbcomponents");
  pieces all = good_pieces();
  const auto about_enclaves = signed_info(info.dump());
  all.infos.push_back({about_enclaves, {}});
  const auto scope = scope_of(simulated_tdx_platform(), tdx::tee_type::sgx);
  const auto ask = [&] { return collateral::verify(all.all(), scope, now, anchored()); };
  CHECK(why_not(ask()) == in(part::qe_identity, errc::product_mismatch));
  const auto qe = signed_identity(replaced(identity_text(), "TD_QE", "QE"));
  all.identities.push_back({qe, {}});
  const collateral found = need(ask());
  CHECK(found.tee() == tdx::tee_type::sgx);
  CHECK(found.tcb_info() == about_enclaves);
  CHECK(found.qe_identity() == qe);
  CHECK(need(collateral_from(all)).tee() == tdx::tee_type::tdx);
}

}  // namespace test_tdx_collateral_reader
