// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/step_times.hpp: what an observer hears of a verification.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/observer.hpp>
#include <unitee/part.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::detail {

// untimed takes the notes of a verification that nobody watches: none.
struct untimed {
  template <class Step>
  constexpr void begin(Step) const noexcept {}
  constexpr void passed() const noexcept {}
};

// step_times notes how long the steps of one verification take, and which of them were passed. Where several chains are
// tried, a step's time is that of all attempts, and it counts as passed if one attempt passed it: attempts go through
// the steps in one order, and the verdict is that of the one that came furthest. Steps is snp::step_table or
// tdx::step_table.
template <class Watch, class Steps>
class step_times {
  using step = typename Steps::step;

 public:
  // notes is what the code that verifies gets to see of it.
  struct notes {
    step_times* to;
    void begin(step id) const noexcept { to->begin(id); }
    void passed() const noexcept { to->end(true); }
  };

  explicit step_times(Watch& watch) noexcept : watch_(watch) {}
  step_times(const step_times&) = delete;
  step_times& operator=(const step_times&) = delete;

  [[nodiscard]] notes take() noexcept { return {this}; }

  // tell tells each step that was passed, in their order, and then the one that the verdict stopped at.
  template <class T>
  void tell(const result<T>& verdict) noexcept {
    end(false);
    const note* stopped = nullptr;
    for (const note& each : std::span(notes_).first(count_)) {
      if (each.passed) {
        tell(each.id, {}, each.nanoseconds);
      } else if (stopped == nullptr) {
        stopped = &each;
      }
    }
    if (verdict) return;
    const auto where = Steps::stopped_at(verdict.error());
    const std::uint64_t took = stopped != nullptr ? stopped->nanoseconds : 0;
    if (where && !is_told(*where)) return tell(*where, verdict.error(), took);
    if (stopped != nullptr) return tell(stopped->id, verdict.error(), took);
    watch_.step(step_event{Steps::vendor, "none", verdict.error(), took});
  }

 private:
  struct note {
    step id{};
    bool passed = false;
    std::uint64_t nanoseconds = 0;
  };

  void begin(step id) noexcept {
    end(false);
    current_ = &find(id);
    since_ = watch_.now();
  }
  void end(bool good) noexcept {
    if (current_ == nullptr) return;
    current_->nanoseconds += watch_.now() - since_;
    current_->passed = current_->passed || good;
    current_ = nullptr;
  }

  // find is the note of a step, which is made at its first begin. There is a place for every step.
  note& find(step id) noexcept {
    for (note& each : std::span(notes_).first(count_)) {
      if (each.id == id) return each;
    }
    notes_[count_].id = id;
    return notes_[count_++];
  }
  [[nodiscard]] bool is_told(step id) const noexcept {
    for (const note& each : std::span(notes_).first(count_)) {
      if (each.id == id && each.passed) return true;
    }
    return false;
  }
  void tell(step id, const result<void>& outcome, std::uint64_t took) noexcept {
    watch_.step(step_event{Steps::vendor, Steps::name_of(id), outcome, took});
  }

  Watch& watch_;
  std::array<note, Steps::count> notes_{};
  std::size_t count_ = 0;
  note* current_ = nullptr;
  std::uint64_t since_ = 0;
};

// watched is work(notes), whose answer the observer is told step by step. With no observer it is work(untimed()).
template <class Steps, class Watch, class Work>
auto watched(Watch& watch, Work&& work) {
  if constexpr (!is_watching<Watch>) {
    return work(untimed());
  } else {
    step_times<Watch, Steps> times(watch);
    auto answer = work(times.take());
    times.tell(answer);
    return answer;
  }
}

// watched_unless is the same, but that of a failure the observer hears nothing if is_retried(): then everything is looked
// at again.
template <class Steps, class Watch, class Work, class IsRetried>
auto watched_unless(Watch& watch, IsRetried is_retried, Work&& work) {
  if constexpr (!is_watching<Watch>) {
    return work(untimed());
  } else {
    step_times<Watch, Steps> times(watch);
    auto answer = work(times.take());
    if (answer || !is_retried()) times.tell(answer);
    return answer;
  }
}

// tell_expiry tells once of each part when it ends: of several of a kind, the first to do so. An item has `what` and
// `next_update`.
template <class Watch, class Item, std::size_t Extent>
void tell_expiry(Watch& watch, tee_vendor vendor, std::span<const Item, Extent> items, utc_time at) noexcept {
  for (std::size_t i = 0; i < items.size(); ++i) {
    bool is_first = true;
    for (std::size_t j = 0; j < items.size() && is_first; ++j) {
      if (items[j].what != items[i].what) continue;
      is_first = i <= j ? items[i].next_update <= items[j].next_update : items[i].next_update < items[j].next_update;
    }
    if (!is_first) continue;
    const utc_time ends = items[i].next_update;
    watch.expiry(expiry_event{vendor, items[i].what, ends, ends.seconds - at.seconds});
  }
}

}  // namespace unitee::inline v0::detail
