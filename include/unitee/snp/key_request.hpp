// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/key_request.hpp: what a guest asks the firmware to mix into a derived key.
#pragma once

#include <unitee/bytes/bits.hpp>
#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/key_basis.hpp>
#include <unitee/snp/tcb.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::snp {

// guest_field_select says which fields of the guest are mixed into a derived key (ABI MSG_KEY_REQ, GUEST_FIELD_SELECT).
// Only MEASUREMENT is beyond the reach of the host: POLICY and TCB_VERSION are shared by many guests, and IMAGE_ID,
// FAMILY_ID and GUEST_SVN come from an ID block that the host supplies. LAUNCH_MIT_VECTOR is in message version 2 only.
struct guest_field_select {
  std::uint64_t value = 0;

  static constexpr bit_range policy{"policy", 0};
  static constexpr bit_range image_id{"image_id", 1};
  static constexpr bit_range family_id{"family_id", 2};
  static constexpr bit_range measurement{"measurement", 3};
  static constexpr bit_range guest_svn{"guest_svn", 4};
  static constexpr bit_range tcb_version{"tcb_version", 5};
  static constexpr bit_range launch_mit_vector{"launch_mit_vector", 6};
  static constexpr bit_range reserved_zero{"reserved_7", 7, 57};

  static constexpr std::array fields{policy,    image_id,    family_id,        measurement,
                                     guest_svn, tcb_version, launch_mit_vector};

  [[nodiscard]] constexpr bool has(const bit_range& bit) const noexcept { return bit.of(value) != 0; }
  friend constexpr bool operator==(const guest_field_select&, const guest_field_select&) = default;
};

// root_key says which secret a key is derived from (ROOT_KEY_SELECT bit 0): the endorsement key of the chip or of the
// provider, or the VM root key, which goes along when the guest migrates.
enum class root_key : std::uint32_t {
  vek = 0,
  vmrk = 1
};

// key_selection is KEY_SEL (ROOT_KEY_SELECT bits 2:1): which endorsement key root_key::vek means. By default firmware
// takes the VLEK when the host has loaded one, else the VCEK. Firmware before ABI 1.55 denies the other two.
enum class key_selection : std::uint32_t {
  firmware_default = 0,
  vcek = 1,
  vlek = 2
};

// key_request is MSG_KEY_REQ as a value: 32 bytes, or 40 in message version 2. It is made by one of the named functions
// below, so that a key which the host could have derived for another guest is not asked for by accident, and not at a
// stranger's wish either.
class key_request {
 public:
  using basis = key_basis;
  using floor = key_floor;
  static constexpr std::uint8_t vendor = 1;
  static constexpr std::size_t size = 32;
  static constexpr std::size_t size_v2 = 40;
  static constexpr std::size_t size_max = size_v2;

  // bound_to_measurement asks for a key that only a guest with the same MEASUREMENT, POLICY, VMPL and TCB_VERSION on
  // the same chip gets; where the host has loaded a VLEK, on any chip of the provider with that VLEK. `tcb` is the
  // COMMITTED_TCB of a fresh report, or the recorded value when an old key is wanted back.
  static constexpr key_request bound_to_measurement(const tcb_version& tcb, std::uint32_t vmpl) noexcept {
    constexpr guest_field_select fields{guest_field_select::measurement.mask() | guest_field_select::policy.mask() |
                                        guest_field_select::tcb_version.mask()};
    return key_request(fields, vmpl, 0, tcb);
  }

  // shared_by_every_guest_the_host_allows is a request with any fields at all. Without MEASUREMENT the host can start
  // another guest that gets the same key: say why that is acceptable where you call it.
  static constexpr key_request shared_by_every_guest_the_host_allows(guest_field_select fields, std::uint32_t vmpl,
                                                                     std::uint32_t guest_svn,
                                                                     const tcb_version& tcb) noexcept {
    return key_request(fields, vmpl, guest_svn, tcb);
  }

  // with_key_selection derives from an endorsement key and says which: vcek binds to the chip for certain, vlek to the
  // provider.
  [[nodiscard]] constexpr key_request with_key_selection(key_selection which) const noexcept {
    key_request out = *this;
    out.root_ = root_key::vek;
    out.key_sel_ = which;
    return out;
  }

  // with_migration_root derives from the VM root key instead, which a migration agent of the host's choice hands to the
  // guest's copies: the request is under-bound. Firmware denies it (status 0x27) to a guest without such an agent.
  [[nodiscard]] constexpr key_request with_migration_root() const noexcept {
    key_request out = *this;
    out.root_ = root_key::vmrk;
    out.key_sel_ = key_selection::firmware_default;
    return out;
  }

