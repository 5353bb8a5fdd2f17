// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/tcb_info.hpp: reading TCB info (PCS API version 4, TCB info version 3).
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/failure.hpp>
#include <unitee/json/located.hpp>
#include <unitee/json/member_reader.hpp>
#include <unitee/json/signed_document.hpp>
#include <unitee/json/tcb_levels.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/tcb_info.hpp>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

namespace unitee::inline v0 {

namespace detail {

template <>
struct document_format<tdx::tcb_info> {
  static constexpr std::string_view member = "tcbInfo";
  static constexpr part where = part::tcb_info;

  static tdx::tcb_info read(member_reader& members, const json_value& info) {
    tdx::tcb_info out;
    std::uint32_t number = 0;
    members.number(info, "version", number);
    if (members.ok() && number != 3) members.refuse(errc::unsupported_version, *info.find("version"));
    members.number(info, "tcbType", number);
    if (members.ok() && number != 0) members.refuse(errc::unsupported_format, *info.find("tcbType"));
    read_id(members, info, out.id);
    members.time(info, "issueDate", out.issue_date);
    members.time(info, "nextUpdate", out.next_update);
    members.hex(info, "fmspc", out.fmspc);
    members.hex(info, "pceId", out.pceid);
    members.number(info, "tcbEvaluationDataNumber", out.tcb_evaluation_data_number);
    if (out.id == tdx::tee_type::tdx) {
      read_signer(members, members.object(info, "tdxModule"), out.tdx_module.emplace());
      read_identities(members, info, out);
    } else {
      refuse_any(members, info, "tdxModule");
      refuse_any(members, info, "tdxModuleIdentities");
    }
    read_levels(members, info, out);
    return out;
  }

 private:
  static void read_id(member_reader& members, const json_value& info, tdx::tee_type& to) {
    const std::string_view id = members.text(info, "id");
    if (!members.ok()) return;
    if (id != "TDX" && id != "SGX") return members.refuse(errc::bad_value, *info.find("id"));
    to = id == "TDX" ? tdx::tee_type::tdx : tdx::tee_type::sgx;
  }

  // refuse_any refuses a member that documents of this id do not have.
  static void refuse_any(member_reader& members, const json_value& in, std::string_view name) {
    if (const json_value* const there = in.find(name)) members.refuse(errc::bad_value, *there);
  }

  static void read_signer(member_reader& members, const json_value& module, tdx::module_signer& to) {
    members.hex(module, "mrsigner", to.mrsigner);
    members.hex(module, "attributes", to.attributes);
    members.hex(module, "attributesMask", to.attributes_mask);
  }

  static void read_identities(member_reader& members, const json_value& info, tdx::tcb_info& to) {
    if (info.find("tdxModuleIdentities") == nullptr) return;
    std::bitset<256> seen;
    for (const json_value& each : members.array(info, "tdxModuleIdentities").children()) {
      if (!members.ok()) return;
      tdx::module_identity& identity = to.module_identities.emplace_back();
      identity.major = read_major(members, each);
      if (members.ok() && seen[identity.major]) return members.refuse(errc::duplicate, each);
      seen.set(identity.major);
      read_signer(members, each, identity.signer);
      identity.levels = read_svn_levels(members, each);
    }
  }

  // read_major reads "TDX_" and two hexadecimal digits.
  static std::uint8_t read_major(member_reader& members, const json_value& identity) {
    const std::string_view id = members.text(identity, "id");
    if (!members.ok()) return 0;
    std::array<std::uint8_t, 1> major{};
    if (!id.starts_with("TDX_") || !hex_decode(id.substr(4), major)) {
      members.refuse(errc::bad_value, *identity.find("id"));
    }
    return major[0];
  }

  static void read_levels(member_reader& members, const json_value& info, tdx::tcb_info& to) {
    const json_value& array = members.array(info, "tcbLevels");
    for (const json_value& each : array.children()) {
      if (!members.ok()) return;
      const bool first = to.levels.empty();
      tdx::tcb_level& level = to.levels.emplace_back();
      const json_value& tcb = members.object(each, "tcb");
      read_components(members, members.array(tcb, "sgxtcbcomponents"), level.sgx, first ? &to.sgx_labels : nullptr);
      members.number(tcb, "pcesvn", level.pcesvn);
      if (to.id == tdx::tee_type::tdx) {
        read_components(members, members.array(tcb, "tdxtcbcomponents"), level.tdx, first ? &to.tdx_labels : nullptr);
      } else {
        refuse_any(members, tcb, "tdxtcbcomponents");
      }
      read_rating(members, each, level.rating);
    }
    sort_levels(members, array, to.levels,
                [](const tdx::tcb_level& level) { return std::tie(level.sgx, level.pcesvn, level.tdx); });
  }

  static void read_components(member_reader& members, const json_value& array, tdx::svn_components& to,
                              std::array<tdx::component_label, 16>* labels) {
    std::size_t count = 0;
    for (const json_value& each : array.children()) {
      if (count == to.size()) return members.refuse(errc::bad_length, array);
      members.number(each, "svn", to[count]);
      if (labels != nullptr) {
        read_label(members, each, "category", (*labels)[count].category);
        read_label(members, each, "type", (*labels)[count].type);
      }
      ++count;
    }
    if (count != to.size()) members.refuse(errc::bad_length, array);
  }

  static void read_label(member_reader& members, const json_value& component, std::string_view name, std::string& to) {
    if (const json_value* const label = component.find(name)) members.word(*label, to);
  }
};

}  // namespace detail

}  // namespace unitee::inline v0

namespace unitee::inline v0::tdx {

// parse_tcb_info reads TCB info as the service delivers it: {"tcbInfo":{...},"signature":"..."}. Members that are not
// known are ignored; inside of "tcbInfo" they are signed. Levels come out in descending order, as the service has them.
// Failures are in part::tcb_info and name the offset of the value in the text, or of the object that lacks a member:
// - what located_json::parse refuses under document_limits, and what member_reader does;
// - errc::unsupported_version for a version other than 3 (version 2 has no TDX in it), errc::unsupported_format for a
//   tcbType other than 0;
// - errc::bad_value for an unknown id or status, an SVN beyond its type (components: 255, PCESVN and ISVSVN: 65535), a
//   TDX member in a document about SGX, or the id of a module that is not "TDX_" and two hexadecimal digits;
// - errc::bad_length for other than 16 components, no level, or too many advisories;
// - errc::duplicate for a level that asks for what an earlier one does, or a second identity of one module version.
[[nodiscard]] inline result<tcb_info_document> parse_tcb_info(byte_view text) {
  return unitee::detail::document_reader::parse<tcb_info>(text);
}

}  // namespace unitee::inline v0::tdx
