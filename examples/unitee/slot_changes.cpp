// SPDX-License-Identifier: Apache-2.0

#include "slot_changes.hpp"

#include "key_sources.hpp"
#include "sealed_words.hpp"
#include "slot_specs.hpp"
#include "verify_words.hpp"

#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/header_file.hpp>
#include <unitee/seal/slot_editor.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace command {

namespace {

using editor = unitee::slot_editor<unitee::header_file>;
using unitee::errc;
using unitee::failure;
using unitee::part;

// opens is nothing where a key of this machine opens the slot; errc::no_matching_slot where it is another machine's.
unitee::result<void> opens(const editor& slots, std::size_t i, machine_source& machine) {
  const auto key = machine.slot_key(slots.slot(i));
  if (!key) return key.error();
  const auto binding = unitee::detail::file_binding::of(slots.header());
  if (!binding) return binding.error();
  const auto data_key = unitee::detail::unwrap(slots.slot(i), *binding, *key);
  if (data_key) return {};
  return data_key.error().code == errc::not_authentic ? failure{errc::no_matching_slot} : data_key.error();
}

// renew puts a slot for the TCB of now in the place of every slot that one of this machine's keys opens. Another
// machine's slot has parameters that this one would take, too: whether the key is right shows when it opens.
std::size_t renew(editor& slots, offered_keys& keys, const std::string& file) {
  std::size_t out = 0;
  std::optional<failure> why;
  for (std::size_t i = 0; i < slots.slot_count(); ++i) {
    for (machine_source* const machine : keys.machines()) {
      const auto its_own = opens(slots, i, *machine);
      if (!its_own && its_own.error().code != errc::no_matching_slot) why = its_own.error();
      if (!its_own) continue;
      auto by = machine->renewed(slots.slot(i));
      if (!by) throw input_error{fmt::format("{}, slot {}", file, i), by.error()};
      if (const auto put = slots.replace(i, *by); !put) throw input_error{file, put.error()};
      ++out;
      break;
    }
  }
  if (out != 0) return out;
  if (why) throw sealed_error(file, *why, slots.header(), keys.names());
  throw refusal{fmt::format("{}: no slot here is this machine's: it opens by {}", file, slot_list(slots.header())),
                refused};
}

void check_numbers(const slot_order& order, std::size_t count) {
  if (order.remove.empty() || order.remove.front() < count) return;
  throw usage_error{fmt::format("--remove {}: the file has slots 0 to {}", order.remove.front(), count - 1)};
}

}  // namespace

slot_order slot_order_of(const arguments& given) {
  slot_order out{given.all("--add"), given.has("--to"), {}, given.has("--reseal"), given.has("--settle")};
  for (const std::string& each : given.all("--remove")) {
    const auto number = verification::number_in<std::size_t>(each);
    if (!number) throw usage_error{"--remove wants the number of a slot, not " + each};
    out.remove.push_back(*number);
  }
  std::ranges::sort(out.remove, std::greater{});
  if (std::ranges::adjacent_find(out.remove) != out.remove.end()) throw usage_error{"--remove: a slot is named twice"};
  return out;
}

changed_slots change_slots(const arguments& given, const slot_order& order) {
  const std::string& file = given.operands().front();
  auto store = unitee::header_file::open(file.c_str());
  if (!store) {
    const bool busy = store.error().code == errc::in_use;
    throw input_error{file, store.error(), busy ? "try again when that has ended" : ""};
  }
  const unitee::sealed_header before = copies_in(*store, file).header();
  offered_keys keys = keys_for(given, before, file, order.reseal, machines_in(order.add));
  auto slots = editor::open(*store, keys, reading_of(given));
  if (!slots) throw sealed_error(file, slots.error(), before, keys.names());
  check_numbers(order, slots->slot_count());

  changed_slots out{before, {}};
  const std::vector<unitee::new_slot> added = new_slots_of(given, "--add", order.add);
  if (order.reseal) out.made.resealed = renew(*slots, keys, file);
  const auto step = [&](const unitee::result<void>& outcome, std::string_view advice) {
    if (!outcome) throw input_error{file, outcome.error(), std::string(advice)};
  };
  // What is added stands behind the others, whose numbers stay.
  const auto add = [&] {
    for (const unitee::new_slot& each : added) step(slots->add(each), "a file has at most 15 slots: remove one first");
    out.made.added = added.size();
  };
  const bool removes_all = order.remove.size() == slots->slot_count();
  if (removes_all) add();
  for (const std::size_t i : order.remove) {
    step(slots->remove(i), "it is the last slot: without one, nobody could ever open the file");
  }
  if (!removes_all) add();
  out.made.removed = order.remove.size();
  const auto written = out.made.any() ? slots->commit() : slots->settle();
  if (!written) {
    throw input_error{file, written.error(),
                      "it opens as before or as after, and `unitee slots --settle` completes what was begun"};
  }
  out.header = slots->header();
  return out;
}

}  // namespace command
