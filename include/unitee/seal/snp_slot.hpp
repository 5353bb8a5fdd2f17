// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/snp_slot.hpp: a slot that opens with a key which SEV-SNP firmware derives (FORMAT.md, "Slots").
#pragma once

#include <unitee/crypto/secret.hpp>
#include <unitee/kdf/bound_to.hpp>
#include <unitee/kdf/derive.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/kdf/key_record.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_view.hpp>
#include <unitee/snp/key_request.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <utility>

namespace unitee::inline v0 {

// sealed_slot_purpose is the purpose of every slot's key; the context is empty. It is part of the format.
inline constexpr std::string_view sealed_slot_purpose = "unitee sealed slot";

namespace detail {

template <class Source>
concept simulated_source = requires {
  requires Source::is_simulated;
};

}  // namespace detail

// snp_key_source is a source of keys that SEV-SNP firmware derives.
template <class Source>
concept snp_key_source = hardware_key_source<Source> && std::same_as<key_request_of<Source>, snp::key_request>;

// snp_slot_kind is the kind of the slots that a source's keys open. A simulated source says that it is one
// (is_simulated), and then its slots say so in the file.
template <snp_key_source Source>
inline constexpr slot_kind snp_slot_kind =
    detail::simulated_source<Source> ? slot_kind::simulated_snp_derived_key : slot_kind::snp_derived_key;

// snp_slot holds a derived key together with its record, so that the file says what to ask for again.
class snp_slot {
 public:
  // create asks the source for a key that is bound to this. What is under-bound is errc::weak_binding in
  // part::key_record: no reader would ask for it. Other failures are those of derive_key.
  template <snp_key_source Source>
  static result<snp_slot> create(Source& source, const bound_to& to = bound_to::measurement_and_policy(),
                                 const snp::key_floor& least = {}) {
    auto made = derive_key(source, {.to = to, .purpose = sealed_slot_purpose}, least);
    if (!made) return made.error();
    if (const auto readable = record_type::parse(made->record.encode()); !readable) return readable.error();
    return snp_slot(snp_slot_kind<Source>, made->record, std::move(made->key));
  }

  // request is for sealing; it refers to this slot.
  [[nodiscard]] slot_request request() const& noexcept { return {kind_, record_.encode(), key_}; }
  slot_request request() const&& = delete;

 private:
  using record_type = key_record<snp::key_request>;

  snp_slot(slot_kind kind, const record_type& record, secret<32>&& key) noexcept
      : kind_(kind), record_(record), key_(std::move(key)) {}

  slot_kind kind_;
  record_type record_;
  secret<32> key_;
};

namespace detail {

// snp_slot_record is the record of a slot of this kind. One of another purpose, or with a context, is errc::bad_value
// at the purpose's size in part::key_record: a file must not have keys derived that are meant for something else.
inline result<key_record<snp::key_request>> snp_slot_record(const slot_view& slot) noexcept {
  const auto record = key_record<snp::key_request>::parse(slot.params());
  if (!record) return record;
  if (!record->is_for(sealed_slot_purpose) || !record->context().empty()) {
    return failure{errc::bad_value, record->purpose_offset(), part::key_record};
  }
  return record;
}

}  // namespace detail

// snp_slot_key finds the slot that this source's keys open, and gives its key. Slots of other kinds, records that are
// below `least`, and requests that the firmware denies, are passed over. A slot whose record is under-bound, or for
// another VMPL than the source's, is not even asked for: the header is not authentic yet, and its writer may be a
// stranger. When no slot opens: errc::no_matching_slot in part::sealed_header, or what was wrong with the only slot of
// the kind.
template <snp_key_source Source>
result<secret<32>> snp_slot_key(const sealed_header& header, Source& source, const snp::key_floor& least = {}) {
  const failure no_match{errc::no_matching_slot, 0, part::sealed_header};
  failure why = no_match;
  std::size_t tried = 0;
  for (std::size_t i = 0; i < header.slot_count(); ++i) {
    const slot_view slot = header.slot(i);
    if (slot.kind() != snp_slot_kind<Source>) continue;
    ++tried;
    const auto record = detail::snp_slot_record(slot);
    if (!record) {
      why = record.error();
      continue;
    }
    auto key = derive_key(source, *record, least);
    if (!key) {
      why = key.error();
      continue;
    }
    if (detail::unwrap(slot, header.file_salt(), *key)) return key;
    why = no_match;
  }
  return tried == 1 ? why : no_match;
}

}  // namespace unitee::inline v0
