// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/sev_device.hpp: /dev/sev-guest.
#pragma once

#include "call.hpp"
#include "client_memory.hpp"
#include "snp_guest.hpp"

#include <cstdint>
#include <mutex>
#include <span>

namespace emulator {

// sev_device is the driver: the requests of Linux's sev-guest, and the rules after which it wipes its VMPCK.
class sev_device {
 public:
  static constexpr std::uint32_t get_report = 0xC0205300;
  static constexpr std::uint32_t get_derived_key = 0xC0205301;
  static constexpr std::uint32_t get_ext_report = 0xC0205302;

  static constexpr std::uint32_t certificates_max = 0x4000;
  static constexpr std::uint64_t no_answer = 0xFF;
  static constexpr std::uint64_t buffer_too_small = 0x100000000;
  static constexpr std::uint64_t host_busy = 0x200000000;

  sev_device(kernel& in, snp_guest& guest) : in_(in), guest_(guest) {}

  // ioctl is one request with the 32 bytes of its argument, which become what the client finds there. It is 0 or errno.
  int ioctl(const caller& by, std::uint32_t number, std::span<std::uint8_t> argument);

 private:
  class request;

  kernel& in_;
  snp_guest& guest_;
};

}  // namespace emulator
