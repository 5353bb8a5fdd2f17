// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/recipient_slot.hpp>

#include "support/openssl.hpp"
#include "support/slot_changes.hpp"
#include "support/td_appraisal.hpp"
#include "support/verdicts.hpp"

#include <unitee/seal/recipient_key.hpp>
#include <unitee/verify/appraise.hpp>

#include <array>
#include <string>
#include <vector>

namespace test_recipient_slot {

using namespace unitee;
using namespace unitee::test::slot_changes;
using test::hex_of;
using test::need;

namespace {

const octets nonce = test::pattern(32);
const octets model = test::pattern(48);
const recipient_binding binding{.label = "unitee test sealing v1", .nonce = nonce, .model_digest = model};

octets file_of(new_slot slot) { return *test::sealed_bytes(plaintext, test::slots_of(std::move(slot))); }

auto wanted_of(const report_data& data) {
  return policies{
      snp::appraisal_policy{}.require_report_data({data.value}).waive_measurement().waive_tcb().forbid_debug(),
      tdx::appraisal_policy{}
          .require_report_data({data.value})
          .waive_measurement()
          .require_up_to_date()
          .forbid_debug()};
}

// from_snp and from_td are the evidence of a guest with these report data, verified.
verified<claims> from_snp(const report_data& data) {
  const auto report = need(test::simulated_guest(test::simulated_platform()).attest({data.value}));
  return need(verify(need(evidence::parse(report.bytes())), test::endorsements_of(test::simulated_platform()),
                     test::simulated_now, test::anchors_of(test::simulated_platform())));
}
verified<claims> from_td(const report_data& data) {
  const auto quote = need(test::simulated_td().attest({data.value}));
  return need(verify(need(evidence::parse(quote)), test::endorsements_of(test::simulated_tdx_collateral()),
                     test::simulated_tdx_now, test::anchors_of(test::simulated_tdx_platform())));
}

// check_whole_way is what a guest and an owner do who have never met.
template <class Curve>
void check_whole_way(verified<claims> (*attested)(const report_data&)) {
  // The guest.
  const auto key = need(ecdh_private_key<Curve>::generate());
  const auto spki = key.spki().value;
  const auto data = need(binding.report_data_of(spki));
  const auto genuine = attested(data);
  // The owner.
  const auto appraised = appraise(genuine, wanted_of(data));
  REQUIRE(appraised.verdict());
  const auto to = need(sealing_recipient::bound_in(*appraised.verdict(), binding, spki));
  const octets file = file_of(need(recipient_slot(to)));
  const auto header = need(sealed_header::parse(byte_view(file).first(sealed_header::size)));
  CHECK(header.slot_count() == 1);
  CHECK(header.slot(0).kind() == slot_kind::public_key);
  CHECK(header.slot(0).params().size() == 1 + 4 * Curve::field);
  CHECK(equal(header.slot(0).params().subspan(1 + 2 * Curve::field), byte_view(spki).last(2 * Curve::field)));
  // The guest again, and others.
  CHECK(seen_with(file, recipient_key<Curve>(key)).has_value());
  const auto stranger = need(ecdh_private_key<Curve>::generate());
  CHECK(seen_with(file, recipient_key<Curve>(stranger)).error() == no_way_in);
  CHECK(seen_by(file, 1).error() == no_way_in);
  // Evidence that vouches for another key is none for this one.
  CHECK(sealing_recipient::bound_in(*appraised.verdict(), binding, stranger.spki().value).error().code ==
        errc::binding_mismatch);
}

}  // namespace

TEST_CASE("an owner seals to a key in appraised evidence, and its private half alone opens", "[seal][recipient]") {
  check_whole_way<p256>(from_snp);
  check_whole_way<p384>(from_snp);
  check_whole_way<p256>(from_td);
  check_whole_way<p384>(from_td);
}

TEST_CASE("a slot for a recipient is made anew every time", "[seal][recipient]") {
  const auto key = need(ecdh_private_key<p256>::generate());
  const auto to = need(sealing_recipient::unattested(key.spki().value));
  const auto one = need(recipient_slot(to));
  const auto two = need(recipient_slot(to));
  CHECK(one.kind() == slot_kind::public_key);
  CHECK(hex_of(one.params().subspan(1, 64)) != hex_of(two.params().subspan(1, 64)));
  CHECK(hex_of(one.params().subspan(65)) == hex_of(two.params().subspan(65)));
  const octets a = file_of(need(recipient_slot(to)));
  const octets b = file_of(need(recipient_slot(to)));
  CHECK(hex_of(byte_view(a).subspan(512 + 464, 32)) != hex_of(byte_view(b).subspan(512 + 464, 32)));
}

TEST_CASE("making a slot for a recipient leaves the error queue as it was", "[seal][recipient]") {
  const auto key = need(ecdh_private_key<p384>::generate());
  const auto to = need(sealing_recipient::unattested(key.spki().value));
  CHECK(test::keeps_error_queue([&] { (void)need(recipient_slot(to)); }));
}

}  // namespace test_recipient_slot
