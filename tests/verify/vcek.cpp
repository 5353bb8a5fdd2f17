// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/vcek.hpp>

#include "support/verdicts.hpp"

#include <type_traits>

namespace test_vcek {

using namespace unitee;
using namespace unitee::test;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }
failure in_vek(errc code) { return {code, 0, part::vek}; }
const failure another_chip{errc::chip_id_mismatch, 0x1A0, part::report};

result<snp::vcek> with_id(vek_plan plan, const octets& id) {
  plan.set("4", id);
  return snp::vcek::parse(plan.issue());
}

// id is `head` and then n times `fill`.
octets id(octets head, std::size_t n, std::uint8_t fill) {
  head.resize(head.size() + n, fill);
  return head;
}

}  // namespace

static_assert(snp::vcek::kind == snp::signing_key_kind::vcek);
static_assert(!std::is_default_constructible_v<snp::vcek> && !std::is_constructible_v<snp::vcek, certificate>);

TEST_CASE("a VCEK says which chip and TCB it is for", "[verify][vcek]") {
  const auto cert = vcek_plan(milan()).issue();
  const auto vcek = need(snp::vcek::parse(cert));
  CHECK(vcek.cert() == cert);
  CHECK(vcek.product_id() == snp::generation::milan);
  CHECK(vcek.tcb() == milan().get().tcb);
  CHECK(equal(vcek.hwid(), milan().get().chip_id.view()));
  const auto turin = need(snp::vcek::parse(turin_vcek_plan(milan()).issue()));
  CHECK(turin.product_id() == snp::generation::turin);
  CHECK(turin.tcb().value == std::array<std::uint8_t, 8>{5, 4, 2, 24, 0, 0, 0, 219});
  CHECK(equal(turin.hwid(), octets(8, 0xC7)));
}

TEST_CASE("a hardware id is as long as the product's, with or without an OCTET STRING around it", "[verify][vcek]") {
  const auto milan_id = [](const octets& value) { return with_id(vcek_plan(milan()), value); };
  CHECK(equal(need(milan_id(id({0x04, 0x40}, 64, 0xAB))).hwid(), octets(64, 0xAB)));
  // Raw, although it looks like an OCTET STRING.
  CHECK(equal(need(milan_id(id({0x04, 0x3E}, 62, 0xAB))).hwid(), id({0x04, 0x3E}, 62, 0xAB)));
  for (std::size_t n = 0; n <= 130; ++n) {
    CAPTURE(n);
    CHECK(milan_id(octets(n, 0x01)).has_value() == (n == 64));
  }
  for (const octets& wrong : {octets{}, id({0x04, 0x08}, 8, 1), id({0x04, 0x3F}, 64, 1), id({0x04, 0x41}, 64, 1),
                              id({0x03, 0x40}, 64, 1), id({}, 66, 1)}) {
    CHECK(refusal(milan_id(wrong)) == in_vek(errc::bad_encoding));
  }
  const auto turin_id = [](const octets& value) { return with_id(turin_vcek_plan(milan()), value); };
  CHECK(equal(need(turin_id(id({0x04, 0x08}, 8, 0xAB))).hwid(), octets(8, 0xAB)));
  CHECK(equal(need(turin_id(id({0x04, 0x06}, 6, 0xAB))).hwid(), id({0x04, 0x06}, 6, 0xAB)));
  for (const octets& wrong : {octets{}, octets(7, 1), octets(9, 1), octets(10, 1), octets(64, 1),
                              id({0x04, 0x40}, 64, 1), id({0x04, 0x07}, 8, 1)}) {
    CHECK(refusal(turin_id(wrong)) == in_vek(errc::bad_encoding));
  }
}

TEST_CASE("a VCEK names a chip and no provider, whatever that is", "[verify][vcek]") {
  for (const char* provider : {"160141", "1600", ""}) {
    auto plan = vcek_plan(milan());
    plan.extensions.push_back({"5", bytes_of_hex(provider)});
    CHECK(refusal(snp::vcek::parse(plan.issue())) == in_vek(errc::signer_mismatch));
    plan.extensions.push_back({"5", bytes_of_hex(provider)});  // and no two
    CHECK(refusal(snp::vcek::parse(plan.issue())) == in_vek(errc::signer_mismatch));
  }
}

TEST_CASE("a certificate of another chip is refused, in any byte of the id", "[verify][vcek]") {
  const auto vcek = need(snp::vcek::parse(milan().get().vcek));
  auto bytes = bytes_of(need(simulated_guest(milan()).attest({})));
  for (std::size_t at = 0x1A0; at < 0x1E0; ++at) {
    bytes[at] ^= 0x80;
    CHECK(refusal(vcek.check_chip(need(snp::report::parse(bytes)))) == another_chip);
    bytes[at] ^= 0x80;
  }
  CHECK(vcek.check_chip(need(snp::report::parse(bytes))));
  std::fill(bytes.begin() + 0x1A0, bytes.begin() + 0x1E0, std::uint8_t{0});
  CHECK(vcek.check_chip(need(snp::report::parse(bytes))));  // masked: for the policy to decide
}

TEST_CASE("a Turin chip id is 8 bytes and then zeros", "[verify][vcek]") {
  const auto vcek = need(snp::vcek::parse(turin_vcek_plan(milan()).issue()));
  auto bytes = bytes_of(need(simulated_guest(milan()).attest({})));
  for (std::size_t at = 0; at < 64; ++at) bytes[0x1A0 + at] = at < 8 ? 0xC7 : 0;
  CHECK(vcek.check_chip(need(snp::report::parse(bytes))));
  for (std::size_t at = 0x1A0; at < 0x1E0; ++at) {
    bytes[at] ^= 1;
    CHECK(refusal(vcek.check_chip(need(snp::report::parse(bytes)))) == another_chip);
    bytes[at] ^= 1;
  }
  // Zero where the id is, and not behind it: not masked.
  for (std::size_t at = 0; at < 64; ++at) bytes[0x1A0 + at] = at < 8 ? 0 : 1;
  CHECK(refusal(vcek.check_chip(need(snp::report::parse(bytes)))) == another_chip);
}

}  // namespace test_vcek
