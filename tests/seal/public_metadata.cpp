// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/public_metadata.hpp>

#include "support/catch.hpp"

#include <unitee/crypto/secret.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/seal.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace test_public_metadata {

using namespace unitee;

namespace {

using octets = std::vector<std::uint8_t>;

const octets items{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/', 'b'};

octets sealed(byte_view metadata, bool is_public) {
  const octets payload(100, 7);
  const auto tagged = static_cast<std::uint32_t>(metadata.empty() ? 0 : metadata.size() + 16);
  octets out(static_cast<std::size_t>(sealed_geometry::of(payload.size(), 4096, tagged)->file_size()));
  const auto key = secret<32>::made_by([](std::span<std::uint8_t, 32> to) { std::ranges::fill(to, std::uint8_t{1}); });
  const auto slot = caller_slot(key);
  memory_sink sink(out);
  const sealing how{.segment_size = 4096, .metadata = metadata, .public_metadata = is_public};
  REQUIRE(seal(memory_source(payload), sink, std::span(&*slot, 1), how));
  return out;
}

result<public_metadata> read(const octets& file) {
  const memory_source source(file);
  return public_metadata::read(source, header_copies::read(source)->header());
}

}  // namespace

TEST_CASE("public metadata are read before a key is there", "[seal][metadata]") {
  const octets file = sealed(items, true);
  const auto made = read(file);
  REQUIRE(made);
  CHECK(made->items().content_type() == "a/b");
  CHECK_FALSE(made->items().tensors());
}

TEST_CASE("what is not authentic yet is not believed, and refused where it is malformed", "[seal][metadata]") {
  octets file = sealed(items, true);
  file[16384 + 8] = 'c';
  CHECK(read(file)->items().content_type() == "c/b");  // a reader with a key refuses it
  file[16384 + 8] = ' ';
  CHECK(read(file).error() == failure{errc::bad_value, 8, part::sealed_metadata});
  file[16384 + 8] = 'a';
  file[16384 + 27] = 1;
  CHECK(read(file).error() == failure{errc::reserved_not_zero, 16384 + 27, part::sealed_metadata});
}

TEST_CASE("metadata that are encrypted, or not there, are not public", "[seal][metadata]") {
  const failure not_public{errc::bad_value, 40, part::sealed_header};
  CHECK(read(sealed(items, false)).error() == not_public);
  CHECK(read(sealed({}, true)).error() == not_public);
}

}  // namespace test_public_metadata
