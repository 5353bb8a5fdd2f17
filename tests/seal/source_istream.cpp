// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/source_istream.hpp>

#include "support/catch.hpp"
#include "support/counted.hpp"
#include "support/sealed_on_disk.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ios>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <utility>

namespace test_source_istream {

using namespace unitee;
using namespace unitee::test;

namespace {

std::string text_of(byte_view bytes) { return {bytes.begin(), bytes.end()}; }

struct counted_source : plain_source {
  test::counted live;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("a stream reads the plaintext in pieces of any size", "[seal][source_istream]", sealed_files) {
  for (const std::size_t size : boundary_sizes) {
    const sealed_on_disk disk(size);
    const TestType sealed = disk.open<TestType>();
    source_istream in(sealed);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == text_of(disk.plaintext));
    for (const std::size_t piece : {1U, 7U, 4095U, 4096U, 4097U, 100'000U}) {
      in.clear();
      in.seekg(0);
      std::string all;
      std::string out(piece, '?');
      while (in.read(out.data(), std::ssize(out)) || in.gcount() != 0) {
        all.append(out, 0, static_cast<std::size_t>(in.gcount()));
      }
      CAPTURE(size, piece);
      REQUIRE(all == text_of(disk.plaintext));
      CHECK(in.eof());
      CHECK_FALSE(in.bad());
      CHECK(in.status());
    }
  }
}

TEMPLATE_LIST_TEST_CASE("a stream does whatever one of the plaintext itself would do", "[seal][source_istream]",
                        sealed_files) {
  std::minstd_rand random(11);
  for (const std::size_t size : boundary_sizes) {
    const sealed_on_disk disk(size);
    const TestType sealed = disk.open<TestType>();
    source_istream mine(sealed);
    std::istringstream plain(text_of(disk.plaintext));
    const auto both = [&](auto call) {
      const auto a = call(static_cast<std::istream&>(mine));
      const auto b = call(static_cast<std::istream&>(plain));
      REQUIRE(a == b);
      REQUIRE(mine.rdstate() == plain.rdstate());
      mine.clear();
      plain.clear();
      REQUIRE(mine.tellg() == plain.tellg());
    };
    for (int step = 0; step < 500; ++step) {
      const auto number = static_cast<std::streamoff>(random() % (size + 10));
      const auto kind = random() % 10;
      CAPTURE(size, step, number, kind);
      const auto inside = std::min<std::streamoff>(number, static_cast<std::streamoff>(size));
      if (kind == 0) both([&](std::istream& in) { return in.seekg(inside).tellg(); });
      if (kind == 1) both([&](std::istream& in) { return in.seekg(-inside, std::ios::end).tellg(); });
      if (kind == 2) both([&](std::istream& in) { return in.seekg(-number / 8, std::ios::cur).tellg(); });
      if (kind == 3) both([](std::istream& in) { return in.peek(); });
      if (kind == 4) both([](std::istream& in) { return in.get(); });
      if (kind == 5) both([](std::istream& in) { return in.unget().get(); });
      if (kind == 6) both([&](std::istream& in) { return in.putback(static_cast<char>(number)).rdstate(); });
      if (kind == 7) both([&](std::istream& in) { return in.ignore(number / 4).gcount(); });
      if (kind > 7) {
        both([&](std::istream& in) {
          std::string out(static_cast<std::size_t>(kind == 8 ? number : number / 50), '?');
          in.read(out.data(), std::ssize(out));
          return out.substr(0, static_cast<std::size_t>(in.gcount()));
        });
      }
    }
  }
}

TEST_CASE("formatted input of plaintext works", "[seal][source_istream]") {
  const std::string text = "magic 42\nsecond line\n";
  source_istream in(memory_source{{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}});
  std::string word;
  int number = 0;
  in >> word >> number;
  CHECK(word == "magic");
  CHECK(number == 42);
  std::getline(in, word);
  std::getline(in, word);
  CHECK(word == "second line");
  CHECK(in.rdbuf()->in_avail() == -1);
}

TEST_CASE("a stream is sought within its source, and never written to", "[seal][source_istream]") {
  const octets bytes = sealed_plaintext(10'000);
  source_istream in(memory_source{bytes});
  CHECK(in.rdbuf()->in_avail() == 10'000);
  CHECK(in.seekg(-1, std::ios::beg).fail());
  in.clear();
  CHECK(in.seekg(-10'001, std::ios::end).fail());
  in.clear();
  CHECK(in.rdbuf()->pubseekpos(0, std::ios::out) == std::streampos(-1));
  CHECK(in.rdbuf()->sputc('x') == std::char_traits<char>::eof());
  in.seekg(20'000);
  CHECK(in.tellg() == 20'000);
  CHECK(in.get() == std::char_traits<char>::eof());
  CHECK(in.eof());
  CHECK_FALSE(in.bad());
}

TEMPLATE_LIST_TEST_CASE("a changed segment makes a stream bad", "[seal][source_istream]", sealed_files) {
  constexpr std::size_t size = 20'000;
  for (const std::size_t bad : {0U, 1U, 3U, 4U}) {
    const sealed_on_disk disk(size);
    disk.change(bad * 4096 + 11);
    const TestType sealed = disk.open<TestType>();
    const failure why{errc::not_authentic, bad * 4096, part::sealed_payload};
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, std::size_t{4096}, std::size_t{5000}, size}) {
      source_istream in(sealed);
      std::string out(size, '\x6e');
      std::size_t got = 0;
      while (got < size && in.read(out.data() + got, static_cast<std::streamsize>(std::min(piece, size - got)))) {
        got += static_cast<std::size_t>(in.gcount());
      }
      got += static_cast<std::size_t>(in.gcount());
      CAPTURE(bad, piece);
      CHECK(in.bad());
      CHECK(got == bad * 4096);
      CHECK(out.substr(0, got) == text_of(disk.plaintext).substr(0, got));
      CHECK(std::ranges::all_of(out.substr(got), [](char c) { return c == 0 || c == '\x6e'; }));
      REQUIRE_FALSE(in.status());
      CHECK(in.status().error() == why);
      in.clear();
      const std::size_t good = bad == 4 ? 4096 : size - 10;
      in.seekg(static_cast<std::streamoff>(good));
      CHECK(in.get() == disk.plaintext[good]);
      CHECK_FALSE(in.status());
    }
    source_istream in(sealed);
    in.exceptions(std::ios::badbit);
    std::string out(size, '?');
    CHECK_THROWS_AS(in.read(out.data(), size), std::ios_base::failure);
    CHECK(in.status().error() == why);
  }
}

TEMPLATE_LIST_TEST_CASE("a stream owns a source that is moved in, and refers to any other", "[seal][source_istream]",
                        sealed_files) {
  const octets bytes = sealed_plaintext(100);
  std::atomic<int> live = 0;
  {
    source_istream in(counted_source{{bytes}, test::counted(live)});
    CHECK(live == 1);
    CHECK(in.get() == bytes[0]);
  }
  CHECK(live == 0);
  const counted_source kept{{bytes}, test::counted(live)};
  { CHECK(source_istream(kept).get() == bytes[0]); }
  CHECK(live == 1);
  const sealed_on_disk disk(10'000);
  const auto before = open_files();
  {
    source_istream in(disk.open<TestType>());
    in.seekg(9'999);
    CHECK(in.get() == disk.plaintext.back());
  }
  CHECK(open_files() == before);
}

}  // namespace test_source_istream
