// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/pck_chain.hpp>

#include "support/endorsements.hpp"
#include "support/forged_intel.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace test_pck_chain {

using namespace unitee;
using namespace unitee::test;
using type = tdx::certification_data_type;

namespace {

// The certification data stand here in their quote.
constexpr std::size_t at = 1258;

failure in_quote(errc code, std::size_t offset = 0) { return {code, at + offset, part::quote}; }

octets der_of(const std::vector<certificate>& all) {
  octets out;
  for (const certificate& each : all) {
    const auto der = need(each.der());
    out.insert(out.end(), der.begin(), der.end());
  }
  return out;
}
std::string pem_text(const std::vector<certificate>& all) {
  std::string out;
  for (const certificate& each : all) out += pem_of("CERTIFICATE", need(each.der()));
  return out;
}
octets octets_of(std::string_view text) { return {text.begin(), text.end()}; }
octets pem(const std::vector<certificate>& all) { return octets_of(pem_text(all)); }

result<std::vector<tdx::pck_chain>> chains(type of, const octets& data, const endorsements& given = {},
                                           const trust_anchors& anchors = {}) {
  return tdx::pck_chains({of, data, at}, given, anchors);
}
result<std::vector<tdx::pck_chain>> chained(const octets& data) { return chains(type::pck_certificate_chain, data); }

endorsements bag_of(const std::vector<certificate>& all) {
  endorsements out;
  for (const certificate& each : all) out.add(each);
  return out;
}

const tdx_platform::state& own() { return simulated_tdx_platform().get(); }
std::vector<certificate> own_three() { return {own().pck, own().ca, own().root}; }

bool is_own(const tdx::pck_chain& chain) {
  return chain.pck.cert() == own().pck && chain.intermediate == own().ca && chain.root == own().root;
}
bool are_own(const result<std::vector<tdx::pck_chain>>& found) {
  return found && found->size() == 1 && is_own(found->front());
}

// identifier is certification data of type 1, 2 or 3 by the simulated platform.
octets identifier(std::size_t ppid_size) {
  const auto& said = own().pck_extension;
  octets out(ppid_size, 0xEE);
  if (ppid_size == 16) std::ranges::copy(said.ppid.value, out.begin());
  out.insert(out.end(), said.cpusvn.value.begin(), said.cpusvn.value.end());
  out.insert(out.end(), {static_cast<std::uint8_t>(said.pcesvn), 0, said.pceid.value[0], said.pceid.value[1]});
  return out;
}

struct kind {
  type of;
  std::size_t ppid_size;
};
constexpr std::array kinds{kind{type::ppid_cleartext, 16}, kind{type::ppid_rsa_2048, 256},
                           kind{type::ppid_rsa_3072, 384}};

// many_cas is that many different certificates of one PCK CA: they tell each other apart by their serial numbers.
std::vector<certificate> many_cas(std::size_t n) {
  std::vector<certificate> out;
  for (std::size_t i = 0; i < n; ++i) {
    auto link = ca_link();
    link.serial = {0x40, static_cast<std::uint8_t>(i)};
    out.push_back(link.issue());
  }
  return out;
}

}  // namespace

TEST_CASE("a quote's three certificates may come in any order, as PEM or DER", "[verify][pck]") {
  std::array<std::size_t, 3> order{0, 1, 2};
  const auto three = own_three();
  std::size_t orders = 0;
  do {
    const std::vector<certificate> mixed{three[order[0]], three[order[1]], three[order[2]]};
    CHECK(are_own(chained(der_of(mixed))));
    std::string text = pem_text(mixed);
    CHECK(are_own(chained(octets_of(text))));
    CHECK(are_own(chained(octets_of(text + '\0'))));
    CHECK(are_own(chained(octets_of("Certificates:\n" + text + "\n\n"))));
    for (std::size_t i = 0; (i = text.find('\n', i)) != text.npos; i += 2) text.insert(i, 1, '\r');
    CHECK(are_own(chained(octets_of(text))));
    ++orders;
  } while (std::ranges::next_permutation(order).found);
  CHECK(orders == 6);
}

