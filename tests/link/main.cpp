// SPDX-License-Identifier: Apache-2.0
//
// tests/link/main.cpp: two files that include every header, compiled differently, are one program and agree. It needs
// no test framework, so that it also runs in a build without exceptions.
#include "other.hpp"

#include "everything.hpp"

#include <cstdio>

namespace {

int failures = 0;

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  ++failures;
}

}  // namespace

int main() {
  const auto time = other::parse_time("2026-03-01T00:00:00Z");
  check(time.has_value() && time->seconds == 1772323200, "a value made there is read here");
  const auto refused = other::parse_time("2026-03-01T00:00:60Z");
  check(!refused && refused.error() == unitee::failure{unitee::errc::bad_encoding, 17},
        "a failure made there is read here");
  check(other::holds_missing(unitee::errc::missing), "a failure made here is read there");
  check(other::size_of_result() == sizeof(unitee::result<unitee::utc_time>), "both have the same layout");
  return failures == 0 ? 0 : 1;
}
