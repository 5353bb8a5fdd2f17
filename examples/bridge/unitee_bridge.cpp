// SPDX-License-Identifier: Apache-2.0
//
// unitee_bridge.cpp: the one C++20 source behind unitee_bridge.h.

#include "unitee_bridge.h"

#include "errors.hpp"
#include "policies.hpp"

#include <unitee/guest/attest.hpp>
#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/simulated_snp_guest.hpp>
#include <unitee/json/collateral.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/hardware_slot.hpp>
#include <unitee/seal/sealed_file.hpp>
#include <unitee/this_guest.hpp>
#include <unitee/verifier.hpp>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using namespace bridge;
using unitee::byte_view;
using unitee::result;
using unitee::secret;

struct unitee_guest {
  using simulated = unitee::guest::insecure_simulated_snp_guest;
  // UNITEE_BACKEND may name the simulated guest: both are one type then.
  using either = std::conditional_t<std::is_same_v<unitee::this_guest, simulated>, std::variant<simulated>,
                                    std::variant<unitee::this_guest, simulated>>;

  either backend;
};

struct unitee_file {
  unitee::sealed_file sealed;
};

namespace {

bool is_given(const unitee_view& view) noexcept { return view.data != nullptr || view.size == 0; }

bool are_given(const unitee_view* views, std::size_t count) noexcept {
  if (count == 0) return true;
  return views != nullptr && std::all_of(views, views + count, is_given);
}

byte_view bytes_of(const unitee_view& view) noexcept {
  return {static_cast<const std::uint8_t*>(view.data), view.size};
}

// give copies bytes for the caller.
unitee_error give(byte_view from, unitee_bytes* to) noexcept {
  if (from.empty()) return done;
  auto* const copy = static_cast<std::uint8_t*>(std::malloc(from.size()));
  if (copy == nullptr) return no_memory;
  std::ranges::copy(from, copy);
  *to = {copy, from.size()};
  return done;
}

// give makes a handle for the caller.
template <class Handle, class Held>
unitee_error give(result<Held> made, Handle** to) noexcept {
  if (!made) return failed(made.error());
  *to = new (std::nothrow) Handle{std::move(*made)};
  return *to == nullptr ? no_memory : done;
}

// open_by opens a sealed file by whatever keys the backend has.
template <class Backend>
result<unitee::sealed_file> open_by(Backend& backend, const char* path) {
  if constexpr (unitee::guest::either_attester<Backend>) {
    return backend.visit([&](auto& each) { return open_by(each, path); });
  } else if constexpr (unitee::hardware_key_source<Backend>) {
    return unitee::sealed_file::open(path, unitee::hardware_key(backend));
  } else if constexpr (unitee::tdx::seal_key_backend<Backend>) {
    const auto keys = unitee::tdx::seal_keys::open(backend);
    if (!keys) return keys.error();
    return unitee::sealed_file::open(path, unitee::hardware_key(*keys));
  } else {
    return failure{errc::no_hardware_key, 0, unitee::part::key_request};
  }
}

result<unitee::endorsements> endorsements_of(const unitee_case& given) {
  unitee::endorsements out;
  for (const unitee_view& each : std::span(given.endorsements, given.endorsement_count)) {
    if (const auto added = unitee::add_endorsements(out, bytes_of(each)); !added) return added.error();
  }
  return out;
}

result<unitee::trust_anchors> anchors_of(const unitee_case& given) {
  unitee::trust_anchors out;
  for (const unitee_view& each : std::span(given.trust_anchors, given.trust_anchor_count)) {
    std::vector<unitee::certificate> roots;
    unitee::endorsements read;
    if (const auto added = read.add(bytes_of(each), &roots); !added) return added.error();
    if (roots.empty()) return errc::unrecognized;
    for (const unitee::certificate& root : roots) out.add(root);
  }
  return out;
}

unitee_error judge(const unitee_case& given, const complete_policies& wanted, unitee_claims& says) {
  const auto evidence = unitee::evidence::parse(bytes_of(given.evidence));
  if (!evidence) return failed(evidence.error());
  const auto endorsements = endorsements_of(given);
  if (!endorsements) return failed(endorsements.error());
  const auto anchors = anchors_of(given);
  if (!anchors) return failed(anchors.error());
  const auto genuine = unitee::verify(*evidence, *endorsements, {given.at}, *anchors);
  if (!genuine) return failed(genuine.error());
  const auto answer = unitee::appraise(*genuine, wanted);
  const auto& verdict = answer.verdict();
  if (!verdict) {
    const std::string_view name = answer.checks()[verdict.error().offset].name;
    name.copy(says.unmet, sizeof says.unmet - 1);
    return failed(verdict.error());
  }
  const unitee::claims& claims = **verdict;
  const auto measurement = claims.measurement();
  says.vendor = claims.snp() != nullptr ? UNITEE_AMD_SEV_SNP : UNITEE_INTEL_TDX;
  says.is_pinned = claims.anchor() == unitee::anchor_origin::pinned;
  says.is_debug = claims.debug();
  says.has_measurement = measurement.has_value();
  std::ranges::copy(claims.report_data().value, says.report_data);
  if (measurement) std::ranges::copy(measurement->value, says.measurement);
  return done;
}

}  // namespace

