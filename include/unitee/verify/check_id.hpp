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
  consteval check_id(const char* name) : index_(0) {
    while (index_ < Table.size() && !is_named(Table[index_], name)) ++index_;
    if (index_ == Table.size()) stop();
  }

  [[nodiscard]] constexpr const check_info& info() const noexcept { return Table[index_]; }

 private:
  // is_named stops at the first difference. A compiler that evaluates std::string_view instead takes 50 times as long.
  static consteval bool is_named(const check_info& one, const char* name) {
    const char* of = one.name;
    for (; *of != '\0' && *of == *name; ++name) ++of;
    return *of == *name;
  }

  std::size_t index_;
};

}  // namespace unitee::inline v0::detail
