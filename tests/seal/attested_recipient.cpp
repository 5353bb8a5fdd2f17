// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/attested_recipient.hpp>

#include "support/appraisal.hpp"
#include "support/openssl.hpp"
#include "support/td_appraisal.hpp"
#include "support/verdicts.hpp"

#include <unitee/verify/appraise.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_attested_recipient {

using namespace unitee;
using namespace unitee::test;

namespace {

const std::array<std::uint8_t, 32> nonce = run<32>(7);
const std::array<std::uint8_t, 48> model = run<48>(9);

recipient_binding binding_of(byte_view fresh = nonce) { return {.label = "unitee test sealing v1", .nonce = fresh}; }

// Only claims that a policy has accepted say to whom one may seal. Without a compiler's message: compile_fail/.
static_assert(appraised_claims<accepted<snp::claims>> && appraised_claims<accepted<tdx::claims>> &&
              appraised_claims<accepted<claims>>);
static_assert(!appraised_claims<verified<snp::claims>> && !appraised_claims<verified<tdx::claims>> &&
              !appraised_claims<verified<claims>> && !appraised_claims<snp::claims> && !appraised_claims<claims>);
static_assert(!std::is_default_constructible_v<sealing_recipient> &&
              !std::is_constructible_v<sealing_recipient, ec_point<p256>>);
static_assert(!std::is_copy_constructible_v<recipient_agreement>);
static_assert(std::is_nothrow_move_constructible_v<recipient_agreement>);

// The claims of guests with this report data, accepted by policies that do not ask about report data.
accepted<snp::claims> snp_accepted(const report_data& data) {
  static const snp::claims good = *guest_claims();
  snp::claims of = good;
  report_octets bytes = bytes_of(of.report);
  snp::row::report_data::write(bytes, {data.value});
  of.report = need(snp::report::parse(bytes));
  return need(unitee::detail::appraiser<snp::claims>::appraise(of, lax().wanted()).verdict());
}

accepted<tdx::claims> tdx_accepted(const report_data& data, const quote_shape& shape = v5_shape) {
  const std::size_t in_body =
      shape.body_type == 1 ? tdx::enclave_row::reportdata::offset : tdx::td_body_row::reportdata::offset;
  auto quote = sample_quote(shape);
  std::ranges::copy(data.value, quote.storage.begin() + static_cast<std::ptrdiff_t>(shape.body_offset() + in_body));
  return need(asked(claims_about(quote), lax_td()).verdict());
}

// check_sealed seals to the recipient and gets the same key with the private half.
template <class Curve>
void check_sealed(const sealing_recipient& to, const ecdh_private_key<Curve>& key) {
  const auto made = need(agree_with(to));
  CHECK(made.params.curve() == recipient_curve_of<Curve>);
  CHECK(made.params.recipient<Curve>() == key.public_point());
  const auto bytes = made.params.bytes();
  CHECK(need(recipient_slot_key(key, need(recipient_params::parse(bytes)))) == made.key);
}

template <class Curve>
void check_bound() {
  const auto key = need(ecdh_private_key<Curve>::generate());
  const auto spki = key.spki().value;
  const auto data = need(binding_of().report_data_of(spki));
  check_sealed(need(sealing_recipient::bound_in(snp_accepted(data), binding_of(), spki)), key);
  for (const auto& shape : {v4_shape, v5_shape, v5_extended_shape, v3_shape}) {
    check_sealed(need(sealing_recipient::bound_in(tdx_accepted(data, shape), binding_of(), spki)), key);
  }
  check_sealed(need(sealing_recipient::unattested(spki)), key);
}

template <class Accepted, class Accept>
void check_every_bit(Accept accept) {
  const auto spki = need(ecdh_private_key<p256>::generate()).spki().value;
  const auto data = need(binding_of().report_data_of(spki));
  CHECK(sealing_recipient::bound_in(accept(data), binding_of(), spki));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    auto other = data;
    other.value[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const Accepted of = accept(other);
    CHECK(sealing_recipient::bound_in(of, binding_of(), spki).error() == failure{errc::binding_mismatch});
  }
}

template <class Curve>
void check_points() {
  const auto spki = need(ecdh_private_key<Curve>::generate()).spki().value;
  const std::size_t head = spki.size() - ec_point<Curve>::size();
  const auto of = snp_accepted(need(binding_of().report_data_of(spki)));
  for (std::size_t bit = 8 * head; bit < 8 * spki.size(); bit += 5) {
    auto other = spki;
    other[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    CHECK(sealing_recipient::unattested(other).error() == failure{errc::bad_value, head});
    CHECK(sealing_recipient::bound_in(of, binding_of(), other).error() == failure{errc::bad_value, head});
  }
  auto zeros = spki;
  std::fill(zeros.begin() + static_cast<std::ptrdiff_t>(head), zeros.end(), std::uint8_t{0});
  CHECK(sealing_recipient::unattested(zeros).error() == failure{errc::bad_value, head});
}

template <class Curve>
void check_encodings() {
  const auto spki = need(ecdh_private_key<Curve>::generate()).spki().value;
  for (std::size_t n = 0; n < spki.size(); ++n) {
    CHECK(sealing_recipient::unattested(byte_view(spki).first(n)).error() == failure{errc::truncated, n});
  }
  octets longer(spki.begin(), spki.end());
  longer.push_back(0);
  CHECK(sealing_recipient::unattested(longer).error() == failure{errc::trailing_data, spki.size()});
  for (std::size_t at = 0; at < spki.size() - ec_point<Curve>::size(); ++at) {
    auto other = spki;
    other[at] ^= 0x80;
    CHECK(sealing_recipient::unattested(other).error() == failure{errc::unsupported_algorithm, 0});
  }
}

}  // namespace

TEST_CASE("an owner seals to the key that appraised evidence of either vendor binds", "[seal][recipient]") {
  check_bound<p256>();
  check_bound<p384>();
}

TEST_CASE("an owner seals to a guest from its evidence, and only that guest gets the key", "[seal][recipient]") {
  const auto key = need(ecdh_private_key<p384>::generate());
  const auto spki = key.spki().value;
  const recipient_binding binding{.label = "unitee test sealing v1", .nonce = nonce, .model_digest = model};
  const auto data = need(binding.report_data_of(spki));
  const policies wanted{
      snp::appraisal_policy{}.require_report_data({data.value}).waive_measurement().waive_tcb().forbid_debug(),
      tdx::appraisal_policy{}
          .require_report_data({data.value})
          .waive_measurement()
          .require_up_to_date()
          .forbid_debug()};

  const auto report = need(simulated_guest(simulated_platform()).attest({data.value}));
  const auto quote = need(simulated_td().attest({data.value}));
  const auto guest = need(verify(need(evidence::parse(report.bytes())), endorsements_of(simulated_platform()),
                                 simulated_now, anchors_of(simulated_platform())));
  const auto td = need(verify(need(evidence::parse(quote)), endorsements_of(simulated_tdx_collateral()),
                              simulated_tdx_now, anchors_of(simulated_tdx_platform())));
  const auto stranger = need(ecdh_private_key<p384>::generate());
  for (const auto* genuine : {&guest, &td}) {
    const auto appraised = appraise(*genuine, wanted);
    REQUIRE(appraised.verdict());
    const auto to = need(sealing_recipient::bound_in(*appraised.verdict(), binding, spki));
    check_sealed(to, key);
    const auto made = need(agree_with(to));
    CHECK(recipient_slot_key(stranger, made.params).error().code == errc::no_matching_slot);
    // The same evidence vouches for no other key, and for none under another nonce, label or model.
    const auto& accepted_claims = *appraised.verdict();
    const failure why{errc::binding_mismatch};
    CHECK(sealing_recipient::bound_in(accepted_claims, binding, stranger.spki().value).error() == why);
    CHECK(sealing_recipient::bound_in(accepted_claims, binding_of(), spki).error() == why);
    recipient_binding other = binding;
    other.label = "unitee test sealing v2";
    CHECK(sealing_recipient::bound_in(accepted_claims, other, spki).error() == why);
    other = binding;
    other.nonce = byte_view(nonce).first(31);
    CHECK(sealing_recipient::bound_in(accepted_claims, other, spki).error() == why);
  }
}

TEST_CASE("report data that differ in any bit bind no key", "[seal][recipient]") {
  check_every_bit<accepted<snp::claims>>([](const report_data& data) { return snp_accepted(data); });
  check_every_bit<accepted<tdx::claims>>([](const report_data& data) { return tdx_accepted(data); });
}

TEST_CASE("a binding that makes no report data binds no key", "[seal][recipient]") {
  const auto spki = need(ecdh_private_key<p256>::generate()).spki().value;
  const auto of = snp_accepted({});
  CHECK(sealing_recipient::bound_in(of, binding_of({}), spki).error() == failure{errc::bad_value, 1});
  CHECK(sealing_recipient::bound_in(of, {.label = "", .nonce = nonce}, spki).error() == failure{errc::bad_value, 0});
}

TEST_CASE("a point that is not on its curve is no recipient, whatever vouches for it", "[seal][recipient]") {
  check_points<p256>();
  check_points<p384>();
}

TEST_CASE("a public key that is not encoded in the one way is no recipient", "[seal][recipient]") {
  check_encodings<p256>();
  check_encodings<p384>();
  octets rsa(294);
  std::ranges::copy(bytes_of_hex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100"), rsa.begin());
  CHECK(sealing_recipient::unattested(rsa).error() == failure{errc::unsupported_algorithm, 0});
}

TEST_CASE("every slot has an ephemeral key and a key of its own", "[seal][recipient]") {
  const auto key = need(ecdh_private_key<p256>::generate());
  const auto to = need(sealing_recipient::unattested(key.spki().value));
  std::set<std::string> distinct;
  for (int i = 0; i < 50; ++i) {
    const auto made = need(agree_with(to));
    CHECK(made.params.ephemeral<p256>() != key.public_point());
    distinct.insert(hex_of(made.params.ephemeral<p256>().value));
    distinct.insert(hex_of(made.key.expose()));
  }
  CHECK(distinct.size() == 100);
}

TEST_CASE("recipients are the same when their keys are", "[seal][recipient]") {
  const auto one = need(ecdh_private_key<p256>::generate()).spki().value;
  const auto two = need(ecdh_private_key<p384>::generate()).spki().value;
  const auto recipient = [](byte_view spki) { return need(sealing_recipient::unattested(spki)); };
  CHECK(recipient(one) == recipient(one));
  CHECK_FALSE(recipient(one) == recipient(two));
}

TEST_CASE("sealing to a recipient leaves the error queue as it was", "[seal][recipient]") {
  const auto spki = need(ecdh_private_key<p384>::generate()).spki().value;
  CHECK(keeps_error_queue([&] {
    (void)need(agree_with(need(sealing_recipient::unattested(spki))));
    (void)sealing_recipient::unattested(byte_view(spki).first(119));
    octets other(spki.begin(), spki.end());
    other.back() ^= 1;
    (void)sealing_recipient::unattested(other);
  }));
}

}  // namespace test_attested_recipient
