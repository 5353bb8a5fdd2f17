// SPDX-License-Identifier: Apache-2.0
//
// tests/support/tampered.hpp: small sealed files of which every byte is known, for tests that change them.
#pragma once

#include "support/sealed.hpp"

#include <unitee/posix/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace unitee::test::tampered {

inline const octets items{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/', 'b'};
inline const sealing with_metadata{.segment_size = 4096, .metadata = items};
inline const sealing as_public{
    .segment_size = 4096, .protection = protection::integrity_only, .metadata = items, .public_metadata = true};

// The parts of the file: of the second segment there are 100 bytes.
inline constexpr std::size_t slots_end = 512 + 2 * 512;
inline constexpr std::size_t metadata_at = 16384;
inline constexpr std::size_t tags_at = 20480;
inline constexpr std::size_t payload_at = 24576;
inline constexpr std::size_t end_at = payload_at + 4196;

// with_slots is the same file, of the next generation, with slots for the keys of these numbers; `key` is for its data
// key. A slot's nonce is the generation and its place, so that every byte is known.
inline octets with_slots(const octets& file, std::uint8_t key, const std::vector<std::uint8_t>& numbers) {
  const auto before = *sealed_header::parse(byte_view(file).first(sealed_header::size));
  const auto binding = *detail::file_binding::of(before);
  const auto data_key = secret_of(key);
  std::vector<slot_bytes> slots;
  for (const new_slot& each : caller_slots(numbers)) {
    gcm_nonce nonce;
    nonce.value = {static_cast<std::uint8_t>(before.generation()), static_cast<std::uint8_t>(slots.size())};
    slots.push_back(*each.wrap_insecurely_with(nonce, binding, data_key));
  }
  const auto keys = *detail::sealed_keys::derive(data_key, binding);
  const octets header = signed_bytes(*before.with_slots(slots), header_state::settled, keys);
  octets out = file;
  put(out, 0, header);
  put(out, sealed_header::size, header);
  if (!unsealed(out, numbers.front())) throw std::runtime_error("does not open");
  return out;
}

// two_segments is a file with metadata and slots for the keys 1 and 2. `key` and `id` are for its data key and file id.
inline octets two_segments(std::uint8_t key, std::uint8_t id, const sealing& with = with_metadata,
                           const octets& plaintext = sealed_plaintext(4196)) {
  const octets out =
      with_slots(*sealed_bytes(plaintext, caller_slots({1, 2}), with, fixed_material(key, id)), key, {1, 2});
  if (out.size() != end_at || *unsealed(out, 2) != plaintext) throw std::runtime_error("another file");
  return out;
}

// is_refused says whether neither key opens the file and reads anything of it (unsealed checks that what was refused is
// all zero).
inline bool is_refused(byte_view file) { return !unsealed(file, 1) && !unsealed(file, 2); }

// check_each asks what is wrong with each number below n, and gives n. It asks on several threads, of which each has
// the answer of check(file), a function of the number, for a copy of the file; nothing wrong is an empty string.
template <class Check>
std::size_t check_each(std::size_t n, const octets& file, Check check) {
  std::atomic<std::size_t> next{0};
  std::mutex lock;
  std::string first;
  posix::run_on_threads(posix::processors(), [&](std::size_t) {
    std::string wrong;
    try {
      octets own = file;
      auto ask = check(own);
      for (std::size_t i = 0; wrong.empty() && (i = next++) < n;) wrong = ask(i);
    } catch (const std::exception& thrown) {
      wrong = thrown.what();
    }
    const std::lock_guard alone(lock);
    if (first.empty()) first = wrong;
  });
  CHECK(first == "");
  CHECK(next >= n);
  return n;
}

// count prints how many changed files were tried and, when the program ends, how many there were in all.
inline void count(const char* what, std::size_t n) {
  struct total {
    std::size_t all = 0;
    ~total() { std::printf("sealed files: %zu changed ones in all: all refused\n", all); }
  };
  static total of;
  of.all += n;
  std::printf("sealed files: %zu %s: all refused\n", n, what);
}

}  // namespace unitee::test::tampered
