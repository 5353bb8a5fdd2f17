// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/machine.hpp: an emulated machine, put together from a stage.
#pragma once

#include "call.hpp"
#include "quote_service.hpp"
#include "registers.hpp"
#include "sev_device.hpp"
#include "snp_guest.hpp"
#include "stage.hpp"
#include "td_guest.hpp"
#include "tdx_device.hpp"
#include "tsm_report.hpp"

#include <memory>
#include <string>
#include <utility>

namespace emulator {

// machine is both kinds of guest, each interface to them, and what the interfaces share. The stage says which of them
// the client gets to see.
struct machine {
  machine(const stage& from, std::unique_ptr<snp_guest> with_snp, std::unique_ptr<td_guest> with_td)
      : as(from),
        shared(from.faults, from.provider, from.wiped),
        snp(std::move(with_snp)),
        td(std::move(with_td)),
        sev(shared, *snp),
        tdx(shared, *td, from.key),
        tsm(shared, *snp, *td, from.manifest),
        rtmr(shared, *td),
        qgs(shared, *td) {}

  // start loads both platforms; nothing when that cannot be.
  static std::unique_ptr<machine> start(const stage& as, const std::string& state_directory) {
    auto snp = snp_guest::start(as, state_directory);
    auto td = td_guest::start(as, state_directory);
    if (!snp || !td) return nullptr;
    return std::make_unique<machine>(as, std::move(snp), std::move(td));
  }

  stage as;
  kernel shared;
  std::unique_ptr<snp_guest> snp;
  std::unique_ptr<td_guest> td;
  sev_device sev;
  tdx_device tdx;
  tsm_report tsm;
  registers rtmr;
  quote_service qgs;
};

}  // namespace emulator
