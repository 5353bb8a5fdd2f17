// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/stdio_file.hpp>

#include "support/catch.hpp"
#include "support/counted.hpp"
#include "support/sealed_on_disk.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <stdio.h>

namespace test_stdio_file {

using namespace unitee;
using namespace unitee::test;

namespace {

// odd_source is of any size, fails with any failure, and counts how often it was read.
struct odd_source {
  std::uint64_t bytes = 0;
  result<void> answer{};
  std::size_t* reads = nullptr;

  [[nodiscard]] std::uint64_t size() const noexcept { return bytes; }
  result<void> read_at(std::uint64_t, byte_span) const noexcept {
    if (reads != nullptr) ++*reads;
    return answer;
  }
};

// counted_source says whether it is still there.
struct counted_source : plain_source {
  test::counted live;
};

stdio_file opened(const auto& source, first_failure* status = nullptr) {
  auto file = open_stdio(source, status);
  if (!file) throw std::runtime_error("no FILE*");
  return std::move(*file);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a FILE* reads the plaintext in pieces of any size", "[seal][stdio_file]", sealed_files) {
  for (const std::size_t size : boundary_sizes) {
    const sealed_on_disk disk(size);
    const TestType sealed = disk.open<TestType>();
    const stdio_file file = opened(sealed);
    for (const std::size_t piece : {1U, 7U, 4095U, 4096U, 4097U, 100'000U}) {
      ::rewind(file.get());
      octets all;
      octets out(piece);
      std::size_t n = 0;
      while ((n = ::fread(out.data(), 1, piece, file.get())) != 0) {
        all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n));
      }
      CAPTURE(size, piece);
      REQUIRE(all == disk.plaintext);
      CHECK(::feof(file.get()));
      CHECK_FALSE(::ferror(file.get()));
      CHECK(::ftello(file.get()) == static_cast<::off_t>(size));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("a FILE* does whatever one of the plaintext itself would do", "[seal][stdio_file]",
                        sealed_files) {
  std::minstd_rand random(7);
  for (const std::size_t size : boundary_sizes) {
    const sealed_on_disk disk(size);
    const TestType sealed = disk.open<TestType>();
    const stdio_file mine = opened(sealed);
    const stdio_file plain(::tmpfile());
    for (const std::uint8_t each : disk.plaintext) ::putc(each, plain.get());
    ::rewind(plain.get());
    const auto both = [&](auto call) {
      const auto a = call(mine.get());
      const auto b = call(plain.get());
      REQUIRE(a == b);
      REQUIRE(::feof(mine.get()) == ::feof(plain.get()));
      REQUIRE(::ferror(mine.get()) == ::ferror(plain.get()));
      REQUIRE(::ftello(mine.get()) == ::ftello(plain.get()));
      return a;
    };
    const auto span = static_cast<long>(size + 5000);
    for (int step = 0; step < 400; ++step) {
      const long number = static_cast<long>(random() % static_cast<unsigned long>(2 * span)) - span;
      const auto kind = random() % 7;
      CAPTURE(size, step, number, kind);
      if (kind == 0) both([&](FILE* file) { return ::fseeko(file, number, SEEK_SET); });
      if (kind == 1) both([&](FILE* file) { return ::fseeko(file, number / 4, SEEK_CUR); });
      if (kind == 2) both([&](FILE* file) { return ::fseeko(file, number, SEEK_END); });
      if (kind == 3) {
        const int c = both([](FILE* file) { return ::getc(file); });
        if (c != EOF && number % 2 == 0) both([&](FILE* file) { return ::ungetc(c, file); });
      }
      if (kind == 4) both([](FILE* file) { return std::pair(::getc(file), ::getc(file)); });
      if (kind > 4) {
        both([&](FILE* file) {
          octets out(1 + static_cast<std::size_t>(std::abs(number)) / (kind == 5 ? 1 : 100));
          out.resize(::fread(out.data(), 1, out.size(), file));
          return out;
        });
      }
    }
  }
}

TEST_CASE("a FILE* is sought from everywhere, and not to before the beginning", "[seal][stdio_file]") {
  const octets bytes = sealed_plaintext(10'000);
  const memory_source source{bytes};
  const stdio_file file = opened(source);
  CHECK(::fseeko(file.get(), -1, SEEK_END) == 0);
  CHECK(::ftello(file.get()) == 9'999);
  CHECK(::getc(file.get()) == bytes.back());
  CHECK(::fseeko(file.get(), -10'000, SEEK_CUR) == 0);
  CHECK(::getc(file.get()) == bytes.front());
  errno = 0;
  CHECK(::fseeko(file.get(), -1, SEEK_SET) == -1);
  CHECK(errno == EINVAL);
  CHECK(::fseeko(file.get(), -10'001, SEEK_END) == -1);
  CHECK(::getc(file.get()) == bytes[1]);
  CHECK(::fseeko(file.get(), 1'000, SEEK_END) == 0);
  CHECK(::getc(file.get()) == EOF);
  CHECK(::feof(file.get()));
  CHECK_FALSE(::ferror(file.get()));
}

TEMPLATE_LIST_TEST_CASE("a changed segment is a read error of a FILE*, and never its end", "[seal][stdio_file]",
                        sealed_files) {
  constexpr std::size_t size = 20'000;
  for (const std::size_t bad : {0U, 1U, 3U, 4U}) {
    const sealed_on_disk disk(size);
    disk.change(bad * 4096 + 11);
    const TestType sealed = disk.open<TestType>();
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, std::size_t{4096}, std::size_t{5000}, size}) {
      first_failure status;
      const stdio_file file = opened(sealed, &status);
      CAPTURE(bad, piece);
      octets out(size, 0xee);
      std::size_t got = 0;
      errno = 0;
      for (std::size_t n = piece; n == piece && got < size; got += n) {
        n = ::fread(out.data() + got, 1, std::min(piece, size - got), file.get());
      }
      CHECK(errno == EIO);
      CHECK(got == bad * 4096);
      CHECK(::ferror(file.get()));
      CHECK_FALSE(::feof(file.get()));
      CHECK(equal(byte_view(out).first(got), byte_view(disk.plaintext).first(got)));
      CHECK(std::ranges::all_of(byte_view(out).subspan(got), [](std::uint8_t c) { return c == 0 || c == 0xee; }));
      REQUIRE_FALSE(status.status());
      CHECK(status.status().error() == failure{errc::not_authentic, bad * 4096, part::sealed_payload});
      ::clearerr(file.get());
      CHECK(::fseeko(file.get(), static_cast<::off_t>(bad * 4096 + 5), SEEK_SET) == 0);
      CHECK(::getc(file.get()) == EOF);
      CHECK(::ferror(file.get()));
      CHECK_FALSE(::feof(file.get()));
      ::clearerr(file.get());
      const std::size_t good = bad == 4 ? 4096 : size - 10;
      CHECK(::fseeko(file.get(), static_cast<::off_t>(good), SEEK_SET) == 0);
      CHECK(::getc(file.get()) == disk.plaintext[good]);
    }
  }
}

TEST_CASE("a FILE* passes on what the system refused", "[seal][stdio_file]") {
  first_failure status;
  const odd_source source{10, failure{errc::io_error, ENXIO}};
  const stdio_file file = opened(source, &status);
  errno = 0;
  CHECK(::getc(file.get()) == EOF);
  CHECK(errno == ENXIO);
  CHECK(::ferror(file.get()));
  CHECK(status.status().error() == failure{errc::io_error, ENXIO});
  const odd_source other{10, errc::crypto_error};
  const stdio_file silent = opened(other);
  CHECK(::getc(silent.get()) == EOF);
  CHECK(errno == EIO);
}

TEST_CASE("what has no offset in a FILE* is refused", "[seal][stdio_file]") {
  const odd_source largest{~std::uint64_t{0} >> 1};
  CHECK(open_stdio(largest));
  CHECK(open_stdio(odd_source{std::uint64_t{1} << 63}).error() == failure{errc::io_error, EOVERFLOW});
}

TEMPLATE_LIST_TEST_CASE("a FILE* owns a source that is moved in, and refers to any other", "[seal][stdio_file]",
                        sealed_files) {
  const octets bytes = sealed_plaintext(100);
  std::atomic<int> live = 0;
  {
    auto file = open_stdio(counted_source{{bytes}, test::counted(live)});
    REQUIRE(file);
    CHECK(live == 1);
    CHECK(::getc(file->get()) == bytes[0]);
  }
  CHECK(live == 0);
  auto file = open_stdio(counted_source{{bytes}, test::counted(live)});
  REQUIRE(file);
  FILE* const released = file->release();
  CHECK(file->get() == nullptr);
  CHECK(live == 1);
  CHECK(::fclose(released) == 0);
  CHECK(live == 0);
  {
    const counted_source kept{{bytes}, test::counted(live)};
    CHECK(::fclose(opened(kept).release()) == 0);
    CHECK(live == 1);
  }
  const sealed_on_disk disk(10'000);
  const auto before = open_files();
  {
    auto sealed = disk.open<TestType>();
    auto owner = open_stdio(std::move(sealed));
    REQUIRE(owner);
    octets out(10'000);
    CHECK(::fread(out.data(), 10'000, 1, owner->get()) == 1);
    CHECK(out == disk.plaintext);
  }
  CHECK(open_files() == before);
}

TEST_CASE("a FILE* reads whole buffers, each of them once", "[seal][stdio_file]") {
  std::size_t reads = 0;
  const odd_source source{1 << 20, {}, &reads};
  const stdio_file file = opened(source);
  octets out(1 << 20);
  CHECK(::fread(out.data(), out.size(), 1, file.get()) == 1);
  CHECK(reads == (1 << 20) / 16'384);
}

TEST_CASE("a FILE* has no descriptor and is not written to", "[seal][stdio_file]") {
  const octets bytes = sealed_plaintext(100);
  const memory_source source{bytes};
  const stdio_file file = opened(source);
  CHECK(::fileno(file.get()) == -1);
  CHECK(::fputc('x', file.get()) == EOF);
  CHECK(::ferror(file.get()));
  ::clearerr(file.get());
  CHECK(::getc(file.get()) == bytes[0]);
}

TEMPLATE_LIST_TEST_CASE("several threads share a FILE*", "[seal][stdio_file]", sealed_files) {
  const sealed_on_disk disk(64'000);
  const TestType sealed = disk.open<TestType>();
  const stdio_file file = opened(sealed);
  std::atomic<std::size_t> total = 0;
  std::atomic<std::size_t> sum = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      octets out(100);
      while (::fread(out.data(), out.size(), 1, file.get()) == 1) {
        total += out.size();
        for (const std::uint8_t each : out) sum += each;
      }
    });
  }
  for (auto& each : readers) each.join();
  CHECK(total == 64'000);
  std::size_t expected = 0;
  for (const std::uint8_t each : disk.plaintext) expected += each;
  CHECK(sum == expected);
}

}  // namespace test_stdio_file
