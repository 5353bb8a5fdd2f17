// SPDX-License-Identifier: Apache-2.0
#include <unitee/model/ggml_type.hpp>

#include "support/catch.hpp"

#include <cstdint>

namespace test_ggml_type {

using namespace unitee;

// The bytes of every known type are compared by the vector gguf_every_type.
static_assert(ggml_block_of(2) == ggml_block{32, 18} && ggml_block_of(39) == ggml_block{32, 17});
static_assert(ggml_block_of(40) == ggml_block{} && ggml_block_of(~std::uint32_t{0}) == ggml_block{});

TEST_CASE("a type of tensor is known with both numbers of its block, or with neither", "[model][ggml_type]") {
  unsigned known = 0;
  for (std::uint32_t type = 0; type < 1000; ++type) {
    const ggml_block block = ggml_block_of(type);
    CHECK((block.elements == 0) == (block.bytes == 0));
    CHECK((block.elements == 0 || block.elements == 1 || block.elements == 32 || block.elements == 256));
    known += block.elements != 0;
  }
  CHECK(known == 32);
}

}  // namespace test_ggml_type
