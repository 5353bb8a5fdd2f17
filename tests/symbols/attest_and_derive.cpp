// SPDX-License-Identifier: Apache-2.0
//
// tests/symbols/attest_and_derive.cpp: all that a guest asks of its hardware, by whichever backend was chosen.
#include <unitee/guest/attest.hpp>
#include <unitee/guest/derive.hpp>
#include <unitee/this_guest.hpp>

using namespace unitee;

int main() {
  auto here = this_guest::open();
  if (!here) return 1;
  const auto evidence = guest::attest(*here, {});
  const auto made = guest::derive(*here, {.purpose = "symbols"});
  if (!evidence || !made) return 1;
  const auto again = guest::derive(*here, made->record);
  return again && *again == made->key ? 0 : 1;
}
