// SPDX-License-Identifier: Apache-2.0
//
// Any bytes are refused, and then nothing is added; or what is added counts no more than was found, and adding it again
// adds nothing. A document's text is a piece of what it was read from, and reads again as the same document. A JSON
// text that is accepted is JSON to the parser that we build on, value by value.
#include <unitee/json/collateral.hpp>

#include "reached.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace unitee;

void require(bool holds) {
  if (!holds) __builtin_trap();
}

std::string text_of(byte_view bytes) { return {bytes.begin(), bytes.end()}; }

byte_view bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

bool same_rating(const tdx::level_rating& a, const tdx::level_rating& b) {
  return a.date == b.date && a.status == b.status && a.advisories == b.advisories;
}

bool same_levels(const std::vector<tdx::svn_level>& a, const std::vector<tdx::svn_level>& b) {
  return std::ranges::equal(
      a, b, [](const auto& x, const auto& y) { return x.isvsvn == y.isvsvn && same_rating(x.rating, y.rating); });
}

bool same(const tdx::tcb_info& a, const tdx::tcb_info& b) {
  return a.id == b.id && a.issue_date == b.issue_date && a.next_update == b.next_update && a.fmspc == b.fmspc &&
         a.pceid == b.pceid && a.tcb_evaluation_data_number == b.tcb_evaluation_data_number &&
         a.tdx_module.has_value() == b.tdx_module.has_value() &&
         std::ranges::equal(
             a.module_identities, b.module_identities,
             [](const auto& x, const auto& y) { return x.major == y.major && same_levels(x.levels, y.levels); }) &&
         std::ranges::equal(a.levels, b.levels, [](const auto& x, const auto& y) {
           return x.sgx == y.sgx && x.pcesvn == y.pcesvn && x.tdx == y.tdx && same_rating(x.rating, y.rating);
         });
}

bool same(const tdx::enclave_identity& a, const tdx::enclave_identity& b) {
  return a.id == b.id && a.issue_date == b.issue_date && a.next_update == b.next_update &&
         a.tcb_evaluation_data_number == b.tcb_evaluation_data_number && a.miscselect == b.miscselect &&
         a.attributes == b.attributes && a.mrsigner == b.mrsigner && a.isvprodid == b.isvprodid &&
         same_levels(a.levels, b.levels);
}

// delivered is the document as the service would deliver it.
std::string delivered(std::string_view member, byte_view text, const tdx::document_signature& signature) {
  std::string digits(128, '0');
  (void)hex_encode(signature.view(), digits);
  return "{\"" + std::string(member) + "\":" + text_of(text) + ",\"signature\":\"" + digits + "\"}";
}

std::size_t size_of(const endorsements& all) {
  return all.certificates().size() + all.crls().size() + all.tcb_infos().size() + all.enclave_identities().size();
}

void check_value(const json_value& value, const nlohmann::json& wanted) {
  require(value.kind != json_kind::count || wanted == value.count);
  require(value.kind != json_kind::text || wanted == std::string(value.text));
  require((value.kind == json_kind::array) == wanted.is_array());
  require((value.kind == json_kind::object) == wanted.is_object());
  if (!wanted.is_structured()) return;
  std::size_t at = 0;
  for (const json_value& each : value.children()) {
    check_value(each, wanted.is_array() ? wanted.at(at) : wanted.at(std::string(each.name)));
    ++at;
  }
  require(at == wanted.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view input(data, size);
  endorsements all;
  const auto added = add_endorsements(all, input);
  require(added ? size_of(all) <= *added : size_of(all) == 0 && added.error().offset <= size);

  const auto located = located_json::parse(input, document_limits);
  if (located) check_value(located->root(), nlohmann::json::parse(data, data + size));

  const auto info = tdx::parse_tcb_info(input);
  require(info || (info.error().in == part::tcb_info && info.error().offset <= size));
  if (info) require(text_of(input).find(text_of(info->text())) != std::string::npos);
  const auto identity = tdx::parse_enclave_identity(input);
  require(identity || (identity.error().in == part::qe_identity && identity.error().offset <= size));
  if (identity) require(text_of(input).find(text_of(identity->text())) != std::string::npos);

  for (const auto& each : all.tcb_infos()) {
    const auto& document = each.document;
    const auto again = tdx::parse_tcb_info(bytes_of(delivered("tcbInfo", document.text(), document.signature())));
    require(again && *again == document && same(**again, *document));
  }
  for (const auto& each : all.enclave_identities()) {
    const auto& document = each.document;
    const auto again =
        tdx::parse_enclave_identity(bytes_of(delivered("enclaveIdentity", document.text(), document.signature())));
    require(again && *again == document && same(**again, *document));
  }
  const std::size_t before = size_of(all);
  const auto twice = add_endorsements(all, input);
  require(twice.has_value() == added.has_value() && size_of(all) == before);
  if (before != 0 && (info || identity)) unitee::fuzz::reached();
  return 0;
}
