// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/sealed_file.hpp: a sealed file on disk, opened by its path (Linux).
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/crypto/default_engine.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/plain_memory.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/reading.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/seal/slot_keys.hpp>
#include <unitee/seal/work.hpp>

#include <cerrno>
#include <cstddef>
#include <limits>
#include <utility>

namespace unitee::inline v0 {

// basic_sealed_file is a sealed_reader of a file, with everything that one offers: read_at, read_all, write_to, check,
// header, metadata. It is a byte_source of the plaintext, it moves, and any number of threads may read it. What moves
// stays where it was for header() and metadata(): they live as long as the file is open.
template <byte_source Source, gcm_engine Engine = default_gcm_engine>
class basic_sealed_file : public sealed_reader<Source, Engine> {
  using reader = sealed_reader<Source, Engine>;

 public:
  // open fails as the source's open does, and as sealed_reader's. Of the keys nothing is needed later.
  template <slot_keys Keys>
  static result<basic_sealed_file> open(const char* path, Keys&& keys, const reading& how = {}) {
    return make(Source::open(path), keys, how);
  }
  // open takes a file that is open for reading, and closes it at the end, or now if it fails.
  template <slot_keys Keys>
  static result<basic_sealed_file> open(posix::descriptor fd, Keys&& keys, const reading& how = {}) {
    return make(Source::from(std::move(fd)), keys, how);
  }

  // load reads all of the plaintext, on several threads, into memory that is not dumped and is wiped at the end. When
  // it fails or is called off, what was read is wiped. No memory is errc::io_error with ENOMEM.
  [[nodiscard]] result<posix::plain_memory> load(const work& how = {}) const noexcept {
    if (this->size() > std::numeric_limits<std::size_t>::max()) return failure{errc::io_error, ENOMEM};
    auto out = posix::plain_memory::create(static_cast<std::size_t>(this->size()));
    if (!out) return out.error();
    if (const auto done = this->read_unwiped(out->span(), how); !done) return done.error();
    return out;
  }

 private:
  explicit basic_sealed_file(reader&& opened) noexcept : reader(std::move(opened)) {}

  template <class Keys>
  static result<basic_sealed_file> make(result<Source> source, Keys& keys, const reading& how) {
    if (!source) return source.error();
    auto opened = reader::open(std::move(*source), keys, how);
    if (!opened) return opened.error();
    return basic_sealed_file(std::move(*opened));
  }
};

// sealed_file reads through the page cache: right for every file.
using sealed_file = basic_sealed_file<file_source>;

// mapped_sealed_file decrypts where the page cache has the file: the fastest for a file that is cached. It is not for a
// file that somebody else can write to or cut short while it is open, as a host can where it shares the file's pages
// with the guest (DAX): plaintext that is not the owner's could come out, or SIGBUS. See posix/mapped_file.hpp.
using mapped_sealed_file = basic_sealed_file<mapped_source>;

// direct_sealed_file reads whole files past the page cache: load and read_all are the fastest for a file that is not
// cached and is loaded once. Everything else is no faster than with a sealed_file.
using direct_sealed_file = basic_sealed_file<direct_source>;

}  // namespace unitee::inline v0
