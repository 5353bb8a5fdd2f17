// SPDX-License-Identifier: Apache-2.0

#include "slot_specs.hpp"

#include "transcript_options.hpp"
#include "verify_options.hpp"

#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/recipient_slot.hpp>

#include <algorithm>

namespace command {

namespace {

using unitee::new_slot;

new_slot caller_slot_of(std::string_view spec) {
  constexpr std::string_view id_is = ",id=";
  const std::size_t id_at = spec.rfind(id_is);
  const std::string file(spec.substr(0, id_at));
  const std::string_view id = id_at == spec.npos ? "" : spec.substr(id_at + id_is.size());
  if (id.size() > 64) throw usage_error{"the id of a key has at most 64 bytes"};
  const auto key = key_from_file(file);
  return require(unitee::caller_slot(key, {reinterpret_cast<const std::uint8_t*>(id.data()), id.size()}), file);
}

new_slot public_key_slot_of(std::string_view spec) {
  constexpr std::string_view danger = ",unattested";
  if (!spec.ends_with(danger)) {
    throw usage_error{
        "nothing shows that this key is in a guest: --to EVIDENCE does; or say public-key=PEM,unattested"};
  }
  const std::string file(spec.substr(0, spec.size() - danger.size()));
  const auto spki = public_key_in(file, read_file(file));
  return require(unitee::recipient_slot(require(unitee::sealing_recipient::unattested(spki), file)), file);
}

new_slot machine_slot(std::unique_ptr<machine_source> of) { return require(of->fresh(), of->name()); }

new_slot slot_of(const arguments& given, std::string_view option, const std::string& spec) {
  const std::string_view text = spec;
  if (text == "simulated") return machine_slot(simulated_machine(given, false, true));
  if (text == "simulated-td") return machine_slot(simulated_machine(given, true, true));
  if (text == "guest") return machine_slot(this_machine(given));
  if (text.starts_with("key=")) return caller_slot_of(text.substr(4));
  if (text.starts_with("public-key=")) return public_key_slot_of(text.substr(11));
  throw usage_error{std::string(option) +
                    " is guest, key=FILE[,id=TEXT], public-key=PEM,unattested, simulated or simulated-td, not " + spec};
}

}  // namespace

const std::string_view slot_specs_help =
    R"(SPEC, a way to open the file:
  guest                 by this guest, on this machine: the hardware derives the key (--backend NAME)
  key=FILE[,id=TEXT]    by your key: 32 bytes, or 64 hexadecimal digits; the id is public
  public-key=PEM,unattested
                        by the private half of a key on P-256 or P-384; NOTHING shows that it is in a guest
  simulated             by a simulated SEV-SNP guest (--state, --image); INSECURE, protects nothing
  simulated-td          by a simulated TD; INSECURE likewise

To a guest that you have appraised:
  --to EVIDENCE         by the key for which this report or quote vouches. Say which key, and which guest:
                        --label TEXT --nonce HEX --public-key PEM --measurement HEX, --endorsements PATH,
                        and whatever else `unitee verify` demands, by the same options
)";

std::vector<option> with_recipient_options(std::vector<option> own) {
  own.push_back({"--to", true});
  for (const option& each : verification::accepted_options()) {
    const bool is_output = each.name == "--receipt" || each.name == "--ear";
    if (!is_output && std::ranges::find(own, each.name, &option::name) == own.end()) own.push_back(each);
  }
  return own;
}

void check_recipient_options(const arguments& given) {
  if (given.has("--to")) return;
  for (const option& each : verification::accepted_options()) {
    const bool is_own = each.name == "--json" || each.name == "--help";
    if (!is_own && given.has(each.name)) {
      throw usage_error{std::string(each.name) + " is about the evidence of --to, which is not given"};
    }
  }
}

asked_machines machines_in(const std::vector<std::string>& specs) {
  const auto simulated = [](const std::string& each) { return each == "simulated" || each == "simulated-td"; };
  return {std::ranges::find(specs, "guest") != specs.end(), std::ranges::any_of(specs, simulated)};
}

std::vector<new_slot> new_slots_of(const arguments& given, std::string_view option,
                                   const std::vector<std::string>& specs) {
  std::vector<new_slot> out;
  for (const std::string& each : specs) out.push_back(slot_of(given, option, each));
  if (given.has("--to")) out.push_back(require(unitee::recipient_slot(recipient_of(given)), *given.one("--to")));
  return out;
}

}  // namespace command
