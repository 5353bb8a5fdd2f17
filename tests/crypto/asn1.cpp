// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/asn1.hpp>

#include "support/catch.hpp"

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/pem.hpp>
#include <unitee/crypto/signing_key.hpp>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <sys/mman.h>

namespace test_asn1 {

using namespace unitee;
using namespace std::literals;

namespace {

// read is the time that a UTCTime or GeneralizedTime with this text says, in seconds since 1970.
std::optional<std::int64_t> read(int type, std::string_view text) {
  const detail::handle<ASN1_STRING, ASN1_STRING_free> made(ASN1_STRING_type_new(type));
  REQUIRE(made);
  REQUIRE(ASN1_STRING_set(made.get(), text.data(), static_cast<int>(text.size())) == 1);
  const auto at = detail::time_of(made.get(), part::certificate);
  if (at) return at->seconds;
  CHECK(at.error() == failure{errc::bad_encoding, 0, part::certificate});
  return std::nullopt;
}

}  // namespace

TEST_CASE("a time is read in the one form of RFC 5280", "[crypto][asn1]") {
  // date -u -d ... +%s
  CHECK(read(V_ASN1_UTCTIME, "260301000000Z") == 1772323200);
  CHECK(read(V_ASN1_GENERALIZEDTIME, "20260301000000Z") == 1772323200);
  CHECK(read(V_ASN1_UTCTIME, "491231235959Z") == 2524607999);  // 2049
  CHECK(read(V_ASN1_UTCTIME, "700101000000Z") == 0);           // 1970, not 2070
  CHECK(read(V_ASN1_GENERALIZEDTIME, "20500101000000Z") == 2524608000);
}

TEST_CASE("every other form of a time is refused", "[crypto][asn1]") {
  for (const auto text : {""sv, "260301000000"sv, "260301000000z"sv, "2603010000Z"sv, "260301000000+0000"sv,
                          "260301000000.5Z"sv, "20260301000000Z"sv, "261301000000Z"sv, "260230000000Z"sv,
                          "260301240000Z"sv, "500101000000Z"sv, "2603010000 0Z"sv}) {
    CAPTURE(text);
    CHECK_FALSE(read(V_ASN1_UTCTIME, text));
  }
  for (const auto text : {"260301000000Z"sv, "2026030100Z"sv, "20260301000000"sv, "20260301000000.0Z"sv,
                          "20260229000000Z"sv, "19691231235959Z"sv}) {
    CAPTURE(text);
    CHECK_FALSE(read(V_ASN1_GENERALIZEDTIME, text));
  }
}

TEST_CASE("what is longer than OpenSSL can count is refused unread", "[crypto][asn1]") {
  constexpr std::size_t size = std::size_t{INT_MAX} + 1;
  void* const at = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(at != MAP_FAILED);
  const byte_view all(static_cast<const std::uint8_t*>(at), size);
  const failure too_long{errc::bad_length, INT_MAX};
  CHECK(certificate::from_der(all).error() == failure{errc::bad_length, 0, part::certificate});
  CHECK(crl::from_der(all).error() == failure{errc::bad_length, 0, part::crl});
  CHECK(signing_key::from_der(all).error() == too_long);
  CHECK(signing_key::from_pem(all).error() == too_long);
  CHECK(for_each_pem(all, [](auto, auto) -> result<void> { return {}; }).error() == too_long);
  ::munmap(at, size);
}

}  // namespace test_asn1
