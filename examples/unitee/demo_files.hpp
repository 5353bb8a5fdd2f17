// SPDX-License-Identifier: Apache-2.0
//
// demo_files.hpp: the directory that `unitee demo --tdx --keep` leaves behind.
#pragma once

#include "command.hpp"

#include <unitee/bytes/view.hpp>

#include <string>
#include <string_view>

namespace command {

// kept_files is a directory for files of the demo's. One that is there must be empty: an input_error otherwise.
class kept_files {
 public:
  explicit kept_files(const std::string& directory);

  // create makes the directory, in one that is there already, and `collateral` in it.
  void create() const;
  // write writes a file whole or not at all.
  void write(const std::string& name, unitee::byte_view content) const;

  // word is the path of a name, as a word for the shell.
  [[nodiscard]] std::string word(std::string_view name) const;

 private:
  std::string directory_;
};

}  // namespace command
