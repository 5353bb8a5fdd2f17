// SPDX-License-Identifier: Apache-2.0
//
// inspect_json.cpp: Intel's collateral and the evidence of Azure guests, which are JSON.

#include "inspect.hpp"

#include <unitee/bytes/base64url.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace command::inspection {

namespace {

using nlohmann::ordered_json;

struct too_deep {};

// parse is the JSON value. What it recurses over later is at most 64 deep.
unitee::result<ordered_json> parse(std::string_view text) {
  const auto guard = [](int depth, ordered_json::parse_event_t, const ordered_json&) {
    if (depth > 64) throw too_deep();
    return true;
  };
  try {
    return ordered_json::parse(text, guard);
  } catch (const ordered_json::parse_error& error) {
    return unitee::failure{unitee::errc::bad_encoding, error.byte == 0 ? 0 : error.byte - 1};
  } catch (const too_deep&) {
    return unitee::errc::unsupported_format;
  }
}

// member is object[name], or null.
const ordered_json& member(const ordered_json& object, const char* name) {
  static const ordered_json null;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : null;
}

cell cell_of(const ordered_json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  return json_text{value.dump()};
}

// numbers is "3 3 2 ..." of the SVNs in a list of components, or in sgxtcbcomp01svn to sgxtcbcomp16svn.
std::string svns(const ordered_json& components) {
  std::string out;
  if (!components.is_array()) return out;
  for (const auto& each : components) out += fmt::format("{}{}", out.empty() ? "" : " ", member(each, "svn").dump());
  return out;
}

std::string level_text(const ordered_json& level) {
  const ordered_json& tcb = member(level, "tcb");
  std::string out = fmt::format(
      "{:<20}  {:<36}", member(level, "tcbDate").is_string() ? member(level, "tcbDate").get<std::string>() : "-",
      member(level, "tcbStatus").is_string() ? member(level, "tcbStatus").get<std::string>() : "-");
  if (const auto sgx = svns(member(tcb, "sgxtcbcomponents")); !sgx.empty()) out += "  sgx " + sgx;
  if (const auto td = svns(member(tcb, "tdxtcbcomponents")); !td.empty()) out += "  tdx " + td;
  if (!member(tcb, "pcesvn").is_null()) out += "  pcesvn " + member(tcb, "pcesvn").dump();
  if (!member(tcb, "isvsvn").is_null()) out += "  isvsvn " + member(tcb, "isvsvn").dump();
  if (!member(level, "advisoryIDs").is_null()) out += "  " + member(level, "advisoryIDs").dump();
  return printable(out);
}

// describe_collateral shows the members of TCB info and enclave identity that decide, under the vendor's names, and has
// the whole text in the JSON.
sheet describe_collateral(const ordered_json& whole, const char* name) {
  const ordered_json& inner = member(whole, name);
  const bool tcb = std::string_view(name) == "tcbInfo";
  sheet out(tcb ? "Intel TCB info" : "Intel enclave identity", tcb ? "tcb-info" : "enclave-identity");
  constexpr const char* tcb_members[] = {"id",    "version", "issueDate", "nextUpdate",
                                         "fmspc", "pceId",   "tcbType",   "tcbEvaluationDataNumber"};
  constexpr const char* identity_members[] = {
      "id",         "version",        "issueDate",  "nextUpdate",     "tcbEvaluationDataNumber",
      "miscselect", "miscselectMask", "attributes", "attributesMask", "mrsigner",
      "isvprodid"};
  const auto put = [&](const char* each) { out.put(each, cell_of(member(inner, each))); };
  if (tcb) {
    std::ranges::for_each(tcb_members, put);
  } else {
    std::ranges::for_each(identity_members, put);
  }
  out.put("signature", cell_of(member(whole, "signature")));
  std::vector<sheet::line> levels;
  if (const ordered_json& all = member(inner, "tcbLevels"); all.is_array()) {
    for (const auto& each : all) {
      cells values;
      for (const auto& [key, value] : each.items()) values.emplace_back(key, cell_of(value));
      levels.push_back({std::move(values), level_text(each)});
    }
  }
  out.put("content", json_text{whole.dump(-1, ' ', false, ordered_json::error_handler_t::replace)}, {},
          "(the whole text: --json)");
  out.put_lines("tcbLevels", std::move(levels));
  return out;
}

// base64url decodes RFC 4648, section 5, with or without padding.
unitee::result<bytes> base64url(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  bytes out(unitee::base64url_size(text.size()));
  if (const auto read = unitee::base64url_decode(text, out); !read) return read.error();
  return out;
}

// octets_of is a byte string: base64url, or a list of numbers.
unitee::result<bytes> octets_of(const ordered_json& value) {
  if (value.is_string()) return base64url(value.get<std::string>());
  bytes out;
  if (!value.is_array()) return unitee::errc::bad_value;
  for (const auto& each : value) {
    if (!each.is_number_unsigned() || each.get<std::uint64_t>() > 255) return unitee::errc::bad_value;
    out.push_back(each.get<std::uint8_t>());
  }
  return out;
}

unitee::result<sheet> describe_azure(const ordered_json& whole) {
  sheet out("evidence of an Azure guest", "azure-evidence");
  out.put("version", cell_of(member(whole, "version")));
  const auto put = [&](const char* name, auto describe_part) -> unitee::result<void> {
    const ordered_json& value = member(whole, name);
    if (value.is_null()) return {};
    const auto octets = octets_of(value);
    if (!octets) return octets.error();
    auto found = describe_part(*octets);
    if (!found) return found.error();
    out.put_section(name, std::move(*found));
    return {};
  };
  if (const auto done = put("hcl_report", describe_hcl_report); !done) return done.error();
  if (const auto done = put("td_quote", describe_quote); !done) return done.error();
  for (const char* name : {"vcek", "imds"}) {
    const ordered_json& value = member(whole, name);
    if (!value.is_string()) continue;
    const std::string text = value.get<std::string>();
    sheet chain;
    put_certificates(chain, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    out.put_section(name, std::move(chain));
  }
  out.put("tpm_quote", cell_of(member(whole, "tpm_quote")), {}, "(as it stands: --json)");
  return out;
}

}  // namespace

bool is_json(std::string_view text) { return parse(text).has_value(); }

unitee::result<sheet> describe_json(unitee::byte_view text) {
  const auto whole = parse(text_of(text));
  if (!whole) return whole.error();
  for (const char* name : {"tcbInfo", "enclaveIdentity"}) {
    if (member(*whole, name).is_object()) return describe_collateral(*whole, name);
  }
  if (!member(*whole, "hcl_report").is_null()) return describe_azure(*whole);
  return unitee::errc::unrecognized;
}

}  // namespace command::inspection
