// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/derive.hpp: a key by whichever hardware the backend has. kdf/derive.hpp says what such a key is worth.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/guest/seal_keys.hpp>
#include <unitee/kdf/derive.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/kdf/key_binding.hpp>
#include <unitee/kdf/key_record.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/key_basis.hpp>
#include <unitee/tdx/key_basis.hpp>
#include <unitee/unavailable.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest {

// key_floors is a floor for each vendor: the TCB and SVNs that a key must not go below. The default is none.
struct key_floors {
  snp::key_floor snp{};
  tdx::key_floor tdx{};
};

// recorded_key is a key, and the canonical bytes of its record, which are public and bring it back.
struct recorded_key {
  secret<32> key;
  std::vector<std::uint8_t> record;
};

// clang-format off

// key_backend is a backend that derives keys, has a module to ask for them, or finds out at run time which it is.
template <class Backend>
concept key_backend =
    hardware_key_source<Backend> || tdx::seal_key_backend<Backend> || either_attester<Backend> ||
    unavailable<"this backend has no hardware key; ask a guest device, or derive from a released secret instead">;

// clang-format on

namespace detail {

// with_key_source is what use(source, floor) answers for what the backend derives keys by.
template <class Answer, class Backend, class Use>
result<Answer> with_key_source(Backend& backend, const key_floors& least, const Use& use) {
  if constexpr (either_attester<Backend>) {
    return backend.visit([&](auto& each) { return with_key_source<Answer>(each, least, use); });
  } else if constexpr (hardware_key_source<Backend>) {
    if constexpr (std::same_as<key_floor_of<Backend>, snp::key_floor>) {
      return use(backend, least.snp);
    } else {
      return use(backend, least.tdx);
    }
  } else if constexpr (tdx::seal_key_backend<Backend>) {
    const auto keys = tdx::seal_keys::open(backend);
    if (!keys) return keys.error();
    return use(*keys, least.tdx);
  } else {
    return failure{errc::no_hardware_key, 0, part::key_request};
  }
}

// vendor_of is whose keys the backend gives; of one that has none to give it is unknown.
template <class Backend>
tee_vendor vendor_of(Backend& backend) {
  if constexpr (either_attester<Backend>) {
    return backend.visit([](auto& each) { return vendor_of(each); });
  } else if constexpr (hardware_key_source<Backend>) {
    return unitee::detail::vendor_of<std::remove_const_t<Backend>>;
  } else {
    return tdx::seal_key_backend<Backend> ? tee_vendor::tdx : tee_vendor::unknown;
  }
}

}  // namespace detail

// derive is a new key, bound as the caller says, with its record. Failures are those of derive_key, and of
// tdx::seal_keys::open where the backend is a TD's; errc::no_hardware_key in part::key_request where the
// backend found at run time has no keys at all, such as configfs-tsm.
template <key_backend Backend>
result<recorded_key> derive(Backend& backend, const key_binding& binding, const key_floors& least = {}) {
  return detail::with_key_source<recorded_key>(
      backend, least, [&]<class Source>(Source& source, const key_floor_of<Source>& floor) -> result<recorded_key> {
        auto made = derive_key(source, binding, floor);
        if (!made) return made.error();
        const auto record = made->record.encode();
        const byte_view bytes = record;
        return recorded_key{std::move(made->key), {bytes.begin(), bytes.end()}};
      });
}

// derive with a record is the key that the record was made with. A record of the other vendor is
// errc::platform_mismatch, an under-bound one errc::weak_binding; other failures are those of key_record::parse and as
// above.
template <key_backend Backend>
result<secret<32>> derive(Backend& backend, byte_view record, const key_floors& least = {}) {
  return detail::with_key_source<secret<32>>(
      backend, least, [&]<class Source>(Source& source, const key_floor_of<Source>& floor) -> result<secret<32>> {
        const auto parsed = key_record<key_request_of<Source>>::parse(record);
        if (!parsed) return parsed.error();
        return derive_key(source, *parsed, floor);
      });
}

// With an observer both tell it that a key was derived, or why not, as derive_key does.
template <key_backend Backend, observer Watch>
result<recorded_key> derive(Backend& backend, const key_binding& binding, const key_floors& least, Watch&& watch) {
  return unitee::detail::watched_key(watch, detail::vendor_of(backend), key_wish::fresh,
                                     [&] { return derive(backend, binding, least); });
}
template <key_backend Backend, observer Watch>
result<secret<32>> derive(Backend& backend, byte_view record, const key_floors& least, Watch&& watch) {
  return unitee::detail::watched_key(watch, detail::vendor_of(backend), key_wish::recorded,
                                     [&] { return derive(backend, record, least); });
}

}  // namespace unitee::inline v0::guest
