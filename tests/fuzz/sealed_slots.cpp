// SPDX-License-Identifier: Apache-2.0
//
// What is read of a slot before any of it is authentic. A slot that parses is written back to the same bytes; each kind
// of key takes slots of its own kind and no others, refuses in the part that it reads, and hardware is asked for
// nothing but keys that are bound to the guest.
#include "reached.hpp"
#include "sealed_seeds.hpp"

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ecdh.hpp>
#include <unitee/kdf/key_record.hpp>
#include <unitee/seal/broker_slot.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/hardware_slot.hpp>
#include <unitee/seal/recipient_key.hpp>
#include <unitee/seal/recipient_params.hpp>
#include <unitee/seal/recipient_slot_key.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_view.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/tdx/key_request.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

using namespace unitee;
using fuzz::require;

// asked_source answers every request, as firmware would not, and stops the program at one that no reader may make.
template <class Request>
struct asked_source {
  using key_request = Request;
  bool simulation;
  typename Request::basis basis{};
  std::size_t asked = 0;

  [[nodiscard]] bool simulated() const noexcept { return simulation; }
  [[nodiscard]] result<typename Request::basis> key_basis() const { return basis; }
  result<secret<32>> derive_key(const Request& request) {
    require(!request.is_under_bound() && request.check_level(basis).has_value());
    ++asked;
    return fuzz::run(0xb0);
  }
};

template <class Request>
void check_hardware(const slot_view& slot, bool simulation, slot_kind kind) {
  asked_source<Request> source{.simulation = simulation};
  hardware_key key(source);
  const auto found = key.slot_key(slot);
  require(found.has_value() == (source.asked == 1));
  require((slot.kind() == kind) != (!found && found.error().code == errc::no_matching_slot));
  if (slot.kind() != kind) return;
  const auto any = key_record<Request>::parse_any_binding(slot.params());
  if (!any) {
    require(!found && found.error() == any.error());
  } else {
    require(equal(any->encode(), slot.params()));
    const bool good = key_record<Request>::parse(slot.params()) && any->is_for(sealed_slot_purpose) &&
                      any->context().empty() && any->check_floor() && any->check_level(source.basis);
    require(found.has_value() == good);
  }
  if (!found) require(found.error().in == part::key_record && found.error().offset <= slot.params().size());

  // A renewed slot is one that a reader would ask for.
  const auto renewed = key.renewed(slot);
  if (!renewed) return;
  const auto again = detail::slot_record<Request>(
      *slot_view::parse(*renewed->wrap_insecurely_with({}, fuzz::binding_of({}), fuzz::data_key()), 0));
  require(renewed->kind() == kind && again && again->check_floor() && !again->request().is_under_bound());
}

template <class Curve>
void check_recipient(const slot_view& slot) {
  static const auto own = *ecdh_private_key<Curve>::generate();
  const auto found = recipient_key<Curve>(own).slot_key(slot);
  require(!found);  // nobody seals to a key that was drawn just now
  if (slot.kind() != slot_kind::public_key) {
    require(found.error().code == errc::no_matching_slot);
    return;
  }
  require(found.error().in == part::sealed_slot && found.error().offset <= slot.params().size());
  const auto params = recipient_params::parse(slot.params());
  if (!params) return;
  require(equal(params->bytes(), slot.params()));
  if (params->curve() != recipient_curve_of<Curve>) return;
  const auto same =
      recipient_params::of<Curve>(params->template ephemeral<Curve>(), params->template recipient<Curve>());
  require(same == *params);
  const auto for_own = recipient_params::of<Curve>(params->template ephemeral<Curve>(), own.public_point());
  const auto agreed = recipient_slot_key(own, for_own);
  require(agreed || agreed.error() == failure{errc::bad_value, 1, part::sealed_slot});
}

// check_given says the same of the keys that somebody has: the caller's, and a broker's.
void check_given(const slot_view& slot) {
  const bool callers = slot.kind() == slot_kind::caller_key;
  require(caller_key(fuzz::slot_key()).slot_key(slot).has_value() == callers);
  require(caller_key(fuzz::slot_key(), slot.params()).slot_key(slot).has_value() == callers);
  require(!caller_key(fuzz::slot_key(), slot.bytes()).slot_key(slot));
  std::size_t asked = 0;
  broker_key broker([&](byte_view params) -> result<secret<32>> {
    require(equal(params, slot.params()) && !params.empty());
    ++asked;
    return fuzz::run(0x90);
  });
  require(broker.slot_key(slot).has_value() == (slot.kind() == slot_kind::broker_key) && asked <= 1);
}

// check_written says that what the slot says of itself makes the same slot, of the kinds that this version writes.
void check_written(const slot_view& slot) {
  auto written = slot_view::encode(slot.kind(), slot.params());
  const bool known = slot_view::is_known(slot.kind());
  require(written.has_value() == known && (std::string_view(name(slot.kind())) != "unknown") == known);
  if (!known) return;
  slot_view::put_wrapped_key(*written, slot.nonce(), slot.wrapped_key(), slot.tag());
  require(equal(*written, slot.bytes()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  slot_bytes bytes{};
  std::copy_n(data, std::min(size, bytes.size()), bytes.begin());
  constexpr std::uint64_t base = 7680;
  const auto slot = slot_view::parse(bytes, base);
  const auto elsewhere = slot_view::parse(bytes, 0);
  require(slot.has_value() == elsewhere.has_value());
  if (!slot) {
    const failure& why = slot.error();
    require(why.in == part::sealed_header && why.offset >= base && why.offset < base + bytes.size());
    require(elsewhere.error() == failure{why.code, why.offset - base, why.in});
    if (why.code == errc::reserved_not_zero) require(bytes[static_cast<std::size_t>(why.offset - base)] != 0);
    return 0;
  }
  require(slot->params().size() <= slot_view::max_params && equal(slot->bytes(), bytes));
  check_written(*slot);
  check_given(*slot);
  check_hardware<snp::key_request>(*slot, false, slot_kind::snp_derived_key);
  check_hardware<snp::key_request>(*slot, true, slot_kind::simulated_snp_derived_key);
  check_hardware<tdx::key_request>(*slot, false, slot_kind::tdx_derived_key);
  check_hardware<tdx::key_request>(*slot, true, slot_kind::simulated_tdx_derived_key);
  check_recipient<p256>(*slot);
  check_recipient<p384>(*slot);
  const auto data_key = detail::unwrap(*slot, fuzz::binding_of({}), fuzz::slot_key());
  require(!data_key && data_key.error().code == errc::not_authentic);
  unitee::fuzz::reached();
  return 0;
}
