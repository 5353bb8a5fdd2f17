// SPDX-License-Identifier: Apache-2.0
//
// tests/support/no_algorithms.hpp: an OpenSSL that finds no algorithm.
#pragma once

#include <openssl/evp.h>

#include <cstdlib>

namespace unitee::test {

// no_algorithms lets every look-up of an algorithm by its name fail while it lives, in the whole program.
struct no_algorithms {
  no_algorithms() { set("provider=nobody"); }
  ~no_algorithms() { set(""); }
  no_algorithms(const no_algorithms&) = delete;
  no_algorithms& operator=(const no_algorithms&) = delete;

 private:
  static void set(const char* properties) {
    if (EVP_set_default_properties(nullptr, properties) != 1) std::abort();
  }
};

}  // namespace unitee::test
