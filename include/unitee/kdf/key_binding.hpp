// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/key_binding.hpp: which key one wants.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/kdf/bound_to.hpp>

#include <string_view>

namespace unitee::inline v0 {

// key_binding is what a user writes, on both vendors: {.purpose = "cache of the tokenizer"}. Different purposes and
// contexts give unrelated keys. The purpose is 1 to 64 bytes, fixed in the program; the context is 0 to 512 bytes that
// tell keys of one purpose apart, such as the digest of a model. Both stand in the key's record and are public. Texts
// and bytes are only looked at during the call.
struct key_binding {
  bound_to to = bound_to::measurement_and_policy();
  std::string_view purpose;
  byte_view context{};
};

}  // namespace unitee::inline v0
