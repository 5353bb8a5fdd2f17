// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_snp.hpp>

#include "support/edits.hpp"
#include "support/verdicts.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/guest/simulated_image.hpp>
#include <unitee/launch/make_id_block.hpp>

#include <set>

namespace test_simulated_snp {

using namespace unitee;
using namespace unitee::test;
using snp::generation;
using snp::guest_field_select;
using snp::key_request;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }

template <class Fixed>
Fixed filled(std::uint8_t n) {
  Fixed out;
  out.value.fill(n);
  return out;
}

// full_launch has something in every field that a key can depend on.
simulated_launch full_launch() {
  return {.measurement = filled<snp::measurement>(1),
          .policy = {0x3001F},
          .vmpl = 1,
          .guest_svn = 7,
          .family_id = filled<snp::family_id>(2),
          .image_id = filled<snp::image_id>(3),
          .host_data = filled<snp::host_data>(4),
          .id_key_digest = filled<snp::key_digest>(5)};
}

key_request ask(std::uint64_t fields, std::uint32_t vmpl = 1, std::uint32_t svn = 7,
                const snp::tcb_version& tcb = milan().get().tcb) {
  return key_request::shared_by_every_guest_the_host_allows({fields}, vmpl, svn, tcb);
}

std::string key(const simulated_launch& guest, const key_request& request,
                const insecure_simulated_platform& on = milan()) {
  return hex_of(need(simulated_guest(on, guest).derive_key(request)).expose());
}

std::optional<failure> denied(const simulated_launch& guest, const key_request& request) {
  return refusal(simulated_guest(milan(), guest).derive_key(request));
}

constexpr failure invalid_parameter{errc::key_denied, 0x16, part::key_request};
constexpr failure invalid_key{errc::key_denied, 0x27, part::key_request};

}  // namespace

TEST_CASE("reports of every version and product verify under their own root and no other", "[guest][snp]") {
  const std::array platforms{&simulated_platform(generation::milan), &simulated_platform(generation::genoa),
                             &simulated_platform(generation::turin), &other_simulated_platform()};
  snp::report_data data;
  for (std::size_t i = 0; i < 64; ++i) data.value[i] = static_cast<std::uint8_t>(i);
  std::size_t verified = 0;
  for (const auto* on : platforms) {
    for (const std::uint32_t version : {2u, 3u, 5u}) {
      const auto report = need(simulated_guest(*on, {.report_version = version}).attest(data));
      CHECK(report.version() == version);
      CHECK(report.report_data() == data);
      for (const auto* by : platforms) {
        const auto own = judged(*by, report);
        CHECK(own.has_value() == (by == on));
        // Certificates of its own, somebody else's anchor.
        const auto other = snp::verify(report, endorsements_of(*on), simulated_now, anchors_of(*by));
        CHECK(other.has_value() == (by == on));
        verified += own.has_value();
      }
      CHECK(refusal(snp::verify(report, endorsements_of(*on), simulated_now)) ==
            failure{errc::untrusted_root, 0, part::root});
    }
  }
  CHECK(verified == 12);
}

TEST_CASE("the host's own certificate table verifies a report", "[guest][snp]") {
  const auto guest = simulated_guest(milan());
  endorsements given;
  CHECK(need(given.add(need(guest.certificate_table()))) == 3);
  CHECK(snp::verify(need(guest.attest({})), given, simulated_now, anchors_of(milan())));
}

TEST_CASE("only versions that have been seen are made", "[guest][snp]") {
  for (std::uint32_t version = 0; version < 8; ++version) {
    const auto made = insecure_simulated_snp::launch(milan(), {.report_version = version});
    CHECK(made.has_value() == (version == 2 || version == 3 || version == 5));
    if (!made) CHECK(made.error() == failure{errc::unsupported_version});
  }
}

