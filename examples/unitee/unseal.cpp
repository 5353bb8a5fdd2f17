// SPDX-License-Identifier: Apache-2.0
//
// unseal.cpp: `unitee unseal`: into a file, into memory, or nowhere.

#include "key_sources.hpp"
#include "process.hpp"
#include "processor.hpp"
#include "progress.hpp"
#include "regular_files.hpp"
#include "sealed_words.hpp"

#include <unitee/format.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/sealed_file.hpp>

#include <nlohmann/json.hpp>

#include <cstdio>

namespace command {

namespace {

std::string unseal_help() {
  return R"(usage: unitee unseal IN -o OUT [--plaintext-to-disk] [OPTIONS]
       unitee unseal IN --verify [OPTIONS]
       unitee unseal IN --load [OPTIONS]

Decrypts IN. OUT appears when all of it is authentic, and not at all otherwise; it overwrites nothing.

  --verify              read and authenticate everything, and write nothing
  --load                read it into memory as a runtime would, let it go, and say how fast that was
  --plaintext-to-disk   inside of a confidential guest: yes, write the plaintext to OUT, where the host
                        can read it, if the disk is not encrypted
  --min-generation N[:MAC]
                        refuse an older file or header than this, and another header of that
                        generation: `unitee slots --remove` prints both
  --workers N           threads (default: one for each processor)
  --json                print one JSON object

)" + std::string(key_options_help);
}

enum class purpose {
  write,
  verify,
  load
};

purpose purpose_of(const arguments& given) {
  const int named = (given.has("-o") ? 1 : 0) + (given.has("--verify") ? 1 : 0) + (given.has("--load") ? 1 : 0);
  if (named > 1) throw usage_error{"-o, --verify or --load: one of them"};
  if (!given.has("-o") && given.has("--plaintext-to-disk")) throw usage_error{"--plaintext-to-disk is about -o"};
  if (given.has("--verify")) return purpose::verify;
  if (given.has("--load")) return purpose::load;
  if (!given.has("-o")) throw usage_error{"give an output file with -o, or --verify, or --load"};
  if (!given.has("--plaintext-to-disk") && in_confidential_guest()) {
    throw usage_error{
        "this is a confidential guest, whose host may read what is written to a disk: --load keeps the "
        "plaintext in memory, and --plaintext-to-disk writes it all the same"};
  }
  return purpose::write;
}

std::string_view done_word(purpose what) {
  return what == purpose::write ? "unsealed" : what == purpose::verify ? "verified" : "loaded";
}

// timed does what is asked for, and is how many seconds that took. `error` says what a failure means.
template <class Error>
double timed(const arguments& given, purpose what, const unitee::sealed_file& file, std::size_t workers, Error error) {
  const interruptible until_signal;
  const stopwatch since;
  if (what == purpose::write) {
    output to(*given.one("-o"), unitee::if_exists::refuse);
    to.reserve(file.size());
    progress bar("unsealing");
    const auto read = file.write_to(to, bar.watched(workers));
    if (!read) to.check(read, given.operands().front(), error(read.error()).advice);
    bar.flushing();
    to.commit();
    return since.seconds();
  }
  if (what == purpose::verify) {
    progress bar("verifying");
    const auto read = file.check(bar.watched(workers));
    if (!read) throw error(read.error());
    return since.seconds();
  }
  progress bar("loading");
  const auto memory = file.load(bar.watched(workers));
  if (!memory) throw error(memory.error());
  return since.seconds();  // the memory is wiped after that
}

void report(const arguments& given, purpose what, const unitee::sealed_file& file, double seconds) {
  const std::string& in = given.operands().front();
  const unitee::sealed_header& header = file.header();
  const std::string type(file.metadata().content_type());
  const double rate = static_cast<double>(file.size()) / seconds;
  if (given.has("--json")) {
    using json = nlohmann::ordered_json;
    const auto target = given.one("-o");
    const json all{{"input", in},
                   {"output", target ? json(*target) : json()},
                   {"done", done_word(what)},
                   {"payload_size", file.size()},
                   {"generation", header.generation()},
                   {"settled", file.is_settled()},
                   {"content_type", type.empty() ? json() : json(type)},
                   {"seconds", seconds},
                   {"bytes_per_second", rate}};
    fmt::print("{}\n", all.dump(2, ' ', false, json::error_handler_t::replace));
    return;
  }
  const std::string where = what == purpose::write ? " into " + plain(*given.one("-o")) : "";
  fmt::print("{} {} bytes{} in {:.3f} s, {}; generation {}\n", done_word(what), file.size(), where, seconds,
             rate_text(rate), header.generation());
}

}  // namespace

int unseal(const std::vector<std::string_view>& words) {
  std::vector<option> accepted = key_options();
  for (const char* flag : {"--help", "--json", "--verify", "--load", "--plaintext-to-disk"}) accepted.push_back({flag});
  for (const char* with_value : {"-o", "--min-generation", "--workers"}) accepted.push_back({with_value, true});
  const arguments given(words, accepted);
  if (given.has("--help")) {
    fmt::print("{}", unseal_help());
    return done;
  }
  if (given.operands().size() != 1) throw usage_error{"give one input file"};
  const std::string& in = given.operands().front();
  const purpose what = purpose_of(given);
  check_input(in);
  if (what == purpose::write) check_output(*given.one("-o"));
  const std::size_t workers = workers_of(given);
  const unitee::reading known = reading_of(given);

  const auto source = require(unitee::file_source::open(in.c_str()), in);
  const unitee::header_copies copies = copies_in(source, in);
  const unitee::sealed_header header = copies.header();
  offered_keys keys = keys_for(given, header, in);
  const auto error = [&](const unitee::failure& why) { return sealed_error(in, why, header, keys.names()); };
  const auto file = unitee::sealed_file::open(in.c_str(), keys, known);
  if (!file) throw error(file.error());
  if (!file->is_settled()) note_unsettled("unseal", in);

  report(given, what, *file, timed(given, what, *file, workers, error));
  return done;
}

}  // namespace command
