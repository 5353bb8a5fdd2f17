// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/stored.hpp: simulated platforms that come back from the state directory.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/failure.hpp>

#include <cerrno>
#include <ctime>
#include <string>

namespace emulator {

inline unitee::utc_time now() { return {std::time(nullptr)}; }

// stored is the platform in the directory, as Store keeps it, or else what make(now) makes and leaves there.
template <class Store, class Make>
auto stored(const std::string& directory, Make make) -> decltype(Store(directory).load()) {
  const Store store(directory);
  auto found = store.load();
  if (found || found.error() != unitee::failure{unitee::errc::io_error, ENOENT}) return found;
  auto made = make(now());
  if (!made) return made;
  // Somebody may have been faster.
  if (const auto saved = store.save(*made); !saved && saved.error().offset != EEXIST) return saved.error();
  return store.load();
}

}  // namespace emulator
