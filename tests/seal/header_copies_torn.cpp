// SPDX-License-Identifier: Apache-2.0
//
// A change of the slots that was stopped: the file opens with the slots before or with those after.
#include <unitee/seal/header_copies.hpp>

#include "support/torn_change.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace test_header_copies_torn {

using namespace unitee;
using test::check_opens;
using test::octets;
using test::opens;
using test::put;
using test::torn_change;

namespace {

constexpr std::size_t size = test::copy_size;

// check_payload reads the file to its end.
void check_payload(const torn_change& of, const octets& file) {
  REQUIRE(*test::read_all(file, caller_key(of.kept)) == of.payload);
}

// tears is where a write of a copy may stop: at every sector, and at odd places.
std::vector<std::size_t> tears() {
  std::vector<std::size_t> out{1,   7,   8,   127, 128, 129, 160, 191, 192, 193, 199, 200,  201,
                               203, 204, 205, 208, 479, 480, 481, 495, 511, 513, 975, 1000, 1025};
  for (std::size_t at = 0; at <= size; at += 512) out.push_back(at);
  for (std::size_t at = 333; at < size; at += 777) out.push_back(at);
  return out;
}

// spoiled is a copy with a sector of which the write left neither the old bytes nor the new.
octets spoiled(const octets& copy, std::size_t at) {
  octets out = copy;
  const std::size_t sector = std::min(at, size - 1) / 512 * 512;
  std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(sector), 512, std::uint8_t{0xee});
  return out;
}

}  // namespace

TEST_CASE("every state of a change opens with the slots before or with those after", "[seal][header_copies]") {
  const torn_change of;
  check_opens(of, of.step_1_done(), opens::as_before);
  check_opens(of, of.step_2_done(), opens::as_after);
  check_opens(of, of.step_3_done(), opens::as_after);
  for (const octets& file : {of.step_1_done(), of.step_2_done(), of.step_3_done()}) check_payload(of, file);
}

TEST_CASE("a write of copy 1 that was torn anywhere leaves a file that opens as before", "[seal][header_copies]") {
  const torn_change of;
  const octets old_copy = of.old_settled();
  for (const std::size_t at : tears()) {
    CAPTURE(at);
    octets front = old_copy;
    put(front, 0, byte_view(of.new_changing).first(at));
    octets back = of.new_changing;
    put(back, 0, byte_view(old_copy).first(at));
    const opens front_as = equal(front, of.new_changing) ? opens::as_after : opens::as_before;
    const opens back_as = equal(back, of.new_changing) ? opens::as_after : opens::as_before;
    check_opens(of, of.with(of.old_changing, front), front_as);
    check_opens(of, of.with(of.old_changing, back), back_as);
    check_opens(of, of.with(of.old_changing, spoiled(of.new_changing, at)), opens::as_before);
  }
}

TEST_CASE("a write of copy 0 that was torn anywhere leaves a file that opens as after", "[seal][header_copies]") {
  const torn_change of;
  for (const std::size_t at : tears()) {
    CAPTURE(at);
    octets front = of.old_changing;
    put(front, 0, byte_view(of.new_settled).first(at));
    octets back = of.new_settled;
    put(back, 0, byte_view(of.old_changing).first(at));
    for (const octets& copy_0 : {front, back, spoiled(of.new_settled, at)}) {
      check_opens(of, of.with(copy_0, of.new_changing), opens::as_after);
    }
  }
}

TEST_CASE("sectors that were written in any order leave a file that opens", "[seal][header_copies]") {
  const torn_change of;
  const octets old_copy = of.old_settled();
  // The sectors that differ are the fields, the first two slots: every subset of them.
  for (unsigned written = 0; written < 8; ++written) {
    octets copy_1 = old_copy;
    octets copy_0 = of.old_changing;
    for (unsigned sector = 0; sector < 3; ++sector) {
      if ((written >> sector & 1) == 0) continue;
      put(copy_1, 512 * sector, byte_view(of.new_changing).subspan(512 * sector, 512));
      put(copy_0, 512 * sector, byte_view(of.new_settled).subspan(512 * sector, 512));
    }
    CAPTURE(written);
    check_opens(of, of.with(of.old_changing, copy_1), written == 7 ? opens::as_after : opens::as_before);
    check_opens(of, of.with(copy_0, of.new_changing), opens::as_after);
  }
}

TEST_CASE("while a copy is being written it may be anything", "[seal][header_copies]") {
  const torn_change of;
  const octets other = *test::sealed_bytes(octets(5000), test::slots_of(*caller_slot(of.kept)), {.segment_size = 4096},
                                           test::fixed_material(0x77, 0x78));
  const octets longer =
      *test::sealed_bytes(octets(9000), test::slots_of(*caller_slot(of.kept)), {.segment_size = 4096});
  for (const octets& any : {octets(size), octets(size, 0xff), octets(other.begin(), other.begin() + size),
                            octets(longer.begin(), longer.begin() + size)}) {
    check_opens(of, of.with(of.old_changing, any), opens::as_before);
    check_opens(of, of.with(any, of.new_changing), opens::as_after);
  }
}

}  // namespace test_header_copies_torn
