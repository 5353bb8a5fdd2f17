// SPDX-License-Identifier: Apache-2.0
//
// unitee/result.hpp: a value, or the failure to produce one.
#pragma once

#include <unitee/failure.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace unitee::inline v0 {

namespace detail {

// stop ends the program at a broken precondition. It is the same in every build: no assert, no exception.
[[noreturn, gnu::cold, gnu::noinline]] inline void stop() noexcept { __builtin_trap(); }

}  // namespace detail

// result<T> holds a T or a failure. It never throws, and it means the same in every translation unit of a program,
// with or without exceptions, RTTI or NDEBUG. Reading what it does not hold stops the program.
template <class T>
class [[nodiscard]] result {
  static_assert(std::is_object_v<T> && std::is_nothrow_move_constructible_v<T>,
                "result<T> needs a T that moves without throwing");

 public:
  using value_type = T;

  constexpr result(T value) noexcept : held_(std::in_place_index<0>, std::move(value)) {}
  // result(std::in_place, args...) makes the T where it will live, for a T that is large.
  template <class... Args>
  constexpr explicit result(std::in_place_t, Args&&... args) noexcept
      : held_(std::in_place_index<0>, std::forward<Args>(args)...) {}
  constexpr result(failure why) noexcept : held_(std::in_place_index<1>, why) {}
  constexpr result(errc code) noexcept : result(failure{code}) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return held_.index() == 0; }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  constexpr T& operator*() & noexcept { return get(held_); }
  constexpr const T& operator*() const& noexcept { return get(held_); }
  constexpr T&& operator*() && noexcept { return std::move(get(held_)); }
  constexpr T* operator->() noexcept { return &get(held_); }
  constexpr const T* operator->() const noexcept { return &get(held_); }

  // error is the failure; asking a result that holds a value for it stops the program.
  [[nodiscard]] constexpr failure error() const noexcept {
    if (has_value()) detail::stop();
    return std::get<1>(held_);
  }

 private:
  // std::get after the test of index(): std::get_if of a temporary is not a constant expression on GCC 12.
  template <class Held>
  static constexpr auto& get(Held& held) noexcept {
    if (held.index() != 0) detail::stop();
    return std::get<0>(held);
  }

  std::variant<T, failure> held_;
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
