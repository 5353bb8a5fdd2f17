// SPDX-License-Identifier: Apache-2.0
//
// seal/race.hpp: how fast several ways to do the same are, in turns.
#pragma once

#include "../measure.hpp"
#include "../table.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace benchmarks {

// race is contestants who take turns, each round beginning with another, by the clock on the wall: they use several
// threads, or are other programs. What else runs on the machine disturbs them, and should not.
class race {
 public:
  static constexpr std::size_t rounds = 11;

  // race has `prepare` called before every turn; it is not timed.
  explicit race(std::function<void()> prepare = [] {}) : prepare_(std::move(prepare)) {}

  // add is a contestant, by its number. It says whether it succeeded.
  std::size_t add(std::function<bool()> task) {
    tasks_.push_back(std::move(task));
    return tasks_.size() - 1;
  }

  // run warms everybody up and then measures.
  void run() {
    seconds_.assign(tasks_.size(), {});
    for (auto& task : tasks_) require(task(), "a contestant failed");
    for (std::size_t round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < tasks_.size(); ++i) {
        const std::size_t who = (i + round) % tasks_.size();
        prepare_();
        const auto from = std::chrono::steady_clock::now();
        const bool done = tasks_[who]();
        seconds_[who].push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count());
        require(done, "a contestant failed");
      }
    }
  }

  [[nodiscard]] double seconds(std::size_t who) const { return median(seconds_[who]); }

  // speed is how many times as fast as the peer somebody is: the median of the rounds' ratios.
  [[nodiscard]] double speed(std::size_t who, std::size_t peer) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < rounds; ++i) ratios.push_back(seconds_[peer][i] / seconds_[who][i]);
    return median(ratios);
  }

  // add_row says how fast `bytes` were processed; a target of 0 is none.
  void add_row(table& out, const std::string& what, std::size_t who, std::size_t peer, double bytes,
               double target) const {
    const auto rate = [&](std::size_t i) { return text("%.2f GB/s", bytes / seconds(i) / 1e9); };
    const double ratio = speed(who, peer);
    row line{what, rate(who), rate(peer), ratio_text(ratio)};
    if (target != 0) {
      line.target = "at least " + ratio_text(target);
      line.met = ratio >= target;
    }
    out.add(line);
  }

 private:
  std::function<void()> prepare_;
  std::vector<std::function<bool()>> tasks_;
  std::vector<std::vector<double>> seconds_;
};

}  // namespace benchmarks
