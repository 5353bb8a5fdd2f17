// SPDX-License-Identifier: Apache-2.0
//
// verify_options.hpp: the options of `unitee verify`, in tables: those about both vendors' evidence, and each vendor's.
#pragma once

#include "command.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace command::verification {

enum class vendor : std::uint8_t {
  any,
  snp,
  tdx
};

// row is an option: its value, its line in the help, and whether it may be repeated.
struct row {
  std::string_view name;
  std::string_view value;
  std::string_view text;
  bool repeats = false;
};

struct section {
  std::string_view title;
  vendor of;
  std::vector<row> rows;
};

std::vector<section> snp_sections();  // verify_snp_options.cpp
std::vector<section> tdx_sections();  // verify_tdx_options.cpp

std::vector<option> accepted_options();
std::string help();

// check_options is a usage_error where an option that does not repeat is there twice, or one is about evidence of the
// other vendor.
void check_options(const arguments& given, vendor of);

}  // namespace command::verification
