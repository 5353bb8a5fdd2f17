// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/keys.hpp: what a sealed file's data key is turned into (FORMAT.md, "Keys").
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/hkdf.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/sealed_header.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace unitee::inline v0::detail {

// file_binding is what ties keys and slots to one file: its id, and the digest of everything about it that is fixed
// before it is written.
struct file_binding {
  file_id id;
  sha384_digest invariants;

  static result<file_binding> of(std::span<const std::uint8_t, sealed_header::invariant_size> invariant,
                                 const file_id& id) noexcept {
    const auto digest = sha384(invariant);
    if (!digest) return digest.error();
    return file_binding{id, *digest};
  }
  static result<file_binding> of(const sealed_header& header) noexcept {
    return of(header.invariant(), header.file_id());
  }
};

// sealed_keys is the four keys of one file, and the string that commits to the data key.
struct sealed_keys {
  secret<32> segments;   // AES-256-GCM of the segments
  secret<32> tag_table;  // HMAC-SHA-256 of the tag table
  secret<32> header;     // HMAC-SHA-256 of the header
  secret<32> metadata;   // AES-256-GCM of the metadata
  key_commitment commitment;

  static result<sealed_keys> derive(const secret<32>& data_key, const file_binding& file) noexcept {
    auto segments = labelled(data_key, file, "unitee sealed v1 segments");
    auto tag_table = labelled(data_key, file, "unitee sealed v1 tag table");
    auto header = labelled(data_key, file, "unitee sealed v1 header");
    auto metadata = labelled(data_key, file, "unitee sealed v1 metadata");
    const auto stored = labelled(data_key, file, "unitee sealed v1 commitment");
    if (!segments || !tag_table || !header || !metadata || !stored) return errc::crypto_error;
    key_commitment commitment;
    detail::copy_bytes(stored->expose(), commitment.value);  // public from here on: it stands in the header
    return sealed_keys{std::move(*segments), std::move(*tag_table), std::move(*header), std::move(*metadata),
                       commitment};
  }

 private:
  static result<secret<32>> labelled(const secret<32>& data_key, const file_binding& file,
                                     std::string_view label) noexcept {
    std::array<std::uint8_t, 32 + sha384_digest::size()> info{};
    writer to(info);
    for (const char c : label) to.le(static_cast<std::uint8_t>(c));
    const auto written = to.bytes(file.invariants.value).written();
    if (!written) return written.error();
    return hkdf_sha384<32>(data_key, file.id.view(), *written);
  }
};

// mac_of is the header's MAC: everything in it but the place where the MAC stands.
inline result<sha256_digest> mac_of(const sealed_header& header, const secret<32>& header_key) noexcept {
  auto mac = hmac_sha256_stream::create(header_key);
  if (!mac) return mac.error();
  if (const auto done = mac->update(header.authenticated_fields()); !done) return done.error();
  if (const auto done = mac->update(header.authenticated_slots()); !done) return done.error();
  return mac->finish();
}

// sealing_material is everything random about a new file but its slots. Used for two files, or known to anyone, it
// protects nothing: only tests choose it.
struct sealing_material {
  secret<32> data_key;
  unitee::file_id file_id;

  static result<sealing_material> random() noexcept {
    auto data_key = random_secret<32>();
    if (!data_key) return data_key.error();
    sealing_material out{std::move(*data_key), {}};
    if (const auto done = random_bytes(out.file_id.value); !done) return done.error();
    return out;
  }
};

// segment_nonce is the segment's number: it is used once, because a file's keys serve one file, written once.
inline gcm_nonce segment_nonce(std::uint64_t segment) noexcept {
  gcm_nonce out;
  store_le<std::uint64_t>(std::span(out.value).first<8>(), segment);
  return out;
}

}  // namespace unitee::inline v0::detail
