// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/tdx_binding.hpp>

#include "support/catch.hpp"

#include <cstdint>

namespace test_tdx_binding {

using namespace unitee;
using tdx::key_basis;
using tdx::key_request;

namespace {

constexpr key_basis basis{{{1}}, {{2}}, 3, 4, 5};
constexpr auto enough = bound_to::measurement_and_policy();

// policy is KEYPOLICY of the request for a binding.
std::uint64_t policy(const bound_to& to) { return request_for(to, basis)->policy().value; }

static_assert(*request_for(enough, basis) == key_request::bound_to_measurement(basis));

}  // namespace

TEST_CASE("each word selects its registers", "[kdf][tdx]") {
  CHECK(policy(enough) == 1);
  CHECK(policy(enough.and_owner()) == 0b10101);
  CHECK(policy(enough.and_configuration()) == 0b1001);
  CHECK(policy(enough.and_runtime_measurements({0, 4})) == 0x1100000001);
  CHECK(policy(bound_to::shared_by_every_guest_the_host_allows()) == 0);
  CHECK(policy(bound_to::shared_by_every_guest_the_host_allows().and_runtime_measurements({2})) == 0x400000000);
}

TEST_CASE("the policy of a TD is ATTRIBUTES and XFAM, all known bits or none", "[kdf][tdx]") {
  const auto weak = bound_to::measurement_even_where_the_host_may_debug();
  CHECK(request_for(enough, basis)->attributes_mask() == 0xC0000000F8010071);
  CHECK(request_for(enough, basis)->xfam_mask() == 0x6DBE7);
  CHECK(request_for(weak, basis)->attributes_mask() == 0);
  CHECK(request_for(weak, basis)->xfam_mask() == 0);
  CHECK(policy(enough) == 1);
  CHECK(policy(weak) == 1);
}

TEST_CASE("SVNs and the platform are always mixed in", "[kdf][tdx]") {
  const auto request = *request_for(enough, basis);
  CHECK(request.versions() == basis);
  CHECK(request.key_bits() == 256);
  CHECK(*request_for(enough.and_guest_svn().and_chip(), basis) == request);
  key_basis unknown = basis;
  unknown.isvsvn = 0;  // no TD report tells it
  CHECK(request_for(enough.and_chip(), unknown));
  CHECK(request_for(enough.and_guest_svn(), unknown).error() ==
        failure{errc::unsupported_format, 64, part::key_request});
}

TEST_CASE("a request for a TD is under-bound exactly when the binding is", "[kdf][tdx]") {
  for (const auto& to : {enough, bound_to::measurement_even_where_the_host_may_debug(),
                         bound_to::shared_by_every_guest_the_host_allows()}) {
    CHECK(request_for(to, basis)->is_under_bound() == to.is_under_bound());
    const auto more = to.and_owner().and_configuration().and_runtime_measurements({0, 1, 2, 3, 4});
    CHECK(request_for(more, basis)->is_under_bound() == to.is_under_bound());
  }
}

TEST_CASE("a basis that the module would reject is refused", "[kdf][tdx]") {
  CHECK(request_for(enough, key_basis{.cpusvn = {{1}}}).error() == failure{errc::bad_value, 48, part::key_request});
}

}  // namespace test_tdx_binding
