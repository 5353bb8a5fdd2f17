// SPDX-License-Identifier: Apache-2.0
//
// tests/symbols/watched.cpp: calls that an observer may watch, without one or with the one that UNITEE_WATCH names.
#include <unitee/kdf/derive.hpp>
#include <unitee/observer.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/tdx.hpp>

#include <cstdint>

#include <time.h>

using namespace unitee;

namespace {

#ifdef UNITEE_WATCH
#define UNITEE_WATCHED(...) __VA_ARGS__, UNITEE_WATCH
[[maybe_unused]] no_observer nobody;
struct counting : no_observer {
  std::uint64_t told = 0;
  static std::uint64_t now() noexcept { return static_cast<std::uint64_t>(::clock()); }
  void step(const step_event& one) noexcept { told += one.nanoseconds; }
  void key(const key_event& one) noexcept { told += one.nanoseconds; }
  void expiry(const expiry_event& one) noexcept { told += static_cast<std::uint64_t>(one.seconds_left); }
};
[[maybe_unused]] counting watch;
#else
#define UNITEE_WATCHED(...) __VA_ARGS__
#endif

}  // namespace

// backend is somebody's: its members are defined elsewhere.
struct backend {
  using key_request = snp::key_request;
  result<secret<32>> derive_key(const key_request& request);
  result<snp::key_basis> key_basis();
};

bool judge(const snp::report& report, const snp::verified_vek& signer, utc_time at) {
  return snp::verify(UNITEE_WATCHED(report, signer, at)).has_value();
}
bool judge(const tdx::quote& quote, const tdx::verified_pck& platform, utc_time at) {
  return tdx::verify(UNITEE_WATCHED(quote, platform, at, tdx::tcb_procedure::current)).has_value();
}
bool search(const snp::report& report, const endorsements& given, utc_time at) {
  return snp::verify(UNITEE_WATCHED(report, given, at, {}, {})).has_value();
}
bool search(const tdx::quote& quote, const endorsements& given, utc_time at) {
  return tdx::verify(UNITEE_WATCHED(quote, given, at, {}, {})).has_value();
}
bool derive(backend& from) {
  const key_binding binding{.purpose = "symbols"};
  return derive_key(UNITEE_WATCHED(from, binding, {})).has_value();
}
