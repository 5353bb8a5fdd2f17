// SPDX-License-Identifier: Apache-2.0

#include "progress.hpp"

#include "process.hpp"
#include "verify_words.hpp"

#include <unitee/posix/parallel.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include <unistd.h>

namespace command {

namespace {

std::string scaled(double value, double base, const std::array<std::string_view, 5>& units) {
  std::size_t unit = 0;
  while (value >= base && unit + 1 < units.size()) {
    value /= base;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, unit == 0 || value >= 100 ? 0 : 1, units[unit]);
}

std::string time_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

// disk_advice is what to do about a file that cannot be written.
std::string disk_advice(const unitee::failure& why, unitee::if_exists existing) {
  if (why.code != unitee::errc::io_error) return {};
  switch (why.offset) {
    case EEXIST:
      if (existing == unitee::if_exists::replace) return {};
      return "it is there already, and plaintext overwrites nothing: remove it, or name another";
    case ENOSPC:
    case EDQUOT: return "nothing is left of what was written: make room, or write to another disk";
    case EFBIG: return "nothing is left of what was written: the file system or `ulimit -f` does not allow that size";
    default: return {};
  }
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  return scaled(static_cast<double>(bytes), 1024, {"bytes", "KiB", "MiB", "GiB", "TiB"});
}

std::string rate_text(double bytes_per_second) {
  return scaled(bytes_per_second, 1000, {"B/s", "kB/s", "MB/s", "GB/s", "TB/s"});
}

progress::progress(std::string_view verb) : verb_(verb), terminal_(::isatty(STDERR_FILENO) != 0) {}

progress::~progress() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void progress::operator()(std::uint64_t so_far, std::uint64_t total) noexcept {
  constexpr double pause = 0.1;
  const double now = since_.seconds();
  if (!terminal_ || total == 0 || now < next_) return;
  next_ = now + pause;
  const double rate = static_cast<double>(so_far) / now;
  try {
    std::string line = fmt::format("{} {} of {} ({}%)", verb_, size_text(so_far), size_text(total),
                                   static_cast<int>(100.0 * static_cast<double>(so_far) / static_cast<double>(total)));
    if (so_far != 0) {
      line += fmt::format(", {}, {} left", rate_text(rate), time_text(static_cast<double>(total - so_far) / rate));
    }
    draw(line);
  } catch (...) {  // no line, then
  }
}

void progress::flushing() noexcept {
  if (!terminal_) return;
  try {
    draw(fmt::format("{}: all is written; flushing", verb_));
  } catch (...) {
  }
}

void progress::draw(const std::string& line) {
  std::fputs(("\r" + line + "\x1b[K").c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

unitee::work progress::watched(std::size_t workers) noexcept {
  unitee::work out;
  out.workers = workers;
  if (terminal_) out.progress = *this;
  out.cancelled = &interruptible::cancelled();
  return out;
}

output::output(const std::string& path, unitee::if_exists existing)
    : path_(path), existing_(existing), file_([&] {
        auto made = unitee::new_file::create(path.c_str(), existing);
        if (!made) fail(made.error());
        return std::move(*made);
      }()) {}

void output::fail(const unitee::failure& why) const { throw input_error{path_, why, disk_advice(why, existing_)}; }

void output::reserve(std::uint64_t size) {
  const auto taken = file_.reserve(size);
  if (taken) return;
  const auto no_room = taken.error().offset == ENOSPC || taken.error().offset == EDQUOT;
  if (!no_room) fail(taken.error());
  throw input_error{path_, taken.error(), "it takes " + size_text(size) + ", and nothing of it was written: make room"};
}

void output::check(const unitee::result<void>& outcome, const std::string& input, const std::string& advice) const {
  if (outcome) return;
  if (failed_.load(std::memory_order_relaxed)) fail(outcome.error());
  throw input_error{input, outcome.error(), advice};
}

void output::commit() {
  if (interruptible::cancelled()) throw input_error{path_, {unitee::errc::cancelled}};
  const auto named = file_.commit();
  if (named) return;
  if (!file_.is_committed()) fail(named.error());
  throw input_error{path_, named.error(), "it is there and whole, but a power cut might still take its name away"};
}

std::size_t workers_of(const arguments& given) {
  const auto text = given.one("--workers");
  if (!text) return 0;
  const auto value = verification::number_in<std::size_t>(*text, unitee::posix::threads_max);
  if (!value || *value == 0) {
    throw usage_error{fmt::format("--workers wants a number from 1 to {}, not {}", unitee::posix::threads_max, *text)};
  }
  return *value;
}

}  // namespace command
