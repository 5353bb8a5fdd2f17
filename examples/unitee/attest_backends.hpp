// SPDX-License-Identifier: Apache-2.0
//
// attest_backends.hpp: whom `unitee attest` can ask.
#pragma once

#include "command.hpp"
#include "demo_files.hpp"

#include <unitee/guest/attestation.hpp>
#include <unitee/guest/configfs_tsm.hpp>
#include <unitee/guest/quote_service.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/report_data.hpp>
#include <unitee/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace command::attesting {

// order is what is wanted of a backend.
struct order {
  unitee::report_data data;
  unitee::time_limit limit;
  std::optional<std::uint32_t> vmpl;
  std::optional<unitee::guest::svsm_services> services;
  std::optional<unitee::guest::quote_service_address> quote_service;
  std::optional<std::string> state;  // the directory of a simulated machine
  std::optional<std::string> image;
};

// answer is the evidence, or why there is none; is_there says whether the backend is.
struct answer {
  bool is_there;
  unitee::result<unitee::guest::attestation> evidence;
};

// backend is one that can be asked.
struct backend {
  std::string_view name;
  std::string_view vendor;
  std::span<const std::string_view> options;  // what it takes of the options that only some take
  bool is_simulated;
  answer (*ask)(const order&);

  [[nodiscard]] bool takes(std::string_view option) const noexcept;
};

// backends is all of them: first the real ones, in the order in which this_guest looks for them.
std::span<const backend> backends() noexcept;

// optional_options is every option that only some backends take.
std::span<const std::string_view> optional_options() noexcept;

// keep_endorsements writes what a verifier needs to trust a simulated machine: its root, and the collateral.
void keep_endorsements(const backend& of, const order& asked, const kept_files& into);

}  // namespace command::attesting
