// SPDX-License-Identifier: Apache-2.0
//
// tests/kernel/attested.hpp: evidence asked for by one thread, or by many at once.
#pragma once

#include "operation.hpp"

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/guest/attestation.hpp>
#include <unitee/report_data.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <latch>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace client {

using unitee::guest::attestation;

// data_of_thread is what a thread has its evidence made about: nobody else's.
inline unitee::report_data data_of_thread(std::uint32_t n) {
  std::array<std::uint8_t, 8> seed{'t', 'h', 'r', 'd'};
  unitee::store_le<std::uint32_t>(std::span(seed).last<4>(), n);
  const auto digest = unitee::sha512(seed);
  if (!digest) std::abort();
  return {digest->value};
}

// many has each of `count` threads attest at once, and says how many got evidence, how many of these were about
// somebody else's data, and which failures there were.
template <class Attest>
fields many(std::uint32_t count, std::size_t data_at, Attest& attest) {
  std::vector<unitee::result<attestation>> got(count, unitee::errc::unrecognized);
  std::latch begin(count);
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      const unitee::report_data data = data_of_thread(i);
      begin.arrive_and_wait();
      got[i] = attest(data);
    });
  }
  for (std::thread& each : threads) each.join();

  std::uint64_t good = 0;
  std::uint64_t foreign = 0;
  std::set<octets> different;
  std::map<std::string, std::uint64_t> failures;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!got[i]) {
      ++failures[name(got[i].error().code)];
      continue;
    }
    ++good;
    const octets& evidence = got[i]->evidence;
    different.insert(evidence);
    const unitee::report_data own = data_of_thread(i);
    const bool is_own = data_at + own.size() <= evidence.size() &&
                        unitee::equal(unitee::byte_view(evidence).subspan(data_at, own.size()), own.value);
    if (!is_own) ++foreign;
  }
  fields out;
  out.put("asked", count).put("good", good).put("foreign", foreign).put("different", different.size());
  for (const auto& [code, times] : failures) out.put(code, times);
  return out;
}

// attested does the operation's attesting: attest(data) is a result<attestation>, with the report data at `data_at`.
template <class Attest>
answer attested(const operation& asked, std::size_t data_at, Attest attest) {
  if (asked.has("threads")) return many(asked.number("threads"), data_at, attest);
  const auto data = asked.fixed<unitee::report_data>("data");
  const unitee::result<attestation> got = attest(data);
  if (!got) return got.error();
  keep(asked, "out", got->evidence);
  keep(asked, "certificates", got->certificates);
  keep(asked, "manifest", got->manifest);
  fields out;
  return out.put("evidence", got->evidence.size())
      .put("certificates", got->certificates.size())
      .put("manifest", got->manifest.size())
      .put_digest("sha256", got->evidence);
}

}  // namespace client
