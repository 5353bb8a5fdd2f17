// SPDX-License-Identifier: Apache-2.0
//
// metrics.cpp: what a service can tell its operator, in Prometheus' text format: verifications, keys, damaged segments,
// and how long the collateral lasts. The guest is SIMULATED; the events are those of hardware.
#include "prometheus.hpp"

#include <unitee/format.hpp>
#include <unitee/guest/derive.hpp>
#include <unitee/guest/simulated_intel_collateral.hpp>
#include <unitee/guest/simulated_td_guest.hpp>
#include <unitee/json/collateral.hpp>
#include <unitee/unitee.hpp>
#include <unitee/verify/tdx_verifier.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace unitee;
using octets = std::vector<std::uint8_t>;

template <class T>
T need(result<T> made, std::string_view what) {
  if (!made) {
    fmt::print(stderr, "{}: {}\n", what, made.error());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*made);
}

// verify_some is a verifier's day: the same guest twice, a quote that somebody changed, and collateral that is old.
void verify_some(const guest::insecure_simulated_td_guest& td, metrics::prometheus& told) {
  const utc_time now{std::time(nullptr)};
  const auto collateral = need(guest::make_simulated_collateral(td.machine(), now), "collateral");
  endorsements known;
  collateral.for_each_file([&](std::string_view name, byte_view file) { need(add_endorsements(known, file), name); });
  trust_anchors anchors;
  anchors.add(td.machine().root());
  tdx::verifier fleet(std::move(known), std::move(anchors));

  octets bytes = need(td.attest({}), "attest");
  for (int i = 0; i < 2; ++i) {
    need(fleet.verify(need(tdx::quote::parse(bytes), "quote"), now, told), "verify");
  }
  (void)fleet.verify(need(tdx::quote::parse(bytes), "quote"), {now.seconds + 31 * 86400}, told);
  bytes[100] ^= 1;
  (void)fleet.verify(need(tdx::quote::parse(bytes), "quote"), now, told);
}

// seal_and_damage is a guest's: a key of its own, a model that is sealed under it, and a disk that forgets a bit.
void seal_and_damage(const guest::insecure_simulated_td_guest& td, metrics::prometheus& told) {
  const auto made = need(guest::derive(td, {.purpose = "metrics"}, {}, told), "derive");
  const secret<32> again = need(guest::derive(td, made.record, {}, told), "derive again");
  (void)guest::derive(td, byte_view(made.record).first(10), {}, told);

  const octets model(3 * 4096, 0x5A);
  const auto geometry = need(sealed_geometry::of(model.size(), 4096, 0), "geometry");
  octets file(static_cast<std::size_t>(geometry.file_size()));
  memory_sink sink(file);
  std::vector<new_slot> slots;
  slots.push_back(need(caller_slot(made.key), "slot"));
  need(seal(memory_source(model), sink, slots, {.segment_size = 4096}), "seal");
  file[static_cast<std::size_t>(geometry.place_of(1))] ^= 1;

  const auto reader = need(sealed_reader<memory_source>::open(memory_source(file), caller_key(again)), "open");
  const observed_reader watched(reader, told);
  octets out(model.size());
  (void)watched.read_all(out);
  need(watched.read_at(0, byte_span(out).first(4096)), "read");
  (void)watched.read_at(4096, byte_span(out).first(1));
}

}  // namespace

int main() {
  metrics::prometheus told;
  const auto td = need(guest::insecure_simulated_td_guest::open(), "a simulated TD");
  verify_some(td, told);
  seal_and_damage(td, told);
  fmt::print("{}", told.text());
}
