// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/quote_service.hpp: quotes by the quote service (QGS) of the host, over vsock or a Unix socket.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/quote_service_message.hpp>
#include <unitee/tdx/td_report.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace unitee::inline v0::guest {

// quote_service_address says where the service listens: on a Unix socket when there is a path, and otherwise on a port
// of the host (vsock, CID 2).
struct quote_service_address {
  std::uint32_t cid = VMADDR_CID_HOST;
  std::uint32_t port = 4050;
  std::string path{};

  // configured is the port that the file names in a line "port = N", as Intel's library reads it, or else 4050. Of the
  // file, 4096 bytes count.
  static quote_service_address configured(const char* file = "/etc/tdx-attest.conf") {
    quote_service_address out;
    std::array<std::uint8_t, 4096> space{};
    const posix::descriptor fd = posix::open_file(file, O_RDONLY | O_NONBLOCK);
    const auto size = fd ? posix::read_to_end(fd.get(), space) : result<std::size_t>(0);
    const bool more = !size && size.error().code == errc::no_space;
    std::string_view text(reinterpret_cast<const char*>(space.data()), size ? *size : more ? space.size() : 0);
    while (!text.empty()) {
      std::string line(text.substr(0, text.find('\n')));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      line.erase(std::min(line.size(), line.find('#')));
      std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
      std::uint32_t port = 0;
      const char* const begin = line.data() + std::min<std::size_t>(line.size(), 5);
      const char* const end = line.data() + line.size();
      if (!line.starts_with("port=")) continue;
      if (const auto read = std::from_chars(begin, end, port); read.ptr == end && read.ec == std::errc())
        out.port = port;
    }
    return out;
  }
};

namespace detail {

// service_socket is a connection on which nothing waits beyond the deadline.
class service_socket {
 public:
  // connect is errc::interface_absent when nobody listens there, or the kernel knows no such sockets.
  static result<service_socket> connect(const quote_service_address& to, const posix::deadline& until) noexcept {
    ::sockaddr_un local{};
    ::sockaddr_vm host{};
    const bool is_local = !to.path.empty();
    if (to.path.size() >= sizeof local.sun_path) return failure{errc::io_error, ENAMETOOLONG, part::quote_service};
    local.sun_family = AF_UNIX;
    std::memcpy(local.sun_path, to.path.data(), to.path.size());
    host.svm_family = AF_VSOCK;
    host.svm_cid = to.cid;
    host.svm_port = to.port;
    const auto* const address =
        is_local ? reinterpret_cast<const ::sockaddr*>(&local) : reinterpret_cast<const ::sockaddr*>(&host);
    posix::descriptor fd(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return absent(errno);
    const ::socklen_t size = is_local ? sizeof local : sizeof host;
    service_socket out(std::move(fd), until);
    while (::connect(out.fd_.get(), address, size) != 0 && errno != EINPROGRESS && errno != EINTR) {
      if (errno != EAGAIN) return absent(errno);  // EAGAIN: as many wait at the Unix socket as it takes
      if (until.passed()) return out.too_late();
      until.pause(pause_ms);
    }
    if (const auto ready = out.wait(POLLOUT); !ready) return ready.error();
    int error = 0;
    ::socklen_t error_size = sizeof error;
    if (::getsockopt(out.fd_.get(), SOL_SOCKET, SO_ERROR, &error, &error_size) != 0) error = errno;
    if (error != 0) return absent(error);
    return out;
  }

  // send and receive are errc::truncated when the service hangs up, after so many bytes received.
  [[nodiscard]] result<void> send(byte_view bytes) noexcept {
    while (!bytes.empty()) {
      const ::ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
      if (n >= 0 || errno == EINTR) continue;
      if (errno == EPIPE || errno == ECONNRESET) return hung_up(0);
      if (errno != EAGAIN) return posix::io_failure(part::quote_service);
      if (const auto ready = wait(POLLOUT); !ready) return ready;
    }
    return {};
  }

  // receive fills all of `out`.
  [[nodiscard]] result<void> receive(byte_span out) noexcept {
    for (std::size_t size = 0; size < out.size();) {
      const ::ssize_t n = ::recv(fd_.get(), out.data() + size, out.size() - size, 0);
      if (n > 0) size += static_cast<std::size_t>(n);
      if (n > 0 || (n < 0 && errno == EINTR)) continue;
      if (n == 0 || errno == ECONNRESET) return hung_up(size);
      if (errno != EAGAIN) return posix::io_failure(part::quote_service);
      if (const auto ready = wait(POLLIN); !ready) return ready;
    }
    received_ += out.size();
    return {};
  }

 private:
  service_socket(posix::descriptor fd, const posix::deadline& until) noexcept : fd_(std::move(fd)), until_(until) {}

  static constexpr std::uint32_t pause_ms = 20;

  [[nodiscard]] failure hung_up(std::size_t received_since) const noexcept {
    return {errc::truncated, received_ + received_since, part::quote_service};
  }
  [[nodiscard]] failure too_late() const noexcept {
    return {errc::timed_out, until_.limit().milliseconds, part::quote_service};
  }
  static failure absent(int error) noexcept {
    constexpr std::array none{ENOENT,       ENOTSOCK,    ECONNREFUSED,  ECONNRESET, ENODEV,   EAFNOSUPPORT,
                              EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL, ENXIO,      ETIMEDOUT};
    const bool is_absent = std::find(none.begin(), none.end(), error) != none.end();
    return {is_absent ? errc::interface_absent : errc::io_error, static_cast<std::uint64_t>(error),
            part::quote_service};
  }

  [[nodiscard]] result<void> wait(short event) const noexcept {
    for (;;) {
      ::pollfd one{fd_.get(), event, 0};
      const int n = ::poll(&one, 1, static_cast<int>(std::min<std::uint32_t>(until_.left(), 1'000'000)));
      if (n > 0) return {};
      if (n < 0 && errno != EINTR) return posix::io_failure(part::quote_service);
      if (until_.passed()) return too_late();
    }
  }

  posix::descriptor fd_;
  posix::deadline until_;
  std::uint64_t received_ = 0;
};

}  // namespace detail

// ask_quote_service is the quote that the service makes of a TD report. Failures, in part::quote_service:
// errc::interface_absent when there is no service, errc::timed_out when it does not answer within the limit,
// errc::truncated when it hangs up, errc::io_error, and those of quote_service_length and quote_in.
inline result<std::vector<std::uint8_t>> ask_quote_service(const quote_service_address& at,
                                                           const tdx::td_report& report, const posix::deadline& until) {
  auto service = detail::service_socket::connect(at, until);
  if (!service) return service.error();
  if (const auto done = service->send(tdx::get_quote_request(report)); !done) return done.error();
  std::array<std::uint8_t, 4> prefix{};
  if (const auto done = service->receive(prefix); !done) return done.error();
  const auto size = tdx::quote_service_length(prefix);
  if (!size) return size.error();
  std::vector<std::uint8_t> message(*size);
  if (const auto done = service->receive(message); !done) return done.error();
  const auto quote = tdx::quote_in(message);
  if (!quote) return quote.error();
  return std::vector<std::uint8_t>(quote->begin(), quote->end());
}

}  // namespace unitee::inline v0::guest
