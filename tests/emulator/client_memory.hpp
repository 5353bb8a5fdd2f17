// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/client_memory.hpp: what stands behind the client's pointers, as copy_from_user and copy_to_user.
#pragma once

#include <unitee/bytes/view.hpp>

#include <cstdint>

#include <sys/types.h>
#include <sys/uio.h>

namespace emulator {

// client_memory is the address space of a thread of the client. A copy is whole or fails (EFAULT is the caller's word).
class client_memory {
 public:
  explicit client_memory(::pid_t thread) : thread_(thread) {}

  [[nodiscard]] bool read(std::uint64_t address, unitee::byte_span out) const {
    return copy(::process_vm_readv, address, out.data(), out.size());
  }
  [[nodiscard]] bool write(std::uint64_t address, unitee::byte_view bytes) const {
    return copy(::process_vm_writev, address, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
  }

 private:
  template <class Copy>
  [[nodiscard]] bool copy(Copy* by, std::uint64_t address, std::uint8_t* here, std::size_t size) const {
    if (size == 0) return true;
    const ::iovec local{here, size};
    const ::iovec remote{reinterpret_cast<void*>(address), size};  // an address of the client's
    return by(thread_, &local, 1, &remote, 1, 0) == static_cast<::ssize_t>(size);
  }

  ::pid_t thread_;
};

}  // namespace emulator
