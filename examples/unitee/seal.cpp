// SPDX-License-Identifier: Apache-2.0
//
// seal.cpp: unitee seal and unitee unseal.

#include "command.hpp"
#include "simulation.hpp"

#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/format.hpp>
#include <unitee/seal/file.hpp>
#include <unitee/seal/seal.hpp>
#include <unitee/seal/snp_slot.hpp>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace command {

namespace {

using unitee::secret;

constexpr std::string_view seal_help =
    R"(usage: unitee seal IN -o OUT [--slot SPEC] [--state DIR] [--image FILE] [--json]

Encrypts IN under a random data key, and puts that key into one slot of OUT.

  --slot simulated  the slot opens in a simulated SEV-SNP guest with the same measurement on the same
                    simulated machine (the default where there is no TEE; protects nothing)
  --slot key=FILE   the slot opens with your key: 32 bytes, or 64 hexadecimal digits
  --state DIR       where the simulated machine keeps its keys
  --image FILE      what the simulated guest runs: its measurement follows from the content of this file
)";

constexpr std::string_view unseal_help =
    R"(usage: unitee unseal IN -o OUT [--key FILE] [--state DIR] [--image FILE] [--json]

Decrypts IN. OUT appears when all of it is authentic, and not at all otherwise (exit status 1 or 2).

  --key FILE        the key of a slot that was made with --slot key=FILE
  --state DIR       where the simulated machine keeps its keys
  --image FILE      what the simulated guest runs: its measurement follows from the content of this file
)";

// key_from_file is 32 raw bytes, or 64 digits with white space at the end. 32 digits are half a key in hexadecimal, and
// not 32 bytes.
secret<32> key_from_file(const std::string& path) {
  std::vector<std::uint8_t> bytes = read_file(path, 4096);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  auto key = secret<32>::try_made_by([&](unitee::byte_span out) -> unitee::result<void> {
    const bool digits = text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
    if (bytes.size() == out.size() && !digits) {
      std::ranges::copy(bytes, out.begin());
      return {};
    }
    return unitee::hex_decode(text.substr(0, text.find_last_not_of(" \r\n") + 1), out);
  });
  unitee::wipe(bytes);
  return require(std::move(key), path);
}

// simulated_guest runs the image on the simulated machine, and says so.
unitee::guest::insecure_simulated_snp simulated_guest(const unitee::guest::insecure_simulated_platform& on,
                                                      const arguments& given) {
  fmt::print(stderr, "{}\n", simulation_warning);
  const auto measurement = measurement_of(given.one("--image"));
  return require(unitee::guest::insecure_simulated_snp::launch(on, {.measurement = measurement}), "simulated guest");
}

unitee::guest::insecure_simulated_platform machine(const arguments& given, bool create) {
  const auto state = given.one("--state");  // the default is not looked for where one is named
  return stored_platform(state ? *state : default_state_directory(), create);
}

// progress draws a percentage on a terminal.
class progress {
 public:
  explicit progress(std::string_view verb) : verb_(verb), terminal_(::isatty(STDERR_FILENO) != 0) {}
  ~progress() {
    if (shown_ >= 0) fmt::print(stderr, "\r\x1b[K");
  }
  void operator()(std::uint64_t done, std::uint64_t total) {
    const int percent = static_cast<int>(done / (total / 100 + 1));
    if (!terminal_ || percent == shown_) return;
    shown_ = percent;
    fmt::print(stderr, "\r{} {:3}%", verb_, percent);
  }

 private:
  std::string_view verb_;
  bool terminal_;
  int shown_ = -1;
};

struct job {
  std::string in;
  std::string out;
};

job job_of(const arguments& given) {
  if (given.operands().size() != 1) throw usage_error{"give one input file"};
  const auto out = given.one("-o");
  if (!out) throw usage_error{"give an output file with -o"};
  return {given.operands().front(), *out};
}

void seal_into(const job& of, const unitee::file_source& plaintext, const unitee::slot_request& slot) {
  auto out = require(unitee::new_file::create(of.out.c_str()), of.out);
  require(unitee::seal(plaintext, out, slot, progress("sealing")), of.in);
  require(out.commit(), of.out);
}

void report(const arguments& given, std::string_view verb, const job& of, std::uint64_t bytes, bool simulated) {
  const std::string_view slot = simulated ? "simulated_snp_derived_key" : "caller_key";
  if (given.has("--json")) {
    const nlohmann::ordered_json out{
        {"input", of.in}, {"output", of.out}, {"payload_size", bytes}, {"slot", slot}, {"simulated", simulated}};
    fmt::print("{}\n", out.dump(2));
    return;
  }
  fmt::print("{} {} bytes into {}; slot: {}\n", verb, bytes, of.out, slot);
}

}  // namespace

int seal(const std::vector<std::string_view>& words) {
  const arguments given(words,
                        {{"--help"}, {"--json"}, {"-o", true}, {"--slot", true}, {"--state", true}, {"--image", true}});
  if (given.has("--help")) {
    fmt::print("{}", seal_help);
    return done;
  }
  const job of = job_of(given);
  const std::string spec = given.one("--slot").value_or("simulated");
  const bool simulated = spec == "simulated";
  if (!simulated && !spec.starts_with("key=")) throw usage_error{"--slot is simulated or key=FILE, not " + spec};
  const auto plaintext = require(unitee::file_source::open(of.in.c_str()), of.in);

  if (!simulated) {
    const auto key = key_from_file(spec.substr(4));
    seal_into(of, plaintext, {unitee::slot_kind::caller_key, {}, key});
  } else {
    const auto platform = machine(given, true);
    const auto guest = simulated_guest(platform, given);
    const auto slot = require(unitee::snp_slot::create(guest), "simulated guest");
    seal_into(of, plaintext, slot.request());
  }
  report(given, "sealed", of, plaintext.size(), simulated);
  return done;
}

int unseal(const std::vector<std::string_view>& words) {
  const arguments given(words,
                        {{"--help"}, {"--json"}, {"-o", true}, {"--key", true}, {"--state", true}, {"--image", true}});
  if (given.has("--help")) {
    fmt::print("{}", unseal_help);
    return done;
  }
  const job of = job_of(given);
  const auto sealed = require(unitee::file_source::open(of.in.c_str()), of.in);
  const auto header = require(unitee::read_header(sealed), of.in);
  const auto file = given.one("--key");
  const auto key = [&] {
    if (file) return key_from_file(*file);
    const auto platform = machine(given, false);
    const auto guest = simulated_guest(platform, given);
    return require(unitee::snp_slot_key(header, guest), of.in);
  }();
  auto out = require(unitee::new_file::create(of.out.c_str()), of.out);
  require(unitee::unseal(sealed, out, key, progress("unsealing")), of.in);
  require(out.commit(), of.out);
  report(given, "unsealed", of, header.geometry().payload_size(), !file);
  return done;
}

}  // namespace command
