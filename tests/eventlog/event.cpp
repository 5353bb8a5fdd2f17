// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/event.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace test_event {

using namespace unitee;
using namespace unitee::eventlog;

namespace {

static_assert(digest_size(digest_algorithm::sha1) == 20);
static_assert(digest_size(digest_algorithm::sha256) == 32);
static_assert(digest_size(digest_algorithm::sha384) == 48);
static_assert(digest_size(digest_algorithm::sha512) == 64);
static_assert(!digest_size(digest_algorithm{0x0012}));

// digests is SHA-1 of ones and SHA-256 of twos.
constexpr auto digests = [] {
  std::array<std::uint8_t, 2 + 20 + 2 + 32> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i < 22 ? 1 : 2;
  out[0] = 0x04;
  out[1] = 0;
  out[22] = 0x0B;
  out[23] = 0;
  return out;
}();

constexpr event two_digests{0, 1, event_type::separator, 2, digests, {}, 0};
static_assert(two_digests.digest(digest_algorithm::sha1)->size() == 20);
static_assert((*two_digests.digest(digest_algorithm::sha1))[0] == 1);
static_assert(two_digests.digest(digest_algorithm::sha256)->size() == 32);
static_assert((*two_digests.digest(digest_algorithm::sha256))[31] == 2);
static_assert(!two_digests.digest(digest_algorithm::sha384));

}  // namespace

TEST_CASE("event types have the names that the TCG gives them", "[eventlog][event]") {
  CHECK(std::string(name_of(event_type::no_action)) == "EV_NO_ACTION");
  CHECK(std::string(name_of(event_type::separator)) == "EV_SEPARATOR");
  CHECK(std::string(name_of(event_type::event_tag)) == "EV_EVENT_TAG");
  CHECK(std::string(name_of(event_type{0x8000000B})) == "EV_EFI_HANDOFF_TABLES2");
  CHECK(std::string(name_of(event_type{0x800000E0})) == "EV_EFI_VARIABLE_AUTHORITY");
  CHECK(name_of(event_type{0x80000000}) == nullptr);
  CHECK(name_of(event_type{0xFFFFFFFF}) == nullptr);
}

TEST_CASE("a digest that is cut off is not there", "[eventlog][event]") {
  for (std::size_t n = 0; n <= digests.size(); ++n) {
    event cut = two_digests;
    cut.digests = byte_view(digests).first(n);
    CAPTURE(n);
    CHECK(cut.digest(digest_algorithm::sha1).has_value() == (n >= 22));
    CHECK(cut.digest(digest_algorithm::sha256).has_value() == (n == digests.size()));
  }
}

}  // namespace test_event
