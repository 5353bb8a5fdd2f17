// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/derive.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/kdf_vectors.hpp"
#include "support/key_sources.hpp"

#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace test_derive {

using namespace unitee;
using namespace unitee::test;
using snp_source = fixed_source<snp::key_request>;
using tdx_source = fixed_source<tdx::key_request>;
using snp_record = key_record<snp::key_request>;
using tdx_record = key_record<tdx::key_request>;

namespace {

constexpr snp::key_basis snp_now{{{4, 2, 0, 0, 0, 0, 24, 219}}, 1, 7};
constexpr tdx::key_basis tdx_now{{{1, 2, 3}}, {{7, 1, 9}}, 3, 4, 5};

template <class Root>
concept is_root = requires(const Root& root, const snp_record& record) {
  detail::derive_from_root(root, record);
};
template <class Source>
concept is_source = requires(Source& source, const snp_record& record) {
  derive_key(source, record);
};
template <class Source>
concept is_source_of_bindings = requires(Source& source) {
  derive_key(source, key_binding{.purpose = "p"});
};

// What is public is no root, by any interface.
static_assert(is_root<secret<32>> && is_source<snp_source> && is_source_of_bindings<snp_source>);
static_assert(!is_root<std::array<std::uint8_t, 32>> && !is_root<byte_view> && !is_root<fixed_bytes<32>>);
static_assert(!is_root<snp::measurement> && !is_root<tdx::td_report> && !is_root<snp::report> && !is_root<secret<16>>);
static_assert(!is_source<secret<32>> && !is_source<byte_view> && !is_source<snp::report> && !is_source<tdx_source>);
static_assert(!is_source_of_bindings<secret<32>> && !is_source_of_bindings<snp::report>);
static_assert(!is_source_of_bindings<tdx::td_report> && !is_source_of_bindings<byte_view>);
static_assert(!std::is_copy_constructible_v<derived_key<snp::key_request>>);

// check_derivation derives what a vector says, new and from its record.
template <class Request>
void check_derivation(const nlohmann::json& vector) {
  const auto record = need(key_record<Request>::parse_any_binding(bytes_of_hex(vector.at("record"))));
  fixed_source<Request> source;
  const std::string key = vector.at("key");
  CHECK(hex_of(need(derive_key_that_other_guests_may_have(source, record)).expose()) == key);
  CHECK(source.asked == 1);
  if (!vector.contains("to")) return;
  source.basis = basis_of<Request>(vector.at("basis"));
  const std::string purpose = vector.at("purpose");
  const auto context = bytes_of_hex(vector.at("context"));
  const auto made =
      derive_key(source, {bound_to_words(vector.at("to")), purpose, context}, floor_of<Request>(vector.at("floor")));
  REQUIRE(made);
  CHECK(made->record == record);
  CHECK(hex_of(made->key.expose()) == key);
  const auto again = derive_key(source, record);
  CHECK(again.has_value() == record.check_binding().has_value());
  if (again) CHECK(*again == made->key);
  if (!again) CHECK(again.error() == record.check_binding().error());
}

// check_flips looks at every record that differs from this one in one bit: how many parse, each with a key of its own
// under the same root.
template <class Request>
std::size_t check_flips(const key_record<Request>& record) {
  const std::string key = hex_of(need(detail::derive_from_root(counting_key(), record)).expose());
  std::set<std::string> others;
  std::size_t parsed_ones = 0;
  const auto encoded = record.encode();
  const std::vector<std::uint8_t> bytes(encoded.begin(), encoded.end());
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    auto changed = bytes;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1u << bit % 8);
    const auto parsed = key_record<Request>::parse_any_binding(changed);
    if (!parsed) continue;
    ++parsed_ones;
    // A flip in the floor may put it above the request; that record has a key too, but nobody gets it.
    others.insert(hex_of(need(detail::derive_from_root(counting_key(), *parsed)).expose()));
  }
  CHECK(others.count(key) == 0);
  CHECK(others.size() == parsed_ones);
  return parsed_ones;
}

}  // namespace

