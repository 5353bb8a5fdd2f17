// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/segment_cipher.hpp: encrypting and checking one segment (FORMAT.md, "Segments").
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>

#include <cstdint>
#include <utility>

namespace unitee::inline v0::detail {

// segment_cipher<Engine> is one key and what it does to segments. One object serves one thread at a time.
template <gcm_engine Engine>
class segment_cipher {
 public:
  static result<segment_cipher> create(const secret<32>& key, protection how) noexcept {
    auto engine = Engine::create(key);
    if (!engine) return engine.error();
    return segment_cipher(std::move(*engine), how);
  }

  // seal writes what stands in the file, as long as the plaintext, and gives the tag. The two may be the same bytes.
  result<gcm_tag> seal(std::uint64_t segment, byte_view plaintext, byte_span stored) noexcept {
    const gcm_nonce nonce = segment_nonce(segment);
    if (how_ == protection::confidential) return engine_.seal(nonce, {}, plaintext, stored);
    if (plaintext.data() != stored.data()) copy_bytes(plaintext, stored);
    return engine_.seal(nonce, stored, {}, {});
  }

  // open is the reverse, and errc::not_authentic with a wiped output when the tag is not right. What is public is
  // copied first and checked where it was copied to, since `stored` may be memory that somebody else can write to.
  result<void> open(std::uint64_t segment, byte_view stored, const gcm_tag& tag, byte_span plaintext) noexcept {
    const gcm_nonce nonce = segment_nonce(segment);
    if (how_ == protection::confidential) return engine_.open(nonce, {}, stored, tag, plaintext);
    if (plaintext.data() != stored.data()) copy_bytes(stored, plaintext);
    const auto done = engine_.open(nonce, plaintext, {}, tag, {});
    if (!done) wipe(plaintext);
    return done;
  }

 private:
  segment_cipher(Engine engine, protection how) noexcept : engine_(std::move(engine)), how_(how) {}

  Engine engine_;
  protection how_;
};

}  // namespace unitee::inline v0::detail
