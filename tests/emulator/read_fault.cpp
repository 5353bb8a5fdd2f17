// SPDX-License-Identifier: Apache-2.0

#include "errno_name.hpp"
#include "line_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace emulator {

namespace {

void read_action(line_reader& in, fault& to) {
  const std::string name = in.word();
  if (name == "errno") {
    to.error = errno_named(in.word());
    if (!to.error || *to.error == 0) in.refuse();
  } else if (name == "delay") {
    to.delay = in.number32();
  } else if (name == "hang") {
    to.hang = true;
  } else if (name == "provider") {
    to.provider = in.word();
  } else if (name == "wipe") {
    to.wipe = true;
  } else if (name == "exitinfo2") {
    to.exitinfo2 = in.number();
  } else if (name == "keep") {
    to.keep = true;
  } else if (name == "keep_exitinfo2") {
    to.keep_exitinfo2 = true;
  } else if (name == "status") {
    to.status = in.number32();
  } else if (name == "report_size") {
    to.report_size = in.number32();
  } else if (name == "size") {
    to.size = in.number32();
    if (*to.size % 4096 != 0) in.refuse();
  } else if (name == "certs") {
    to.certs = in.hex();
  } else if (name == "err_code") {
    to.err_code = in.number();
  } else if (name == "bump") {
    to.bump = true;
  } else if (name == "empty") {
    to.empty = true;
  } else if (name == "exists") {
    to.error = EEXIST;
  } else if (name == "close") {
    to.close = true;
  } else if (name == "qgs_error") {
    to.qgs_error = in.number32();
  } else if (name == "type") {
    to.type = in.number32();
  } else if (name == "zero") {
    to.zero = true;
  } else if (name == "flip") {
    to.flips.push_back(in.number());
  } else if (name == "cut") {
    to.cut = in.number();
  } else if (name == "short") {
    to.at_most = in.number();
    if (*to.at_most == 0) in.refuse();
  } else if (name == "nonsense") {
    to.nonsense = in.hex();
  } else {
    in.refuse();
  }
}

// is_operation says whether there is such an operation, whole or with its last part left out.
bool is_operation(std::string_view name) {
  constexpr std::string_view whole[] = {"sev.open",  "sev.report", "sev.ext_report", "sev.derived_key",
                                        "tdx.open",  "tdx.report", "tdx.key",        "tsm.mkdir",
                                        "tsm.rmdir", "qgs.accept", "qgs.request"};
  constexpr std::string_view families[] = {"tsm.open",  "tsm.write",  "tsm.close", "tsm.read",
                                           "rtmr.open", "rtmr.write", "rtmr.read"};
  constexpr std::string_view lasts[] = {"inblob",
                                        "outblob",
                                        "auxblob",
                                        "provider",
                                        "generation",
                                        "privlevel",
                                        "manifestblob",
                                        "privlevel_floor",
                                        "service_provider",
                                        "service_guid",
                                        "service_manifest_version"};
  constexpr std::string_view registers[] = {"rtmr0", "rtmr1",      "rtmr2",   "rtmr3",
                                            "mrtd",  "mrconfigid", "mrowner", "mrownerconfig"};
  if (std::ranges::find(whole, name) != std::end(whole)) return true;
  return std::ranges::any_of(families, [&](std::string_view family) {
    if (!name.starts_with(family)) return false;
    const std::string_view last = name.substr(family.size());
    if (last.empty()) return true;
    if (!last.starts_with('.')) return false;
    return family.starts_with("tsm") ? std::ranges::find(lasts, last.substr(1)) != std::end(lasts)
                                     : std::ranges::find(registers, last.substr(1)) != std::end(registers);
  });
}

}  // namespace

void read_fault(line_reader& in, std::vector<fault_line>& to) {
  fault_line line;
  line.operation = in.word();
  if (!is_operation(line.operation)) in.refuse();
  if (in.take("after")) line.after = in.number();
  if (in.take("times")) line.times = in.number();
  line.what.text = in.rest();
  do read_action(in, line.what);
  while (!in.bad() && in.take("and"));
  to.push_back(std::move(line));
}

}  // namespace emulator
