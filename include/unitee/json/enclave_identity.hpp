// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/enclave_identity.hpp: reading enclave identities (PCS API version 4, enclave identity version 2).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/failure.hpp>
#include <unitee/json/located.hpp>
#include <unitee/json/member_reader.hpp>
#include <unitee/json/signed_document.hpp>
#include <unitee/json/tcb_levels.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/enclave_identity.hpp>

#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

namespace detail {

template <>
struct document_format<tdx::enclave_identity> {
  static constexpr std::string_view member = "enclaveIdentity";
  static constexpr part where = part::qe_identity;

  static tdx::enclave_identity read(member_reader& members, const json_value& identity) {
    tdx::enclave_identity out;
    std::uint32_t version = 0;
    members.number(identity, "version", version);
    if (members.ok() && version != 2) members.refuse(errc::unsupported_version, *identity.find("version"));
    read_id(members, identity, out.id);
    members.time(identity, "issueDate", out.issue_date);
    members.time(identity, "nextUpdate", out.next_update);
    members.number(identity, "tcbEvaluationDataNumber", out.tcb_evaluation_data_number);
    members.hex(identity, "miscselect", out.miscselect);
    members.hex(identity, "miscselectMask", out.miscselect_mask);
    members.hex(identity, "attributes", out.attributes);
    members.hex(identity, "attributesMask", out.attributes_mask);
    members.hex(identity, "mrsigner", out.mrsigner);
    members.number(identity, "isvprodid", out.isvprodid);
    out.levels = read_svn_levels(members, identity);
    return out;
  }

 private:
  static void read_id(member_reader& members, const json_value& identity, tdx::enclave_kind& to) {
    const std::string_view id = members.text(identity, "id");
    if (!members.ok()) return;
    for (const tdx::enclave_kind each : {tdx::enclave_kind::td_qe, tdx::enclave_kind::qe, tdx::enclave_kind::qve}) {
      if (id != tdx::name(each)) continue;
      to = each;
      return;
    }
    members.refuse(errc::bad_value, *identity.find("id"));
  }
};

}  // namespace detail

}  // namespace unitee::inline v0

namespace unitee::inline v0::tdx {

// parse_enclave_identity reads an enclave identity as the service delivers it:
// {"enclaveIdentity":{...},"signature":"..."}. It does what parse_tcb_info does, with failures in part::qe_identity:
// errc::unsupported_version for a version other than 2, errc::bad_value for an unknown id or status or an SVN or
// product number above 65535, errc::bad_length for no level or too many advisories, errc::duplicate for two levels of
// one SVN.
[[nodiscard]] inline result<enclave_identity_document> parse_enclave_identity(byte_view text) {
  return unitee::detail::document_reader::parse<enclave_identity>(text);
}

}  // namespace unitee::inline v0::tdx
