// SPDX-License-Identifier: Apache-2.0
//
// tests/kernel/key_hunt.hpp: whether a key is still somewhere in this process.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace client {

// key_hunt knows keys in a disguise, and looks for the keys themselves in all memory that the process can write: the
// heap, every stack, every thread's.
class key_hunt {
 public:
  void remember(unitee::byte_view key) {
    disguised each;
    if (key.size() != size || !unitee::random_bytes(each.mask)) std::abort();
    for (std::size_t i = 0; i < size; ++i) each.value[i] = static_cast<std::uint8_t>(key[i] ^ each.mask[i]);
    keys_.push_back(each);
  }

  [[nodiscard]] std::size_t remembered() const { return keys_.size(); }

  // sightings is how many times any of the keys is found, and `scanned` how many bytes were looked at.
  std::size_t sightings(std::uint64_t& scanned) const {
    std::size_t found = 0;
    scanned = 0;
    std::ifstream maps("/proc/self/maps");
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    for (std::string line; std::getline(maps, line);) {
      std::uint64_t begin = 0;
      std::uint64_t end = 0;
      char may[5] = "";
      if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, may) != 3 || may[1] != 'w') continue;
      if (end - begin > huge) continue;
      found += sightings_in(memory, begin, end, scanned);
    }
    ::close(memory);
    return found;
  }

 private:
  static constexpr std::size_t size = 32;
  static constexpr std::uint64_t huge = std::uint64_t{1} << 26;  // what a sanitizer sets aside for itself
  struct disguised {
    std::array<std::uint8_t, size> mask{};
    std::array<std::uint8_t, size> value{};
  };

  std::size_t sightings_in(int memory, std::uint64_t begin, std::uint64_t end, std::uint64_t& scanned) const {
    static std::array<std::uint8_t, 1 << 20> piece;  // not on the stack, which is looked at
    std::size_t found = 0;
    while (begin + size <= end) {
      const std::size_t wanted = std::min<std::uint64_t>(piece.size(), end - begin);
      const ::ssize_t n = ::pread(memory, piece.data(), wanted, static_cast<::off_t>(begin));
      if (n < static_cast<::ssize_t>(size)) break;
      const auto got = static_cast<std::size_t>(n);
      for (std::size_t i = 0; i + size <= got; ++i) found += std::size_t{is_one_of(piece.data() + i)};
      scanned += got;
      begin += got == wanted && begin + got < end ? got - size + 1 : got;
    }
    std::ranges::fill(piece, std::uint8_t{0});
    return found;
  }

  [[nodiscard]] bool is_one_of(const std::uint8_t* at) const {
    for (const disguised& each : keys_) {
      std::size_t i = 0;
      while (i < size && static_cast<std::uint8_t>(at[i] ^ each.mask[i]) == each.value[i]) ++i;
      if (i == size) return true;
    }
    return false;
  }

  std::vector<disguised> keys_;
};

inline key_hunt& the_hunt() {
  static key_hunt hunt;
  return hunt;
}

}  // namespace client
