// SPDX-License-Identifier: Apache-2.0

#include "stage.hpp"

#include "line_reader.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <utility>

namespace emulator {

namespace {

void read_machine(line_reader& in, stage& to) {
  const std::string name = in.word();
  const bool snp = name == "snp" || name == "both";
  const bool tdx = name == "tdx" || name == "both";
  if (!snp && !tdx && name != "none") in.refuse();
  to.sev_guest.present = snp;
  to.tdx_guest.present = to.registers = to.quote_service = tdx;
  to.tsm = snp || tdx;
  to.provider = snp ? "sev_guest" : "tdx_guest";
}

void read_sev_guest(line_reader& in, stage& to) {
  if (in.take("mode")) {
    to.sev_guest.mode = static_cast<unsigned>(in.number(0777, 8));
  } else if (in.take("vmpl")) {
    to.snp.vmpl = static_cast<std::uint32_t>(in.number(3));
  } else if (in.take("wiped")) {
    to.wiped = true;
  } else {
    to.sev_guest.present = in.present();
  }
}

void read_snp(line_reader& in, stage& to) {
  if (in.take("chip")) {
    to.chip = static_cast<unsigned>(in.number(99));
  } else if (in.take("vlek")) {
    to.vlek = true;
  } else if (in.take("certificates")) {
    to.hands_out = in.take("full")  ? host_certificates::full
                   : in.take("vek") ? host_certificates::vek
                                    : host_certificates::none;
    if (to.hands_out == host_certificates::none && !in.take("none")) in.refuse();
  } else if (in.take("report-version")) {
    to.snp.report_version = in.number32();
  } else if (in.take("measurement")) {
    to.snp.measurement = in.fixed<unitee::snp::measurement>();
    to.default_measurement = false;
  } else if (in.take("policy")) {
    to.snp.policy = {in.number()};
  } else if (in.take("guest-svn")) {
    to.snp.guest_svn = in.number32();
  } else if (in.take("tcb")) {
    to.tcb = in.fixed<unitee::snp::tcb_version>();
  } else {
    in.refuse();
  }
}

void read_tdx_guest(line_reader& in, stage& to) {
  if (in.take("mode")) {
    to.tdx_guest.mode = static_cast<unsigned>(in.number(0777, 8));
  } else if (in.take("key")) {
    const std::string word = in.word();
    constexpr std::string_view names[] = {"good", "absent", "unsupported", "zero"};
    const auto* const found = std::ranges::find(names, word);
    if (found == std::end(names)) in.refuse();
    to.key = static_cast<seal_key>(found - std::begin(names));
  } else {
    to.tdx_guest.present = in.present();
  }
}

void read_td(line_reader& in, stage& to) {
  if (in.take("mrtd")) {
    to.td.mrtd = in.fixed<unitee::tdx::measurement>();
  } else if (in.take("mrconfigid")) {
    to.td.mrconfigid = in.fixed<unitee::tdx::host_value>();
  } else if (in.take("mrowner")) {
    to.td.mrowner = in.fixed<unitee::tdx::host_value>();
  } else if (in.take("mrownerconfig")) {
    to.td.mrownerconfig = in.fixed<unitee::tdx::host_value>();
  } else if (in.take("tee-tcb-svn")) {
    to.td.tee_tcb_svn = in.fixed<unitee::tdx::tcb_svn>();
  } else if (in.take("attributes")) {
    to.td.attributes = {in.number()};
  } else if (in.take("quote-version")) {
    to.td.quote_version = static_cast<unitee::tdx::quote_version>(in.number32());
  } else if (in.take("body")) {
    using unitee::tdx::quote_body_type;
    to.td.body = in.take("1.0") ? quote_body_type::td_1_0 : quote_body_type::td_1_5;
    if (to.td.body == quote_body_type::td_1_5 && !in.take("1.5")) in.refuse();
  } else {
    in.refuse();
  }
}

void read_tsm(line_reader& in, stage& to) {
  if (in.take("provider")) {
    to.provider = in.word();
  } else if (in.take("unmounted")) {
    to.configfs = false;
  } else if (in.take("svsm")) {
    to.manifest = in.at_end() ? octets(32, 0x4D) : in.hex();
    if (to.snp.vmpl == 0) to.snp.vmpl = 2;
  } else {
    to.tsm = in.present();
  }
}

void read_line(line_reader& in, stage& to) {
  if (in.take("machine")) {
    read_machine(in, to);
  } else if (in.take("sev-guest")) {
    read_sev_guest(in, to);
  } else if (in.take("snp")) {
    read_snp(in, to);
  } else if (in.take("tdx-guest")) {
    read_tdx_guest(in, to);
  } else if (in.take("td")) {
    read_td(in, to);
  } else if (in.take("tsm")) {
    read_tsm(in, to);
  } else if (in.take("rtmr")) {
    to.registers = in.present();
  } else if (in.take("qgs")) {
    if (in.take("path")) {
      to.quote_service_path = in.word();
      if (!to.quote_service_path.starts_with("/dev/")) in.refuse();
    } else {
      to.quote_service = in.present();
    }
  } else if (in.take("violations")) {
    to.violations_allowed = true;
    if (!in.take("allowed")) in.refuse();
  } else if (in.take("fault")) {
    read_fault(in, to.faults);
  } else {
    in.refuse();
  }
  if (!in.at_end()) in.refuse();
}

}  // namespace

std::optional<stage> parse_stage(std::string_view text, std::string& why) {
  stage out;
  out.td.mrtd.value.fill(0x11);
  out.td.mrconfigid.value.fill(0x22);
  out.td.mrowner.value.fill(0x33);
  out.td.mrownerconfig.value.fill(0x44);
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream in(line.substr(0, line.find('#')));
    words all;
    for (std::string word; in >> word;) all.push_back(word);
    if (all.empty()) continue;
    line_reader reader(std::move(all));
    read_line(reader, out);
    if (reader.bad()) {
      why = "line " + std::to_string(number) + " of the stage is not understood: " + line;
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace emulator
