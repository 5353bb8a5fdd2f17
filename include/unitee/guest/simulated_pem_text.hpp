// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_pem_text.hpp: the secrets of a simulated platform as a PEM text. INSECURE.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/pem.hpp>
#include <unitee/crypto/pem_text.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest::detail {

// simulated_pem_kind is what the text of one kind of platform begins with, a sentence that warns, and what its block
// of N bytes is called; and how many private keys and certificates it has. The first keys are those of the
// certificates, in the same order.
template <std::size_t N>
struct simulated_pem_kind {
  std::string_view warning;
  const char* label;
  std::size_t keys;
  std::size_t certificates;
};

// simulated_pem_parts is what such a text holds.
template <std::size_t N>
struct simulated_pem_parts {
  secret<N> block;
  std::vector<signing_key> keys;
  std::vector<certificate> certificates;
};

// write_simulated_pem writes the warning, the block, the keys and the certificates.
template <std::size_t N>
result<byte_view> write_simulated_pem(writer to, const simulated_pem_kind<N>& kind, const secret<N>& block,
                                      std::initializer_list<const signing_key*> keys,
                                      std::initializer_list<const certificate*> certificates) {
  const auto append = [&](byte_view text) { to.bytes(text); };
  append({reinterpret_cast<const std::uint8_t*>(kind.warning.data()), kind.warning.size()});
  if (const auto done = to_pem(kind.label, block.expose(), append); !done) return done.error();
  for (const signing_key* key : keys) {
    if (const auto done = key->to_pem(append); !done) return done.error();
  }
  for (const certificate* one : certificates) {
    const auto der = one->der();
    if (!der) return der.error();
    if (const auto done = to_pem("CERTIFICATE", *der, append); !done) return done.error();
  }
  return to.written();
}

// read_simulated_pem is the reverse. A text whose blocks are not exactly those of the kind, or where a certificate does
// not belong to its key, is errc::bad_value; a block that does not decode is the failure of its decoding.
template <std::size_t N>
result<simulated_pem_parts<N>> read_simulated_pem(byte_view text, const simulated_pem_kind<N>& kind) {
  std::optional<secret<N>> block;
  std::vector<signing_key> keys;
  std::vector<certificate> certificates;
  const auto walked = for_each_pem(text, [&](std::string_view label, byte_view der) -> result<void> {
    if (label == "PRIVATE KEY") {
      auto key = signing_key::from_der(der);
      if (!key) return key.error();
      keys.push_back(std::move(*key));
    } else if (label == "CERTIFICATE") {
      auto one = certificate::from_der(der);
      if (!one) return one.error();
      certificates.push_back(std::move(*one));
    } else if (label == kind.label && !block && der.size() == N) {
      block.emplace(secret<N>::made_by([&](byte_span out) { unitee::detail::copy_bytes(der, out); }));
    } else {
      return errc::bad_value;
    }
    return {};
  });
  if (!walked) return walked.error();
  if (!block || keys.size() != kind.keys || certificates.size() != kind.certificates) return errc::bad_value;
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    if (!keys[i].is_key_of(certificates[i])) return errc::bad_value;
  }
  return simulated_pem_parts<N>{std::move(*block), std::move(keys), std::move(certificates)};
}

}  // namespace unitee::inline v0::guest::detail
