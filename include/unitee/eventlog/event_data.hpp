// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/event_data.hpp: which part of an event's data its digest vouches for.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/eventlog/digest.hpp>
#include <unitee/eventlog/event.hpp>
#include <unitee/eventlog/register_index.hpp>
#include <unitee/eventlog/uefi_variable.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace unitee::inline v0::eventlog {

// data_rule is what an event's digest is over, as its type (and where that is not enough, its register and its data)
// has it.
enum class data_rule : std::uint8_t {
  whole,             // the event's data
  efi_variable,      // of a UEFI_VARIABLE_DATA, the variable's data and neither its name nor its GUID
  text_after_colon,  // the text behind "grub_cmd: " or "kernel_cmdline: ", without the NUL that ends it
  blob_not_in_log,   // something that the data name: a firmware volume, a table, the image of a program, an initrd
  not_measured,      // nothing: the event extends no register
  unknown,           // nobody has said, or not everybody keeps to it
};

// name is the enumerator's spelling.
constexpr const char* name(data_rule rule) noexcept {
  switch (rule) {
    case data_rule::whole: return "whole";
    case data_rule::efi_variable: return "efi_variable";
    case data_rule::text_after_colon: return "text_after_colon";
    case data_rule::blob_not_in_log: return "blob_not_in_log";
    case data_rule::not_measured: return "not_measured";
    case data_rule::unknown: return "unknown";
  }
  return "unknown";
}

namespace detail {

// text_prefix_size is the size of the text up to the one that GRUB measures, or 0.
constexpr std::size_t text_prefix_size(byte_view data) noexcept {
  for (const std::string_view prefix : {std::string_view("grub_cmd: "), std::string_view("kernel_cmdline: ")}) {
    const auto same = [](char c, std::uint8_t byte) { return static_cast<unsigned char>(c) == byte; };
    if (data.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), data.begin(), same)) {
      return prefix.size();
    }
  }
  return 0;
}

// is_efi_stub_tag says whether tagged data name what Linux's EFI stub has loaded: an initrd, or load options.
constexpr bool is_efi_stub_tag(byte_view data) noexcept {
  if (data.size() < 4) return false;
  const auto tag = load_le<std::uint32_t>(data.first<4>());
  return tag == 0x8F3B22EC || tag == 0x8F3B22ED;
}

}  // namespace detail

// rule_of is the event's rule. EV_EVENT_TAG is `whole` in RTMR3, which applications extend; elsewhere it is
// `blob_not_in_log` with a tag of Linux's EFI stub and `unknown` with any other. EV_IPL is `text_after_colon` where the
// data begin as that says, and `unknown` otherwise: some builds of GRUB write no colon and measure something else.
constexpr data_rule rule_of(const event& of, index_kind kind = index_kind::cc_register) noexcept {
  switch (of.type) {
    case event_type::no_action: return data_rule::not_measured;
    case event_type::separator:
    case event_type::efi_action:
    case event_type::efi_variable_driver_config:
    case event_type::efi_variable_authority:
    case event_type::efi_gpt_event: return data_rule::whole;
    case event_type::efi_variable_boot: return data_rule::efi_variable;
    case event_type::ipl:
      return detail::text_prefix_size(of.data) != 0 ? data_rule::text_after_colon : data_rule::unknown;
    case event_type::event_tag:
      if (rtmr_of(of.register_index, kind) == std::optional<std::size_t>(3)) return data_rule::whole;
      return detail::is_efi_stub_tag(of.data) ? data_rule::blob_not_in_log : data_rule::unknown;
    case event_type::post_code:
    case event_type::platform_config_flags:
    case event_type::efi_boot_services_application:
    case event_type::efi_platform_firmware_blob2:
    case event_type::efi_handoff_tables2: return data_rule::blob_not_in_log;
  }
  return data_rule::unknown;
}

// measured_part is the bytes of the data that the rule speaks of, or nothing where it speaks of none or the data are
// not of its form. For `unknown` it is all of the data: if they hash to the digest, that needs no rule.
constexpr std::optional<byte_view> measured_part(const event& of, data_rule rule) noexcept {
  switch (rule) {
    case data_rule::whole:
    case data_rule::unknown: return of.data;
    case data_rule::efi_variable: {
      const auto variable = uefi_variable::parse(of.data);
      if (!variable) return std::nullopt;
      return variable->data();
    }
    case data_rule::text_after_colon: {
      const std::size_t prefix = detail::text_prefix_size(of.data);
      if (prefix == 0 || of.data.size() == prefix || of.data.back() != 0) return std::nullopt;
      return of.data.subspan(prefix, of.data.size() - prefix - 1);
    }
    case data_rule::blob_not_in_log:
    case data_rule::not_measured: break;
  }
  return std::nullopt;
}

// proven_data is the part of the event's data that hashes to its digest, a view into the log, or nothing. That part was
// measured, if the digest was: replaying the log says so. All else in the event is the word of the log: the type of the
// event, what precedes the part (the name of a boot variable, "kernel_cmdline: "), and what follows it. An event of
// another type may measure bytes that the host has chosen, so who looks for one fact looks at all events of its
// register. errc::crypto_error is the only failure, in part::event_log at the event.
template <class Digest = sha384_digest>
result<std::optional<byte_view>> proven_data(const event& of, index_kind kind = index_kind::cc_register) noexcept {
  const auto digest = of.digest(algorithm_of<Digest>);
  const auto part_of = measured_part(of, rule_of(of, kind));
  if (!digest || !part_of) return std::optional<byte_view>();
  const auto hashed = hash<Digest>(*part_of);
  if (!hashed) return failure{hashed.error().code, of.offset, part::event_log};
  return equal(hashed->value, *digest) ? part_of : std::nullopt;
}

}  // namespace unitee::inline v0::eventlog
