// SPDX-License-Identifier: Apache-2.0
//
// tests/kernel/collateral.cpp: writes what a verifier of the emulated TD's quotes needs.
//
// usage: collateral STATE_DIRECTORY DIRECTORY

#include <unitee/guest/simulated_intel_collateral.hpp>
#include <unitee/guest/simulated_tdx_store.hpp>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto machine = unitee::guest::simulated_tdx_store(argv[1]).load();
  if (!machine) return 1;
  const auto files = unitee::guest::make_simulated_collateral(*machine, {std::time(nullptr)});
  if (!files) return 1;
  bool written = true;
  files->for_each_file([&](std::string_view name, unitee::byte_view content) {
    std::ofstream file(std::string(argv[2]) + "/" + std::string(name), std::ios::binary);
    for (const std::uint8_t each : content) file.put(static_cast<char>(each));
    written = written && file.flush();
  });
  return written ? 0 : 1;
}
