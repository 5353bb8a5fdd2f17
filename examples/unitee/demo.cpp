// SPDX-License-Identifier: Apache-2.0
//
// demo.cpp: unitee demo, the library's story on one page.

#include "demo.hpp"
#include "simulation.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/format.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/hardware_slot.hpp>
#include <unitee/seal/new_file.hpp>
#include <unitee/seal/seal.hpp>
#include <unitee/seal/sealed_file.hpp>
#include <unitee/verifier.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace command {

namespace {

namespace snp = unitee::snp;
using unitee::guest::insecure_simulated_platform;
using unitee::guest::insecure_simulated_snp;

constexpr std::string_view demo_help = R"(usage: unitee demo [--model FILE] [--json]
       unitee demo --tdx [--status NAME] [--keep DIR] [--json]

Goes the whole path on this machine, with a simulated SEV-SNP guest: attest, verify, appraise,
derive a key, seal a model, unseal it, compare; and shows what is refused. Takes some seconds and
keeps nothing. With --tdx the guest is a simulated TDX one: launch, attest, verify, appraise,
replay the event log; and what is refused.

  --model FILE   the model to seal (default: 16 MiB of random weights)
  --tdx          a simulated TDX guest; INSECURE like the other
  --status NAME  the TCB status that the platform's collateral comes to, as Intel spells it, in any
                 case: OutOfDate, TDRelaunchAdvised, Revoked, ... (default: UpToDate)
  --keep DIR     write quote, event log, collateral and root into a directory that is new or empty,
                 to try policies on with `unitee verify`
  --json         print one JSON object
)";

// scratch is a directory that goes with the object.
class scratch {
 public:
  scratch() {
    std::string name = std::filesystem::temp_directory_path() / "unitee-demo-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      throw input_error{name, {unitee::errc::io_error, static_cast<std::uint64_t>(errno)}};
    }
    path_ = name;
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

void flip_bit(const std::string& file, std::uint64_t offset) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(static_cast<std::streamoff>(offset));
  const int byte = bytes.get();
  bytes.seekp(static_cast<std::streamoff>(offset));
  bytes.put(static_cast<char>(byte ^ 1));
}

// try_unseal is what a guest does with a sealed file: its firmware is asked for the slots' keys, and one opens it.
unitee::result<void> try_unseal(const std::string& sealed, const insecure_simulated_snp& guest, const std::string& to) {
  const auto file = unitee::sealed_file::open(sealed.c_str(), unitee::hardware_key(guest));
  if (!file) return file.error();
  auto out = require(unitee::new_file::create(to.c_str()), to);
  if (const auto done = file->write_to(out); !done) return done;
  return out.commit();
}

// measurement_of_name stands for the launch measurement of a guest that runs the program of this name.
snp::measurement measurement_of_name(std::string_view image) {
  return measurement_of_image({reinterpret_cast<const std::uint8_t*>(image.data()), image.size()}, "image");
}

insecure_simulated_snp launch(const insecure_simulated_platform& on, std::string_view image) {
  return require(insecure_simulated_snp::launch(on, {.measurement = measurement_of_name(image)}), "simulated guest");
}

// random_model is what --model replaces.
std::string random_model(const std::string& file) {
  std::vector<std::uint8_t> weights(16 << 20);
  require(unitee::random_bytes(weights), "random weights");
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(weights.data()), std::ssize(weights));
  return file;
}

template <class F>
std::string timed(std::uint64_t bytes, F&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return fmt::format("{} bytes in {:.0f} ms", bytes, took.count() * 1000);
}

}  // namespace

