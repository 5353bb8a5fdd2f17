// SPDX-License-Identifier: Apache-2.0
//
// tests/support/snp_options.hpp: an appraisal policy from the words that one would give to `unitee verify`.
#pragma once

#include "support/edits.hpp"
#include "support/forge.hpp"

#include <unitee/bytes/bits.hpp>
#include <unitee/verify/snp_policy.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

// given_options is the words by option: one value for each time that the option is there, empty for a flag.
using given_options = std::map<std::string, std::vector<std::string>>;

inline given_options options_in(const std::vector<std::string>& words) {
  given_options out;
  std::vector<std::string>* last = nullptr;
  for (const std::string& word : words) {
    if (word.starts_with("--")) {
      last = &out[word];
      last->emplace_back();
    } else if (last == nullptr || !last->back().empty()) {
      throw std::invalid_argument(word + " has no option before it");
    } else {
      last->back() = word;
    }
  }
  return out;
}

template <class Fixed>
Fixed fixed_of(const std::string& digits) {
  const auto bytes = bytes_of_hex(digits);
  Fixed out;
  if (bytes.size() != out.value.size()) throw std::invalid_argument(digits + " is of the wrong size");
  std::ranges::copy(bytes, out.value.begin());
  return out;
}

// fixed_in is the value of an option that is there once, and fixed_list every value of one, in order.
template <class Fixed>
Fixed fixed_in(const std::vector<std::string>& all) {
  return fixed_of<Fixed>(all.at(0));
}
template <class Fixed>
std::vector<Fixed> fixed_list(const std::vector<std::string>& all) {
  std::vector<Fixed> out;
  for (const std::string& digits : all) out.push_back(fixed_of<Fixed>(digits));
  return out;
}

// words_of is a text taken apart at each separator.
inline std::vector<std::string> words_of(std::string_view text, char separator) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == separator) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

inline snp::generation generation_in(std::string name) {
  name.at(0) = static_cast<char>(name.at(0) - 'a' + 'A');
  const auto found = snp::generation_named(name);
  if (!found) throw std::invalid_argument("no product " + name);
  return *found;
}

// minimum_in reads milan:boot_loader=4,snp=24.
inline snp::minimum_tcb minimum_in(const std::string& spec) {
  const auto halves = words_of(spec, ':');
  snp::minimum_tcb out{generation_in(halves.at(0)), {}};
  std::map<std::string, std::uint8_t*> parts{{"fmc", &out.parts.fmc},
                                             {"boot_loader", &out.parts.boot_loader},
                                             {"tee", &out.parts.tee},
                                             {"snp", &out.parts.snp},
                                             {"microcode", &out.parts.microcode}};
  for (const std::string& item : words_of(halves.at(1), ',')) {
    const auto pair = words_of(item, '=');
    *parts.at(pair.at(0)) = static_cast<std::uint8_t>(std::stoi(pair.at(1)));
  }
  return out;
}

inline std::vector<snp::minimum_tcb> minima_in(const std::vector<std::string>& specs) {
  std::vector<snp::minimum_tcb> out;
  for (const std::string& spec : specs) out.push_back(minimum_in(spec));
  return out;
}

inline std::vector<snp::generation> generations_in(const std::vector<std::string>& names) {
  std::vector<snp::generation> out;
  for (const std::string& each : names) out.push_back(generation_in(each));
  return out;
}

template <std::size_t N>
std::array<std::uint8_t, N> version_in(const std::string& text) {
  const auto numbers = words_of(text, '.');
  if (numbers.size() != N) throw std::invalid_argument(text + " is no version");
  std::array<std::uint8_t, N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<std::uint8_t>(std::stoi(numbers[i]));
  return out;
}

inline std::uint32_t number_in(const std::string& text) { return static_cast<std::uint32_t>(std::stoul(text)); }

inline std::uint64_t mask_in(const std::string& text) { return std::stoull(text, nullptr, 16); }

// bits_in is the named ones of Bits::fields, commas between the names.
template <class Bits>
std::vector<bit_range> bits_in(const std::string& names) {
  std::vector<bit_range> out;
  for (const std::string& each : words_of(names, ',')) {
    const auto found = std::ranges::find_if(Bits::fields, [&](const bit_range& bit) { return each == bit.name; });
    if (found == Bits::fields.end()) throw std::invalid_argument("no bit " + each);
    out.push_back(*found);
  }
  return out;
}

// decided_policy takes the four mandatory decisions: what no option asks for is waived, and debug is forbidden.
inline auto decided_policy(const given_options& given) {
  const auto has = [&](const char* option) { return given.contains(option); };
  auto fresh = has("--report-data")
                   ? snp::appraisal_policy{}.require_report_data(fixed_in<snp::report_data>(given.at("--report-data")))
                   : snp::appraisal_policy{}.waive_report_data();
  auto known = has("--measurement")
                   ? std::move(fresh).require_measurement(fixed_list<snp::measurement>(given.at("--measurement")))
                   : std::move(fresh).waive_measurement();
  auto patched = has("--min-tcb") ? std::move(known).require_minimum_tcb(minima_in(given.at("--min-tcb")))
                                  : std::move(known).waive_tcb();
  return has("--allow-debug") ? std::move(patched).allow_debug() : std::move(patched).forbid_debug();
}

using snp_policy = decltype(decided_policy({}));

// flag_options and value_options are what each word adds to a policy; an option's values are those of all its places.
using policy_values = const std::vector<std::string>&;
using policy_addition = std::function<snp_policy(snp_policy&&, policy_values)>;
using policy_options = std::map<std::string, policy_addition>;

