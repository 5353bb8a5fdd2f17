// SPDX-License-Identifier: Apache-2.0
#include <unitee/launch/kernel_hashes.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace test_kernel_hashes {

using namespace unitee;
using snp::kernel_hashes;

namespace {

constexpr const char* sha256_of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* sha256_of_a_zero = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
constexpr const char* sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::uint8_t abc[] = {'a', 'b', 'c'};

}  // namespace

TEST_CASE("a command line is hashed with the zero byte that ends it", "[launch][kernel_hashes]") {
  CHECK(test::hex_of(snp::command_line_digest("")->value) == sha256_of_a_zero);
  // printf 'quiet\0' | sha256sum
  CHECK(test::hex_of(snp::command_line_digest("quiet")->value) ==
        "c801d8e83dec6220b30fe179a8aabec923c8977255530ecc7dc23b95a6959bbc");
}

TEST_CASE("missing files count as empty ones", "[launch][kernel_hashes]") {
  const auto only_kernel = kernel_hashes::of(abc);
  REQUIRE(only_kernel);
  CHECK(test::hex_of(only_kernel->kernel.value) == sha256_of_abc);
  CHECK(test::hex_of(only_kernel->initrd.value) == sha256_of_nothing);
  CHECK(test::hex_of(only_kernel->command_line.value) == sha256_of_a_zero);
  const auto all = kernel_hashes::of({}, abc, "quiet");
  REQUIRE(all);
  CHECK(test::hex_of(all->initrd.value) == sha256_of_abc);
  CHECK(all->kernel == only_kernel->initrd);
}

TEST_CASE("the table stands at its offset, and all else of the page is zero", "[launch][kernel_hashes]") {
  const auto hashes = kernel_hashes::of(abc);
  REQUIRE(hashes);
  const std::string wanted =
      "06d63894224fc94cb479a793d411fd21a800"
      "d82dd09720bd944caa78e7714d36ab2a3200" +
      std::string(sha256_of_a_zero) + "31f7ba442f3ad74b9af141e29169781d3200" + sha256_of_nothing +
      "3794e74dd2ab7f42b835d5b172d2045b3200" + sha256_of_abc + "0000000000000000";
  for (std::size_t at = 0; at <= 4096 - 176; ++at) {
    const auto page = hashes->page(at);
    REQUIRE(page);
    if (at % 64 != 0 && at != 4096 - 176) continue;
    CAPTURE(at);
    CHECK(test::hex_of(byte_view(*page).subspan(at, 176)) == wanted);
    CHECK(all_zero(byte_view(*page).first(at)));
    CHECK(all_zero(byte_view(*page).subspan(at + 176)));
  }
}

TEST_CASE("a table that would leave its page is refused", "[launch][kernel_hashes]") {
  for (std::size_t at = 4096 - 175; at < 4300; ++at) {
    REQUIRE(kernel_hashes{}.page(at).error() == failure{errc::no_space, 4096});
  }
}

}  // namespace test_kernel_hashes
