// SPDX-License-Identifier: Apache-2.0
//
// tests/consume/program.cpp: a program of somebody else's, which includes and links what its package manager gave it.
#include <unitee/bytes/hex.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/version.hpp>
#ifdef TRY_BACKEND  // the backend that the project has chosen
#include <unitee/this_guest.hpp>
static_assert(unitee::this_guest::name == TRY_BACKEND);
#endif

#include <cstdint>
#include <cstdio>

int main() {
  constexpr std::uint8_t abc[] = {'a', 'b', 'c'};
  const auto expected = unitee::from_hex<unitee::sha256_digest>(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, appendix B.1
  const auto digest = unitee::sha256(abc);
  if (!expected || !digest || *digest != *expected) return 1;
  std::printf("unitee %s\n", unitee::version);
  return 0;
}
