// SPDX-License-Identifier: Apache-2.0
#include <unitee/any_guest.hpp>

#include "support/catch.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace test_any_guest {

using namespace unitee;

namespace {

constexpr failure absent{errc::interface_absent, 2, part::sev_guest};
constexpr failure also_absent{errc::interface_absent, 6, part::tsm_report};
constexpr failure denied{errc::io_error, 13, part::tdx_guest};
constexpr failure other_vendor{errc::provider_mismatch, 0, part::tsm_report};

// fake<N> is a backend that opens as the test says. It remembers how often somebody tried.
template <int N>
struct fake {
  static inline std::optional<failure> why;
  static inline int opened = 0;
  static constexpr std::array<std::string_view, 4> names{"zero", "one", "two", "three"};
  static constexpr std::string_view name = names[N];

  static result<fake> open() {
    ++opened;
    if (why) return *why;
    return fake();
  }
};

// snp_fake gives a certificate table with its report, td_fake a quote that is the data itself.
struct snp_fake : fake<0> {
  static result<snp_fake> open() {
    const auto there = fake<0>::open();
    if (!there) return there.error();
    return snp_fake();
  }
  result<snp::report> attest(const snp::report_data&) const { return failure{errc::no_answer, 0, part::sev_guest}; }
  result<guest::attestation> attest_with_certificates(const snp::report_data& data) const {
    return guest::attestation::of(data.value, std::array<std::uint8_t, 2>{1, 2});
  }
};
struct td_fake : fake<1> {
  static result<td_fake> open() {
    const auto there = fake<1>::open();
    if (!there) return there.error();
    return td_fake();
  }
  result<std::vector<std::uint8_t>> attest(const tdx::report_data& data) {
    ++asked;
    return std::vector<std::uint8_t>(data.value.begin(), data.value.end());
  }
  int asked = 0;
};

using guests = any_guest<snp_fake, td_fake>;

void stage(std::optional<failure> snp, std::optional<failure> td) {
  snp_fake::why = snp;
  td_fake::why = td;
  snp_fake::opened = td_fake::opened = 0;
}

report_data counting() {
  report_data out;
  for (std::size_t i = 0; i < out.size(); ++i) out.value[i] = static_cast<std::uint8_t>(i);
  return out;
}

struct nameless {
  static result<nameless> open();
  result<snp::report> attest(const snp::report_data&);
};
struct always_there {
  static constexpr std::string_view name = "always there";
  result<snp::report> attest(const snp::report_data&);
};
struct opens_another {
  static constexpr std::string_view name = "another";
  static result<always_there> open();
  result<snp::report> attest(const snp::report_data&);
};
struct without_evidence {
  [[maybe_unused]] static constexpr std::string_view name = "without evidence";  // the concept fails before it looks
  static result<without_evidence> open();
};

template <class... Backends>
concept any_of = requires {
  typename any_guest<Backends...>;
};

}  // namespace

static_assert(guest::either_attester<const any_guest<snp_fake>>);  // where all of the backends are const, it is, too
static_assert(!guest::either_attester<const guests> && guest::either_attester<guests>);
static_assert(openable<snp_fake> && openable<td_fake> && !openable<nameless> && !openable<always_there> &&
              !openable<opens_another> && !openable<without_evidence>);
static_assert(guest::attester<guests> && guest::either_attester<guests> && !guest::snp_attester<guests> &&
              !guest::tdx_attester<guests>);
static_assert(std::same_as<decltype(guests::search::absent), std::array<std::optional<guests::absence>, 2>>);

TEST_CASE("the first backend that is there is taken, and no later one is tried", "[any_guest]") {
  stage({}, {});
  const auto found = guests::look();
  REQUIRE(found.guest);
  CHECK(found.guest->name() == "zero");
  CHECK(!found.absent[0]);
  CHECK(!found.absent[1]);
  CHECK(snp_fake::opened == 1);
  CHECK(td_fake::opened == 0);

  CHECK(any_guest<td_fake, snp_fake>::open()->name() == "one");
}

TEST_CASE("each backend that is absent has its reason, and the next one is taken", "[any_guest]") {
  stage(denied, {});
  const auto found = guests::look();
  REQUIRE(found.guest);
  CHECK(found.guest->name() == "one");
  REQUIRE(found.absent[0]);
  CHECK(found.absent[0]->backend == "zero");
  CHECK(found.absent[0]->why == denied);
  CHECK(!found.absent[1]);
  CHECK(guests::open()->name() == "one");
}

TEST_CASE("when all are absent, each is tried once and says why", "[any_guest]") {
  stage(absent, other_vendor);
  const auto found = guests::look();
  CHECK(!found.guest);
  REQUIRE(found.absent[0]);
  REQUIRE(found.absent[1]);
  CHECK(found.absent[0]->backend == "zero");
  CHECK(found.absent[0]->why == absent);
  CHECK(found.absent[1]->backend == "one");
  CHECK(found.absent[1]->why == other_vendor);
  CHECK(snp_fake::opened == 1);
  CHECK(td_fake::opened == 1);
}

TEST_CASE("open gives the first failure that is more than an absent interface, or else the first", "[any_guest]") {
  const auto failure_of = [](failure snp, failure td) {
    stage(snp, td);
    return guests::open().error();
  };
  CHECK(failure_of(absent, also_absent) == absent);
  CHECK(failure_of(also_absent, absent) == also_absent);
  CHECK(failure_of(absent, denied) == denied);
  CHECK(failure_of(denied, absent) == denied);
  CHECK(failure_of(other_vendor, denied) == other_vendor);
}

TEST_CASE("attest is evidence of the vendor that the machine is of", "[any_guest]") {
  const report_data data = counting();
  const std::vector<std::uint8_t> bytes(data.value.begin(), data.value.end());

  stage({}, absent);
  const auto report = guests::open()->attest(data);
  REQUIRE(report);
  CHECK(report->evidence == bytes);
  CHECK(report->certificates == std::vector<std::uint8_t>{1, 2});

  stage(absent, {});
  auto td = guests::open();
  const auto quote = td->attest(data);
  REQUIRE(quote);
  CHECK(quote->evidence == bytes);
  CHECK(quote->certificates.empty());
  CHECK(guest::attest(*td, data)->evidence == bytes);
  CHECK(td->visit([]<class Backend>(Backend& backend) {
    if constexpr (requires { backend.asked; }) return backend.asked;
    return -1;
  }) == 2);  // the backend itself, not a copy
}

TEST_CASE("a guest that moves keeps its backend", "[any_guest]") {
  stage(absent, {});
  auto found = guests::look();
  guests taken = std::move(*found.guest);
  const guests& seen = taken;
  CHECK(seen.name() == "one");
  CHECK(seen.visit([](const auto& backend) { return std::string(backend.name); }) == "one");
  CHECK(taken.attest({}));
}

}  // namespace test_any_guest
