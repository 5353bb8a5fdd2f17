// SPDX-License-Identifier: Apache-2.0
//
// seal/task.hpp: encrypting and decrypting a model from memory to memory, by the library and by OpenSSL's calls alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace benchmarks {

// sealing_memory is a model and the places for what is made of it, all of them touched before anything is timed.
struct sealing_memory {
  std::vector<std::uint8_t> plaintext;
  std::vector<std::uint8_t> sealed;      // by the library: a sealed file
  std::vector<std::uint8_t> ciphertext;  // by the peer
  std::vector<std::uint8_t> opened;      // by whoever decrypted last
};

// sealer seals the plaintext and opens what it sealed, and says whether that worked. The memory outlives it.
struct sealer {
  std::function<bool()> seal;
  std::function<bool()> unseal;
};

sealer unitee_sealer(sealing_memory& memory);

// sealed_size is how large the library's sealed file is, for a plaintext of `size` bytes.
std::size_t sealed_size(std::size_t size);

// sealed_payload is what a sealed file has in common with the peer's output.
struct sealed_payload {
  std::span<const std::uint8_t> key;  // 32 bytes
  std::span<const std::uint8_t> ciphertext;
  std::span<const std::uint8_t> tags;  // 16 bytes for each segment
};

// with_payload takes the file apart that unitee_sealer made last.
void with_payload(const sealing_memory& memory, const std::function<void(const sealed_payload&)>& use);

// openssl_sealer does AES-256-GCM in segments of 256 KiB under a 32-byte key, as the sealed format has them.
sealer openssl_sealer(sealing_memory& memory, std::span<const std::uint8_t> key, std::vector<std::uint8_t>& tags);

}  // namespace benchmarks
