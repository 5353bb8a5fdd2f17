// SPDX-License-Identifier: Apache-2.0

#include "allocations.hpp"

#include <openssl/crypto.h>

#include <cerrno>
#include <new>

namespace {

benchmarks::allocation_count count;

}  // namespace

// The C library's own names for its allocator (glibc), which a program may put its own in front of.
extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) noexcept {
  ++count.own;
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) noexcept {
  ++count.own;
  return __libc_calloc(n, size);
}
void* realloc(void* old, std::size_t size) noexcept {
  ++count.own;
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++count.own;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
  ++count.own;
  *out = __libc_memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}

}  // extern "C"

namespace {

void* openssl_malloc(std::size_t size, const char*, int) {
  ++count.openssl;
  return __libc_malloc(size);
}
void* openssl_realloc(void* old, std::size_t size, const char*, int) {
  ++count.openssl;
  return __libc_realloc(old, size);
}
void openssl_free(void* object, const char*, int) { __libc_free(object); }

}  // namespace

namespace benchmarks {

allocation_count allocations() noexcept { return count; }

bool count_allocations() noexcept {
  if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1) return false;
  const auto made = allocations_of([] { ::operator delete(::operator new(1)); });
  const auto aligned =
      allocations_of([] { ::operator delete (::operator new (64, std::align_val_t{64}), std::align_val_t{64}); });
  const auto openssl = allocations_of([] { OPENSSL_free(OPENSSL_malloc(1)); });
  return made.own == 1 && aligned.own == 1 && openssl.own == 0 && openssl.openssl == 1;
}

}  // namespace benchmarks
