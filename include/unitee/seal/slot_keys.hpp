// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/slot_keys.hpp: who has the keys of a sealed file's slots.
#pragma once

#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_view.hpp>

#include <concepts>
#include <cstddef>
#include <tuple>

namespace unitee::inline v0 {

// slot_keys finds the key of a slot: slot_key(slot) is the key that should open it, or a failure.
// errc::no_matching_slot says that the slot is none of its own, and the slot is passed over; any other failure says why
// the key of one of its own cannot be had. The slot is not authentic when it is asked about: whoever can write to the
// file can have written it. caller_key, hardware_key, recipient_key and broker_key are such; any_key is several of
// them.
template <class Keys>
concept slot_keys = requires(Keys& keys, const slot_view& slot) {
  { keys.slot_key(slot) } -> std::same_as<result<secret<32>>>;
};

// any_key is several sources of keys: the first whose key opens a slot is the one. It refers to them: they outlive it.
template <slot_keys... Keys>
class any_key {
 public:
  explicit any_key(Keys&... keys) noexcept : keys_(keys...) {}

  // slot_key is the answer of the first that knows the slot.
  result<secret<32>> slot_key(const slot_view& slot) {
    result<secret<32>> answer = errc::no_matching_slot;
    each([&](auto& keys) {
      answer = keys.slot_key(slot);
      return answer || answer.error().code != errc::no_matching_slot;
    });
    return answer;
  }

  // each calls f(keys) for one source after the other, until f says true.
  template <class F>
  void each(F&& f) {
    (void)std::apply([&](auto&... keys) { return (... || f(keys)); }, keys_);
  }

 private:
  std::tuple<Keys&...> keys_;
};

namespace detail {

// each_source is any_key's each, also for a source by itself.
template <class Keys, class F>
void each_source(Keys& keys, F&& f) {
  if constexpr (requires { keys.each(f); }) {
    keys.each(f);
  } else {
    f(keys);
  }
}

// find_data_key opens the first slot that one of the keys opens. When none does: errc::no_matching_slot in
// part::sealed_header, or what was wrong with the only slot that somebody had a key for.
template <slot_keys Keys>
result<secret<32>> find_data_key(const sealed_header& header, const file_binding& file, Keys& keys) {
  const failure no_match{errc::no_matching_slot, 0, part::sealed_header};
  result<secret<32>> found = no_match;
  failure why = no_match;
  std::size_t tried = 0;
  each_source(keys, [&](auto& source) {
    for (std::size_t i = 0; i < header.slot_count(); ++i) {
      const slot_view slot = header.slot(i);
      if (!slot_view::is_known(slot.kind())) continue;
      const result<secret<32>> key = source.slot_key(slot);
      if (!key && key.error().code == errc::no_matching_slot) continue;
      ++tried;
      if (key) found = unwrap(slot, file, *key);
      if (key && found) return true;
      const failure refusal = key ? found.error() : key.error();
      why = refusal.code == errc::not_authentic ? no_match : refusal;
    }
    return false;
  });
  if (found) return found;
  return tried == 1 ? why : no_match;
}

}  // namespace detail

}  // namespace unitee::inline v0
