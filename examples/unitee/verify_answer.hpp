// SPDX-License-Identifier: Apache-2.0
//
// verify_answer.hpp: two answers of `unitee verify --json`, one of them from a receipt, which may hold anything.
#pragma once

#include <string>

namespace command::verification {

// member_of is the first member in which two answers differ, as a JSON pointer; empty where none does, or one answer is
// no JSON. Members are taken in the order of their names.
std::string member_of(const std::string& then, const std::string& now);

// verdict_of is what an answer says, fit for a terminal, or "no verdict".
std::string verdict_of(const std::string& answer);

}  // namespace command::verification
