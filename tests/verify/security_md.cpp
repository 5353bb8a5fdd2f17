// SPDX-License-Identifier: Apache-2.0
//
// tests/verify/security_md.cpp: the tables of SECURITY.md, out of the lists that the code goes by and the vectors that it
// is tested with. What differs is written anew by `unitee_test_verify "[.write]"`.
#include <unitee/verify/snp_appraise.hpp>

#include "support/catch.hpp"
#include "support/check_tables.hpp"
#include "support/files.hpp"
#include "support/forge.hpp"
#include "support/tdx_reject_set.hpp"
#include "support/vectors.hpp"

#include <unitee/verify/tdx_appraise.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace test_security_md {

using namespace unitee;
using namespace unitee::test;

namespace {

const nlohmann::json& vector_named(const reject_set& set, std::string_view name) {
  const auto is_it = [&](const auto& each) { return each.at("name") == name; };
  const auto found = std::ranges::find_if(set.all(), is_it);
  if (found == set.all().end()) throw std::runtime_error("no such vector: " + std::string(name));
  return *found;
}

std::string snp_checks() {
  const reject_set set("snp_reject");
  const nlohmann::json& vector = vector_named(set, "accepted_milan_v5");
  endorsements given;
  for (const std::string name : vector.at("endorsements")) need(given.add(set.material(name)));
  trust_anchors anchors;
  for (const std::string name : vector.at("anchors")) anchors.add(need(certificate::from_der(set.material(name))));
  const auto report = need(snp::report::parse(set.bytes_of(vector.at("report"))));
  const auto genuine = need(snp::verify(report, given, time(vector.at("at").get<std::string>()), anchors));
  const auto least = snp::appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().forbid_debug();
  return checks_table(snp::appraise(genuine, least).checks());
}

std::string tdx_checks() {
  const reject_set set("tdx_reject");
  const tdx_evidence evidence(set, set.base());
  const auto bytes = evidence.quote();
  const auto quote = need(tdx::quote::parse(bytes));
  const auto genuine = need(tdx::verify(quote, need(evidence.given()), evidence.at(), evidence.anchors()));
  const auto least = tdx::appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().forbid_debug();
  return checks_table(tdx::appraise(genuine, least).checks());
}

std::string tables() {
  return "#### SEV-SNP: `verify`\n\n" + steps_table(snp::steps, refusals_in(reject_set("snp_reject"))) +
         "\n#### SEV-SNP: `appraise`\n\n" + snp_checks() + "\n#### TDX: `verify`\n\n" +
         steps_table(tdx::steps, refusals_in(reject_set("tdx_reject"))) + "\n#### TDX: `appraise`\n\n" + tdx_checks();
}

// parted is the file in three: up to and with the first mark, what is written, and from the second mark on.
struct parted {
  std::string before, tables, after;
};

std::filesystem::path file() { return vectors_dir().parent_path().parent_path() / "SECURITY.md"; }

parted read() {
  const auto bytes = file_bytes(file());
  const std::string text(bytes.begin(), bytes.end());
  const std::string begin = "<!-- checks: written by tests/verify/security_md.cpp -->\n";
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find("<!-- end of checks -->\n");
  if (from == text.npos || to == text.npos) throw std::runtime_error("SECURITY.md lacks a mark");
  const std::size_t first = from + begin.size();
  return {text.substr(0, first), text.substr(first, to - first), text.substr(to)};
}

}  // namespace

TEST_CASE("SECURITY.md says what the code checks", "[verify]") {
  const parted now = read();
  std::istringstream is(now.tables), should_be(tables());
  std::string line, wanted;
  auto number = std::ranges::count(now.before, '\n');
  while (std::getline(should_be, wanted)) {
    CAPTURE(++number);
    std::getline(is, line);
    REQUIRE(line == wanted);
  }
  CHECK(is.peek() == std::istringstream::traits_type::eof());
}

TEST_CASE("the tables of SECURITY.md are written anew", "[.write]") {
  const parted now = read();
  std::ofstream(file(), std::ios::binary) << now.before << tables() << now.after;
}

}  // namespace test_security_md
