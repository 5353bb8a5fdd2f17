// SPDX-License-Identifier: Apache-2.0
//
// prometheus.hpp: an observer that counts, and prints what it has counted in Prometheus' text format.
#pragma once

#include <unitee/observer.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <string>

namespace metrics {

// prometheus may be told by any number of threads. The number of its series is bounded: by the names of steps, kinds of
// failures and parts of evidence that the library has. No memory for one more ends the program.
class prometheus {
 public:
  static std::uint64_t now() noexcept {
    using namespace std::chrono;
    return static_cast<std::uint64_t>(duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count());
  }

  void step(const unitee::step_event& one) noexcept {
    const std::string step = fmt::format("vendor=\"{}\",step=\"{}\"", name(one.vendor), one.step);
    const std::lock_guard alone(guard_);
    ++steps_[fmt::format("{},outcome=\"{}\"", step, outcome(one.outcome))];
    times_[step].add(static_cast<double>(one.nanoseconds) / 1e9);
  }
  void key(const unitee::key_event& one) noexcept {
    const std::lock_guard alone(guard_);
    ++keys_[fmt::format("vendor=\"{}\",wish=\"{}\",outcome=\"{}\"", name(one.vendor), name(one.wish),
                        outcome(one.outcome))];
  }
  void segment(const unitee::segment_event& one) noexcept {
    const std::lock_guard alone(guard_);
    ++segments_[fmt::format("kind=\"{}\"", name(one.why.code))];
  }
  void expiry(const unitee::expiry_event& one) noexcept {
    const std::lock_guard alone(guard_);
    expiries_[fmt::format("vendor=\"{}\",what=\"{}\"", name(one.vendor), name(one.what))] = one.ends.seconds;
  }

  // text is what an HTTP server answers to GET /metrics, as text/plain; version=0.0.4.
  [[nodiscard]] std::string text() const {
    const std::lock_guard alone(guard_);
    std::string out;
    print(out, "unitee_steps_total", "counter", "Steps of verifications, by what came of them.", steps_);
    head(out, "unitee_step_seconds", "histogram", "How long a step took.");
    for (const auto& [labels, each] : times_) each.print(out, labels);
    print(out, "unitee_keys_total", "counter", "Keys that the hardware was asked for.", keys_);
    print(out, "unitee_segment_failures_total", "counter", "Reads that met a segment they could not give.", segments_);
    // A time and not what is left of it, which would stand still once verification fails: the alert subtracts time().
    print(out, "unitee_expiry_timestamp_seconds", "gauge", "When what the last good verdict rested on ends.",
          expiries_);
    return out;
  }

 private:
  struct histogram {
    static constexpr std::array<double, 6> bounds{1e-5, 1e-4, 3e-4, 1e-3, 1e-2, 1e-1};
    std::array<std::uint64_t, bounds.size()> at_most{};
    std::uint64_t count = 0;
    double sum = 0;

    void add(double seconds) noexcept {
      ++count;
      sum += seconds;
      for (std::size_t i = 0; i < bounds.size(); ++i) at_most[i] += seconds <= bounds[i] ? 1U : 0U;
    }
    void print(std::string& out, const std::string& labels) const {
      const auto to = std::back_inserter(out);
      for (std::size_t i = 0; i < bounds.size(); ++i) {
        fmt::format_to(to, "unitee_step_seconds_bucket{{{},le=\"{}\"}} {}\n", labels, bounds[i], at_most[i]);
      }
      fmt::format_to(to, "unitee_step_seconds_bucket{{{},le=\"+Inf\"}} {}\n", labels, count);
      fmt::format_to(to, "unitee_step_seconds_sum{{{}}} {}\n", labels, sum);
      fmt::format_to(to, "unitee_step_seconds_count{{{}}} {}\n", labels, count);
    }
  };

  static const char* outcome(const unitee::result<void>& of) noexcept {
    return of ? "good" : unitee::name(of.error().code);
  }
  static void head(std::string& out, const char* metric, const char* type, const char* help) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", metric, help, metric, type);
  }
  template <class Series>
  static void print(std::string& out, const char* metric, const char* type, const char* help, const Series& series) {
    head(out, metric, type, help);
    for (const auto& [labels, value] : series) {
      fmt::format_to(std::back_inserter(out), "{}{{{}}} {}\n", metric, labels, value);
    }
  }

  mutable std::mutex guard_;  // of the rest
  std::map<std::string, std::uint64_t> steps_, keys_, segments_;
  std::map<std::string, std::int64_t> expiries_;
  std::map<std::string, histogram> times_;
};

static_assert(unitee::observer<prometheus>);

}  // namespace metrics
