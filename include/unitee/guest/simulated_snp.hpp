// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_snp.hpp: a SEV-SNP guest on a simulated platform. INSECURE.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/hkdf.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/guest/simulated_platform.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/launch/make_id_block.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/id_block.hpp>
#include <unitee/snp/key_basis.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace unitee::inline v0::guest {

// simulated_launch is what a host decides when it starts a guest, and what the guest's image decides: the measurement
// is that of guest/simulated_image.hpp, or any other. When the owner's ID block and ID authentication structure are
// given, the guest takes family, image, GUEST_SVN and the digests of the keys from them. Both are needed during launch
// alone.
struct simulated_launch {
  snp::measurement measurement{};
  std::uint32_t report_version = 5;  // 2, 3 or 5
  snp::guest_policy policy{snp::guest_policy::smt.mask() | snp::guest_policy::reserved_one.mask()};
  std::uint32_t vmpl = 0;
  std::uint32_t guest_svn = 0;
  snp::family_id family_id{};
  snp::image_id image_id{};
  snp::host_data host_data{};
  snp::key_digest id_key_digest{};
  std::optional<snp::key_digest> author_key_digest{};  // AUTHOR_KEY_EN is set when there is one
  byte_view id_block{};
  byte_view id_auth{};
};

// firmware_status is what SEV firmware answers to a request that it does not grant (ABI, status codes).
enum class firmware_status : std::uint32_t {
  not_allowed_by_policy = 0x07,
  bad_signature = 0x0A,
  bad_measurement = 0x0B,
  invalid_parameter = 0x16,
  invalid_key = 0x27
};

// insecure_simulated_snp is a guest whose firmware is this class. Its reports are real in every byte of format, and its
// derived keys follow the firmware's rules; the platform's root is all that tells it from hardware, and nothing
// protects its keys. The platform must outlive it.
class insecure_simulated_snp {
 public:
  // is_simulated marks what this guest's keys seal, for everyone to see.
  static constexpr bool is_simulated = true;
  using key_request = snp::key_request;

  // launch starts a guest: it draws the REPORT_ID. A version that no report has is errc::unsupported_version. An ID
  // block is checked as firmware checks it: errc::launch_denied in part::launch with status 0x0A for a signature or key
  // that is not good, 0x0B for another measurement, 0x07 for another policy. A structure that does not parse, or is
  // there without the other, is the failure of its parse.
  static result<insecure_simulated_snp> launch(const insecure_simulated_platform& on,
                                               const simulated_launch& with) noexcept {
    if (with.report_version != 2 && with.report_version != 3 && with.report_version != 5)
      return errc::unsupported_version;
    const auto launched = with_id_block(with);
    if (!launched) return launched.error();
    snp::report_id id;
    if (const auto done = random_bytes(id.value); !done) return done.error();
    return insecure_simulated_snp(on, *launched, id);
  }

  // attest is a fresh report with these 64 bytes in it, signed by the platform's VCEK.
  [[nodiscard]] result<snp::report> attest(const snp::report_data& data) const noexcept {
    namespace row = snp::row;
    std::array<std::uint8_t, snp::report::size> out{};
    write_identity(out);
    write_platform(out);
    row::report_data::write(out, data);
    const auto rs = platform_->get().vcek_key.sign_p384(byte_view(out).first(snp::report::signed_size));
    if (!rs) return rs.error();
    snp::signature_number number;  // little-endian, where rs is big-endian
    unitee::detail::copy_reversed(byte_view(rs->value).first<48>(), number.value);
    row::signature_r::write(out, number);
    unitee::detail::copy_reversed(byte_view(rs->value).last<48>(), number.value);
    row::signature_s::write(out, number);
    return snp::report::parse(out);
  }

  // derive_key answers MSG_KEY_REQ as firmware does: the key depends on the chip secret, the selected fields of this
  // guest, the VMPL always, and the GUEST_SVN and TCB_VERSION of the request where selected. A VMPL below the guest's
  // own, and a selected GUEST_SVN or TCB_VERSION above what was launched or committed, are errc::key_denied with status
  // 0x16; the VM root key, which needs a migration agent, and the VLEK, which is not loaded, are errc::key_denied with
  // status 0x27. A request that needs message version 2 is errc::unsupported_version at offset 32 of part::key_request.
  [[nodiscard]] result<secret<32>> derive_key(const snp::key_request& request) const noexcept {
    using select = snp::guest_field_select;
    const insecure_simulated_platform::state& chip = platform_->get();
    const snp::guest_field_select fields = request.fields();
    if (request.needs_version_2()) {
      return failure{errc::unsupported_version, snp::key_request::size, part::key_request};
    }
    if (request.root() != snp::root_key::vek || request.key_sel() == snp::key_selection::vlek) {
      return denied(firmware_status::invalid_key);
    }
    const bool newer_guest = fields.has(select::guest_svn) && request.guest_svn() > launch_.guest_svn;
    const bool newer_tcb = fields.has(select::tcb_version) && !at_least(chip.tcb, request.tcb_version());
    if (fields.has(select::reserved_zero) || request.vmpl() < launch_.vmpl || request.vmpl() > 3 || newer_guest ||
        newer_tcb) {
      return denied(firmware_status::invalid_parameter);
    }
    std::array<std::uint8_t, 256> mixed{};
    writer info(mixed);
    info.le(fields.value).le(request.vmpl());
    if (fields.has(select::policy)) info.le(launch_.policy.value);
    if (fields.has(select::image_id)) info.bytes(launch_.image_id.value);
    if (fields.has(select::family_id)) info.bytes(launch_.family_id.value);
    if (fields.has(select::measurement)) info.bytes(launch_.measurement.value);
    if (fields.has(select::guest_svn)) info.le(request.guest_svn());
    if (fields.has(select::tcb_version)) info.bytes(request.tcb_version().value);
    const auto bytes = info.written();
    if (!bytes) return bytes.error();
    constexpr std::string_view label = "unitee simulated SEV-SNP firmware";
    return hkdf_sha256<32>(chip.chip_secret, {reinterpret_cast<const std::uint8_t*>(label.data()), label.size()},
                           *bytes);
  }

