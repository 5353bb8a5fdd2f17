// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_pem_file.hpp>

#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"

#include <string>
#include <vector>

namespace test_simulated_pem_file {

using namespace unitee;
using namespace unitee::test;
using guest::detail::simulated_pem_file;

namespace {

using octets = std::vector<std::uint8_t>;

// saved writes n bytes of the pattern, and read is what load gives back.
result<void> saved(const simulated_pem_file& to, std::size_t n) {
  return to.save([n](writer out) { return out.bytes(pattern(n)).written(); });
}
octets read(const simulated_pem_file& from) {
  return need(from.load([](byte_view bytes) -> result<octets> { return octets(bytes.begin(), bytes.end()); }));
}

}  // namespace

TEST_CASE("a file of any size up to the greatest comes back", "[guest][pem_file]") {
  const folder outer;
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{4097}, simulated_pem_file::size_max - 1,
                              simulated_pem_file::size_max}) {
    const simulated_pem_file file(outer / std::to_string(n), "name");
    CHECK(file.directory() == outer / std::to_string(n));
    REQUIRE(saved(file, n));
    CHECK(read(file) == pattern(n));
    CHECK(file_bytes(outer / (std::to_string(n) + "/name")) == pattern(n));
  }
}

TEST_CASE("what does not fit, and what its maker gives up, leaves nothing behind", "[guest][pem_file]") {
  const folder outer;
  const simulated_pem_file file(outer / "state", "name");
  CHECK(saved(file, simulated_pem_file::size_max + 1).error() == failure{errc::no_space, simulated_pem_file::size_max});
  const failure why{errc::crypto_error, 7};
  CHECK(file.save([&](writer) -> result<byte_view> { return why; }).error() == why);
  CHECK(outer.names().empty());
  REQUIRE(saved(file, 3));
  CHECK(file.load([&](byte_view) -> result<int> { return why; }).error() == why);
}

}  // namespace test_simulated_pem_file
