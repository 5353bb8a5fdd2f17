// SPDX-License-Identifier: Apache-2.0
//
// verify.cpp: unitee verify.

#include "command.hpp"

#include <unitee/format.hpp>
#include <unitee/verifier.hpp>
#include <unitee/vtpm/hcl_binding.hpp>
#include <unitee/vtpm/hcl_report.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

namespace command {

namespace {

namespace snp = unitee::snp;
using json = nlohmann::ordered_json;
using unitee::errc;

constexpr std::string_view help = R"(usage: unitee verify EVIDENCE [OPTIONS]

Says whether a SEV-SNP attestation report (or an Azure HCL report around one) is genuine, and
whether it is what you want. Works offline: certificates come from files.

  --endorsements PATH     certificates and CRLs: PEM, DER or certificate table; a file or a directory
  --trust-anchor FILE     a root of your own to trust, beside AMD's pinned ones
  --at TIME               judge at this time (2026-03-01T00:00:00Z); default: now
  --report-data HEX       demand exactly these 64 bytes
  --measurement HEX       demand this launch measurement (48 bytes); repeat for any of several
  --min-tcb SPEC          demand at least this TCB: milan:boot_loader=4,tee=0,snp=24,microcode=219; repeat for
                          genoa: and turin: (which also has fmc=); a product without a minimum is refused
  --vmpl N                demand this VMPL
  --host-data HEX         demand this host data (32 bytes)
  --allow-debug           accept a guest that its host can debug
  --allow-masked-chip-id  accept a report whose chip id the host has hidden
  --refuse-provisional    refuse firmware that the host can still roll back
  --json                  print one JSON object
)";

// fixed_of reads an option's digits, exactly as many as the type has.
template <class Fixed>
Fixed fixed_of(std::string_view option, const std::string& digits) {
  const auto value = unitee::from_hex<Fixed>(digits);
  if (!value)
    throw usage_error{fmt::format("{} wants {} hexadecimal digits: {}", option, 2 * Fixed::size(), value.error())};
  return *value;
}

template <class Fixed>
std::optional<Fixed> optional_of(const arguments& given, std::string_view option) {
  const auto digits = given.one(option);
  return digits ? std::optional(fixed_of<Fixed>(option, *digits)) : std::nullopt;
}

char lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

std::uint8_t octet_of(std::string_view text, const std::string& wanted, std::uint8_t largest = 255) {
  std::uint8_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > largest) throw usage_error{wanted};
  return value;
}

// minimum_of reads PRODUCT:PART=N,...: the product is named, so that numbers for one are never compared with another's.
snp::minimum_tcb minimum_of(const std::string& spec) {
  const std::string wanted = "--min-tcb wants a product and its parts, milan:boot_loader=4,snp=24, not " + spec;
  const std::string_view all = spec;
  const std::size_t colon = all.find(':');
  const auto product = std::ranges::find_if(snp::products, [&](const snp::product& each) {
    return std::ranges::equal(each.name, all.substr(0, colon), {}, lower, lower);
  });
  if (colon == all.npos || product == snp::products.end()) throw usage_error{wanted};
  snp::minimum_tcb out{product->id, {}};
  std::uint8_t* const parts[] = {&out.parts.fmc, &out.parts.boot_loader, &out.parts.tee, &out.parts.snp,
                                 &out.parts.microcode};
  std::array<bool, snp::tcb_components.size()> seen{};
  for (std::size_t at = colon; at != all.npos;) {
    const std::size_t next = all.find(',', at + 1);
    const std::string_view item = all.substr(at + 1, next == all.npos ? all.npos : next - at - 1);
    const std::size_t equals = item.find('=');
    const auto component = std::ranges::find(snp::tcb_components, item.substr(0, equals),
                                             [](snp::tcb_component each) { return std::string_view(snp::name(each)); });
    if (equals == item.npos || component == snp::tcb_components.end()) throw usage_error{wanted};
    const auto i = static_cast<std::size_t>(*component);
    if (std::exchange(seen[i], true)) throw usage_error{fmt::format("--min-tcb has {} twice", snp::name(*component))};
    if (!snp::byte_of(*component, product->layout)) {
      throw usage_error{fmt::format("--min-tcb: {} has no {}", product->name, snp::name(*component))};
    }
    *parts[i] = octet_of(item.substr(equals + 1), wanted);
    at = next;
  }
  return out;
}

