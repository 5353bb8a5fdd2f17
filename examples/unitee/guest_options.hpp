// SPDX-License-Identifier: Apache-2.0
//
// guest_options.hpp: the options by which a command finds the guest's interfaces.
#pragma once

#include "command.hpp"

#include <unitee/guest/quote_service.hpp>
#include <unitee/posix/time_limit.hpp>

#include <optional>
#include <string>

namespace command {

// limit_of is --limit in seconds, from 0.001 to 4000000.
unitee::time_limit limit_of(const arguments& given, std::uint32_t seconds);

// quote_service_of is --quote-service: vsock:CID:PORT or unix:PATH.
std::optional<unitee::guest::quote_service_address> quote_service_of(const arguments& given);

}  // namespace command
