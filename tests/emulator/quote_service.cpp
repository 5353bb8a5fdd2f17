// SPDX-License-Identifier: Apache-2.0

#include "quote_service.hpp"

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <thread>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace emulator {

namespace {

namespace layout = unitee::layout;

namespace header {
using major = layout::le<"major", 0, std::uint16_t>;
using minor = layout::le<"minor", 2, std::uint16_t>;
using type = layout::le<"type", 4, std::uint32_t>;
using size = layout::le<"size", 8, std::uint32_t>;
using error = layout::le<"error", 12, std::uint32_t>;
constexpr std::size_t bytes = 16;
}  // namespace header

constexpr std::uint32_t get_quote = 0;
constexpr std::uint32_t get_platform_info = 4;

constexpr std::uint32_t unexpected = 0x12001;
constexpr std::uint32_t invalid_parameter = 0x12003;
constexpr std::uint32_t invalid_version = 0x12004;
constexpr std::uint32_t invalid_type = 0x12005;
constexpr std::uint32_t invalid_size = 0x12006;

constexpr std::size_t report_size = 1024;

template <class T>
void append(octets& to, T value) {
  std::array<std::uint8_t, sizeof(T)> bytes{};
  unitee::store_le<T>(bytes, value);
  to.insert(to.end(), bytes.begin(), bytes.end());
}

bool receive(int socket, unitee::byte_span out) {
  for (std::size_t size = 0; size < out.size();) {
    const ::ssize_t n = ::recv(socket, out.data() + size, out.size() - size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    size += static_cast<std::size_t>(n);
  }
  return true;
}

bool send(int socket, unitee::byte_view bytes, std::size_t piece) {
  while (!bytes.empty()) {
    const ::ssize_t n = ::send(socket, bytes.data(), std::min(bytes.size(), piece), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    if (piece < 4096 && !bytes.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// peer is the client of a connection; it is gone when it has hung up.
caller peer(int socket) {
  return {0, [socket] {
            ::pollfd one{socket, POLLRDHUP, 0};
            return ::poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
          }};
}

octets message(std::uint32_t type, std::uint32_t error, const octets& body) {
  octets out(header::bytes);
  header::major::write(out, 1);
  header::minor::write(out, 1);
  header::type::write(out, type);
  header::size::write(out, static_cast<std::uint32_t>(header::bytes + body.size()));
  header::error::write(out, error);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

}  // namespace

bool quote_service::listen(const std::string& path) {
  ::sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0 || ::bind(socket, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket, 256) != 0) {
    return false;
  }
  std::thread([this, socket] { accept_all(socket); }).detach();
  return true;
}

void quote_service::accept_all(int socket) {
  for (;;) {
    const int connection = ::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    ++connections_;
    std::thread([this, connection] {
      serve(connection);
      ::close(connection);
    }).detach();
  }
}

void quote_service::serve(int socket) {
  {
    call accepted(in_, peer(socket), "qgs.accept");
    if (accepted.failing.close || accepted.staged() != 0) return;
  }
  for (;;) {
    std::array<std::uint8_t, 4> prefix{};
    if (!receive(socket, prefix)) return;
    const std::uint32_t size = unitee::load_be<std::uint32_t>(prefix);
    if (size > message_max) return;
    octets request(size);
    if (!receive(socket, request)) return;
    call in_work(in_, peer(socket), "qgs.request");
    in_work.what.request = std::move(request);
    if (!answer(in_work, socket)) return;
  }
}

bool quote_service::answer(call& in_work, int socket) {
  const fault& failing = in_work.failing;
  if (failing.close || in_work.staged() != 0) return false;
  octets response = response_to(in_work);
  if (response.empty()) return false;
  if (failing.type && response.size() >= header::bytes) header::type::write(response, *failing.type);
  const std::size_t announced = failing.nonsense ? failing.nonsense->size() : response.size();
  failing.spoil(response);
  octets out(4);
  unitee::store_be<std::uint32_t>(std::span(out).first<4>(), static_cast<std::uint32_t>(announced));
  out.insert(out.end(), response.begin(), response.end());
  in_work.what.size = out.size();
  return send(socket, out, failing.at_most.value_or(out.size())) && response.size() == announced;
}

octets quote_service::response_to(call& in_work) {
  const octets& request = in_work.what.request;
  if (request.size() == report_size && !in_work.failing.qgs_error) return guest_.quote_of(request);
  const std::uint32_t type = request.size() < header::bytes ? 0 : header::type::read(request);
  const auto refuse = [&](std::uint32_t code) {
    in_work.what.err_code = code;
    return message(type + 1, code, {});
  };
  if (in_work.failing.qgs_error) return refuse(*in_work.failing.qgs_error);
  if (request.size() < header::bytes || header::size::read(request) != request.size()) return refuse(invalid_size);
  if (header::major::read(request) != 1) return refuse(invalid_version);
  if (header::error::read(request) != 0) {
    in_work.what.violate("the error of a request is not zero");
    return refuse(invalid_parameter);
  }
  octets body;
  if (type == get_platform_info) {
    if (request.size() != header::bytes) return refuse(invalid_size);
    const auto& id = guest_.platform_id();
    const auto& cpusvn = unitee::guest::simulated_cpusvn.value;
    append<std::uint16_t>(body, unitee::guest::simulated_qe_isvsvn);
    append<std::uint16_t>(body, unitee::guest::simulated_pcesvn);
    append<std::uint32_t>(body, static_cast<std::uint32_t>(id.size()));
    append<std::uint32_t>(body, static_cast<std::uint32_t>(cpusvn.size()));
    body.insert(body.end(), id.begin(), id.end());
    body.insert(body.end(), cpusvn.begin(), cpusvn.end());
    return message(type + 1, 0, body);
  }
  if (type != get_quote) return refuse(invalid_type);
  const unitee::byte_view sizes = unitee::byte_view(request).subspan(header::bytes);
  if (sizes.size() < 8) return refuse(invalid_size);
  const std::uint64_t report = unitee::load_le<std::uint32_t>(sizes.first<4>());
  const std::uint64_t ids = unitee::load_le<std::uint32_t>(sizes.subspan<4, 4>());
  if (report != report_size || ids % 16 != 0) return refuse(invalid_parameter);
  if (sizes.size() != 8 + report + ids) return refuse(invalid_size);
  const octets quote = guest_.quote_of(sizes.subspan(8, report_size));
  if (quote.empty()) return refuse(unexpected);
  append<std::uint32_t>(body, 0);
  append<std::uint32_t>(body, static_cast<std::uint32_t>(quote.size()));
  body.insert(body.end(), quote.begin(), quote.end());
  return message(type + 1, 0, body);
}

}  // namespace emulator
