// SPDX-License-Identifier: Apache-2.0
//
// errors.hpp: the library's failures, and the bridge's own, as a unitee_error; for unitee_bridge.cpp.
#pragma once

#include "unitee_bridge.h"

#include <unitee/format.hpp>
#include <unitee/result.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <new>

namespace bridge {

using unitee::errc;
using unitee::failure;

static_assert(sizeof(unitee_error) == 16);

// failed is a failure of the library's: its class is the code.
inline unitee_error failed(const failure& why) noexcept {
  static_assert(static_cast<int>(unitee::failure_class::malformed) + 1 == UNITEE_MALFORMED);
  static_assert(static_cast<int>(unitee::failure_class::unavailable) + 1 == UNITEE_UNAVAILABLE);
  return {static_cast<std::int32_t>(unitee::class_of(why.code)) + 1, static_cast<std::uint16_t>(why.code),
          static_cast<std::uint16_t>(why.in), why.offset};
}

// failure_of is what failed was given. Of other errors it is nothing that means anything.
inline failure failure_of(const unitee_error& error) noexcept {
  return {static_cast<errc>(error.kind), error.offset, static_cast<unitee::part>(error.part)};
}

inline constexpr unitee_error done{};
inline constexpr unitee_error no_memory{UNITEE_NO_MEMORY, 0, 0, 0};

// bad_argument counts from 1.
constexpr unitee_error bad_argument(std::uint64_t number) noexcept { return {UNITEE_BAD_ARGUMENT, 0, 0, number}; }

// guarded is what f answers, or what it throws as a code. Without exceptions there is nothing to catch: where memory
// runs out, the standard library ends the program.
template <class F>
unitee_error guarded(const F& f) noexcept {
#if defined(__cpp_exceptions)
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return no_memory;
  } catch (...) {
    return {UNITEE_UNEXPECTED, 0, 0, 0};
  }
#else
  return f();
#endif
}

using sentence = fmt::memory_buffer;  // all that is said fits without an allocation

inline void say_undecided(sentence& out, std::uint64_t points) {
  constexpr const char* names[] = {"report data", "measurement", "TCB", "debug"};
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "the policy does not decide everything");
  const char* before = ": ";
  for (std::size_t i = 0; i < std::size(names); ++i) {
    if ((points >> (2 * i) & 1) == 0) continue;
    fmt::format_to(to, "{}{}", before, names[i]);
    before = ", ";
  }
}

// say is an error as half a sentence, for a person.
inline void say(sentence& out, const unitee_error& error) {
  const auto to = std::back_inserter(out);
  switch (error.code) {
    case UNITEE_OK: fmt::format_to(to, "no failure"); return;
    case UNITEE_BAD_ARGUMENT: fmt::format_to(to, "argument {} is not what the call takes", error.offset); return;
    case UNITEE_UNDECIDED: say_undecided(out, error.offset); return;
    case UNITEE_NO_MEMORY: fmt::format_to(to, "there is no memory"); return;
    case UNITEE_UNEXPECTED: fmt::format_to(to, "something unexpected was thrown"); return;
    default: fmt::format_to(to, "{}", failure_of(error));
  }
}

}  // namespace bridge
