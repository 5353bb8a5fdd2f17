// SPDX-License-Identifier: Apache-2.0
//
// inspect_slot.cpp: what a slot of a sealed file says of itself.

#include "inspect.hpp"
#include "sealed_words.hpp"
#include "slot_changes.hpp"

#include <unitee/kdf/key_record.hpp>
#include <unitee/seal/recipient_params.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/tdx/key_request.hpp>

#include <fmt/format.h>

namespace command::inspection {

namespace {

using unitee::slot_kind;

template <class Fixed>
void put_bytes(sheet& to, std::string name, const Fixed& of) {
  to.put(std::move(name), bytes_of(of.value), {}, hex(of.view()));
}

std::string selection_name(unitee::snp::key_selection which) {
  switch (which) {
    case unitee::snp::key_selection::firmware_default: return "firmware_default";
    case unitee::snp::key_selection::vcek: return "vcek";
    case unitee::snp::key_selection::vlek: return "vlek";
  }
  return "unknown";
}

void put_request(sheet& to, const unitee::snp::key_request& request, const unitee::snp::key_floor& least) {
  const auto fields = request.fields();
  to.put("root_key", request.root() == unitee::snp::root_key::vek ? "vek" : "vmrk");
  to.put("key_sel", selection_name(request.key_sel()));
  to.put("guest_field_select", std::uint64_t{fields.value}, {}, sheet::hexadecimal(fields.value));
  to.put_bits("guest_field_select_bits", fields);
  to.put("vmpl", std::uint64_t{request.vmpl()});
  to.put("guest_svn", std::uint64_t{request.guest_svn()});
  put_bytes(to, "tcb_version", request.tcb_version());
  if (request.needs_version_2()) {
    to.put("launch_mit_vector", request.launch_mit_vector(), {}, sheet::hexadecimal(request.launch_mit_vector()));
  }
  put_bytes(to, "floor_tcb", least.tcb);
  to.put("floor_guest_svn", std::uint64_t{least.guest_svn});
}

void put_request(sheet& to, const unitee::tdx::key_request& request, const unitee::tdx::key_floor& least) {
  const auto put_mask = [&](std::string name, std::uint64_t mask) {
    to.put(std::move(name), mask, {}, sheet::hexadecimal(mask));
  };
  const auto& from = request.versions();
  put_mask("keypolicy", request.policy().value);
  to.put_bits("keypolicy_bits", request.policy());
  put_mask("attributesmask", request.attributes_mask());
  put_mask("xfammask", request.xfam_mask());
  to.put("key_bits", std::uint64_t{request.key_bits()});
  put_bytes(to, "cpusvn", from.cpusvn);
  put_bytes(to, "tee_tcb_svn", from.tee_tcb_svn);
  to.put("isvsvn", std::uint64_t{from.isvsvn});
  to.put("mrconfigsvn", std::uint64_t{from.mrconfigsvn});
  to.put("mrownerconfigsvn", std::uint64_t{from.mrownerconfigsvn});
  put_bytes(to, "salt", request.salt());
  put_bytes(to, "floor_tee_tcb_svn", least.tee_tcb_svn);
  to.put("floor_isvsvn", std::uint64_t{least.isvsvn});
  to.put("floor_mrconfigsvn", std::uint64_t{least.mrconfigsvn});
  to.put("floor_mrownerconfigsvn", std::uint64_t{least.mrownerconfigsvn});
}

// put_record adds what the hardware is asked for to get the slot's key, and what the key is for.
template <class Request>
void put_record(sheet& to, unitee::byte_view params) {
  const auto record = unitee::key_record<Request>::parse_any_binding(params);
  if (!record) return put_error(to, record.error());
  put_request(to, record->request(), record->floor());
  to.put("under_bound", record->request().is_under_bound());
  to.put("purpose", std::string(text_of(record->purpose())));
}

void put_recipient(sheet& to, unitee::byte_view params) {
  const auto parsed = unitee::recipient_params::parse(params);
  if (!parsed) return put_error(to, parsed.error());
  const auto put = [&]<class Curve>(Curve, std::string curve) {
    to.put("curve", std::move(curve));
    put_bytes(to, "ephemeral", parsed->ephemeral<Curve>());
    put_bytes(to, "recipient", parsed->recipient<Curve>());
  };
  if (parsed->curve() == unitee::recipient_curve::nist_p256) return put(unitee::p256{}, "P-256");
  put(unitee::p384{}, "P-384");
}

}  // namespace

sheet describe_slot(const unitee::slot_view& slot) {
  const std::string kind = unitee::name(slot.kind());
  sheet out(kind);
  out.put("kind", std::uint64_t{static_cast<std::uint32_t>(slot.kind())}, {},
          fmt::format("{:#x} ({})", static_cast<std::uint32_t>(slot.kind()), kind));
  out.put("kind_name", kind);
  out.put("params", bytes(slot.params().begin(), slot.params().end()));
  switch (slot.kind()) {
    case slot_kind::snp_derived_key:
    case slot_kind::simulated_snp_derived_key: put_record<unitee::snp::key_request>(out, slot.params()); break;
    case slot_kind::tdx_derived_key:
    case slot_kind::simulated_tdx_derived_key: put_record<unitee::tdx::key_request>(out, slot.params()); break;
    case slot_kind::caller_key: out.put("key_id", std::string(text_of(slot.params()))); break;
    case slot_kind::public_key: put_recipient(out, slot.params()); break;
    case slot_kind::broker_key: break;
  }
  return out;
}

}  // namespace command::inspection

namespace command {

nlohmann::ordered_json json_of_slot(const unitee::slot_view& slot, std::size_t index) {
  nlohmann::ordered_json out{{"slot", index}};
  out.update(nlohmann::ordered_json::parse(inspection::describe_slot(slot).json()));
  out["text"] = slot_text(slot);
  return out;
}

}  // namespace command
