// SPDX-License-Identifier: Apache-2.0
//
// seal/engines.hpp: the engines of this build, each with its peer.
#pragma once

#include <unitee/crypto/aead.hpp>
#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
#include <unitee/crypto/ipsec_mb.hpp>
#endif

#include "raw.hpp"

namespace benchmarks {

struct with_openssl {
  static constexpr const char* name = "OpenSSL";
  static constexpr const char* option = "openssl";
  static constexpr double times_age = 3;
  using engine = unitee::aes_256_gcm;
  using raw = raw_openssl;
};

#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
struct with_ipsec_mb {
  static constexpr const char* name = "ipsec-mb";
  static constexpr const char* option = "ipsec-mb";
  static constexpr double times_age = 5.5;
  using engine = unitee::ipsec_mb_gcm;
  using raw = raw_ipsec_mb;
};
#endif

// for_each_engine calls use(engine) for one after the other, OpenSSL first.
template <class Use>
void for_each_engine(Use use) {
  use(with_openssl{});
#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
  use(with_ipsec_mb{});
#endif
}

}  // namespace benchmarks
