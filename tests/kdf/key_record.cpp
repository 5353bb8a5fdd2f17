// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/key_record.hpp>

#include "support/catch.hpp"
#include "support/kdf_vectors.hpp"
#include "support/openssl.hpp"

#include <unitee/kdf/snp_binding.hpp>
#include <unitee/kdf/tdx_binding.hpp>

#include <optional>
#include <string>
#include <vector>

namespace test_key_record {

using namespace unitee;
using namespace unitee::test;
using snp_record = key_record<snp::key_request>;
using tdx_record = key_record<tdx::key_request>;

static_assert(snp_record::size_max == 4 + 40 + 2 + 12 + 1 + 64 + 2 + 512);
static_assert(tdx_record::size_max == 4 + 128 + 2 + 22 + 1 + 64 + 2 + 512);

namespace {

constexpr snp::key_request snp_request = snp::key_request::bound_to_measurement({{4, 2, 0, 0, 0, 0, 24, 219}}, 1);
constexpr tdx::key_request tdx_request = tdx::key_request::bound_to_measurement({{{1}}, {{7, 1, 9}}, 3, 4, 5});

constexpr failure refused(errc code, std::size_t at) { return {code, at, part::key_record}; }

template <class Request>
std::vector<std::uint8_t> encoded(const Request& request, const typename Request::floor& least = {}) {
  const auto bytes = key_record<Request>::create(request, least, "purpose", {})->encode();
  return {bytes.begin(), bytes.end()};
}

// check_vector compares one vector of the vendor of Request, and says whether it is a refusal.
template <class Request>
bool check_vector(const nlohmann::json& all, const nlohmann::json& vector) {
  using record_type = key_record<Request>;
  const auto bytes = record_bytes(all, vector);
  const auto parsed = record_type::parse(bytes);
  const auto any = record_type::parse_any_binding(bytes);
  if (vector.contains("expect")) {
    REQUIRE_FALSE(parsed);
    CHECK(name(parsed.error().code) == vector.at("expect").at(0).get<std::string>());
    CHECK(parsed.error().offset == vector.at("expect").at(1).get<std::uint64_t>());
    CHECK(parsed.error().in == part::key_record);
    CHECK(any.has_value() == vector.contains("strict"));
    if (!any) CHECK(any.error() == parsed.error());
    return true;
  }
  REQUIRE(any);
  CHECK(equal(any->encode(), bytes));
  CHECK(parsed.has_value() == !any->request().is_under_bound());
  if (!vector.contains("to")) return false;
  const auto request = request_for(bound_to_words(vector.at("to")), basis_of<Request>(vector.at("basis")));
  REQUIRE(request);
  const std::string purpose = vector.at("purpose");
  const auto context = bytes_of_hex(vector.at("context"));
  const auto made = record_type::create(*request, floor_of<Request>(vector.at("floor")), purpose, context);
  REQUIRE(made);
  CHECK(*made == *any);
  CHECK(any->is_for(purpose));
  CHECK(equal(any->purpose(), bytes_of(purpose)));
  CHECK(equal(any->context(), context));
  CHECK(any->floor() == floor_of<Request>(vector.at("floor")));
  CHECK(any->check_floor());
  return false;
}

}  // namespace

TEST_CASE("records are those of the vectors, and are refused for the vectors' reasons", "[kdf][record]") {
  const auto all = vectors("kdf");
  std::size_t refusals = 0;
  for (const auto& vector : all) {
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    refusals += vector.at("vendor") == 1 ? check_vector<snp::key_request>(all, vector)
                                         : check_vector<tdx::key_request>(all, vector);
  }
  CHECK(all.size() - refusals == 18);
  CHECK(refusals >= 60);
}

TEST_CASE("every truncation of a record is found at its end, and a byte more behind it", "[kdf][record]") {
  const auto check = [](auto of, std::vector<std::uint8_t> bytes) {
    using record_type = decltype(of);
    REQUIRE(record_type::parse(bytes));
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      const auto parsed = record_type::parse(byte_view(bytes).first(n));
      REQUIRE(parsed.error() == refused(errc::truncated, n));
    }
    bytes.push_back(0);
    CHECK(record_type::parse(bytes).error() == refused(errc::trailing_data, bytes.size() - 1));
  };
  check(*snp_record::create(snp_request, {}, "purpose", pattern(40)), encoded(snp_request));
  check(*tdx_record::create(tdx_request, {}, "purpose", pattern(40)), encoded(tdx_request));
}