TEST_CASE("keys are those of the vectors, for both vendors", "[kdf]") {
  std::size_t checked = 0;
  const auto all = vectors("kdf");
  for (const auto& vector : all) {
    if (!vector.contains("record")) continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    CHECK(hex_of(counting_key().expose()) == vector.at("root").get<std::string>());
    if (vector.at("vendor") == 1) {
      check_derivation<snp::key_request>(vector);
    } else {
      check_derivation<tdx::key_request>(vector);
    }
    ++checked;
  }
  CHECK(checked == 18);
}

TEST_CASE("every bit of a record that is flipped makes another key, or no record", "[kdf]") {
  const auto context = pattern(5);
  const auto snp_one = need(snp_record::create(snp::key_request::bound_to_measurement(snp_now.committed_tcb, 1),
                                               {{{3, 1, 0, 0, 0, 0, 20, 200}}, 0}, "purpose", context));
  // GUEST_FIELD_SELECT 6, VMPL 2, GUEST_SVN 32, TCB 64, floor 96, purpose 56, context 40; KEY_SEL 2 and VMRK 1.
  CHECK(check_flips(snp_one) == 6 + 2 + 32 + 64 + 96 + 56 + 40 + 3);
  const auto tdx_one =
      need(tdx_record::create(tdx::key_request::bound_to_measurement(tdx_now), {}, "purpose", context));
  // SWKEYNAME 8, KEYSIZE 1, KEYPOLICY 4 + 5, masks 128, SVNs 128 + 128 + 48, SALT 256, floor 176, and as above.
  CHECK(check_flips(tdx_one) == 8 + 1 + 9 + 128 + 128 + 128 + 48 + 256 + 176 + 56 + 40);
}

TEST_CASE("every bit of the root counts", "[kdf]") {
  const auto record = need(snp_record::create(snp::key_request::bound_to_measurement({}, 0), {}, "p", {}));
  const auto root = counting_key();
  std::set<std::string> keys{hex_of(need(detail::derive_from_root(root, record)).expose())};
  for (std::size_t bit = 0; bit < 256; ++bit) {
    std::vector<std::uint8_t> bytes(root.expose().begin(), root.expose().end());
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1u << bit % 8);
    keys.insert(hex_of(need(detail::derive_from_root(secret_of<32>(bytes), record)).expose()));
  }
  CHECK(keys.size() == 257);
}

TEST_CASE("what a source answers instead of a key is passed on", "[kdf]") {
  const failure denied{errc::key_denied, 0x16, part::key_request};
  const failure gone{errc::interface_absent, 2, part::sev_guest};
  snp_source source{.basis = snp_now, .no_key = denied};
  CHECK(derive_key(source, {.purpose = "p"}).error() == denied);
  CHECK(source.asked == 1);
  source = {.basis = snp_now, .no_basis = gone};
  CHECK(derive_key(source, {.purpose = "p"}).error() == gone);
  CHECK(source.asked == 0);
  tdx_source td{.basis = tdx_now, .zero = true};
  CHECK(derive_key(td, {.purpose = "p"}).error() == failure{errc::zero_key, 0, part::key_request});
}

TEST_CASE("what cannot be asked for is not asked", "[kdf]") {
  snp_source source{.basis = snp_now};
  const auto enough = bound_to::measurement_and_policy();
  CHECK(derive_key(source, {enough.and_configuration(), "p"}).error() ==
        failure{errc::unsupported_format, 8, part::key_request});
  CHECK(derive_key(source, {enough.and_runtime_measurements({1}), "p"}).error() ==
        failure{errc::unsupported_format, 8, part::key_request});
  CHECK(derive_key(source, {.purpose = {}}).error() == failure{errc::bad_length, 50, part::key_record});
  CHECK(derive_key(source, {.purpose = "p", .context = pattern(513)}).error() ==
        failure{errc::bad_length, 52, part::key_record});
  tdx_source td;  // a TEE_TCB_SVN of zeros
  CHECK(derive_key(td, {.purpose = "p"}).error() == failure{errc::bad_value, 48, part::key_request});
  CHECK(source.asked + td.asked == 0);
}

