// SPDX-License-Identifier: Apache-2.0
#include <unitee/vtpm/tpm_signature.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_tpm_signature {

using namespace unitee;
using vtpm::tpm_signature;

namespace {

constexpr std::array<std::uint8_t, 256> raw{0x2A};
static_assert(tpm_signature::parse(raw)->rsa().data() == raw.data());

std::vector<std::uint8_t> wrapped(std::size_t size) {
  std::vector<std::uint8_t> out{
      0x00, 0x14, 0x00, 0x0B, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size & 0xFF)};
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(i * 7));
  return out;
}

}  // namespace

TEST_CASE("a signature is found in either form, in the sizes of RSA keys alone", "[vtpm][tpm_signature]") {
  for (std::size_t size = 0; size <= 600; ++size) {
    const bool fits = size == 256 || size == 384 || size == 512;
    const std::vector<std::uint8_t> alone(size, 0x55);
    const auto plain = tpm_signature::parse(alone);
    CHECK(plain.has_value() == fits);
    if (plain) CHECK(equal(plain->rsa(), alone));
    const auto bytes = wrapped(size);
    const auto parsed = tpm_signature::parse(bytes);
    if (bytes.size() == 256 || bytes.size() == 384 || bytes.size() == 512) {
      CHECK(equal(parsed->rsa(), bytes));  // by its size, it is a signature alone
    } else if (fits) {
      CHECK(equal(parsed->rsa(), byte_view(bytes).subspan(6)));
    } else {
      CHECK(parsed.error() == failure{errc::bad_length, 4});
    }
  }
}

}  // namespace test_tpm_signature
