// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/firmware_status.hpp: the status codes of SEV firmware.
#pragma once

#include <array>
#include <cstdint>

namespace unitee::inline v0::snp {

// describe_status is a status code of SEV firmware (SEV-SNP firmware ABI, status codes) as a few words for a person, or
// "unassigned". Failures carry the code: errc::firmware_error, errc::key_denied and errc::launch_denied in the offset.
constexpr const char* describe_status(std::uint64_t status) noexcept {
  constexpr std::array words{
      "success",
      "invalid platform state",
      "invalid guest state",
      "invalid configuration",
      "buffer too small",
      "platform already owned",
      "invalid certificate",
      "not allowed by policy",
      "guest inactive",
      "invalid address",
      "bad signature",
      "bad measurement",
      "ASID in use",
      "invalid ASID",
      "WBINVD required",
      "DF_FLUSH required",
      "invalid guest handle",
      "invalid command",
      "guest active",
      "hardware error",
      "hardware unsafe",
      "unsupported",
      "invalid parameter",
      "resource limit",
      "integrity check of stored data failed",
      "invalid page size",
      "invalid page state",
      "invalid metadata entry",
      "wrong page owner",
      "sequence number would overflow",
      "unassigned",
      "mailbox command while in ring buffer mode, mode exited",
      "RMP must be re-initialised",
      "SVN below the committed one",
      "firmware version rollback",
      "SNP_SHUTDOWN required",
      "update failed",
      "restore required",
      "RMP initialisation failed",
      "key invalid, absent or not allowed",
  };
  return status < words.size() ? words[status] : "unassigned";
}

}  // namespace unitee::inline v0::snp
