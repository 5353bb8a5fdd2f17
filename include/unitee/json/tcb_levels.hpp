// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/tcb_levels.hpp: the TCB levels in Intel's documents.
#pragma once

#include <unitee/json/located.hpp>
#include <unitee/json/member_reader.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/tcb_info.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

namespace unitee::inline v0 {

// advisories_max is how many advisories a TCB level may list.
inline constexpr std::size_t advisories_max = 256;

namespace detail {

// read_rating reads tcbDate, tcbStatus and advisoryIDs, which may be absent. A status that levels do not have is
// errc::bad_value, and more than advisories_max errc::bad_length at the list.
inline void read_rating(member_reader& members, const json_value& level, tdx::level_rating& to) {
  members.time(level, "tcbDate", to.date);
  const json_value& status = members.required(level, "tcbStatus", json_kind::text);
  if (!members.ok()) return;
  const auto known = tdx::tcb_status_of(status.text);
  if (!known || !tdx::is_level_status(*known)) return members.refuse(errc::bad_value, status);
  to.status = *known;
  if (level.find("advisoryIDs") == nullptr) return;
  for (const json_value& each : members.array(level, "advisoryIDs").children()) {
    if (to.advisories.size() == advisories_max) return members.refuse(errc::bad_length, *level.find("advisoryIDs"));
    members.word(each, to.advisories.emplace_back());
  }
}

// sort_levels puts levels, read from the array in its order, into descending order of key(level). One that is equal to
// an earlier one is errc::duplicate, and no level at all errc::bad_length at the array.
template <class Level, class Key>
void sort_levels(member_reader& members, const json_value& array, std::vector<Level>& levels, const Key& key) {
  if (!members.ok()) return;
  if (levels.empty()) return members.refuse(errc::bad_length, array);
  const auto in_order = [&](const Level& a, const Level& b) { return key(a) > key(b); };
  if (std::ranges::adjacent_find(levels, std::not_fn(in_order)) == levels.end()) return;  // all that Intel has written
  std::vector<std::size_t> order(levels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return in_order(levels[a], levels[b]); });
  std::size_t twice = levels.size();
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (!in_order(levels[order[i - 1]], levels[order[i]])) twice = std::min(twice, order[i]);
  }
  std::size_t at = 0;
  for (const json_value& each : array.children()) {
    if (at++ == twice) return members.refuse(errc::duplicate, each);
  }
  std::vector<Level> sorted;
  sorted.reserve(levels.size());
  for (const std::size_t each : order) sorted.push_back(std::move(levels[each]));
  levels = std::move(sorted);
}

// read_svn_levels reads the tcbLevels of an enclave or a TDX module.
inline std::vector<tdx::svn_level> read_svn_levels(member_reader& members, const json_value& in) {
  std::vector<tdx::svn_level> levels;
  const json_value& array = members.array(in, "tcbLevels");
  for (const json_value& each : array.children()) {
    if (!members.ok()) break;
    tdx::svn_level& level = levels.emplace_back();
    members.number(members.object(each, "tcb"), "isvsvn", level.isvsvn);
    read_rating(members, each, level.rating);
  }
  sort_levels(members, array, levels, [](const tdx::svn_level& level) { return level.isvsvn; });
  return levels;
}

}  // namespace detail

}  // namespace unitee::inline v0
