// SPDX-License-Identifier: Apache-2.0
//
// tests/support/sealed_on_disk.hpp: a sealed file in a folder of its own.
#pragma once

#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/default_engine.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/sealed_file.hpp>

#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/sealed.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace unitee::test {

// boundary_sizes is where payloads of small_segments differ: around segments, and around the buffers of the views.
inline constexpr std::size_t boundary_sizes[] = {0, 1, 4095, 4096, 4097, 8191, 8192, 8193, 12'288, 40'001};

// sealed_files is sealed_file by every engine that this build has, and every_file is so every way of reading a file.
template <class... Sources>
using by_every_engine =
    std::conditional_t<std::same_as<default_gcm_engine, aes_256_gcm>, std::tuple<basic_sealed_file<Sources>...>,
                       std::tuple<basic_sealed_file<Sources>..., basic_sealed_file<Sources, aes_256_gcm>...>>;
using sealed_files = by_every_engine<file_source>;
using every_file = by_every_engine<file_source, mapped_source, direct_source>;

// open_files is how many descriptors this process has, one for the counting among them.
inline std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

// sealed_on_disk is a sealed file of so many bytes of sealed_plaintext().
class sealed_on_disk {
  folder here_;

 public:
  octets plaintext;
  std::string path;

  explicit sealed_on_disk(std::size_t size, const sealing& with = small_segments)
      : plaintext(sealed_plaintext(size)), path(here_ / "model") {
    put(sealed(plaintext, with));
  }

  template <class File = sealed_file>
  [[nodiscard]] result<File> try_open(std::uint8_t number = 1, const reading& how = {}) const {
    const secret<32> key = secret_of(number);
    return File::open(path.c_str(), caller_key(key), how);
  }
  template <class File = sealed_file>
  [[nodiscard]] File open() const {
    auto out = try_open<File>();
    if (!out) throw std::runtime_error(name(out.error().code));
    return std::move(*out);
  }

  // change flips a bit of the segment that has this byte of the plaintext.
  void change(std::size_t offset) const {
    octets bytes = file_bytes(path);
    bytes[bytes.size() - plaintext.size() + offset] ^= 1;
    put(bytes);
  }

 private:
  void put(const octets& bytes) const {
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    if (!out.flush()) throw std::runtime_error("cannot write " + path);
  }
};

}  // namespace unitee::test
