// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/seal.hpp>

#include <unitee/seal/file.hpp>

#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/sealed.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>

namespace test_seal {

namespace {

thread_local std::size_t allocated = 0;
thread_local bool exhausted = false;  // no more memory for whoever can do without

}  // namespace

}  // namespace test_seal

// Counts what this program asks operator new for; OpenSSL has its own allocator. Not inline, because GCC would then see
// malloc beside delete and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  test_seal::allocated += size;
  if (void* out = std::malloc(size)) return out;
  std::abort();
}
[[gnu::noinline]] void* operator new[](std::size_t size) { return operator new(size); }
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  test_seal::allocated += size;
  return test_seal::exhausted ? nullptr : std::malloc(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t& ask) noexcept {
  return operator new(size, ask);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace test_seal {

using namespace unitee;
using test::octets;
using test::secret_of;

namespace {

// pattern_source is a payload of any size that takes no memory; discarding_sink takes a file of any size.
struct pattern_source {
  std::uint64_t length;
  [[nodiscard]] std::uint64_t size() const noexcept { return length; }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    std::ranges::fill(out, static_cast<std::uint8_t>(offset / out.size()));
    return {};
  }
};
struct discarding_sink {
  result<void> write_at(std::uint64_t, byte_view) noexcept { return {}; }
};

}  // namespace

TEST_CASE("a payload is sealed and unsealed in one call each, and progress is told", "[seal]") {
  const auto key = secret_of(7);
  for (const unsigned size : {0u, 1u, 262144u, 262145u, 600000u}) {
    const octets plaintext = test::sealed_plaintext(size);
    const auto geometry = *sealed_geometry::of(size, default_segment_size);
    octets sealed(static_cast<std::size_t>(geometry.file_size()));
    memory_sink into(sealed);
    std::vector<std::uint64_t> steps;
    const auto note = [&](std::uint64_t done, std::uint64_t total) {
      CHECK(total == size);
      steps.push_back(done);
    };
    REQUIRE(seal(memory_source(plaintext), into, {slot_kind::caller_key, {}, key}, note));
    CHECK(steps.size() == geometry.segments());
    if (size != 0) CHECK(steps.back() == size);
    octets out(size);
    memory_sink back(out);
    steps.clear();
    REQUIRE(unseal(memory_source(sealed), back, key, note));
    CHECK(steps.size() == geometry.segments());
    CHECK(out == plaintext);

    std::ranges::fill(sealed, std::uint8_t{0xee});
    std::ranges::fill(out, std::uint8_t{0xee});
    test::plain_sink plain_into{sealed};
    test::plain_sink plain_back{out};
    REQUIRE(seal(test::plain_source{plaintext}, plain_into, {slot_kind::caller_key, {}, key}));
    REQUIRE(unseal(test::plain_source{sealed}, plain_back, key));
    CHECK(out == plaintext);
  }
}

TEST_CASE("a file is sealed into a file and back", "[seal][file]") {
  const test::folder folder;
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(600000);
  const auto write = [&](const char* name, auto&& fill) {
    auto file = new_file::create((folder / name).c_str());
    REQUIRE(file);
    REQUIRE(fill(*file));
    REQUIRE(file->commit());
  };
  const auto open = [&](const char* name) { return std::move(*file_source::open((folder / name).c_str())); };
  write("plain", [&](new_file& file) { return file.write_at(0, plaintext); });
  write("sealed", [&](new_file& file) { return seal(open("plain"), file, {slot_kind::caller_key, {}, key}); });
  write("again", [&](new_file& file) { return unseal(open("sealed"), file, key); });
  CHECK(test::file_bytes(folder / "again") == plaintext);
  CHECK(test::file_bytes(folder / "sealed").size() == sealed_geometry::of(600000, default_segment_size)->file_size());
  CHECK(folder.names() == std::vector<std::string>{"again", "plain", "sealed"});
}

TEST_CASE("a failure on either side ends the call and is passed on", "[seal]") {
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(600000);
  octets small(300000);
  memory_sink sink(small);
  const slot_request slot{slot_kind::caller_key, {}, key};
  CHECK(seal(memory_source(plaintext), sink, slot).error() == failure{errc::no_space, 300000});
  test::plain_sink plain{small};
  CHECK(seal(memory_source(plaintext), plain, slot).error() == failure{errc::no_space, 300000});
  CHECK(seal(memory_source(plaintext), sink, {slot_kind{3}, {}, key}).error().code == errc::unsupported_format);

  octets sealed = test::sealed_bytes(plaintext, key, default_segment_size);
  CHECK(unseal(memory_source(sealed), sink, key).error() == failure{errc::no_space, 300000});
  CHECK(unseal(memory_source(sealed), plain, key).error() == failure{errc::no_space, 300000});
  CHECK(unseal(memory_source(sealed), sink, secret_of(8)).error().code == errc::no_matching_slot);
  sealed[20480 + 262144] ^= 1;
  const failure second{errc::not_authentic, 262144, part::sealed_payload};
  octets out(600000, 0xee);
  memory_sink lent(out);
  CHECK(unseal(memory_source(sealed), lent, key).error() == second);
  CHECK(std::equal(out.begin(), out.begin() + 262144, plaintext.begin()));
  CHECK(all_zero(byte_view(out).subspan(262144, 262144)));
  CHECK(out[524288] == 0xee);
  std::ranges::fill(out, std::uint8_t{0xee});
  test::plain_sink copied{out};
  CHECK(unseal(test::plain_source{sealed}, copied, key).error() == second);
  CHECK(std::equal(out.begin(), out.begin() + 262144, plaintext.begin()));
  CHECK(out[262144] == 0xee);
}

TEST_CASE("memory does not grow with the payload", "[seal]") {
  const auto key = secret_of(7);
  const auto sealing = [&](std::uint64_t size) {
    discarding_sink sink;
    const std::size_t before = allocated;
    const auto done = seal(pattern_source{size}, sink, {slot_kind::caller_key, {}, key});
    const std::size_t after = allocated;
    REQUIRE(done);
    return after - before;
  };
  CHECK(sealing(64 << 20) == sealing(1));
  CHECK(sealing(1) <= 2 * default_segment_size);

  const auto unsealing = [&](std::size_t size) {
    const octets file = test::sealed_bytes(octets(size), key, default_segment_size);
    const test::plain_source source{file};
    discarding_sink sink;
    const std::size_t before = allocated;
    const auto done = unseal(source, sink, key);
    const std::size_t after = allocated;
    REQUIRE(done);
    return after - before;
  };
  CHECK(unsealing(16 << 20) == unsealing(1));
  CHECK(unsealing(1) <= 2 * default_segment_size);
}

TEST_CASE("memory that cannot be had is a failure", "[seal]") {
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(10);
  octets sealed = test::sealed_bytes(plaintext, key);
  octets out(sealed.size());
  memory_sink sink(out);
  exhausted = true;
  const auto buffer = wiped_buffer::create(1);
  const auto sealing = seal(memory_source(plaintext), sink, {slot_kind::caller_key, {}, key});
  const auto unsealing = unseal(memory_source(sealed), sink, key);
  exhausted = false;
  const failure no_memory{errc::io_error, ENOMEM};
  CHECK(buffer.error() == no_memory);
  CHECK(sealing.error() == no_memory);
  CHECK(unsealing.error() == no_memory);
}

}  // namespace test_seal
