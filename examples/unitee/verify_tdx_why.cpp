// SPDX-License-Identifier: Apache-2.0
//
// verify_tdx_why.cpp: why a TCB has its status, and what would help, for a person.

#include "verify_tdx.hpp"

#include <unitee/format.hpp>

#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <utility>

namespace command::verification {

namespace {

std::string day(unitee::utc_time at) { return fmt::format("{}", at).substr(0, 10); }

// lines puts one line behind the other; the first has the head before it.
class lines {
 public:
  lines(std::string& to, std::string_view head) : to_(to), head_(head) {}

  template <class... T>
  void put(fmt::format_string<T...> format, T&&... values) {
    verification::put(to_, "{:<12}{}\n", std::exchange(head_, {}), fmt::format(format, std::forward<T>(values)...));
  }

 private:
  std::string& to_;
  std::string_view head_;
};

void put_place(lines& to, const char* what, const tdx::level_place& of) {
  const std::string newest = fmt::format("{} of {}", tdx::name(of.newest_status), day(of.newest_date));
  if (of.number == 0) {
    to.put("{}: below all {} levels; the newest is {}", what, of.count, newest);
  } else if (of.number == 1) {
    to.put("{}: level 1 of {}, {}", what, of.count, newest);
  } else {
    to.put("{}: level {} of {}, {} of {}; the newest is {}", what, of.number, of.count, tdx::name(of.status),
           day(of.date), newest);
  }
}

std::string name_of(const tdx::obstacle& of) {
  std::string out = tdx::name(of.kind);
  const bool component = of.kind == tdx::svn_kind::sgx_component || of.kind == tdx::svn_kind::tdx_component;
  if (component) out += fmt::format(" {}", of.index + 1);
  if (of.kind == tdx::svn_kind::tdx_module || of.kind == tdx::svn_kind::quoting_enclave) out += " ISVSVN";
  const std::string& label = of.label.type.empty() ? of.label.category : of.label.type;
  if (!label.empty()) out += " (" + inspection::printable(label) + ")";
  return out;
}

// below_all says whether it is the lowest level of the obstacle's own document that is not reached.
bool below_all(const tdx::shortfall& of, const tdx::obstacle& each) {
  switch (each.kind) {
    case tdx::svn_kind::quoting_enclave: return of.enclave.number == 0;
    case tdx::svn_kind::tdx_module: return of.module && of.module->number == 0;
    default: return of.platform.number == 0;
  }
}

// what_helps is the remedy in words. What is below the lowest level of its document can be updated to one, although
// nothing is known of the SVNs as they are.
std::string what_helps(tdx::remedy what, const tdx::shortfall& of) {
  std::string names;
  if (what == tdx::remedy::nothing_known && of.gap != tdx::tcb_gap::module) {
    for (const tdx::obstacle& each : of.obstacles) {
      if (below_all(of, each)) names += (names.empty() ? "" : ", ") + name_of(each);
    }
  }
  return names.empty() ? tdx::name(what) : "an update, at least to the lowest level, of: " + names;
}

void put_shortfall(lines to, const tdx::shortfall& of) {
  if (of.gap == tdx::tcb_gap::module) to.put("no TDX module of this major version is described");
  put_place(to, "platform", of.platform);
  if (of.module) put_place(to, "TDX module", *of.module);
  put_place(to, "quoting enclave", of.enclave);
  for (const tdx::obstacle& each : of.obstacles) {
    to.put("{} {}, {} level asks for {} ({} behind)", name_of(each), each.found,
           below_all(of, each) ? "the lowest" : "a better", each.wanted, each.behind());
  }
  if (of.behind_since) to.put("fell behind on {}", day(*of.behind_since));
}

}  // namespace

void put_why(std::string& to, const tdx_answer& of) {
  const tdx::explanation& why = of.why;
  const tdx::tcb_verdict& tcb = of.claims.tcb;
  const bool dated = tcb.launch.gap == tdx::tcb_gap::none;
  put(to, "TCB         {}{}, by {} {} and {} {}{}\n", tdx::name(tcb.status), dated ? ", of " + day(tcb.date()) : "",
      "TCB info", of.claims.collateral.tcb_info()->tcb_evaluation_data_number, "QE identity",
      of.claims.collateral.qe_identity()->tcb_evaluation_data_number,
      of.claims.procedure == tdx::tcb_procedure::current ? "" : " and the procedure of 2024");
  const auto advisories = tcb.advisories();
  if (!advisories.empty())
    put(to, "advisories  {}\n", inspection::printable(fmt::format("{}", fmt::join(advisories, " "))));
  if (why.current) {
    put(to, "at launch   {}\n", tdx::name(why.launch.status));
    put_shortfall({to, ""}, why.launch);
    put(to, "now         {}\n", tdx::name(why.current->status));
    put_shortfall({to, ""}, *why.current);
  } else {
    put_shortfall({to, "why"}, why.launch);
  }
  for (const tdx::remedy each : why.remedies) {
    put(to, "what helps  {}\n", what_helps(each, why.current ? *why.current : why.launch));
  }
  const auto* const asked = of.appraised.check("tcb_status");
  if (asked->answer == unitee::outcome::not_met) {
    put(to, "to accept   {}\n", why.policy.exists ? why.policy.words() : "no policy accepts this");
  }
  lines ends(to, "collateral");
  for (const tdx::collateral_item& each : why.ends) {
    const bool over = of.claims.at > each.next_update;
    const bool first = &each == &why.ends.front();
    ends.put("{} until {}{}{}", unitee::name(each.what), each.next_update, first ? ", the first to end" : "",
             over ? ", WHICH IS OVER" : "");
  }
}

}  // namespace command::verification
