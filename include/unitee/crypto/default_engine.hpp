// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/default_engine.hpp: the AES-256-GCM engine that was chosen when the program was configured.
//
// CMake's UNITEE_WITH_IPSEC_MB chooses Intel's library and defines the macro of that name as 1; without it the engine
// is OpenSSL's. The macro chooses this alias and nothing inside of a function, and whatever depends on the alias has
// the engine in its type: files that were compiled either way may be linked into one program.
#pragma once

#include <unitee/crypto/gcm_engine.hpp>

#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
#include <unitee/crypto/ipsec_mb.hpp>
namespace unitee::inline v0 {
using default_gcm_engine = ipsec_mb_gcm;
}
#else
#include <unitee/crypto/aead.hpp>
namespace unitee::inline v0 {
using default_gcm_engine = aes_256_gcm;
}
#endif

static_assert(unitee::gcm_engine<unitee::default_gcm_engine>);
