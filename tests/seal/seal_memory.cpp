// SPDX-License-Identifier: Apache-2.0
//
// What sealing and reading take of the heap, and what they do when there is none.
#include <unitee/seal/seal.hpp>

#include "support/child.hpp"
#include "support/sealed.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>
#include <utility>
#include <vector>

#include <malloc.h>

namespace test_seal_memory {

namespace {

// heap is what this program asks operator new for, and OpenSSL its own allocator.
struct heap {
  static inline std::atomic<std::size_t> calls{0};
  static inline std::atomic<std::size_t> live{0};  // bytes
  static inline std::atomic<std::size_t> most{0};  // of them, since it was last set
  static inline std::atomic<long> left{-1};        // calls until there is no more memory; less than none is never
  static inline std::atomic<bool> openssl{false};  // whether OpenSSL's calls go down to it, too

  static bool gives(bool may_fail) {
    ++calls;
    if (!may_fail || left < 0) return true;
    return left-- > 0;
  }
  static void* taken(void* memory) {
    if (memory == nullptr) return nullptr;
    const std::size_t now = live += ::malloc_usable_size(memory);
    std::size_t before = most;
    while (before < now && !most.compare_exchange_weak(before, now)) {
    }
    return memory;
  }
  static void release(void* memory) {
    if (memory != nullptr) live -= ::malloc_usable_size(memory);
    std::free(memory);
  }
};

void* openssl_malloc(std::size_t size, const char*, int) {
  if (!heap::gives(heap::openssl)) return nullptr;
  return heap::taken(std::malloc(size));
}
void openssl_free(void* memory, const char*, int) { heap::release(memory); }
void* openssl_realloc(void* memory, std::size_t size, const char* file, int line) {
  if (memory == nullptr) return openssl_malloc(size, file, line);
  if (!heap::gives(heap::openssl)) return nullptr;
  heap::live -= ::malloc_usable_size(memory);
  return heap::taken(std::realloc(memory, size));
}

bool counts_openssl = false;

// OpenSSL takes these before it has allocated anything, which is before any other constructor of this program.
[[gnu::constructor(101)]] void count_openssl() {
  counts_openssl = CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) == 1;
}

[[gnu::noinline]] void* taken_aligned(std::size_t size, std::align_val_t to) {
  const auto unit = static_cast<std::size_t>(to);
  return heap::taken(std::aligned_alloc(unit, (size + unit - 1) / unit * unit));
}

}  // namespace

}  // namespace test_seal_memory

