// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/function_ref.hpp: a reference to something that can be called.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace unitee::inline v0 {

template <class Signature>
class function_ref;

// function_ref<R(Args...)> refers to a function object, which must outlive it, or to none: so it does when it is made
// of a null pointer, or of a wrapper that holds nothing. A lambda that is written where a call takes a function_ref
// lives until that call has returned.
template <class R, class... Args>
class function_ref<R(Args...)> {
 public:
  constexpr function_ref() noexcept = default;

  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, function_ref> &&
           std::is_invocable_r_v<R, F&, Args...>) constexpr function_ref(F&& f) noexcept  // implicit: it stands for f
      : object_(const_cast<void*>(static_cast<const volatile void*>(&f))), call_([](void* object, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Args>(args)...);
        }) {
    if constexpr (std::is_pointer_v<std::remove_cvref_t<F>> ||
                  (std::is_constructible_v<std::remove_cvref_t<F>, std::nullptr_t> && requires { f == nullptr; })) {
      if (f == nullptr) call_ = nullptr;
    }
  }

  constexpr explicit operator bool() const noexcept { return call_ != nullptr; }
  constexpr R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_ = nullptr;
  R (*call_)(void*, Args...) = nullptr;
};

}  // namespace unitee::inline v0
