// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/recipient_binding.hpp: report data that stand for a public key to which an owner shall seal.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/report_data.hpp>
#include <unitee/result.hpp>
#include <unitee/transcript.hpp>

#include <span>
#include <string_view>

namespace unitee::inline v0 {

// binding_part is a part of a transcript under a name of its own.
struct binding_part {
  std::string_view name;
  byte_view data;
};

// recipient_binding is what guest and owner both know, besides the guest's public key, of the report data in which the
// guest vouches for that key. It refers to bytes that the caller keeps alive. The guest draws a key, computes the
// report data and has them put into evidence; the owner gives the same binding to sealing_recipient::bound_in:
//
//   const recipient_binding binding{.label = "example sealing v1", .nonce = from_the_owner};
//   const auto data = binding.report_data_of(key.spki().value);
//
// The nonce is the owner's, fresh for every sealing: evidence without one may be older than the guest, and the private
// key of a guest that has ended may be anywhere. An empty one is refused.
struct recipient_binding {
  std::string_view label;                     // names the protocol and its version
  byte_view nonce;                            // at least one byte
  byte_view model_digest = {};                // no part when it is empty
  std::span<const binding_part> others = {};  // whatever else belongs in, behind the rest

  // report_data_of is the transcript of label, nonce, public key (DER SubjectPublicKeyInfo), model digest and the
  // others, in this order. The failures are those of report_data_transcript: the offset counts parts.
  [[nodiscard]] result<report_data> report_data_of(byte_view spki) const noexcept {
    auto all = report_data_transcript::begin(label);
    all.nonce(nonce).public_key(spki);
    if (!model_digest.empty()) all.model_digest(model_digest);
    for (const binding_part& each : others) all.add(each.name, each.data);
    return all.finish();
  }
};

}  // namespace unitee::inline v0
