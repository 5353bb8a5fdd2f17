// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/check_id.hpp: a question of a vendor's table, by its name.
#pragma once

#include <unitee/result.hpp>
#include <unitee/verify/attestation_result.hpp>

#include <cstddef>
#include <string_view>

namespace unitee::inline v0::detail {

// check_id<Table> is a question of that table of check_info; a name that the table lacks does not compile.
template <const auto& Table>
class check_id {
 public:
  consteval check_id(std::string_view name) : index_(Table.size()) {
    for (std::size_t i = 0; i < Table.size(); ++i) {
      if (name == Table[i].name) index_ = i;
    }
    if (index_ == Table.size()) stop();
  }
  consteval check_id(const char* name) : check_id(std::string_view(name)) {}

  [[nodiscard]] constexpr const check_info& info() const noexcept { return Table[index_]; }

 private:
  std::size_t index_;
};

}  // namespace unitee::inline v0::detail
