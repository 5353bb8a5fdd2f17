// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/pck_extension.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/refusals.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace test_pck_extension {

using namespace unitee;
using tdx::pck_extension;

namespace {

constexpr std::array<std::uint8_t, 16> components{11, 12, 13, 14, 255, 128, 127, 0, 1, 2, 3, 4, 5, 6, 7, 8};

template <std::size_t N>
bool counts_up(const std::array<std::uint8_t, N>& bytes, unsigned first) {
  for (std::size_t i = 0; i < N; ++i) {
    if (bytes[i] != first + i) return false;
  }
  return true;
}

// Parsing is constexpr: this is the shortest input that gets past the first element.
constexpr std::array<std::uint8_t, 2> empty_sequence{0x30, 0x00};
static_assert(pck_extension::parse(empty_sequence).error() == failure{errc::missing, 0});

}  // namespace

TEST_CASE("every field of a PCK extension has its own value", "[tdx][pck_extension]") {
  const auto bases = test::vector_bases("pck");
  for (const char* name : {"platform_ca", "in_reverse_order", "tcb_in_reverse_order"}) {
    CAPTURE(name);
    const auto sgx = pck_extension::parse(bases.at(name));
    REQUIRE(sgx);
    CHECK(counts_up(sgx->ppid.value, 0x10));
    CHECK(sgx->tcb_components == components);
    CHECK(sgx->pcesvn == 0x1234);
    CHECK(counts_up(sgx->cpusvn.value, 0x20));
    CHECK(counts_up(sgx->pceid.value, 0x30));
    CHECK(counts_up(sgx->fmspc.value, 0x40));
    CHECK(sgx->sgx_type == tdx::sgx_type::scalable);
    REQUIRE(sgx->platform_instance_id);
    CHECK(counts_up(sgx->platform_instance_id->value, 0x50));
    CHECK(sgx->configuration == tdx::platform_configuration{true, false, true});
  }
}

TEST_CASE("a certificate by the Processor CA has no platform instance id and no configuration",
          "[tdx][pck_extension]") {
  const auto sgx = pck_extension::parse(test::vector_bases("pck").at("processor_ca"));
  REQUIRE(sgx);
  CHECK(!sgx->platform_instance_id);
  CHECK(!sgx->configuration);
}

TEST_CASE("every vector of a PCK extension parses or is refused for its reason", "[tdx][pck_extension]") {
  const std::size_t refused =
      test::check_refusals("pck", [](const std::string& kind, const auto& bytes) -> std::optional<failure> {
        REQUIRE(kind == "tdx_pck_extension");
        const auto sgx = pck_extension::parse(bytes);
        if (!sgx) return sgx.error();
        return std::nullopt;
      });
  CHECK(refused > 50);
}

TEST_CASE("no prefix of a PCK extension is one, and no byte more", "[tdx][pck_extension]") {
  auto bytes = test::vector_bases("pck").at("platform_ca");
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const auto sgx = pck_extension::parse(byte_view(bytes).first(n));
    CAPTURE(n);
    REQUIRE(!sgx);
    REQUIRE(sgx.error() == (n < 4 ? failure{errc::truncated, n} : failure{errc::bad_length, 1}));
  }
  bytes.push_back(0);
  CHECK(pck_extension::parse(bytes).error() == failure{errc::trailing_data, bytes.size() - 1});
}

TEST_CASE("every bit of a PCK extension is read: flipping it changes the value or is refused", "[tdx][pck_extension]") {
  auto bytes = test::vector_bases("pck").at("platform_ca");
  const auto whole = *pck_extension::parse(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    bytes[bit / 8] ^= mask;
    const auto changed = pck_extension::parse(bytes);
    CAPTURE(bit);
    REQUIRE((!changed || !(*changed == whole)));
    if (!changed) REQUIRE(changed.error().offset <= bytes.size());
    bytes[bit / 8] ^= mask;
  }
}

}  // namespace test_pck_extension
