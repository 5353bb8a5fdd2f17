// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/certificate_buffer.hpp>

#include <unitee/bytes/writer.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace test_certificate_buffer {

using namespace unitee;
using guest::detail::ask_with_certificates;
using guest::detail::certificate_buffer;

namespace {

using request_span = std::span<std::uint8_t, 112>;

// A table with one entry, the VCEK: 3 bytes at 48, behind the entry and the zero GUID.
const std::string one_entry =
    "63da758de6644564adc5f4b93be8accd"
    "30000000"
    "03000000" +
    std::string(48, '0') + "aabbcc";

certificate_buffer created() {
  auto made = certificate_buffer::create();
  REQUIRE(made);
  return std::move(*made);
}

// asked is what ask_with_certificates says when the kernel answers with this failure and this length.
result<void> asked(std::uint32_t certs_len, failure answer) {
  certificate_buffer buffer = created();
  return ask_with_certificates(buffer, [&](request_span request) -> result<void> {
    for (std::size_t i = 0; i < 4; ++i) request[104 + i] = static_cast<std::uint8_t>(certs_len >> (8 * i));
    return answer;
  });
}

constexpr failure too_small{errc::no_space, 0, part::sev_guest};

}  // namespace

TEST_CASE("the buffer is four whole pages of zeros", "[guest][certificate_buffer]") {
  certificate_buffer buffer = created();
  CHECK(buffer.bytes().size() == 16384);
  CHECK(reinterpret_cast<std::uintptr_t>(buffer.bytes().data()) % 4096 == 0);
  CHECK(all_zero(buffer.bytes()));
  const std::uint8_t* const at = buffer.bytes().data();
  certificate_buffer moved(std::move(buffer));
  CHECK(moved.bytes().data() == at);  // the kernel has been told this address
}

TEST_CASE("a host without certificates leaves an empty table", "[guest][certificate_buffer]") {
  const auto table = created().table();
  REQUIRE(table);
  CHECK(table->empty());
}

TEST_CASE("a table is without its padding", "[guest][certificate_buffer]") {
  certificate_buffer buffer = created();
  const auto bytes = test::bytes_of_hex(one_entry);
  writer(buffer.bytes()).bytes(bytes);
  const auto table = buffer.table();
  REQUIRE(table);
  CHECK(equal(*table, bytes));
  // Whatever the host leaves behind the last certificate is padding, too.
  std::ranges::fill(buffer.bytes().subspan(bytes.size()), std::uint8_t{0xEE});
  CHECK(equal(*buffer.table(), bytes));
  // A table of no entries has no bytes.
  std::ranges::fill(buffer.bytes().first(48), std::uint8_t{0});
  CHECK(buffer.table()->empty());
}

TEST_CASE("the data that lie last end the table, whichever entry they are of", "[guest][certificate_buffer]") {
  certificate_buffer buffer = created();
  // The ASK, 4 bytes at 0x3FFC; then the VCEK, 1 byte at 72.
  writer(buffer.bytes())
      .bytes(test::bytes_of_hex("4ab7b379bbac4fe4a02f05aef327c782"
                                "fc3f0000"
                                "04000000"
                                "63da758de6644564adc5f4b93be8accd"
                                "48000000"
                                "01000000"));
  CHECK(buffer.table()->size() == 0x4000);
  writer(buffer.bytes().subspan(16)).le<std::uint32_t>(0x3000);
  CHECK(buffer.table()->size() == 0x3004);
}

TEST_CASE("what is no table is refused as one", "[guest][certificate_buffer]") {
  certificate_buffer buffer = created();
  std::ranges::fill(buffer.bytes(), std::uint8_t{0x41});
  CHECK(buffer.table().error() == failure{errc::bad_length, 64 * 24, part::certificate_table});
  std::ranges::fill(buffer.bytes(), std::uint8_t{0});
  writer(buffer.bytes()).bytes(test::bytes_of_hex(one_entry));
  buffer.bytes()[17] = 0x40;  // the data begin at 0x4030
  CHECK(buffer.table().error() == failure{errc::bad_length, 16, part::certificate_table});
}

TEST_CASE("the kernel is told once where the buffer is, and how large", "[guest][certificate_buffer]") {
  certificate_buffer buffer = created();
  int calls = 0;
  const auto done = ask_with_certificates(buffer, [&](request_span request) -> result<void> {
    ++calls;
    std::uint64_t address = 0;
    for (std::size_t i = 0; i < 8; ++i) address |= std::uint64_t{request[96 + i]} << (8 * i);
    CHECK(address == reinterpret_cast<std::uintptr_t>(buffer.bytes().data()));
    CHECK(test::hex_of(request.subspan(104)) == "0040000000000000");
    CHECK(all_zero(request.first(96)));
    return {};
  });
  CHECK(done);
  CHECK(calls == 1);
}

TEST_CASE("a failure of the request is passed on", "[guest][certificate_buffer]") {
  for (const failure why :
       {failure{errc::firmware_error, 0x16, part::sev_guest}, failure{errc::channel_lost, ENOTTY, part::sev_guest},
        failure{errc::host_busy, 500, part::sev_guest}}) {
    CHECK(asked(0x5000, why).error() == why);
  }
}

TEST_CASE("certificates that fit no buffer are a failure of their own, with their size",
          "[guest][certificate_buffer]") {
  for (const std::uint32_t size : {0x5000U, 0x6000U, 0x10000U, 0xFFFFF000U}) {
    CHECK(asked(size, too_small).error() == failure{errc::certificates_too_large, size, part::sev_guest});
  }
}

TEST_CASE("a size that cannot be what the host lacks is refused", "[guest][certificate_buffer]") {
  const failure nonsense{errc::bad_length, 104, part::sev_guest};
  for (const std::uint32_t size : {0U, 1U, 0x1000U, 0x3FFFU, 0x4000U, 0x4001U, 0x5001U, 0x5FFFU, 0xFFFFFFFFU}) {
    CAPTURE(size);
    CHECK(asked(size, too_small).error() == nonsense);
  }
}

}  // namespace test_certificate_buffer