TEST_CASE("a report shows what was launched, and on which machine", "[guest][snp]") {
  const auto launch = full_launch();
  const auto guest = simulated_guest(milan(), launch);
  const auto report = need(guest.attest(filled<snp::report_data>(9)));
  CHECK(report.measurement() == launch.measurement);
  CHECK(report.policy() == launch.policy);
  CHECK(report.vmpl() == 1);
  CHECK(report.guest_svn() == 7);
  CHECK(report.family_id() == launch.family_id);
  CHECK(report.image_id() == launch.image_id);
  CHECK(report.host_data() == launch.host_data);
  CHECK(report.id_key_digest() == launch.id_key_digest);
  CHECK(report.author_key_digest().is_zero());
  CHECK(report.report_id_ma() == filled<snp::report_id>(0xFF));
  CHECK(report.chip_id() == milan().get().chip_id);
  for (const auto& tcb : {report.current_tcb(), report.reported_tcb(), report.committed_tcb(), report.launch_tcb()})
    CHECK(tcb == milan().get().tcb);
  CHECK(report.cpuid() == snp::cpuid{0x19, 0x01, 1});
  CHECK(guest.committed_tcb() == report.committed_tcb());
  CHECK(guest.vmpl() == 1);
  CHECK_FALSE(report.report_id().is_zero());
}

TEST_CASE("a guest keeps its REPORT_ID, another has another, and no two reports have one signature", "[guest][snp]") {
  const auto guest = simulated_guest(milan());
  const auto one = need(guest.attest({}));
  const auto two = need(guest.attest({}));
  CHECK(one.report_id() == two.report_id());
  CHECK_FALSE(one == two);
  CHECK_FALSE(need(simulated_guest(milan()).attest({})).report_id() == one.report_id());
}

TEST_CASE("the same request gives the same key, after a restart too", "[guest][key]") {
  const auto request = key_request::bound_to_measurement(milan().get().tcb, 1);
  CHECK(key(full_launch(), request) == key(full_launch(), request));
  CHECK(key(full_launch(), request, other_simulated_platform()) != key(full_launch(), request));
  const auto elsewhere = need(milan().another_chip(simulated_tcb(), simulated_now));
  CHECK(key(full_launch(), request, elsewhere) != key(full_launch(), request));
}

TEST_CASE("a selected field changes the key, and one that is not selected does not", "[guest][key]") {
  using change = void (*)(simulated_launch&);
  const std::array<std::pair<unsigned, change>, 4> of_the_guest{{
      {0, [](simulated_launch& to) { to.policy.value ^= 1; }},
      {1, [](simulated_launch& to) { to.image_id.value[15] ^= 1; }},
      {2, [](simulated_launch& to) { to.family_id.value[0] ^= 1; }},
      {3, [](simulated_launch& to) { to.measurement.value[47] ^= 1; }},
  }};
  for (std::uint64_t fields = 0; fields < 64; ++fields) {
    const std::string before = key(full_launch(), ask(fields));
    for (const auto& [bit, change_it] : of_the_guest) {
      auto changed = full_launch();
      change_it(changed);
      CHECK((key(changed, ask(fields)) != before) == ((fields >> bit & 1) != 0));
    }
    auto unrelated = full_launch();
    unrelated.host_data.value[0] ^= 1;
    unrelated.id_key_digest.value[0] ^= 1;
    unrelated.report_version = 2;
    unrelated.vmpl = 0;  // the request's counts
    unrelated.guest_svn = 100;
    CHECK(key(unrelated, ask(fields)) == before);
    CHECK((key(full_launch(), ask(fields, 1, 6)) != before) == ((fields & 16) != 0));
    auto lower = milan().get().tcb;
    --lower.value[7];
    CHECK((key(full_launch(), ask(fields, 1, 7, lower)) != before) == ((fields & 32) != 0));
    CHECK(key(full_launch(), ask(fields, 2)) != before);
  }
}

TEST_CASE("every selection of fields and every VMPL gives a key of its own", "[guest][key]") {
  std::set<std::string> keys;
  for (std::uint64_t fields = 0; fields < 64; ++fields) {
    for (std::uint32_t vmpl = 1; vmpl < 4; ++vmpl) keys.insert(key(full_launch(), ask(fields, vmpl)));
  }
  CHECK(keys.size() == 64 * 3);
}

