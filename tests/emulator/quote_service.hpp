// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/quote_service.hpp: Intel's quote generation service (QGS), on a Unix socket.
#pragma once

#include "call.hpp"
#include "td_guest.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace emulator {

// quote_service answers GET_QUOTE and GET_PLATFORM_INFO messages, and TD reports without a message around them, each
// behind its length. A thread serves each connection, until the client closes it.
class quote_service {
 public:
  static constexpr std::uint32_t message_max = 65536;

  quote_service(kernel& in, td_guest& guest) : in_(in), guest_(guest) {}

  // listen begins to accept at the path; false when that cannot be.
  bool listen(const std::string& path);

  [[nodiscard]] std::size_t connections() const { return connections_; }

 private:
  void accept_all(int socket);
  void serve(int socket);
  bool answer(call& in_work, int socket);
  octets response_to(call& in_work);

  kernel& in_;
  td_guest& guest_;
  std::atomic<std::size_t> connections_ = 0;
};

}  // namespace emulator
