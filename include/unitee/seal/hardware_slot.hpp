// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/hardware_slot.hpp: a slot that opens with a key which the guest's hardware derives (FORMAT.md, "Slots").
#pragma once

#include <unitee/crypto/secret.hpp>
#include <unitee/kdf/bound_to.hpp>
#include <unitee/kdf/derive.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/kdf/key_record.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_keys.hpp>
#include <unitee/seal/slot_view.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/tdx/key_request.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace unitee::inline v0 {

// sealed_slot_purpose is the purpose of every slot's key; the context is empty. It is part of the format.
inline constexpr std::string_view sealed_slot_purpose = "unitee sealed slot";

namespace detail {

// is_simulation says whether a source's keys are a simulation's: it says so of itself (simulated()), or of its type
// (is_simulated). A source that says neither does not compile: it could be taken for hardware.
template <class Source>
bool is_simulation(const Source& source) noexcept {
  if constexpr (requires {
                  { source.simulated() } -> std::same_as<bool>;
                }) {
    return source.simulated();
  } else {
    return Source::is_simulated;
  }
}

// hardware_slot_kind is the kind of the slots that a source's keys open. Those of a simulation say so in the file.
template <hardware_key_source Source>
slot_kind hardware_slot_kind(const Source& source) noexcept {
  if (std::same_as<key_request_of<Source>, snp::key_request>) {
    return is_simulation(source) ? slot_kind::simulated_snp_derived_key : slot_kind::snp_derived_key;
  }
  static_assert(std::same_as<key_request_of<Source>, snp::key_request> ||
                std::same_as<key_request_of<Source>, tdx::key_request>);
  return is_simulation(source) ? slot_kind::simulated_tdx_derived_key : slot_kind::tdx_derived_key;
}

// slot_record is the record of a slot's key. One of another purpose, or with a context, is errc::bad_value at the
// purpose's size in part::key_record: a file must not have keys derived that are meant for something else.
template <class Request>
result<key_record<Request>> slot_record(const slot_view& slot) noexcept {
  const auto record = key_record<Request>::parse(slot.params());
  if (!record) return record;
  if (!record->is_for(sealed_slot_purpose) || !record->context().empty()) {
    return failure{errc::bad_value, record->purpose_offset(), part::key_record};
  }
  return record;
}

template <hardware_key_source Source>
result<new_slot> slot_of(const Source& source, derived_key<key_request_of<Source>>&& made) noexcept {
  if (const auto readable = made.record.check_binding(); !readable) return readable.error();
  return new_slot::create(hardware_slot_kind(source), made.record.encode(), std::move(made.key));
}

}  // namespace detail

// hardware_slot asks the source for a key at the TCB and SVNs of now. What is under-bound is errc::weak_binding in
// part::key_record: no reader would ask for it. Other failures are those of derive_key. An observer is told of the key.
template <hardware_key_source Source, observer Watch>
result<new_slot> hardware_slot(Source& source, const bound_to& to, const key_floor_of<Source>& least, Watch&& watch) {
  auto made = derive_key(source, key_binding{.to = to, .purpose = sealed_slot_purpose}, least, watch);
  if (!made) return made.error();
  return detail::slot_of(source, std::move(*made));
}
template <hardware_key_source Source>
result<new_slot> hardware_slot(Source& source, const bound_to& to = bound_to::measurement_and_policy(),
                               const key_floor_of<Source>& least = {}) {
  return hardware_slot(source, to, least, no_observer{});
}

// hardware_key opens the slots that this source's keys open: inside of the guest they are bound to, on its chip. It
// refers to the source. Slots of other kinds are none of its own. A slot whose record is below its own floor or `least`
// is errc::below_floor; one that is under-bound, or for another VMPL than the source's, is errc::weak_binding, and not
// even asked for: the header is not authentic yet, and its writer may be a stranger. An observer, to which it refers as
// well, is told of each key that is asked for.
template <hardware_key_source Source, observer Watch = no_observer>
class hardware_key {
 public:
  explicit hardware_key(Source& source, const key_floor_of<Source>& least = {}) noexcept
      requires(!detail::is_watching<Watch>)
      : source_(&source), least_(least) {}
  hardware_key(Source& source, const key_floor_of<Source>& least, Watch& watch) noexcept
      : source_(&source), least_(least) {
    if constexpr (detail::is_watching<Watch>) watch_ = &watch;
  }

  result<secret<32>> slot_key(const slot_view& slot) {
    if (slot.kind() != detail::hardware_slot_kind(*source_)) return errc::no_matching_slot;
    const auto record = detail::slot_record<key_request_of<Source>>(slot);
    if (!record) return record.error();
    return derive_key(*source_, *record, least_, watch());
  }

  // renewed is a slot that is bound to the same as this one, at the TCB and SVNs of now, which must not be below the
  // slot's floor or `least`; a greater `least` is the new slot's floor.
  result<new_slot> renewed(const slot_view& slot) {
    if (slot.kind() != detail::hardware_slot_kind(*source_)) return errc::no_matching_slot;
    const auto record = detail::slot_record<key_request_of<Source>>(slot);
    if (!record) return record.error();
    auto made = derive_key_again(*source_, *record, least_, watch());
    if (!made) return made.error();
    return detail::slot_of(*source_, std::move(*made));
  }

 private:
  decltype(auto) watch() const noexcept {
    if constexpr (detail::is_watching<Watch>) {
      return *watch_;
    } else {
      return no_observer{};
    }
  }

  Source* source_;
  key_floor_of<Source> least_;
  [[no_unique_address]] std::conditional_t<detail::is_watching<Watch>, Watch*, no_observer> watch_{};
};

}  // namespace unitee::inline v0
