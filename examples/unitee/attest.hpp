// SPDX-License-Identifier: Apache-2.0
//
// attest.hpp: what `unitee attest` is to do.
#pragma once

#include "attest_backends.hpp"
#include "command.hpp"
#include "inputs.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace command::attesting {

// work is the command line, read before anything is asked.
struct work {
  const arguments& given;
  inputs from{};
  order asked{};
  bool is_random = false;
  std::vector<backend> candidates{};
  std::string evidence{};
  std::optional<std::string> certificates{};
  std::optional<std::string> manifest{};
  std::optional<kept_files> endorsements{};
};

std::string_view help() noexcept;
std::vector<option> accepted_options();

// work_of reads the command line. What makes no sense is a usage_error.
work work_of(const arguments& given);

}  // namespace command::attesting
