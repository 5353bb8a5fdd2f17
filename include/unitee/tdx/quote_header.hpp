// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/quote_header.hpp: the 48 bytes that every quote begins with.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>

#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::tdx {

// tee_type is the kind of TEE that a quote is about.
enum class tee_type : std::uint32_t {
  sgx = 0,
  tdx = 0x81
};

// quote_version is the version of a quote: it alone decides the layout, never the size.
enum class quote_version : std::uint16_t {
  v3 = 3,
  v4 = 4,
  v5 = 5
};

// ecdsa_p256 is the only attestation key type in use.
inline constexpr std::uint16_t ecdsa_p256 = 2;

// intel_qe_vendor_id is the vendor id of Intel's quoting enclaves.
inline constexpr vendor_id intel_qe_vendor_id{
    {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07}};

// quote_header_row has one type for each row of the table. From version 4 on, the SVNs are reserved and not promised to
// be zero.
namespace quote_header_row {
using version = layout::le<"version", 0, std::uint16_t>;
using att_key_type = layout::le<"att_key_type", 2, std::uint16_t>;
using tee_type = layout::le<"tee_type", 4, std::uint32_t>;
using qe_svn = layout::le<"qe_svn", 8, std::uint16_t>;
using pce_svn = layout::le<"pce_svn", 10, std::uint16_t>;
using reserved_8 = layout::unused<"reserved_8", 8, 4>;
using qe_vendor_id = layout::raw<"qe_vendor_id", 12, 16, vendor_id_tag>;
using user_data = layout::raw<"user_data", 28, 20, quote_user_data_tag>;

using version_3 = layout::table<48, version, att_key_type, tee_type, qe_svn, pce_svn, qe_vendor_id, user_data>;
using version_4 = layout::table<48, version, att_key_type, tee_type, reserved_8, qe_vendor_id, user_data>;
}  // namespace quote_header_row

// quote_header_size is 48 in every version.
inline constexpr std::size_t quote_header_size = quote_header_row::version_3::size;

// check_quote_header refuses, in this order: too few bytes (errc::truncated), a version other than 3, 4 and 5
// (errc::unsupported_version), a key type other than 2 (errc::unsupported_algorithm), a TEE type that is neither TDX
// nor SGX, or not SGX in version 3, and a vendor id other than Intel's (errc::bad_value), each at the offset of the
// field.
constexpr result<void> check_quote_header(byte_view bytes) noexcept {
  namespace row = quote_header_row;
  if (bytes.size() < quote_header_size) return failure{errc::truncated, bytes.size(), part::quote};
  const std::uint16_t version = row::version::read(bytes);
  if (version < 3 || version > 5) return failure{errc::unsupported_version, row::version::offset, part::quote};
  if (row::att_key_type::read(bytes) != ecdsa_p256) {
    return failure{errc::unsupported_algorithm, row::att_key_type::offset, part::quote};
  }
  const auto tee = static_cast<tdx::tee_type>(row::tee_type::read(bytes));
  const bool known = tee == tdx::tee_type::sgx || (tee == tdx::tee_type::tdx && version > 3);
  if (!known) return failure{errc::bad_value, row::tee_type::offset, part::quote};
  if (row::qe_vendor_id::read(bytes) != intel_qe_vendor_id) {
    return failure{errc::bad_value, row::qe_vendor_id::offset, part::quote};
  }
  return {};
}

}  // namespace unitee::inline v0::tdx
