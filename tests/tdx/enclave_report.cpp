// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/enclave_report.hpp>

#include "support/catch.hpp"
#include "support/fields.hpp"
#include "support/sample_quote.hpp"

#include <cstddef>
#include <string>

namespace test_enclave_report {

using namespace unitee;

namespace {

constexpr test::sample body = [] {
  test::sample out;
  test::append_enclave_body(out, 0x50);
  return out;
}();
static_assert(body.size == 384);

constexpr tdx::enclave_report report(body.bytes().first<384>());
static_assert(report.bytes().data() == body.storage.data());
static_assert(report.cpusvn().value == test::run<16>(0x50));
static_assert(report.miscselect() == 0x4d495393);
static_assert(report.isvextprodid().value == test::run<16>(0x56));
static_assert(equal(report.attributes().view(), body.bytes().subspan<48, 16>()));
static_assert(report.flags() == tdx::enclave_flags{0x15});
static_assert(report.xfrm() == 0xE7 + 0x50);
static_assert(report.mrenclave().value == test::run<32>(0x59));
static_assert(report.mrsigner().value == test::run<32>(0x5F));
static_assert(report.configid().value == test::run<64>(0x65));
static_assert(report.isvprodid() == 0x1051);
static_assert(report.isvsvn() == 0x2052);
static_assert(report.configsvn() == 0x3053);
static_assert(report.isvfamilyid().value == test::run<16>(0x6B));
static_assert(report.reportdata().value == test::run<64>(0x6E));

}  // namespace

TEST_CASE("the fields of an enclave report are visited in order and cover every byte", "[tdx][enclave_report]") {
  std::size_t end = 0;
  std::string hex;
  for (const auto& field : test::fields(report)) {
    CHECK(field.offset == end);
    end += field.size;
    hex += field.hex;
  }
  CHECK(end == 384);
  CHECK(hex == test::hex_of(body.bytes()));
  CHECK(test::fields(report).size() == 16);
}

TEST_CASE("flags and XFRM are the halves of ATTRIBUTES", "[tdx][enclave_report]") {
  const auto hex = test::hex_of(report.attributes().value);
  CHECK(hex == test::stored_hex(report.flags().value) + test::stored_hex(report.xfrm()));
  CHECK(report.flags().has(tdx::enclave_flags::init));
  CHECK(!report.flags().has(tdx::enclave_flags::debug));
}

}  // namespace test_enclave_report
