// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/vlek.hpp>

#include "support/verdicts.hpp"

#include <string>
#include <type_traits>

namespace test_vlek {

using namespace unitee;
using namespace unitee::test;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }
const signing_key& vlek_key() { return ec_key<p384>(); }
failure in_vek(errc code) { return {code, 0, part::vek}; }

result<snp::vlek> with_provider(const octets& value) {
  auto plan = vlek_plan(milan(), vlek_key());
  plan.set("5", value);
  return snp::vlek::parse(plan.issue());
}

// ia5 is a text as cspID has it.
octets ia5(const std::string& text) {
  octets out{0x16, static_cast<std::uint8_t>(text.size())};
  out.insert(out.end(), text.begin(), text.end());
  return out;
}

}  // namespace

static_assert(snp::vlek::kind == snp::signing_key_kind::vlek);
static_assert(!std::is_default_constructible_v<snp::vlek> && !std::is_constructible_v<snp::vlek, certificate>);

TEST_CASE("a VLEK says which provider and TCB it is for", "[verify][vlek]") {
  const auto cert = vlek_plan(milan(), vlek_key()).issue();
  const auto vlek = need(snp::vlek::parse(cert));
  CHECK(vlek.cert() == cert);
  CHECK(vlek.product_id() == snp::generation::milan);
  CHECK(vlek.tcb() == milan().get().tcb);
  CHECK(vlek.csp_id() == "CN=cc-us-east-2.amazonaws.com");
}

TEST_CASE("a provider is 1 to 125 characters of printable ASCII, in an IA5String", "[verify][vlek]") {
  for (std::size_t n = 0; n <= 127; ++n) {
    CAPTURE(n);
    const std::string text(n, 'x');
    const auto made = with_provider(ia5(text));
    if (n == 0) {
      CHECK(refusal(made) == in_vek(errc::bad_encoding));
    } else {
      CHECK(need(made).csp_id() == text);
    }
  }
  for (unsigned c = 0; c < 256; ++c) {
    CAPTURE(c);
    const auto made = with_provider(ia5(std::string{'C', static_cast<char>(c)}));
    CHECK(made.has_value() == (c >= 0x20 && c <= 0x7E));
  }
  for (const char* wrong : {"", "16", "1600", "0c0141", "130141", "040141", "160241", "16014141", "16810141"}) {
    CAPTURE(wrong);
    CHECK(refusal(with_provider(bytes_of_hex(wrong))) == in_vek(errc::bad_encoding));
  }
}

TEST_CASE("a VLEK names a provider and no chip", "[verify][vlek]") {
  auto without = vlek_plan(milan(), vlek_key());
  without.drop("5");
  CHECK(refusal(snp::vlek::parse(without.issue())) == in_vek(errc::extension_missing));
  auto twice = vlek_plan(milan(), vlek_key());
  twice.extensions.push_back({"5", ia5("CN=another")});
  CHECK(refusal(snp::vlek::parse(twice.issue())) == in_vek(errc::duplicate));
  for (const octets& chip : {octets(64, 1), octets(64, 0), octets{}}) {
    auto plan = vlek_plan(milan(), vlek_key());
    plan.extensions.push_back({"4", chip});
    CHECK(refusal(snp::vlek::parse(plan.issue())) == in_vek(errc::signer_mismatch));
  }
}

TEST_CASE("a report that a VLEK signs has no chip id", "[verify][vlek]") {
  const auto vlek = need(snp::vlek::parse(vlek_plan(milan(), vlek_key()).issue()));
  auto bytes = bytes_of(need(simulated_guest(milan()).attest({})));
  std::fill(bytes.begin() + 0x1A0, bytes.begin() + 0x1E0, std::uint8_t{0});
  CHECK(vlek.check_chip(need(snp::report::parse(bytes))));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    bytes[0x1A0 + bit / 8] = static_cast<std::uint8_t>(1u << bit % 8);
    const auto chip = vlek.check_chip(need(snp::report::parse(bytes)));
    if (refusal(chip) != failure{errc::chip_id_mismatch, 0x1A0, part::report}) FAIL("bit " << bit);
    bytes[0x1A0 + bit / 8] = 0;
  }
}

}  // namespace test_vlek
