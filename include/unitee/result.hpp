// SPDX-License-Identifier: Apache-2.0
//
// unitee/result.hpp: a value, or the failure to produce one.
#pragma once

#include <unitee/failure.hpp>

#include <new>
#include <type_traits>
#include <utility>

namespace unitee::inline v0 {

namespace detail {

// stop ends the program at a broken precondition. It is the same in every build: no assert, no exception.
[[noreturn, gnu::cold, gnu::noinline]] inline void stop() noexcept { __builtin_trap(); }

// either is a T or a failure in the same place. It is written out because std::variant costs a translation unit ten
// times as much for each T, and this library has hundreds of them; and twice, because Clang 14 has no destructor that is
// trivial on a condition.
template <class T, bool Trivial = std::is_trivially_copyable_v<T>>
struct either {
  union {
    T value;
    failure why;
  };
  bool ok;

  template <class... Args>
  constexpr explicit either(std::in_place_t, Args&&... args) noexcept : value(std::forward<Args>(args)...), ok(true) {}
  constexpr explicit either(failure because) noexcept : why(because), ok(false) {}
};

template <class T>
struct either<T, false> {
  union {
    T value;
    failure why;
  };
  bool ok;

  template <class... Args>
  constexpr explicit either(std::in_place_t, Args&&... args) noexcept : value(std::forward<Args>(args)...), ok(true) {}
  constexpr explicit either(failure because) noexcept : why(because), ok(false) {}

  either(either&& other) noexcept : why(), ok(false) { take(std::move(other)); }
  either(const either& other) noexcept(std::is_nothrow_copy_constructible_v<T>) requires(
      std::is_copy_constructible_v<T>)
      : why(), ok(false) {
    take(other);
  }
  either& operator=(either&& other) noexcept {
    if (this != &other) {
      if (ok) value.~T();
      take(std::move(other));
    }
    return *this;
  }
  // A copy that throws leaves what was there.
  either& operator=(const either& other) requires(std::is_copy_constructible_v<T>) {
    *this = either(other);
    return *this;
  }
  constexpr ~either() {
    if (ok) value.~T();
  }

 private:
  // take is for where neither a T nor anything that must be destroyed stands.
  template <class Other>
  void take(Other&& other) {
    if (other.ok) {
      ::new (static_cast<void*>(&value)) T(std::forward<Other>(other).value);
    } else {
      ::new (static_cast<void*>(&why)) failure(other.why);
    }
    ok = other.ok;
  }
};

}  // namespace detail

// result<T> holds a T or a failure. It never throws, and it means the same in every translation unit of a program,
// with or without exceptions, RTTI or NDEBUG. Reading what it does not hold stops the program.
template <class T>
class [[nodiscard]] result {
  static_assert(std::is_object_v<T> && std::is_nothrow_move_constructible_v<T>,
                "result<T> needs a T that moves without throwing");

 public:
  using value_type = T;

  constexpr result(T value) noexcept : held_(std::in_place, std::move(value)) {}
  // result(std::in_place, args...) makes the T where it will live, for a T that is large.
  template <class... Args>
  constexpr explicit result(std::in_place_t, Args&&... args) noexcept
      : held_(std::in_place, std::forward<Args>(args)...) {}
  constexpr result(failure why) noexcept : held_(why) {}
  constexpr result(errc code) noexcept : result(failure{code}) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return held_.ok; }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  constexpr T& operator*() & noexcept { return get(held_); }
  constexpr const T& operator*() const& noexcept { return get(held_); }
  constexpr T&& operator*() && noexcept { return std::move(get(held_)); }
  constexpr T* operator->() noexcept { return &get(held_); }
  constexpr const T* operator->() const noexcept { return &get(held_); }

  // error is the failure; asking a result that holds a value for it stops the program.
  [[nodiscard]] constexpr failure error() const noexcept {
    if (has_value()) detail::stop();
    return held_.why;
  }

 private:
  template <class Held>
  static constexpr auto& get(Held& held) noexcept {
    if (!held.ok) detail::stop();
    return held.value;
  }

  detail::either<T> held_;
};

// result<void> says that something was done, or why not.
template <>
class [[nodiscard]] result<void> {
 public:
  using value_type = void;

  constexpr result() noexcept = default;
  constexpr result(failure why) noexcept : why_(why), ok_(false) {}
  constexpr result(errc code) noexcept : result(failure{code}) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return ok_; }
  constexpr explicit operator bool() const noexcept { return ok_; }

  // error is the failure; asking a result that holds none for it stops the program.
  [[nodiscard]] constexpr failure error() const noexcept {
    if (ok_) detail::stop();
    return why_;
  }

 private:
  failure why_{};
  bool ok_ = true;
};

}  // namespace unitee::inline v0
