// SPDX-License-Identifier: Apache-2.0
//
// simulation.hpp: the simulated guest that the tool uses on a machine without a TEE.
#pragma once

#include "command.hpp"

#include <unitee/guest/simulated_platform.hpp>
#include <unitee/guest/simulated_snp.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/tdx/fields.hpp>

#include <optional>
#include <string>

namespace command {

// The sentence that stands wherever the simulation shows.
inline constexpr std::string_view simulation_warning =
    "INSECURE: this machine's TEE is simulated. Its keys lie in a file; nothing is protected from the host.";

// default_state_directory is $XDG_STATE_HOME/unitee, or ~/.local/state/unitee.
std::string default_state_directory();

// new_platform makes a simulated Milan machine with certificates from now on. It takes seconds.
unitee::guest::insecure_simulated_platform new_platform(unitee::utc_time now);

// stored_platform is the machine in a state directory; with `create` it is made if it is not there.
unitee::guest::insecure_simulated_platform stored_platform(const std::string& directory, bool create);

// measurement_of_image is what the launch of a simulated guest that runs these bytes measures; `input` names them.
unitee::snp::measurement measurement_of_image(unitee::byte_view image, const std::string& input);

// measurement_of is that of a file, or of the tool's name when there is none.
unitee::snp::measurement measurement_of(const std::optional<std::string>& image);
// td_measurement_of is the MRTD of a simulated TD that runs it: the SHA-384 of these bytes.
unitee::tdx::measurement td_measurement_of(const std::optional<std::string>& image);

}  // namespace command
