// SPDX-License-Identifier: Apache-2.0
#include <unitee/vtpm/tpm_quote.hpp>
#include <unitee/vtpm/tpm_signature.hpp>

#include "support/refusals.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace test_vectors {

using namespace unitee;

TEST_CASE("every vector of TPM quotes parses or is refused for its reason", "[vtpm][vectors]") {
  const auto refused = test::check_refusals(
      "tpm", [](const std::string& kind, const std::vector<std::uint8_t>& bytes) -> std::optional<failure> {
        if (kind == "tpm_signature") {
          const auto signature = vtpm::tpm_signature::parse(bytes);
          if (!signature) return signature.error();
          CHECK(equal(signature->rsa(), byte_view(bytes).last(signature->rsa().size())));
          return std::nullopt;
        }
        REQUIRE(kind == "tpm_quote");
        const auto quote = vtpm::tpm_quote::parse(bytes);
        if (quote) {
          CHECK(equal(quote->bytes(), bytes));
          return std::nullopt;
        }
        CHECK(quote.error().in == part::tpm_quote);
        return failure{quote.error().code, quote.error().offset};
      });
  CHECK(refused > 60);
}

}  // namespace test_vectors
