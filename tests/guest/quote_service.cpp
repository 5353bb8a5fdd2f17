// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/quote_service.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/fake_service.hpp"
#include "support/folder.hpp"
#include "support/sample_quote.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace test_quote_service {

using namespace unitee;
using guest::quote_service_address;
using test::fake_service;

namespace {

using bytes = std::vector<std::uint8_t>;

constexpr std::size_t request_size = 4 + 24 + 1024;
constexpr time_limit enough{20'000};
constexpr time_limit little{60};

tdx::td_report report() { return *tdx::td_report::parse(test::sample_td_report(1).bytes()); }

// framed is a message behind its length, and response a good one with this quote.
bytes framed(const bytes& message) {
  bytes out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(message.size() >> shift));
  out.insert(out.end(), message.begin(), message.end());
  return out;
}
bytes response(const bytes& quote) {
  bytes out = test::bytes_of_hex("010001000100000000000000000000000000000000000000");
  out.insert(out.end(), quote.begin(), quote.end());
  for (std::size_t i = 0; i < 4; ++i) {
    out[8 + i] = static_cast<std::uint8_t>(out.size() >> (8 * i));
    out[20 + i] = static_cast<std::uint8_t>(quote.size() >> (8 * i));
  }
  return out;
}

result<bytes> ask(const std::string& path, time_limit limit = enough) {
  return guest::ask_quote_service({.path = path}, report(), limit);
}

// answered is what comes of a service that takes the request and sends these bytes.
result<bytes> answered(const bytes& with) {
  const fake_service service([&](int client) {
    fake_service::receive(client, request_size);
    fake_service::send(client, with);
  });
  return ask(service.path());
}

failure refusal(errc code, std::uint64_t offset) { return {code, offset, part::quote_service}; }

}  // namespace

TEST_CASE("a service is asked with one request, and its quote handed out", "[guest][quote_service]") {
  for (const std::size_t size : {1U, 5000U, 1'000'000U}) {
    const bytes quote(size, 0x5A);
    bytes request;
    bytes more{1};
    {
      const fake_service service([&](int client) {
        request = fake_service::receive(client, request_size);
        fake_service::send(client, framed(response(quote)));
        more = fake_service::receive(client, 1);
      });
      const auto got = ask(service.path());
      REQUIRE(got);
      CHECK(*got == quote);
    }
    CHECK(more.empty());  // the client asks for nothing more, and hangs up
    REQUIRE(request.size() == request_size);
    CHECK(test::hex_of(byte_view(request).first(28)) == "00000418010001000000000018040000000000000004000000000000");
    CHECK(equal(byte_view(request).subspan(28), report().bytes()));
  }
}

