// SPDX-License-Identifier: Apache-2.0
//
// host.cpp: a C++17 program that attests, is verified and appraised, and opens a model that is sealed to it.
//
// usage: host_cpp SEALED STATE IMAGE MEASUREMENT [--threads N]
//
// The guest is SIMULATED, on the machine stored in STATE, and runs IMAGE; on hardware it is unitee_this_guest.
// MEASUREMENT is 96 hexadecimal digits. Exit status: 0 done, and the plaintext is written; 1 refused; 2 cannot be used.
#include "unitee_bridge.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

struct closes {
  void operator()(unitee_guest* guest) const { unitee_close_guest(guest); }
  void operator()(unitee_file* file) const { unitee_close(file); }
};
struct bytes {
  unitee_bytes held{};
  ~bytes() { unitee_release(&held); }
  [[nodiscard]] unitee_view view() const { return {held.data, held.size}; }
};

static void need(const unitee_error& why, const std::string& what) {
  if (why.code == UNITEE_OK) return;
  char message[256];
  unitee_message(&why, message, sizeof message);
  std::fprintf(stderr, "host_cpp: %s: %s [%s]\n", what.c_str(), message, unitee_kind_name(&why));
  std::exit(why.code == UNITEE_REFUSED ? 1 : 2);
}

// prove is what a model's owner does before it hands anything out: a nonce, the guest's answer, and the verdict.
static void prove(unitee_guest* here, const std::array<std::uint8_t, 48>& measurement) {
  std::array<std::uint8_t, 64> nonce{};
  std::random_device random;
  std::generate(nonce.begin(), nonce.end(), [&] { return static_cast<std::uint8_t>(random()); });
  bytes evidence, certificates, root;
  need(unitee_attest(here, {nonce.data(), nonce.size()}, &evidence.held, &certificates.held), "attest");
  need(unitee_insecure_simulated_root(here, &root.held), "root");  // of a real guest none: its root is pinned
  const unitee_view endorsements = certificates.view(), anchor = root.view();
  const unitee_case given{evidence.view(), &endorsements, 1, &anchor, 1, std::time(nullptr)};
  const unitee_minimum_tcb milan{UNITEE_MILAN, 0, 4, 0, 24, 219};
  constexpr auto all =
      UNITEE_REQUIRE_REPORT_DATA | UNITEE_REQUIRE_MEASUREMENT | UNITEE_REQUIRE_TCB | UNITEE_FORBID_DEBUG;
  const unitee_policy wanted{all, nonce.data(), measurement.data(), 1, &milan, 1, nullptr, 0};
  unitee_claims says;
  const unitee_error verdict = unitee_verify(&given, &wanted, &says);
  need(verdict, verdict.code == UNITEE_REFUSED ? std::string("verify ") + says.unmet : "verify");
}

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool well_formed = (words.size() == 4 || (words.size() == 6 && words[4] == "--threads")) &&
                           words[3].size() == 96 && words[3].find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!well_formed) return std::fprintf(stderr, "usage: host_cpp SEALED STATE IMAGE MEASUREMENT [--threads N]\n"), 2;
  std::array<std::uint8_t, 48> measurement{};
  for (std::size_t i = 0; i < 48; ++i) {
    measurement[i] = static_cast<std::uint8_t>(std::stoul(words[3].substr(2 * i, 2), nullptr, 16));
  }
  std::ifstream file(words[2], std::ios::binary);
  const std::string image{std::istreambuf_iterator<char>(file), {}};
  if (!file) return std::fprintf(stderr, "host_cpp: %s: cannot be read\n", words[2].c_str()), 2;
  unitee_guest* opened = nullptr;
  need(unitee_insecure_simulated_snp(words[1].c_str(), {image.data(), image.size()}, &opened), words[1]);
  std::unique_ptr<unitee_guest, closes> here(opened);
  prove(here.get(), measurement);
  unitee_file* model = nullptr;
  need(unitee_open_in_guest(words[0].c_str(), here.get(), &model), words[0]);
  const std::unique_ptr<unitee_file, closes> weights(model);
  here.reset();  // what is open stays open
  // The threads take pieces in turns, whose ends are nowhere near a segment's.
  constexpr std::size_t piece = 100003;
  std::vector<std::uint8_t> plaintext(unitee_size(model));
  std::atomic<std::size_t> next{0};
  const auto read = [&](unitee_error& why) {
    for (auto at = next.fetch_add(piece); at < plaintext.size() && why.code == UNITEE_OK; at = next.fetch_add(piece)) {
      why = unitee_read_at(model, at, &plaintext[at], std::min(piece, plaintext.size() - at));
    }
  };
  const unsigned long count = words.size() == 6 ? std::strtoul(words[5].c_str(), nullptr, 10) : 1;
  std::vector<unitee_error> errors(std::clamp(count, 1UL, 64UL));
  std::vector<std::thread> threads;
  for (unitee_error& each : errors) threads.emplace_back([&read, &each] { read(each); });
  for (std::thread& each : threads) each.join();
  for (const unitee_error& each : errors) need(each, words[0]);
  const std::size_t written = std::fwrite(plaintext.data(), 1, plaintext.size(), stdout);
  return written == plaintext.size() && std::fflush(stdout) == 0 ? 0 : 2;
}
