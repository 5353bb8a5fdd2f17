// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/slot_keys.hpp>

#include "support/sealed.hpp"

#include <unitee/seal/broker_slot.hpp>

#include <string>
#include <vector>

namespace test_slot_keys {

using namespace unitee;
using test::octets;
using test::secret_of;

namespace {

constexpr failure no_match{errc::no_matching_slot, 0, part::sealed_header};
constexpr failure denied{errc::key_denied, 22, part::key_request};
constexpr failure too_low{errc::below_floor, 24, part::key_record};

// answers is a source that gives an answer for the slots whose params begin with its letter, and writes down what it
// was asked.
struct answers {
  char letter;
  std::uint8_t key = 0;
  failure why{};
  std::string* asked = nullptr;

  result<secret<32>> slot_key(const slot_view& slot) {
    if (slot.params().empty() || slot.params()[0] != static_cast<std::uint8_t>(letter)) return errc::no_matching_slot;
    if (asked != nullptr) *asked += {letter, static_cast<char>(slot.params()[1]), ' '};
    if (key == 0) return why;
    return secret_of(key);
  }
};
static_assert(slot_keys<answers> && slot_keys<any_key<answers, answers>>);
static_assert(!slot_keys<const answers> && !slot_keys<secret<32>> && !slot_keys<int>);

// slot_for is a slot with a name of two letters.
new_slot slot_for(const char* name, std::uint8_t key) {
  return *broker_slot(byte_view(reinterpret_cast<const std::uint8_t*>(name), 2), secret_of(key));
}

template <class... Slots>
sealed_header header_of(Slots&&... slots) {
  const auto file = test::sealed_bytes({}, test::slots_of(std::forward<Slots>(slots)...), {.segment_size = 4096});
  return *sealed_header::parse(byte_view(*file).first(8192));
}

template <class Keys>
result<secret<32>> found(const sealed_header& header, Keys&& keys) {
  return detail::find_data_key(header, *detail::file_binding::of(header), keys);
}

}  // namespace

TEST_CASE("the first slot that opens gives the data key, and later ones are not asked about", "[seal][slot_keys]") {
  const auto header = header_of(slot_for("x0", 1), slot_for("a1", 9), slot_for("a2", 2), slot_for("a3", 2));
  std::string asked;
  const auto key = found(header, answers{.letter = 'a', .key = 2, .asked = &asked});
  REQUIRE(key);
  CHECK(equal(key->expose(), test::fixed_material().data_key.expose()));
  CHECK(asked == "a1 a2 ");
}

TEST_CASE("keys that no slot is for, and keys that do not open, are no match", "[seal][slot_keys]") {
  const auto header = header_of(slot_for("a0", 1), slot_for("b1", 1));
  CHECK(found(header, answers{.letter = 'c', .key = 1}).error() == no_match);
  CHECK(found(header, answers{.letter = 'a', .key = 2}).error() == no_match);
}

TEST_CASE("why the only slot's key cannot be had is told, and of several nothing", "[seal][slot_keys]") {
  CHECK(found(header_of(slot_for("a0", 1), slot_for("b1", 1)), answers{.letter = 'a', .why = denied}).error() ==
        denied);
  CHECK(found(header_of(slot_for("a0", 1), slot_for("a1", 1)), answers{.letter = 'a', .why = denied}).error() ==
        no_match);
}

TEST_CASE("a key that cannot be had does not keep another slot from opening", "[seal][slot_keys]") {
  answers broken{.letter = 'a', .why = denied};
  answers good{.letter = 'b', .key = 2};
  const auto header = header_of(slot_for("a0", 1), slot_for("b1", 2), slot_for("a2", 1));
  CHECK(found(header, any_key(broken, good)));
  CHECK(found(header, any_key(good, broken)));
}

TEST_CASE("of several sources each is asked about every slot, one source after the other", "[seal][slot_keys]") {
  std::string asked;
  answers a{.letter = 'a', .key = 9, .asked = &asked};
  answers b{.letter = 'b', .key = 9, .asked = &asked};
  answers c{.letter = 'a', .key = 2, .asked = &asked};
  const auto header = header_of(slot_for("a0", 2), slot_for("b1", 2), slot_for("a2", 2));
  CHECK(found(header, any_key(a, b, c)));
  CHECK(asked == "a0 a2 b1 a0 ");
}

TEST_CASE("several sources answer as the first that knows the slot", "[seal][slot_keys]") {
  answers a{.letter = 'a', .why = too_low};
  answers b{.letter = 'b', .key = 4};
  answers late{.letter = 'a', .key = 5};
  any_key keys(a, b, late);
  const auto ask = [&](const char* name) {
    const slot_bytes bytes =
        *slot_view::encode(slot_kind::broker_key, byte_view(reinterpret_cast<const std::uint8_t*>(name), 2));
    return keys.slot_key(*slot_view::parse(bytes, 512));
  };
  CHECK(ask("a0").error() == too_low);
  CHECK(*ask("b0") == secret_of(4));
  CHECK(ask("c0").error() == failure{errc::no_matching_slot});
  any_key<> none;
  const slot_bytes bytes = *slot_view::encode(slot_kind::caller_key, {});
  CHECK(none.slot_key(*slot_view::parse(bytes, 512)).error() == failure{errc::no_matching_slot});
  CHECK(found(header_of(slot_for("a0", 1)), none).error() == no_match);
}

TEST_CASE("sources within sources are asked like others", "[seal][slot_keys]") {
  answers a{.letter = 'a', .key = 9};
  answers b{.letter = 'b', .key = 9};
  answers c{.letter = 'a', .key = 2};
  any_key inner(b, c);
  CHECK(found(header_of(slot_for("a0", 2), slot_for("b1", 1)), any_key(a, inner)));
}

TEST_CASE("a slot of a kind that this version does not know is passed over", "[seal][slot_keys]") {
  octets file = *test::sealed_bytes({}, test::slots_of(slot_for("a0", 2), slot_for("a1", 2)), {.segment_size = 4096});
  file[512] = 99;
  std::string asked;
  const auto header = *sealed_header::parse(byte_view(file).first(8192));
  CHECK(found(header, answers{.letter = 'a', .key = 2, .asked = &asked}));
  CHECK(asked == "a1 ");
}

}  // namespace test_slot_keys
