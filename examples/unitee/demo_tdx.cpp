// SPDX-License-Identifier: Apache-2.0
//
// demo_tdx.cpp: unitee demo --tdx, what a verifier makes of a TD.

#include "demo.hpp"
#include "demo_files.hpp"
#include "sheet.hpp"
#include "verify_words.hpp"

#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/pem_text.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/eventlog/application_event.hpp>
#include <unitee/eventlog/check_log.hpp>
#include <unitee/eventlog/event_data.hpp>
#include <unitee/eventlog/facts.hpp>
#include <unitee/guest/simulated_intel_collateral.hpp>
#include <unitee/guest/simulated_td.hpp>
#include <unitee/json/collateral.hpp>
#include <unitee/verifier.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace command {

namespace {

namespace tdx = unitee::tdx;
namespace guest = unitee::guest;
namespace eventlog = unitee::eventlog;
using guest::insecure_simulated_td;
using guest::insecure_simulated_tdx_platform;

constexpr std::string_view firmware = "virtual firmware 1.0";

unitee::byte_view bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

tdx::tcb_status status_of(const std::string& name) {
  return verification::one_of("--status", name, tdx::tcb_statuses,
                              [](tdx::tcb_status each) { return tdx::name(each); });
}

unitee::endorsements endorsements_of(const guest::simulated_collateral& files) {
  unitee::endorsements out;
  files.for_each_file([&](std::string_view name, unitee::byte_view content) {
    require(unitee::add_endorsements(out, content), std::string(name));
  });
  return out;
}

guest::simulated_collateral collateral_of(const insecure_simulated_tdx_platform& machine, unitee::utc_time now,
                                          const guest::simulated_stage& as) {
  return require(guest::make_simulated_collateral(machine, now, as), "simulated collateral");
}

// boot is what firmware, boot loader, kernel and application of the demo's TD measure.
void boot(insecure_simulated_td& td) {
  const auto measure = [&](std::size_t rtmr, eventlog::event_type type, std::string_view data,
                           std::string_view measured) {
    require(td.measure(rtmr, static_cast<std::uint32_t>(type), bytes_of(data), bytes_of(measured)), "event");
  };
  using namespace std::string_view_literals;
  using enum eventlog::event_type;
  measure(0, separator, "\0\0\0\0"sv, "\0\0\0\0"sv);
  constexpr auto action = "Calling EFI Application from Boot Option"sv;
  measure(1, efi_action, action, action);
  measure(2, ipl, "/boot/vmlinuz", "the demo's kernel");
  measure(2, ipl, "kernel_cmdline: console=hvc0 ro\0"sv, "console=hvc0 ro");

  constexpr auto entry = "unitee load model-1.0"sv;
  std::array<std::uint8_t, 8 + entry.size()> tagged{};
  unitee::writer(tagged)
      .le(eventlog::application_tag)
      .le(static_cast<std::uint32_t>(entry.size()))
      .bytes(bytes_of(entry));
  measure(3, event_tag, inspection::text_of(tagged), inspection::text_of(tagged));
}

// said is what an event says, as far as its digest bears it out.
std::string said(const eventlog::event& of) {
  const std::string type = eventlog::name_of(of.type);
  const auto proven = require(eventlog::proven_data(of), "event log");
  if (!proven) return type + fmt::format(": of its {} bytes of data nothing is proven", of.data.size());
  const eventlog::fact fact{of, *proven, eventlog::rule_of(of)};
  if (const auto entry = eventlog::read_application_event(fact)) {
    return type + ": " +
           inspection::printable(fmt::format("{} {} {}", inspection::text_of(entry->domain),
                                             inspection::text_of(entry->operation),
                                             inspection::text_of(entry->content)));
  }
  return type + ": " + inspection::printable(inspection::text_of(fact.proven));
}

// demonstration is the machine, the TD and what is asked of it.
struct demonstration {
  tdx::tcb_status staged;
  unitee::utc_time now = time_of(std::nullopt);
  insecure_simulated_tdx_platform machine = require(insecure_simulated_tdx_platform::create(now), "simulated platform");
  guest::simulated_collateral collateral = collateral_of(machine, now, {.status = staged});
  unitee::endorsements endorsements = endorsements_of(collateral);
  unitee::trust_anchors anchors;
  tdx::measurement mrtd{require(unitee::sha384(bytes_of(firmware)), "firmware").value};
  tdx::report_data nonce;
  std::vector<std::uint8_t> evidence;
  std::vector<std::uint8_t> log;

  explicit demonstration(tdx::tcb_status as) : staged(as) {
    anchors.add(machine.root());
    require(unitee::random_bytes(nonce.value), "nonce");
  }

