// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/snp_binding.hpp>

#include "support/catch.hpp"

#include <cstdint>

namespace test_snp_binding {

using namespace unitee;
using snp::key_basis;
using snp::key_request;

namespace {

constexpr key_basis basis{{{4, 2, 0, 0, 0, 0, 24, 219}}, 2, 7};
constexpr auto enough = bound_to::measurement_and_policy();

// fields is GUEST_FIELD_SELECT of the request for a binding.
std::uint64_t fields(const bound_to& to) { return request_for(to, basis)->fields().value; }

static_assert(*request_for(enough, basis) == key_request::bound_to_measurement(basis.committed_tcb, 2));

}  // namespace

TEST_CASE("each word selects its fields, and TCB_VERSION is always selected", "[kdf][snp]") {
  CHECK(fields(enough) == 0b101001);
  CHECK(fields(enough.and_owner()) == 0b101111);
  CHECK(fields(enough.and_guest_svn()) == 0b111001);
  CHECK(fields(enough.and_chip()) == 0b101001);
  CHECK(fields(bound_to::measurement_even_where_the_host_may_debug()) == 0b101000);
  CHECK(fields(bound_to::shared_by_every_guest_the_host_allows()) == 0b100000);
  CHECK(fields(bound_to::shared_by_every_guest_the_host_allows().and_owner().and_guest_svn()) == 0b110110);
}

TEST_CASE("a request takes TCB, VMPL and GUEST_SVN from the basis, the SVN where it is mixed in", "[kdf][snp]") {
  const auto plain = *request_for(enough, basis);
  CHECK(plain.tcb_version() == basis.committed_tcb);
  CHECK(plain.vmpl() == 2);
  CHECK(plain.guest_svn() == 0);
  CHECK(request_for(enough.and_guest_svn(), basis)->guest_svn() == 7);
}

TEST_CASE("and_chip asks for the VCEK, and everything else leaves the choice to the firmware", "[kdf][snp]") {
  CHECK(request_for(enough.and_chip(), basis)->key_sel() == snp::key_selection::vcek);
  CHECK(request_for(enough.and_owner().and_guest_svn(), basis)->key_sel() == snp::key_selection::firmware_default);
  CHECK(request_for(enough.and_chip(), basis)->root() == snp::root_key::vek);
}

TEST_CASE("a request is under-bound exactly when the binding is", "[kdf][snp]") {
  for (const auto& to : {enough, bound_to::measurement_even_where_the_host_may_debug(),
                         bound_to::shared_by_every_guest_the_host_allows()}) {
    CHECK(request_for(to, basis)->is_under_bound() == to.is_under_bound());
    const auto more = to.and_owner().and_guest_svn().and_chip();
    CHECK(request_for(more, basis)->is_under_bound() == to.is_under_bound());
  }
}

TEST_CASE("what SEV-SNP does not mix into keys is refused, not left out", "[kdf][snp]") {
  const failure none{errc::unsupported_format, 8, part::key_request};
  CHECK(request_for(enough.and_configuration(), basis).error() == none);
  for (unsigned n = 0; n < 5; ++n) CHECK(request_for(enough.and_runtime_measurements({n}), basis).error() == none);
  CHECK(request_for(enough.and_runtime_measurements({}), basis));
}

TEST_CASE("a basis from the host's own report is refused", "[kdf][snp]") {
  for (const std::uint32_t vmpl : {4u, 0xFFFFFFFFu}) {
    CHECK(request_for(enough, key_basis{{}, vmpl, 0}).error() == failure{errc::bad_value, 16, part::key_request});
  }
}

}  // namespace test_snp_binding
