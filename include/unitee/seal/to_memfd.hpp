// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/to_memfd.hpp: plaintext as a file in memory, for code that takes a path or a descriptor (Linux).
#pragma once

#include <unitee/posix/sealed_memfd.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/work.hpp>

#include <concepts>
#include <cstdint>

namespace unitee::inline v0 {

// writes_all is what can write all of its plaintext to a sink: a sealed_file, a sealed_reader.
template <class Reader>
concept writes_all = requires(const Reader& reader, posix::sealed_memfd& to, const work& how) {
  { reader.size() } -> std::same_as<std::uint64_t>;
  { reader.write_to(to, how) } -> std::same_as<result<void>>;
};

// to_memfd decrypts a whole file, on several threads, into memory that has a path, "/proc/self/fd/N", and that nobody
// can change any more: code that opens or maps files by name takes it as it is, and so do other processes that get the
// descriptor. The name, at most 249 bytes, is for whoever looks into /proc.
//
// Nobody sees the file before all of it is authentic. Failures are those of write_to and, as errc::io_error with errno,
// those of the memory: ENOSPC or ENOMEM when there is not enough. After one, nothing is left.
template <writes_all Reader>
result<posix::sealed_memfd> to_memfd(const Reader& file, const char* name, const work& how = {}) noexcept {
  auto out = posix::sealed_memfd::create(name, file.size());
  if (!out) return out.error();
  if (const result<void> done = file.write_to(*out, how); !done) return done.error();
  if (const auto done = out->seal(); !done) return done.error();
  return out;
}

}  // namespace unitee::inline v0