TEST_CASE("firmware denies what is above the guest, with its status", "[guest][key]") {
  const auto guest = full_launch();
  CHECK_FALSE(denied(guest, ask(63)));
  CHECK(denied(guest, ask(63, 0)) == invalid_parameter);  // a more privileged level
  for (const std::uint32_t vmpl : {4u, 255u, 0xFFFFFFFFu}) CHECK(denied(guest, ask(63, vmpl)) == invalid_parameter);
  CHECK(denied(guest, ask(16, 1, 8)) == invalid_parameter);
  CHECK_FALSE(denied(guest, ask(47, 1, 8)));  // not selected, not looked at
  for (std::size_t at = 0; at < 8; ++at) {
    auto above = milan().get().tcb;
    ++above.value[at];
    CHECK(denied(guest, ask(32, 1, 7, above)) == invalid_parameter);
    CHECK_FALSE(denied(guest, ask(31, 1, 7, above)));
  }
  for (unsigned bit = 7; bit < 64; ++bit) CHECK(denied(guest, ask(std::uint64_t{1} << bit)) == invalid_parameter);
  CHECK(denied(guest, ask(63).with_migration_root()) == invalid_key);
}

TEST_CASE("a chip with a VCEK and no VLEK answers for the VCEK", "[guest][key]") {
  const auto request = key_request::bound_to_measurement(milan().get().tcb, 1);
  CHECK(denied(full_launch(), request.with_key_selection(snp::key_selection::vlek)) == invalid_key);
  CHECK(key(full_launch(), request.with_key_selection(snp::key_selection::vcek)) == key(full_launch(), request));
}

TEST_CASE("a request of message version 2 is not for this firmware", "[guest][key]") {
  const failure too_new{errc::unsupported_version, 32, part::key_request};
  CHECK(denied(full_launch(), ask(63).with_launch_mit_vector(0)) == too_new);
  CHECK(denied(full_launch(), ask(64)) == too_new);
}

TEST_CASE("the basis of a key is what a fresh report says", "[guest][key]") {
  for (const auto& launch : {simulated_launch{}, full_launch()}) {
    const auto guest = simulated_guest(milan(), launch);
    CHECK(need(guest.key_basis()) == snp::key_basis::of(need(guest.attest({}))));
  }
}

TEST_CASE("an older key comes back after an update, and a newer one is out of reach", "[guest][key]") {
  // The same chip with a lower and a higher TCB: what firmware before and after an update is.
  const auto& own = milan().get();
  const auto with_tcb = [&](const snp::tcb_version& tcb) {
    return insecure_simulated_platform::restore({own.product, tcb, own.chip_id, secret<32>::made_by([&](byte_span out) {
                                                   std::ranges::copy(own.chip_secret.expose(), out.begin());
                                                 }),
                                                 own.ark_key, own.ask_key, own.vcek_key, own.ark, own.ask, own.vcek});
  };
  auto newer = own.tcb;
  ++newer.value[6];
  const auto updated = with_tcb(newer);
  const auto old_request = key_request::bound_to_measurement(own.tcb, 1);
  CHECK(key(full_launch(), old_request, updated) == key(full_launch(), old_request));
  const auto new_request = key_request::bound_to_measurement(newer, 1);
  CHECK(key(full_launch(), new_request, updated) != key(full_launch(), old_request));
  CHECK(denied(full_launch(), new_request) == invalid_parameter);
}

namespace {

// signed_launch is a launch with an ID block for it, signed by two keys.
struct signed_launch {
  const signing_key& id_key = ec_key<p384>(2);
  const signing_key& author_key = ec_key<p384>(3);
  snp::id_block_fields fields{full_launch().measurement, filled<snp::family_id>(6), filled<snp::image_id>(7), 9,
                              full_launch().policy};
  snp::id_block_bytes block{};
  snp::id_auth_bytes auth{};