TEST_CASE("a record of one vendor is none of the other's", "[kdf][record]") {
  CHECK(tdx_record::parse(encoded(snp_request)).error() == refused(errc::platform_mismatch, 1));
  CHECK(snp_record::parse(encoded(tdx_request)).error() == refused(errc::platform_mismatch, 1));
}

TEST_CASE("a purpose has 1 to 64 bytes, a context 0 to 512", "[kdf][record]") {
  for (std::size_t n = 0; n <= 70; ++n) {
    const std::string purpose(n, 'p');
    const auto made = snp_record::create(snp_request, {}, purpose, {});
    CHECK(made.has_value() == (n >= 1 && n <= 64));
    if (!made) CHECK(made.error() == refused(errc::bad_length, 50));
    if (made) CHECK(*snp_record::parse(made->encode()) == *made);
  }
  CHECK(tdx_record::create(tdx_request, {}, {}, {}).error() == refused(errc::bad_length, 156));
  CHECK(tdx_record::create(tdx_request, {}, std::string(1000, 'p'), {}).error() == refused(errc::bad_length, 156));
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{511}, std::size_t{512}, std::size_t{513}}) {
    const auto made = tdx_record::create(tdx_request, {}, "abc", pattern(n));
    CHECK(made.has_value() == (n <= 512));
    if (!made) CHECK(made.error() == refused(errc::bad_length, 160));
    if (made) CHECK(equal(tdx_record::parse(made->encode())->encode(), made->encode()));
  }
}

TEST_CASE("a purpose is any bytes, and every one counts", "[kdf][record]") {
  std::string odd("\0\xff\n\x80", 4);
  const auto made = *snp_record::create(snp_request, {}, odd, {});
  CHECK(made.is_for(odd));
  CHECK_FALSE(made.is_for(odd.substr(0, 3)));
  CHECK_FALSE(made.is_for(odd + "x"));
  CHECK(*snp_record::parse(made.encode()) == made);
  for (char& c : odd) {
    c = static_cast<char>(c ^ 1);
    CHECK_FALSE(made.is_for(odd));
    c = static_cast<char>(c ^ 1);
  }
}

TEST_CASE("a record below a floor is refused at the component", "[kdf][record]") {
  const auto& tcb = snp_request.tcb_version();
  CHECK(snp_record::create(snp_request, {tcb, 0}, "p", {})->check_floor({tcb, 0}));
  for (std::size_t i = 0; i < 8; ++i) {
    snp::key_floor least{tcb, 0};
    ++least.tcb.value[i];
    CHECK(snp_record::create(snp_request, {}, "p", {})->check_floor(least).error() ==
          refused(errc::below_floor, 4 + 24 + i));
    CHECK(snp_record::create(snp_request, least, "p", {})->check_floor().error() ==
          refused(errc::below_floor, 4 + 24 + i));
    CHECK(snp_record::parse(encoded(snp_request, least)));  // it can be looked at
  }
  CHECK(snp_record::create(snp_request, {}, "p", {})->check_floor({{}, 1}).error() ==
        refused(errc::below_floor, 4 + 20));
  const auto td = *tdx_record::create(tdx_request, {}, "p", {});
  CHECK(td.check_floor({{{7, 1, 9}}, 3, 4, 5}));
  CHECK(td.check_floor({{{7, 1, 10}}, 3, 4, 5}).error() == refused(errc::below_floor, 4 + 48 + 2));
  CHECK(td.check_floor({{}, 4, 0, 0}).error() == refused(errc::below_floor, 4 + 64));
  CHECK(td.check_floor({{}, 0, 5, 0}).error() == refused(errc::below_floor, 4 + 66));
  CHECK(td.check_floor({{}, 0, 0, 6}).error() == refused(errc::below_floor, 4 + 68));
}

TEST_CASE("every size field of a record takes the allowed sizes only", "[kdf][record]") {
  const auto bytes = encoded(snp_request);
  for (unsigned n = 0; n < 0x10000; ++n) {
    auto changed = bytes;
    changed[2] = static_cast<std::uint8_t>(n);
    changed[3] = static_cast<std::uint8_t>(n >> 8);
    const auto parsed = snp_record::parse(changed);
    if (parsed.has_value() != (n == 32)) FAIL(n);
    if (!parsed && n != 40 && parsed.error() != refused(errc::bad_length, 2)) FAIL(n);
    changed = bytes;
    changed[36] = static_cast<std::uint8_t>(n);
    changed[37] = static_cast<std::uint8_t>(n >> 8);
    const auto other = snp_record::parse(changed);
    if (other.has_value() != (n == 12)) FAIL(n);
    if (!other && other.error() != refused(errc::bad_length, 36)) FAIL(n);
  }
}

}  // namespace test_key_record
