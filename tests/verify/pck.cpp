// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/pck.hpp>

#include "support/forged_intel.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_pck {

using namespace unitee;
using namespace unitee::test;

namespace {

failure in_pck(errc code) { return {code, 0, part::pck}; }

const tdx::pck_extension& said() { return simulated_tdx_platform().get().pck_extension; }

tdx::pck own_pck() { return need(tdx::pck::parse(simulated_tdx_platform().get().pck)); }

// saying is why there is no PCK certificate with this extension.
std::optional<failure> saying(const octets& extension) {
  auto link = pck_link();
  link.pck_extension = extension;
  return why_not(tdx::pck::parse(link.issue()));
}

// asked is what a quote by the simulated platform would ask for, with the PPID in clear.
tdx::pck_identifier asked() { return {said().ppid.view(), said().cpusvn, said().pcesvn, 0}; }

}  // namespace

TEST_CASE("a PCK certificate says what its platform is, and which key it has", "[verify][pck]") {
  const auto pck = own_pck();
  CHECK(pck.cert() == simulated_tdx_platform().get().pck);
  CHECK(pck.extension() == said());
  const auto message = octets{1, 2, 3};
  CHECK(pck.key().verify(message, need(simulated_tdx_platform().get().pck_key.sign_p256(message)).value));
  CHECK(need(tdx::pck::parse(pck_link().issue())).extension() == said());
  // One by the Processor CA says less.
  auto by_processor = said();
  by_processor.platform_instance_id.reset();
  by_processor.configuration.reset();
  auto link = pck_link();
  link.pck_extension = guest::detail::encode_pck_extension(by_processor);
  CHECK(need(tdx::pck::parse(link.issue())).extension() == by_processor);
}

TEST_CASE("a certificate that is no PCK certificate is refused", "[verify][pck]") {
  const auto& own = simulated_tdx_platform().get();
  for (const certificate& other : {own.root, own.ca, own.tcb_signing}) {
    CHECK(why_not(tdx::pck::parse(other)) == in_pck(errc::name_mismatch));
  }
  for (const char* name : {"Intel SGX PCK Certificat", "Intel SGX PCK Certificate ", "intel SGX PCK Certificate"}) {
    auto link = pck_link();
    link.subject = name;
    CHECK(why_not(tdx::pck::parse(link.issue())) == in_pck(errc::name_mismatch));
  }
  auto link = pck_link();
  link.key = &ec_key<p384>();
  CHECK(why_not(tdx::pck::parse(link.issue())) == in_pck(errc::certificate_unfit));
}

TEST_CASE("a PCK certificate has the extension once", "[verify][pck]") {
  CHECK(saying({}) == in_pck(errc::extension_missing));
  auto link = pck_link();
  const octets value = link.pck_extension;
  link.pck_extension.clear();
  const std::array both{raw_extension{tdx::pck_extension_oid, value}, raw_extension{tdx::pck_extension_oid, value}};
  link.request.extensions = both;
  CHECK(why_not(tdx::pck::parse(link.issue())) == in_pck(errc::duplicate));
}

TEST_CASE("what is wrong with the extension keeps its kind", "[verify][pck]") {
  const octets good = guest::detail::encode_pck_extension(said());
  CHECK_FALSE(saying(good));
  CHECK(saying({0x30}) == in_pck(errc::truncated));
  CHECK(saying({0x31, 0x00}) == in_pck(errc::bad_encoding));
  CHECK(saying({0x30, 0x00}) == in_pck(errc::missing));
  octets longer = good;
  longer.push_back(0);
  CHECK(saying(longer) == in_pck(errc::trailing_data));
  octets other_arc = good;  // 30 82 xx xx, 30 1E, 06 0A, then the arcs of the PPID
  other_arc.at(4 + 2 + 2 + 9) = 9;
  CHECK(saying(other_arc) == in_pck(errc::unsupported_format));
  other_arc.at(4 + 2 + 2 + 9) = 3;
  CHECK(saying(other_arc) == in_pck(errc::bad_length));
}

TEST_CASE("a PCK certificate is the one that a quote asks for when all that is in clear agrees", "[verify][pck]") {
  const auto pck = own_pck();
  CHECK(said().pceid == tdx::pce_id{});
  CHECK(pck.matches(asked()));
  for (std::size_t i = 0; i < 16; ++i) {
    auto other = asked();
    other.cpusvn.value[i] ^= 1;
    CHECK_FALSE(pck.matches(other));
    auto ppid = said().ppid;
    ppid.value[i] ^= 0x80;
    other = asked();
    other.ppid = ppid.view();
    CHECK_FALSE(pck.matches(other));
  }
  for (const int step : {-1, 1}) {
    auto other = asked();
    other.pcesvn = static_cast<std::uint16_t>(other.pcesvn + step);
    CHECK_FALSE(pck.matches(other));
  }
  // A PPID that is encrypted can be anybody's.
  for (const std::size_t size : {256u, 384u}) {
    const octets encrypted(size, 0x77);
    auto other = asked();
    other.ppid = encrypted;
    CHECK(pck.matches(other));
    other.cpusvn.value[0] ^= 1;
    CHECK_FALSE(pck.matches(other));
  }
}

TEST_CASE("a PCE-ID is the number that its bytes are in little-endian order", "[verify][pck]") {
  auto extension = said();
  extension.pceid.value = {0x34, 0x12};
  auto link = pck_link();
  link.pck_extension = guest::detail::encode_pck_extension(extension);
  const auto pck = need(tdx::pck::parse(link.issue()));
  for (std::uint32_t id = 0; id < 0x10000; ++id) {
    auto wanted = asked();
    wanted.pceid = static_cast<std::uint16_t>(id);
    if (pck.matches(wanted) != (id == 0x1234)) FAIL(id);
  }
}

}  // namespace test_pck
