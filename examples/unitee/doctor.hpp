// SPDX-License-Identifier: Apache-2.0
//
// doctor.hpp: what `unitee doctor` asks, and what it finds.
#pragma once

#include "command.hpp"

#include <unitee/failure.hpp>
#include <unitee/guest/quote_service.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/tdx/attributes.hpp>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace command::examination {

enum class state : std::uint8_t {
  works,
  does_not,
  not_here,
  careful  // it works, and somebody should know something about it
};

constexpr std::string_view name(state of) noexcept {
  switch (of) {
    case state::works: return "works";
    case state::does_not: return "does not";
    case state::not_here: return "not here";
    case state::careful: break;
  }
  return "careful";
}

// finding is one thing that was looked at, and what to do about it, if anything. Topics are in topics().
struct finding {
  std::string topic;
  state is;
  std::string what;
  std::string advice{};
};

// failed is the finding of a failure: not_here where the interface is absent, does_not otherwise.
finding failed(std::string_view topic, const unitee::failure& why, std::string_view more = {});

enum class platform : std::uint8_t {
  unknown,
  snp,
  tdx
};

// facts is what is known besides, to be put together at the end.
struct facts {
  platform cpu = platform::unknown;
  bool snp_interface = false;  // whether one of that vendor's is there, working or not
  bool tdx_interface = false;
  bool azure = false;
  bool td_reports = false;
  std::vector<std::string> modules{};
  std::vector<std::string> attests{};  // the interfaces that gave evidence
  std::string derives{};               // the interface that derives keys
  std::optional<unitee::snp::report> report{};
  std::optional<unitee::tdx::td_attributes> attributes{};

  [[nodiscard]] bool can_quote_without_service() const;
};

// notebook is what one probe has found so far. The probe writes in a thread of its own, and may never come back.
class notebook {
 public:
  // ask notes what is being looked at now.
  void ask(std::string topic);
  void write(finding what);
  template <class F>
  void know(F f) {
    const std::lock_guard lock(mutex_);
    f(facts_);
  }
  void close();

  struct page {
    std::vector<finding> findings;
    facts known;
    std::optional<std::string> pending;  // the topic of a probe that has not come back
  };
  // read waits until the probe is done, or until the deadline.
  page read(const unitee::posix::deadline& until);

 private:
  std::mutex mutex_;
  std::condition_variable closed_;
  bool is_closed_ = false;
  std::string pending_;
  std::vector<finding> findings_;
  facts facts_;
};

// question is what the probes are asked.
struct question {
  unitee::posix::deadline until;
  std::optional<unitee::guest::quote_service_address> quote_service;

  // limit is what is left for the next request, at least a millisecond.
  [[nodiscard]] unitee::time_limit limit() const noexcept { return {until.left() == 0 ? 1 : until.left()}; }
};

// The probes. Each finds out about its topics, one after the other.
void probe_machine(const question& asked, notebook& to);        // doctor_machine.cpp
void probe_process(const question& asked, notebook& to);        // doctor_process.cpp
void probe_sev_guest(const question& asked, notebook& to);      // doctor_snp.cpp
void probe_tdx_guest(const question& asked, notebook& to);      // doctor_tdx.cpp
void probe_quote_service(const question& asked, notebook& to);  // doctor_tdx.cpp
void probe_tsm(const question& asked, notebook& to);            // doctor_tsm.cpp

// diagnosis is everything.
struct diagnosis {
  std::vector<finding> findings;
  facts known;
  std::string summary;
  bool is_held = false;  // the kernel still holds a probe

  [[nodiscard]] bool can_attest() const noexcept { return !known.attests.empty(); }
};

// conclude puts the pages together, adds what they say together, and sums up. (doctor_conclude.cpp)
diagnosis conclude(const std::vector<notebook::page>& pages);

// doctor_print.cpp
void print(const diagnosis& of, bool as_json);

}  // namespace command::examination
