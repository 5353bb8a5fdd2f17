// SPDX-License-Identifier: Apache-2.0
//
// attest.cpp: `unitee attest`: fresh evidence about this guest, in files.

#include "attest.hpp"
#include "advice.hpp"
#include "simulation.hpp"
#include "transcript_options.hpp"

#include <unitee/format.hpp>

#include <nlohmann/json.hpp>

#include <cstdio>

namespace command {

namespace attesting {

namespace {

using json = nlohmann::ordered_json;

// made is the evidence, and whose it is.
struct made {
  backend by;
  unitee::guest::attestation all;
};

std::string line_of(const backend& of, const unitee::failure& why, bool is_there) {
  std::string out = fmt::format("{}: {} ({})", of.name, why, unitee::name(why.code));
  const std::string advice = advice_on(why, is_there);
  return advice.empty() ? out : out + "; " + advice;
}

// ask_all is the evidence of the first candidate that is there. Where there is none, each has its line on stderr.
std::optional<made> ask_all(const work& of, int& status) {
  std::string lines;
  for (const backend& each : of.candidates) {
    if (each.is_simulated) fmt::print(stderr, "{}\n", simulation_warning);
    answer got = each.ask(of.asked);
    if (got.evidence) return made{each, std::move(*got.evidence)};
    const unitee::failure& why = got.evidence.error();
    lines += fmt::format("unitee attest: {}\n", line_of(each, why, got.is_there));
    status = exit_status(why);
    if (!got.is_there) continue;
    lines = fmt::format("unitee attest: {}\n", line_of(each, why, got.is_there));
    break;
  }
  fmt::print(stderr, "{}", lines);
  return std::nullopt;
}

void write(const work& of, const made& what) {
  std::vector<output_file> files{{of.evidence, what.all.evidence}};
  if (of.certificates && !what.all.certificates.empty()) files.push_back({*of.certificates, what.all.certificates});
  if (of.manifest) files.push_back({*of.manifest, what.all.manifest});
  if (of.endorsements) keep_endorsements(what.by, of.asked, *of.endorsements);
  write_files(files);
}

// in_evidence is the report data as the evidence has them.
unitee::report_data in_evidence(const work& of, const made& what) {
  return of.asked.services ? with_manifest(of.asked.data, what.all.manifest) : of.asked.data;
}

// verify_words is a command line that judges what was made.
std::string verify_words(const work& of, const made& what) {
  std::string out = "unitee verify " + shell_word(of.evidence);
  if (of.certificates && !what.all.certificates.empty()) out += " --endorsements " + shell_word(*of.certificates);
  if (of.endorsements) {
    out += " --endorsements " + of.endorsements->word("collateral") + " --trust-anchor " +
           of.endorsements->word("root.pem");
  }
  if (of.manifest) out += " --manifest " + shell_word(*of.manifest);
  const bool is_hashed = of.asked.services && !of.manifest;  // then this is what a verifier can compare
  if (!of.is_random && !is_hashed) return out + " " + report_data_words(of.given);
  const auto data = is_hashed ? in_evidence(of, what) : of.asked.data;
  return out + fmt::format(" --report-data {}", data);
}

// beside says what came beside the evidence, and where it is.
struct beside {
  std::string_view name;
  std::string_view option;
  const std::vector<std::uint8_t>& content;
  const std::optional<std::string>& file;
  std::string_view none;
  std::string_view kept_for;

  [[nodiscard]] json as_json() const {
    if (content.empty()) return nullptr;
    return {{"size", content.size()}, {"file", file ? json(*file) : json()}};
  }
  [[nodiscard]] std::string as_text() const {
    if (content.empty()) return std::string(none) + (file ? ", so nothing is written" : "");
    if (file) return fmt::format("{}, {} bytes", *file, content.size());
    return fmt::format("{} bytes, not kept: {} FILE keeps them{}", content.size(), option, kept_for);
  }
};

constexpr std::string_view random_warning = "random, drawn here: nobody else can tell that this evidence is fresh";

void print(const work& of, const made& what) {
  const beside rows[]{{"certificates", "--certificates", what.all.certificates, of.certificates,
                       "none: the verifier needs them from elsewhere", ""},
                      {"manifest", "--manifest", what.all.manifest, of.manifest, "none",
                       ", for a verifier to check the report data with"}};
  const std::string words = verify_words(of, what);
  const auto in_report = in_evidence(of, what);
  const std::string_view kind = of.is_random ? "random" : of.given.has(transcript_label) ? "transcript" : "given";
  if (of.given.has("--json")) {
    json out{{"backend", what.by.name},
             {"vendor", what.by.vendor},
             {"simulated", what.by.is_simulated},
             {"evidence", {{"size", what.all.evidence.size()}, {"file", of.evidence}}},
             {"report_data", fmt::format("{}", of.asked.data)},
             {"report_data_is", kind},
             {"report_data_in_evidence", fmt::format("{}", in_report)}};
    for (const beside& each : rows) out[std::string(each.name)] = each.as_json();
    out["verify"] = words;
    fmt::print("{}\n", out.dump(2, ' ', false, json::error_handler_t::replace));
    return;
  }
  const auto line = [](std::string_view name, std::string_view text) { fmt::print("{:<13} {}\n", name, plain(text)); };
  const auto put_data = [&](std::string_view name, const unitee::report_data& data) {
    const std::string digits = fmt::format("{}", data);
    line(name, digits.substr(0, 64));
    line("", digits.substr(64));
  };
  line("backend", fmt::format("{}{}", what.by.name, what.by.is_simulated ? ": INSECURE, a simulation" : ""));
  line("vendor", what.by.vendor);
  line("evidence", fmt::format("{}, {} bytes", of.evidence, what.all.evidence.size()));
  put_data("report data", of.asked.data);
  if (of.is_random) line("", random_warning);
  if (in_report != of.asked.data) {
    line("in the report", "their SHA-512 with the manifest:");
    put_data("", in_report);
  }
  if (what.by.takes("--certificates") || of.certificates) line(rows[0].name, rows[0].as_text());
  if (of.asked.services) line(rows[1].name, rows[1].as_text());
  line("to judge it", words);
}

}  // namespace

}  // namespace attesting

int attest(const std::vector<std::string_view>& words) {
  using namespace attesting;
  const arguments given(words, accepted_options());
  if (given.has("--help")) {
    fmt::print("{}", help());
    return done;
  }
  const work of = work_of(given);
  int status = unusable;
  const auto what = ask_all(of, status);
  if (!what) return status;
  write(of, *what);
  print(of, *what);
  return done;
}

}  // namespace command