// Not inline, because GCC would then see malloc beside delete and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  (void)test_seal_memory::heap::gives(false);
  if (void* out = test_seal_memory::heap::taken(std::malloc(size))) return out;
  std::abort();
}
[[gnu::noinline]] void* operator new[](std::size_t size) { return operator new(size); }
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return test_seal_memory::heap::gives(true) ? test_seal_memory::heap::taken(std::malloc(size)) : nullptr;
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t& ask) noexcept {
  return operator new(size, ask);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t to) {
  (void)test_seal_memory::heap::gives(false);
  if (void* out = test_seal_memory::taken_aligned(size, to)) return out;
  std::abort();
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t to, const std::nothrow_t&) noexcept {
  return test_seal_memory::heap::gives(true) ? test_seal_memory::taken_aligned(size, to) : nullptr;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { test_seal_memory::heap::release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { operator delete(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { operator delete(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  operator delete(memory);
}

namespace test_seal_memory {

using namespace unitee;
using test::alone;
using test::caller_slots;
using test::each_engine;
using test::octets;
using test::open_with;
using test::plain_sink;
using test::plain_source;
using test::sealed;
using test::sealed_plaintext;
using test::secret_of;
using test::small_segments;
using test::unsealed;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

// zero_source is a payload of any size that takes no memory; discarding_sink takes a file of any size.
struct zero_source {
  std::uint64_t length;
  [[nodiscard]] std::uint64_t size() const noexcept { return length; }
  result<void> read_at(std::uint64_t, byte_span out) const noexcept {
    std::ranges::fill(out, std::uint8_t{0});
    return {};
  }
};
struct discarding_sink {
  result<void> write_at(std::uint64_t, byte_view) noexcept { return {}; }
};

// in_use is how many bytes more there were, at most, while f ran.
template <class F>
std::size_t in_use(F&& f) {
  const std::size_t before = heap::live;
  heap::most = before;
  f();
  return heap::most - before;
}

}  // namespace

TEST_CASE("in a steady state reading allocates nothing", "[seal][memory]") {
  if (!counts_openssl) test::left_out("OpenSSL has allocated already: its allocations are not counted");
  const octets plaintext = sealed_plaintext(20 * 4096 + 5);
  each_engine([&]<class Engine>(test::engine_of<Engine> engine) {
    for (const protection how : {protection::confidential, protection::integrity_only}) {
      CAPTURE(engine.name, static_cast<int>(how));
      const octets file = sealed<Engine>(plaintext, {.segment_size = 4096, .protection = how});
      auto reader = open_with<plain_source, Engine>(plain_source{file}, 1, {.cached_segments = 3});
      REQUIRE(reader);
      octets out(plaintext.size());
      bool right = true;
      const auto read = [&] {
        for (std::size_t at = 0; at + 5000 < plaintext.size(); at += 777) {  // whole segments and parts
          for (const std::size_t n : {1u, 100u, 5000u}) right = right && reader->read_at(at, byte_span(out).first(n));
        }
        right = right && reader->read_all(out, alone) && out == plaintext && reader->check(alone);
      };
      read();
      const std::size_t before = heap::calls;
      read();
      read();
      const std::size_t after = heap::calls;
      CHECK(right);
      CHECK(after == before);
    }
  });
}

TEST_CASE("many threads that read allocate what each of them needs, once", "[seal][memory]") {
  const octets plaintext = sealed_plaintext(20 * 4096 + 5);
  const octets file = sealed(plaintext);
  auto reader = open_with(plain_source{file}, 1, {.cached_segments = 3});
  REQUIRE(reader);
  std::atomic<bool> right{true};
  const std::size_t before = heap::live;
  for (int round = 0; round < 20; ++round) {
    posix::run_on_threads(8, [&](std::size_t i) {
      std::array<std::uint8_t, 300> out;
      for (std::size_t n = 0; n < 50; ++n) {
        const std::size_t at = (i * 7001 + n * 1009) % (plaintext.size() - out.size());
        if (!reader->read_at(at, out)) right = false;
        if (!std::equal(out.begin(), out.end(), plaintext.begin() + static_cast<std::ptrdiff_t>(at))) right = false;
      }
    });
  }
  CHECK(right);
  // A segment and a cipher (at most 2 KiB, and OpenSSL's parts) for each thread, and three segments for all.
  CHECK(heap::live - before <= 8 * (4096 + 4096) + 3 * 4200);
}

TEST_CASE("memory does not grow with the payload", "[seal][memory]") {
  for (const std::uint32_t segment : {4096u, default_segment_size, 1u << 20}) {
    for (const std::size_t workers : {1u, 2u, 4u}) {
      CAPTURE(segment, workers);
      const std::size_t bound = workers * (segment + 64 * 1024) + 600 * 1024;
      const auto sealing_takes = [&](std::uint64_t size) {
        discarding_sink sink;
        return in_use([&] {
          REQUIRE(seal(zero_source{size}, sink, caller_slots({1}), {.segment_size = segment}, {.workers = workers}));
        });
      };
      CHECK(sealing_takes(16 * mib) <= bound + segment);
      CHECK(sealing_takes(48 * mib) <= bound + segment);
      for (const std::size_t size : {8 * mib, 24 * mib}) {
        const octets file = sealed(octets(size), {.segment_size = segment});
        octets out(size);
        const auto check = [&]<class Source>(Source source) {
          const std::size_t most = in_use([&] {
            auto reader = open_with(source);
            REQUIRE(reader);
            REQUIRE(reader->read_all(out, {.workers = workers}));
            discarding_sink sink;
            REQUIRE(reader->write_to(sink, {.workers = workers}));
            REQUIRE(reader->check({.workers = workers}));
          });
          CHECK(most <= bound);
          CHECK(most <= workers * mib + 8 * mib);
        };
        check(memory_source(file));
        check(plain_source{file});
      }
    }
  }
}

TEST_CASE("memory that cannot be had is a failure, wherever it is missing, and nothing is lost", "[seal][memory]") {
  const octets items{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/', 'b'};
  const sealing with{.segment_size = 4096, .metadata = items};
  const octets plaintext = sealed_plaintext(3 * 4096 + 100);
  const octets file = sealed(plaintext, with);
  const auto slots = caller_slots({1});
  const auto key = secret_of(1);
  octets into(file.size());
  octets out(plaintext.size());
  octets some(100);
  const auto check = [&](const work& how, auto&& f) {
    bool done = false;
    for (long n = 0; !done; ++n) {
      CAPTURE(n, how.workers);
      REQUIRE(n < 1000);
      std::ranges::fill(out, std::uint8_t{0xee});
      std::ranges::fill(some, std::uint8_t{0xee});
      std::ranges::fill(into, std::uint8_t{0});
      const std::size_t before = heap::live;
      heap::left = n;
      const result<void> answer = f(how);
      heap::left = -1;
      const std::size_t after = heap::live;
      if (!heap::openssl) REQUIRE(after == before);
      if (!answer) {
        REQUIRE((answer.error() == failure{errc::io_error, ENOMEM} || answer.error() == failure{errc::crypto_error}));
      }
      done = answer.has_value();
    }
  };
  const auto sealing_it = [&](const work& how) -> result<void> {
    plain_sink sink{into};
    const auto done = seal(plain_source{plaintext}, sink, slots, with, how);
    if (!done && sealed_header::parse(byte_view(into).first(8192))) return failure{errc::unrecognized};
    return done;
  };
  const auto reading_it = [&](const work& how) -> result<void> {
    auto reader = sealed_reader<plain_source>::open(plain_source{file}, caller_key(key));
    if (!reader) return reader.error();
    if (const auto done = reader->read_at(4000, some); !done) {
      return all_zero(some) ? done : result<void>(failure{errc::unrecognized});
    }
    const auto done = reader->read_all(out, how);
    if (!done && !all_zero(out)) return failure{errc::unrecognized};
    if (done && out != plaintext) return failure{errc::unrecognized};
    return done;
  };
  for (const std::size_t workers : {1u, 3u}) {
    check({.workers = workers}, sealing_it);
    check({.workers = workers}, reading_it);
  }
  if (!counts_openssl) return test::left_out("OpenSSL has allocated already: its allocations do not fail");
  heap::openssl = true;
  check(alone, sealing_it);
  check(alone, reading_it);
  heap::openssl = false;
  CHECK(*unsealed(file) == plaintext);
}

}  // namespace test_seal_memory
