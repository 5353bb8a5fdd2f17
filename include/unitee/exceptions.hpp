// SPDX-License-Identifier: Apache-2.0
//
// unitee/exceptions.hpp: for programs that would rather throw. Opt-in; no other header includes it.
#pragma once

#include <unitee/failure.hpp>
#include <unitee/result.hpp>

#if defined(__cpp_exceptions)  // without exceptions this header is empty

#include <exception>
#include <type_traits>
#include <utility>

namespace unitee::inline v0 {

// failed is a failure as an exception; what() is its description, without the place.
class failed : public std::exception {
 public:
  explicit failed(failure why) noexcept : why_(why) {}
  [[nodiscard]] const char* what() const noexcept override { return describe(why_.code); }
  [[nodiscard]] failure why() const noexcept { return why_; }

 private:
  failure why_;
};

// value_or_throw is the value of a result, or throws failed.
template <class T>
T value_or_throw(result<T> from) {
  if (!from) throw failed(from.error());
  if constexpr (!std::is_void_v<T>) return *std::move(from);
}

}  // namespace unitee::inline v0

#endif