TEST_CASE("a platform below the floor gives no new key, and no old one", "[kdf]") {
  snp_source source{.basis = snp_now};
  const auto at = [](std::size_t offset) { return failure{errc::below_floor, offset, part::key_record}; };
  const auto to = bound_to::measurement_and_policy().and_guest_svn();
  const auto made = need(derive_key(source, {to, "p"}, {snp_now.committed_tcb, 7}));
  CHECK(made.key == need(derive_key(source, made.record)));
  CHECK(made.key == need(derive_key(source, made.record, {snp_now.committed_tcb, 7})));
  source.asked = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    snp::key_floor least{snp_now.committed_tcb, 0};
    ++least.tcb.value[i];
    CHECK(derive_key(source, {to, "p"}, least).error() == at(28 + i));
    CHECK(derive_key(source, made.record, least).error() == at(28 + i));
    const auto forged = need(snp_record::create(made.record.request(), least, "p", {}));
    CHECK(derive_key(source, forged).error() == at(28 + i));
  }
  CHECK(derive_key(source, {to, "p"}, {{}, 8}).error() == at(24));
  CHECK(derive_key(source, {.purpose = "p"}, {{}, 1}).error() == at(24));  // an SVN that is not mixed in
  CHECK(source.asked == 0);

  tdx_source td{.basis = tdx_now};
  CHECK(derive_key(td, {.purpose = "p"}, {tdx_now.tee_tcb_svn, 3, 4, 5}));
  td.asked = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    tdx::key_floor least{tdx_now.tee_tcb_svn, 3, 4, 5};
    ++least.tee_tcb_svn.value[i];
    CHECK(derive_key(td, {.purpose = "p"}, least).error() == at(52 + i));
  }
  CHECK(derive_key(td, {.purpose = "p"}, {{}, 4, 0, 0}).error() == at(68));
  CHECK(td.asked == 0);
}

TEST_CASE("derivation leaves OpenSSL's error queue alone", "[kdf]") {
  CHECK(keeps_error_queue([] {
    snp_source source{.basis = snp_now};
    return derive_key(source, {.purpose = "p"}).has_value();
  }));
}

TEST_CASE("a record of a stranger is opened only where nobody else could have its key", "[kdf]") {
  snp_source source;
  source.basis = snp_now;
  const auto record_for = [](const snp::key_request& request) {
    return need(snp_record::create(request, {}, "purpose", {}));
  };
  const auto own = snp::key_request::bound_to_measurement(snp_now.committed_tcb, snp_now.vmpl);
  CHECK(derive_key(source, record_for(own)));
  CHECK(source.asked == 1);

  const auto weak = snp::key_request::shared_by_every_guest_the_host_allows({0}, snp_now.vmpl, 0, {});
  CHECK(derive_key(source, record_for(weak)).error() == failure{errc::weak_binding, 4 + 8, part::key_record});
  for (std::uint32_t vmpl = 0; vmpl < 4; ++vmpl) {
    if (vmpl == snp_now.vmpl) continue;
    const auto other = snp::key_request::bound_to_measurement(snp_now.committed_tcb, vmpl);
    CHECK(derive_key(source, record_for(other)).error() == failure{errc::weak_binding, 4 + 16, part::key_record});
    CHECK(derive_key_that_other_guests_may_have(source, record_for(other)));
  }
  source.no_basis = failure{errc::no_answer, 5, part::sev_guest};
  CHECK(derive_key(source, record_for(own)).error() == source.no_basis);

  fixed_source<tdx::key_request> td;
  auto short_key =
      need(tdx_record::create(tdx::key_request::bound_to_measurement(tdx_now), {}, "purpose", {})).encode();
  std::vector<std::uint8_t> bytes(byte_view(short_key).begin(), byte_view(short_key).end());
  bytes[4 + 3] = 0;  // KEYSIZE: 128 bits
  const auto of_128_bits = need(tdx_record::parse_any_binding(bytes));
  CHECK(derive_key(td, of_128_bits).error() == failure{errc::unsupported_format, 4 + 3, part::key_record});
  CHECK(td.asked == 0);
}

