// SPDX-License-Identifier: Apache-2.0
//
// peers/cpp/protocol.hpp: how the driver asks a verifier, a line at a time on standard input, and how it answers.
//
//   set NAME HEX                                    a file of the evidence, from now on
//   verify KIND HOW TIME COUNT [NAME=HEX]...        is answered; the files given here are for this question only
//
// KIND is snp or tdx; HOW is cold (everything is decoded and checked each time) or warm (what a program may keep is
// kept); TIME is in seconds since 1970; COUNT is how often to do it. The answer is one line: accepted, refused or
// cannot (this program has no such thing), the processor time of all COUNT runs in nanoseconds, and a reason.
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <time.h>

namespace peers {

using bytes = std::vector<std::uint8_t>;
using files = std::map<std::string, bytes, std::less<>>;

struct question {
  std::string kind;
  std::string how;
  std::int64_t at;
  files given;

  // operator[] is a file, empty when the driver did not send one.
  const bytes& operator[](std::string_view name) const {
    static const bytes none;
    const auto found = given.find(name);
    return found == given.end() ? none : found->second;
  }
};

// answer is nothing when the evidence was accepted, and else the reason.
using answer = std::optional<std::string>;

// asker prepares a question, outside of what is timed; it is empty where the program cannot do what is asked.
using asker = std::function<std::function<answer()>(const question&)>;

inline bytes decoded(std::string_view hex) {
  bytes out(hex.size() / 2);
  if (!unitee::hex_decode(hex, out)) {
    std::cerr << "peers: the driver sent something that is not hexadecimal\n";
    std::exit(2);
  }
  return out;
}

inline std::int64_t cpu_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

inline void reply(const question& asked, std::uint64_t count, const asker& ask) {
  const auto task = ask(asked);
  if (!task) {
    std::cout << "cannot 0 -" << std::endl;
    return;
  }
  answer why;
  const std::int64_t from = cpu_nanoseconds();
  for (std::uint64_t i = 0; i < count; ++i) why = task();
  const std::int64_t took = cpu_nanoseconds() - from;
  std::cout << (why ? "refused " : "accepted ") << took << ' ' << (why ? *why : "-") << std::endl;
}

// serve answers until standard input ends.
inline int serve(const asker& ask) {
  std::ios::sync_with_stdio(false);
  files kept;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "set") {
      std::string name, hex;
      words >> name >> hex;
      kept[name] = decoded(hex);
      continue;
    }
    question asked{{}, {}, 0, kept};
    std::uint64_t count = 0;
    words >> asked.kind >> asked.how >> asked.at >> count;
    for (std::string one; words >> one;) {
      const std::size_t equals = one.find('=');
      asked.given[one.substr(0, equals)] = decoded(std::string_view(one).substr(equals + 1));
    }
    reply(asked, count, ask);
  }
  return 0;
}

}  // namespace peers
