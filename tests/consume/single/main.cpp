// SPDX-License-Identifier: Apache-2.0
//
// tests/consume/single/main.cpp: the library as one header in two files of one program, compiled differently: a simulated
// guest's evidence is parsed and verified here, and a model is sealed and opened there.
#include "other.hpp"

namespace {

using namespace unitee;

// What is included on a condition is chosen as it is without the single header.
static_assert(std::is_same_v<this_guest, guest::insecure_simulated_td_guest>);
#ifdef UNITEE_WITH_IPSEC_MB
static_assert(std::is_same_v<default_gcm_engine, ipsec_mb_gcm>);
#else
static_assert(std::is_same_v<default_gcm_engine, aes_256_gcm>);
#endif

// judged is whether the evidence is that of a guest which was asked with this data.
bool judged(byte_view bytes, const endorsements& given, utc_time at, const trust_anchors& anchors,
            const report_data& asked) {
  const auto evidence = evidence::parse(bytes);
  if (!evidence) return false;
  const auto genuine = verify(*evidence, given, at, anchors);
  return genuine && (*genuine)->report_data() == asked;
}

int not_done(int line) {
  fmt::print(stderr, "line {} of main\n", line);
  return 1;
}

}  // namespace

int main() {
  const utc_time now = *parse_time("2026-11-22T00:00:00Z");
  const auto machine = guest::insecure_simulated_platform::create(snp::generation::milan, {.snp = 24}, now);
  if (!machine) return not_done(__LINE__);
  const auto guest = guest::insecure_simulated_snp::launch(*machine, {});
  if (!guest) return not_done(__LINE__);
  endorsements given;
  const auto table = machine->certificate_table();
  if (!table || !given.add(*table)) return not_done(__LINE__);
  trust_anchors anchors;
  anchors.add(machine->root());

  report_data asked;
  asked.value[63] = 7;
  const auto evidence = guest::attest(*guest, asked);
  if (!evidence) return not_done(__LINE__);
  if (!judged(evidence->evidence, given, now, anchors, asked)) return not_done(__LINE__);
  if (judged(evidence->evidence, given, now, {}, asked)) return not_done(__LINE__);
  if (judged(byte_view(evidence->evidence).first(100), given, now, anchors, asked)) return not_done(__LINE__);

  const auto same = other::sealed_and_opened(*guest);
  return same && *same ? 0 : not_done(__LINE__);
}