int demo(const std::vector<std::string_view>& words) {
  const arguments given(words,
                        {{"--help"}, {"--json"}, {"--model", true}, {"--tdx"}, {"--status", true}, {"--keep", true}});
  if (given.has("--help")) {
    fmt::print("{}", demo_help);
    return done;
  }
  if (!given.operands().empty()) throw usage_error{"unexpected " + given.operands().front()};
  if (given.has("--tdx")) {
    if (given.has("--model")) throw usage_error{"--model is about the SEV-SNP demo: a TD has no key of its own"};
    return demo_tdx(given);
  }
  for (const char* name : {"--status", "--keep"}) {
    if (given.has(name)) throw usage_error{fmt::format("{} is about the TDX demo: add --tdx", name)};
  }
  const bool as_json = given.has("--json");
  story page(as_json);
  if (!as_json) {
    fmt::print(
        "unitee demo: a model that only one guest, on one machine, can open\n\n"
        "This demo uses a SIMULATED SEV-SNP guest: real formats, real cryptography, and a root of trust\n"
        "in software that protects nothing. On hardware the firmware does the first step, and the root is AMD's.\n");
  }

  const unitee::utc_time now = time_of(std::nullopt);
  const insecure_simulated_platform machine = new_platform(now);
  const insecure_simulated_snp guest = launch(machine, "inference server 1.0");
  const scratch files;

  page.chapter("Attest", "The guest asks its firmware to sign a verifier's nonce.");
  snp::report_data nonce;
  require(unitee::random_bytes(nonce.value), "nonce");
  const snp::report report = require(guest.attest(nonce), "report");
  page.line("evidence",
            fmt::format("SEV-SNP attestation report, version {}, {} bytes", report.version(), report.bytes().size()));
  page.line("measurement", short_hex(report.measurement().view()) + ", the guest's image");
  page.line("report data", short_hex(report.report_data().view()) + ", the nonce");

  page.chapter("Verify", "Anyone, anywhere, offline: who signed this?");
  unitee::endorsements endorsements;
  require(endorsements.add(require(guest.certificate_table(), "certificate table")), "certificate table");
  page.refusal("by AMD's pinned roots", snp::verify(report, endorsements, now));
  unitee::trust_anchors anchors;
  anchors.add(machine.root());
  const auto genuine = require(snp::verify(report, endorsements, now, anchors), "report");
  page.line("by the root we name",
            fmt::format("genuine: report <- {} (P-384) <- ASK <- ARK (RSA-4096)", snp::name(genuine->vek.kind())));
  page.line("also checked", "chip id, TCB version, product, dates, every reserved byte");

  page.chapter("Appraise", "Genuine is not enough: is it the guest that we want?");
  const auto policy =
      snp::appraisal_policy{}
          .require_report_data(nonce)
          .require_measurement(measurement_of_name("inference server 1.0"))
          .require_minimum_tcb(genuine->vek.product_id(), {.boot_loader = 4, .snp = 20, .microcode = 200})
          .forbid_debug();
  const auto answer = snp::appraise(genuine, policy);
  for (const unitee::appraisal_check& check : answer.checks()) {
    if (check.answer != unitee::outcome::not_asked) page.line(check.name, unitee::name(check.answer));
  }
  page.expect(answer.verdict().has_value());

  page.chapter("Derive", "The firmware derives a key for this guest alone.");
  const auto slot = require(unitee::hardware_slot(guest), "derived key");
  page.line("bound to", "this chip, this measurement, the guest policy, VMPL 0, this TCB");
  page.line("never made of", "anything that a report shows: those values are public");

  page.chapter("Seal", "The model is encrypted; the key that opens it is never stored.");
  const std::string model = given.one("--model").value_or("");
  const std::string plain = model.empty() ? random_model(files / "model") : model;
  const std::string sealed = files / "model.sealed";
  const std::string opened = files / "model.opened";
  const auto plaintext = require(unitee::file_source::open(plain.c_str()), plain);
  page.line("model", timed(plaintext.size(), [&] {
              auto out = require(unitee::new_file::create(sealed.c_str()), sealed);
              require(unitee::seal(plaintext, out, std::span(&slot, 1)), plain);
              require(out.commit(), sealed);
            }));

  page.chapter("Unseal", "After a restart the guest asks for the key again, as the header says.");
  page.line("model", timed(plaintext.size(), [&] { require(try_unseal(sealed, guest, opened), sealed); }));
  const bool identical = digest_of(plain) == digest_of(opened);
  page.expect(identical);
  const std::string digest = fmt::format("{}", digest_of(opened));
  page.line("compared", identical ? "identical, SHA-256 " + digest.substr(0, 16) + "..." : "DIFFERENT");

  page.chapter("Refused", "What must not work does not.");
  std::vector<std::uint8_t> bytes(report.bytes().begin(), report.bytes().end());
  bytes[snp::row::measurement::offset] ^= 1;
  page.refusal("a tampered report",
               snp::verify(require(snp::report::parse(bytes), "report"), endorsements, now, anchors));
  const auto refused_to_open = [&](std::string_view attempt, const insecure_simulated_snp& by) {
    page.refusal(attempt, try_unseal(sealed, by, files / "stolen"));
  };
  refused_to_open("a different guest", launch(machine, "inference server 1.0, with a backdoor"));
  const auto elsewhere = require(machine.another_chip({.boot_loader = 4, .snp = 24, .microcode = 219}, now), "machine");
  refused_to_open("another machine", launch(elsewhere, "inference server 1.0"));
  flip_bit(sealed, std::filesystem::file_size(sealed) - 1);
  refused_to_open("a tampered model", guest);
  page.expect(!std::filesystem::exists(files / "stolen"));
  page.line("left behind",
            std::filesystem::exists(files / "stolen") ? "PLAINTEXT" : "nothing: no plaintext of a refused file");
  return page.end();
}

}  // namespace command
