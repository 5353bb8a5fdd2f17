// expect: no matching function
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/sev_guest.hpp>
#include <unitee/kdf/derive.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
using record = key_record<snp::key_request>;
#else
using record = key_record<tdx::key_request>;
#endif

auto use(guest::sev_guest& from, const record& written) { return derive_key(from, written); }
