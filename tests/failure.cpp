// SPDX-License-Identifier: Apache-2.0
#include <unitee/failure.hpp>

#include "support/catch.hpp"

#include <set>
#include <string>
#include <type_traits>

namespace test_failure {

using unitee::class_of;
using unitee::errc;
using unitee::failure;
using unitee::failure_class;
using unitee::part;

static_assert(sizeof(failure) <= 24);
static_assert(std::is_trivially_copyable_v<failure>);
static_assert(failure{errc::truncated}.offset == 0 && failure{errc::truncated}.in == part::input);
static_assert(failure{errc::truncated, 1, part::quote} != failure{errc::truncated, 2, part::quote});
static_assert(failure{errc::truncated, 1, part::quote} != failure{errc::truncated, 1, part::report});

namespace {

struct kind {
  errc code;
  const char* spelling;
  failure_class group;
};

#define UNITEE_KIND(code, group) \
  kind { errc::code, #code, failure_class::group }

constexpr kind kinds[] = {
    UNITEE_KIND(truncated, malformed),
    UNITEE_KIND(trailing_data, malformed),
    UNITEE_KIND(reserved_not_zero, malformed),
    UNITEE_KIND(bad_length, malformed),
    UNITEE_KIND(bad_value, malformed),
    UNITEE_KIND(bad_encoding, malformed),
    UNITEE_KIND(duplicate, malformed),
    UNITEE_KIND(unrecognized, malformed),
    UNITEE_KIND(unsupported_version, unsupported),
    UNITEE_KIND(unsupported_algorithm, unsupported),
    UNITEE_KIND(unsupported_product, unsupported),
    UNITEE_KIND(unsupported_format, unsupported),
    UNITEE_KIND(missing, refused),
    UNITEE_KIND(signature_invalid, refused),
    UNITEE_KIND(untrusted_root, refused),
    UNITEE_KIND(issuer_mismatch, refused),
    UNITEE_KIND(certificate_unfit, refused),
    UNITEE_KIND(extension_missing, refused),
    UNITEE_KIND(name_mismatch, refused),
    UNITEE_KIND(expired, refused),
    UNITEE_KIND(not_yet_valid, refused),
    UNITEE_KIND(revoked, refused),
    UNITEE_KIND(signer_mismatch, refused),
    UNITEE_KIND(product_mismatch, refused),
    UNITEE_KIND(chip_id_mismatch, refused),
    UNITEE_KIND(tcb_mismatch, refused),
    UNITEE_KIND(tcb_order, refused),
    UNITEE_KIND(platform_mismatch, refused),
    UNITEE_KIND(module_mismatch, refused),
    UNITEE_KIND(enclave_mismatch, refused),
    UNITEE_KIND(unsigned_evidence, refused),
    UNITEE_KIND(host_requested, refused),
    UNITEE_KIND(binding_mismatch, refused),
    UNITEE_KIND(policy_not_met, refused),
    UNITEE_KIND(not_authentic, refused),
    UNITEE_KIND(no_matching_slot, refused),
    UNITEE_KIND(weak_binding, refused),
    UNITEE_KIND(below_floor, refused),
    UNITEE_KIND(io_error, unavailable),
    UNITEE_KIND(crypto_error, unavailable),
    UNITEE_KIND(key_denied, unavailable),
    UNITEE_KIND(launch_denied, unavailable),
    UNITEE_KIND(no_space, unavailable),
    UNITEE_KIND(interface_absent, unavailable),
    UNITEE_KIND(provider_mismatch, unavailable),
    UNITEE_KIND(entry_taken, unavailable),
    UNITEE_KIND(raced, unavailable),
    UNITEE_KIND(timed_out, unavailable),
    UNITEE_KIND(host_busy, unavailable),
    UNITEE_KIND(host_error, unavailable),
    UNITEE_KIND(firmware_error, unavailable),
    UNITEE_KIND(no_answer, unavailable),
    UNITEE_KIND(channel_lost, unavailable),
    UNITEE_KIND(certificates_too_large, unavailable),
    UNITEE_KIND(no_quote, unavailable),
    UNITEE_KIND(service_error, unavailable),
    UNITEE_KIND(module_error, unavailable),
    UNITEE_KIND(zero_key, unavailable),
    UNITEE_KIND(no_hardware_key, unavailable),
    UNITEE_KIND(cancelled, unavailable),
    UNITEE_KIND(in_use, unavailable),
};

#undef UNITEE_KIND

}  // namespace

TEST_CASE("every kind of failure is named as it is spelled and belongs to one class", "[failure]") {
  for (const kind& one : kinds) {
    CAPTURE(one.spelling);
    CHECK(unitee::name(one.code) == std::string(one.spelling));
    CHECK(class_of(one.code) == one.group);
  }
}

TEST_CASE("every kind of failure has a description of its own, and no other value has one", "[failure]") {
  std::set<std::string> names, descriptions;
  for (unsigned value = 0; value < 256; ++value) {
    const auto code = static_cast<errc>(value);
    CAPTURE(value);
    if (unitee::name(code) == std::string("unknown")) {
      CHECK(value >= std::size(kinds));
      CHECK(unitee::describe(code) == std::string("unknown failure"));
    } else {
      CHECK(names.insert(unitee::name(code)).second);
      CHECK(descriptions.insert(unitee::describe(code)).second);
    }
  }
  CHECK(names.size() == std::size(kinds));
  CHECK(descriptions.size() == std::size(kinds));
}

}  // namespace test_failure
