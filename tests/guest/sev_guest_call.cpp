// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/sev_guest_call.hpp>

#include "support/catch.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace test_sev_guest_call {

using namespace unitee;
using guest::detail::call_sev_guest;
using guest::detail::derived_key_in;
using guest::detail::report_in;
using guest::detail::report_response;
using guest::detail::sev_guest_failure;

namespace {

failure refusal(errc code, std::uint64_t offset) { return {code, offset, part::sev_guest}; }

// A response with the sample report: its status is 0, its size 1184 = 0x4A0.
report_response good_response() {
  report_response out{};
  out[4] = 0xA0;
  out[5] = 0x04;
  std::ranges::copy(test::sample_report(3), out.begin() + 32);
  return out;
}

snp::report_data asked() { return snp::report::parse(test::sample_report(3))->report_data(); }

secret<64> key_response(std::uint8_t status, std::uint8_t first, std::uint8_t step) {
  return secret<64>::made_by([=](byte_span out) {
    out[0] = status;
    for (std::size_t i = 0; i < 32; ++i) out[32 + i] = static_cast<std::uint8_t>(first + i * step);
  });
}

}  // namespace

TEST_CASE("errno and both error words say together who refused", "[guest][sev_guest_call]") {
  struct expectation {
    int error;
    std::uint32_t fw_error;
    std::uint32_t vmm_error;
    failure says;
  };
  for (const auto& [error, fw_error, vmm_error, says] :
       {expectation{ENOTTY, 0xFF, 0, refusal(errc::channel_lost, ENOTTY)},
        {ENOTTY, 0x16, 3, refusal(errc::channel_lost, ENOTTY)},
        {EINVAL, 0xFF, 0, refusal(errc::io_error, EINVAL)},
        {EFAULT, 0x16, 3, refusal(errc::io_error, EFAULT)},
        {ENOMEM, 0, 0, refusal(errc::io_error, ENOMEM)},
        {EIO, 0xFF, 0, refusal(errc::no_answer, EIO)},
        {EIO, 0xFF, 3, refusal(errc::host_error, 3)},
        {EIO, 0x16, 0x80000000, refusal(errc::host_error, 0x80000000)},
        {EIO, 0, 0xFFFFFFFF, refusal(errc::host_error, 0xFFFFFFFF)},
        {EIO, 0x100, 0, refusal(errc::firmware_error, 0x100)},
        {EIO, 0xFFFFFFFF, 0, refusal(errc::firmware_error, 0xFFFFFFFF)},
        {EIO, 0, 0, refusal(errc::io_error, EIO)}}) {
    CHECK(sev_guest_failure(error, fw_error, vmm_error) == says);
  }
  for (std::uint32_t status = 1; status < 0xFF; ++status) {
    CHECK(sev_guest_failure(EIO, status, 0) == refusal(errc::firmware_error, status));
  }
}

TEST_CASE("a file that is not the device has no channel", "[guest][sev_guest_call]") {
  const posix::descriptor null = posix::open_file("/dev/null", O_RDWR);
  std::array<std::uint8_t, 96> request{};
  report_response response{};
  CHECK(call_sev_guest(null.get(), snp::guest_command::get_report, request, response, time_limit{1000}).error() ==
        refusal(errc::channel_lost, ENOTTY));
  CHECK(call_sev_guest(-1, snp::guest_command::get_report, request, response, time_limit{1000}).error() ==
        refusal(errc::io_error, EBADF));
}

TEST_CASE("a response holds the report that was asked for", "[guest][sev_guest_call]") {
  const auto report = report_in(good_response(), asked());
  REQUIRE(report);
  CHECK(equal(report->bytes(), test::sample_report(3)));
}

TEST_CASE("a response with a status, another size or another report is refused", "[guest][sev_guest_call]") {
  for (const std::uint8_t status : std::to_array<std::uint8_t>({0x01, 0x16, 0x27, 0xFF})) {
    report_response response = good_response();
    response[0] = status;
    response[4] = 0;  // the status comes first
    CHECK(report_in(response, asked()).error() == refusal(errc::firmware_error, status));
  }
  for (const unsigned size : {0U, 1U, 1183U, 1185U, 3968U, 0xFFFFU}) {
    report_response response = good_response();
    response[4] = static_cast<std::uint8_t>(size);
    response[5] = static_cast<std::uint8_t>(size >> 8);
    CHECK(report_in(response, asked()).error() == refusal(errc::bad_length, 4));
  }
  report_response response = good_response();
  response[32] = 9;  // the version
  CHECK(report_in(response, asked()).error() == failure{errc::unsupported_version, 0, part::report});
  for (std::size_t i = 0; i < 64; ++i) {
    snp::report_data other = asked();
    other.value[i] ^= 0x10;
    CHECK(report_in(good_response(), other).error() == failure{errc::binding_mismatch, 0x50, part::report});
  }
}

TEST_CASE("a response holds a key where its status is 0", "[guest][sev_guest_call]") {
  const auto key = derived_key_in(key_response(0, 0x40, 3));
  REQUIRE(key);
  for (std::size_t i = 0; i < 32; ++i) CHECK(key->expose()[i] == static_cast<std::uint8_t>(0x40 + 3 * i));
}

TEST_CASE("a refusal is never a key, nor are zeros", "[guest][sev_guest_call]") {
  for (const std::uint8_t status : std::to_array<std::uint8_t>({0x01, 0x16, 0x27, 0xFF})) {
    const failure denied{errc::key_denied, status, part::key_request};
    CHECK(derived_key_in(key_response(status, 0, 0)).error() == denied);
    CHECK(derived_key_in(key_response(status, 0x40, 3)).error() == denied);
  }
  CHECK(derived_key_in(key_response(0, 0, 0)).error() == failure{errc::zero_key, 0, part::key_request});
}

}  // namespace test_sev_guest_call
