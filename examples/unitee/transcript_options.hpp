// SPDX-License-Identifier: Apache-2.0
//
// transcript_options.hpp: the options that say what report data stand for. `unitee attest` has the evidence made about
// them, `unitee verify` demands them: the same words give the same 64 bytes.
#pragma once

#include "command.hpp"
#include "inputs.hpp"

#include <unitee/bytes/view.hpp>
#include <unitee/report_data.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// The option that begins a transcript, and those that mean nothing without it. --nonce is another: `unitee verify` has
// it for a vTPM's quote, too.
inline constexpr std::string_view transcript_label = "--label";
inline constexpr std::array<std::string_view, 3> transcript_parts{"--public-key", "--model-digest", "--part"};

// public_key_in is the DER SubjectPublicKeyInfo of a key in DER or PEM; a file that is none is an input_error.
std::vector<std::uint8_t> public_key_in(const std::string& file, unitee::byte_view content);

// transcript is the parts that the options name; what is empty is no part.
struct transcript {
  struct part {
    std::string name;
    std::vector<std::uint8_t> data;
  };

  std::string label;
  std::vector<std::uint8_t> nonce{};
  std::vector<std::uint8_t> public_key{};
  std::vector<std::uint8_t> model_digest{};
  std::vector<part> others{};
};

// transcript_of is what the options say that begin with --label, which is there. Failures are as below.
transcript transcript_of(const arguments& given, inputs& from);

// report_data_of is the report data that --report-data or a transcript ask for, and nothing where neither is there.
// The parts are in the order: label, nonce, public key, model digest, then each --part as given. Both at once, a part
// without --label, and a part that no transcript takes are usage errors; a file that is no key is an input_error.
std::optional<unitee::report_data> report_data_of(const arguments& given, inputs& from);

// with_manifest is what an SVSM has put into a report that was asked for with these report data: their SHA-512 with the
// manifest of its services behind them.
unitee::report_data with_manifest(const unitee::report_data& data, unitee::byte_view manifest);

// report_data_words is the options, quoted for a shell, with which `unitee verify` asks for the same.
std::string report_data_words(const arguments& given);

}  // namespace command
