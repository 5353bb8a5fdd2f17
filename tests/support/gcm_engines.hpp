// SPDX-License-Identifier: Apache-2.0
//
// tests/support/gcm_engines.hpp: the AES-256-GCM engines that this build and this machine have, under one type.
#pragma once

#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
#include <unitee/crypto/ipsec_mb.hpp>
#endif

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace unitee::test {

// any_engine is an engine under one key, with a name for messages.
struct any_engine {
  std::string name;
  std::function<result<gcm_tag>(const gcm_nonce&, byte_view, byte_view, byte_span)> seal;
  std::function<result<void>(const gcm_nonce&, byte_view, byte_view, const gcm_tag&, byte_span)> open;
};

template <gcm_engine E>
any_engine any_engine_of(std::string name, result<E> made) {
  if (!made) throw std::runtime_error("no engine: " + name);
  const auto engine = std::make_shared<E>(std::move(*made));
  return {std::move(name),
          [engine](const gcm_nonce& nonce, byte_view aad, byte_view in, byte_span out) {
            return engine->seal(nonce, aad, in, out);
          },
          [engine](const gcm_nonce& nonce, byte_view aad, byte_view in, const gcm_tag& tag, byte_span out) {
            return engine->open(nonce, aad, in, tag, out);
          }};
}

#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
struct named_level {
  cpu_level level;
  const char* name;
};
inline constexpr named_level cpu_levels[] = {{cpu_level::best, "best"},     {cpu_level::sse, "sse"},
                                             {cpu_level::avx, "avx"},       {cpu_level::avx2, "avx2"},
                                             {cpu_level::avx512, "avx512"}, {cpu_level::vaes_avx512, "vaes_avx512"}};
#endif

// engines is OpenSSL's first, and then the other library's on every level that this machine has.
inline std::vector<any_engine> engines(const secret<32>& key) {
  std::vector<any_engine> out;
  out.push_back(any_engine_of("openssl", aes_256_gcm::create(key)));
#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
  for (const auto& [level, name] : cpu_levels) {
    auto made = ipsec_mb_gcm::create_at(level, key);
    if (made || made.error().code != errc::unsupported_algorithm) {
      out.push_back(any_engine_of(std::string("ipsec_mb at ") + name, std::move(made)));
    }
  }
#endif
  return out;
}

}  // namespace unitee::test