// add_endorsements reads a file, or everything in a directory that is an endorsement.
void add_endorsements(unitee::endorsements& to, const std::string& path) {
  const std::vector<std::string> files = files_below(path);
  const bool named = files == std::vector{path};
  for (const std::string& file : files) {
    const auto bytes = read_file(file);
    const auto added = to.add(bytes);
    if (!added && (named || added.error().code != errc::unrecognized)) throw input_error{file, added.error()};
    // A host without certificates hands out an empty table; any other file that is named has something in it.
    const bool table = snp::certificate_table::parse(bytes).has_value();
    if (named && added && *added == 0 && !table) throw input_error{file, {errc::unrecognized}};
  }
}

unitee::trust_anchors anchors_of(const arguments& given) {
  unitee::trust_anchors out;
  for (const std::string& file : given.all("--trust-anchor")) {
    unitee::endorsements read;
    require(read.add(read_file(file)), file);
    if (read.certificates().empty()) throw input_error{file, {errc::missing, 0, unitee::part::root}};
    for (const unitee::certificate& one : read.certificates()) {
      if (one.subject_common_name() && one.issuer_common_name() &&
          *one.subject_common_name() == *one.issuer_common_name()) {
        out.add(one);
      }
    }
    if (out.given().empty()) throw input_error{file, {errc::certificate_unfit, 0, unitee::part::root}};
  }
  return out;
}

// report_of is the report in a file: by itself, or inside of an HCL report whose runtime data it then must bind.
snp::report report_of(const std::string& file, const std::vector<std::uint8_t>& bytes) {
  constexpr std::string_view hcl_magic = "HCLA";
  if (bytes.size() >= 4 && std::ranges::equal(std::span(bytes).first(4), hcl_magic)) {
    const auto hcl = require(unitee::vtpm::hcl_report::parse(bytes), file);
    const auto inside = hcl.snp_report();
    if (!inside) throw input_error{file, {errc::unsupported_format, 0, unitee::part::hcl_report}};
    const auto report = require(snp::report::parse(*inside), file);
    const auto bound = unitee::vtpm::check_binding(hcl, report.report_data().view());
    if (!bound) throw input_error{file, {bound.error().code, snp::row::report_data::offset, unitee::part::report}};
    return report;
  }
  const auto evidence = require(unitee::evidence::parse(bytes), file);
  if (evidence.snp() == nullptr) {
    throw usage_error{file + " is a TDX or SGX quote, and this version verifies SEV-SNP reports only"};
  }
  return *evidence.snp();
}

// demands is what the command line asks for, read before anything is judged: a bad argument is never a verdict.
struct demands {
  std::optional<snp::report_data> report_data;
  std::vector<snp::measurement> measurements;
  std::vector<snp::minimum_tcb> minimum_tcb;
  std::optional<std::uint8_t> vmpl;
  std::optional<snp::host_data> host_data;
  bool allow_debug;
  bool allow_masked_chip_id;
  bool refuse_provisional;
};

demands demands_of(const arguments& given) {
  demands out{optional_of<snp::report_data>(given, "--report-data"),
              {},
              {},
              {},
              optional_of<snp::host_data>(given, "--host-data"),
              given.has("--allow-debug"),
              given.has("--allow-masked-chip-id"),
              given.has("--refuse-provisional")};
  for (const std::string& digits : given.all("--measurement")) {
    out.measurements.push_back(fixed_of<snp::measurement>("--measurement", digits));
  }
  for (const std::string& spec : given.all("--min-tcb")) {
    const auto one = minimum_of(spec);
    if (std::ranges::find(out.minimum_tcb, one.product, &snp::minimum_tcb::product) != out.minimum_tcb.end()) {
      throw usage_error{fmt::format("--min-tcb names {} twice", snp::product_of(one.product).name)};
    }
    out.minimum_tcb.push_back(one);
  }
  if (const auto level = given.one("--vmpl")) out.vmpl = octet_of(*level, "--vmpl is 0 to 3", 3);
  return out;
}

