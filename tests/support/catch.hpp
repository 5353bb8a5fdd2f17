// SPDX-License-Identifier: Apache-2.0
//
// tests/support/catch.hpp: Catch2, version 2 or 3, and how it prints a failure.
#pragma once

#include <unitee/failure.hpp>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <string>

namespace Catch {

template <>
struct StringMaker<unitee::errc> {
  static std::string convert(unitee::errc code) { return unitee::name(code); }
};

template <>
struct StringMaker<unitee::part> {
  static std::string convert(unitee::part in) { return unitee::name(in); }
};

template <>
struct StringMaker<unitee::failure> {
  static std::string convert(const unitee::failure& why) {
    return std::string(unitee::name(why.code)) + " at " + std::to_string(why.offset) + " in " + unitee::name(why.in);
  }
};

}  // namespace Catch
