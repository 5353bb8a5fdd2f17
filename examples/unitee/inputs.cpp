// SPDX-License-Identifier: Apache-2.0

#include "inputs.hpp"

#include "command.hpp"

#include <utility>

namespace command {

inputs inputs::recorded(std::string receipt, files known, listings listed, unitee::utc_time at) {
  inputs out;
  out.files_ = std::move(known);
  out.listings_ = std::move(listed);
  out.playback_ = {std::move(receipt), at};
  return out;
}

const inputs::bytes& inputs::read(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  if (playback_) throw input_error{playback_->receipt + ": has no file " + path, {unitee::errc::unrecognized}};
  return files_[path] = read_file(path);
}

const std::vector<std::string>& inputs::files_below(const std::string& path) {
  const auto known = listings_.find(path);
  if (known != listings_.end()) return known->second;
  if (playback_) throw input_error{playback_->receipt + ": has no listing of " + path, {unitee::errc::unrecognized}};
  return listings_[path] = command::files_below(path);
}

unitee::utc_time inputs::time(const std::optional<std::string>& text) {
  if (!text && !now_) now_ = playback_ ? playback_->at : time_of(text);
  const unitee::utc_time at = text ? time_of(text) : *now_;
  if (playback_ && !(at == playback_->at)) {
    throw input_error{playback_->receipt + ": --at is not the time that it was judged at", {unitee::errc::bad_value}};
  }
  return at;
}

}  // namespace command
