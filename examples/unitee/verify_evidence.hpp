// SPDX-License-Identifier: Apache-2.0
//
// verify_evidence.hpp: what is in the file that `unitee verify` is to judge.
#pragma once

#include "inputs.hpp"
#include "verify_options.hpp"

#include <unitee/bytes/view.hpp>
#include <unitee/json/azure_evidence.hpp>

#include <optional>
#include <string>

namespace command::verification {

// subject is the evidence in a file, in its parts. It refers to the inputs.
struct subject {
  vendor of = vendor::any;                      // of bytes that are no evidence
  unitee::byte_view bytes;                      // the whole file
  std::optional<unitee::azure_evidence> azure;  // what is in it, where it is JSON

  // hardware is a report, an HCL report around one, or a quote: the file, or a part of `azure`.
  [[nodiscard]] unitee::byte_view hardware() const {
    if (!azure) return bytes;
    return azure->td_quote ? *azure->td_quote : azure->hcl_report;
  }
};

// subject_in recognises evidence.
subject subject_in(inputs& from, const std::string& file);

}  // namespace command::verification
