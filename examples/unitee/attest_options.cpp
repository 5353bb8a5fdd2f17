// SPDX-License-Identifier: Apache-2.0
//
// attest_options.cpp: the options of `unitee attest`.

#include "attest.hpp"
#include "guest_options.hpp"
#include "transcript_options.hpp"
#include "verify_words.hpp"

#include <unitee/bytes/guid.hpp>
#include <unitee/crypto/random.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace command::attesting {

namespace {

constexpr std::string_view help_text = R"(usage: unitee attest -o FILE [OPTIONS]

Asks this guest's TEE for fresh evidence, a SEV-SNP report or a TDX quote, and writes it to FILE,
whole or not at all.

What the evidence is to be about (64 bytes of report data; random ones when you say nothing):
  --report-data HEX        these 1 to 64 bytes, then zeros
  --label TEXT             several things, by their hash: this protocol, and whatever follows;
                           `unitee verify` takes the same options and demands the same bytes
  --nonce HEX              ... a verifier's nonce, without which evidence may be a replay
  --public-key FILE        ... a key whose private half the guest holds (PEM or DER)
  --model-digest HEX       ... a model
  --part NAME=HEX          ... and anything else, or NAME=@FILE; repeat for more: order matters

Whom to ask:
  --backend NAME           auto (the default: the first that is there), sev-guest, tdx-guest,
                           configfs-sev-guest, configfs-tdx-guest, or one that protects nothing:
                           insecure-simulated-snp, insecure-simulated-td
  --vmpl N                 a report for this VMPL, 0 to 3, not below the kernel's own
  --svsm                   ask the SVSM, for a report over the manifest of its services
  --service GUID           of this service alone
  --manifest-version N     in this version (default 0)
  --quote-service ADDRESS  have the TD report quoted there: vsock:CID:PORT or unix:PATH
  --limit SECONDS          how long to wait (default 120)
  --state DIR              where a simulated machine keeps its keys
  --image FILE             what the simulated guest runs: its measurement follows from the content

What else to write:
  --certificates FILE      the certificates that the host hands out beside a SEV-SNP report
  --manifest FILE          the manifest of an SVSM's services
  --endorsements DIR       a simulated machine's root and collateral, in a directory that is new
                           or empty
  --json                   print one JSON object
)";

// candidates_of is whom --backend names, or the real ones, as far as they take the options that are there.
std::vector<backend> candidates_of(const arguments& given) {
  const std::string name = given.one("--backend").value_or("auto");
  std::vector<backend> out;
  std::string names = "auto";
  for (const backend& each : backends()) {
    names += ", " + std::string(each.name);
    if (name == "auto" ? !each.is_simulated : name == each.name) out.push_back(each);
  }
  if (out.empty()) throw usage_error{"--backend knows " + names + ", not \"" + name + "\""};
  for (const std::string_view option : optional_options()) {
    // Whether a machine that is found has certificates is no question of how it is asked.
    if (!given.has(option) || (name == "auto" && option == "--certificates")) continue;
    std::erase_if(out, [&](const backend& each) { return !each.takes(option); });
    if (out.empty()) throw usage_error{std::string(option) + " is nothing to --backend " + name};
  }
  return out;
}

std::optional<unitee::guest::svsm_services> services_of(const arguments& given) {
  const auto service = given.one("--service");
  const auto version = given.one("--manifest-version");
  if (!given.has("--svsm")) {
    for (const std::string_view each : {"--service", "--manifest-version", "--manifest"}) {
      if (given.has(each)) throw usage_error{std::string(each) + " goes with --svsm"};
    }
    return std::nullopt;
  }
  unitee::guest::svsm_services out;
  if (version && !service) throw usage_error{"--manifest-version is that of one --service"};
  if (version) out.manifest_version = verification::number_of<std::uint32_t>({given, "--manifest-version"});
  if (!service) return out;
  const auto id = unitee::parse_guid(*service);
  if (!id) throw usage_error{"--service wants a GUID such as c476f1eb-0123-45a5-9641-b4e7dde5bfe3"};
  out.service = *id;
  return out;
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return a == b || std::filesystem::equivalent(a, b, ignored);
}

}  // namespace

std::string_view help() noexcept { return help_text; }

std::vector<option> accepted_options() {
  std::vector<option> out{{"--help"},        {"--json"},          {"-o", true},      {"--report-data", true},
                          {"--nonce", true}, {"--backend", true}, {"--limit", true}, {transcript_label, true},
                          {"--svsm", false}};
  for (const std::string_view each : transcript_parts) out.push_back({each, true});
  for (const std::string_view each : optional_options()) {
    if (each != "--svsm") out.push_back({each, true});
  }
  return out;
}

work work_of(const arguments& given) {
  if (!given.operands().empty()) throw usage_error{"no operand is wanted; the output's name goes with -o"};
  work out{given};
  const auto evidence = given.one("-o");
  if (!evidence) throw usage_error{"give an output file with -o"};
  out.evidence = *evidence;
  out.certificates = given.one("--certificates");
  out.manifest = given.one("--manifest");
  out.candidates = candidates_of(given);
  out.asked.limit = limit_of(given, 120);
  if (given.has("--vmpl")) out.asked.vmpl = verification::number_of<std::uint32_t>({given, "--vmpl"}, 3);
  out.asked.services = services_of(given);
  out.asked.quote_service = quote_service_of(given);
  out.asked.state = given.one("--state");
  out.asked.image = given.one("--image");
  if (const auto folder = given.one("--endorsements")) out.endorsements.emplace(*folder);
  if (given.has("--nonce") && !given.has(transcript_label)) {
    throw usage_error{"--nonce is a part of a transcript: give its --label, too, or the nonce as --report-data"};
  }
  const auto data = report_data_of(given, out.from);
  out.is_random = !data;
  if (data) out.asked.data = *data;
  if (!data) require(unitee::random_bytes(out.asked.data.value), "random bytes");

  const std::pair<std::string_view, std::optional<std::string>> outputs[]{
      {"-o", evidence}, {"--certificates", out.certificates}, {"--manifest", out.manifest}};
  for (const auto& [option, path] : outputs) {
    if (!path) continue;
    for (const auto& [name, content] : out.from.all_files()) {
      if (same_file(*path, name)) throw usage_error{std::string(option) + " would replace an input, " + name};
    }
    for (const auto& [other, also] : outputs) {
      if (also && option != other && same_file(*path, *also)) {
        throw usage_error{std::string(option) + " and " + std::string(other) + " are one file"};
      }
    }
  }
  return out;
}

}  // namespace command::attesting
