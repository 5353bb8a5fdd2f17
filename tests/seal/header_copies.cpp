// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/header_copies.hpp>

#include "support/torn_change.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace test_header_copies {

using namespace unitee;
using test::check_opens;
using test::octets;
using test::opens;
using test::put;
using test::secret_of;
using test::torn_change;

namespace {

constexpr std::size_t size = test::copy_size;
constexpr failure no_match{errc::no_matching_slot, 0, part::sealed_header};
constexpr failure not_authentic{errc::not_authentic, 0, part::sealed_header};

const octets plaintext = test::sealed_plaintext(5000);

failure refused(errc code, std::uint64_t at) { return {code, at, part::sealed_header}; }

}  // namespace

TEST_CASE("a settled file opens, and its copies are the same", "[seal][header_copies]") {
  const torn_change of;
  check_opens(of, of.before, opens::as_before, true);
  check_opens(of, of.after, opens::as_after, true);
  CHECK(*test::read_all(of.after, caller_key(of.kept)) == of.payload);
  const auto copies = header_copies::read(memory_source(of.before));
  REQUIRE(copies);
  CHECK(copies->is_settled());
  CHECK(copies->header().generation() == 1);
}

TEST_CASE("a settled copy does not excuse the other", "[seal][header_copies]") {
  const torn_change of;
  const octets zeros(size);
  const caller_key keys(of.kept);
  const octets old_copy = of.old_settled();
  CHECK(test::open_header(of.with(old_copy, zeros), keys).error() == refused(errc::unrecognized, 8192));
  CHECK(test::open_header(of.with(zeros, old_copy), keys).error() == refused(errc::unrecognized, 0));
  CHECK(test::open_header(of.with(zeros, zeros), keys).error() == refused(errc::unrecognized, 0));
  octets no_version = old_copy;
  no_version[8] = 7;
  CHECK(test::open_header(of.with(no_version, zeros), keys).error() == refused(errc::unsupported_version, 8));
  CHECK(test::open_header(of.with(zeros, no_version), keys).error() == refused(errc::unrecognized, 0));
  CHECK(test::open_header(of.with(old_copy, no_version), keys).error() == refused(errc::unsupported_version, 8200));
  // Settled on both sides, and different: where is told without a key.
  CHECK(test::open_header(of.with(old_copy, of.new_settled), keys).error() == refused(errc::not_authentic, 8192 + 192));
  CHECK(test::open_header(of.with(of.new_settled, old_copy), keys).error() == refused(errc::not_authentic, 8192 + 192));
}

TEST_CASE("copies that no change leaves behind are not authentic", "[seal][header_copies]") {
  const torn_change of;
  const auto opened = *test::open_header(of.before, caller_key(of.kept));
  const octets old_copy = of.old_settled();
  const std::vector<slot_bytes> slots{*caller_slot(of.kept)->wrap(opened.file, opened.data_key)};
  const auto second = *opened.header.with_slots(slots);
  const auto third = *second.with_slots(slots);
  const auto sign = [&](const sealed_header& header, header_state state) {
    return test::signed_bytes(header, state, opened.keys);
  };
  const auto changing = header_state::changing;
  const auto settled = header_state::settled;
  const auto open = [&](const octets& copy_0, const octets& copy_1) {
    return test::open_header(of.with(copy_0, copy_1), caller_key(of.kept));
  };
  const auto refuses = [&](const octets& copy_0, const octets& copy_1) {
    const auto made = open(copy_0, copy_1);
    return !made && made.error() == not_authentic;
  };
  CHECK(open(sign(opened.header, changing), sign(second, changing)));
  CHECK(refuses(sign(opened.header, changing), sign(opened.header, changing)));  // both being written, one generation
  CHECK(refuses(sign(second, changing), sign(opened.header, changing)));         // the newer one first
  CHECK(refuses(sign(opened.header, changing), sign(third, changing)));          // a generation left out
  CHECK(refuses(sign(opened.header, settled), sign(second, changing)));
  CHECK(refuses(sign(opened.header, changing), sign(second, settled)));
  CHECK(refuses(sign(second, settled), sign(opened.header, changing)));
  // One generation with other slots.
  octets other_slots = sign(second, changing);
  std::copy_n(old_copy.begin() + 192, 8, other_slots.begin() + 192);
  const auto same_generation = *sealed_header::parse(other_slots);
  CHECK(refuses(sign(opened.header, settled), sign(same_generation, changing)));
  CHECK(refuses(sign(opened.header, changing), sign(same_generation, settled)));
  // A copy that counts alone must say that the other is being written.
  octets wrong_mac = sign(opened.header, changing);
  wrong_mac[480] ^= 1;
  CHECK(refuses(old_copy, wrong_mac));
  CHECK(refuses(wrong_mac, old_copy));
  octets both_wrong = sign(second, changing);
  both_wrong[511] ^= 1;
  CHECK(refuses(wrong_mac, both_wrong));
}