  [[nodiscard]] simulated_launch launch(bool with_author = true) {
    block = snp::make_id_block(fields);
    auth = need(snp::make_id_auth(block, id_key, with_author ? &author_key : nullptr));
    auto out = full_launch();
    out.id_block = block;
    out.id_auth = auth;
    return out;
  }
};

std::optional<failure> not_launched(const simulated_launch& with) {
  return refusal(insecure_simulated_snp::launch(milan(), with));
}

constexpr failure launch_denied(std::uint64_t status) { return {errc::launch_denied, status, part::launch}; }

}  // namespace

TEST_CASE("a guest takes its identity from a signed ID block", "[guest][id_block]") {
  for (const bool with_author : {true, false}) {
    signed_launch made;
    const auto report = need(simulated_guest(milan(), made.launch(with_author)).attest({}));
    CHECK(report.measurement() == full_launch().measurement);
    CHECK(report.policy() == full_launch().policy);
    CHECK(report.family_id() == made.fields.family_id);
    CHECK(report.image_id() == made.fields.image_id);
    CHECK(report.guest_svn() == 9);
    CHECK(report.id_key_digest() == need(snp::id_key_digest_of(made.id_key)));
    CHECK(report.key_info().has(snp::key_info::author_key_en) == with_author);
    CHECK(report.author_key_digest() ==
          (with_author ? need(snp::id_key_digest_of(made.author_key)) : snp::key_digest{}));
    CHECK(judged(milan(), report));
  }
}

TEST_CASE("a key for the guest's SVN is a key for the ID block's", "[guest][id_block][key]") {
  signed_launch made;
  const auto launch = made.launch();
  CHECK_FALSE(denied(launch, ask(16, 1, 9)));
  CHECK(denied(launch, ask(16, 1, 10)) == invalid_parameter);
  auto by_hand = full_launch();
  by_hand.family_id = made.fields.family_id;
  by_hand.image_id = made.fields.image_id;
  by_hand.guest_svn = 9;
  CHECK(key(launch, ask(63)) == key(by_hand, ask(63)));
}

TEST_CASE("firmware launches nothing that the ID block does not say", "[guest][id_block]") {
  signed_launch made;
  const auto good = made.launch();
  CHECK_FALSE(not_launched(good));
  // Another measurement and another policy, each under a good signature.
  auto changed = good;
  changed.measurement.value[47] ^= 1;
  CHECK(not_launched(changed) == launch_denied(0x0B));
  changed = good;
  changed.policy.value ^= 1;
  CHECK(not_launched(changed) == launch_denied(0x07));
  // The signatures are looked at first.
  for (const std::size_t at : {0U, 48U, 64U, 84U, 88U, 95U}) {
    auto block = made.block;
    block[at] ^= 1;
    changed = good;
    changed.id_block = block;
    CHECK(not_launched(changed) == launch_denied(0x0A));
  }
  for (const std::size_t at : {0x040U, 0x088U, 0x244U, 0x28CU, 0x680U, 0x6C8U, 0x884U, 0x8CCU}) {
    auto auth = made.auth;
    auth[at] ^= 1;
    changed = good;
    changed.id_auth = auth;
    CHECK(not_launched(changed) == launch_denied(0x0A));
  }
}

TEST_CASE("what is no ID block is the failure of its parse", "[guest][id_block]") {
  signed_launch made;
  auto launch = made.launch();
  launch.id_auth = {};
  CHECK(not_launched(launch) == failure{errc::truncated, 0, part::id_auth});
  launch = made.launch();
  launch.id_block = {};
  CHECK(not_launched(launch) == failure{errc::truncated, 0});
  launch = made.launch();
  auto auth = made.auth;
  auth[0xFFF] = 1;
  launch.id_auth = auth;
  CHECK(not_launched(launch) == failure{errc::reserved_not_zero, 0xFFF, part::id_auth});
}

TEST_CASE("the measurement of an image is that of its launch", "[guest][launch]") {
  const auto expected = need(guest::simulated_measurement(need(sha384({}))));
  const auto guest = simulated_guest(milan(), {.measurement = expected});
  CHECK(need(guest.attest({})).measurement() == expected);
}

}  // namespace test_simulated_snp
