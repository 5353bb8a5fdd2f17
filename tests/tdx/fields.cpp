// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/fields.hpp>

#include <type_traits>

namespace test_fields {

using namespace unitee::tdx;

// Sizes in bytes, from the tables of the quote and of TDREPORT_STRUCT.
static_assert(measurement::size() == 48 && signer_measurement::size() == 48 && host_value::size() == 48);
static_assert(report_data::size() == 64 && tcb_svn::size() == 16 && cpu_svn::size() == 16);
static_assert(enclave_measurement::size() == 32 && enclave_signer::size() == 32 && enclave_id::size() == 16);
static_assert(enclave_config::size() == 64 && enclave_attributes_bytes::size() == 16 && vendor_id::size() == 16);
static_assert(quote_user_data::size() == 20 && digest::size() == 48 && report_mac::size() == 32);
static_assert(td_identifier::size() == 32);

// What has the same size is not the same: a host's value is no measurement, and a signer is no code.
template <class A, class B>
inline constexpr bool apart = !std::is_same_v<A, B> && !std::is_convertible_v<A, B> && !std::is_convertible_v<B, A>;
static_assert(apart<measurement, host_value> && apart<measurement, signer_measurement> && apart<measurement, digest>);
static_assert(apart<tcb_svn, cpu_svn> && apart<enclave_measurement, enclave_signer> &&
              apart<report_mac, td_identifier>);

}  // namespace test_fields
