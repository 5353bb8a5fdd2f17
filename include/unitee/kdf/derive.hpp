// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/derive.hpp: from a root secret, what it is bound to, and a purpose, to a key.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/hkdf.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/key_request.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

// binding_kind is the first byte of a binding: which kind of root secret it describes.
enum class binding_kind : std::uint8_t {
  snp_derived_key = 1
};

// key_binding is what a root secret is bound to, in canonical bytes: the kind, the length of the description (16 bits,
// little-endian), and the description. Two bindings with the same bytes mean the same thing.
class key_binding {
 public:
  // of is the binding of a key that SEV-SNP firmware derives for this request: the 32 bytes of the request.
  static constexpr key_binding of(const snp::key_request& request) noexcept {
    key_binding out;
    writer to(out.bytes_);
    to.le(static_cast<std::uint8_t>(binding_kind::snp_derived_key)).le(std::uint16_t{32}).bytes(request.encode());
    return out;
  }

  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }

  friend constexpr bool operator==(const key_binding&, const key_binding&) = default;

 private:
  constexpr key_binding() noexcept = default;

  std::array<std::uint8_t, 1 + 2 + 32> bytes_{};
};

// purpose_max is the longest purpose, in bytes.
inline constexpr std::size_t purpose_max = 64;

// derive_key is HKDF-SHA-256 (RFC 5869) over the root secret, with salt "unitee derive v1" and as info the binding, the
// length of the purpose (one byte) and the purpose. Different purposes give unrelated keys. An empty purpose, or one of
// more than purpose_max bytes, is errc::bad_value. The root must be a secret of its own: values that a report or quote
// shows are public, and nothing derived from them is a key.
inline result<secret<32>> derive_key(const secret<32>& root, const key_binding& binding,
                                     std::string_view purpose) noexcept {
  constexpr std::string_view salt = "unitee derive v1";
  const auto octets = [](std::string_view text) {
    return byte_view(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  if (purpose.empty() || purpose.size() > purpose_max) return errc::bad_value;
  std::array<std::uint8_t, 128> buffer{};
  const auto info = writer(buffer)
                        .bytes(binding.bytes())
                        .le(static_cast<std::uint8_t>(purpose.size()))
                        .bytes(octets(purpose))
                        .written();
  if (!info) return info.error();
  return hkdf_sha256<32>(root, octets(salt), *info);
}

// derive_key asks the hardware for a root secret and derives from it; the root secret does not leave this function.
template <hardware_key_source Source>
result<secret<32>> derive_key(Source& source, const snp::key_request& request, std::string_view purpose) {
  const auto root = source.derive_key(request);
  if (!root) return root.error();
  return derive_key(*root, key_binding::of(request), purpose);
}

}  // namespace unitee::inline v0
