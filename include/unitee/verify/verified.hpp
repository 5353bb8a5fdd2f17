// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/verified.hpp: what only verification can make.
#pragma once

#include <utility>

namespace unitee::inline v0 {

namespace detail {

// verifier<Claims> may make a verified<Claims>. Each vendor's header specialises it for its claims.
template <class Claims>
class verifier;

}  // namespace detail

// verified<Claims> is claims that are genuine: signed by hardware whose chain of certificates ends in a trusted root.
// It says nothing about whether they are the claims one wants; that is for appraise, which takes nothing less.
template <class Claims>
class verified {
 public:
  constexpr const Claims& operator*() const noexcept { return claims_; }
  constexpr const Claims* operator->() const noexcept { return &claims_; }

 private:
  friend class detail::verifier<Claims>;
  constexpr explicit verified(Claims claims) noexcept : claims_(std::move(claims)) {}

  Claims claims_;
};

}  // namespace unitee::inline v0
