// expect: nodiscard
// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/time.hpp>

int main() {
#ifdef UNITEE_CORRECTED
  return unitee::parse_time("2026-03-01T00:00:00Z").has_value() ? 0 : 1;
#else
  unitee::parse_time("2026-03-01T00:00:00Z");
#endif
}
