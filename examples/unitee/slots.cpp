// SPDX-License-Identifier: Apache-2.0
//
// slots.cpp: `unitee slots`: who can open a sealed file.

#include "key_sources.hpp"
#include "regular_files.hpp"
#include "sealed_words.hpp"
#include "sheet.hpp"
#include "slot_changes.hpp"
#include "slot_specs.hpp"

#include <unitee/format.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/header_copies.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace command {

namespace {

using inspect_json = nlohmann::ordered_json;

std::string slots_help() {
  return R"(usage: unitee slots FILE [--add SPEC]... [--to EVIDENCE ...] [--remove N]... [--reseal] [OPTIONS]

Lists the ways to open FILE, and changes them. Listing takes no key; with one, it says whether the list
is authentic. A change takes a key of any slot, and touches the header only: whenever it is interrupted,
FILE opens with the slots before or with those after.

  --add SPEC            one more way to open it; repeat for more
  --remove N            slot N of the list; repeat for more. What a slot has opened it has opened, and
                        copies of FILE keep it: demand the new generation from now on
  --reseal              renew the slots of this machine: the same guest, at the TCB of now
  --settle              complete a change that was interrupted; every change does
  --min-generation N[:MAC]
                        refuse an older file or header than this, and another header of that
                        generation: --remove prints both
  --json                print one JSON object

)" + std::string(key_options_help) +
         "\n" + std::string(slot_specs_help);
}

std::vector<option> slots_options() {
  std::vector<option> out = key_options();
  for (const char* flag : {"--help", "--json", "--reseal", "--settle"}) out.push_back({flag});
  for (const char* with_value : {"--add", "--remove", "--min-generation"}) out.push_back({with_value, true});
  return with_recipient_options(std::move(out));
}

// list is what is printed: who could open the file, and whether that is certain.
void list(const arguments& given, const unitee::sealed_header& header, bool settled, bool authentic,
          const slot_changes& made) {
  const std::string& file = given.operands().front();
  if (given.has("--json")) {
    auto slots = inspect_json::array();
    for (std::size_t i = 0; i < header.slot_count(); ++i) slots.push_back(json_of_slot(header.slot(i), i));
    const inspect_json all{{"file", file},
                           {"payload_size", header.geometry().payload_size()},
                           {"generation", header.generation()},
                           {"settled", settled},
                           {"authentic", authentic},
                           {"header_mac", inspection::hex(header.mac().value)},
                           {"added", made.added},
                           {"removed", made.removed},
                           {"resealed", made.resealed},
                           {"slots", slots}};
    fmt::print("{}\n", all.dump(2, ' ', false, inspect_json::error_handler_t::replace));
    return;
  }
  if (made.any()) {
    fmt::print("added {}, removed {}, renewed {}\n", made.added, made.removed, made.resealed);
  }
  fmt::print("{}: generation {}, {}; {}\n", plain(file), header.generation(),
             settled ? "settled" : "a change is not complete", authentic ? "authentic" : "not authentic without a key");
  for (std::size_t i = 0; i < header.slot_count(); ++i) fmt::print("{:4}  {}\n", i, slot_text(header.slot(i)));
  if (made.removed != 0) {
    fmt::print("demand --min-generation {}:{} from now on: who kept an older header could put it back\n",
               header.generation(), inspection::hex(header.mac().value));
  }
}

}  // namespace

int slots(const std::vector<std::string_view>& words) {
  const arguments given(words, slots_options());
  if (given.has("--help")) {
    fmt::print("{}", slots_help());
    return done;
  }
  if (given.operands().size() != 1) throw usage_error{"give one sealed file"};
  const std::string& file = given.operands().front();
  check_input(file);
  check_recipient_options(given);
  const slot_order order = slot_order_of(given);
  if (order.any()) {
    const changed_slots now = change_slots(given, order);
    list(given, now.header, true, true, now.made);
    return done;
  }
  const unitee::reading known = reading_of(given);
  const auto source = require(unitee::file_source::open(file.c_str()), file);
  const unitee::header_copies copies = copies_in(source, file);
  const bool has_key = given.has("--min-generation") ||
                       std::ranges::any_of(key_options(), [&](const option& each) { return given.has(each.name); });
  unitee::sealed_header header = copies.header();
  if (has_key) {
    offered_keys keys = keys_for(given, header, file);
    const auto opened = copies.open(keys, known);
    if (!opened) throw sealed_error(file, opened.error(), header, keys.names());
    header = opened->header;
  }
  if (!copies.is_settled()) note_unsettled("slots", file);
  list(given, header, copies.is_settled(), has_key, {});
  return done;
}

}  // namespace command
