// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/ecdsa.hpp: ECDSA verification over raw r || s (FIPS 186-5, section 6.4).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace unitee::inline v0 {

// p256 is NIST P-256 with SHA-256.
struct p256 {
  static constexpr std::size_t field = 32;  // bytes of a coordinate, of r and of s
  static constexpr const char* name = "P-256";
  static constexpr const char* digest = "SHA256";
  // The order of the group (NIST SP 800-186, 3.2.1.3).
  static constexpr std::array<std::uint8_t, field> order = {
      0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
};

// p384 is NIST P-384 with SHA-384.
struct p384 {
  static constexpr std::size_t field = 48;
  static constexpr const char* name = "P-384";
  static constexpr const char* digest = "SHA384";
  // The order of the group (NIST SP 800-186, 3.2.1.4).
  static constexpr std::array<std::uint8_t, field> order = {
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
      0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73};
};

namespace detail {

using shared_key = counted<EVP_PKEY, EVP_PKEY_up_ref, EVP_PKEY_free>;

// ecdsa_der is SEQUENCE { INTEGER r, INTEGER s } in place: at most 104 bytes, so that every length is one byte.
template <std::size_t Field>
struct ecdsa_der {
  std::array<std::uint8_t, 2 * Field + 8> bytes{};
  std::size_t size = 2;

  explicit ecdsa_der(std::span<const std::uint8_t, 2 * Field> rs) noexcept {
    integer(rs.template first<Field>());
    integer(rs.template last<Field>());
    bytes[0] = 0x30;
    bytes[1] = static_cast<std::uint8_t>(size - 2);
  }

  // integer appends a positive number in its shortest form.
  void integer(byte_view value) noexcept {
    while (value.size() > 1 && value[0] == 0) value = value.subspan(1);
    const bool pad = value[0] >= 0x80;
    bytes[size++] = 0x02;
    bytes[size++] = static_cast<std::uint8_t>(value.size() + pad);
    if (pad) bytes[size++] = 0;
    for (const std::uint8_t byte : value) bytes[size++] = byte;
  }
};

// uncompressed is a point as x || y after the byte that says so (SEC 1, 2.3.3).
template <std::size_t Field>
std::array<std::uint8_t, 1 + 2 * Field> uncompressed(std::span<const std::uint8_t, 2 * Field> xy) noexcept {
  std::array<std::uint8_t, 1 + 2 * Field> out{0x04};
  copy_bytes(xy, byte_span(out).subspan(1));
  return out;
}

// public_ec_key is OpenSSL's object for big-endian x || y. A point that is not on the curve, or a coordinate that is
// not below the field's prime, is errc::bad_value.
template <class Curve>
result<shared_key> public_ec_key(std::span<const std::uint8_t, 2 * Curve::field> xy) noexcept {
  const error_mark mark;
  auto encoded = uncompressed<Curve::field>(xy);
  OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(Curve::name), 0),
                       OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()),
                       OSSL_PARAM_construct_end()};
  const handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> maker(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  if (!maker || EVP_PKEY_fromdata_init(maker.get()) != 1) return errc::crypto_error;
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_PUBLIC_KEY, with) != 1) return errc::bad_value;
  return shared_key(made);
}

// prepared_check is a context in which key and digest are looked up: who verifies takes a copy, which costs a fiftieth
// of making one. It may be empty, and is where memory was short: then the looking up is done each time.
class prepared_check {
 public:
  using context = handle<EVP_MD_CTX, EVP_MD_CTX_free>;

  prepared_check() noexcept = default;
  prepared_check(EVP_PKEY* key, const char* digest) noexcept : ready_(made(key, digest)) {}
  prepared_check(const prepared_check& other) noexcept : ready_(other.copy()) {}
  prepared_check(prepared_check&&) noexcept = default;
  prepared_check& operator=(prepared_check other) noexcept {
    ready_.swap(other.ready_);
    return *this;
  }
  ~prepared_check() = default;

  // made is a new context, empty on failure.
  static context made(EVP_PKEY* key, const char* digest) noexcept {
    const error_mark mark;
    context out(EVP_MD_CTX_new());
    if (out && EVP_DigestVerifyInit_ex(out.get(), nullptr, digest, nullptr, nullptr, key, nullptr) == 1) return out;
    return {};
  }

  // copy is empty where this is. Any number of threads may copy one object.
  [[nodiscard]] context copy() const noexcept {
    if (!ready_) return {};
    const error_mark mark;
    context out(EVP_MD_CTX_new());
    if (out && EVP_MD_CTX_copy_ex(out.get(), ready_.get()) == 1) return out;
    return {};
  }

 private:
  context ready_;
};

}  // namespace detail

// ecdsa_public_key<Curve> is a point that is known to be on the curve. Any number of threads may verify with one
// object.
template <class Curve>
class ecdsa_public_key {
 public:
  using point = std::span<const std::uint8_t, 2 * Curve::field>;
  using signature = std::span<const std::uint8_t, 2 * Curve::field>;

  // from_point takes big-endian x || y. A point that is not on the curve, or a coordinate that is not below the field's
  // prime, is errc::bad_value.
  [[nodiscard]] static result<ecdsa_public_key> from_point(point xy) noexcept {
    const auto key = detail::public_ec_key<Curve>(xy);
    if (!key) return key.error();
    return ecdsa_public_key(*key, detail::prepared_check(key->get(), Curve::digest));
  }

  // beside is from_point for another point of this curve, whose key verifies once or twice: it does not set the curve
  // up anew, which would cost a fifth of a verification, and prepares nothing.
  [[nodiscard]] result<ecdsa_public_key> beside(point xy) const noexcept {
    const detail::error_mark mark;
    const auto encoded = detail::uncompressed<Curve::field>(xy);
    EVP_PKEY* const other = EVP_PKEY_dup(key_.get());
    if (other == nullptr) return errc::crypto_error;
    const ecdsa_public_key out(detail::shared_key(other), {});
    if (EVP_PKEY_set1_encoded_public_key(other, encoded.data(), encoded.size()) != 1) return errc::bad_value;
    return out;
  }

  // verify checks big-endian r || s over the curve's digest of `message`. An r or s that is zero or not below the
  // order is errc::bad_value at its offset, 0 or Curve::field; any other signature that is not good is
  // errc::signature_invalid, which is also what OpenSSL makes of some allocations that fail.
  result<void> verify(byte_view message, signature rs) const noexcept {
    if (!in_range(rs.template first<Curve::field>())) return failure{errc::bad_value, 0};
    if (!in_range(rs.template last<Curve::field>())) return failure{errc::bad_value, Curve::field};
    const detail::error_mark mark;
    const detail::ecdsa_der<Curve::field> der(rs);
    auto context = check_.copy();
    if (!context) context = detail::prepared_check::made(key_.get(), Curve::digest);
    if (!context) return errc::crypto_error;
    const int good = EVP_DigestVerify(context.get(), der.bytes.data(), der.size, message.data(), message.size());
    if (good == 1) return {};
    return good == 0 ? errc::signature_invalid : errc::crypto_error;
  }

 private:
  ecdsa_public_key(const detail::shared_key& key, detail::prepared_check check) noexcept
      : key_(key), check_(std::move(check)) {}

  static bool in_range(std::span<const std::uint8_t, Curve::field> number) noexcept {
    return !all_zero(number) &&
           std::lexicographical_compare(number.begin(), number.end(), Curve::order.begin(), Curve::order.end());
  }

  detail::shared_key key_;
  detail::prepared_check check_;
};

}  // namespace unitee::inline v0
