// SPDX-License-Identifier: Apache-2.0
//
// unitee/unavailable.hpp: a constraint that fails with a sentence.
#pragma once

#include <cstddef>

namespace unitee::inline v0 {

// sentence is a string literal as a template argument.
template <std::size_t N>
struct sentence {
  char text[N]{};

  consteval sentence(const char (&literal)[N]) {  // implicit: unavailable<"...">
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
};

namespace detail {

template <sentence Why>
inline constexpr bool is_available = false;

}  // namespace detail

// unavailable is never satisfied. It stands last in a disjunction, so that the compiler ends its complaint with the
// sentence, which is kept on one source line.
template <sentence Why>
concept unavailable = detail::is_available<Why>;

}  // namespace unitee::inline v0