inline policy_options flag_options() {
  using p = snp_policy;
  using v = policy_values;
  return {
      {"--forbid-smt", [](p&& to, v) { return std::move(to).forbid_smt(); }},
      {"--allow-migration", [](p&& to, v) { return std::move(to).allow_migration(); }},
      {"--allow-cxl", [](p&& to, v) { return std::move(to).allow_cxl(); }},
      {"--allow-masked-chip-id", [](p&& to, v) { return std::move(to).allow_masked_chip_id(); }},
      {"--refuse-provisional", [](p&& to, v) { return std::move(to).refuse_provisional_firmware(); }},
      {"--refuse-unknown-platform", [](p&& to, v) { return std::move(to).refuse_unknown_platform(); }},
  };
}

inline policy_options value_options() {
  using p = snp_policy;
  using v = policy_values;
  // clang-format off
  return {
      {"--min-launch-tcb", [](p&& to, v all) { return std::move(to).require_minimum_launch_tcb(minima_in(all)); }},
      {"--require-policy", [](p&& to, v all) {
         for (const auto& bit : bits_in<snp::guest_policy>(all.at(0))) to = std::move(to).require_policy(bit);
         return std::move(to);
       }},
      {"--min-abi", [](p&& to, v all) {
         const auto [major, minor] = version_in<2>(all.at(0));
         return std::move(to).require_policy_abi({major, minor});
       }},
      {"--vmpl", [](p&& to, v all) { return std::move(to).require_vmpl(number_in(all.at(0))); }},
      {"--max-vmpl", [](p&& to, v all) { return std::move(to).require_vmpl_at_most(number_in(all.at(0))); }},
      {"--host-data", [](p&& to, v all) { return std::move(to).require_host_data(fixed_in<snp::host_data>(all)); }},
      {"--family-id", [](p&& to, v all) { return std::move(to).require_family_id(fixed_in<snp::family_id>(all)); }},
      {"--image-id", [](p&& to, v all) { return std::move(to).require_image_id(fixed_in<snp::image_id>(all)); }},
      {"--min-guest-svn", [](p&& to, v all) { return std::move(to).require_guest_svn(number_in(all.at(0))); }},
      {"--report-id", [](p&& to, v all) { return std::move(to).require_report_id(fixed_in<snp::report_id>(all)); }},
      {"--report-id-ma", [](p&& to, v all) {
         return std::move(to).require_migration_agent(fixed_in<snp::report_id>(all));
       }},
      {"--chip-id", [](p&& to, v all) { return std::move(to).require_chip_id(fixed_list<snp::chip_id>(all)); }},
      {"--signer", [](p&& to, v all) {
         using enum snp::signing_key_kind;
         return std::move(to).require_signing_key(all.at(0) == "vlek" ? vlek : vcek);
       }},
      {"--csp-id", [](p&& to, v all) {
         return std::move(to).require_csp_id(std::vector<std::string_view>(all.begin(), all.end()));
       }},
      {"--min-firmware", [](p&& to, v all) {
         const auto [major, minor, build] = version_in<3>(all.at(0));
         return std::move(to).require_firmware_version({major, minor, build});
       }},
      {"--launch-mitigations", [](p&& to, v all) {
         return std::move(to).require_launch_mitigations(mask_in(all.at(0)));
       }},
      {"--current-mitigations", [](p&& to, v all) {
         return std::move(to).require_current_mitigations(mask_in(all.at(0)));
       }},
      {"--id-key", [](p&& to, v all) { return std::move(to).require_id_block(fixed_list<snp::key_digest>(all)); }},
      {"--author-key", [](p&& to, v all) {
         return std::move(to).require_author_key(fixed_list<snp::key_digest>(all));
       }},
      {"--require-platform", [](p&& to, v all) {
         for (const auto& bit : bits_in<snp::platform_info>(all.at(0))) to = std::move(to).require_platform(bit);
         return std::move(to);
       }},
      {"--forbid-platform", [](p&& to, v all) {
         for (const auto& bit : bits_in<snp::platform_info>(all.at(0))) to = std::move(to).forbid_platform(bit);
         return std::move(to);
       }},
      {"--product", [](p&& to, v all) { return std::move(to).require_product(generations_in(all)); }},
  };
  // clang-format on
}

// stale_crls_in is what verify is told beside the policy.
inline snp::stale_crls stale_crls_in(const given_options& given) {
  return given.contains("--allow-stale-crl") ? snp::stale_crls::accept : snp::stale_crls::refuse;
}

// policy_of is the policy that these words describe. A word that means nothing is std::invalid_argument.
inline snp_policy policy_of(const given_options& given) {
  static const policy_options flags = flag_options();
  static const policy_options valued = value_options();
  snp_policy out = decided_policy(given);
  for (const auto& [option, all] : given) {
    if (option == "--report-data" || option == "--measurement" || option == "--min-tcb" || option == "--allow-debug" ||
        option == "--allow-stale-crl") {
      continue;
    }
    if (option == "--require-crl") {
      out = std::move(out).require_crl(stale_crls_in(given));
      continue;
    }
    const auto flag = flags.find(option);
    const auto found = flag != flags.end() ? flag : valued.find(option);
    if (found == valued.end()) throw std::invalid_argument("the policy has no " + option);
    out = found->second(std::move(out), all);
  }
  return out;
}

}  // namespace unitee::test
