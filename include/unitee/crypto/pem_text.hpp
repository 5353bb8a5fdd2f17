// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/pem_text.hpp: bytes as a PEM block (RFC 7468), the reverse of for_each_pem.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/bio.h>
#include <openssl/pem.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace unitee::inline v0 {

// to_pem calls use(byte_view) with the block, and wipes it afterwards, in case it is a key.
template <class F>
result<void> to_pem(const char* label, byte_view der, F&& use) {
  const detail::error_mark mark;
  const detail::handle<BIO, BIO_free> to(BIO_new(BIO_s_mem()));  // its memory is wiped when it is freed
  if (!to || PEM_write_bio(to.get(), label, "", der.data(), static_cast<long>(der.size())) <= 0) {
    return errc::crypto_error;
  }
  char* text = nullptr;
  const long length = BIO_get_mem_data(to.get(), &text);
  std::forward<F>(use)(byte_view(reinterpret_cast<const std::uint8_t*>(text), static_cast<std::size_t>(length)));
  return {};
}

}  // namespace unitee::inline v0
