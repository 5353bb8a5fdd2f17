// SPDX-License-Identifier: Apache-2.0
//
// verify.cpp: `unitee verify`: whose evidence is it?

#include "verify.hpp"
#include "verify_options.hpp"
#include "verify_snp.hpp"
#include "verify_tdx.hpp"

#include <unitee/evidence.hpp>
#include <unitee/format.hpp>
#include <unitee/json/snp_ear.hpp>

#include <cstdio>

namespace command {

namespace verification {

json question::head() const { return {{"file", file}, {"at", fmt::format("{}", at)}}; }

namespace {

// judge_unknown is the answer about bytes that are no evidence.
judged judge_unknown(const question& asked, const subject& of) {
  const auto evidence = unitee::evidence::parse(of.hardware());
  const unitee::failure why = evidence ? unitee::failure{unitee::errc::unrecognized} : evidence.error();
  judged out;
  out.answer = asked.head();
  out.answer["verdict"] = "refused";
  out.answer["failure"] = json_of(why);
  out.answer["missing"] = json::array();
  if (asked.wants_ear()) out.ear = unitee::snp::ear_of_failure(why, {.iat = asked.at});
  out.status = exit_status(why);
  out.line = line_of(asked.file, why);
  return out;
}

}  // namespace

judged judge(const arguments& given, inputs& from) {
  if (given.operands().size() != 1) throw usage_error{"give one file of evidence"};
  const std::string& file = given.operands().front();
  const question asked{given, from, file, from.time(given.one("--at"))};
  const subject of = subject_in(from, file);
  check_options(given, of.of);
  switch (of.of) {
    case vendor::snp: return judge_snp(asked, of);
    case vendor::tdx: return judge_tdx(asked, of);
    case vendor::any: break;
  }
  return judge_unknown(asked, of);
}

void print(const judged& all, const arguments& given) {
  if (given.has("--ear")) {
    fmt::print("{}\n", text_of(require(*all.ear, given.operands().front())));
  } else if (given.has("--json")) {
    fmt::print("{}\n", text_of(all.answer));
  } else {
    fmt::print("{}", all.text);
  }
  if (!all.line.empty()) fmt::print(stderr, "unitee verify: {}\n", plain(all.line));
}

}  // namespace verification

int verify(const std::vector<std::string_view>& words) {
  using namespace verification;
  const arguments given(words, accepted_options());
  if (given.has("--help")) {
    fmt::print("{}", help());
    return done;
  }
  if (given.operands().size() != 1) throw usage_error{"give one file of evidence"};
  if (given.has("--json") && given.has("--ear")) throw usage_error{"--json or --ear"};
  const std::string& file = given.operands().front();
  inputs from;
  if (is_receipt(from.read(file))) return rejudge(given, file, from.read(file));
  const auto receipt = given.one("--receipt");
  const judged all = judge(given, from);
  if (receipt) write_receipt(*receipt, given, from, from.time(given.one("--at")), all);
  print(all, given);
  return all.status;
}

}  // namespace command
