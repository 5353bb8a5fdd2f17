// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/gcm_engine.hpp: what a sealed file needs of an implementation of AES-256-GCM.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/gcm.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>

#include <concepts>
#include <type_traits>

namespace unitee::inline v0 {

// gcm_engine is AES-256-GCM under one key. All engines give the same bytes and fail in the same ways, so that one
// opens what another has sealed:
//
//   create(key)    unsupported_algorithm when this machine cannot run the engine, io_error with ENOMEM, or crypto_error
//   seal(nonce, aad, plaintext, ciphertext)         the tag, once the ciphertext is written
//   open(nonce, aad, ciphertext, tag, plaintext)    not_authentic when one of them, or the key, is not that of seal
//
// Output and input are of one length (else no_space, with the output's), at most gcm_longest (else bad_length), and may
// be the same buffer; any other overlap is bad_value. These three are found before anything is written. After any
// other failure the output is wiped: no byte leaves which is not authentic. Either of aad and plaintext may be empty,
// and an empty one may be a null pointer. An object that was moved from fails with crypto_error.
//
// An engine moves and does not copy; it wipes its key schedule when it ends and when it is moved from. One object
// serves one thread at a time, and different objects do not disturb each other. A nonce must never be used twice for
// sealing under one key: a repeated nonce gives away the key that authenticates. GCM does not commit to its key; where
// that matters, compare a commitment first.
template <class E>
concept gcm_engine = std::is_nothrow_move_constructible_v<E> && std::is_nothrow_move_assignable_v<E> &&
                     !std::is_copy_constructible_v<E> &&
                     !std::is_copy_assignable_v<E> &&
                     requires(E & engine, const secret<32>& key, const gcm_nonce& nonce, const gcm_tag& tag,
                              byte_view aad, byte_view in, byte_span out) {
  { E::create(key) }
  noexcept->std::same_as<result<E>>;
  { engine.seal(nonce, aad, in, out) }
  noexcept->std::same_as<result<gcm_tag>>;
  { engine.open(nonce, aad, in, tag, out) }
  noexcept->std::same_as<result<void>>;
};

}  // namespace unitee::inline v0