TEST_CASE("a file that is being changed says which of its copies is the header", "[seal][header_copies]") {
  const torn_change of;
  const auto needs_copy_0 = [&](const octets& file) {
    return test::open_header(file, caller_key(of.kept))->needs_copy_0;
  };
  CHECK_FALSE(needs_copy_0(of.before));
  CHECK_FALSE(needs_copy_0(of.step_1_done()));
  CHECK(needs_copy_0(of.step_2_done()));
  CHECK(needs_copy_0(of.with(octets(size), of.new_changing)));
  CHECK(needs_copy_0(of.step_3_done()));
}

TEST_CASE("the data key is the one that the header commits to", "[seal][header_copies]") {
  const torn_change of;
  // A slot with another data key, in a header whose MAC is that key's own, under the old commitment.
  const auto opened = *test::open_header(of.before, caller_key(of.kept));
  const auto other = secret_of(0x66);
  const std::vector<slot_bytes> slots{*caller_slot(of.kept)->wrap(opened.file, other)};
  const auto keys = *detail::sealed_keys::derive(other, opened.file);
  const auto copy = test::signed_bytes(*opened.header.with_slots(slots), header_state::settled, keys);
  CHECK(test::open_header(of.with(copy, copy), caller_key(of.kept)).error() == not_authentic);
  // With its own commitment it opens: whoever has a slot's key can make a file of their own.
  octets committed = copy;
  put(committed, 128, keys.commitment.value);
  const auto own = test::signed_bytes(*sealed_header::parse(committed), header_state::settled, keys);
  CHECK(test::open_header(of.with(own, own), caller_key(of.kept)));
}

TEST_CASE("a file is as long as its header says", "[seal][header_copies]") {
  const torn_change of;
  const caller_key keys(of.kept);
  const auto check = [&](std::size_t n) {
    const auto made = test::open_header(byte_view(of.before).first(n), keys);
    REQUIRE(made.error() == refused(n == 0 ? errc::unrecognized : errc::truncated, n));
  };
  for (std::size_t n = 0; n < of.before.size(); n += n < 520 ? 1 : 7) check(n);
  for (const std::size_t whole : {size, 2 * size, of.before.size()}) {
    for (std::size_t n = whole - 8; n < std::min(whole + 8, of.before.size()); ++n) check(n);
  }
  octets longer = of.before;
  for (int i = 0; i < 3; ++i) {
    longer.push_back(0);
    CHECK(test::open_header(longer, keys).error() == refused(errc::trailing_data, of.before.size()));
  }
  octets text(1000, 'x');
  CHECK(test::open_header(text, keys).error() == refused(errc::unrecognized, 0));
}

