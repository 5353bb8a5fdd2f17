// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/derive.hpp: a key that the hardware derives for this guest, bound as the caller says.
//
// What such a key is worth: the hardware gives it to no guest but those with the properties in its record, at no lower
// TCB, on the same chip; so what is encrypted under it, the host can store and cannot read. It takes no network and no
// service. What it does not do:
//
// - The measurement covers what the platform measures at launch. Where a cloud boots the same firmware for all of its
//   customers, and the kernel is not part of it, MRTD, and often MEASUREMENT, are the same for every guest: every
//   tenant on that chip can ask for the same key. Then the measurement must also cover the kernel (kernel hashes on
//   SEV-SNP), or the key be bound to the runtime measurements that do (and_runtime_measurements on TDX).
// - The host can start the same image twice, with the same disks. Both guests get the same key: it does not tell clones
//   apart, and no counter or nonce that is kept under it is safe from being used twice.
// - The host can put back an older file. The key still opens it: nothing that is sealed shows that it is the newest.
// - Under a VLEK the root is not the chip's but the provider's: each of its machines with that VLEK gives the same key
//   (and_chip insists on the chip).
// - A guest that moves to another machine, or whose image changes, never gets the key again. Keep a second way to what
//   matters; a weaker binding is not one.
//
// Use a key broker, which verifies fresh evidence and then releases a secret, where the measurement is not one's own
// alone, where several machines or versions must share a secret, where access must be withdrawn or counted, and where
// roll-back matters.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hkdf.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/kdf/key_binding.hpp>
#include <unitee/kdf/key_record.hpp>
#include <unitee/kdf/snp_binding.hpp>
#include <unitee/kdf/tdx_binding.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace unitee::inline v0 {

// derived_key is a key and what it takes to get it again. The record is public: keep it beside what the key protects.
template <class Request>
struct derived_key {
  secret<32> key;
  key_record<Request> record;
};

namespace detail {

// derive_from_root is HKDF-SHA-384 (RFC 5869) over the hardware's answer, with salt "unitee derive v1" and the record's
// canonical bytes as info: 32 bytes. An answer of 32 zero bytes is no secret but errc::zero_key in part::key_request.
// What a report or quote shows is public and nobody's root.
template <class Request>
result<secret<32>> derive_from_root(const secret<32>& root, const key_record<Request>& record) noexcept {
  static_assert(key_record<Request>::size_max <= hkdf_info_max);
  constexpr std::string_view salt = "unitee derive v1";
  constexpr std::uint8_t nothing[32]{};
  if (constant_time_equal(root.expose(), nothing)) return failure{errc::zero_key, 0, part::key_request};
  return hkdf_sha384<32>(root, {reinterpret_cast<const std::uint8_t*>(salt.data()), salt.size()}, record.encode());
}

// derive_recorded asks for the key of a record that is not below a floor.
template <class Source>
result<secret<32>> derive_recorded(Source& source, const key_record<key_request_of<Source>>& record,
                                   const key_floor_of<Source>& least) {
  if (const auto high_enough = record.check_floor(least); !high_enough) return high_enough.error();
  const auto root = source.derive_key(record.request());
  if (!root) return root.error();
  return derive_from_root(*root, record);
}

}  // namespace detail

// derive_key with a record is the key that the record was made with: after a restart, and after an update of the TCB,
// since hardware derives keys for its own and lower versions. The source must be the one that the record describes, or
// another key comes back, or none. The record may be a stranger's. In part::key_record and not asked for: a record
// below its own floor or below `least` is errc::below_floor; an under-bound one, and one for another VMPL than the
// source's, is errc::weak_binding, since whoever wrote it could have the key, too. To move forward after an update,
// derive a new key and seal again.
template <hardware_key_source Source>
result<secret<32>> derive_key(Source& source, const key_record<key_request_of<Source>>& record,
                              const key_floor_of<Source>& least = {}) {
  if (const auto bound = record.check_binding(); !bound) return bound.error();
  if (const auto high_enough = record.check_floor(least); !high_enough) return high_enough.error();
  const auto now = source.key_basis();
  if (!now) return now.error();
  if (const auto own = record.check_level(*now); !own) return own.error();
  return detail::derive_recorded(source, record, least);
}

// derive_key_that_other_guests_may_have is the same for a record of one's own that is under-bound or for another VMPL:
// say why that is acceptable where you call it.
template <hardware_key_source Source>
result<secret<32>> derive_key_that_other_guests_may_have(Source& source,
                                                         const key_record<key_request_of<Source>>& record,
                                                         const key_floor_of<Source>& least = {}) {
  return detail::derive_recorded(source, record, least);
}