const char* unitee_kind_name(const unitee_error* error) {
  if (error == nullptr) return "ok";
  switch (error->code) {
    case UNITEE_OK: return "ok";
    case UNITEE_BAD_ARGUMENT: return "bad_argument";
    case UNITEE_UNDECIDED: return "undecided";
    case UNITEE_NO_MEMORY: return "no_memory";
    case UNITEE_UNEXPECTED: return "unexpected";
    default: return unitee::name(failure_of(*error).code);
  }
}

const char* unitee_part_name(const unitee_error* error) {
  if (error == nullptr || error->code < UNITEE_MALFORMED || error->code > UNITEE_UNAVAILABLE) return "";
  return unitee::name(failure_of(*error).in);
}

std::size_t unitee_message(const unitee_error* error, char* text, std::size_t size) {
  sentence said;
  (void)guarded([&] {
    say(said, error == nullptr ? done : *error);
    return done;
  });
  if (text != nullptr && size != 0) {
    const std::size_t fits = std::min(said.size(), size - 1);
    std::copy_n(said.data(), fits, text);
    text[fits] = '\0';
  }
  return said.size();
}

void unitee_release(unitee_bytes* bytes) {
  if (bytes == nullptr) return;
  std::free(bytes->data);
  *bytes = {};
}

unitee_error unitee_this_guest(unitee_guest** out) {
  if (out == nullptr) return bad_argument(1);
  *out = nullptr;
  return guarded([&] { return give(unitee::this_guest::open(), out); });
}

unitee_error unitee_insecure_simulated_snp(const char* directory, unitee_view image, unitee_guest** out) {
  if (out == nullptr) return bad_argument(3);
  *out = nullptr;
  if (directory != nullptr && *directory == '\0') return bad_argument(1);  // a name that was forgotten
  if (!is_given(image)) return bad_argument(2);
  return guarded([&] {
    const auto digest = unitee::sha384(bytes_of(image));
    if (!digest) return failed(digest.error());
    const auto measured = unitee::guest::simulated_measurement(*digest);
    if (!measured) return failed(measured.error());
    unitee::guest::simulated_launch launch;
    launch.measurement = *measured;
    return give(unitee_guest::simulated::open(directory == nullptr ? "" : directory, launch), out);
  });
}

unitee_error unitee_insecure_simulated_root(const unitee_guest* guest, unitee_bytes* out) {
  if (out == nullptr) return bad_argument(2);
  *out = {};
  if (guest == nullptr) return bad_argument(1);
  return guarded([&] {
    const auto* const simulated = std::get_if<unitee_guest::simulated>(&guest->backend);
    if (simulated == nullptr) return failed({errc::unsupported_format});
    const auto der = simulated->machine().root().der();
    return der ? give(*der, out) : failed(der.error());
  });
}

