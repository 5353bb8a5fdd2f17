// SPDX-License-Identifier: Apache-2.0
//
// tests/support/fake_service.hpp: something that listens on a Unix socket and answers as a test wants it to.
#pragma once

#include "support/folder.hpp"

#include <unitee/bytes/view.hpp>
#include <unitee/posix/io.hpp>

#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>

namespace unitee::test {

// fake_service calls talk(fd) for one client after the other, and closes the connection when talk returns.
class fake_service {
 public:
  explicit fake_service(std::function<void(int)> talk) : talk_(std::move(talk)) {
    ::sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, path_.data(), path_.size());
    const auto* const address = reinterpret_cast<const ::sockaddr*>(&at);
    if (::bind(listening_.get(), address, sizeof at) != 0 || ::listen(listening_.get(), 1) != 0) {
      throw std::runtime_error("cannot listen on " + path_);
    }
    thread_ = std::thread([this] {
      for (;;) {
        const posix::descriptor client(::accept(listening_.get(), nullptr, nullptr));
        if (!client) return;
        talk_(client.get());
      }
    });
  }
  ~fake_service() {
    ::shutdown(listening_.get(), SHUT_RDWR);  // ends accept
    thread_.join();
  }
  fake_service(const fake_service&) = delete;
  fake_service& operator=(const fake_service&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // receive is the next n bytes of the client's, or fewer when it hangs up; send is all of the bytes, if it can be.
  static std::vector<std::uint8_t> receive(int client, std::size_t n) {
    std::vector<std::uint8_t> out(n);
    const ::ssize_t got = ::recv(client, out.data(), n, MSG_WAITALL);
    out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return out;
  }
  static void send(int client, byte_view bytes) {
    while (!bytes.empty()) {
      const ::ssize_t n = ::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
  }

 private:
  folder folder_;
  std::string path_ = folder_ / "socket";
  std::function<void(int)> talk_;
  posix::descriptor listening_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::thread thread_;
};

}  // namespace unitee::test
