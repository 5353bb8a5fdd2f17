// SPDX-License-Identifier: Apache-2.0
//
// slot_changes.hpp: what `unitee slots` changes in a file.
#pragma once

#include "command.hpp"

#include <unitee/seal/sealed_header.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace command {

// slot_order is the changes that are wanted. Numbers are those of the list before any of them.
struct slot_order {
  std::vector<std::string> add;
  bool has_recipient = false;       // --to
  std::vector<std::size_t> remove;  // the greatest first
  bool reseal = false;
  bool settle = false;

  [[nodiscard]] bool any() const noexcept {
    return !add.empty() || has_recipient || !remove.empty() || reseal || settle;
  }
};

slot_order slot_order_of(const arguments& given);

// slot_changes is how many were made.
struct slot_changes {
  std::size_t added = 0;
  std::size_t removed = 0;
  std::size_t resealed = 0;

  [[nodiscard]] bool any() const noexcept { return added + removed + resealed != 0; }
};

struct changed_slots {
  unitee::sealed_header header;  // as it is now
  slot_changes made;
};

// change_slots makes all of the changes, or none.
changed_slots change_slots(const arguments& given, const slot_order& order);

// json_of_slot is a slot as `unitee inspect` shows it, with its number and its line. (inspect_sealed.cpp)
nlohmann::ordered_json json_of_slot(const unitee::slot_view& slot, std::size_t index);

}  // namespace command
