// SPDX-License-Identifier: Apache-2.0

#include "sealed_words.hpp"

#include "sheet.hpp"
#include "verify_words.hpp"

#include <unitee/bytes/hex.hpp>
#include <unitee/kdf/key_record.hpp>
#include <unitee/seal/recipient_params.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/tdx/key_request.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace command {

namespace {

using inspection::hex;
using unitee::errc;
using unitee::part;
using unitee::slot_kind;

std::string or_none(unitee::byte_view floor) { return unitee::all_zero(floor) ? "none" : hex(floor); }

std::string snp_text(unitee::byte_view params) {
  const auto record = unitee::key_record<unitee::snp::key_request>::parse_any_binding(params);
  if (!record) return "a record that cannot be read";
  const auto& request = record->request();
  return fmt::format("VMPL {}, TCB {}, floor {}{}", request.vmpl(), hex(request.tcb_version().view()),
                     or_none(record->floor().encode()), request.is_under_bound() ? ", NOT BOUND to a guest" : "");
}

std::string tdx_text(unitee::byte_view params) {
  const auto record = unitee::key_record<unitee::tdx::key_request>::parse_any_binding(params);
  if (!record) return "a record that cannot be read";
  const auto& request = record->request();
  return fmt::format("TEE_TCB_SVN {}, floor {}{}", hex(request.versions().tee_tcb_svn.view()),
                     or_none(record->floor().encode()), request.is_under_bound() ? ", NOT BOUND to a TD" : "");
}

std::string recipient_text(unitee::byte_view params) {
  const auto parsed = unitee::recipient_params::parse(params);
  if (!parsed) return "parameters that cannot be read";
  const bool small = parsed->curve() == unitee::recipient_curve::nist_p256;
  const std::size_t point = (params.size() - 1) / 2;
  return fmt::format("{}, x = {}...", small ? "P-256" : "P-384", hex(params.subspan(1 + point, 8)));
}

// details are what tells slots of one kind from each other.
std::string details(const unitee::slot_view& slot) {
  const unitee::byte_view params = slot.params();
  switch (slot.kind()) {
    case slot_kind::snp_derived_key: return snp_text(params);
    case slot_kind::simulated_snp_derived_key: return "INSECURE; " + snp_text(params);
    case slot_kind::tdx_derived_key: return tdx_text(params);
    case slot_kind::simulated_tdx_derived_key: return "INSECURE; " + tdx_text(params);
    case slot_kind::caller_key:
      return params.empty() ? "" : "id \"" + inspection::printable(inspection::text_of(params)) + "\"";
    case slot_kind::public_key: return recipient_text(params);
    case slot_kind::broker_key: return fmt::format("{} bytes for the broker", params.size());
  }
  return fmt::format("of kind {}, which this version does not know", static_cast<std::uint32_t>(slot.kind()));
}

std::string advice_on_header(const unitee::failure& why, const unitee::sealed_header& header,
                             const std::string& offered) {
  switch (why.code) {
    case errc::no_matching_slot: return fmt::format("it opens by {}; offered: {}", slot_list(header), offered);
    case errc::not_authentic: return "its header was changed, or put together from others: restore it from a copy";
    case errc::below_floor:
      return fmt::format("its generation is {}: somebody has put back an older header or file{}", header.generation(),
                         why.offset == 480 ? ", or one of a change that was lost" : "");
    case errc::in_use: return "another program is changing its slots: try again when that has ended";
    case errc::truncated:
    case errc::trailing_data:
      return fmt::format("its header says {} bytes: it was cut off or written to while it was opened",
                         header.geometry().file_size());
    default: return {};
  }
}

std::string advice_on_record(const unitee::failure& why) {
  switch (why.code) {
    case errc::below_floor: return "the only slot for this machine is below its own floor: seal the file anew";
    case errc::weak_binding:
      return "the slot's key is not bound to this guest alone, so whoever wrote the file may have it: do not trust the "
             "file";
    default: return {};
  }
}

}  // namespace

std::string slot_text(const unitee::slot_view& slot) {
  const std::string more = details(slot);
  return fmt::format("{}{}{}", unitee::name(slot.kind()), more.empty() ? "" : ", ", more);
}

std::string slot_list(const unitee::sealed_header& header) {
  std::string out;
  for (std::size_t i = 0; i < header.slot_count(); ++i) {
    const unitee::slot_view slot = header.slot(i);
    const bool named = slot.kind() == slot_kind::caller_key && !slot.params().empty();
    out += fmt::format("{}{}{}", i == 0 ? "" : ", ", unitee::name(slot.kind()), named ? " " + details(slot) : "");
  }
  return out;
}

std::string length_advice(const unitee::failure& why, std::uint64_t size,
                          const std::optional<unitee::sealed_header>& header) {
  const bool longer = why.code == errc::trailing_data;
  if (why.in != part::sealed_header || (!longer && why.code != errc::truncated)) return {};
  if (!header) return fmt::format("it has {} bytes, fewer than any sealed file: the copy is not whole", size);
  const std::uint64_t wanted = header->geometry().file_size();
  if (size == wanted) return "the copies of its header contradict each other: restore it from a copy";
  if (longer) return fmt::format("it has {} bytes, {} more than its header says", size, size - wanted);
  return fmt::format("it has {} of {} bytes: the copy is not whole", size, wanted);
}

input_error sealed_error(const std::string& file, const unitee::failure& why, const unitee::sealed_header& header,
                         const std::string& offered) {
  const auto advice = [&]() -> std::string {
    switch (why.in) {
      case part::sealed_header: return advice_on_header(why, header, offered);
      case part::sealed_tags:
      case part::sealed_metadata:
        return why.code == errc::not_authentic ? "it was changed since it was sealed: restore it from a copy" : "";
      case part::sealed_payload:
        if (why.code != errc::not_authentic) return {};
        return fmt::format(
            "the segment there was changed since it was sealed (file offset {:#x}): restore the file "
            "from a copy",
            header.geometry().payload_offset() + why.offset);
      case part::key_record: return advice_on_record(why);
      default: break;
    }
    if (why.code == errc::key_denied) {
      return "this machine's firmware is older than the one that the slot was made under, or refuses the key: update "
             "it";
    }
    return why.code == errc::truncated ? "the file was cut short while it was read" : "";
  };
  return {file, why, advice()};
}

void note_unsettled(std::string_view command, const std::string& file) {
  fmt::print(stderr,
             "unitee {}: note: {}: a change of its slots was interrupted, or is going on; it opens all the same, and "
             "`unitee slots {} --settle` completes it\n",
             command, plain(file), plain(shell_word(file)));
}

unitee::reading reading_of(const arguments& given) {
  unitee::reading out;
  const auto text = given.one("--min-generation");
  if (!text) return out;
  const std::size_t colon = std::min(text->find(':'), text->size());
  const auto value = verification::number_in<std::uint64_t>(text->substr(0, colon));
  if (!value || *value == 0) throw usage_error{"--min-generation wants a number from 1 on, not " + *text};
  out.min_generation = *value;
  if (colon == text->size()) return out;
  if (!unitee::hex_decode(text->substr(colon + 1), out.mac.emplace().value)) {
    throw usage_error{"--min-generation: behind the colon stands a header_mac of 64 hexadecimal digits"};
  }
  return out;
}

}  // namespace command
