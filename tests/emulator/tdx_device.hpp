// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/tdx_device.hpp: /dev/tdx_guest.
#pragma once

#include "call.hpp"
#include "td_guest.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace emulator {

// tdx_device is the driver: TDX_CMD_GET_REPORT0, and TDX_CMD_KEY_GET where the stage has it.
class tdx_device {
 public:
  static constexpr std::uint32_t get_report0 = 0xC4405401;
  static constexpr std::uint32_t key_get = 0xC0A85405;
  static constexpr std::size_t report_argument_size = 1088;
  static constexpr std::size_t key_argument_size = 168;

  tdx_device(kernel& in, td_guest& guest, seal_key key) : in_(in), guest_(guest), key_(key) {}

  // ioctl is one request with its argument, which becomes what the client finds there. It is 0 or errno.
  int ioctl(const caller& by, std::uint32_t number, std::span<std::uint8_t> argument);

 private:
  int report(call& in_work, std::span<std::uint8_t> argument);
  int key(call& in_work, std::span<std::uint8_t> argument);

  kernel& in_;
  td_guest& guest_;
  seal_key key_;
};

}  // namespace emulator
