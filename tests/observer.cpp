// SPDX-License-Identifier: Apache-2.0
#include <unitee/observer.hpp>

#include "support/catch.hpp"
#include "support/observer.hpp"

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/secret.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace test_observer {

using namespace unitee;

namespace {

// is_plain_number is what an event may have: no view, no array, no pointer to anything that is not a name.
template <class T>
concept is_plain_number =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, result<void>> || std::is_same_v<T, failure>;

static_assert(std::is_same_v<decltype(step_event::step), const char*>);  // a name from a table: see the tests of verify
static_assert(is_plain_number<decltype(step_event::vendor)> && is_plain_number<decltype(step_event::outcome)>);
static_assert(is_plain_number<decltype(step_event::nanoseconds)>);
static_assert(is_plain_number<decltype(key_event::vendor)> && is_plain_number<decltype(key_event::wish)>);
static_assert(is_plain_number<decltype(key_event::outcome)> && is_plain_number<decltype(key_event::nanoseconds)>);
static_assert(is_plain_number<decltype(segment_event::offset)> && is_plain_number<decltype(segment_event::why)>);
static_assert(is_plain_number<decltype(expiry_event::what)> && is_plain_number<decltype(expiry_event::seconds_left)>);
static_assert(std::is_same_v<decltype(expiry_event::ends), utc_time>);

// fields is how many members a type has: an aggregate takes no more initialisers than that.
struct anything {
  template <class T>
  operator T() const noexcept;
};
template <class T, class... Of>
constexpr std::size_t fields() {
  if constexpr (requires { T{Of{}..., anything{}}; }) {
    return fields<T, Of..., anything>();
  } else {
    return sizeof...(Of);
  }
}
static_assert(fields<step_event>() == 4 && fields<key_event>() == 4);  // the members above are all there are
static_assert(fields<segment_event>() == 2 && fields<expiry_event>() == 4);

template <class Event>
inline constexpr bool carries_no_secret =
    std::is_trivially_copyable_v<Event>&& std::is_trivially_destructible_v<Event> && sizeof(Event) <= 64 &&
    !std::is_constructible_v<Event, secret<32>> && !std::is_constructible_v<Event, const secret<32>&> &&
    !std::is_constructible_v<Event, byte_view>;
static_assert(carries_no_secret<step_event> && carries_no_secret<key_event>);
static_assert(carries_no_secret<segment_event> && carries_no_secret<expiry_event>);

// What is absent has no size, no clock and nothing to call.
static_assert(std::is_empty_v<no_observer> && std::is_trivial_v<no_observer> && !std::is_polymorphic_v<no_observer>);
static_assert(observer<no_observer> && observer<const no_observer&> && observer<no_observer&&>);
static_assert(!detail::is_watching<no_observer> && !detail::is_watching<const no_observer&>);

// One inherits what one does not care for, and is watching then.
struct counts_keys : no_observer {
  int keys = 0;
  void key(const key_event&) noexcept { ++keys; }
};
static_assert(observer<counts_keys> && observer<counts_keys&> && !observer<const counts_keys&>);
static_assert(detail::is_watching<counts_keys&>);

struct throws : no_observer {
  void segment(const segment_event&) {}
};
struct tells_seconds : no_observer {
  static double now() noexcept { return 0; }
};
static_assert(!observer<throws> && !observer<tells_seconds> && !observer<int>);

}  // namespace

TEST_CASE("vendors and wishes have names of their own", "[observer]") {
  CHECK(name(tee_vendor::unknown) == std::string_view("unknown"));
  CHECK(name(tee_vendor::snp) == std::string_view("snp"));
  CHECK(name(tee_vendor::tdx) == std::string_view("tdx"));
  CHECK(name(key_wish::fresh) == std::string_view("fresh"));
  CHECK(name(key_wish::recorded) == std::string_view("recorded"));
  CHECK(name(key_wish::recorded_weak) == std::string_view("recorded_weak"));
  CHECK(name(key_wish::moved_on) == std::string_view("moved_on"));
}

TEST_CASE("an outcome is a result without its value", "[observer]") {
  CHECK(detail::outcome_of(result<int>(3)));
  CHECK(detail::outcome_of(result<int>(failure{errc::expired, 7, part::vek})).error() ==
        failure{errc::expired, 7, part::vek});
}

}  // namespace test_observer
