// SPDX-License-Identifier: Apache-2.0
//
// progress.hpp: what long work tells on a terminal, and whose failure it was in the end.
#pragma once

#include "command.hpp"

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/new_file.hpp>
#include <unitee/seal/work.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace command {

// size_text is bytes for a person: "17 bytes", "1.5 MiB". rate_text is bytes in a second, with decimal units, as disks
// and networks have them.
std::string size_text(std::uint64_t bytes);
std::string rate_text(double bytes_per_second);

// stopwatch runs from the moment it is made.
class stopwatch {
 public:
  [[nodiscard]] double seconds() const noexcept {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// progress is a line on a terminal: how much of how much, how fast, and how long it still takes. It goes with the
// object. Where standard error is no terminal there is none. The work that it watches ends in good order at a signal.
class progress {
 public:
  explicit progress(std::string_view verb);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress();

  void operator()(std::uint64_t so_far, std::uint64_t total) noexcept;
  // flushing says that all is written, and the disk not yet done with it, which can take as long.
  void flushing() noexcept;

  // watched is work that tells this object, which outlives it, on that many threads, and that an interruptible calls
  // off.
  [[nodiscard]] unitee::work watched(std::size_t workers) noexcept;

 private:
  void draw(const std::string& line);

  std::string_view verb_;
  bool terminal_;
  bool drawn_ = false;
  double next_ = 0;  // when it is drawn again, in seconds
  stopwatch since_;
};

// output is a new file that knows whether a failure was its own.
class output {
 public:
  output(const std::string& path, unitee::if_exists existing);

  // reserve takes the room before anything is written.
  void reserve(std::uint64_t size);
  // check throws the failure of what wrote into this file: about this file if it is its own, or about `input`.
  void check(const unitee::result<void>& outcome, const std::string& input, const std::string& advice = {}) const;
  // commit gives the file its name, unless a signal came meanwhile.
  void commit();

  unitee::result<void> write_at(std::uint64_t offset, unitee::byte_view in) noexcept {
    auto written = file_.write_at(offset, in);
    if (!written) failed_.store(true, std::memory_order_relaxed);
    return written;
  }

 private:
  [[noreturn]] void fail(const unitee::failure& why) const;

  std::string path_;
  unitee::if_exists existing_;
  unitee::new_file file_;
  std::atomic<bool> failed_{false};
};

// workers_of is --workers, 1 to 256; 0, one for each processor, without it.
std::size_t workers_of(const arguments& given);

}  // namespace command