TEST_CASE("a chain in a quote is three certificates, and nothing is taken from elsewhere", "[verify][pck]") {
  const auto three = own_three();
  const auto given = bag_of(three);
  std::vector<certificate> some;
  for (const std::size_t n : {0u, 1u, 2u, 4u, 5u}) {
    some.clear();
    for (std::size_t i = 0; i < n; ++i) some.push_back(three[i % 3]);
    CHECK(why_not(chains(type::pck_certificate_chain, der_of(some), given)) == in_quote(errc::bad_length));
    CHECK(why_not(chains(type::pck_certificate_chain, pem(some), given)) == in_quote(errc::bad_length));
  }
}

TEST_CASE("three certificates have one role each", "[verify][pck]") {
  const auto missing = [](part role) { return failure{errc::name_mismatch, 0, role}; };
  const auto& [pck, ca, root] = std::tie(own().pck, own().ca, own().root);
  CHECK(why_not(chained(der_of({ca, ca, root}))) == missing(part::pck));
  CHECK(why_not(chained(der_of({pck, pck, root}))) == missing(part::intermediate));
  CHECK(why_not(chained(der_of({pck, ca, ca}))) == missing(part::root));
  CHECK(why_not(chained(der_of({pck, ca, own().tcb_signing}))) == missing(part::root));
  CHECK(why_not(chained(der_of({own().tcb_signing, ca, root}))) == missing(part::pck));
  // The Processor CA is a PCK CA.
  auto processor = ca_link();
  processor.subject = tdx::processor_ca_name;
  CHECK(chained(der_of({pck, processor.issue(), root})));
  processor.subject = "Intel SGX PCK Other CA";
  CHECK(why_not(chained(der_of({pck, processor.issue(), root}))) == missing(part::intermediate));
  // What is wrong with the PCK certificate is said.
  auto link = pck_link();
  link.pck_extension.clear();
  CHECK(why_not(chained(der_of({link.issue(), ca, root}))) == failure{errc::extension_missing, 0, part::pck});
}

TEST_CASE("certificates of a quote that do not decode are refused where they stand", "[verify][pck]") {
  const auto three = own_three();
  const auto first = need(three[0].der()).size();
  auto der = der_of(three);
  der[first] = 0x31;
  CHECK(why_not(chained(der)) == in_quote(errc::bad_encoding, first));
  der[first] = 0x30;
  CHECK(are_own(chained(der)));
  der[0] = 0x31;  // neither DER nor PEM: no certificate at all
  CHECK(why_not(chained(der)) == in_quote(errc::bad_length));
  der[0] = 0x30;
  der.push_back(0);  // nothing follows the third
  CHECK(why_not(chained(der)) == in_quote(errc::bad_length));
  der.pop_back();
  der.pop_back();
  const auto root_at = der.size() + 1 - need(three[2].der()).size();
  CHECK(why_not(chained(der)) == in_quote(errc::bad_encoding, root_at));

  const std::string text = pem_text(three);
  const std::string first_line = "-----BEGIN CERTIFICATE-----\n";
  auto changed = text;
  changed[first_line.size() + 7] = '*';
  CHECK(why_not(chained(octets_of(changed))) == in_quote(errc::bad_encoding, first_line.size() + 7));
  CHECK(why_not(chained(octets_of(text.substr(0, text.size() - 30)))) == in_quote(errc::truncated, text.size() - 30));
  // A block of another kind, and a block of a certificate that is none.
  CHECK(why_not(chained(octets_of(text + pem_of("X509 CRL", octets{0x30, 0})))) ==
        in_quote(errc::bad_value, text.size()));
  CHECK(why_not(chained(octets_of(text + pem_of("CERTIFICATE", octets{0x30, 0})))) ==
        in_quote(errc::bad_encoding, text.size()));
}

TEST_CASE("a PCK certificate alone makes a chain with what the caller has", "[verify][pck]") {
  const auto of = type::pck_leaf_certificate;
  const auto given = bag_of({own().root, own().ca, own().tcb_signing});
  for (const auto& leaf : {der_of({own().pck}), pem({own().pck})}) {
    CHECK(are_own(chains(of, leaf, given)));
    CHECK(are_own(chains(of, leaf, bag_of({own().ca}), anchored())));
    CHECK(why_not(chains(of, leaf)) == failure{errc::missing, 0, part::intermediate});
    CHECK(why_not(chains(of, leaf, bag_of({own().root}))) == failure{errc::missing, 0, part::intermediate});
    CHECK(why_not(chains(of, leaf, bag_of({own().ca}))) == failure{errc::missing, 0, part::intermediate});
  }
  CHECK(why_not(chains(of, pem({own().pck, own().ca}), given)) == in_quote(errc::bad_length));
  CHECK(why_not(chains(of, der_of({own().pck, own().ca}), given)) == in_quote(errc::bad_length));
  CHECK(why_not(chains(of, {}, given)) == in_quote(errc::bad_length));
  CHECK(why_not(chains(of, {0x30, 0}, given)) == in_quote(errc::bad_encoding));
  CHECK(why_not(chains(of, pem({own().ca}), given)) == failure{errc::name_mismatch, 0, part::pck});
}

