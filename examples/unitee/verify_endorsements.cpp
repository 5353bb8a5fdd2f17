// SPDX-License-Identifier: Apache-2.0
//
// verify_endorsements.cpp: what `unitee verify` may believe, out of files.

#include "verify.hpp"

#include <unitee/json/collateral.hpp>
#include <unitee/snp/certificate_table.hpp>

#include <algorithm>

namespace command::verification {

using unitee::errc;

namespace {

// add_file adds what a file holds. In a directory, other files may lie beside the endorsements.
void add_file(unitee::endorsements& to, inputs& from, const std::string& file, bool named) {
  const auto& bytes = from.read(file);
  const auto added = unitee::add_endorsements(to, bytes);
  if (!added && (named || added.error().code != errc::unrecognized)) throw input_error{file, added.error()};
  // A host without certificates hands out an empty table; any other file that is named has something in it.
  const bool table = unitee::snp::certificate_table::parse(bytes).has_value();
  if (named && added && *added == 0 && !table) throw input_error{file, {errc::unrecognized}};
}

// find_chain is the file of the directory that has the issuer chain of a document, as the service's answers are stored:
// tcb_info.json and tcb_info_issuer_chain.pem.
const std::string* find_chain(const std::vector<std::string>& files, std::string_view file) {
  constexpr std::string_view suffix = "_issuer_chain";
  const auto name_of = [](std::string_view path) { return path.substr(path.rfind('/') + 1); };
  const std::string_view name = name_of(file);
  if (name.find(suffix) != name.npos) return nullptr;
  const std::string wanted = std::string(name.substr(0, name.rfind('.'))) + std::string(suffix);
  const auto found =
      std::ranges::find_if(files, [&](const std::string& each) { return name_of(each).starts_with(wanted); });
  return found == files.end() ? nullptr : &*found;
}

// add_from reads a file, or everything in a directory that is an endorsement. A document counts with its own issuer
// chain where that lies beside it, and then there is a certificate in it.
void add_from(unitee::endorsements& to, inputs& from, const std::string& path) {
  const std::vector<std::string>& files = from.files_below(path);
  const bool named = files == std::vector{path};
  for (const std::string& file : files) {
    const std::string* const chain = named ? nullptr : find_chain(files, file);
    if (chain == nullptr) {
      add_file(to, from, file, named);
      continue;
    }
    unitee::endorsements documents;
    unitee::endorsements issuers;
    add_file(documents, from, file, named);
    add_file(issuers, from, *chain, true);
    if (issuers.certificates().empty()) throw input_error{*chain, {errc::unrecognized, 0, unitee::part::certificate}};
    for (const auto& one : documents.tcb_infos()) to.add(one.document, issuers.certificates());
    for (const auto& one : documents.enclave_identities()) to.add(one.document, issuers.certificates());
    for (const auto& one : documents.certificates()) to.add(one);
    for (const auto& one : documents.crls()) to.add(one);
  }
}

}  // namespace

unitee::endorsements endorsements_of(const question& asked) {
  unitee::endorsements out;
  for (const std::string& path : asked.given.all("--endorsements")) add_from(out, asked.from, path);
  return out;
}

unitee::trust_anchors anchors_of(const question& asked) {
  unitee::trust_anchors out;
  for (const std::string& file : asked.given.all("--trust-anchor")) {
    unitee::endorsements read;
    require(read.add(asked.from.read(file)), file);
    if (read.certificates().empty()) throw input_error{file, {errc::unrecognized, 0, unitee::part::root}};
    for (const unitee::certificate& one : read.certificates()) {
      if (one.subject_common_name() && one.issuer_common_name() &&
          *one.subject_common_name() == *one.issuer_common_name()) {
        out.add(one);
      }
    }
    if (out.given().empty()) throw input_error{file, {errc::certificate_unfit, 0, unitee::part::root}};
  }
  if (asked.given.has("--no-pinned-roots")) {
    if (out.given().empty()) throw usage_error{"--no-pinned-roots leaves nothing to trust without a --trust-anchor"};
    out.distrust_pinned();
  }
  return out;
}

}  // namespace command::verification
