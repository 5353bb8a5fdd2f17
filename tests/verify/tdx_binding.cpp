// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_binding.hpp>

#include "support/forged_intel.hpp"
#include "support/quote_parts.hpp"
#include "support/sample_quote.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

namespace test_tdx_binding {

using namespace unitee;
using namespace unitee::test;

namespace {

failure in_quote(errc code, std::size_t offset) { return {code, offset, part::quote}; }

// shapes is every kind of quote that the simulated guest makes, by where its signature data begin.
struct shape {
  tdx::quote_version version;
  tdx::quote_body_type body;
  std::size_t signature_at;
};
constexpr std::array shapes{shape{tdx::quote_version::v4, tdx::quote_body_type::td_1_0, 636},
                            shape{tdx::quote_version::v5, tdx::quote_body_type::td_1_0, 642},
                            shape{tdx::quote_version::v5, tdx::quote_body_type::td_1_5, 706}};

octets quote_of(const shape& of) {
  guest::simulated_td_launch with;
  with.quote_version = of.version;
  with.body = of.body;
  return need(simulated_td(with).attest(counted_report_data()));
}

const signing_key& attestation_key() { return simulated_tdx_platform().get().attestation_key; }
const signing_key& pck_key() { return simulated_tdx_platform().get().pck_key; }
ecdsa_public_key<p256> public_pck() { return need(tdx::pck::parse(simulated_tdx_platform().get().pck)).key(); }

// The checks, on bytes.
std::optional<failure> qe_report_refusal(const octets& quote) {
  return why_not(tdx::check_qe_report(need(tdx::quote::parse(quote)), public_pck()));
}
std::optional<failure> signature_refusal(const octets& quote) {
  return why_not(tdx::check_quote_signature(need(tdx::quote::parse(quote)), public_pck()));
}
std::optional<failure> module_refusal(byte_view quote, const tdx::tcb_info& info) {
  return why_not(tdx::check_module(need(tdx::quote::parse(quote)), info));
}
std::optional<failure> identity_refusal(const octets& quote, const tdx::enclave_identity& identity) {
  return why_not(tdx::check_qe_identity(need(tdx::quote::parse(quote)), identity));
}

// module_quote is a quote of that shape by a module of that major version, signer and attributes. It is not signed.
sample module_quote(const quote_shape& of, std::uint8_t major, std::uint8_t signer, std::uint8_t attribute = 0) {
  sample out = sample_quote(of);
  const std::size_t body = of.body_offset();
  out = out.with(body + 1, major, 1);
  std::fill_n(out.storage.begin() + static_cast<std::ptrdiff_t>(body) + 64, 48, signer);
  return out.with(body + 112, 0, 8).with(body + 119, attribute, 1);
}

tdx::module_signer signer_of(std::uint8_t signer, std::uint8_t attribute = 0) {
  tdx::module_signer out;
  out.mrsigner.value.fill(signer);
  out.attributes.value[7] = attribute;
  return out;
}

tdx::tcb_info info_about_modules() {
  tdx::tcb_info out;
  out.tdx_module = signer_of(0);
  out.module_identities = {{1, signer_of(1), {}}, {3, signer_of(3), {}}, {0, signer_of(9), {}}};
  return out;
}

// in_range_limits are the numbers about which a signature's r and s are decided.
struct number {
  std::array<std::uint8_t, 32> value;
  bool in_range;
};
std::array<number, 4> in_range_limits() {
  std::array<number, 4> out{};
  out[1].value = out[2].value = out[3].value = p256::order;
  --out[1].value[31];  // the order ends in 0x51
  ++out[3].value[31];
  out[1].in_range = true;
  return out;
}

}  // namespace

TEST_CASE("a TDX module is the one that is described for its major version", "[verify][tdx]") {
  const auto info = info_about_modules();
  for (const quote_shape& of : {v4_shape, v5_td_1_0_shape, v5_shape, v5_extended_shape}) {
    const std::size_t body = of.body_offset();
    const auto refused = [&](std::uint8_t major, std::uint8_t signer, std::uint8_t attribute = 0) {
      return module_refusal(module_quote(of, major, signer, attribute).bytes(), info);
    };
    CHECK_FALSE(refused(0, 0));
    CHECK_FALSE(refused(1, 1));
    CHECK_FALSE(refused(3, 3));
    for (const std::uint8_t major : std::array<std::uint8_t, 3>{0, 1, 3}) {
      CAPTURE(major);
      const failure by_another = in_quote(errc::module_mismatch, body + 64);
      for (const std::uint8_t signer : std::array<std::uint8_t, 5>{0, 1, 2, 3, 9}) {
        CHECK(refused(major, signer).has_value() == (signer != major));
        if (signer != major) CHECK(refused(major, signer) == by_another);
      }
      // Any bit in the last byte of the attributes, or in the first.
      CHECK(refused(major, major, 1) == in_quote(errc::module_mismatch, body + 112));
      sample early = module_quote(of, major, major);
      CHECK(module_refusal(early.with(body + 112, 0x80, 1).bytes(), info) ==
            in_quote(errc::module_mismatch, body + 112));
      for (std::size_t i = 0; i < 48; ++i) {
        early = module_quote(of, major, major);
        early.storage[body + 64 + i] ^= 0x10;
        CHECK(module_refusal(early.bytes(), info) == by_another);
      }
    }
    // Nobody is described for these, and tdxModule is for major version 0 alone.
    for (const std::uint8_t major : std::array<std::uint8_t, 4>{2, 4, 0x10, 0xFF}) {
      CHECK(refused(major, 0) == in_quote(errc::module_mismatch, body));
    }
    auto none = info;
    none.tdx_module.reset();
    CHECK(module_refusal(module_quote(of, 0, 0).bytes(), none) == in_quote(errc::module_mismatch, body));
  }
}

TEST_CASE("attributes of a TDX module are zero, whatever the TCB info says, and are the TCB info's", "[verify][tdx]") {
  auto info = info_about_modules();
  info.module_identities[0].signer = signer_of(1, 1);
  const failure refused = in_quote(errc::module_mismatch, 48 + 112);
  CHECK(module_refusal(module_quote(v4_shape, 1, 1, 1).bytes(), info) == refused);
  CHECK(module_refusal(module_quote(v4_shape, 1, 1, 0).bytes(), info) == refused);
  info.tdx_module = signer_of(0, 0x40);
  CHECK(module_refusal(module_quote(v4_shape, 0, 0, 0x40).bytes(), info) == refused);
}

TEST_CASE("a quote about an enclave has no TDX module", "[verify][tdx]") {
  for (const quote_shape& of : {v3_shape, v4_enclave_shape, v5_enclave_shape}) {
    CHECK_FALSE(module_refusal(sample_quote(of).bytes(), {}));
  }
}

TEST_CASE("the PCK's signature on the QE report is checked", "[verify][tdx]") {
  for (const shape& of : shapes) {
    const octets good = quote_of(of);
    const std::size_t at = of.signature_at + 518;
    CHECK_FALSE(qe_report_refusal(good));
    for (const std::size_t i : {std::size_t{0}, std::size_t{31}, std::size_t{32}, std::size_t{63}}) {
      octets changed = good;
      changed[at + i] ^= 1;
      CHECK(qe_report_refusal(changed) == in_quote(errc::signature_invalid, at));
    }
    for (const std::size_t half : {0u, 32u}) {
      for (const auto& [value, in_range] : in_range_limits()) {
        octets changed = good;
        std::ranges::copy(value, changed.begin() + static_cast<std::ptrdiff_t>(at + half));
        CHECK(qe_report_refusal(changed) ==
              (in_range ? in_quote(errc::signature_invalid, at) : in_quote(errc::bad_value, at + half)));
      }
    }
    quote_parts by_another(good);
    by_another.sign_qe_report(attestation_key());
    CHECK(qe_report_refusal(by_another.bytes()) == in_quote(errc::signature_invalid, at));
  }
}

TEST_CASE("the QE report binds the attestation key and authentication data of any size", "[verify][tdx]") {
  for (const shape& of : shapes) {
    const std::size_t binding = of.signature_at + 134 + 320;
    for (const std::size_t size : {0u, 1u, 31u, 32u, 33u, 63u, 64u, 65u, 128u, 1000u, 65535u}) {
      CAPTURE(size);
      quote_parts parts(quote_of(of));
      parts.authentication_data.assign(size, 0x3C);
      CHECK(qe_report_refusal(parts.bytes()).has_value() == true);
      parts.bind();
      parts.sign_qe_report(pck_key());
      CHECK_FALSE(qe_report_refusal(parts.bytes()));
      CHECK_FALSE(signature_refusal(parts.bytes()));

      // One byte more, one byte less, another first or last byte, another key: all under the same QE report.
      const auto refused = [&](auto change) {
        quote_parts changed = parts;
        change(changed);
        return qe_report_refusal(changed.bytes()) == in_quote(errc::binding_mismatch, binding);
      };
      CHECK(refused([](auto& p) { p.attestation_key[63] ^= 1; }));
      if (size < 65535) CHECK(refused([](auto& p) { p.authentication_data.push_back(0); }));
      if (size == 0) continue;
      CHECK(refused([](auto& p) { p.authentication_data.pop_back(); }));
      CHECK(refused([](auto& p) { p.authentication_data.front() ^= 1; }));
      CHECK(refused([](auto& p) { p.authentication_data.back() ^= 0x80; }));
    }
  }
}

TEST_CASE("behind the digest in the QE report are 32 zero bytes", "[verify][tdx]") {
  const shape& of = shapes[0];
  for (std::size_t i = 0; i < 64; ++i) {
    quote_parts parts(quote_of(of));
    parts.qe_report[320 + i] ^= 1;
    parts.sign_qe_report(pck_key());
    CHECK(qe_report_refusal(parts.bytes()) == in_quote(errc::binding_mismatch, of.signature_at + 134 + 320));
  }
}

TEST_CASE("the quoting enclave is the one of its identity", "[verify][tdx]") {
  const auto identity = *signed_identity(identity_text());
  for (const shape& of : shapes) {
    const octets good = quote_of(of);
    const std::size_t report = of.signature_at + 134;
    CHECK_FALSE(identity_refusal(good, identity));
    // MRSIGNER, and ISVPRODID; what the identity does not speak of is free, ISVSVN rated later.
    for (std::size_t i = 0; i < 320; ++i) {
      octets changed = good;
      changed[report + i] ^= 4;
      const auto refused = identity_refusal(changed, identity);
      CAPTURE(i);
      if (i >= 128 && i < 160) {
        CHECK(refused == in_quote(errc::enclave_mismatch, report + 128));
      } else if (i == 256 || i == 257) {
        CHECK(refused == in_quote(errc::enclave_mismatch, report + 256));
      } else if (i >= 16 && i < 20) {
        CHECK(refused == in_quote(errc::enclave_mismatch, report + 16));
      } else if (i >= 48 && i < 64) {
        const bool asked = (identity.attributes_mask.value[i - 48] & 4) != 0;
        CHECK(refused.has_value() == asked);
        if (asked) CHECK(refused == in_quote(errc::enclave_mismatch, report + 48));
      } else {
        CHECK_FALSE(refused);
      }
    }
  }
}

TEST_CASE("masks say which bits of a quoting enclave count", "[verify][tdx]") {
  const octets good = quote_of(shapes[0]);
  const std::size_t report = shapes[0].signature_at + 134;
  auto identity = *signed_identity(identity_text());
  for (std::size_t bit = 0; bit < 32; ++bit) {
    const auto flip = static_cast<std::uint8_t>(1u << bit % 8);
    octets changed = good;
    changed[report + 16 + bit / 8] ^= flip;
    identity.miscselect_mask.value.fill(0xFF);
    CHECK(identity_refusal(changed, identity) == in_quote(errc::enclave_mismatch, report + 16));
    identity.miscselect_mask.value[bit / 8] ^= flip;
    CHECK_FALSE(identity_refusal(changed, identity));
    // A bit that is wanted and not asked for can never be there.
    identity.miscselect.value[bit / 8] = flip;
    CHECK(identity_refusal(changed, identity) == in_quote(errc::enclave_mismatch, report + 16));
    identity.miscselect.value[bit / 8] = 0;
  }
  identity = *signed_identity(identity_text());
  std::ranges::copy(need(tdx::quote::parse(good)).qe_report().attributes().value, identity.attributes.value.begin());
  for (std::size_t bit = 0; bit < 128; ++bit) {
    const auto flip = static_cast<std::uint8_t>(1u << bit % 8);
    octets changed = good;
    changed[report + 48 + bit / 8] ^= flip;
    identity.attributes_mask.value.fill(0xFF);
    CHECK(identity_refusal(changed, identity) == in_quote(errc::enclave_mismatch, report + 48));
    auto wanted = identity;
    wanted.attributes_mask.value[bit / 8] ^= flip;
    wanted.attributes.value[bit / 8] = static_cast<std::uint8_t>(wanted.attributes.value[bit / 8] & ~flip);
    CHECK_FALSE(identity_refusal(changed, wanted));
  }
}

TEST_CASE("the attestation key's signature on header and body is checked", "[verify][tdx]") {
  for (const shape& of : shapes) {
    const octets good = quote_of(of);
    const std::size_t at = of.signature_at;
    CHECK_FALSE(signature_refusal(good));
    for (std::size_t i = 28; i < at - 4; ++i) {  // the user data of the header, and on to the end of the body
      if (i >= 48 && i < 54) continue;           // the descriptor of version 5
      octets changed = good;
      changed[i] ^= 2;
      if (signature_refusal(changed) != in_quote(errc::signature_invalid, at)) FAIL_CHECK(i);
    }
    for (const std::size_t half : {0u, 32u}) {
      for (const auto& [value, in_range] : in_range_limits()) {
        octets changed = good;
        std::ranges::copy(value, changed.begin() + static_cast<std::ptrdiff_t>(at + half));
        CHECK(signature_refusal(changed) ==
              (in_range ? in_quote(errc::signature_invalid, at) : in_quote(errc::bad_value, at + half)));
      }
    }
    quote_parts by_another(good);
    by_another.signature = quote_parts::copy(need(pck_key().sign_p256(by_another.signed_bytes)).value);
    CHECK(signature_refusal(by_another.bytes()) == in_quote(errc::signature_invalid, at));
    by_another.attestation_key = quote_parts::copy(need(pck_key().public_point<p256>()).value);
    CHECK_FALSE(signature_refusal(by_another.bytes()));
  }
}

TEST_CASE("an attestation key is a point of P-256", "[verify][tdx]") {
  const shape& of = shapes[2];
  for (std::size_t i = 0; i < 64; ++i) {  // another y has no such x, and the reverse only by chance
    octets changed = quote_of(of);
    changed[of.signature_at + 64 + i] ^= 1;
    const auto refused = signature_refusal(changed);
    REQUIRE(refused);
    if (i >= 32) CHECK(*refused == in_quote(errc::bad_value, of.signature_at + 64));
  }
  for (const std::uint8_t byte : std::array<std::uint8_t, 2>{0x00, 0xFF}) {
    quote_parts parts(quote_of(of));
    parts.attestation_key.assign(64, byte);
    CHECK(signature_refusal(parts.bytes()) == in_quote(errc::bad_value, of.signature_at + 64));
  }
}

TEST_CASE("the other half of a quote's signature, order minus s, is the same signature", "[verify][tdx]") {
  // Known and harmless: the signed bytes are the same. Nobody identifies a quote by all of its bytes.
  octets bytes = quote_of(shapes[2]);
  int borrow = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    std::uint8_t& s = bytes[shapes[2].signature_at + 63 - i];
    const int difference = int{p256::order[31 - i]} - int{s} - borrow;
    borrow = difference < 0;
    s = static_cast<std::uint8_t>(difference + (borrow << 8));
  }
  CHECK_FALSE(signature_refusal(bytes));
}

}  // namespace test_tdx_binding
