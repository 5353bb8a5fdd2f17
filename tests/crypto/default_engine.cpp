// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/default_engine.hpp>

#include <type_traits>

namespace test_default_engine {

#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
static_assert(std::is_same_v<unitee::default_gcm_engine, unitee::ipsec_mb_gcm>);
#else
static_assert(std::is_same_v<unitee::default_gcm_engine, unitee::aes_256_gcm>);
#endif

}  // namespace test_default_engine
