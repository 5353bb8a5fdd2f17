// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_td_log.hpp: the event log of a simulated TD, in the form of a CCEL.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace unitee::inline v0::guest {

// simulated_td_log is a log area (TCG crypto-agile format with confidential-computing register indexes, SHA-384 alone)
// as firmware keeps it: the first event, all others, and 0xFF to the end of the area, which grows by whole pages.
class simulated_td_log {
 public:
  static constexpr std::size_t page = 4096;

  simulated_td_log() {
    std::array<std::uint8_t, 65> first{};
    constexpr std::uint8_t signature[] = {'S', 'p', 'e', 'c', ' ', 'I', 'D', ' ', 'E', 'v', 'e', 'n', 't', '0', '3', 0};
    writer to(first);
    to.le(std::uint32_t{1}).le(no_action).zeros(20).le(std::uint32_t{33}).bytes(signature);
    to.le(std::uint32_t{0});                                         // platform class
    to.le(std::uint8_t{0}).le(std::uint8_t{2}).le(std::uint8_t{0});  // specification 2.0, errata 0
    to.le(std::uint8_t{2});                                          // UINTN of 64 bits
    to.le(std::uint32_t{1}).le(sha384_id).le(std::uint16_t{48}).le(std::uint8_t{0});
    events_.assign(first.begin(), first.end());
  }

  // append writes an event of RTMR0 to RTMR3 (0 to 3), whose index in a log is one more.
  void append(std::uint32_t rtmr, std::uint32_t type, std::span<const std::uint8_t, 48> digest, byte_view data) {
    std::array<std::uint8_t, 66> head{};
    writer(head)
        .le(rtmr + 1)
        .le(type)
        .le(std::uint32_t{1})
        .le(sha384_id)
        .bytes(digest)
        .le(static_cast<std::uint32_t>(data.size()));
    events_.insert(events_.end(), head.begin(), head.end());
    events_.insert(events_.end(), data.begin(), data.end());
  }

  // bytes is the whole area.
  [[nodiscard]] std::vector<std::uint8_t> bytes() const {
    std::vector<std::uint8_t> out = events_;
    constexpr std::size_t end = 8;  // a register index and type of ones
    out.resize((out.size() + end + page - 1) / page * page, 0xFF);
    return out;
  }

  // no_action is the type of events that extend nothing.
  static constexpr std::uint32_t no_action = 3;

 private:
  static constexpr std::uint16_t sha384_id = 0x000C;

  std::vector<std::uint8_t> events_;
};

}  // namespace unitee::inline v0::guest
