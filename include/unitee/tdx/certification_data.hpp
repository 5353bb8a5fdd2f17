// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/certification_data.hpp: how a quote says which certificate its quoting enclave's platform has.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>

#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::tdx {

// certification_data_type is the kind of certification data. In a quote of version 4 or 5, 6 encloses one of 1 to 5.
enum class certification_data_type : std::uint16_t {
  ppid_cleartext = 1,
  ppid_rsa_2048 = 2,
  ppid_rsa_3072 = 3,
  pck_leaf_certificate = 4,
  pck_certificate_chain = 5,
  qe_report = 6,
  platform_manifest = 7,
};

// pck_identifier is what types 1 to 3 hold: not the PCK certificate, but what to ask for it with.
struct pck_identifier {
  byte_view ppid;  // 16 bytes in clear (type 1), or 256 (type 2) or 384 (type 3) encrypted with RSA
  cpu_svn cpusvn;
  std::uint16_t pcesvn;
  std::uint16_t pceid;
};

// certification_data is a type and bytes that belong to somebody else and must outlive it. The bytes of a type are
// looked at only when asked for.
class certification_data {
 public:
  // offset is where the bytes stand in the quote; the failures of pck_id count from the start of the quote, too.
  constexpr certification_data(certification_data_type type, byte_view bytes, std::size_t offset = 0) noexcept
      : bytes_(bytes), offset_(offset), type_(type) {}

  [[nodiscard]] constexpr certification_data_type type() const noexcept { return type_; }
  [[nodiscard]] constexpr std::size_t offset() const noexcept { return offset_; }

  // bytes is the content as it stands. Type 4 is one certificate and type 5 a chain of them, as text.
  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }

  // pck_id decodes types 1, 2 and 3, of exactly 36, 276 and 404 bytes: fewer are errc::truncated, more
  // errc::trailing_data. Every other type is errc::unsupported_format.
  [[nodiscard]] constexpr result<pck_identifier> pck_id() const noexcept {
    std::size_t ppid_size = 0;
    switch (type_) {
      case certification_data_type::ppid_cleartext: ppid_size = 16; break;
      case certification_data_type::ppid_rsa_2048: ppid_size = 256; break;
      case certification_data_type::ppid_rsa_3072: ppid_size = 384; break;
      default: return failure{errc::unsupported_format, offset_, part::quote};
    }
    const std::size_t size = ppid_size + 20;
    if (bytes_.size() < size) return failure{errc::truncated, offset_ + bytes_.size(), part::quote};
    if (bytes_.size() > size) return failure{errc::trailing_data, offset_ + size, part::quote};
    pck_identifier out{bytes_.first(ppid_size), {}, 0, 0};
    const byte_view rest = bytes_.subspan(ppid_size);
    unitee::detail::copy_bytes(rest.first<16>(), out.cpusvn.value);
    out.pcesvn = load_le<std::uint16_t>(rest.subspan<16, 2>());
    out.pceid = load_le<std::uint16_t>(rest.subspan<18, 2>());
    return out;
  }

 private:
  byte_view bytes_;
  std::size_t offset_;
  certification_data_type type_;
};

}  // namespace unitee::inline v0::tdx
