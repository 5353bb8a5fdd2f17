// SPDX-License-Identifier: Apache-2.0
//
// verify_eventlog.hpp: what `unitee verify` does with the event log of a TD.
#pragma once

#include "verify.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/eventlog/check_log.hpp>
#include <unitee/tdx/td_report_body.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace command::verification {

namespace eventlog = unitee::eventlog;

// log_inputs is an event log and what is asked of it.
struct log_inputs {
  struct event {
    std::size_t rtmr;
    unitee::sha384_digest digest;
  };

  std::string file;
  std::optional<eventlog::event_log> log;
  eventlog::index_kind kind = eventlog::index_kind::cc_register;
  std::vector<event> events;
  bool check_data = false;
};
log_inputs log_inputs_of(const question& asked);

// log_answer is how a log compares with the registers of a genuine quote. Only where all are the same there are facts:
// bytes that an event's digest is over.
struct log_answer {
  struct fact {
    std::size_t rtmr;
    std::string type;  // the log's word
    std::size_t offset;
    std::vector<std::uint8_t> proven;
  };

  std::string file;
  std::size_t events = 0;  // that extended a register
  std::array<unitee::tdx::measurement, eventlog::rtmr_count> found;
  std::optional<eventlog::register_comparison> compared;
  std::vector<unitee::appraisal_check> checks;
  std::vector<fact> facts;
  std::optional<unitee::failure> why;

  [[nodiscard]] json as_json() const;
  [[nodiscard]] std::string reason() const;
};
log_answer judge_log(const log_inputs& given, const unitee::tdx::td_report_body& td);
void put_log(std::string& to, const log_answer& of, const check_words& words);

}  // namespace command::verification
