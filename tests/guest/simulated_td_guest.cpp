// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_td_guest.hpp>

#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/simulated_tdx.hpp"

#include <unitee/any_guest.hpp>
#include <unitee/kdf/derive.hpp>
#include <unitee/tdx/quote.hpp>

#include <filesystem>
#include <string>
#include <utility>

namespace test_simulated_td_guest {

using namespace unitee;
using namespace unitee::test;
using guest::insecure_simulated_td_guest;

static_assert(openable<insecure_simulated_td_guest> && insecure_simulated_td_guest::is_simulated);
static_assert(!hardware_key_source<insecure_simulated_td_guest>);  // but for the seal keys that it may have

namespace {

secret<32> key_of(const insecure_simulated_td_guest& of) {
  const auto keys = need(tdx::seal_keys::open(of));
  return need(derive_key(keys, {.purpose = "a purpose"})).key;
}

}  // namespace

TEST_CASE("a simulated TD is on the machine of its directory, made if there is none, and its keys come back",
          "[guest][simulated]") {
  const folder outer;
  const auto one = need(insecure_simulated_td_guest::open(outer / "state"));
  const auto two = need(insecure_simulated_td_guest::open(outer / "state"));
  CHECK(key_of(one) == key_of(two));
  guest::simulated_td_launch other{.sealing = true};
  other.mrtd.value.fill(7);
  CHECK(!(key_of(one) == key_of(need(insecure_simulated_td_guest::open(outer / "state", other)))));
  CHECK(!(key_of(one) == key_of(need(insecure_simulated_td_guest::open(outer / "other")))));

  std::filesystem::resize_file(outer / "state/simulated-tdx.pem", 0);
  CHECK(!insecure_simulated_td_guest::open(outer / "state"));
  CHECK(file_bytes(outer / "state/simulated-tdx.pem").empty());
}

TEST_CASE("without a directory a simulated TD has a machine that nobody has again", "[guest][simulated]") {
  const auto one = need(insecure_simulated_td_guest::open());
  const auto two = need(insecure_simulated_td_guest::open());
  CHECK(!(key_of(one) == key_of(two)));
}

TEST_CASE("the quote and the TD report are about the data", "[guest][simulated]") {
  const auto guest = need(insecure_simulated_td_guest::open());
  const auto data = counted_report_data();
  CHECK(need(guest.td_report(data)).reportdata() == data);
  const auto quote = need(guest.attest(data));
  CHECK(need(tdx::quote::parse(quote)).td()->reportdata() == data);
}

TEST_CASE("its registers are extended as the kernel's are, and attested", "[guest][simulated]") {
  auto guest = need(insecure_simulated_td_guest::open());
  tdx::measurement digest;
  digest.value.fill(3);
  CHECK(need(guest.rtmr(3)).is_zero());
  need(guest.extend_rtmr(3, digest));
  // python3 -c "import hashlib; print(hashlib.sha384(bytes(48) + bytes([3]) * 48).hexdigest())"
  CHECK(hex_of(need(guest.rtmr(3)).value) ==
        "a99c07d62c77f42baa0b4b4781ef7c1bb1985120f6d1770cd01cd96dabc4bdc57f4b6fe2851ce85520dd3b368ef2d088");
  CHECK(need(guest.rtmr(2)).is_zero());
  CHECK(need(guest.td_report({})).rtmr3() == need(guest.rtmr(3)));
  CHECK(guest.extend_rtmr(4, digest).error() == failure{errc::bad_value, 4, part::rtmr});
  CHECK(guest.rtmr(4).error() == failure{errc::bad_value, 4, part::rtmr});
}

TEST_CASE("a TD whose module has no sealing has no seal keys", "[guest][simulated]") {
  const auto guest = need(insecure_simulated_td_guest::open({}, {.sealing = false}));
  const auto keys = tdx::seal_keys::open(guest);
  CHECK(keys.error() == failure{errc::key_denied, 0xC000010000000000, part::seal_key});
}

TEST_CASE("a simulated TD keeps its machine when it is copied and moved", "[guest][simulated]") {
  auto guest = need(insecure_simulated_td_guest::open());
  const auto key = key_of(guest);
  const auto copy = guest;
  const auto moved = std::move(guest);
  CHECK(key_of(copy) == key);
  CHECK(key_of(moved) == key);
  CHECK(&copy.machine() == &moved.machine());
}

}  // namespace test_simulated_td_guest
