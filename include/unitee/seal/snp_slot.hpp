// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/snp_slot.hpp: a slot that opens with a key which SEV-SNP firmware derives (FORMAT.md, "Slots").
#pragma once

#include <unitee/crypto/secret.hpp>
#include <unitee/kdf/derive.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_view.hpp>
#include <unitee/snp/key_request.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace unitee::inline v0 {

// sealed_slot_purpose is the purpose of every slot's key (derive_key). It is part of the format.
inline constexpr std::string_view sealed_slot_purpose = "unitee sealed slot";

namespace detail {

template <class Source>
concept simulated_source = requires {
  requires Source::is_simulated;
};

}  // namespace detail

// snp_slot_kind is the kind of the slots that a source's keys open. A simulated source says that it is one
// (is_simulated), and then its slots say so in the file.
template <hardware_key_source Source>
inline constexpr slot_kind snp_slot_kind =
    detail::simulated_source<Source> ? slot_kind::simulated_snp_derived_key : slot_kind::snp_derived_key;

// snp_slot holds a derived key together with the request that it answers, so that the file says what to ask for again.
class snp_slot {
 public:
  // create asks the source for the key; its failure is passed on.
  template <hardware_key_source Source>
  static result<snp_slot> create(Source& source, const snp::key_request& request) {
    auto key = derive_key(source, request, sealed_slot_purpose);
    if (!key) return key.error();
    return snp_slot(snp_slot_kind<Source>, request, std::move(*key));
  }

  // request is for sealing; it refers to this slot.
  [[nodiscard]] slot_request request() const& noexcept { return {kind_, params_.encode(), key_}; }
  slot_request request() const&& = delete;

 private:
  snp_slot(slot_kind kind, const snp::key_request& params, secret<32>&& key) noexcept
      : kind_(kind), params_(params), key_(std::move(key)) {}

  slot_kind kind_;
  snp::key_request params_;
  secret<32> key_;
};

// snp_slot_key finds the slot that this source's keys open, and gives its key. Slots of other kinds, and requests that
// the firmware denies, are passed over. A slot whose request is not bound to the measurement is not even asked for: the
// header is not authentic yet, and its writer may be a stranger. When no slot opens: errc::no_matching_slot in
// part::sealed_header, or what was wrong with the only slot of the kind.
template <hardware_key_source Source>
result<secret<32>> snp_slot_key(const sealed_header& header, Source& source) {
  const failure no_match{errc::no_matching_slot, 0, part::sealed_header};
  failure why = no_match;
  std::size_t tried = 0;
  for (std::size_t i = 0; i < header.slot_count(); ++i) {
    const slot_view slot = header.slot(i);
    if (slot.kind() != snp_slot_kind<Source>) continue;
    ++tried;
    const auto request = snp::key_request::parse(slot.params().first<snp::key_request::size>());
    if (!request) {
      why = request.error();
      continue;
    }
    auto key = derive_key(source, *request, sealed_slot_purpose);
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
