// SPDX-License-Identifier: Apache-2.0
//
// With one genuine report and its certificates: nothing verifies but the genuine signed bytes, under the genuine VCEK
// and ASK, whatever is changed in the report or in what the host hands out beside it. The keys are new in every run.
#include <unitee/guest/simulated_snp.hpp>
#include <unitee/verify/snp.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace unitee;

constexpr utc_time now{1767225600};

struct genuine {
  guest::insecure_simulated_platform platform = *guest::insecure_simulated_platform::create(
      snp::generation::milan, {.boot_loader = 4, .snp = 24, .microcode = 219}, now);
  snp::report report = *guest::insecure_simulated_snp::launch(platform, {})->attest({});
  std::vector<std::uint8_t> table = *platform.certificate_table();
  endorsements given;
  trust_anchors anchors;

  genuine() {
    given.add(platform.get().vcek);
    given.add(platform.get().ask);
    anchors.add(platform.root());
    if (!snp::verify(report, given, now, anchors)) __builtin_trap();
  }
};

// edit takes the input as edits of three bytes: where (16 bits), and what to xor.
std::vector<std::uint8_t> edit(byte_view base, byte_view edits) {
  std::vector<std::uint8_t> out(base.begin(), base.end());
  for (; edits.size() >= 3; edits = edits.subspan(3))
    out[(edits[0] | std::size_t{edits[1]} << 8) % out.size()] ^= edits[2];
  return out;
}

void check_report(const genuine& own, byte_view bytes) {
  const auto report = snp::report::parse(bytes);
  if (!report || !snp::verify(*report, own.given, now, own.anchors)) return;
  if (!equal(report->signed_bytes(), own.report.signed_bytes())) __builtin_trap();
}

void check_endorsements(const genuine& own, byte_view bytes) {
  endorsements given;
  if (!given.add(bytes) || !snp::verify(own.report, given, now, own.anchors)) return;
  const auto has = [&](const certificate& one) {
    return std::ranges::find(given.certificates(), one) != given.certificates().end();
  };
  if (!has(own.platform.get().vcek) || !has(own.platform.get().ask)) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const genuine own;
  const byte_view input(data, size);
  if (input.empty()) return 0;
  switch (input[0] % 4) {
    case 0: check_report(own, input.subspan(1)); break;
    case 1: check_report(own, edit(own.report.bytes(), input.subspan(1))); break;
    case 2: check_endorsements(own, input.subspan(1)); break;
    case 3: check_endorsements(own, edit(own.table, input.subspan(1))); break;
  }
  return 0;
}
