// SPDX-License-Identifier: Apache-2.0
//
// tests/support/sample_report.hpp: complete attestation reports with a value of its own in every field, made while
// compiling. They are not signed by anyone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::test {

using report_bytes = std::array<std::uint8_t, 1184>;

// report_sample puts fields at offsets.
struct report_sample {
  report_bytes bytes{};

  // le puts an integer, and run puts bytes that count up from `first`.
  constexpr report_sample& le(std::size_t offset, std::size_t size, std::uint64_t value) {
    for (std::size_t i = 0; i < size; ++i) bytes[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    return *this;
  }
  constexpr report_sample& run(std::size_t offset, std::size_t size, unsigned first) {
    for (std::size_t i = 0; i < size; ++i) bytes[offset + i] = static_cast<std::uint8_t>(first + i);
    return *this;
  }
};

// sample_report is a report of version 2, 3, 4 or 5 from a Milan host, whose TCB versions are in an order that occurs:
// reported <= committed <= launch <= current in every component. No two fields are equal.
constexpr report_bytes sample_report(std::uint32_t version = 5) {
  report_sample out;
  out.le(0x000, 4, version).le(0x004, 4, 0x01020304).le(0x008, 8, 0x3011F);
  out.run(0x010, 16, 0x11).run(0x020, 16, 0x12).le(0x030, 4, 2).le(0x034, 4, 1);
  out.le(0x038, 8, 0xDE1D000000000205).le(0x040, 8, 0x27).le(0x048, 4, 3);
  out.run(0x050, 64, 0x13).run(0x090, 48, 0x14).run(0x0C0, 32, 0x15).run(0x0E0, 48, 0x16).run(0x110, 48, 0x17);
  out.run(0x140, 32, 0x18).run(0x160, 32, 0x19).le(0x180, 8, 0xDB18000000000004);
  if (version >= 3) out.le(0x188, 1, 0x19).le(0x189, 1, 0x01).le(0x18A, 1, 0x02);
  out.run(0x1A0, 64, 0x1A).le(0x1E0, 8, 0xDC19000000000104);
  out.le(0x1E8, 1, 0x25).le(0x1E9, 1, 0x3A).le(0x1EA, 1, 0x06).le(0x1EC, 1, 0x1D).le(0x1ED, 1, 0x37).le(0x1EE, 1, 0x05);
  out.le(0x1F0, 8, 0xDD1A000000000204);
  if (version >= 5) out.le(0x1F8, 8, 0x1B1C1D1E1F20210B).le(0x200, 8, 0x2B2C2D2E2F30310F);
  out.run(0x2A0, 48, 0x30).run(0x2E8, 48, 0x31);
  return out.bytes;
}

}  // namespace unitee::test
