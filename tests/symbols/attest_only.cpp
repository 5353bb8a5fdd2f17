// SPDX-License-Identifier: Apache-2.0
//
// tests/symbols/attest_only.cpp: a guest's side of attestation, by whichever backend was chosen: evidence about a
// verifier's nonce, and nothing else.
#include <unitee/guest/attest.hpp>
#include <unitee/this_guest.hpp>
#include <unitee/transcript.hpp>

#include <cstdio>

using namespace unitee;

int main() {
  const std::uint8_t nonce[32] = {1, 2, 3};  // the verifier's
  auto here = this_guest::open();
  if (!here) return 1;
  const auto data = report_data_transcript::begin("attest only").nonce(nonce).finish();
  if (!data) return 1;
  const auto made = guest::attest(*here, *data);
  if (!made) return 1;
  return std::fwrite(made->evidence.data(), 1, made->evidence.size(), stdout) == made->evidence.size() ? 0 : 1;
}
