// SPDX-License-Identifier: Apache-2.0
#include <unitee/format.hpp>

#include <unitee/crypto/secret.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/report.hpp>

#include "support/catch.hpp"

#include <cerrno>
#include <cstring>
#include <set>
#include <string>

namespace test_format {

using namespace unitee;

namespace {

// is_formattable: fmt's trait of that name has another header in every version.
template <class T>
concept formattable = std::is_default_constructible_v<fmt::formatter<T>>;

}  // namespace

static_assert(formattable<failure> && formattable<snp::measurement> && formattable<hex_view> && formattable<guid> &&
              formattable<utc_time>);
static_assert(!formattable<secret<32>> && !formattable<secret<64>>);

TEST_CASE("bytes print as lower-case digits", "[format]") {
  constexpr std::uint8_t bytes[] = {0x00, 0x0A, 0xFF};
  CHECK(fmt::format("{}", hex_view{bytes}) == "000aff");
  CHECK(fmt::format("[{}]", hex_view{}) == "[]");
  snp::measurement all;
  for (std::size_t i = 0; i < 48; ++i) all.value[i] = static_cast<std::uint8_t>(i);
  CHECK(fmt::format("{}", all) ==
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f");
  CHECK(fmt::format("{}", fixed_bytes<2>{{0xDE, 0xAD}}) == "dead");
}

TEST_CASE("a GUID prints as text, a version with dots, a time as RFC 3339", "[format]") {
  CHECK(fmt::format("{}", snp::table_guid::vcek) == "63da758d-e664-4564-adc5-f4b93be8accd");
  CHECK(fmt::format("{}", snp::firmware_version{1, 58, 3}) == "1.58.3");
  CHECK(fmt::format("{}", snp::firmware_version{0, 0, 255}) == "0.0.255");
  CHECK(fmt::format("{}", utc_time{0}) == "1970-01-01T00:00:00Z");
  CHECK(fmt::format("{}", utc_time{1772323200}) == "2026-03-01T00:00:00Z");
  CHECK(fmt::format("{}", utc_time{-1}) == "-1 s");
  CHECK(fmt::format("{}", utc_time{253402300800}) == "253402300800 s");
}

TEST_CASE("a failure prints where, and what", "[format]") {
  const auto text = [](failure why) { return fmt::format("{}", why); };
  CHECK(text({errc::reserved_not_zero, 0x188, part::report}) ==
        "attestation report, offset 0x188: a reserved byte is not zero");
  CHECK(text({errc::truncated, 0}) == "input, offset 0x0: the input ends too early");
  CHECK(text({errc::missing, 0, part::intermediate}) == "intermediate certificate: an endorsement is missing");
  CHECK(text({errc::expired, 2, part::crl}) == "CRL, offset 0x2: validity has ended at the given time");
  CHECK(text({errc::policy_not_met, 3, part::policy}) == "the appraisal policy is not met (check 3)");
  CHECK(text({errc::no_space, 48}) == "the output does not fit into 48 bytes");
  CHECK(text({errc::io_error, ENOENT}) == std::strerror(ENOENT));
  CHECK(text({errc::unsupported_version, 0, part::quote}).starts_with("quote: "));
}

TEST_CASE("a firmware's status prints with its meaning, another number as it is", "[format]") {
  const auto text = [](failure why) { return fmt::format("{}", why); };
  CHECK(text({errc::key_denied, 0x16, part::key_request}) ==
        "the firmware refused to derive the key (status 0x16, invalid parameter)");
  CHECK(text({errc::launch_denied, 0x0B, part::launch}) ==
        "the firmware refused to launch the guest (status 0xb, bad measurement)");
  CHECK(text({errc::firmware_error, 0x27, part::sev_guest}) ==
        "the SEV firmware answered with an error (status 0x27, key invalid, absent or not allowed)");
  CHECK(text({errc::firmware_error, 0xFFFF, part::sev_guest}) ==
        "the SEV firmware answered with an error (status 0xffff, unassigned)");
  // What a TDX module answers has nothing to do with SEV firmware.
  CHECK(text({errc::key_denied, 0xC000010000000016, part::seal_key}) ==
        "the firmware refused to derive the key (TDCALL status 0xc000010000000016)");
  CHECK(text({errc::module_error, 0x16, part::seal_key}) ==
        "the TDX module answered with an error (TDCALL status 0x16)");
  CHECK(text({errc::host_error, 0x80000003, part::sev_guest}) == "the host answered with an error (0x80000003)");
  CHECK(text({errc::service_error, 0x12001, part::quote_service}) ==
        "the quote service answered with an error (0x12001)");
}

TEST_CASE("a failure of a guest interface prints the interface, the reason, the limit", "[format]") {
  const auto text = [](failure why) { return fmt::format("{}", why); };
  CHECK(text({errc::io_error, EACCES, part::sev_guest}) == "/dev/sev-guest: Permission denied");
  CHECK(text({errc::io_error, EFBIG, part::tsm_report}) == "configfs-tsm: File too large");
  CHECK(text({errc::io_error, EIO, part::rtmr}) == "RTMR interface: Input/output error");
  CHECK(text({errc::io_error, EACCES, part::policy}) == "Permission denied");
  CHECK(text({errc::io_error, EACCES, part::firmware_image}) == "Permission denied");
  CHECK(text({errc::interface_absent, ENOENT, part::tdx_guest}) ==
        "/dev/tdx_guest: the kernel does not offer the interface (No such file or directory)");
  CHECK(text({errc::interface_absent, 0, part::tdx_guest}) ==
        "/dev/tdx_guest: the kernel does not offer the interface");
  CHECK(text({errc::no_answer, EIO, part::sev_guest}) ==
        "/dev/sev-guest: neither firmware nor host answered (Input/output error)");
  CHECK(text({errc::channel_lost, ENOTTY, part::sev_guest}) ==
        "/dev/sev-guest: the kernel has no key to talk to the firmware; only a reboot brings it back "
        "(Inappropriate ioctl for device)");
  CHECK(text({errc::timed_out, 120000, part::tsm_report}) ==
        "configfs-tsm: there was no answer within the time limit (120000 ms)");
  CHECK(text({errc::host_busy, 500, part::sev_guest}) ==
        "/dev/sev-guest: the host throttled the request until the time limit (500 ms)");
  CHECK(text({errc::entry_taken, 8, part::tsm_report}) ==
        "configfs-tsm: every name for a new entry was taken (tries: 8)");
  CHECK(text({errc::raced, 1, part::tsm_report}) ==
        "configfs-tsm: somebody else wrote to the request every time (tries: 1)");
  CHECK(text({errc::provider_mismatch, 0, part::tsm_report}) ==
        "configfs-tsm: the interface belongs to another provider");
  CHECK(text({errc::certificates_too_large, 20480, part::sev_guest}) ==
        "the host's certificates fit no buffer that the kernel takes (20480 bytes)");
  CHECK(text({errc::no_quote, 0, part::tsm_report}) ==
        "configfs-tsm: the quote is empty: the host has no quoting service, or an old one");
  CHECK(text({errc::zero_key, 0, part::seal_key}) == "TDX seal key: the key that came back is all zero");
  CHECK(text({errc::below_floor, 24, part::key_record}) ==
        "key record, offset 0x18: the TCB, SVN or generation is below the floor");
}

TEST_CASE("every kind of failure prints as one line of its own", "[format]") {
  std::set<std::string> texts;
  std::size_t kinds = 0;
  for (unsigned code = 0; code < 256; ++code) {
    if (std::string(name(static_cast<errc>(code))) == "unknown") continue;
    const std::string text = fmt::format("{}", failure{static_cast<errc>(code), 1});
    CHECK_FALSE(text.empty());
    CHECK(text.find('\n') == text.npos);
    texts.insert(text);
    ++kinds;
  }
  CHECK(kinds > 30);
  CHECK(texts.size() == kinds);
}

}  // namespace test_format
