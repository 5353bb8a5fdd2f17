// SPDX-License-Identifier: Apache-2.0
//
// unitee/any_guest.hpp: one of several backends, found at run time.
#pragma once

#include <unitee/guest/attest.hpp>
#include <unitee/guest/attestation.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/report_data.hpp>
#include <unitee/result.hpp>
#include <unitee/unavailable.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace unitee::inline v0 {

// openable is a backend that any_guest can look for: it has a name, and open() finds out whether it is there.
// clang-format off
template <class Backend>
concept openable = guest::attester<Backend> && (
    requires {
      { Backend::name } -> std::convertible_to<std::string_view>;
      { Backend::open() } -> std::same_as<result<Backend>>;
    } ||
    unavailable<"this backend cannot be looked for: it has no name, or no open() that says whether it is there">);
// clang-format on

namespace detail {

// each_openable is where a compiler finds the sentence: of a pack of constraints it says only that one is not met.
template <openable Backend>
using each_openable = Backend;

}  // namespace detail

// any_guest is the first of these backends that is there, in the order in which they are named.
template <class... Backends>
class any_guest {
  static_assert(sizeof...(Backends) > 0, "any_guest needs a backend to look for");

 public:
  // absence says why a backend is not there.
  struct absence {
    std::string_view backend;
    failure why;
  };

  // search is what looking for a backend came to: the guest, if there is one, and an absence for each backend that was
  // tried before it, in order; the others are nothing.
  struct search {
    std::optional<any_guest> guest;
    std::array<std::optional<absence>, sizeof...(Backends)> absent;
  };

  static search look() {
    search out;
    std::size_t i = 0;
    (void)(... || try_one<Backends>(out, i++));
    return out;
  }

  // open is the guest that look finds. Where there is none, the failure is the first that is more than an absent
  // interface (a device that this user may not open), or else the first.
  static result<any_guest> open() {
    search found = look();
    if (found.guest) return result<any_guest>(std::in_place, std::move(*found.guest));
    for (const auto& each : found.absent) {
      if (each->why.code != errc::interface_absent) return each->why;
    }
    return found.absent[0]->why;
  }

  // name is the backend's.
  [[nodiscard]] std::string_view name() const noexcept {
    return visit([](const auto& backend) -> std::string_view { return backend.name; });
  }

  // attest is fresh evidence about these 64 bytes, of the vendor that this machine is of.
  [[nodiscard]] result<guest::attestation> attest(const report_data& data) {
    return visit([&](auto& backend) { return guest::attest(backend, data); });
  }

  [[nodiscard]] result<guest::attestation> attest(const report_data& data) const
      requires(...&& guest::attester<const Backends>) {
    return visit([&](const auto& backend) { return guest::attest(backend, data); });
  }

  // visit calls f with the backend itself, for what only some have: if constexpr (hardware_key_source<...>).
  template <class F>
  decltype(auto) visit(F&& f) {
    return std::visit(std::forward<F>(f), backend_);
  }
  template <class F>
  decltype(auto) visit(F&& f) const {
    return std::visit(std::forward<F>(f), backend_);
  }

 private:
  template <class Backend>
  explicit any_guest(std::in_place_type_t<Backend> which, Backend&& backend)
      : backend_(which, std::forward<Backend>(backend)) {}

  template <class Backend>
  static bool try_one(search& out, std::size_t i) {
    auto backend = Backend::open();
    if (!backend) {
      out.absent[i] = absence{Backend::name, backend.error()};
      return false;
    }
    out.guest = any_guest(std::in_place_type<Backend>, std::move(*backend));
    return true;
  }

  std::variant<detail::each_openable<Backends>...> backend_;
};

}  // namespace unitee::inline v0
