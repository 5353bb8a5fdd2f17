// SPDX-License-Identifier: Apache-2.0
//
// seal.cpp: `unitee seal`.

#include "key_sources.hpp"
#include "model_metadata.hpp"
#include "process.hpp"
#include "processor.hpp"
#include "progress.hpp"
#include "regular_files.hpp"
#include "slot_specs.hpp"
#include "verify_words.hpp"

#include <unitee/format.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/seal.hpp>

#include <nlohmann/json.hpp>

#include <bit>
#include <cstdio>
#include <filesystem>

namespace command {

namespace {

using unitee::errc;

std::string seal_help() {
  return R"(usage: unitee seal IN -o OUT [--slot SPEC]... [--to EVIDENCE ...] [OPTIONS]

Encrypts IN under a random data key, and wraps that key once for every way to open OUT. OUT appears
whole or not at all, in place of what had its name. Of a GGUF or safetensors model, OUT also says
where the tensors are.

  --slot SPEC           a way to open OUT; repeat for more, up to 15. Inside of a
                        confidential guest, the default is guest; elsewhere say one, or --to
  --segment-size N      how much is decrypted at once: a power of two, 4K to 16M (default: 256K)
  --integrity-only      for public models: IN stays readable, and cannot be changed unnoticed
  --metadata WHO        who can read what OUT says about the model: encrypted (the default: those who
                        can open it), public (everyone; the default with --integrity-only), or none:
                        it says nothing
  --workers N           threads (default: one for each processor)
  --force               seal IN although it is a sealed file already, or is OUT itself
  --backend NAME        whose keys `guest` means: sev-guest or tdx-guest (default: whichever is there)
  --state DIR           where the simulated machine keeps its keys
  --image FILE          what the simulated guest runs: its measurement follows from the content
  --json                print one JSON object

)" + std::string(slot_specs_help);
}

std::vector<option> seal_options() {
  return with_recipient_options({{"--help"},
                                 {"--json"},
                                 {"-o", true},
                                 {"--slot", true},
                                 {"--segment-size", true},
                                 {"--integrity-only"},
                                 {"--metadata", true},
                                 {"--workers", true},
                                 {"--force"},
                                 {"--backend", true},
                                 {"--state", true},
                                 {"--image", true}});
}

std::uint32_t segment_size_of(const arguments& given) {
  const auto text = given.one("--segment-size");
  if (!text) return unitee::default_segment_size;
  std::string_view digits = *text;
  const std::uint32_t unit = digits.ends_with('K') ? 1024 : digits.ends_with('M') ? 1024 * 1024 : 1;
  if (unit != 1) digits.remove_suffix(1);
  const auto value = verification::number_in<std::uint32_t>(digits, unitee::max_segment_size / unit);
  if (!value || !std::has_single_bit(*value) || *value * unit < unitee::min_segment_size) {
    throw usage_error{"--segment-size wants a power of two from 4K to 16M, not " + *text};
  }
  return *value * unit;
}

enum class readers {
  nobody,
  whoever_opens,
  everyone
};

readers readers_of(const arguments& given) {
  const auto text = given.one("--metadata");
  if (!text) return given.has("--integrity-only") ? readers::everyone : readers::whoever_opens;
  if (*text == "none") return readers::nobody;
  if (*text == "encrypted") return readers::whoever_opens;
  if (*text == "public") return readers::everyone;
  throw usage_error{"--metadata is public, encrypted or none, not " + *text};
}

// check_files refuses what is most likely a mistake.
void check_files(const unitee::file_source& plaintext, const std::string& in, const std::string& out) {
  if (unitee::header_copies::read(plaintext)) {
    throw usage_error{in +
                      " is a sealed file already: --force seals it once more; unitee slots changes who can open it"};
  }
  std::error_code ignored;
  if (std::filesystem::equivalent(in, out, ignored)) {
    throw usage_error{out + " is the input itself, which would be gone: --force replaces it"};
  }
}

std::string count(std::uint64_t n, std::string_view what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

}  // namespace

int seal(const std::vector<std::string_view>& words) {
  const arguments given(words, seal_options());
  if (given.has("--help")) {
    fmt::print("{}", seal_help());
    return done;
  }
  if (given.operands().size() != 1) throw usage_error{"give one input file"};
  const std::string& in = given.operands().front();
  const auto target = given.one("-o");
  if (!target) throw usage_error{"give an output file with -o"};
  check_input(in);
  check_output(*target);
  unitee::sealing with;
  with.segment_size = segment_size_of(given);
  if (given.has("--integrity-only")) with.protection = unitee::protection::integrity_only;
  const readers who = readers_of(given);
  const std::size_t workers = workers_of(given);

  const auto plaintext = require(unitee::file_source::open(in.c_str()), in);
  if (!given.has("--force")) check_files(plaintext, in, *target);
  std::vector<std::string> specs = given.all("--slot");
  check_recipient_options(given);
  if (specs.empty() && !given.has("--to")) {
    // A simulation is never chosen where nobody has named it.
    if (!in_confidential_guest())
      throw usage_error{"say who can open it: --slot or --to (this is no confidential guest)"};
    specs.emplace_back("guest");
  }
  check_machine_options(given, machines_in(specs));
  const std::vector<unitee::new_slot> slots = new_slots_of(given, "--slot", specs);
  if (slots.size() > unitee::sealed_header::max_slots) throw usage_error{"a sealed file has at most 15 slots"};

  const model_metadata model = who == readers::nobody ? model_metadata{} : metadata_of(plaintext, in);
  if (given.has("--metadata") && who != readers::nobody && model.items.empty()) {
    fmt::print(stderr, "unitee seal: note: {}: --metadata says nothing: no model is recognised\n", plain(in));
  }
  with.metadata = model.items;
  with.public_metadata = who == readers::everyone;
  const auto metadata_size = static_cast<std::uint32_t>(model.items.empty() ? 0 : model.items.size() + 16);
  const auto geometry = require(unitee::sealed_geometry::of(plaintext.size(), with.segment_size, metadata_size), in);

  double seconds = 0;
  {
    const interruptible until_signal;
    output to(*target, unitee::if_exists::replace);
    to.reserve(geometry.file_size());
    const stopwatch since;
    progress bar("sealing");
    to.check(unitee::seal(plaintext, to, slots, with, bar.watched(workers)), in,
             "it was cut short or could not be read while it was sealed; nothing is left of the output");
    bar.flushing();
    to.commit();
    seconds = since.seconds();
  }

  if (given.has("--json")) {
    auto kinds = nlohmann::ordered_json::array();
    for (const auto& each : slots) kinds.push_back(unitee::name(each.kind()));
    const auto type =
        model.content_type.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(model.content_type);
    const nlohmann::ordered_json all{{"input", in},
                                     {"output", *target},
                                     {"payload_size", plaintext.size()},
                                     {"segment_size", with.segment_size},
                                     {"integrity_only", given.has("--integrity-only")},
                                     {"content_type", type},
                                     {"tensors", model.tensors},
                                     {"public_metadata", !model.items.empty() && with.public_metadata},
                                     {"slots", kinds},
                                     {"seconds", seconds}};
    fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    return done;
  }
  std::string kinds;
  for (const auto& each : slots) kinds += std::string(kinds.empty() ? "" : ", ") + unitee::name(each.kind());
  fmt::print("sealed {} into {}, {}; {}: {}\n", count(plaintext.size(), "byte"), plain(*target),
             rate_text(static_cast<double>(plaintext.size()) / seconds), slots.size() == 1 ? "slot" : "slots", kinds);
  if (!model.content_type.empty()) {
    fmt::print("model: {}, {}; {} can read that\n", model.content_type, count(model.tensors, "tensor"),
               with.public_metadata ? "everyone" : "who can open it");
  }
  return done;
}

}  // namespace command
