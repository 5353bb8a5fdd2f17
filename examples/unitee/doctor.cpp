// SPDX-License-Identifier: Apache-2.0
//
// doctor.cpp: `unitee doctor`: what works on this machine, what does not, and what to do about it.

#include "doctor.hpp"
#include "advice.hpp"
#include "guest_options.hpp"

#include <unitee/format.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

namespace command {

namespace examination {

finding failed(std::string_view topic, const unitee::failure& why, std::string_view more) {
  const bool absent = why.code == unitee::errc::interface_absent;
  return {std::string(topic), absent ? state::not_here : state::does_not, fmt::format("{}{}", why, more),
          advice_on(why)};
}

void notebook::ask(std::string topic) {
  const std::lock_guard lock(mutex_);
  pending_ = std::move(topic);
}

void notebook::write(finding what) {
  const std::lock_guard lock(mutex_);
  findings_.push_back(std::move(what));
}

void notebook::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  closed_.notify_one();
}

notebook::page notebook::read(const unitee::posix::deadline& until) {
  std::unique_lock lock(mutex_);
  closed_.wait_for(lock, std::chrono::milliseconds(until.left()), [&] { return is_closed_; });
  return {findings_, facts_, is_closed_ ? std::nullopt : std::optional(pending_)};
}

namespace {

constexpr std::string_view help = R"(usage: unitee doctor [--limit SECONDS] [--quote-service ADDRESS] [--json]

Looks at everything that a guest needs to attest, to derive keys and to seal: processor, kernel,
drivers, devices, permissions, the interfaces themselves, each of which is asked for real evidence;
and at what protects keys in memory. Says what works, what does not, and what to do about it. Makes
nothing, keeps nothing, and throws the keys away that it tries. Exit status 0 when this machine can
attest, 1 otherwise.

  --limit SECONDS          how long all of it may take (default 10)
  --quote-service ADDRESS  the quote service to try: vsock:CID:PORT or unix:PATH
                           (default: vsock, port as in /etc/tdx-attest.conf, or 4050)
  --json                   print one JSON object
)";

using probe = void (*)(const question&, notebook&);

// examine runs all probes at once, and returns within the limit. A probe that the kernel holds back is left to itself.
diagnosis examine(const unitee::time_limit& limit, const question& asked) {
  const unitee::posix::deadline until(limit);
  struct running {
    std::shared_ptr<notebook> book;
    std::thread thread;
  };
  std::vector<running> all;
  for (const probe each :
       {probe_machine, probe_process, probe_sev_guest, probe_tdx_guest, probe_quote_service, probe_tsm}) {
    auto book = std::make_shared<notebook>();
    all.push_back({book, std::thread([each, asked, book] {
                     each(asked, *book);
                     book->close();
                   })});
  }
  std::vector<notebook::page> pages;
  bool is_held = false;
  for (running& each : all) {
    pages.push_back(each.book->read(until));
    const auto& topic = pages.back().pending;
    if (topic) {
      each.thread.detach();
      is_held = true;
      pages.back().findings.push_back({*topic, state::does_not,
                                       fmt::format("the kernel did not come back within {} ms", limit.milliseconds),
                                       "look into dmesg, and reboot the guest if it stays so"});
    } else {
      each.thread.join();
    }
  }
  diagnosis out = conclude(pages);
  out.is_held = is_held;
  return out;
}

}  // namespace

}  // namespace examination

int doctor(const std::vector<std::string_view>& words) {
  using namespace examination;
  const arguments given(words, {{"--help"}, {"--json"}, {"--limit", true}, {"--quote-service", true}});
  if (given.has("--help")) {
    fmt::print("{}", help);
    return done;
  }
  if (!given.operands().empty()) throw usage_error{"no operand is wanted"};
  const auto limit = limit_of(given, 10);
  // Requests end by themselves a little earlier, to say why.
  const question asked{unitee::time_limit{limit.milliseconds - limit.milliseconds / 10}, quote_service_of(given)};
  const diagnosis all = examine(limit, asked);
  print(all, given.has("--json"));
  const int status = all.can_attest() ? done : refused;
  // A probe that comes back while the program is being taken down would find half of it.
  if (all.is_held && std::fflush(stdout) == 0) std::_Exit(status);
  return status;
}

}  // namespace command