  // with_launch_mit_vector also mixes in the mitigations at launch, as a report of version 5 has them. Such a request
  // needs message version 2 (firmware 1.58), which no kernel interface carries today: it can be written down, and every
  // backend answers it with errc::unsupported_version at offset 32 of part::key_request.
  [[nodiscard]] constexpr key_request with_launch_mit_vector(std::uint64_t mitigations) const noexcept {
    key_request out = *this;
    out.fields_.value |= guest_field_select::launch_mit_vector.mask();
    out.launch_mit_vector_ = mitigations;
    return out;
  }
  [[nodiscard]] constexpr bool needs_version_2() const noexcept {
    return fields_.has(guest_field_select::launch_mit_vector);
  }

  // moved_to is the request for what is bound to the same, at the versions of the basis.
  [[nodiscard]] constexpr key_request moved_to(const key_basis& now) const noexcept {
    key_request out = *this;
    out.tcb_ = now.committed_tcb;
    if (fields_.has(guest_field_select::guest_svn)) out.guest_svn_ = now.guest_svn;
    return out;
  }

  // parse reads a request that may come from anywhere, such as the header of a sealed file. One that check_binding
  // refuses is that failure: whoever wrote it could have the key, too. Else the failures are those of
  // parse_any_binding.
  static constexpr result<key_request> parse(byte_view bytes) noexcept {
    const auto any = parse_any_binding(bytes);
    if (!any) return any;
    if (const auto bound = any->check_binding(); !bound) return bound.error();
    return any;
  }

  // parse_any_binding reads a request to look at it: 40 bytes when LAUNCH_MIT_VECTOR is selected, else 32. Less or more
  // is errc::truncated at the end or errc::trailing_data at 32 or 40. It refuses what firmware refuses: a reserved bit
  // that is not zero is errc::reserved_not_zero at its field; a KEY_SEL that is undefined or stands beside the VM root
  // key, and a VMPL above 3, are errc::bad_value. All are in part::key_request.
  static constexpr result<key_request> parse_any_binding(byte_view bytes) noexcept {
    const auto fail = [](errc code, std::size_t at) { return failure{code, at, part::key_request}; };
    if (bytes.size() < size) return fail(errc::truncated, bytes.size());
    if (const auto clean = row::all::check(bytes, part::key_request); !clean) return clean.error();
    const std::uint32_t root = row::root_key_select::read(bytes);
    if (root > 7) return fail(errc::reserved_not_zero, row::root_key_select::offset);
    if (root == 3 || root > 4) return fail(errc::bad_value, row::root_key_select::offset);
    key_request out(guest_field_select{row::guest_field_select::read(bytes)}, row::vmpl::read(bytes),
                    row::guest_svn::read(bytes), row::tcb_version::read(bytes));
    out.root_ = static_cast<root_key>(root & 1);
    out.key_sel_ = static_cast<key_selection>(root >> 1);
    if (out.fields_.has(guest_field_select::reserved_zero)) {
      return fail(errc::reserved_not_zero, row::guest_field_select::offset);
    }
    if (out.vmpl_ > 3) return fail(errc::bad_value, row::vmpl::offset);
    if (bytes.size() < out.encoded_size()) return fail(errc::truncated, bytes.size());
    if (bytes.size() > out.encoded_size()) return fail(errc::trailing_data, out.encoded_size());
    if (out.needs_version_2()) out.launch_mit_vector_ = load_le<std::uint64_t>(bytes.subspan<size, 8>());
    return out;
  }

  // check_binding is errc::weak_binding in part::key_request for a request that another guest of the host's making
  // could repeat: at ROOT_KEY_SELECT under the VM root key, at GUEST_FIELD_SELECT without MEASUREMENT or POLICY, or
  // without TCB_VERSION, which keeps the key from firmware with holes that were closed since.
  [[nodiscard]] constexpr result<void> check_binding() const noexcept {
    if (root_ != root_key::vek) return failure{errc::weak_binding, row::root_key_select::offset, part::key_request};
    const bool bound = fields_.has(guest_field_select::measurement) && fields_.has(guest_field_select::policy) &&
                       fields_.has(guest_field_select::tcb_version);
    if (!bound) {
      return failure{errc::weak_binding, row::guest_field_select::offset, part::key_request};
    }
    return {};
  }
  [[nodiscard]] constexpr bool is_under_bound() const noexcept { return !check_binding().has_value(); }

