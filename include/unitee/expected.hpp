// SPDX-License-Identifier: Apache-2.0
//
// unitee/expected.hpp: results as std::expected, for programs in C++23. Opt-in; no other header includes it.
#pragma once

#include <unitee/failure.hpp>
#include <unitee/result.hpp>

#include <version>

#if defined(__cpp_lib_expected)  // before C++23 this header is empty

#include <expected>
#include <type_traits>
#include <utility>

namespace unitee::inline v0 {

// to_expected hands the value or the failure over.
template <class T>
constexpr std::expected<T, failure> to_expected(result<T> from) noexcept {
  if (!from) return std::unexpected(from.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(from);
  }
}

}  // namespace unitee::inline v0

#endif
