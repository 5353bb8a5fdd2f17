// SPDX-License-Identifier: Apache-2.0
//
// unitee/posix/plain_memory.hpp: memory for plaintext, in huge pages, kept out of core dumps and wiped (Linux).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/parallel.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

namespace unitee::inline v0::posix {

// page_size is that of ordinary pages, in bytes.
inline std::size_t page_size() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

// wipe_resident sets bytes to zero that begin with a page of anonymous memory. Pages that were never touched hold
// nothing and stay untouched: to wipe a large buffer of which little was used must not fill the machine's memory. (What
// was swapped out is not read in again either; its copy on the disk is out of reach.)
inline void wipe_resident(byte_span bytes) noexcept {
  const std::size_t page = page_size();
  std::array<unsigned char, 512> resident;
  while (!bytes.empty()) {
    const byte_span run = bytes.first(std::min(bytes.size(), resident.size() * page));
    if (::mincore(run.data(), run.size(), resident.data()) != 0) resident.fill(1);
    // Page after page would be slower: a long store does not read the memory first.
    const auto is_resident = [&](std::size_t at) { return (resident[at / page] & 1) != 0; };
    for (std::size_t at = 0; at < run.size();) {
      const std::size_t from = at;
      while (at < run.size() && is_resident(at) == is_resident(from)) at += std::min(page, run.size() - at);
      if (is_resident(from)) ::explicit_bzero(run.data() + from, at - from);
    }
    bytes = bytes.subspan(run.size());
  }
}

// wipe_on_threads is wipe_resident, for large memory on several threads.
inline void wipe_on_threads(byte_span bytes) noexcept {
  constexpr std::size_t piece = std::size_t{64} << 20;
  constexpr std::size_t threads_that_help = 8;
  const std::size_t pieces = bytes.size() / piece + (bytes.size() % piece != 0 ? 1 : 0);
  if (pieces <= 1) return wipe_resident(bytes);
  const std::size_t threads = std::min({pieces, processors(), threads_that_help});
  run_on_threads(threads, [&](std::size_t thread) noexcept {
    for (std::size_t i = thread; i < pieces; i += threads) {
      wipe_resident(bytes.subspan(i * piece, std::min(piece, bytes.size() - i * piece)));
    }
  });
}

// plain_memory owns zeroed memory of its own for plaintext. From 2 MiB on it is aligned to 2 MiB, in whole huge pages
// where the kernel has them: unsealing into pages of 4 KiB spends more time in page faults than in the cipher.
// Nothing is touched before it is used; workers that fault their pages in as they come are as fast as filling them
// beforehand with two threads, and faster than filling them with one (measured: 0.12 and 0.19 s per GiB).
//
// It does not appear in core dumps, and it is wiped before it is given back, at about 10 GB/s. It can be swapped: a
// guest for secrets has no swap, or an encrypted one.
//
// After fork() the child sees zeros (MADV_WIPEONFORK). Otherwise the child would hold the plaintext as long as it
// lives, and everything that the parent writes meanwhile would be copied, out of huge pages into small ones.
// MADV_DONTFORK would do that too, but a child that ends the object must find memory there. Processes that share their
// weights share a sealed_memfd.
class plain_memory {
 public:
  static constexpr std::size_t huge_page = std::size_t{2} << 20;

  // create is errc::io_error with ENOMEM when there is no memory; no bytes at all are fine.
  static result<plain_memory> create(std::size_t size) noexcept {
    if (size == 0) return plain_memory(nullptr, 0, 0);
    const std::size_t page = page_size();
    const std::size_t unit = size < huge_page ? page : huge_page;
    if (size > std::numeric_limits<std::size_t>::max() - 2 * unit) return failure{errc::io_error, ENOMEM};
    const std::size_t mapped = (size + unit - 1) / unit * unit;
    const std::size_t spare = unit - page;
    void* const raw = ::mmap(nullptr, mapped + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return io_failure();
    auto* const begin = static_cast<std::uint8_t*>(raw);
    const std::size_t before = (unit - reinterpret_cast<std::uintptr_t>(raw) % unit) % unit;
    if (before != 0) ::munmap(begin, before);
    if (before != spare) ::munmap(begin + before + mapped, spare - before);
    plain_memory out(begin + before, size, mapped);
    if (::madvise(out.begin_, mapped, MADV_DONTDUMP) != 0) return io_failure();
    if (::madvise(out.begin_, mapped, MADV_WIPEONFORK) != 0) return io_failure();
    if (unit == huge_page) ::madvise(out.begin_, mapped, MADV_HUGEPAGE);  // a kernel without them has small ones
    return out;
  }

  plain_memory(plain_memory&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        mapped_(std::exchange(other.mapped_, 0)) {}
  plain_memory& operator=(plain_memory&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }
  ~plain_memory() {
    if (begin_ == nullptr) return;
    wipe_on_threads(span());
    ::munmap(begin_, mapped_);
  }

  // span is all bytes, exactly as many as were asked for; nothing once the memory is moved from.
  [[nodiscard]] byte_span span() noexcept { return {begin_, size_}; }
  [[nodiscard]] byte_view view() const noexcept { return {begin_, size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  plain_memory(std::uint8_t* begin, std::size_t size, std::size_t mapped) noexcept
      : begin_(begin), size_(size), mapped_(mapped) {}

  std::uint8_t* begin_;
  std::size_t size_;
  std::size_t mapped_;
};

}  // namespace unitee::inline v0::posix
