// SPDX-License-Identifier: Apache-2.0
//
// unitee/launch/make_id_block.hpp: making, signing and checking ID blocks.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/id_block.hpp>
#include <unitee/snp/report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace unitee::inline v0::snp {

// id_block_fields is what an ID block of version 1 says: the launch that the firmware lets pass, and the names that it
// then writes into the guest's reports.
struct id_block_fields {
  measurement ld{};
  snp::family_id family_id{};
  snp::image_id image_id{};
  std::uint32_t guest_svn = 0;
  guest_policy policy{guest_policy::smt.mask() | guest_policy::reserved_one.mask()};
};

using id_block_bytes = std::array<std::uint8_t, id_block::size>;
using id_auth_bytes = std::array<std::uint8_t, id_auth::size>;
using id_public_key = std::array<std::uint8_t, id_auth::key_size>;

constexpr id_block_bytes make_id_block(const id_block_fields& from) noexcept {
  namespace row = id_block_row;
  id_block_bytes out{};
  row::ld::write(out, from.ld);
  row::family_id::write(out, from.family_id);
  row::image_id::write(out, from.image_id);
  row::version::write(out, 1);
  row::guest_svn::write(out, from.guest_svn);
  row::policy::write(out, from.policy.value);
  return out;
}

namespace detail {

// The numbers of the structure are little-endian in 72 bytes, and those of crypto/ big-endian in 48.
inline void write_id_number(byte_span to, byte_view big_endian) noexcept {
  unitee::detail::copy_reversed(big_endian, to);
}

inline fixed_bytes<96> read_id_numbers(byte_view two) noexcept {
  fixed_bytes<96> out;
  unitee::detail::copy_reversed(two.first(48), out.value);
  unitee::detail::copy_reversed(two.subspan(72, 48), byte_span(out.value).last<48>());
  return out;
}

// id_signature is the signature structure of a message: 512 bytes.
inline result<void> write_id_signature(byte_span to, byte_view message, const signing_key& key) noexcept {
  const auto rs = key.sign_p384(message);
  if (!rs) return rs.error();
  write_id_number(to, std::span(rs->value).first<48>());
  write_id_number(to.subspan(72), std::span(rs->value).last<48>());
  return {};
}

// check_id_signature verifies the signature at `signature` of the structure with the key at `key`.
inline result<void> check_id_signature(const id_auth& in, byte_view message, std::size_t signature,
                                       std::size_t key) noexcept {
  const byte_view bytes = in.bytes();
  const auto point = read_id_numbers(bytes.subspan(key + 4, 144));
  const auto by = ecdsa_public_key<p384>::from_point(point.view());
  if (!by) return failure{by.error().code, key + 4, part::id_auth};
  const auto rs = read_id_numbers(bytes.subspan(signature, 144));
  const auto good = by->verify(message, rs.view());
  if (good) return {};
  // bad_value says which of the two numbers, in halves of r || s.
  const std::size_t number = good.error().offset == 0 ? 0 : 72;
  return failure{good.error().code, signature + number, part::id_auth};
}

}  // namespace detail

// make_id_public_key is the 1028-byte structure of a P-384 key: curve, X and Y. Another kind of key is
// errc::unsupported_algorithm.
inline result<id_public_key> make_id_public_key(const signing_key& key) noexcept {
  const auto point = key.public_point<p384>();
  if (!point) return point.error();
  id_public_key out{2};  // P-384
  detail::write_id_number(std::span(out).subspan(4), std::span(point->value).first<48>());
  detail::write_id_number(std::span(out).subspan(76), std::span(point->value).last<48>());
  return out;
}

// id_key_digest_of is what a report shows as ID_KEY_DIGEST or AUTHOR_KEY_DIGEST: the SHA-384 of a key's structure.
inline result<key_digest> id_key_digest_of(std::span<const std::uint8_t, id_auth::key_size> structure) noexcept {
  const auto digest = sha384(structure);
  if (!digest) return digest.error();
  return key_digest{digest->value};
}
inline result<key_digest> id_key_digest_of(const signing_key& key) noexcept {
  const auto structure = make_id_public_key(key);
  if (!structure) return structure.error();
  return id_key_digest_of(*structure);
}

// make_id_auth signs an ID block, and with an author key the ID key. Both are P-384; errc::unsupported_algorithm
// otherwise.
inline result<id_auth_bytes> make_id_auth(std::span<const std::uint8_t, id_block::size> block,
                                          const signing_key& id_key, const signing_key* author_key = nullptr) noexcept {
  namespace row = id_auth_row;
  id_auth_bytes out{};
  const byte_span to(out);
  row::id_key_algo::write(out, 1);  // ECDSA P-384 with SHA-384
  const auto key = make_id_public_key(id_key);
  if (!key) return key.error();
  unitee::detail::copy_bytes(*key, to.subspan(row::id_key_curve::offset));
  const auto signed_block = detail::write_id_signature(to.subspan(row::id_block_sig_r::offset), block, id_key);
  if (!signed_block) return signed_block.error();
  if (author_key == nullptr) return out;
  row::auth_key_algo::write(out, 1);
  const auto author = make_id_public_key(*author_key);
  if (!author) return author.error();
  unitee::detail::copy_bytes(*author, to.subspan(row::author_key_curve::offset));
  const auto signed_key = detail::write_id_signature(to.subspan(row::id_key_sig_r::offset), *key, *author_key);
  if (!signed_key) return signed_key.error();
  return out;
}

// id_keys is who signed an ID block, by digest. Without an author key, author is nothing.
struct id_keys {
  key_digest id{};
  std::optional<key_digest> author;
};

// verify_id_auth checks that the structure signs the block, and that its author key, if it has one, signs its ID key.
// errc::signature_invalid at the signature, errc::bad_value at a key that is not on the curve and at an r or s that is
// zero or too large, all in part::id_auth. Whose keys they are is for the caller to compare. The firmware checks the
// same at launch: a verifier of reports does not need this, somebody who is handed a block does.
inline result<id_keys> verify_id_auth(const id_block& block, const id_auth& auth) noexcept {
  namespace row = id_auth_row;
  const auto signed_block =
      detail::check_id_signature(auth, block.bytes(), row::id_block_sig_r::offset, row::id_key_curve::offset);
  if (!signed_block) return signed_block.error();
  const auto id = id_key_digest_of(auth.id_key());
  if (!id) return id.error();
  if (!auth.has_author_key()) return id_keys{*id, std::nullopt};
  const auto signed_key =
      detail::check_id_signature(auth, auth.id_key(), row::id_key_sig_r::offset, row::author_key_curve::offset);
  if (!signed_key) return signed_key.error();
  const auto author = id_key_digest_of(auth.author_key());
  if (!author) return author.error();
  return id_keys{*id, *author};
}

}  // namespace unitee::inline v0::snp
