// SPDX-License-Identifier: Apache-2.0
//
// Runs the benchmarks and prints their table. Exit status 0: all targets met; 1: a target was missed; 2: no figures.
//
// usage: unitee_benchmarks [parse|verify|seal]...      all when none is named
//        unitee_benchmarks --load ENGINE FILE          what the seal benchmark starts as a program of its own

#include "allocations.hpp"
#include "seal/task.hpp"
#include "table.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
  using benchmarks::table;
  struct task {
    std::string_view name;
    void (*run)(table&);
  };
  constexpr task tasks[] = {{"parse", benchmarks::parse}, {"verify", benchmarks::verify}, {"seal", benchmarks::seal}};

  if (argc == 4 && std::string_view(argv[1]) == "--load") return benchmarks::load(argv[2], argv[3]);
  const std::vector<std::string_view> wanted(argv + 1, argv + argc);
  for (const std::string_view name : wanted) {
    benchmarks::require(std::ranges::any_of(tasks, [&](const task& one) { return one.name == name; }),
                        "usage: unitee_benchmarks [parse|verify|seal]...");
  }
  benchmarks::require(benchmarks::count_allocations(), "allocations cannot be counted on this system");

  std::printf("%s\n", OpenSSL_version(OPENSSL_VERSION));
  table::line({"", "unitee", "peer", "ratio", "target"}, "");
  table out;
  for (const task& one : tasks) {
    if (wanted.empty() || std::ranges::find(wanted, one.name) != wanted.end()) one.run(out);
  }
  return out.missed() ? 1 : 0;
}
