// SPDX-License-Identifier: Apache-2.0
//
// table.hpp: the table that the benchmarks print, figure beside target.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

namespace benchmarks {

// row is one line of the table; `met` is nothing where there is no target.
struct row {
  std::string what;
  std::string ours;
  std::string peer = "-";
  std::string ratio = "-";
  std::string target = "none";
  std::optional<bool> met = std::nullopt;
};

// table prints rows as they come, and remembers whether a target was missed.
class table {
 public:
  void add(const row& r) {
    line(r, !r.met ? "" : *r.met ? "met" : "MISSED");
    missed_ = missed_ || (r.met && !*r.met);
  }
  [[nodiscard]] bool missed() const { return missed_; }

  static void line(const row& r, const char* last) {
    std::printf("%-44s %12s %12s %7s   %-13s %s\n", r.what.c_str(), r.ours.c_str(), r.peer.c_str(), r.ratio.c_str(),
                r.target.c_str(), last);
    std::fflush(stdout);
  }

 private:
  bool missed_ = false;
};

inline std::string text(const char* format, double value) {
  char out[32];
  std::snprintf(out, sizeof out, format, value);
  return out;
}
inline std::string duration_text(double seconds) {
  return seconds < 1e-6 ? text("%.1f ns", seconds * 1e9) : text("%.1f us", seconds * 1e6);
}
inline std::string ratio_text(double ratio) { return text("%.2f", ratio); }

// require ends the program with a sentence: what is not so need not be timed.
inline void require(bool so, const char* otherwise) {
  if (so) return;
  std::fprintf(stderr, "benchmarks: %s\n", otherwise);
  std::exit(2);
}

// The tasks, one for each folder.
void parse(table& out);
void verify(table& out);
void seal(table& out);

}  // namespace benchmarks
