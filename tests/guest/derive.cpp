// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/derive.hpp>

#include "support/certificates.hpp"
#include "support/folder.hpp"
#include "support/key_backends.hpp"
#include "support/openssl.hpp"
#include "support/sample_quote.hpp"

#include <unitee/any_guest.hpp>
#include <unitee/guest/configfs_tdx_guest.hpp>
#include <unitee/guest/simulated_td_guest.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace test_derive {

using namespace unitee;
using namespace unitee::test;
using guest::insecure_simulated_td_guest;

namespace {

constexpr snp::tcb_version old_tcb{{3, 0, 0, 0, 0, 0, 20, 200}};
constexpr snp::tcb_version tcb = snp_backend::tcb;

constexpr key_binding binding{.purpose = "a purpose"};

}  // namespace

static_assert(guest::key_backend<snp_backend> && guest::key_backend<insecure_simulated_td_guest> &&
              guest::key_backend<any_guest<keyless, snp_backend>>);
static_assert(!guest::key_backend<keyless> && !guest::key_backend<guest::configfs_tdx_guest>);

TEST_CASE("a key of either vendor comes back by its record", "[guest][derive]") {
  auto amd = need(snp_backend::open());
  const auto on_amd = need(guest::derive(amd, binding));
  CHECK(on_amd.record.at(1) == 1);
  CHECK(need(guest::derive(amd, on_amd.record)) == on_amd.key);
  CHECK(need(derive_key(amd, binding)).key == on_amd.key);  // the same as by the floor below

  const folder state;
  auto intel = need(insecure_simulated_td_guest::open(state / "machine"));
  const auto on_intel = need(guest::derive(intel, binding));
  CHECK(on_intel.record.at(1) == 2);
  auto after_restart = need(insecure_simulated_td_guest::open(state / "machine"));
  CHECK(need(guest::derive(after_restart, on_intel.record)) == on_intel.key);
  CHECK(!(on_intel.key == on_amd.key));

  CHECK(guest::derive(amd, on_intel.record).error() == failure{errc::platform_mismatch, 1, part::key_record});
  CHECK(guest::derive(intel, on_amd.record).error() == failure{errc::platform_mismatch, 1, part::key_record});
}

TEST_CASE("seal keys are a source as any other", "[guest][derive]") {
  auto intel = need(insecure_simulated_td_guest::open());
  const auto keys = need(tdx::seal_keys::open(intel));
  const auto made = need(guest::derive(keys, binding));
  CHECK(need(guest::derive(intel, made.record)) == made.key);
}

namespace {

struct module_backend {
  static constexpr bool is_simulated = false;
  test::module_td td{};
  [[nodiscard]] result<secret<32>> seal_key(const tdx::key_request& request) const { return td.derive_key(request); }
  [[nodiscard]] result<tdx::td_report> td_report(const tdx::report_data&) const {
    return tdx::td_report::parse(sample_td_report(0).bytes());
  }
};

}  // namespace

TEST_CASE("seal keys say whether they are a simulation's", "[guest][derive]") {
  auto simulated = need(insecure_simulated_td_guest::open());
  CHECK(need(tdx::seal_keys::open(simulated)).simulated());
  module_backend real;
  const auto report = need(real.td_report({}));
  real.td.cpusvn = tdx::key_basis::of(report).cpusvn;
  real.td.tee_tcb_svn = tdx::key_basis::of(report).tee_tcb_svn;
  CHECK_FALSE(need(tdx::seal_keys::open(real)).simulated());
}

TEST_CASE("each vendor has its floor, and a record below it is refused", "[guest][derive]") {
  auto amd = need(snp_backend::open());
  CHECK(guest::derive(amd, binding, {.snp = {tcb}}));
  const failure too_low{errc::below_floor, 4 + 24, part::key_record};  // the boot loader's level
  amd.basis.committed_tcb = old_tcb;
  CHECK(guest::derive(amd, binding, {.snp = {tcb}}).error() == too_low);
  const auto old = need(guest::derive(amd, binding));
  CHECK(guest::derive(amd, old.record, {.snp = {tcb}}).error() == too_low);
  CHECK(guest::derive(amd, old.record, {.tdx = {{{9}}}}));  // the other vendor's floor is not for it

  auto intel = need(insecure_simulated_td_guest::open());
  CHECK(guest::derive(intel, binding, {.tdx = {{{0xFF}}}}).error().code == errc::below_floor);
}

TEST_CASE("a guest that is found at run time derives by what it is", "[guest][derive]") {
  auto amd = need(any_guest<snp_backend, keyless>::open());
  const auto made = need(guest::derive(amd, binding));
  CHECK(need(guest::derive(amd, made.record)) == made.key);
  auto none = need(any_guest<keyless, snp_backend>::open());
  const failure absent{errc::no_hardware_key, 0, part::key_request};
  CHECK(guest::derive(none, binding).error() == absent);
  CHECK(guest::derive(none, made.record).error() == absent);
}

TEST_CASE("a TD without seal keys has the module's answer", "[guest][derive]") {
  auto td = need(insecure_simulated_td_guest::open({}, {}));
  CHECK(guest::derive(td, binding).error().code == errc::key_denied);
}

TEST_CASE("a weak record from a stranger is refused", "[guest][derive]") {
  auto amd = need(snp_backend::open());
  const auto weak = need(guest::derive(
      amd, {.to = bound_to::measurement_even_where_the_host_may_debug(), .purpose = "a purpose", .context = {}}));
  CHECK(guest::derive(amd, weak.record).error() == failure{errc::weak_binding, 4 + 8, part::key_record});
}

}  // namespace test_derive
