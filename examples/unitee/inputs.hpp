// SPDX-License-Identifier: Apache-2.0
//
// inputs.hpp: everything that a judgement reads: files, what is in directories, and the time.
#pragma once

#include <unitee/bytes/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace command {

// inputs reads what is on the disk and remembers it, or plays back what was remembered. Either way a name stands for
// the same bytes from the first time it is read to the last.
class inputs {
 public:
  using bytes = std::vector<std::uint8_t>;
  using files = std::map<std::string, bytes>;
  using listings = std::map<std::string, std::vector<std::string>>;

  inputs() = default;
  // recorded plays back: nothing is read from the disk, and no clock. `receipt` is named in errors.
  static inputs recorded(std::string receipt, files known, listings listed, unitee::utc_time at);

  // read is the whole file. One that cannot be read, is larger than 64 MiB, or was not recorded, is an input_error.
  const bytes& read(const std::string& path);

  // files_below is the file itself, or the regular files of a directory in the order of their names.
  const std::vector<std::string>& files_below(const std::string& path);

  // time is what `--at` says, or the clock's, which is read once. Played back it is the recorded time, and `--at` has to
  // agree.
  unitee::utc_time time(const std::optional<std::string>& text);

  [[nodiscard]] const files& all_files() const noexcept { return files_; }
  [[nodiscard]] const listings& all_listings() const noexcept { return listings_; }

 private:
  struct playback {
    std::string receipt;
    unitee::utc_time at;
  };

  files files_;
  listings listings_;
  std::optional<playback> playback_;
  std::optional<unitee::utc_time> now_;
};

}  // namespace command
