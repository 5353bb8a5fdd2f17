// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/slot_editor.hpp>

#include "support/power_cut.hpp"
#include "support/slot_changes.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace test_slot_editor_power_cut {

using namespace unitee;
using namespace unitee::test::slot_changes;
using test::each_power_cut;
using test::need;
using test::remembered_store;
using editor = slot_editor<remembered_store>;

namespace {

editor edit(remembered_store& store, std::uint8_t key) {
  const secret<32> own = secret_of(key);
  return need(editor::open(store, caller_key(own)));
}

// change is what is done to a file's slots. Key 1 opens the file before and after.
struct change {
  const char* name;
  std::vector<std::uint8_t> before;
  std::function<void(editor&)> make;
  std::vector<std::uint8_t> gone;
  std::vector<std::uint8_t> come;
};

void swap_two(editor& of) {
  need(of.remove(1));
  need(of.add(slot_for(3)));
}

std::vector<std::uint8_t> up_to(std::uint8_t n) {
  std::vector<std::uint8_t> out;
  for (std::uint8_t i = 1; i <= n; ++i) out.push_back(i);
  return out;
}

const std::vector<change> changes{
    {"one is added", {1}, [](editor& of) { need(of.add(slot_for(2))); }, {}, {2}},
    {"one is removed", {1, 2}, [](editor& of) { need(of.remove(1)); }, {2}, {}},
    {"the first is removed", {2, 1}, [](editor& of) { need(of.remove(0)); }, {2}, {}},
    {"one is renewed", {1, 2}, [](editor& of) { need(of.replace(1, slot_for(2))); }, {}, {}},
    {"one takes another's place", {2, 1}, [](editor& of) { need(of.replace(0, slot_for(3))); }, {2}, {3}},
    {"nothing changes", {1, 2}, [](editor&) {}, {}, {}},
    {"all but one are removed",
     up_to(15),
     [](editor& of) {
       for (int i = 0; i < 14; ++i) need(of.remove(1));
     },
     {2, 15},
     {}},
    {"one of fifteen is another", up_to(15), swap_two, {2}, {}},
};

// check_end says that a file left by a loss of power can be settled, and changed once more, with nothing left of the
// slots that it is rid of.
std::string check_end(const octets& file, const slots_seen& seen, const std::vector<octets>& rid_of) {
  remembered_store store(file);
  auto by = edit(store, 1);
  need(by.settle());
  if (!by.is_settled() || !copies_are_equal(store.now())) return "is not settled";
  if (need(seen_by(store.now(), 1)) != seen) return "has other slots when it is settled";
  for (const octets& slot : rid_of) {
    if (holds_slot(store.now(), slot)) return "holds a slot that is not its own";
  }
  remembered_store other(file);
  auto next = edit(other, 1);
  need(next.slot_count() == 15 ? next.replace(14, slot_for(9)) : next.add(slot_for(9)));
  need(next.commit());
  if (!copies_are_equal(other.now())) return "is not settled by the next change";
  if (need(seen_by(other.now(), 9)) != slots_seen::of(next.header())) return "has not the next slots";
  if (next.header().generation() != seen.generation + 1) return "has not the next generation";
  if (!std::equal(file.begin() + 16384, file.end(), other.now().begin() + 16384)) return "has another payload";
  return {};
}

// difference is the slots of one state that are not in the other.
std::vector<octets> difference(const slots_seen& of, const slots_seen& other) {
  std::vector<octets> out;
  for (const octets& slot : of.slots) {
    if (std::ranges::find(other.slots, slot) == other.slots.end()) out.push_back(slot);
  }
  return out;
}

// check_cut is what is wrong with a file that a loss of power left: nothing.
std::string check_cut(const octets& file, const change& of, const slots_seen& before, const slots_seen& after,
                      bool is_done) {
  const auto seen = seen_by(file, 1);
  if (!seen) return std::string("does not open: ") + name(seen.error().code);
  const bool changed = *seen == after;
  if (!changed && *seen != before) return "has other slots than before and after";
  if (is_done && !changed) return "has the slots before when the change was done";
  for (const std::uint8_t key : of.gone) {
    const auto opened = seen_by(file, key);
    if (opened.has_value() == changed) return "opens with a removed key, or no longer with one that is not";
    if (!opened && opened.error() != no_way_in) return "says something else to a removed key";
  }
  for (const std::uint8_t key : of.come) {
    if (seen_by(file, key).has_value() != changed) return "opens with a key too early, or not at all";
  }
  return check_end(file, *seen, changed ? difference(before, after) : difference(after, before));
}

}  // namespace

