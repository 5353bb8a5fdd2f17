// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/fields.hpp: what the byte strings in quotes and TD reports mean.
#pragma once

#include <unitee/bytes/fixed.hpp>

namespace unitee::inline v0::tdx {

// Each meaning is its own type: a measurement does not compare with a value that the host chose.

// measurement is a SHA-384 over code or data: MRSEAM, MRTD, RTMR0 to RTMR3, MRSERVICETD.
using measurement = fixed_bytes<48, struct measurement_tag>;

// signer_measurement is MRSIGNERSEAM, the signer of the TDX module; all zero is Intel.
using signer_measurement = fixed_bytes<48, struct signer_measurement_tag>;

// host_value is MRCONFIGID, MROWNER or MROWNERCONFIG: chosen by the host when it creates the TD, measured by nobody.
using host_value = fixed_bytes<48, struct host_value_tag>;

// report_data is REPORTDATA: chosen by whoever asked for the report.
using report_data = fixed_bytes<64, struct report_data_tag>;

// tcb_svn is TEE_TCB_SVN: [0] minor SVN and [1] major version of the TDX module, [2] SVN of the late microcode patch.
using tcb_svn = fixed_bytes<16, struct tcb_svn_tag>;

// cpu_svn is CPUSVN. Its bytes have no order of their own: TCB components come from the PCK certificate.
using cpu_svn = fixed_bytes<16, struct cpu_svn_tag>;

// enclave_measurement is MRENCLAVE, and enclave_signer is MRSIGNER: SHA-256 of the code and of the signing key.
using enclave_measurement = fixed_bytes<32, struct enclave_measurement_tag>;
using enclave_signer = fixed_bytes<32, struct enclave_signer_tag>;

// enclave_id is ISVEXTPRODID or ISVFAMILYID, and enclave_config is CONFIGID.
using enclave_id = fixed_bytes<16, struct enclave_id_tag>;
using enclave_config = fixed_bytes<64, struct enclave_config_tag>;

// enclave_attributes_bytes is ATTRIBUTES as stored: flags in bytes 0 to 7, XFRM in bytes 8 to 15.
using enclave_attributes_bytes = fixed_bytes<16, struct enclave_attributes_tag>;

// vendor_id names who made the quoting enclave.
using vendor_id = fixed_bytes<16, struct vendor_id_tag>;

// quote_user_data is what the quoting enclave put into the header: the platform's QE id in the first 16 bytes, if
// anything.
using quote_user_data = fixed_bytes<20, struct quote_user_data_tag>;

// digest is a SHA-384 inside a TD report over another part of it, and report_mac its HMAC-SHA-256 by a platform key.
using digest = fixed_bytes<48, struct digest_tag>;
using report_mac = fixed_bytes<32, struct report_mac_tag>;

// td_identifier is TD_ID.
using td_identifier = fixed_bytes<32, struct td_identifier_tag>;

}  // namespace unitee::inline v0::tdx