TEST_CASE("a quote that only says what to ask for has the certificates that the caller has", "[verify][pck]") {
  const auto& another = other_simulated_tdx_platform().get();
  auto all = own_three();
  for (const auto& each : {another.pck, another.ca, another.root}) all.push_back(each);
  auto spoiled = pck_link();
  spoiled.pck_extension = {0x30, 0};  // is passed over
  all.insert(all.begin(), spoiled.issue());
  for (const auto& [of, ppid_size] : kinds) {
    CAPTURE(ppid_size);
    const octets wanted = identifier(ppid_size);
    CHECK(are_own(chains(of, wanted, bag_of(own_three()))));
    CHECK(are_own(chains(of, wanted, bag_of({own().pck, own().ca}), anchored())));
    CHECK(why_not(chains(of, wanted)) == failure{errc::missing, 0, part::pck});
    CHECK(why_not(chains(of, wanted, bag_of({own().ca, own().root}))) == failure{errc::missing, 0, part::pck});
    CHECK(why_not(chains(of, wanted, bag_of({own().pck, own().root}))) ==
          failure{errc::missing, 0, part::intermediate});
    CHECK(why_not(chains(of, wanted, bag_of({own().pck, own().ca}))) == failure{errc::missing, 0, part::intermediate});

    // Both platforms have the same names, CPUSVN and so on; only a PPID in clear tells them apart.
    const auto found = need(chains(of, wanted, bag_of(all)));
    const bool in_clear = of == type::ppid_cleartext;
    for (const auto& each : found) CHECK((each.pck.cert() == own().pck || !in_clear));
    CHECK(std::ranges::any_of(found, is_own));
    CHECK(found.size() == (in_clear ? 4u : 8u));

    for (std::size_t i = ppid_size; i < wanted.size(); ++i) {
      octets other = wanted;
      other[i] ^= 1;
      CHECK(why_not(chains(of, other, bag_of(all))) == failure{errc::missing, 0, part::pck});
    }
    CHECK(why_not(chains(of, octets(wanted.begin(), wanted.end() - 1), bag_of(all))) ==
          in_quote(errc::truncated, wanted.size() - 1));
    octets longer = wanted;
    longer.push_back(0);
    CHECK(why_not(chains(of, longer, bag_of(all))) == in_quote(errc::trailing_data, wanted.size()));
  }
}

TEST_CASE("no more than a bounded number of chains is tried", "[verify][pck]") {
  for (const std::size_t n : {1u, 15u, 16u, 17u, 40u}) {
    auto all = many_cas(n);
    all.push_back(own().root);
    const auto found = need(chains(type::pck_leaf_certificate, der_of({own().pck}), bag_of(all)));
    CHECK(found.size() == std::min(n, tdx::chain_attempts_max));
    all.push_back(own().pck);
    auto second = pck_link();
    all.push_back(second.issue());
    const auto asked = need(chains(type::ppid_cleartext, identifier(16), bag_of(all)));
    CHECK(asked.size() == std::min(2 * n, tdx::chain_attempts_max));
  }
}

TEST_CASE("recorded certification data are chains as they are", "[verify][pck]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto bytes = evidence_file("tdx/quotes/sgx-v3-processor-ca.bin");
  const auto quote = need(tdx::quote::parse(bytes));
  const auto found = need(tdx::pck_chains(quote.certification_data(), {}, {}));
  REQUIRE(found.size() == 1);
  CHECK(tdx::is_named(found[0].intermediate, tdx::processor_ca_name));
  CHECK_FALSE(found[0].pck.extension().platform_instance_id);
}

}  // namespace test_pck_chain
