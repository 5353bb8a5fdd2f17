// SPDX-License-Identifier: Apache-2.0
//
// tests/consume/program.cpp: a program of somebody else's, which includes and links what its package manager gave it. It is
// compiled as C++20 and C++23, with and without exceptions and RTTI, and sees that it was compiled as was meant.
#include <unitee/bytes/hex.hpp>
#include <unitee/crypto/default_engine.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/exceptions.hpp>
#include <unitee/expected.hpp>
#include <unitee/version.hpp>
#ifdef TRY_BACKEND  // the backend that the project has chosen
#include <unitee/this_guest.hpp>
static_assert(unitee::this_guest::name == TRY_BACKEND);
#endif

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <span>

static_assert((__cplusplus > 202002L) == (TRY_STANDARD == 23));
#if defined(__cpp_exceptions) || defined(__cpp_rtti)
static_assert(TRY_EXCEPTIONS);
#else
static_assert(!TRY_EXCEPTIONS);
#endif

namespace {

// hashes compares with FIPS 180-2, appendix B.1.
bool hashes() {
  constexpr std::uint8_t abc[] = {'a', 'b', 'c'};
  const auto expected =
      unitee::from_hex<unitee::sha256_digest>("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const auto digest = unitee::sha256(abc);
  return expected && digest && *digest == *expected;
}

// seals compares the engine that the package has chosen with test case 13 of the specification of GCM (McGrew, Viega).
bool seals() {
  const auto zero = unitee::secret<32>::made_by(
      [](std::span<std::uint8_t, 32> out) noexcept { std::fill(out.begin(), out.end(), std::uint8_t{0}); });
  const auto expected = unitee::from_hex<unitee::gcm_tag>("530f8afbc74536b9a963b4f1c4cb738b");
  auto engine = unitee::default_gcm_engine::create(zero);
  if (!expected || !engine) return false;
  const auto tag = engine->seal(unitee::gcm_nonce{}, {}, {}, {});
  return tag && *tag == *expected;
}

// bridges are there where the compiler has what they lead to.
bool bridges() {
  const unitee::result<int> none = unitee::errc::missing;
#if TRY_EXCEPTIONS
  try {
    (void)unitee::value_or_throw(none);
    return false;
  } catch (const unitee::failed& failed) {
    if (failed.why().code != unitee::errc::missing) return false;
  }
#endif
#if defined(__cpp_lib_expected)
  if (unitee::to_expected(none).error().code != unitee::errc::missing) return false;
#endif
  return none.error().code == unitee::errc::missing;
}

}  // namespace

int main() {
  if (!hashes() || !seals() || !bridges()) return 1;
  std::printf("unitee %s\n", unitee::version);
  return 0;
}
