// SPDX-License-Identifier: Apache-2.0
//
// tests/consume/single/other.hpp: what other.cpp, compiled without exceptions and RTTI, does for main.cpp.
#pragma once

#include "unitee_all.hpp"

namespace other {

// sealed_and_opened says whether a model that was sealed for this guest opens with the guest's key and is the same again.
unitee::result<bool> sealed_and_opened(const unitee::guest::insecure_simulated_snp& guest);

}  // namespace other