  // check_level is errc::weak_binding at VMPL in part::key_request for a request for another VMPL than that of the
  // guest that is asked to repeat it: software at a lower privilege in the same guest could have the key, too.
  [[nodiscard]] constexpr result<void> check_level(const key_basis& own) const noexcept {
    if (vmpl_ != own.vmpl) return failure{errc::weak_binding, row::vmpl::offset, part::key_request};
    return {};
  }

  // first_below is where in the encoded request the first component stands that is below the floor. A value that is not
  // mixed in counts as zero: it proves nothing.
  [[nodiscard]] constexpr std::optional<std::size_t> first_below(const key_floor& least) const noexcept {
    const bool tcb_counts = fields_.has(guest_field_select::tcb_version);
    for (std::size_t i = 0; i < tcb_.size(); ++i) {
      if ((tcb_counts ? tcb_.value[i] : 0) < least.tcb.value[i]) return row::tcb_version::offset + i;
    }
    if ((fields_.has(guest_field_select::guest_svn) ? guest_svn_ : 0) < least.guest_svn) return row::guest_svn::offset;
    return std::nullopt;
  }

  // encode is the request as the kernel takes it, in message version 1. Where needs_version_2, it is not the whole
  // request, and firmware denies it.
  [[nodiscard]] constexpr std::array<std::uint8_t, size> encode() const noexcept {
    std::array<std::uint8_t, size> out{};
    const auto selection = static_cast<std::uint32_t>(key_sel_) << 1;
    row::root_key_select::write(out, static_cast<std::uint32_t>(root_) | selection);
    row::guest_field_select::write(out, fields_.value);
    row::vmpl::write(out, vmpl_);
    row::guest_svn::write(out, guest_svn_);
    row::tcb_version::write(out, tcb_);
    return out;
  }

  // encode_v2 is the request in message version 2.
  [[nodiscard]] constexpr std::array<std::uint8_t, size_v2> encode_v2() const noexcept {
    std::array<std::uint8_t, size_v2> out{};
    writer(out).bytes(encode()).le(launch_mit_vector_);
    return out;
  }

  // encoded_size and write_to are how a key record holds the request: in the lowest version that can say it.
  [[nodiscard]] constexpr std::size_t encoded_size() const noexcept { return needs_version_2() ? size_v2 : size; }
  constexpr void write_to(writer& out) const noexcept {
    out.bytes(encode());
    if (needs_version_2()) out.le(launch_mit_vector_);
  }

  [[nodiscard]] constexpr root_key root() const noexcept { return root_; }
  [[nodiscard]] constexpr key_selection key_sel() const noexcept { return key_sel_; }
  [[nodiscard]] constexpr guest_field_select fields() const noexcept { return fields_; }
  [[nodiscard]] constexpr std::uint32_t vmpl() const noexcept { return vmpl_; }
  [[nodiscard]] constexpr std::uint32_t guest_svn() const noexcept { return guest_svn_; }
  [[nodiscard]] constexpr snp::tcb_version tcb_version() const noexcept { return tcb_; }

  // launch_mit_vector is 0 unless needs_version_2.
  [[nodiscard]] constexpr std::uint64_t launch_mit_vector() const noexcept { return launch_mit_vector_; }

  friend constexpr bool operator==(const key_request&, const key_request&) = default;

 private:
  struct row {
    using root_key_select = layout::le<"root_key_select", 0, std::uint32_t>;
    using guest_field_select = layout::le<"guest_field_select", 8, std::uint64_t>;
    using vmpl = layout::le<"vmpl", 16, std::uint32_t>;
    using guest_svn = layout::le<"guest_svn", 20, std::uint32_t>;
    using tcb_version = layout::raw<"tcb_version", 24, 8, tcb_version_tag>;
    using all =
        layout::table<size, root_key_select, layout::zero<4, 4>, guest_field_select, vmpl, guest_svn, tcb_version>;
  };

  constexpr key_request(guest_field_select fields, std::uint32_t vmpl, std::uint32_t guest_svn,
                        const snp::tcb_version& tcb) noexcept
      : fields_(fields), vmpl_(vmpl), guest_svn_(guest_svn), tcb_(tcb) {}

  root_key root_ = root_key::vek;
  key_selection key_sel_ = key_selection::firmware_default;
  guest_field_select fields_;
  std::uint32_t vmpl_;
  std::uint32_t guest_svn_;
  snp::tcb_version tcb_;
  std::uint64_t launch_mit_vector_ = 0;
};

}  // namespace unitee::inline v0::snp
