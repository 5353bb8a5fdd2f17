// SPDX-License-Identifier: Apache-2.0
//
// tests/kernel/client.cpp: a user of the library, which knows nothing of any emulator.
//
// usage: client OPERATION [WORD=VALUE]... as one argument each, such as "sev.report vmpl=1 limit=300"
//
// For each operation it prints one JSON object: {"op", "ok", "ms", ...}, with `errc`, `in` and `offset` where it
// failed, and what it left behind: `descriptors`, `entries` of configfs-tsm and `threads` beyond those from before.
// settle=MS gives a call that the kernel holds so much time to end; with blind=1 nobody looks. `hunt` looks for the
// keys of operations with hunt=1 in the process's memory, and `sleep` waits. No key is printed.

#include "footprint.hpp"
#include "key_hunt.hpp"
#include "operation.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

namespace client {

namespace {

answer hunt(const operation& asked) {
  // With plant=1 a key is in the open: what the hunt must find.
  static std::array<std::uint8_t, 32> planted;
  std::ranges::fill(planted, std::uint8_t{0});
  if (asked.has("plant")) {
    if (!unitee::random_bytes(planted)) std::abort();
    the_hunt().remember(planted);
  }
  std::uint64_t scanned = 0;
  const std::size_t seen = the_hunt().sightings(scanned);
  fields out;
  return out.put("keys", the_hunt().remembered()).put("sightings", seen).put("scanned", scanned);
}

answer sleep(const operation& asked) {
  std::this_thread::sleep_for(std::chrono::milliseconds(asked.number("milliseconds")));
  return fields();
}

handler handler_of(std::string_view name) {
  if (name == "hunt") return hunt;
  if (name == "sleep") return sleep;
  if (const handler found = snp_handler(name)) return found;
  return tdx_handler(name);
}

void run(const operation& asked) {
  using clock = std::chrono::steady_clock;
  const handler does = handler_of(asked.name());
  if (does == nullptr) misused(asked.name());
  const footprint before = footprint::now();
  const auto begin = clock::now();
  const answer got = does(asked);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin).count();
  const footprint left = asked.has("blind") ? footprint() : footprint::settled(before, asked.number("settle", 200));
  std::string line = "{\"op\": \"" + asked.name() + "\", \"ok\": " + (got ? "true" : "false");
  line += ", \"ms\": " + std::to_string(ms);
  if (got) {
    line += got->text();
  } else {
    const unitee::failure why = got.error();
    line += std::string(", \"errc\": \"") + name(why.code) + "\", \"in\": \"" + name(why.in) +
            "\", \"offset\": " + std::to_string(why.offset);
  }
  line += ", \"descriptors\": " + std::to_string(left.descriptors) + ", \"entries\": " + std::to_string(left.entries) +
          ", \"threads\": " + std::to_string(left.threads) + "}";
  std::puts(line.c_str());
  std::fflush(stdout);
}

}  // namespace

}  // namespace client

int main(int argc, char** argv) {
  if (argc < 2) client::misused("usage: client OPERATION...");
  for (int i = 1; i < argc; ++i) client::run(client::operation(argv[i]));
}
