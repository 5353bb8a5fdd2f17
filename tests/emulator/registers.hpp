// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/registers.hpp: /sys/class/misc/tdx_guest/measurements.
#pragma once

#include "call.hpp"
#include "td_guest.hpp"

#include <array>
#include <cstddef>

namespace emulator {

// registers are the files of Linux's tsm-mr, as the TDX driver registers them: 48 bytes each, RTMRs writable.
class registers {
 public:
  static constexpr std::size_t size = 48;

  struct form {
    const char* name;        // of the file
    const char* short_name;  // in operations
    bool written;
  };
  static constexpr std::array forms{form{"rtmr0:sha384", "rtmr0", true}, form{"rtmr1:sha384", "rtmr1", true},
                                    form{"rtmr2:sha384", "rtmr2", true}, form{"rtmr3:sha384", "rtmr3", true},
                                    form{"mrtd:sha384", "mrtd", false},  form{"mrconfigid", "mrconfigid", false},
                                    form{"mrowner", "mrowner", false},   form{"mrownerconfig", "mrownerconfig", false}};

  registers(kernel& in, td_guest& guest) : in_(in), guest_(guest) {}

  // Each is 0 or errno, of the file with this index. As in sysfs, a read gives what the register is at that time, and a
  // write is cut at the file's end.
  int open(const caller& by, std::size_t which, bool writes);
  int read(const caller& by, std::size_t which, std::size_t offset, std::size_t most, octets& out);
  int write(const caller& by, std::size_t which, std::size_t offset, unitee::byte_view bytes, std::size_t& taken);

 private:
  octets value(std::size_t which);

  kernel& in_;
  td_guest& guest_;
};

}  // namespace emulator