TEST_CASE("every bit of a settled header that is flipped is refused, in either copy", "[seal][header_copies]") {
  const torn_change of;
  const caller_key keys(of.kept);
  octets file = of.before;
  std::size_t flips = 0;
  for (std::size_t at = 0; at < 2 * size; ++at) {
    const std::size_t in_copy = at % size;
    const bool used = in_copy < 212 || (in_copy >= 480 && in_copy < 532) || (in_copy >= 964 && in_copy < 1044) ||
                      (in_copy >= 1476 && in_copy < 1540);
    if (!used && at % 5 != 0) continue;  // of the zeros some stand for all: the parser's own test has the others
    for (unsigned bit = used ? 0 : at % 8; bit < (used ? 8 : at % 8 + 1); ++bit) {
      file[at] = static_cast<std::uint8_t>(file[at] ^ 1u << bit);
      const auto made = test::open_header(file, keys);
      file[at] = static_cast<std::uint8_t>(file[at] ^ 1u << bit);
      REQUIRE(!made);
      REQUIRE(made.error().in == part::sealed_header);
      ++flips;
    }
  }
  CHECK(test::open_header(file, keys));
  CHECK(flips > 8000);
}

TEST_CASE("every bit that is flipped in both copies is refused, whatever the state", "[seal][header_copies]") {
  const torn_change of;
  const caller_key keys(of.kept);
  octets file = of.before;
  const auto flip = [&](std::size_t bit) {
    for (const std::size_t base : {std::size_t{0}, size}) {
      std::uint8_t& byte = file[base + bit / 8];
      byte = static_cast<std::uint8_t>(byte ^ 1u << bit % 8);
    }
  };
  for (std::size_t bit = 0; bit < 8 * 1536; bit += bit < 8 * 520 ? 1 : 7) {
    flip(bit);
    const auto made = test::open_header(file, keys);
    REQUIRE(!made);
    REQUIRE(made.error().in == part::sealed_header);
    flip(bit);
  }
}

namespace {

// busy_source is a file that somebody changes between any two readings, until it is quiet.
struct busy_source {
  byte_view bytes;
  mutable int changes;
  mutable int reads = 0;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    ++reads;
    if (const auto done = memory_source(bytes).read_at(offset, out); !done) return done;
    if (changes > 0) out[out.size() - 1 - static_cast<std::size_t>(changes--) % 100] ^= 1;
    return {};
  }
};

struct failing_source {
  byte_view bytes;
  int good;
  mutable int reads = 0;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (reads++ >= good) return failure{errc::io_error, 5};
    return memory_source(bytes).read_at(offset, out);
  }
};

}  // namespace

TEST_CASE("what two readings in a row agree on is the header of a file in motion", "[seal][header_copies]") {
  const torn_change of;
  const auto copies = header_copies::read(busy_source{of.before, 5});
  REQUIRE(copies);
  CHECK(copies->open(*std::make_unique<caller_key>(of.kept)));
  CHECK(header_copies::read(busy_source{of.before, 1000}).error() == refused(errc::in_use, 0));
}

TEST_CASE("a source that fails is why a file does not open", "[seal][header_copies]") {
  const torn_change of;
  for (const int good : {0, 1}) {
    CHECK(header_copies::read(failing_source{of.before, good}).error() == failure{errc::io_error, 5});
  }
  CHECK(header_copies::read(failing_source{of.before, 2}));
}

TEST_CASE("without a key the newer copy is shown", "[seal][header_copies]") {
  const torn_change of;
  const auto shown = [&](const octets& file) {
    return header_copies::read(memory_source(file))->header().generation();
  };
  CHECK(shown(of.before) == 1);
  CHECK(shown(of.step_1_done()) == 1);
  CHECK(shown(of.step_2_done()) == 2);
  CHECK(shown(of.step_3_done()) == 2);
  CHECK(shown(of.with(octets(size), of.new_changing)) == 2);
  CHECK(shown(of.with(of.old_changing, octets(size))) == 1);
  CHECK_FALSE(header_copies::read(memory_source(of.step_3_done()))->is_settled());
}

}  // namespace test_header_copies
