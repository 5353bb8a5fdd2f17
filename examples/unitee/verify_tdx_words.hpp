// SPDX-License-Identifier: Apache-2.0
//
// verify_tdx_words.hpp: what the words behind the options about quotes mean.
#pragma once

#include "verify_tdx.hpp"
#include "verify_words.hpp"

namespace command::verification {

// statuses_of is UpToDate and the statuses that are named.
inline std::vector<tdx::tcb_status> statuses_of(const asked& of) {
  std::vector<tdx::tcb_status> out{tdx::tcb_status::up_to_date};
  for (const std::string& text : of.all()) {
    for (const std::string_view each : split(text, ',')) {
      const auto status = one_of(of.option, each, tdx::tcb_statuses, [](tdx::tcb_status s) { return tdx::name(s); });
      if (status == tdx::tcb_status::revoked || status == tdx::tcb_status::not_supported) {
        throw usage_error{fmt::format("{}: no policy accepts {}", of.option, tdx::name(status))};
      }
      if (std::ranges::find(out, status) == out.end()) out.push_back(status);
    }
  }
  return out;
}

// date_of reads a day, or a moment of it.
inline unitee::utc_time date_of(const asked& of) {
  const std::string text = of.text();
  const auto at = unitee::parse_time(text.find('T') == text.npos ? text + "T00:00:00Z" : text);
  if (!at) throw usage_error{fmt::format("{} wants a date such as 2025-05-14, not {}", of.option, text)};
  return *at;
}

// seconds_of reads days.
inline std::int64_t seconds_of(const asked& of) { return std::int64_t{number_of<std::uint16_t>(of, 3652)} * 86400; }

// attribute_names is the bits of TDATTRIBUTES that a policy may want set or clear.
inline constexpr std::array attribute_names{tdx::td_attributes::icssd, tdx::td_attributes::servtd_ext,
                                            tdx::td_attributes::lass,  tdx::td_attributes::sept_ve_disable,
                                            tdx::td_attributes::pks,   tdx::td_attributes::kl,
                                            tdx::td_attributes::tpa,   tdx::td_attributes::perfmon};

// masked_of reads 0xVALUE or 0xVALUE/0xMASK.
inline tdx::masked_bits masked_of(const asked& of) {
  const std::string text = of.text();
  const auto parts = split(text, '/');
  const auto number = [](std::string_view digits) {
    return digits.starts_with("0x") ? number_in<std::uint64_t>(digits.substr(2), ~std::uint64_t{0}, 16) : std::nullopt;
  };
  const auto value = number(parts[0]);
  const auto mask = parts.size() == 2 ? number(parts[1]) : std::optional(~std::uint64_t{0});
  if (!value || !mask || parts.size() > 2) {
    throw usage_error{fmt::format("{} wants 0xVALUE or 0xVALUE/0xMASK, 64 bits, not {}", of.option, text)};
  }
  if ((*value & ~*mask) != 0) throw usage_error{fmt::format("{}: {} has bits outside of its mask", of.option, text)};
  return {*value, *mask};
}

// rtmr_values is what is wanted of one register.
struct rtmr_values {
  bool zero = false;
  std::vector<tdx::measurement> any_of;
};

// rtmr_of reads the values for one register out of N:HEX and N:zero.
inline rtmr_values rtmr_of(const asked& of, std::size_t index) {
  rtmr_values out;
  for (const std::string& text : of.all()) {
    const auto parts = split(text, ':');
    const auto rtmr = parts.size() == 2 ? number_in<std::uint8_t>(parts[0], 3) : std::nullopt;
    if (!rtmr)
      throw usage_error{fmt::format("{} wants a register and its value, 0:HEX to 3:HEX, not {}", of.option, text)};
    if (*rtmr != index) continue;
    if (parts[1] == "zero") {
      out.zero = true;
      continue;
    }
    out.any_of.push_back(fixed_of<tdx::measurement>(of.option, parts[1]));
    if (out.any_of.back().is_zero()) {
      throw usage_error{
          fmt::format("{}: a register of zeros is one that nobody extended: say {}:zero", of.option, index)};
    }
  }
  if (out.zero && !out.any_of.empty())
    throw usage_error{fmt::format("{}: RTMR{} is zero or a value", of.option, index)};
  return out;
}

inline std::vector<tdx::quote_body_type> bodies_of(const asked& of) {
  using type = tdx::quote_body_type;
  constexpr std::array known{type::enclave, type::td_1_0, type::td_1_5, type::td_1_5_extended};
  constexpr const char* names[] = {"", "enclave", "td-1.0", "td-1.5", "td-1.5-extended"};
  std::vector<type> out;
  for (const std::string& text : of.all()) {
    out.push_back(one_of(of.option, text, known, [&](type t) { return names[static_cast<std::size_t>(t)]; }));
  }
  return out;
}

inline std::vector<tdx::quote_version> versions_of(const asked& of) {
  constexpr std::array known{tdx::quote_version::v3, tdx::quote_version::v4, tdx::quote_version::v5};
  std::vector<tdx::quote_version> out;
  for (const std::string& text : of.all()) {
    out.push_back(
        one_of(of.option, text, known, [](tdx::quote_version v) { return fmt::format("{}", static_cast<int>(v)); }));
  }
  return out;
}

inline std::vector<tdx::sgx_type> sgx_types_of(const asked& of) {
  constexpr std::array known{tdx::sgx_type::standard, tdx::sgx_type::scalable, tdx::sgx_type::scalable_with_integrity};
  std::vector<tdx::sgx_type> out;
  for (const std::string& text : of.all()) {
    out.push_back(one_of(of.option, text, known, [](tdx::sgx_type t) { return tdx::name(t); }));
  }
  return out;
}

inline tdx::trailing_bytes trailing_of(const asked& of) {
  if (of.text() == "none") return tdx::trailing_bytes::none;
  if (of.text() == "zero") return tdx::trailing_bytes::zero_only;
  throw usage_error{fmt::format("{} is none or zero, not {}", of.option, of.text())};
}

// minimum_svn_of reads tdx:module_version=1,module_svn=6,microcode_svn=4, and svn_3 to svn_15: bytes of TEE_TCB_SVN.
inline tdx::tcb_svn minimum_svn_of(const asked& of) {
  const std::string spec = of.text();
  const auto wrong = [&] {
    return usage_error{fmt::format(
        "{} wants levels from 0 to 255, tdx:module_version=1,module_svn=6,microcode_svn=4, not {}", of.option, spec)};
  };
  if (!spec.starts_with("tdx:")) {
    throw usage_error{fmt::format("{} {}: of a TDX quote it is about tdx:", of.option, spec)};
  }
  tdx::tcb_svn out;
  std::array<bool, 16> seen{};
  for (const std::string_view item : split(std::string_view(spec).substr(4), ',')) {
    const std::size_t equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    std::optional<std::size_t> index;
    if (name == "module_svn") index = 0;
    if (name == "module_version") index = 1;
    if (name == "microcode_svn") index = 2;
    if (name.starts_with("svn_")) index = number_in<std::size_t>(name.substr(4), 15);
    const auto level = equals == item.npos ? std::nullopt : number_in<std::uint8_t>(item.substr(equals + 1));
    if (!index || !level) throw wrong();
    if (std::exchange(seen[*index], true)) throw usage_error{fmt::format("{} has {} twice", of.option, name)};
    out.value[*index] = *level;
  }
  return out;
}

}  // namespace command::verification