  [[nodiscard]] tdx::quote quote() const { return require(tdx::quote::parse(evidence), "quote"); }

  // wanted is a policy that accepts these statuses.
  [[nodiscard]] auto wanted(std::span<const tdx::tcb_status> statuses) const {
    return tdx::appraisal_policy{}
        .require_report_data(nonce)
        .require_measurement(mrtd)
        .accept_tcb(statuses)
        .forbid_debug()
        .require_attribute(tdx::td_attributes::sept_ve_disable);
  }

  // words is the command line that judges what --keep has written.
  [[nodiscard]] std::string words(const kept_files& kept) const {
    return fmt::format(
        "unitee verify {} --endorsements {} --trust-anchor {} --report-data {} --measurement {} --event-log {}",
        kept.word("quote.bin"), kept.word("collateral"), kept.word("root.pem"), unitee::hex_view{nonce.view()},
        unitee::hex_view{mrtd.view()}, kept.word("event_log.bin"));
  }
};

insecure_simulated_td launch(story& page, demonstration& demo) {
  page.chapter("Launch", "A host starts a TD, and the TD measures what it loads.");
  guest::simulated_td_launch with;
  with.mrtd = demo.mrtd;
  with.tee_tcb_svn = guest::simulated_launch_svn(demo.staged);
  auto td = require(insecure_simulated_td::launch(demo.machine, with), "simulated TD");
  boot(td);
  demo.log = td.event_log();
  page.line("MRTD", short_hex(demo.mrtd.view()) + ", the virtual firmware");
  for (std::size_t i = 0; i < td.rtmrs().size(); ++i) {
    page.line(fmt::format("RTMR{}", i), short_hex(td.rtmrs()[i].view()));
  }
  page.line("event log", fmt::format("CCEL, {} bytes", demo.log.size()));
  return td;
}

void attest(story& page, demonstration& demo, const insecure_simulated_td& td) {
  page.chapter("Attest", "The TD has the quoting enclave sign a verifier's nonce.");
  demo.evidence = require(td.attest(demo.nonce), "quote");
  const tdx::quote quote = demo.quote();
  page.line("evidence", fmt::format("TDX quote, version {}, {} bytes", static_cast<unsigned>(quote.version()),
                                    demo.evidence.size()));
  page.line("report data", short_hex(quote.td()->reportdata().view()) + ", the nonce");
}

unitee::verified<tdx::claims> verify(story& page, const demonstration& demo) {
  page.chapter("Verify", "Anyone, anywhere, offline: who signed this, and how good is the machine's TCB?");
  const tdx::quote quote = demo.quote();
  page.refusal("by Intel's pinned root", tdx::verify(quote, demo.endorsements, demo.now));
  auto genuine = require(tdx::verify(quote, demo.endorsements, demo.now, demo.anchors), "quote");
  page.line("by the root we name", "genuine: quote <- QE (P-256) <- PCK <- Platform CA <- root");
  page.line("also checked", "TDX module, QE identity, TCB info, revocation lists, dates");
  const tdx::explanation why = tdx::explain(*genuine);
  const bool dated = genuine->tcb.launch.gap == tdx::tcb_gap::none;
  page.expect(why.status == demo.staged);
  page.line("TCB status", tdx::name(why.status) + (dated ? fmt::format(", of {}", genuine->tcb.date()) : ""));
  if (const auto known = genuine->tcb.advisories(); !known.empty()) {
    page.line("advisories", fmt::format("{}, which are simulated, too", fmt::join(known, " ")));
  }
  std::vector<const char*> help;
  for (const tdx::remedy each : why.remedies) help.push_back(tdx::name(each));
  if (!help.empty()) page.line("what helps", fmt::format("{}", fmt::join(help, ", then ")));
  return genuine;
}

void appraise(story& page, const demonstration& demo, const unitee::verified<tdx::claims>& genuine) {
  page.chapter("Appraise", "Genuine is not enough: is it the guest that we want?");
  std::vector<tdx::tcb_status> statuses{tdx::tcb_status::up_to_date};
  const auto answer = tdx::appraise(genuine, demo.wanted(statuses));
  for (const unitee::appraisal_check& check : answer.checks()) {
    if (check.answer != unitee::outcome::not_asked) page.line(check.name, unitee::name(check.answer));
  }
  const bool accepted = answer.verdict().has_value();
  page.expect(accepted == (demo.staged == tdx::tcb_status::up_to_date));
  page.line("by UpToDate alone", accepted ? "accepted" : "refused");
  if (accepted) return;
  const tdx::policy_change change = tdx::policy_change_for(demo.staged);
  statuses.insert(statuses.end(), change.adds.begin(), change.adds.end());
  const bool with_change = tdx::appraise(genuine, demo.wanted(statuses)).verdict().has_value();
  page.expect(with_change == change.exists);
  page.line("with another policy", change.exists
                                       ? fmt::format("{}: {}", change.words(), with_change ? "accepted" : "REFUSED")
                                       : "refused: none accepts this status");
}

void replay(story& page, const demonstration& demo) {
  page.chapter("Replay", "The event log says what the registers were extended by.");
  const auto log = require(eventlog::event_log::parse(demo.log), "event log");
  const auto replayed = require(eventlog::check_registers(log, demo.quote().td()->rtmrs()), "event log");
  page.line("compared", "RTMR0 to RTMR3 of the quote are what the log adds up to");
  std::size_t number = 0;
  replayed.for_each_event([&](std::size_t rtmr, const eventlog::event& each) {
    page.line(fmt::format("event {}, RTMR{}", ++number, rtmr), said(each));
  });
}

void refuse(story& page, const demonstration& demo, insecure_simulated_td& td) {
  page.chapter("Refused", "What must not work does not.");
  auto bytes = demo.evidence;
  bytes[tdx::quote_header_size + tdx::quote_row::descriptor::size + tdx::td_body_row::mrtd::offset] ^= 1;
  page.refusal("a tampered quote",
               tdx::verify(require(tdx::quote::parse(bytes), "quote"), demo.endorsements, demo.now, demo.anchors));
  constexpr std::int64_t five_weeks = 35 * 86400;
  page.refusal("collateral, weeks later",
               tdx::verify(demo.quote(), demo.endorsements, {demo.now.seconds + five_weeks}, demo.anchors));
  const auto revoked =
      collateral_of(demo.machine, demo.now, {.status = demo.staged, .revoked = guest::simulated_revocation::pck});
  page.refusal("a revoked machine", tdx::verify(demo.quote(), endorsements_of(revoked), demo.now, demo.anchors));
  require(td.extend(3, require(unitee::sha384(bytes_of("a backdoor")), "digest")), "register");
  const auto later = require(td.attest(demo.nonce), "quote");
  const auto log = require(eventlog::event_log::parse(demo.log), "event log");
  const auto replayed = eventlog::check_registers(log, require(tdx::quote::parse(later), "quote").td()->rtmrs());
  const bool found = !replayed && replayed.error().code == unitee::errc::binding_mismatch;
  page.expect(found);
  page.line(
      "an unlogged event",
      found ? fmt::format("refused: RTMR{} is not what the log adds up to", replayed.error().offset) : "NOT FOUND");
}

void keep(story& page, const demonstration& demo, const kept_files& kept) {
  page.chapter("Keep", "To try policies on. INSECURE: trust this root in tests alone.");
  kept.create();
  demo.collateral.for_each_file([&](std::string_view name, unitee::byte_view content) {
    kept.write("collateral/" + std::string(name), content);
  });
  std::vector<std::uint8_t> root;
  require(unitee::to_pem("CERTIFICATE", require(demo.machine.root().der(), "root"),
                         [&](unitee::byte_view text) { root.assign(text.begin(), text.end()); }),
          "root");
  kept.write("root.pem", root);
  kept.write("event_log.bin", demo.log);
  kept.write("quote.bin", demo.evidence);
  page.line("written", "quote.bin, event_log.bin, root.pem, collateral/");
  page.line("judge it", demo.words(kept));
  page.line("in 30 days and later", fmt::format("add --at {}: simulated collateral ends, too", demo.now));
  const tdx::policy_change change = tdx::policy_change_for(demo.staged);
  if (!change.adds.empty()) page.line("and accept it", "add " + change.words());
}

}  // namespace

int demo_tdx(const arguments& given) {
  const auto status = given.one("--status");
  const auto directory = given.one("--keep");
  demonstration demo(status ? status_of(*status) : tdx::tcb_status::up_to_date);
  const std::optional<kept_files> kept = directory ? std::optional<kept_files>(*directory) : std::nullopt;
  const bool as_json = given.has("--json");
  story page(as_json);
  if (!as_json) {
    fmt::print(
        "unitee demo: what a verifier, a policy and an event log make of a trust domain\n\n"
        "This demo uses a SIMULATED TDX guest: real formats, real cryptography, and a root of trust\n"
        "in software that protects nothing. On hardware the TDX module and the quoting enclave do the first\n"
        "steps, and the root is Intel's.\n");
  }
  insecure_simulated_td td = launch(page, demo);
  attest(page, demo, td);
  appraise(page, demo, verify(page, demo));
  replay(page, demo);
  refuse(page, demo, td);
  if (kept) keep(page, demo, *kept);
  return page.end();
}

}  // namespace command