TEST_CASE("an answer in single bytes is an answer", "[guest][quote_service]") {
  const bytes whole = framed(response(bytes(20, 7)));
  const fake_service service([&](int client) {
    fake_service::receive(client, request_size);
    for (const std::uint8_t byte : whole) {
      fake_service::send(client, {&byte, 1});
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  const auto got = ask(service.path());
  REQUIRE(got);
  CHECK(*got == bytes(20, 7));
}

TEST_CASE("a service that does not answer is left in time", "[guest][quote_service]") {
  const bytes whole = framed(response(bytes(20, 7)));
  for (const std::size_t sent : {std::size_t{0}, std::size_t{3}, std::size_t{4}, whole.size() - 1}) {
    bool hung_up = false;
    {
      const fake_service service([&](int client) {
        fake_service::receive(client, request_size);
        fake_service::send(client, byte_view(whole).first(sent));
        hung_up = fake_service::receive(client, 1).empty();
      });
      const auto from = std::chrono::steady_clock::now();
      CHECK(ask(service.path(), little).error() == refusal(errc::timed_out, little.milliseconds));
      CHECK(std::chrono::steady_clock::now() - from < std::chrono::seconds(5));
    }
    CHECK(hung_up);  // no connection is left behind
  }
}

TEST_CASE("a service to which more clients wait than it takes is waited for", "[guest][quote_service]") {
  std::atomic<bool> busy = true;
  const fake_service service([&](int client) {
    while (busy) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    fake_service::receive(client, request_size);
    fake_service::send(client, framed(response(bytes(8, 1))));
  });
  std::atomic<int> served = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 12; ++i) {
    clients.emplace_back([&] {
      if (const auto got = ask(service.path()); got && *got == bytes(8, 1)) ++served;
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(ask(service.path(), little).error() == refusal(errc::timed_out, little.milliseconds));
  busy = false;
  for (auto& client : clients) client.join();
  CHECK(served == 12);
}

TEST_CASE("a service that hangs up says so by how much of its answer was there", "[guest][quote_service]") {
  const bytes whole = framed(response(bytes(20, 7)));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    const auto got = answered(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
    REQUIRE_FALSE(got);
    CHECK(got.error() == refusal(errc::truncated, n));
  }
}

TEST_CASE("a service that hangs up before it has the request does so, too", "[guest][quote_service]") {
  for (const std::size_t taken : {0U, 1U, 1000U}) {
    for (int i = 0; i < 20; ++i) {
      const fake_service service([&](int client) { fake_service::receive(client, taken); });
      const auto got = ask(service.path());
      REQUIRE_FALSE(got);
      REQUIRE(got.error() == refusal(errc::truncated, 0));
    }
  }
}

TEST_CASE("nonsense is refused for what it is", "[guest][quote_service]") {
  const bytes good = response(bytes(20, 7));
  const auto with = [&](std::size_t offset, std::uint8_t value) {
    bytes out = good;
    out.at(offset) = value;
    return answered(framed(out)).error();
  };
  CHECK(answered(bytes(64, 0xFF)).error() == refusal(errc::bad_length, 0));
  CHECK(answered({0, 0, 0, 15}).error() == refusal(errc::bad_length, 0));
  CHECK(answered({0, 0x10, 0, 1}).error() == refusal(errc::bad_length, 0));  // 1 MiB and a byte
  CHECK(answered(bytes(64, 'H')).error() == refusal(errc::bad_length, 0));   // a text
  CHECK(answered(framed(bytes(16, 0))).error() == refusal(errc::unsupported_version, 0));
  CHECK(with(0, 2) == refusal(errc::unsupported_version, 0));
  CHECK(with(4, 3) == refusal(errc::bad_value, 4));
  CHECK(with(8, 0xFF) == refusal(errc::bad_length, 8));
  CHECK(with(16, 15) == refusal(errc::bad_length, 16));
  CHECK(with(20, 0xFF) == refusal(errc::bad_length, 20));
  CHECK(with(13, 0x20) == refusal(errc::service_error, 0x2000));
  CHECK(answered(framed(response({}))).error() == refusal(errc::no_quote, 0));
}

TEST_CASE("where nobody listens there is no service", "[guest][quote_service]") {
  const test::folder here;
  CHECK(ask(here / "absent").error() == refusal(errc::interface_absent, ENOENT));
  std::ofstream(here / "file") << "not a socket";
  CHECK(ask(here / "file").error() == refusal(errc::interface_absent, ECONNREFUSED));
  std::string left_over;
  {
    const fake_service service([](int) {});
    left_over = here / "left-over";
    std::filesystem::create_hard_link(service.path(), left_over);
  }
  CHECK(ask(left_over).error() == refusal(errc::interface_absent, ECONNREFUSED));
}

TEST_CASE("a socket of another kind is no service and is not absent", "[guest][quote_service]") {
  const test::folder here;
  ::sockaddr_un to{};
  to.sun_family = AF_UNIX;
  const std::string path = here / "datagrams";
  path.copy(to.sun_path, sizeof to.sun_path - 1);
  const posix::descriptor other(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(other.get(), reinterpret_cast<const ::sockaddr*>(&to), sizeof to) == 0);
  CHECK(ask(path).error() == refusal(errc::io_error, EPROTOTYPE));
}

TEST_CASE("a path that fits no address is an I/O error", "[guest][quote_service]") {
  CHECK(ask("/" + std::string(107, 'x')).error() == refusal(errc::io_error, ENAMETOOLONG));
  CHECK(ask("/" + std::string(5000, 'x')).error() == refusal(errc::io_error, ENAMETOOLONG));
  CHECK(ask("/" + std::string(106, 'x')).error() == refusal(errc::interface_absent, ENOENT));
}

TEST_CASE("a host without a service is told from one that has it", "[guest][quote_service]") {
  // What there is behind vsock depends on the machine; on this port there is nothing.
  const auto got = guest::ask_quote_service({.port = 0xFFFFFFF0}, report(), time_limit{5000});
  REQUIRE_FALSE(got);
  CHECK(got.error().in == part::quote_service);
  const bool absent = got.error().code == errc::interface_absent || got.error().code == errc::timed_out;
  CHECK(absent);
}

TEST_CASE("the service's port is the one that Intel's file names, and 4050 otherwise", "[guest][quote_service]") {
  struct expectation {
    const char* text;
    std::uint32_t port;
  };
  const test::folder here;
  const std::string file = here / "tdx-attest.conf";
  CHECK(quote_service_address::configured(file.c_str()).port == 4050);  // there is none
  CHECK(quote_service_address::configured(here.path().c_str()).port == 4050);
  for (const auto& [text, port] : {expectation{"", 4050},
                                   {"port=1234", 1234},
                                   {"port = 1234\n", 1234},
                                   {"  port\t=\t1234  \r\n", 1234},
                                   {"# QGS\n\nport = 5\n# port = 6\n", 5},
                                   {"#port = 6\n", 4050},
                                   {"port = 5\nport = 7\n", 7},
                                   {"port = 4294967295\n", 4294967295},
                                   {"port = 4294967296\n", 4050},
                                   {"port = 99999999999999999999\n", 4050},
                                   {"port =\n", 4050},
                                   {"port\n", 4050},
                                   {"port = -1\n", 4050},
                                   {"port = 12x\n", 4050},
                                   {"port = 12 # the host's\n", 12},
                                   {"port = x\nport = 0x10\n", 4050},
                                   {"report = 8\n", 4050},
                                   {"ports = 8\n", 4050}}) {
    CAPTURE(text);
    std::ofstream(file) << text;
    const auto at = quote_service_address::configured(file.c_str());
    CHECK(at.port == port);
    CHECK(at.cid == 2);
    CHECK(at.path.empty());
  }
  std::ofstream(file) << "port = 9\n" << std::string(5000, '#');  // longer than any such file: its beginning counts
  CHECK(quote_service_address::configured(file.c_str()).port == 9);
  const std::string pipe = here / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(quote_service_address::configured(pipe.c_str()).port == 4050);  // and does not wait for a writer
}

}  // namespace test_quote_service
