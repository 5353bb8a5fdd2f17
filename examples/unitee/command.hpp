// SPDX-License-Identifier: Apache-2.0
//
// command.hpp: what the subcommands share: arguments, files, errors and the exit status.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/result.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace command {

// The exit status of the tool.
inline constexpr int done = 0;
inline constexpr int refused = 1;   // examined, and the answer is no
inline constexpr int unusable = 2;  // malformed input, missing file, bad arguments

// usage_error is thrown for bad arguments and reported as one line with the exit status `unusable`.
struct usage_error {
  std::string text;
};

// input_error is thrown when an input cannot be used, or is refused: which one decides the exit status. The advice, if
// there is any, ends the line: what one can do about it.
struct input_error {
  std::string input;
  unitee::failure why;
  std::string advice{};
};

// refusal is thrown where the reason is more than a failure: the end of the line, and the exit status.
struct refusal {
  std::string line;
  int status;
};

// plain is text without control characters, which a name or a recorded command line may have and a terminal would obey.
std::string plain(std::string_view text);

// exit_status is `refused` for a verdict and `unusable` for everything else.
int exit_status(const unitee::failure& why) noexcept;

// option is an accepted option: "--json", or "--at" with the name of its value.
struct option {
  std::string_view name;
  bool has_value = false;
};

// arguments is a command line taken apart. Unknown options, missing values and values for flags are usage errors.
class arguments {
 public:
  arguments(std::vector<std::string_view> words, const std::vector<option>& accepted);

  [[nodiscard]] const std::vector<std::string>& operands() const noexcept { return operands_; }
  [[nodiscard]] bool has(std::string_view name) const noexcept;
  // all is every value of an option, in order; one is its only value, or nothing: twice is a usage error.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> one(std::string_view name) const;

  // words_without is the command line as it was given, less these options and their values. "--", which ends the
  // options, is one of them.
  [[nodiscard]] std::vector<std::string> words_without(std::initializer_list<std::string_view> names) const;

 private:
  struct given_word {
    std::string text;
    std::string option;  // that it is, or is the value of, or "--"; empty for an operand
  };

  std::vector<std::string> operands_;
  std::vector<std::pair<std::string, std::string>> options_;
  std::vector<given_word> words_;
};

// read_file is the whole file. A file that cannot be read, or is larger than `limit`, is an input_error.
std::vector<std::uint8_t> read_file(const std::string& path, std::uint64_t limit = std::uint64_t{64} << 20);

// digest_of hashes a regular file, which may be large: it is read in pieces. A failure is an input_error.
unitee::sha256_digest digest_of(const std::string& path);

// output_file is a file to write.
struct output_file {
  std::string path;
  unitee::byte_view content;
};

// write_files writes files whole, for everybody to read: none of them has its name before all are written.
void write_files(std::span<const output_file> files);
// write_file writes one.
void write_file(const std::string& path, unitee::byte_view content);

// shell_word is text as one word for the shell.
std::string shell_word(std::string_view text);

// files_below is the file itself, or the regular files of a directory in the order of their names.
std::vector<std::string> files_below(const std::string& path);

// time_of reads --at, and is the clock's time without it.
unitee::utc_time time_of(const std::optional<std::string>& text);

// require throws the failure of a result as an input_error about `input`.
template <class T>
T require(unitee::result<T> result, const std::string& input) {
  if (!result) throw input_error{input, result.error()};
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// The subcommands: words after the subcommand's name, and the exit status.
int attest(const std::vector<std::string_view>& words);
int demo(const std::vector<std::string_view>& words);
int doctor(const std::vector<std::string_view>& words);
int inspect(const std::vector<std::string_view>& words);
int measure(const std::vector<std::string_view>& words);
int verify(const std::vector<std::string_view>& words);
int seal(const std::vector<std::string_view>& words);
int slots(const std::vector<std::string_view>& words);
int unseal(const std::vector<std::string_view>& words);

}  // namespace command
