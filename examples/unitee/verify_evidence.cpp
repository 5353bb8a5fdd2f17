// SPDX-License-Identifier: Apache-2.0

#include "verify_evidence.hpp"

#include "command.hpp"
#include "sheet.hpp"

#include <unitee/evidence.hpp>

#include <utility>

namespace command::verification {

subject subject_in(inputs& from, const std::string& file) {
  const auto& bytes = from.read(file);
  const std::string_view text = inspection::text_of(bytes);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && text[first] == '{') {
    auto azure = unitee::azure_evidence::parse(bytes);
    // A text that lacks what such evidence has is something else.
    if (!azure && azure.error().code == unitee::errc::missing) throw input_error{file, {unitee::errc::unrecognized}};
    subject out{vendor::snp, bytes, require(std::move(azure), file)};
    if (out.azure->td_quote) out.of = vendor::tdx;
    return out;
  }
  const auto kind = unitee::recognize(bytes);
  const bool is_report = kind == unitee::evidence_kind::snp_report || text.starts_with("HCLA");
  const bool is_quote = kind == unitee::evidence_kind::quote;
  return {is_report ? vendor::snp : is_quote ? vendor::tdx : vendor::any, bytes, {}};
}

}  // namespace command::verification
