// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/own_tsm_entry.hpp: a conversation with configfs-tsm in an entry that nobody else uses.
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/guest/bounded_call.hpp>
#include <unitee/guest/tsm_entry.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <type_traits>

#include <unistd.h>

namespace unitee::inline v0::guest::detail {

// tsm_names are the names that a request tries for its entry. Nobody guesses them, nobody shares them, and whoever
// finds one that was left behind sees of which process it was: "unitee-PID-RANDOM-TRY".
class tsm_names {
 public:
  static constexpr int tries = 8;

  static result<tsm_names> draw() noexcept {
    tsm_names out;
    std::array<std::uint8_t, 8> random{};
    if (const auto done = random_bytes(random); !done) return done.error();
    if (const auto done = hex_encode(random, out.digits_); !done) return done.error();
    return out;
  }

  [[nodiscard]] std::string operator[](int i) const {
    return "unitee-" + std::to_string(::getpid()) + "-" + std::string(digits_.data(), digits_.size()) + "-" +
           std::to_string(i);
  }

 private:
  std::array<char, 16> digits_{};
};

// lost_write is what a conversation says when the kernel took one of its writes too late or not at all. It looks at
// inblob when the last descriptor of the file is closed: a process that was forked in between may hold one.
inline constexpr failure lost_write{errc::io_error, EINVAL, part::tsm_report};

// in_own_entry is what talk(entry) says in an entry that nobody else uses, and in another one where it says
// errc::raced or lost_write. The entry is gone afterwards, but for a call that the kernel holds beyond the deadline:
// the kernel lets nobody remove an entry while it works on it, so that one goes when the kernel is done, and stays when
// the program ends before.
template <class Talk>
std::invoke_result_t<Talk&, const tsm_entry&> in_own_entry(const std::string& path, const posix::deadline& until,
                                                           Talk talk) {
  using answer = std::invoke_result_t<Talk&, const tsm_entry&>;
  const auto drawn = tsm_names::draw();
  if (!drawn) return drawn.error();
  return bounded_call(until, part::tsm_report, [=, names = *drawn]() -> answer {
    const failure too_late{errc::timed_out, until.limit().milliseconds, part::tsm_report};
    failure why{errc::entry_taken, tsm_names::tries, part::tsm_report};
    for (int i = 0; i < tsm_names::tries; ++i) {
      if (until.passed()) return too_late;
      const auto entry = tsm_entry::create(path.c_str(), names[i]);
      if (!entry && entry.error().code == errc::entry_taken) continue;
      if (!entry) return entry.error();
      if (until.passed()) return too_late;
      auto once = talk(*entry);
      if (once) return once;
      why = once.error();
      if (why.code == errc::raced) why.offset = static_cast<std::uint64_t>(i) + 1;
      if (why.code != errc::raced && why != lost_write) return once;
    }
    return why;
  });
}

}  // namespace unitee::inline v0::guest::detail