  // certificate_table is what the host hands out beside a report.
  [[nodiscard]] result<std::vector<std::uint8_t>> certificate_table() const { return platform_->certificate_table(); }

  // key_basis is what a new key is bound to: the same as snp::key_basis::of a fresh report.
  [[nodiscard]] result<snp::key_basis> key_basis() const noexcept {
    return snp::key_basis{platform_->get().tcb, launch_.vmpl, launch_.guest_svn};
  }

  // committed_tcb is the same as COMMITTED_TCB of a report.
  [[nodiscard]] const snp::tcb_version& committed_tcb() const noexcept { return platform_->get().tcb; }
  [[nodiscard]] std::uint32_t vmpl() const noexcept { return launch_.vmpl; }

 private:
  insecure_simulated_snp(const insecure_simulated_platform& on, const simulated_launch& with,
                         const snp::report_id& id) noexcept
      : platform_(&on), launch_(with), report_id_(id) {}

  // with_id_block is SNP_LAUNCH_FINISH: the launch with what its ID block says, after all checks.
  static result<simulated_launch> with_id_block(simulated_launch with) noexcept {
    if (with.id_block.empty() && with.id_auth.empty()) return with;
    const auto block = snp::id_block::parse(with.id_block);
    if (!block) return block.error();
    const auto auth = snp::id_auth::parse(with.id_auth);
    if (!auth) return failure{auth.error().code, auth.error().offset, part::id_auth};
    const auto keys = snp::verify_id_auth(*block, *auth);
    if (!keys && keys.error().code == errc::crypto_error) return keys.error();
    if (!keys) return not_launched(firmware_status::bad_signature);
    if (block->ld() != with.measurement) return not_launched(firmware_status::bad_measurement);
    if (block->policy() != with.policy) return not_launched(firmware_status::not_allowed_by_policy);
    with.family_id = block->family_id();
    with.image_id = block->image_id();
    with.guest_svn = block->guest_svn();
    with.id_key_digest = keys->id;
    with.author_key_digest = keys->author;
    with.id_block = with.id_auth = {};
    return with;
  }

  static failure not_launched(firmware_status status) noexcept {
    return {errc::launch_denied, static_cast<std::uint32_t>(status), part::launch};
  }

  static failure denied(firmware_status status) noexcept {
    return {errc::key_denied, static_cast<std::uint32_t>(status), part::key_request};
  }

  void write_identity(byte_span out) const noexcept {
    namespace row = snp::row;
    snp::report_id none;
    none.value.fill(0xFF);
    row::version::write(out, launch_.report_version);
    row::guest_svn::write(out, launch_.guest_svn);
    row::policy::write(out, launch_.policy.value);
    row::family_id::write(out, launch_.family_id);
    row::image_id::write(out, launch_.image_id);
    row::vmpl::write(out, launch_.vmpl);
    row::signature_algo::write(out, 1);
    row::measurement::write(out, launch_.measurement);
    row::host_data::write(out, launch_.host_data);
    row::id_key_digest::write(out, launch_.id_key_digest);
    if (launch_.author_key_digest) {
      row::key_info::write(out, static_cast<std::uint32_t>(snp::key_info::author_key_en.mask()));
      row::author_key_digest::write(out, *launch_.author_key_digest);
    }
    row::report_id::write(out, report_id_);
    row::report_id_ma::write(out, none);
  }

  void write_platform(byte_span out) const noexcept {
    namespace row = snp::row;
    const insecure_simulated_platform::state& chip = platform_->get();
    row::current_tcb::write(out, chip.tcb);
    row::reported_tcb::write(out, chip.tcb);
    row::committed_tcb::write(out, chip.tcb);
    row::launch_tcb::write(out, chip.tcb);
    row::platform_info::write(out, snp::platform_info::smt_en.mask() | snp::platform_info::ecc_en.mask() |
                                       snp::platform_info::alias_check_complete.mask());
    row::chip_id::write(out, chip.chip_id);
    for (const auto write : {row::current_major::write, row::committed_major::write}) write(out, 1);
    for (const auto write : {row::current_minor::write, row::committed_minor::write}) write(out, 58);
    for (const auto write : {row::current_build::write, row::committed_build::write}) write(out, 1);
    if (launch_.report_version == 2) return;
    constexpr snp::cpuid processors[] = {{0x19, 0x01, 1}, {0x19, 0x11, 1}, {0x1A, 0x02, 1}};
    const snp::cpuid& id = processors[static_cast<std::size_t>(chip.product)];
    row::cpuid_fam_id::write(out, id.family);
    row::cpuid_mod_id::write(out, id.model);
    row::cpuid_step::write(out, id.stepping);
  }

  const insecure_simulated_platform* platform_;
  simulated_launch launch_;
  snp::report_id report_id_;
};

static_assert(snp_attester<const insecure_simulated_snp> && hardware_key_source<const insecure_simulated_snp>);

}  // namespace unitee::inline v0::guest