void unitee_close_guest(unitee_guest* guest) { delete guest; }

unitee_error unitee_attest(unitee_guest* guest, unitee_view report_data, unitee_bytes* evidence,
                           unitee_bytes* certificates) {
  if (certificates != nullptr) *certificates = {};
  if (evidence == nullptr) return bad_argument(3);
  *evidence = {};
  if (guest == nullptr) return bad_argument(1);
  unitee::report_data data;
  if (!is_given(report_data) || report_data.size != data.value.size()) return bad_argument(2);
  std::ranges::copy(bytes_of(report_data), data.value.begin());
  return guarded([&] {
    const auto made = std::visit([&](auto& backend) { return unitee::guest::attest(backend, data); }, guest->backend);
    if (!made) return failed(made.error());
    unitee_error given = give(made->evidence, evidence);
    if (given.code == UNITEE_OK && certificates != nullptr) given = give(made->certificates, certificates);
    if (given.code != UNITEE_OK) unitee_release(evidence);
    return given;
  });
}

unitee_error unitee_open_with_key(const char* path, unitee_view key, unitee_file** out) {
  if (out == nullptr) return bad_argument(3);
  *out = nullptr;
  if (path == nullptr) return bad_argument(1);
  if (!is_given(key) || key.size != secret<32>::size()) return bad_argument(2);
  return guarded([&] {
    const auto copy = secret<32>::made_by([&](unitee::byte_span to) { std::ranges::copy(bytes_of(key), to.begin()); });
    return give(unitee::sealed_file::open(path, unitee::caller_key(copy)), out);
  });
}

unitee_error unitee_open_in_guest(const char* path, unitee_guest* guest, unitee_file** out) {
  if (out == nullptr) return bad_argument(3);
  *out = nullptr;
  if (path == nullptr) return bad_argument(1);
  if (guest == nullptr) return bad_argument(2);
  return guarded(
      [&] { return give(std::visit([&](auto& each) { return open_by(each, path); }, guest->backend), out); });
}

std::uint64_t unitee_size(const unitee_file* file) { return file == nullptr ? 0 : file->sealed.size(); }

unitee_error unitee_read_at(const unitee_file* file, std::uint64_t offset, void* out, std::size_t size) {
  if (out == nullptr && size != 0) return bad_argument(3);
  const unitee::byte_span to(static_cast<std::uint8_t*>(out), size);
  if (file == nullptr) {
    unitee::wipe(to);
    return bad_argument(1);
  }
  return guarded([&] {
    const auto read = file->sealed.read_at(offset, to);
    return read ? done : failed(read.error());
  });
}

unitee_error unitee_check(const unitee_file* file) {
  if (file == nullptr) return bad_argument(1);
  return guarded([&] {
    const auto checked = file->sealed.check();
    return checked ? done : failed(checked.error());
  });
}

void unitee_close(unitee_file* file) { delete file; }

unitee_error unitee_verify(const unitee_case* given, const unitee_policy* wanted, unitee_claims* out) {
  unitee_claims unread{};
  unitee_claims& says = out == nullptr ? unread : *out;
  says = {};
  if (wanted == nullptr) return bad_argument(2);
  if (const auto open = undecided(wanted->decisions); open != 0) return {UNITEE_UNDECIDED, 0, 0, open};
  if (!is_policy(*wanted)) return bad_argument(2);
  if (given == nullptr || !is_given(given->evidence) || !are_given(given->endorsements, given->endorsement_count) ||
      !are_given(given->trust_anchors, given->trust_anchor_count)) {
    return bad_argument(1);
  }
  return guarded([&] { return judge(*given, policies_of(*wanted), says); });
}