// appraise takes the mandatory decisions: what nobody asked for is waived here, in one place, and shown as not asked.
unitee::attestation_result<snp::claims> appraise(const unitee::verified<snp::claims>& genuine, const demands& want) {
  auto fresh = want.report_data ? snp::appraisal_policy{}.require_report_data(*want.report_data)
                                : snp::appraisal_policy{}.waive_report_data();
  auto known = want.measurements.empty() ? std::move(fresh).waive_measurement()
                                         : std::move(fresh).require_measurement(want.measurements);
  auto patched =
      want.minimum_tcb.empty() ? std::move(known).waive_tcb() : std::move(known).require_minimum_tcb(want.minimum_tcb);
  auto policy = want.allow_debug ? std::move(patched).allow_debug() : std::move(patched).forbid_debug();
  if (want.allow_masked_chip_id) policy = std::move(policy).allow_masked_chip_id();
  if (want.refuse_provisional) policy = std::move(policy).refuse_provisional_firmware();
  if (want.vmpl) policy = std::move(policy).require_vmpl(*want.vmpl);
  if (want.host_data) policy = std::move(policy).require_host_data(*want.host_data);
  return snp::appraise(genuine, policy);
}

json failure_json(const unitee::failure& why) {
  return {{"kind", unitee::name(why.code)},
          {"part", unitee::name(why.in)},
          {"offset", why.offset},
          {"text", fmt::format("{}", why)}};
}

json claims_json(const snp::claims& of) {
  return {{"version", of.report.version()},
          {"product", snp::product_of(of.vek.product_id()).name},
          {"signer", snp::name(of.vek.kind())},
          {"csp_id", of.vek.csp_id().empty() ? json() : json(of.vek.csp_id())},
          {"trust_anchor", unitee::name(of.anchor)},
          {"valid_from", fmt::format("{}", of.validity.not_before)},
          {"valid_until", fmt::format("{}", of.validity.not_after)},
          {"chip_id_masked", of.chip_id_masked},
          {"crl_checked", of.crl_checked}};
}

json value_json(const unitee::check_value& value) {
  if (const auto flag = value.flag()) return *flag;
  if (value.bytes().empty()) return nullptr;
  return fmt::format("{}", unitee::hex_view{value.bytes()});
}

json checks_json(const unitee::attestation_result<snp::claims>& of) {
  json out = json::array();
  for (const unitee::appraisal_check& check : of.checks()) {
    out.push_back({{"check", check.name},
                   {"outcome", unitee::name(check.answer)},
                   {"found", value_json(check.found)},
                   {"wanted", value_json(check.wanted)},
                   {"choices", check.choices}});
  }
  return out;
}

void print_claims(const snp::claims& of, unitee::utc_time at) {
  const bool pinned = of.anchor == unitee::anchor_origin::pinned;
  fmt::print("genuine     SEV-SNP attestation report, version {}, {}\n", of.report.version(),
             snp::product_of(of.vek.product_id()).name);
  fmt::print("signed by   {}, chain valid from {} to {}\n", snp::name(of.vek.kind()), of.validity.not_before,
             of.validity.not_after);
  fmt::print("trust       {}\n", pinned ? "AMD's root, pinned in this library"
                                        : "A ROOT THAT YOU NAMED, not AMD's: genuine means whatever its owner signed");
  fmt::print("revocation  {}\n", of.crl_checked ? "CRL checked" : "not checked: no CRL was given");
  fmt::print("judged at   {}\n\n", at);
}

// value_text is for a person: flags as words, long zeros folded.
std::string value_text(const unitee::check_value& value) {
  if (const auto flag = value.flag()) return *flag ? "yes" : "no";
  const unitee::byte_view bytes = value.bytes();
  if (bytes.size() > 8 && unitee::all_zero(bytes)) return fmt::format("00 * {}", bytes.size());
  return fmt::format("{}", unitee::hex_view{bytes});
}

