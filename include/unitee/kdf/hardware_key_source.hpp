// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/hardware_key_source.hpp: what can give a key that the hardware derives for this guest alone.
#pragma once

#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/unavailable.hpp>

#include <concepts>
#include <type_traits>

namespace unitee::inline v0 {

namespace detail {

// no_key_request is what a backend without key requests is taken to answer, so that the concept below gets to speak.
struct no_key_request {
  struct floor {};
  struct basis {};
};

template <class Source>
struct key_request_in {
  using type = no_key_request;
};
template <class Source>
requires requires { typename Source::key_request; }
struct key_request_in<Source> {
  using type = typename Source::key_request;
};

}  // namespace detail

// key_request_of is the type of the requests that a source answers, snp::key_request or tdx::key_request, and
// key_floor_of the type of the floors below which such a request must not go.
template <class Source>
using key_request_of = typename detail::key_request_in<std::remove_const_t<Source>>::type;
template <class Source>
using key_floor_of = typename key_request_of<Source>::floor;

// hardware_key_source is a backend whose firmware answers key requests, of the type that it calls key_request.
// derive_key(request) is the 32-byte key, or a failure such as errc::key_denied with the firmware's status as offset;
// key_basis() is what a request needs to know, from a report that is made for the question.
// clang-format off
template <class Source>
concept hardware_key_source =
    requires(Source& source, const key_request_of<Source>& request) {
      { source.derive_key(request) } -> std::same_as<result<secret<32>>>;
      { source.key_basis() } -> std::same_as<result<typename key_request_of<Source>::basis>>;
    } ||
    unavailable<"this backend has no hardware-derived key; derive from a released secret instead">;
// clang-format on

}  // namespace unitee::inline v0