TEST_CASE("a key moves forward with the platform, bound to the same", "[kdf]") {
  const auto context = pattern(5);
  const auto to = bound_to::measurement_and_policy().and_owner().and_guest_svn();
  snp_source source{.basis = snp_now};
  const snp::key_floor floor{{{3}}, 2};
  const auto old = need(derive_key(source, {to, "a purpose", context}, floor));
  const auto same = need(derive_key_again(source, old.record));
  CHECK(same.record == old.record);
  CHECK(same.key == old.key);

  source.basis = {{{5, 2, 0, 0, 0, 0, 24, 220}}, 1, 8};
  source.asked = 0;
  const auto next = need(derive_key_again(source, old.record));
  CHECK(source.asked == 1);
  CHECK(next.record ==
        need(snp_record::create(old.record.request().moved_to(source.basis), floor, "a purpose", context)));
  CHECK_FALSE(next.key == old.key);
  CHECK(need(derive_key(source, next.record)) == next.key);
  CHECK(need(derive_key(source, {to, "a purpose", context}, floor)).key == next.key);
  CHECK(need(derive_key(source, old.record)) == old.key);
  // A greater floor goes along.
  const snp::key_floor greater{{{2, 2}}, 8};
  const auto raised = need(derive_key_again(source, old.record, greater));
  CHECK(raised.record.floor() == snp::key_floor{{{3, 2}}, 8});

  tdx_source td{.basis = tdx_now};
  const auto of_td = need(derive_key(td, {.purpose = "p"}, {{{7}}, 0, 0, 0}));
  td.basis.tee_tcb_svn.value[0] = 8;
  td.basis.cpusvn.value[0] = 2;
  const auto moved = need(derive_key_again(td, of_td.record, {{}, 3, 0, 0}));
  CHECK(moved.record == need(tdx_record::create(of_td.record.request().moved_to(td.basis), {{{7}}, 3, 0, 0}, "p", {})));
  CHECK(need(derive_key(td, moved.record)) == moved.key);
}

TEST_CASE("a key does not move below a floor, nor for a stranger", "[kdf]") {
  snp_source source{.basis = snp_now};
  const auto to = bound_to::measurement_and_policy();
  const auto own = need(derive_key(source, {to, "p"}, {snp_now.committed_tcb, 0})).record;
  source.asked = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    if (snp_now.committed_tcb.value[i] == 0) continue;
    --source.basis.committed_tcb.value[i];
    CHECK(derive_key_again(source, own).error() == failure{errc::below_floor, 28 + i, part::key_record});
    source.basis = snp_now;
  }
  snp::key_floor above{snp_now.committed_tcb, 0};
  ++above.tcb.value[7];
  CHECK(derive_key_again(source, own, above).error() == failure{errc::below_floor, 35, part::key_record});
  CHECK(derive_key_again(source, own, {{}, 1}).error() == failure{errc::below_floor, 24, part::key_record});

  const auto record_for = [](const snp::key_request& request) {
    return need(snp_record::create(request, {}, "purpose", {}));
  };
  const auto weak = snp::key_request::shared_by_every_guest_the_host_allows({0}, snp_now.vmpl, 0, {});
  CHECK(derive_key_again(source, record_for(weak)).error() == failure{errc::weak_binding, 4 + 8, part::key_record});
  const auto other = snp::key_request::bound_to_measurement(snp_now.committed_tcb, 0);
  CHECK(derive_key_again(source, record_for(other)).error() == failure{errc::weak_binding, 4 + 16, part::key_record});
  CHECK(source.asked == 0);

  source.no_basis = failure{errc::no_answer, 5, part::sev_guest};
  CHECK(derive_key_again(source, own).error() == *source.no_basis);
  source.no_basis.reset();
  source.no_key = failure{errc::key_denied, 0x16, part::key_request};
  CHECK(derive_key_again(source, own).error() == *source.no_key);
}

}  // namespace test_derive
