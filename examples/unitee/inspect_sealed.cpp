// SPDX-License-Identifier: Apache-2.0
//
// inspect_sealed.cpp: what the header of a sealed file says without a key.

#include "inspect.hpp"

#include <unitee/kdf/key_record.hpp>
#include <unitee/snp/key_request.hpp>

#include <fmt/format.h>

namespace command::inspection {

namespace {

std::string kind_name(unitee::slot_kind kind) {
  switch (kind) {
    case unitee::slot_kind::snp_derived_key: return "snp_derived_key";
    case unitee::slot_kind::caller_key: return "caller_key";
    case unitee::slot_kind::simulated_snp_derived_key: return "simulated_snp_derived_key";
  }
  return "unknown";
}

std::string selection_name(unitee::snp::key_selection which) {
  switch (which) {
    case unitee::snp::key_selection::firmware_default: return "firmware_default";
    case unitee::snp::key_selection::vcek: return "vcek";
    case unitee::snp::key_selection::vlek: return "vlek";
  }
  return "unknown";
}

// put_record adds what the firmware is asked for to get the slot's key, and what the key is for.
void put_record(sheet& to, unitee::byte_view params) {
  const auto record = unitee::key_record<unitee::snp::key_request>::parse_any_binding(params);
  if (!record) return put_error(to, record.error());
  const unitee::snp::key_request& request = record->request();
  const auto fields = request.fields();
  const auto tcb = request.tcb_version();
  const auto& least = record->floor();
  to.put("root_key", request.root() == unitee::snp::root_key::vek ? "vek" : "vmrk");
  to.put("key_sel", selection_name(request.key_sel()));
  to.put("guest_field_select", std::uint64_t{fields.value}, {}, sheet::hexadecimal(fields.value));
  to.put_bits("guest_field_select_bits", fields);
  to.put("vmpl", std::uint64_t{request.vmpl()});
  to.put("guest_svn", std::uint64_t{request.guest_svn()});
  to.put("tcb_version", bytes(tcb.value.begin(), tcb.value.end()), {}, hex(tcb.view()));
  if (request.needs_version_2()) {
    to.put("launch_mit_vector", request.launch_mit_vector(), {}, sheet::hexadecimal(request.launch_mit_vector()));
  }
  to.put("floor_tcb", bytes(least.tcb.value.begin(), least.tcb.value.end()), {}, hex(least.tcb.view()));
  to.put("floor_guest_svn", std::uint64_t{least.guest_svn});
  to.put("purpose", std::string(text_of(record->purpose())));
}

sheet slot_sheet(const unitee::slot_view& slot) {
  const std::string kind = kind_name(slot.kind());
  sheet out(kind);
  out.put("kind", std::uint64_t{static_cast<std::uint32_t>(slot.kind())}, {},
          fmt::format("{} ({})", static_cast<std::uint32_t>(slot.kind()), kind));
  out.put("kind_name", kind);
  out.put("params", bytes(slot.params().begin(), slot.params().end()));
  if (slot.kind() == unitee::slot_kind::snp_derived_key ||
      slot.kind() == unitee::slot_kind::simulated_snp_derived_key) {
    put_record(out, slot.params());
  }
  if (slot.kind() == unitee::slot_kind::caller_key) out.put("key_id", std::string(text_of(slot.params())));
  return out;
}

}  // namespace

sheet describe_sealed(const unitee::sealed_header& header) {
  const unitee::sealed_geometry geometry = header.geometry();
  sheet out("sealed file, version 1 (nothing here is authentic without a key)", "sealed");
  header.for_each_field([&](auto row, const auto& value) { out.put_field(row, value); });
  out.put("segments", geometry.segments());
  out.put("tag_table_size", geometry.tag_table_size());
  out.put("file_size", geometry.file_size());
  std::vector<sheet> slots;
  for (std::size_t i = 0; i < header.slot_count(); ++i) slots.push_back(slot_sheet(header.slot(i)));
  out.put_list("slots", std::move(slots));
  return out;
}

}  // namespace command::inspection
