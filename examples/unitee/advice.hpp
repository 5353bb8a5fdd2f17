// SPDX-License-Identifier: Apache-2.0
//
// advice.hpp: what somebody can do about a failure inside of a guest.
#pragma once

#include <unitee/failure.hpp>

#include <string>

namespace command {

// advice_on is an instruction, with a command where there is one: what to do about a failure of a guest's interface.
// Nothing where nobody knows. `is_there` says that the interface is known to be there: then something of it is absent.
std::string advice_on(const unitee::failure& why, bool is_there = false);

}  // namespace command
