// SPDX-License-Identifier: Apache-2.0
//
// tests/support/power_cut.hpp: a file in memory that remembers what was done to it, and what a loss of power leaves.
#pragma once

#include "support/octets.hpp"

#include <unitee/bytes/source.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/io.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace unitee::test {

// remembered_store is a header_store. One of its writes and syncs can fail: a write when a part of it was done.
class remembered_store {
 public:
  static constexpr std::size_t never = ~std::size_t{0};

  // event is a write, or a sync, which has no bytes.
  struct event {
    std::uint64_t offset;
    octets bytes;
    [[nodiscard]] bool is_sync() const { return bytes.empty(); }
  };

  explicit remembered_store(octets file) : first_(file), now_(std::move(file)) {}

  // fail_at is the number of the call that fails, counted from now on, and how much of it is done if it is a write.
  void fail_at(std::size_t number, std::size_t done = 0) {
    calls_left_ = number;
    done_ = done;
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return now_.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    return memory_source(now_).read_at(offset, out);
  }
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    const bool fails = counts_down();
    const byte_view there = fails ? in.first(std::min(done_, in.size())) : in;
    if (!there.empty()) events_.push_back({offset, {there.begin(), there.end()}});
    if (const auto done = memory_sink(now_).write_at(offset, there); !done) return done;
    return fails ? result<void>(failure{errc::io_error, ENOSPC}) : result<void>();
  }
  result<void> sync() noexcept {
    if (counts_down()) return failure{errc::io_error, EIO};
    events_.push_back({0, {}});
    return {};
  }

  [[nodiscard]] const octets& first() const { return first_; }
  [[nodiscard]] const octets& now() const { return now_; }
  [[nodiscard]] const std::vector<event>& events() const { return events_; }
  [[nodiscard]] std::size_t writes() const {
    return static_cast<std::size_t>(std::ranges::count_if(events_, [](const event& e) { return !e.is_sync(); }));
  }

 private:
  bool counts_down() noexcept { return calls_left_ != never && calls_left_-- == 0; }

  octets first_;
  octets now_;
  std::vector<event> events_;
  std::size_t calls_left_ = never;
  std::size_t done_ = 0;
};

// power_cut is what can be found of a file when power was lost after the first `events` events: what was synced is
// there. Of what was written since, each sector of 512 bytes may be as it was at any moment since the sync, whatever
// the others are; and a write of more than a sector may besides end, or begin, at any byte.
class power_cut {
 public:
  static constexpr std::size_t sector = 512;

  power_cut(const remembered_store& store, std::size_t events) : synced_(store.first()) {
    octets now = synced_;
    for (std::size_t i = 0; i < events; ++i) {
      const auto& each = store.events()[i];
      if (each.is_sync()) {
        synced_ = now;
        versions_.clear();
        torn_.clear();
        continue;
      }
      const auto at = static_cast<std::size_t>(each.offset);
      if (each.bytes.size() > sector) tear(now, at, each.bytes);
      std::ranges::copy(each.bytes, now.begin() + static_cast<std::ptrdiff_t>(at));
      for (std::size_t s = at / sector; s * sector < at + each.bytes.size(); ++s) versions_[s].push_back(part(now, s));
    }
  }

  // each calls f(file) for the file as it was synced, and as all of the rest, a beginning or an end of it, one sector
  // of it, all but one, and `random` choices at random make it; for files that are the same only once.
  template <class F>
  void each(F&& f, std::size_t random = 48) const {
    std::set<octets> all{synced_};
    const std::size_t n = versions_.size();
    for (std::size_t k = 0; k <= n; ++k) {
      all.insert(with([&](std::size_t i) { return i < k; }));
      all.insert(with([&](std::size_t i) { return i >= k; }));
      all.insert(with([&](std::size_t i) { return i == k; }));
      all.insert(with([&](std::size_t i) { return i != k; }));
    }
    std::mt19937 draw(7);
    for (std::size_t k = 0; k < random; ++k) all.insert(with([&](std::size_t) { return std::size_t{draw()}; }));
    all.insert(torn_.begin(), torn_.end());
    for (const octets& file : all) f(file);
  }

 private:
  static octets part(const octets& of, std::size_t s) {
    const auto begin = of.begin() + static_cast<std::ptrdiff_t>(s * sector);
    return {begin, begin + sector};
  }

  // tear adds the file after a write that ended, or began, at odd places.
  void tear(const octets& before, std::size_t at, const octets& bytes) {
    for (std::size_t cut : {1u,   47u,  129u, 192u, 193u, 199u, 200u, 201u,  204u,  205u,  479u,  480u,
                            496u, 511u, 513u, 516u, 519u, 964u, 977u, 1023u, 1025u, 4095u, 4097u, 8191u}) {
      if (cut >= bytes.size()) break;
      octets begun = before;
      octets ended = before;
      const auto split = static_cast<std::ptrdiff_t>(cut);
      std::copy(bytes.begin(), bytes.begin() + split, begun.begin() + static_cast<std::ptrdiff_t>(at));
      std::copy(bytes.begin() + split, bytes.end(), ended.begin() + static_cast<std::ptrdiff_t>(at) + split);
      torn_.push_back(std::move(begun));
      torn_.push_back(std::move(ended));
    }
  }

  // with is the file in which choose(i) says how the i-th sector that was written to is: 0 is as synced, 1 is as last
  // written; of a greater number, the remainder chooses among all its versions.
  template <class Choose>
  octets with(Choose choose) const {
    octets out = synced_;
    std::size_t i = 0;
    for (const auto& [number, contents] : versions_) {
      const std::size_t chosen = static_cast<std::size_t>(choose(i++));
      const std::size_t version = chosen == 1 ? contents.size() : chosen % (contents.size() + 1);
      if (version == 0) continue;
      std::ranges::copy(contents[version - 1], out.begin() + static_cast<std::ptrdiff_t>(number * sector));
    }
    return out;
  }

  octets synced_;
  std::map<std::size_t, std::vector<octets>> versions_;  // of the sectors written to since
  std::vector<octets> torn_;
};

// each_power_cut calls f(file, events) for whatever a loss of power can leave, at any moment from `from` events on.
template <class F>
void each_power_cut(const remembered_store& store, F&& f, std::size_t from = 0, std::size_t random = 48) {
  for (std::size_t n = from; n <= store.events().size(); ++n) {
    power_cut(store, n).each([&](const octets& file) { f(file, n); }, random);
  }
}

}  // namespace unitee::test
