// SPDX-License-Identifier: Apache-2.0

#include "key_sources.hpp"

#include "sealed_words.hpp"

#include <unitee/bytes/hex.hpp>
#include <unitee/crypto/ecdh.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/recipient_key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace command {

namespace {

using unitee::result;
using unitee::secret;
using unitee::slot_kind;
using unitee::slot_view;

class given_key final : public key_source {
 public:
  explicit given_key(const std::string& file) : key_source("--key " + file), key_(key_from_file(file)) {}

  result<secret<32>> slot_key(const slot_view& slot) override { return unitee::caller_key(key_).slot_key(slot); }

 private:
  secret<32> key_;
};

template <class Curve>
class private_key final : public key_source {
 public:
  private_key(const std::string& file, unitee::ecdh_private_key<Curve> key)
      : key_source("--recipient-key " + file), key_(std::move(key)) {}

  result<secret<32>> slot_key(const slot_view& slot) override { return unitee::recipient_key(key_).slot_key(slot); }

 private:
  unitee::ecdh_private_key<Curve> key_;
};

std::unique_ptr<key_source> recipient_from(const std::string& file) {
  std::vector<std::uint8_t> text = read_file(file, 65536);
  auto small = unitee::ecdh_private_key<unitee::p256>::from_pem(text);
  const bool is_large = !small && small.error().code == unitee::errc::unsupported_algorithm;
  auto large = is_large ? unitee::ecdh_private_key<unitee::p384>::from_pem(text)
                        : result<unitee::ecdh_private_key<unitee::p384>>(unitee::errc::unsupported_algorithm);
  unitee::wipe(text);
  if (is_large) return std::make_unique<private_key<unitee::p384>>(file, require(std::move(large), file));
  return std::make_unique<private_key<unitee::p256>>(file, require(std::move(small), file));
}

// no_key_for says which option would offer a key for one of the slots.
std::string no_key_for(const unitee::sealed_header& header, const std::string& file) {
  bool by_key = false;
  bool by_recipient = false;
  for (std::size_t i = 0; i < header.slot_count(); ++i) {
    by_key |= header.slot(i).kind() == slot_kind::caller_key;
    by_recipient |= header.slot(i).kind() == slot_kind::public_key;
  }
  const std::string_view options = by_key && by_recipient ? "give --key or --recipient-key"
                                   : by_key               ? "give --key"
                                   : by_recipient         ? "give --recipient-key"
                                                          : "this command has no key for that";
  return fmt::format("no key is offered for {}, which opens by {}: {}", file, slot_list(header), options);
}

}  // namespace

const std::string_view key_options_help =
    R"(Keys to offer (without any: those of the machines that the file has slots for):
  --key FILE            32 bytes, or 64 hexadecimal digits; repeat for more
  --recipient-key PEM   a private key on P-256 or P-384, for a slot to its public half; repeat for more
  --backend NAME        sev-guest or tdx-guest (default: whichever is there)
  --state DIR           where the simulated machine keeps its keys
  --image FILE          what the simulated guest runs: its measurement follows from the content
)";

std::vector<option> key_options() {
  return {{"--key", true}, {"--recipient-key", true}, {"--backend", true}, {"--state", true}, {"--image", true}};
}

result<secret<32>> offered_keys::slot_key(const slot_view& slot) {
  result<secret<32>> answer = unitee::errc::no_matching_slot;
  each([&](key_source& one) {
    answer = one.slot_key(slot);
    return answer || answer.error().code != unitee::errc::no_matching_slot;
  });
  return answer;
}

std::string offered_keys::names() const {
  std::string out;
  for (const auto& one : sources_) out += (out.empty() ? "" : ", ") + one->name();
  return out;
}

// 32 digits are half a key in hexadecimal, and not 32 bytes.
secret<32> key_from_file(const std::string& path) {
  std::vector<std::uint8_t> bytes = read_file(path, 4096);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  auto key = secret<32>::try_made_by([&](unitee::byte_span out) -> result<void> {
    const bool digits = text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
    if (bytes.size() == out.size() && !digits) {
      std::ranges::copy(bytes, out.begin());
      return {};
    }
    return unitee::hex_decode(text.substr(0, text.find_last_not_of(" \r\n") + 1), out);
  });
  unitee::wipe(bytes);
  if (!key) throw input_error{path, key.error(), "a key is 32 bytes, or 64 hexadecimal digits"};
  return std::move(*key);
}

void check_machine_options(const arguments& given, asked_machines asked) {
  if (!asked.hardware && given.has("--backend")) {
    throw usage_error{"--backend would say nothing: this machine's hardware is not asked for a key"};
  }
  for (const char* each : {"--state", "--image"}) {
    if (!asked.simulated && given.has(each)) {
      throw usage_error{std::string(each) + " would say nothing: no simulated machine is asked for a key"};
    }
  }
}

offered_keys keys_for(const arguments& given, const unitee::sealed_header& header, const std::string& file,
                      bool machine, asked_machines other) {
  offered_keys out;
  for (const std::string& each : given.all("--key")) out.add(std::make_unique<given_key>(each));
  for (const std::string& each : given.all("--recipient-key")) out.add(recipient_from(each));
  const bool asks = out.empty() || machine;
  const auto has = [&](std::initializer_list<slot_kind> kinds) {
    for (std::size_t i = 0; i < header.slot_count(); ++i) {
      if (std::ranges::find(kinds, header.slot(i).kind()) != kinds.end()) return true;
    }
    return false;
  };
  const bool hardware = asks && has({slot_kind::snp_derived_key, slot_kind::tdx_derived_key});
  const bool simulated_snp = asks && has({slot_kind::simulated_snp_derived_key});
  const bool simulated_td = asks && has({slot_kind::simulated_tdx_derived_key});
  if (out.empty() && !hardware && !simulated_snp && !simulated_td) throw usage_error{no_key_for(header, file)};
  check_machine_options(given, {hardware || other.hardware, simulated_snp || simulated_td || other.simulated});

  // Of several machines, one may not be there: that is an error only if no other is.
  std::optional<input_error> absent;
  const auto try_add = [&](auto open) {
    try {
      out.add(open());
    } catch (const input_error& error) {
      if (!absent) absent = error;
    }
  };
  if (hardware) try_add([&] { return this_machine(given); });
  if (simulated_snp) try_add([&] { return simulated_machine(given, false, false); });
  if (simulated_td) try_add([&] { return simulated_machine(given, true, false); });
  if (absent && out.machines().empty()) throw *absent;
  return out;
}

}  // namespace command
