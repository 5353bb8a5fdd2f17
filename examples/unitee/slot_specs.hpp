// SPDX-License-Identifier: Apache-2.0
//
// slot_specs.hpp: new slots, as the command line spells them: for `unitee seal` and `unitee slots --add`.
#pragma once

#include "command.hpp"
#include "key_sources.hpp"

#include <unitee/seal/attested_recipient.hpp>
#include <unitee/seal/slot.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace command {

extern const std::string_view slot_specs_help;

// with_recipient_options adds --to, and the options of `unitee verify` that say which evidence is good enough.
std::vector<option> with_recipient_options(std::vector<option> own);

// check_recipient_options refuses, without --to, the options that are about its evidence.
void check_recipient_options(const arguments& given);

// machines_in is which machines new slots of these specifications ask for keys.
asked_machines machines_in(const std::vector<std::string>& specs);

// new_slots_of is the slots of these specifications, and then that of --to. A specification that makes no sense is a
// usage_error; a machine that has no keys, and a file that has none, are input_errors; evidence that is refused is a
// refusal.
std::vector<unitee::new_slot> new_slots_of(const arguments& given, std::string_view option,
                                           const std::vector<std::string>& specs);

// recipient_of is the key that the evidence of --to vouches for, once it was verified and appraised as the command line
// says. (recipient.cpp)
unitee::sealing_recipient recipient_of(const arguments& given);

}  // namespace command
