// SPDX-License-Identifier: Apache-2.0
//
// doctor_device.hpp: what a device's file says about who may open it.
#pragma once

#include "doctor.hpp"

#include <string>

namespace command::examination {

// permissions_of is "root:root 0600; you are uid 1000", or nothing where there is no such file.
std::string permissions_of(const char* path);

// opened is the finding of a device that opens, and not_opened of one that does not.
finding opened(std::string_view topic, const char* path);
finding not_opened(std::string_view topic, const char* path, const unitee::failure& why);

}  // namespace command::examination