// derive_key is a new key: for the TCB and SVNs that the source reports now, which go into the record. It is refused
// with errc::below_floor in part::key_record when those are below `least`, at the component in the record; a floor for
// an SVN that is not mixed in is never met. Other failures are those of request_for, of key_record::create and of the
// source, which is asked twice: each time within its own limit. The source's own key does not leave this function.
template <hardware_key_source Source>
result<derived_key<key_request_of<Source>>> derive_key(Source& source, const key_binding& binding,
                                                       const key_floor_of<Source>& least = {}) {
  using record_type = key_record<key_request_of<Source>>;
  const auto now = source.key_basis();
  if (!now) return now.error();
  const auto request = request_for(binding.to, *now);
  if (!request) return request.error();
  const auto record = record_type::create(*request, least, binding.purpose, binding.context);
  if (!record) return record.error();
  auto key = detail::derive_recorded(source, *record, {});
  if (!key) return key.error();
  return derived_key<key_request_of<Source>>{std::move(*key), *record};
}

// derive_key_again is a new key, bound to what the record says, for the TCB and SVNs that the source reports now: how a
// key moves forward after an update. Its floor is the record's together with `least`, and must be met. The record may
// be a stranger's: what is under-bound or for another VMPL is errc::weak_binding. Other failures are as above.
template <hardware_key_source Source>
result<derived_key<key_request_of<Source>>> derive_key_again(Source& source,
                                                             const key_record<key_request_of<Source>>& record,
                                                             const key_floor_of<Source>& least = {}) {
  using record_type = key_record<key_request_of<Source>>;
  if (const auto bound = record.check_binding(); !bound) return bound.error();
  const auto now = source.key_basis();
  if (!now) return now.error();
  if (const auto own = record.check_level(*now); !own) return own.error();
  const byte_view purpose = record.purpose();
  const auto moved =
      record_type::create(record.request().moved_to(*now), record.floor().with(least),
                          {reinterpret_cast<const char*>(purpose.data()), purpose.size()}, record.context());
  if (!moved) return moved.error();
  auto key = detail::derive_recorded(source, *moved, {});
  if (!key) return key.error();
  return derived_key<key_request_of<Source>>{std::move(*key), *moved};
}

namespace detail {

// vendor_of is whose keys a source gives, and of a backend that is none unknown.
template <class Source>
inline constexpr tee_vendor vendor_of = tee_vendor::unknown;
template <class Source>
requires requires { Source::key_request::vendor; }
inline constexpr tee_vendor vendor_of<Source> = Source::key_request::vendor == 1 ? tee_vendor::snp : tee_vendor::tdx;

// watched_key is derive(), of which the observer is told.
template <class Watch, class Derive>
auto watched_key(Watch& watch, tee_vendor vendor, key_wish wish, Derive&& derive) {
  if constexpr (!is_watching<Watch>) {
    return derive();
  } else {
    const std::uint64_t since = watch.now();
    auto answer = derive();
    watch.key(key_event{vendor, wish, outcome_of(answer), watch.now() - since});
    return answer;
  }
}

}  // namespace detail

// With an observer, as their last argument, all four tell it that a key was derived, or why not: never anything about
// the key itself.
template <hardware_key_source Source, observer Watch>
result<secret<32>> derive_key(Source& source, const key_record<key_request_of<Source>>& record,
                              const key_floor_of<Source>& least, Watch&& watch) {
  return detail::watched_key(watch, detail::vendor_of<std::remove_const_t<Source>>, key_wish::recorded,
                             [&] { return derive_key(source, record, least); });
}
template <hardware_key_source Source, observer Watch>
result<secret<32>> derive_key_that_other_guests_may_have(Source& source,
                                                         const key_record<key_request_of<Source>>& record,
                                                         const key_floor_of<Source>& least, Watch&& watch) {
  return detail::watched_key(watch, detail::vendor_of<std::remove_const_t<Source>>, key_wish::recorded_weak,
                             [&] { return derive_key_that_other_guests_may_have(source, record, least); });
}
template <hardware_key_source Source, observer Watch>
result<derived_key<key_request_of<Source>>> derive_key(Source& source, const key_binding& binding,
                                                       const key_floor_of<Source>& least, Watch&& watch) {
  return detail::watched_key(watch, detail::vendor_of<std::remove_const_t<Source>>, key_wish::fresh,
                             [&] { return derive_key(source, binding, least); });
}
template <hardware_key_source Source, observer Watch>
result<derived_key<key_request_of<Source>>> derive_key_again(Source& source,
                                                             const key_record<key_request_of<Source>>& record,
                                                             const key_floor_of<Source>& least, Watch&& watch) {
  return detail::watched_key(watch, detail::vendor_of<std::remove_const_t<Source>>, key_wish::moved_on,
                             [&] { return derive_key_again(source, record, least); });
}

}  // namespace unitee::inline v0
