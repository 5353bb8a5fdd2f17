// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/stored_machine.hpp: the simulated machine of a directory, made when there is none. INSECURE.
#pragma once

#include <unitee/result.hpp>

#include <cerrno>

namespace unitee::inline v0::guest::detail {

// stored_machine is what the store loads, or else what make() gives, saved there. Of several processes that make one at
// the same time, one is saved, and all of them get that one.
template <class Store, class Make>
auto stored_machine(const Store& in, Make make) -> decltype(in.load()) {
  auto found = in.load();
  if (found || found.error() != failure{errc::io_error, ENOENT}) return found;
  auto made = make();
  if (!made) return made;
  const auto saved = in.save(*made);
  if (saved) return made;
  if (saved.error() == failure{errc::io_error, EEXIST}) return in.load();
  return saved.error();
}

}  // namespace unitee::inline v0::guest::detail
