// SPDX-License-Identifier: Apache-2.0
//
// tests/kernel/keys.hpp: keys derived for a binding or for a record. Of a key its SHA-256 alone is said.
#pragma once

#include "key_hunt.hpp"
#include "operation.hpp"

#include <unitee/crypto/secret.hpp>
#include <unitee/kdf/derive.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace client {

// binding_of reads the words to, purpose and context. `to` joins by '+': measurement (with the policy, the default),
// debuggable or shared, then owner, svn, configuration, chip, rtmr0 to rtmr4.
inline unitee::bound_to bound_to_of(const operation& asked) {
  using unitee::bound_to;
  const std::string words = "+" + asked.text("to") + "+";
  const auto has = [&](const std::string& word) { return words.find("+" + word + "+") != words.npos; };
  bound_to out = has("shared")       ? bound_to::shared_by_every_guest_the_host_allows()
                 : has("debuggable") ? bound_to::measurement_even_where_the_host_may_debug()
                                     : bound_to::measurement_and_policy();
  if (has("owner")) out = out.and_owner();
  if (has("svn")) out = out.and_guest_svn();
  if (has("configuration")) out = out.and_configuration();
  if (has("chip")) out = out.and_chip();
  for (unsigned n = 0; n < unitee::tdx::rtmr_set::count; ++n) {
    if (has("rtmr" + std::to_string(n))) out = out.and_runtime_measurements({n});
  }
  return out;
}

template <class Floor>
Floor floor_of(const operation& asked) {
  const octets bytes = asked.bytes("least");
  if (bytes.empty()) return {};
  if (bytes.size() != Floor::size) misused("least");
  return Floor::parse(std::span<const std::uint8_t, Floor::size>(bytes));
}

// say is a key's digest. With the word hunt=1 the key is looked for later on.
inline fields say(const operation& asked, const unitee::secret<32>& key) {
  if (asked.has("hunt")) the_hunt().remember(key.expose());
  fields out;
  return out.put_digest("key", key.expose());
}

// asked_key is the source's own key for a request in hexadecimal, or bound to the measurement.
template <class Source>
answer asked_key(const operation& asked, const Source& source) {
  using request_type = unitee::key_request_of<Source>;
  auto request = [&]() -> unitee::result<request_type> {
    if (asked.has("request")) return request_type::parse_any_binding(asked.bytes("request"));
    const auto basis = source.key_basis();
    if (!basis) return basis.error();
    return request_for(unitee::bound_to::measurement_and_policy(), *basis);
  }();
  if (!request) return request.error();
  const auto key = source.derive_key(*request);
  if (!key) return key.error();
  return say(asked, *key).put_hex("request", request->encode());
}

// derived_key is a new key, and its record.
template <class Source>
answer derived_key(const operation& asked, const Source& source) {
  const octets context = asked.bytes("context");
  const std::string purpose = asked.text("purpose", "a test");
  const auto derived =
      unitee::derive_key(source, unitee::key_binding{.to = bound_to_of(asked), .purpose = purpose, .context = context},
                         floor_of<unitee::key_floor_of<Source>>(asked));
  if (!derived) return derived.error();
  return say(asked, derived->key).put_hex("record", derived->record.encode());
}

// reopened_key is the key of a record in hexadecimal.
template <class Source>
answer reopened_key(const operation& asked, const Source& source) {
  const auto record = unitee::key_record<unitee::key_request_of<Source>>::parse(asked.bytes("record"));
  if (!record) return record.error();
  const auto key = unitee::derive_key(source, *record, floor_of<unitee::key_floor_of<Source>>(asked));
  if (!key) return key.error();
  return say(asked, *key);
}

}  // namespace client
