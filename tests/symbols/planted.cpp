// SPDX-License-Identifier: Apache-2.0
//
// tests/symbols/planted.cpp: a program with some of everything that a guest's must not have, to see that it is found.
#include <unitee/guest/configfs_sev_guest.hpp>
#include <unitee/guest/configfs_tdx_guest.hpp>
#include <unitee/guest/simulated_image.hpp>
#include <unitee/verify/verify.hpp>

#include <cstdint>

using namespace unitee;

int main(int argc, char** argv) {
  auto* const measure = argc > 1 ? nullptr : &guest::simulated_measurement;
  auto* const by_snp = &guest::configfs_sev_guest::open;
  auto* const by_tdx = &guest::configfs_tdx_guest::open;
  if (measure == nullptr || !measure({}) || by_snp({}) || by_tdx({})) return 1;
  const auto nothing = evidence::parse({reinterpret_cast<const std::uint8_t*>(argv[0]), 1});
  return nothing && verify(*nothing, {}, {}) ? 1 : 0;
}
