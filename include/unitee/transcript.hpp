// SPDX-License-Identifier: Apache-2.0
//
// unitee/transcript.hpp: report data that stands for a nonce, a public key, a model and whatever else belongs together.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/report_data.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace unitee::inline v0 {

// report_data_transcript is the SHA-512 of named parts, as the 64 bytes of report data. The attester computes it and
// has it put into evidence; the verifier computes it from what it knows, and requires it in its policy. Both give the
// same parts under the same names in the same order:
//
//   const auto data = report_data_transcript::begin("example inference v1").nonce(fresh).public_key(spki).finish();
//
// The label names the protocol and its version, so that evidence made for one protocol is none for another. Only what
// is in the transcript is bound: without a nonce of the verifier's the evidence may be a replay, and without the public
// key of the channel it may be relayed from another guest.
//
// What is hashed, unambiguous whatever the parts contain:
//
//   "unitee report data v1", one zero byte
//   for the label, which is a part with the name "label", and for every part in order:
//     size of the name u8 (1 to 64), name, size of the data u64 little-endian, data
//   0xFF, number of parts with the label u64 little-endian
//
// 0xFF is the size of no name: no transcript is the beginning of another. A failure is kept: finish gives the first.
// Its offset counts parts, and the label is part 0.
class report_data_transcript {
 public:
  static constexpr std::size_t name_max = 64;

  // begin takes a label of 1 to 64 bytes; another size is errc::bad_value.
  [[nodiscard]] static report_data_transcript begin(std::string_view label) noexcept {
    report_data_transcript out;
    if (label.size() > name_max) out.keep({errc::bad_value, 0});
    out.update(bytes_of("unitee report data v1")).update(std::array<std::uint8_t, 1>{});
    return std::move(out.add("label", bytes_of(label)));
  }

  // add is the next part. Its name has 1 to 64 bytes: another size is errc::bad_value. Names may come again, and data
  // may be empty, but for "label" and the three names below: these come once, or are errc::duplicate, and their data
  // are never empty, or are errc::bad_value.
  report_data_transcript& add(std::string_view name, byte_view data) noexcept {
    if (name.empty() || name.size() > name_max) return keep({errc::bad_value, parts_});
    for (std::size_t i = 0; i < once.size(); ++i) {
      if (name != once[i]) continue;
      if (there_[i]) return keep({errc::duplicate, parts_});
      if (data.empty()) return keep({errc::bad_value, parts_});
      there_[i] = true;
    }
    ++parts_;
    const std::array<std::uint8_t, 1> name_size{static_cast<std::uint8_t>(name.size())};
    return update(name_size).update(bytes_of(name)).update(number(data.size())).update(data);
  }

  // nonce is the part "nonce": fresh bytes of the verifier's, which it accepts once.
  report_data_transcript& nonce(byte_view fresh) noexcept { return add("nonce", fresh); }

  // public_key is the part "public key": the DER SubjectPublicKeyInfo of a key whose private half the guest holds.
  report_data_transcript& public_key(byte_view spki) noexcept { return add("public key", spki); }

  // model_digest is the part "model digest": what identifies the model, as a digest of its bytes.
  report_data_transcript& model_digest(byte_view digest) noexcept { return add("model digest", digest); }

  // finish is the report data of all parts, or the first failure. It ends the transcript: to finish again, or after
  // another part, is errc::crypto_error, which otherwise says that the cryptographic library has failed.
  [[nodiscard]] result<report_data> finish() noexcept {
    update(std::array<std::uint8_t, 1>{0xFF}).update(number(parts_));
    if (failed_) return *failed_;
    const auto digest = hash_->finish();
    if (!digest) return digest.error();
    return report_data{digest->value};
  }

 private:
  static constexpr std::array<std::string_view, 4> once{"label", "nonce", "public key", "model digest"};

  report_data_transcript() noexcept : hash_(hasher<sha512_digest>::create()) {
    if (!hash_) keep(hash_.error());
  }

  static byte_view bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  static std::array<std::uint8_t, 8> number(std::uint64_t value) noexcept {
    std::array<std::uint8_t, 8> out{};
    store_le<std::uint64_t>(out, value);
    return out;
  }

  report_data_transcript& keep(failure why) noexcept {
    if (!failed_) failed_ = why;
    return *this;
  }

  report_data_transcript& update(byte_view bytes) noexcept {
    if (failed_) return *this;
    if (const auto done = hash_->update(bytes); !done) keep(done.error());
    return *this;
  }

  result<hasher<sha512_digest>> hash_;
  std::optional<failure> failed_;
  std::uint64_t parts_ = 0;
  std::array<bool, once.size()> there_{};
};

}  // namespace unitee::inline v0
