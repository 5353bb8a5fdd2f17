// SPDX-License-Identifier: Apache-2.0

#include "../measure.hpp"
#include "../table.hpp"
#include "task.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace benchmarks {
namespace {

constexpr std::size_t size = 256 << 20;

void add_row(table& out, const char* what, const comparison& times) {
  const auto rate = [](double seconds) { return text("%.2f GB/s", static_cast<double>(size) / seconds / 1e9); };
  const double speed = 1 / times.ratio;
  out.add({what, rate(times.ours), rate(times.peer), ratio_text(speed), "at least 0.70", speed >= 0.7});
}

}  // namespace

void seal(table& out) {
  using octets = std::vector<std::uint8_t>;
  sealing_memory memory{octets(size), octets(sealed_size(size)), octets(size), octets(size)};
  for (std::size_t i = 0; i < size; ++i) memory.plaintext[i] = static_cast<std::uint8_t>(31 * i + i / 256);

  const sealer ours = unitee_sealer(memory);
  octets tags;
  std::optional<sealer> peer;
  require(ours.seal() && ours.unseal() && memory.opened == memory.plaintext, "the sealed file does not open");
  with_payload(memory, [&](const sealed_payload& sealed) {
    peer = openssl_sealer(memory, sealed.key, tags);
    require(peer->seal() && std::ranges::equal(memory.ciphertext, sealed.ciphertext) &&
                std::ranges::equal(tags, sealed.tags),
            "the sealed payload is not AES-256-GCM");
  });
  std::ranges::fill(memory.opened, std::uint8_t{0});
  require(peer->unseal() && memory.opened == memory.plaintext, "the peer does not decrypt what it encrypted");

  add_row(out, "seal 256 MiB, memory to memory, by throughput", compare(ours.seal, peer->seal));
  add_row(out, "unseal 256 MiB, by throughput", compare(ours.unseal, peer->unseal));
}

}  // namespace benchmarks
