// SPDX-License-Identifier: Apache-2.0
//
// tests/support/sample_quote.hpp: complete quotes and TD reports with a value of its own in every field, made while
// compiling. They are not signed by anyone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::test {

// run is N bytes that count up from `first`: fields that begin with different numbers hold different bytes.
template <std::size_t N>
constexpr std::array<std::uint8_t, N> run(unsigned first) {
  std::array<std::uint8_t, N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

// sample is up to 2048 bytes that grow at the end and can be edited anywhere.
struct sample {
  std::array<std::uint8_t, 2048> storage{};
  std::size_t size = 0;

  [[nodiscard]] constexpr std::span<const std::uint8_t> bytes() const { return std::span(storage).first(size); }

  constexpr sample& le(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) storage[size++] = static_cast<std::uint8_t>(value >> (8 * i));
    return *this;
  }
  template <std::size_t N>
  constexpr sample& raw(const std::array<std::uint8_t, N>& bytes) {
    for (const std::uint8_t byte : bytes) storage[size++] = byte;
    return *this;
  }
  template <std::size_t N>
  constexpr sample& run(unsigned first) {
    return raw(test::run<N>(first));
  }
  constexpr sample& zeros(std::size_t n) {
    size += n;
    return *this;
  }

  // with is a copy with an integer at `offset` overwritten; first is a copy of the first n bytes.
  [[nodiscard]] constexpr sample with(std::size_t offset, std::uint64_t value, std::size_t width) const {
    sample out = *this;
    for (std::size_t i = 0; i < width; ++i) out.storage[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    return out;
  }
  [[nodiscard]] constexpr sample first(std::size_t n) const {
    sample out = *this;
    out.size = n;
    return out;
  }
};

// append_enclave_body appends a 384-byte SGX report body. Its runs begin at first + 0, 3, 6, ...
constexpr void append_enclave_body(sample& out, unsigned first) {
  out.run<16>(first).le(0x4d495343 + first, 4).run<12>(first + 3).run<16>(first + 6);
  out.le(0x0000000000000015, 8).le(0x00000000000000e7 + first, 8);  // ATTRIBUTES: INIT, MODE64BIT, PROVISIONKEY; XFRM
  out.run<32>(first + 9).run<32>(first + 12).run<32>(first + 15).run<32>(first + 18).run<64>(first + 21);
  out.le(0x1001 + first, 2).le(0x2002 + first, 2).le(0x3003 + first, 2);
  out.run<42>(first + 24).run<16>(first + 27).run<64>(first + 30);
}

// append_td_body appends the TD report body of that type of version 5: 2 is 1.0, 3 is 1.5, 4 is 1.5 extended.
constexpr void append_td_body(sample& out, unsigned body_type) {
  out.run<16>(0x40).run<48>(0x41).run<48>(0x42).le(0x0807060504030201, 8);
  out.le(0x8000000050000001, 8).le(0x00000000000602e7, 8);  // PERFMON, PKS, SEPT_VE_DISABLE, DEBUG
  out.run<48>(0x43).run<48>(0x44).run<48>(0x45).run<48>(0x46);
  out.run<48>(0x47).run<48>(0x48).run<48>(0x49).run<48>(0x4a).run<64>(0x4b);
  if (body_type > 2) out.run<16>(0x4c).run<48>(0x4d);
  if (body_type < 4) return;
  out.le(0x4e, 1).run<32>(0x4f).run<48>(0x50).run<48>(0x51).le(0x5958575655545352, 8);
  out.run<16>(0x53).run<16>(0x54).run<12>(0x55).run<48>(0x56).le(0x5e5d5c5b5a595857, 8);
}

// quote_shape is what a sample quote looks like; the defaults are those of version 4 about a TD.
struct quote_shape {
  unsigned version = 4;
  unsigned tee_type = 0x81;
  unsigned body_type = 2;  // 1 enclave, 2 TD 1.0, 3 TD 1.5, 4 TD 1.5 extended
  unsigned authentication_size = 32;
  unsigned certification_type = 5;
  unsigned certification_size = 40;
  unsigned trailing = 0;

  [[nodiscard]] constexpr std::size_t body_offset() const { return version == 5 ? 54 : 48; }
  [[nodiscard]] constexpr std::size_t body_size() const {
    return std::array<std::size_t, 5>{0, 384, 584, 648, 885}[body_type];
  }
  [[nodiscard]] constexpr std::size_t length_offset() const { return body_offset() + body_size(); }
  [[nodiscard]] constexpr std::size_t envelope_size() const { return version == 3 ? 0 : 6; }
  [[nodiscard]] constexpr std::size_t parts_offset() const { return length_offset() + 4 + 128 + envelope_size(); }
  [[nodiscard]] constexpr std::size_t parts_size() const {
    return 384 + 64 + 2 + authentication_size + 6 + certification_size;
  }
  [[nodiscard]] constexpr std::size_t signature_data_size() const { return 128 + envelope_size() + parts_size(); }
};

// The shapes that exist.
inline constexpr quote_shape v3_shape{3, 0, 1};
inline constexpr quote_shape v4_shape{4, 0x81, 2};
inline constexpr quote_shape v4_enclave_shape{4, 0, 1};
inline constexpr quote_shape v5_enclave_shape{5, 0, 1};
inline constexpr quote_shape v5_td_1_0_shape{5, 0x81, 2};
inline constexpr quote_shape v5_shape{5, 0x81, 3};
inline constexpr quote_shape v5_extended_shape{5, 0x81, 4};
inline constexpr std::array quote_shapes{v3_shape,        v4_shape, v4_enclave_shape, v5_enclave_shape,
                                         v5_td_1_0_shape, v5_shape, v5_extended_shape};

inline constexpr std::array<std::uint8_t, 16> intel_vendor_id{0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
                                                              0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};

constexpr sample sample_quote(const quote_shape& shape = {}) {
  sample out;
  out.le(shape.version, 2)
      .le(2, 2)
      .le(shape.tee_type, 4)
      .le(0x0a0b, 2)
      .le(0x0c0d, 2)
      .raw(intel_vendor_id)
      .run<20>(0x30);
  if (shape.version == 5) out.le(shape.body_type, 2).le(shape.body_size(), 4);
  if (shape.body_type == 1) {
    append_enclave_body(out, 0x50);
  } else {
    append_td_body(out, shape.body_type);
  }
  out.le(shape.signature_data_size(), 4).run<64>(0xa0).run<64>(0xb0);
  if (shape.version != 3) out.le(6, 2).le(shape.parts_size(), 4);
  append_enclave_body(out, 0x90);
  out.run<64>(0xc0).le(shape.authentication_size, 2);
  for (unsigned i = 0; i < shape.authentication_size; ++i) out.le((0xd0 + i) & 0xff, 1);
  out.le(shape.certification_type, 2).le(shape.certification_size, 4);
  for (unsigned i = 0; i < shape.certification_size; ++i) out.le((0xe0 + i) & 0xff, 1);
  for (unsigned i = 0; i < shape.trailing; ++i) out.le((0xf8 + i) & 0xff, 1);
  return out;
}

// sample_td_report is a TD report of the given version, 0 to 3. Both hashes are runs, not hashes.
constexpr sample sample_td_report(unsigned version) {
  sample out;
  out.le(0x81, 1)
      .le(0, 1)
      .le(version, 1)
      .zeros(13)
      .run<16>(0x10)
      .run<48>(0x11)
      .run<48>(0x12)
      .run<64>(0x13)
      .zeros(32)
      .run<32>(0x14);
  out.le(0x301ff, 8)
      .run<16>(0x15)
      .run<48>(0x16)
      .run<48>(0x17)
      .le(0x1817161514131211, 8)
      .run<16>(0x18)
      .run<95>(0x19)
      .zeros(17);
  out.le(0x0000000010000000, 8).le(0x0000000000061ae7, 8);
  out.run<48>(0x1a).run<48>(0x1b).run<48>(0x1c).run<48>(0x1d);
  out.run<48>(0x1e).run<48>(0x1f).run<48>(0x20).run<48>(0x21).run<48>(0x22);
  if (version < 3) {
    out.run<64>(0x23);
  } else {
    out.run<32>(0x24).run<24>(0x25).le(0x26, 1).run<3>(0x27).le(0x2b2a2928, 4);
  }
  return out;
}

}  // namespace unitee::test
