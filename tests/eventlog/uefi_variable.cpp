// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/uefi_variable.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/vectors.hpp"

#include <unitee/bytes/endian.hpp>
#include <unitee/eventlog/ccel.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace test_uefi_variable {

using namespace unitee;
using namespace unitee::eventlog;

namespace {

static_assert(uefi_variable::parse({}).error() == failure{errc::truncated, 0});

// secure_boot is the first event's data in the vector "variable", and expected what stands there of it.
struct secure_boot {
  nlohmann::json expected;
  std::vector<std::uint8_t> bytes;

  secure_boot() {
    for (const auto& vector : test::vectors("eventlog")) {
      if (vector.at("name") != "variable") continue;
      const auto log = test::bytes_of_hex(vector.at("hex"));
      event_log::parse(log)->for_each_event(
          [&](const event& each) { bytes.assign(each.data.begin(), each.data.end()); });
      expected = vector.at("variable");
    }
  }
};

}  // namespace

TEST_CASE("a variable has its vendor, its name and its data", "[eventlog][uefi_variable]") {
  const secure_boot sample;
  const auto variable = uefi_variable::parse(sample.bytes);
  REQUIRE(variable);
  const auto vendor = format_guid(variable->vendor());
  CHECK(std::string(vendor.begin(), vendor.end()) == sample.expected[0].get<std::string>());
  CHECK(variable->is_named(sample.expected[1].get<std::string>()));
  CHECK(test::hex_of(variable->data()) == sample.expected[2].get<std::string>());
  CHECK(test::hex_of(variable->name()) == "53006500630075007200650042006f006f007400");
}

TEST_CASE("a variable is named by nothing but its whole name", "[eventlog][uefi_variable]") {
  secure_boot sample;
  for (const char* other : {"", "SecureBoo", "SecureBoot1", "secureBoot", "SecureBoos"}) {
    CAPTURE(other);
    CHECK(!uefi_variable::parse(sample.bytes)->is_named(other));
  }
  sample.bytes[33] = 1;  // U+0153 in place of U+0053
  CHECK(!uefi_variable::parse(sample.bytes)->is_named("SecureBoot"));
}

TEST_CASE("a variable of any other size is refused", "[eventlog][uefi_variable]") {
  secure_boot sample;
  const std::size_t size = sample.bytes.size();
  sample.bytes.push_back(0);
  for (std::size_t n = 0; n <= sample.bytes.size(); ++n) {
    const auto variable = uefi_variable::parse(byte_view(sample.bytes).first(n));
    CAPTURE(n);
    REQUIRE(variable.has_value() == (n == size));
    if (variable) continue;
    const failure expected = n < 32   ? failure{errc::truncated, n}
                             : n < 52 ? failure{errc::bad_length, 16}
                                      : failure{errc::bad_length, 24};
    CHECK(variable.error() == expected);
  }
}

TEST_CASE("no length makes a variable reach beyond its bytes", "[eventlog][uefi_variable]") {
  const secure_boot sample;
  for (const std::size_t at : {std::size_t{16}, std::size_t{24}}) {
    for (std::size_t bit = 0; bit < 64; ++bit) {
      auto bytes = sample.bytes;
      const auto field = std::span(bytes).subspan(at).first<8>();
      store_le(field, load_le<std::uint64_t>(field) ^ std::uint64_t{1} << bit);
      const auto variable = uefi_variable::parse(bytes);
      CAPTURE(at, bit);
      REQUIRE(!variable);
      CHECK(variable.error().code == errc::bad_length);
      // A shorter name leaves too much for the data.
      CHECK((variable.error().offset == at || (at == 16 && variable.error().offset == 24)));
    }
  }
}

}  // namespace test_uefi_variable