TEST_CASE("whenever power is lost, a file has the slots before or after, and can be settled", "[seal][slot_editor]") {
  std::size_t cuts = 0;
  for (const change& each : changes) {
    CAPTURE(each.name);
    remembered_store store(file_with(each.before));
    const auto before = need(seen_by(store.now(), 1));
    auto by = edit(store, 1);
    each.make(by);
    need(by.commit());
    const auto after = slots_seen::of(by.header());
    CHECK(store.writes() == 4);
    std::map<std::string, int> wrong;
    each_power_cut(
        store,
        [&](const octets& file, std::size_t events) {
          ++cuts;
          ++wrong[check_cut(file, each, before, after, events == store.events().size())];
        },
        0, 6);
    for (const auto& [what, n] : wrong) UNSCOPED_INFO(what << ": " << n);
    CHECK(wrong.size() == 1);
    CHECK(wrong.begin()->first.empty());
  }
  CHECK(cuts > 500);
}

TEST_CASE("whenever power is lost, some are left as before and some as after", "[seal][slot_editor]") {
  remembered_store store(file_with({1, 2}));
  auto by = edit(store, 1);
  swap_two(by);
  need(by.commit());
  std::map<std::vector<int>, std::size_t> how_many;
  each_power_cut(store, [&](const octets& file, std::size_t) { ++how_many[need(seen_by(file, 1)).ids()]; });
  CHECK(how_many.size() == 2);
  CHECK(how_many[{1, 2}] > 10);
  CHECK(how_many[{1, 3}] > 10);
}

TEST_CASE("power that is lost again while a file is settled and changed does no more harm", "[seal][slot_editor]") {
  remembered_store store(file_with({1, 2}));
  const auto before = need(seen_by(store.now(), 1));
  auto by = edit(store, 1);
  swap_two(by);
  need(by.commit());
  const auto after = slots_seen::of(by.header());
  std::vector<octets> left;
  each_power_cut(store, [&](const octets& file, std::size_t) { left.push_back(file); });
  std::map<std::string, int> wrong;
  for (std::size_t i = 0; i < left.size(); i += 4) {
    const octets& file = left[i];
    const auto first = need(seen_by(file, 1));
    remembered_store again(file);
    auto next = edit(again, 1);
    need(next.add(slot_for(9)));
    need(next.commit());
    const auto last = slots_seen::of(next.header());
    const auto look = [&](const octets& cut, std::size_t) {
      const auto seen = seen_by(cut, 1);
      if (!seen) {
        ++wrong["does not open"];
      } else if (*seen != first && *seen != last) {
        ++wrong["has other slots"];
      } else {
        remembered_store third(cut);
        auto settled = edit(third, 1);
        need(settled.settle());
        ++wrong[copies_are_equal(third.now()) && need(seen_by(third.now(), 1)) == *seen ? "" : "is not settled"];
      }
    };
    each_power_cut(again, look, 0, 4);
    CHECK((first == before || first == after));
  }
  for (const auto& [what, n] : wrong) UNSCOPED_INFO(what << ": " << n);
  CHECK(wrong.size() == 1);
  CHECK(wrong[""] > 300);
}

// A program that ends leaves what it wrote where the next one reads it, and where a loss of power still takes it away.
TEST_CASE("power that is lost while what a program left unsynced is taken up does no harm", "[seal][slot_editor]") {
  std::map<std::string, int> wrong;
  constexpr std::size_t calls = 9;  // a sync, and four writes with a sync each
  for (const bool settles : {false, true}) {
    for (std::size_t ended = 0; ended <= calls; ++ended) {
      for (const std::size_t done : {std::size_t{0}, std::size_t{700}, std::size_t{8192}}) {
        CAPTURE(settles, ended, done);
        remembered_store store(file_with({1, 2}));
        const auto before = need(seen_by(store.now(), 1));
        auto first = edit(store, 1);
        swap_two(first);
        store.fail_at(ended, done);
        const bool was_done = first.commit().has_value();
        store.fail_at(remembered_store::never);
        const std::size_t from = store.events().size();
        const auto taken = need(seen_by(store.now(), 1));
        auto second = edit(store, 1);
        if (settles) {
          need(second.settle());
        } else {
          need(second.replace(0, slot_for(1)));
          need(second.commit());
        }
        const auto last = slots_seen::of(second.header());
        each_power_cut(
            store,
            [&](const octets& cut, std::size_t events) {
              const auto seen = seen_by(cut, 1);
              if (!seen) {
                ++wrong["does not open"];
              } else if (*seen != taken && *seen != last && (*seen != before || was_done)) {
                ++wrong["has other slots"];
              } else {
                ++wrong[events == store.events().size() && *seen != last ? "is not the last" : ""];
              }
            },
            from, 2);
      }
    }
  }
  for (const auto& [what, n] : wrong) UNSCOPED_INFO(what << ": " << n);
  CHECK(wrong.size() == 1);
  CHECK(wrong[""] > 1000);
}

}  // namespace test_slot_editor_power_cut
