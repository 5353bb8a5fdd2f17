// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_snp_guest.hpp>

#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/verdicts.hpp"

#include <unitee/any_guest.hpp>
#include <unitee/kdf/derive.hpp>

#include <filesystem>
#include <string>
#include <utility>

#include <time.h>

namespace test_simulated_snp_guest {

using namespace unitee;
using namespace unitee::test;
using guest::insecure_simulated_snp_guest;

static_assert(openable<insecure_simulated_snp_guest> && insecure_simulated_snp_guest::is_simulated);

namespace {

// stored is a directory with the shared platform in it: a new one takes seconds to make.
struct stored {
  folder directory;
  std::string path = directory / "state";

  stored() { need(guest::simulated_store(path).save(simulated_platform())); }
};

secret<32> key_of(const insecure_simulated_snp_guest& of) { return need(derive_key(of, {.purpose = "a purpose"})).key; }

}  // namespace

TEST_CASE("a simulated guest is on the machine of its directory, and its keys come back", "[guest][simulated]") {
  const stored at;
  const auto one = need(insecure_simulated_snp_guest::open(at.path));
  const auto two = need(insecure_simulated_snp_guest::open(at.path));
  CHECK(one.machine().get().chip_id == simulated_platform().get().chip_id);
  CHECK(key_of(one) == key_of(two));
  simulated_launch other;
  other.measurement.value.fill(7);
  CHECK(!(key_of(one) == key_of(need(insecure_simulated_snp_guest::open(at.path, other)))));
}

TEST_CASE("its evidence is genuine by its machine's root, with the certificates beside it", "[guest][simulated]") {
  const stored at;
  const auto guest = need(insecure_simulated_snp_guest::open(at.path));
  snp::report_data data;
  data.value.fill(9);
  const auto made = need(guest.attest_with_certificates(data));
  const auto report = need(snp::report::parse(made.evidence));
  CHECK(report.report_data() == data);
  CHECK(report.measurement() == need(guest::simulated_measurement({})));
  CHECK(judged(guest.machine(), report));
  endorsements given;
  need(given.add(made.certificates));
  CHECK(snp::verify(report, given, simulated_now, anchors_of(guest.machine())));
  CHECK(need(guest.attest(data)).report_data() == data);
}

TEST_CASE("a simulated guest keeps its machine when it is copied and moved", "[guest][simulated]") {
  const stored at;
  auto guest = need(insecure_simulated_snp_guest::open(at.path));
  const auto key = key_of(guest);
  const auto copy = guest;
  const auto moved = std::move(guest);
  CHECK(key_of(copy) == key);
  CHECK(key_of(moved) == key);
  CHECK(&copy.machine() == &moved.machine());
}

TEST_CASE("a directory that has none gets a new machine of today, and only then", "[guest][simulated]") {
  const folder outer;
  const auto made = need(insecure_simulated_snp_guest::open(outer / "state"));
  const auto again = need(insecure_simulated_snp_guest::open(outer / "state"));
  CHECK(key_of(made) == key_of(again));
  CHECK(judged(again.machine(), need(made.attest({})), {::time(nullptr)}));
  CHECK(!judged(simulated_platform(), need(made.attest({}))));

  std::filesystem::resize_file(outer / "state/simulated-snp.pem", 0);
  CHECK(!insecure_simulated_snp_guest::open(outer / "state"));
  CHECK(file_bytes(outer / "state/simulated-snp.pem").empty());
}

}  // namespace test_simulated_snp_guest
