// expect: host_data_tag
// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/fixed.hpp>

using measurement = unitee::fixed_bytes<48, struct measurement_tag>;
using host_data = unitee::fixed_bytes<48, struct host_data_tag>;

bool trusted(const measurement& found) { return !found.is_zero(); }

#ifdef UNITEE_CORRECTED
bool use(const measurement& found) { return trusted(found); }
#else
bool use(const host_data& found) { return trusted(found); }
#endif
