// SPDX-License-Identifier: Apache-2.0
//
// unitee: attest, verify, seal and unseal on the command line, and the library's story in one page.

#include "command.hpp"
#include "process.hpp"

#include <unitee/format.hpp>
#include <unitee/version.hpp>

#include <array>
#include <cstdio>
#include <exception>
#include <utility>

namespace {

constexpr std::string_view help = R"(usage: unitee COMMAND [ARGUMENTS]

  attest    fresh evidence about this guest, bound to a nonce, a key, a model
  demo      the whole path on this machine: attest, verify, appraise, derive, seal, unseal
  doctor    can this machine attest, derive keys, seal? and what to do where it cannot
  inspect   what is this file? every field of evidence, certificates and sealed files
  measure   what will a guest report that is launched like this? and its ID block
  verify    is this evidence genuine, and is it what you want?
  seal      encrypt a model for this guest, another one, or a key of yours
  unseal    decrypt a sealed model where one of its slots opens; or check it, or time it
  slots     who can open a sealed model? list, add, remove, renew

"unitee COMMAND --help" says more. Exit status: 0 done or accepted, 1 examined and refused,
2 the input cannot be used.
)";

struct subcommand {
  std::string_view name;
  int (*run)(const std::vector<std::string_view>&);
};

constexpr std::array subcommands{subcommand{"attest", command::attest},   subcommand{"demo", command::demo},
                                 subcommand{"doctor", command::doctor},   subcommand{"inspect", command::inspect},
                                 subcommand{"measure", command::measure}, subcommand{"verify", command::verify},
                                 subcommand{"seal", command::seal},       subcommand{"unseal", command::unseal},
                                 subcommand{"slots", command::slots}};

// say prints a line on standard error. Where that cannot be written to, the exit status remains.
template <class... T>
void say(fmt::format_string<T...> format, T&&... values) noexcept {
  try {
    fmt::print(stderr, format, std::forward<T>(values)...);
  } catch (...) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  command::prepare_process();
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const std::string_view name = words.empty() ? "--help" : words.front();
  if (name == "--help" || name == "-h" || name == "help") {
    std::fputs(help.data(), stdout);
    return words.empty() || std::fflush(stdout) != 0 ? command::unusable : command::done;
  }
  if (name == "--version") {
    std::printf("unitee %s\n", unitee::version);
    return std::fflush(stdout) != 0 ? command::unusable : command::done;
  }
  for (const subcommand& each : subcommands) {
    if (each.name != name) continue;
    // Every error leaves by one of these, as one line.
    try {
      const int status = each.run({words.begin() + 1, words.end()});
      if (std::fflush(stdout) != 0)
        throw command::input_error{"standard output", {unitee::errc::io_error, static_cast<std::uint64_t>(errno)}};
      return status;
    } catch (const command::usage_error& error) {
      say("unitee {}: {}; see unitee {} --help\n", name, command::plain(error.text), name);
      return command::unusable;
    } catch (const command::input_error& error) {
      say("unitee {}: {}: {} ({}){}{}\n", name, command::plain(error.input), error.why, unitee::name(error.why.code),
          error.advice.empty() ? "" : "; ", command::plain(error.advice));
      return command::exit_status(error.why);
    } catch (const command::refusal& error) {
      say("unitee {}: {}\n", name, command::plain(error.line));
      return error.status;
    } catch (const std::exception& error) {
      say("unitee {}: {}\n", name, error.what());
      return command::unusable;
    }
  }
  say("unitee: no command {}; see unitee --help\n", name);
  return command::unusable;
}
