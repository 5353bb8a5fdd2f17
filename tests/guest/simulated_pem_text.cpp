// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_pem_text.hpp>

#include "support/openssl.hpp"
#include "support/simulated_tdx.hpp"

#include <array>
#include <string>
#include <string_view>

namespace test_simulated_pem_text {

using namespace unitee;
using namespace unitee::test;
using guest::detail::read_simulated_pem;
using guest::detail::simulated_pem_kind;
using guest::detail::write_simulated_pem;

namespace {

constexpr simulated_pem_kind<32> kind{"A warning.\n\n", "A BLOCK", 2, 1};

// written is a text of one block, two keys and the certificate of the first.
std::string written() {
  const auto& from = simulated_tdx_platform().get();
  std::array<std::uint8_t, 8192> out{};
  const auto text = need(
      write_simulated_pem(writer(out), kind, counting_key(), {&from.root_key, &from.attestation_key}, {&from.root}));
  return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("block, keys and certificates come back in their order", "[guest][pem_text]") {
  const std::string text = written();
  CHECK(text.starts_with("A warning.\n\n-----BEGIN A BLOCK-----\n"));
  const auto& from = simulated_tdx_platform().get();
  const auto parts = need(read_simulated_pem(bytes_of(text), kind));
  CHECK(parts.block == counting_key());
  REQUIRE(parts.keys.size() == 2);
  CHECK(need(parts.keys[0].public_point<p256>()) == need(from.root_key.public_point<p256>()));
  CHECK(need(parts.keys[1].public_point<p256>()) == need(from.attestation_key.public_point<p256>()));
  REQUIRE(parts.certificates.size() == 1);
  CHECK(parts.certificates[0] == from.root);
}

TEST_CASE("a text of another kind is refused", "[guest][pem_text]") {
  const std::string text = written();
  const auto refused = [&]<std::size_t N>(const simulated_pem_kind<N>& as) {
    const auto parts = read_simulated_pem(bytes_of(text), as);
    return !parts && parts.error() == failure{errc::bad_value};
  };
  CHECK(refused(simulated_pem_kind<32>{"", "ANOTHER BLOCK", 2, 1}));
  CHECK(refused(simulated_pem_kind<31>{"", "A BLOCK", 2, 1}));
  CHECK(refused(simulated_pem_kind<33>{"", "A BLOCK", 2, 1}));
  CHECK(refused(simulated_pem_kind<32>{"", "A BLOCK", 3, 1}));
  CHECK(refused(simulated_pem_kind<32>{"", "A BLOCK", 1, 1}));
  CHECK(refused(simulated_pem_kind<32>{"", "A BLOCK", 2, 2}));
  CHECK(refused(simulated_pem_kind<32>{"", "A BLOCK", 2, 0}));
  CHECK_FALSE(refused(simulated_pem_kind<32>{"", "A BLOCK", 2, 1}));
}

TEST_CASE("a text that does not fit is not written", "[guest][pem_text]") {
  const auto& from = simulated_tdx_platform().get();
  for (const std::size_t n : {std::size_t{0}, std::size_t{100}, written().size() - 1}) {
    std::vector<std::uint8_t> out(n);
    CHECK(write_simulated_pem(writer(out), kind, counting_key(), {&from.root_key, &from.attestation_key}, {&from.root})
              .error() == failure{errc::no_space, n});
  }
}

}  // namespace test_simulated_pem_text
