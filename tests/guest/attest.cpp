// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/attest.hpp>

#include "support/catch.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace test_attest {

using namespace unitee;
using octets = std::vector<std::uint8_t>;

namespace {

constexpr failure refusal{errc::host_busy, 7, part::sev_guest};

// backend is what all four have: the data that they were asked about, and a failure when the test wants one.
struct backend {
  octets asked;
  bool refuses = false;

  template <class Data, class Answer>
  auto answer(const Data& data, Answer make) -> result<decltype(make())> {
    asked.assign(data.value.begin(), data.value.end());
    if (refuses) return refusal;
    return make();
  }
};

snp::report sample() { return *snp::report::parse(test::sample_report()); }

struct snp_only : backend {
  result<snp::report> attest(const snp::report_data& data) { return answer(data, sample); }
};
struct snp_with_certificates : backend {
  result<snp::report> attest(const snp::report_data&) { return failure{errc::no_answer}; }  // and is not asked
  result<guest::attestation> attest_with_certificates(const snp::report_data& data) {
    return answer(data, [] { return guest::attestation{{1}, {2}, {3}}; });
  }
};
struct tdx_only : backend {
  result<octets> attest(const tdx::report_data& data) {
    return answer(data, [] { return octets{4, 5, 6}; });
  }
};
struct either : backend {
  result<guest::attestation> attest(const report_data& data) {
    return answer(data, [] { return guest::attestation{{7}, {8}, {}}; });
  }
};

// snp_with_bad_host gives a report, and no certificates for one reason or another.
struct snp_with_bad_host {
  failure why;
  result<snp::report> attest(const snp::report_data&) const { return sample(); }
  result<guest::attestation> attest_with_certificates(const snp::report_data&) const { return why; }
};

// attested asks about 64 different bytes, which must arrive as they are, and then sees that the failure does.
template <class Backend>
guest::attestation attested() {
  Backend from;
  report_data data;
  for (std::uint8_t i = 0; i < 64; ++i) data.value[i] = i;
  const auto made = guest::attest(from, data);
  CHECK(std::ranges::equal(from.asked, data.value));
  from.refuses = true;
  CHECK(guest::attest(from, data).error() == refusal);
  REQUIRE(made);
  return *made;
}

}  // namespace

TEST_CASE("a report is evidence, and the certificates come with it where the backend has them", "[guest][attest]") {
  const auto plain = attested<snp_only>();
  CHECK(std::ranges::equal(plain.evidence, test::sample_report()));
  CHECK(plain.certificates.empty());
  const auto with = attested<snp_with_certificates>();
  CHECK(with.evidence == octets{1});
  CHECK(with.certificates == octets{2});
  CHECK(with.manifest == octets{3});
}

TEST_CASE("a quote is evidence as it is", "[guest][attest]") {
  const auto quote = attested<tdx_only>();
  CHECK(quote.evidence == octets{4, 5, 6});
  CHECK(quote.certificates.empty());
  CHECK(quote.manifest.empty());
}

TEST_CASE("a backend that knows its vendor answers for itself", "[guest][attest]") {
  const auto made = attested<either>();
  CHECK(made.evidence == octets{7});
  CHECK(made.certificates == octets{8});
}

TEST_CASE("a host that hands out what is no certificate table does not keep a guest from attesting", "[guest]") {
  for (const failure& why : {failure{errc::certificates_too_large, 0x5000, part::sev_guest},
                             failure{errc::bad_length, 16, part::certificate_table}}) {
    const snp_with_bad_host from{why};
    const auto made = guest::attest(from, {});
    REQUIRE(made);
    CHECK(std::ranges::equal(made->evidence, sample().bytes()));
    CHECK(made->certificates.empty());
  }
  const snp_with_bad_host dead{{errc::channel_lost, 25, part::sev_guest}};
  CHECK(guest::attest(dead, {}).error() == dead.why);
}

}  // namespace test_attest
