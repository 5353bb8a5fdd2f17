// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tcb_info.hpp: what Intel says about the TCB levels of a family of platforms.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/time.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/signed_document.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unitee::inline v0::tdx {

// level_rating is what a TCB level says about what reaches it.
struct level_rating {
  utc_time date;  // tcbDate
  tcb_status status = tcb_status::not_supported;
  std::vector<std::string> advisories;  // advisoryIDs, in the order of the document
};

// svn_components is the SVNs of the 16 SGX or TDX components, first component first.
using svn_components = std::array<std::uint8_t, 16>;

// tcb_level is one of tcbLevels. A level of a document about SGX has no TDX components: all are zero.
struct tcb_level {
  svn_components sgx{};
  std::uint16_t pcesvn = 0;
  svn_components tdx{};
  level_rating rating;
};

// svn_level is a TCB level of a TDX module or of an enclave: it asks for one SVN.
struct svn_level {
  std::uint16_t isvsvn = 0;
  level_rating rating;
};

// seam_attributes is SEAMATTRIBUTES as it stands in a quote.
using seam_attributes = fixed_bytes<8, struct seam_attributes_tag>;

// module_signer is who signed a TDX module, and with which attributes: tdxModule, or part of one of
// tdxModuleIdentities.
struct module_signer {
  signer_measurement mrsigner;
  seam_attributes attributes;
  seam_attributes attributes_mask;
};

// module_identity is one of tdxModuleIdentities: the modules of one major version.
struct module_identity {
  std::uint8_t major = 0;  // the number in its id, "TDX_" and two hexadecimal digits
  module_signer signer;
  std::vector<svn_level> levels;  // by isvsvn, which is the module's minor SVN, highest first
};

// component_label is what a document calls a component, for people: a category such as "BIOS", a type such as "Early
// Microcode Update". Both may be empty.
struct component_label {
  std::string category;
  std::string type;
};

// tcb_info is the content of TCB info version 3 (PCS API version 4).
struct tcb_info {
  tee_type id = tee_type::tdx;
  utc_time issue_date;
  utc_time next_update;
  tdx::fmspc fmspc;
  pce_id pceid;
  std::uint32_t tcb_evaluation_data_number = 0;
  std::optional<module_signer> tdx_module;         // in documents about TDX
  std::vector<module_identity> module_identities;  // no two of one major version; may be empty
  std::vector<tcb_level> levels;               // at least one; highest first, by SGX components, PCESVN, TDX components
  std::array<component_label, 16> sgx_labels;  // as the first level of the document has them
  std::array<component_label, 16> tdx_labels;

  // module is the identity of a major version, or nullptr.
  [[nodiscard]] const module_identity* module(std::uint8_t major) const noexcept {
    for (const module_identity& each : module_identities) {
      if (each.major == major) return &each;
    }
    return nullptr;
  }
};

using tcb_info_document = signed_document<tcb_info>;

}  // namespace unitee::inline v0::tdx