void print_checks(const unitee::attestation_result<snp::claims>& of) {
  for (const unitee::appraisal_check& check : of.checks()) {
    fmt::print("{:<21} {:<9}  found {}\n", check.name, unitee::name(check.answer), value_text(check.found));
    if (check.answer == unitee::outcome::not_met) {
      const std::string more = check.choices > 1 ? fmt::format(" (or {} more)", check.choices - 1) : "";
      fmt::print("{:<31}  wanted {}{}\n", "", check.choices == 0 ? "nothing of this kind" : value_text(check.wanted),
                 more);
    }
  }
}

void print_missing(const std::vector<snp::missing_endorsement>& missing) {
  if (missing.empty()) return;
  fmt::print("missing, and where to get it:\n");
  for (const auto& each : missing) {
    const std::string_view source = each.source ? each.source->text()
                                    : each.signer == snp::signing_key_kind::vlek
                                        ? "from the host, in the certificate table"
                                        : "nowhere: the host masks the chip id";
    fmt::print("  {} ({} {})  {}\n", unitee::name(each.what), snp::product_of(each.product).name,
               snp::name(each.signer), source);
  }
}

json missing_json(const std::vector<snp::missing_endorsement>& missing) {
  json out = json::array();
  for (const auto& each : missing) {
    out.push_back({{"what", unitee::name(each.what)},
                   {"product", snp::product_of(each.product).name},
                   {"signer", snp::name(each.signer)},
                   {"address", each.source ? json(each.source->text()) : json()}});
  }
  return out;
}

}  // namespace

int verify(const std::vector<std::string_view>& words) {
  const arguments given(words, {{"--help"},
                                {"--json"},
                                {"--endorsements", true},
                                {"--trust-anchor", true},
                                {"--at", true},
                                {"--report-data", true},
                                {"--measurement", true},
                                {"--min-tcb", true},
                                {"--vmpl", true},
                                {"--host-data", true},
                                {"--allow-debug"},
                                {"--allow-masked-chip-id"},
                                {"--refuse-provisional"}});
  if (given.has("--help")) {
    fmt::print("{}", help);
    return done;
  }
  if (given.operands().size() != 1) throw usage_error{"give one file of evidence"};
  const std::string& file = given.operands().front();
  const demands want = demands_of(given);
  const snp::report report = report_of(file, read_file(file));
  const unitee::utc_time at = time_of(given.one("--at"));
  unitee::endorsements endorsements;
  for (const std::string& path : given.all("--endorsements")) add_endorsements(endorsements, path);
  const unitee::trust_anchors anchors = anchors_of(given);

  json out{{"file", file}, {"at", fmt::format("{}", at)}};
  const auto genuine = snp::verify(report, endorsements, at, anchors);
  if (!genuine) {
    const auto missing = snp::missing_endorsements(report, endorsements, anchors);
    out["verdict"] = "refused";
    out["failure"] = failure_json(genuine.error());
    out["missing"] = missing_json(missing);
    if (given.has("--json")) fmt::print("{}\n", out.dump(2));
    if (!given.has("--json")) print_missing(missing);
    throw input_error{file, genuine.error()};
  }
  const auto appraised = appraise(*genuine, want);
  const auto& verdict = appraised.verdict();
  out["verdict"] = verdict ? "accepted" : "refused";
  if (!verdict) out["failure"] = failure_json(verdict.error());
  out["claims"] = claims_json(**genuine);
  out["checks"] = checks_json(appraised);
  if (given.has("--json")) {
    fmt::print("{}\n", out.dump(2));
  } else {
    print_claims(**genuine, at);
    print_checks(appraised);
    if (verdict) fmt::print("\naccepted\n");
  }
  if (verdict) return done;
  const unitee::appraisal_check& first = appraised.checks()[verdict.error().offset];
  fmt::print(stderr, "unitee verify: {}: refused: {} is not met: found {}\n", file, first.name,
             value_text(first.found));
  return refused;
}

}  // namespace command
