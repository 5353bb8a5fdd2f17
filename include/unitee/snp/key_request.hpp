// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/key_request.hpp: what a guest asks the firmware to mix into a derived key.
#pragma once

#include <unitee/bytes/bits.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/tcb.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::snp {

// guest_field_select says which fields of the guest are mixed into a derived key (ABI MSG_KEY_REQ, GUEST_FIELD_SELECT).
// Only MEASUREMENT is beyond the reach of the host: POLICY and TCB_VERSION are shared by many guests, and IMAGE_ID,
// FAMILY_ID and GUEST_SVN come from an ID block that the host supplies.
struct guest_field_select {
  std::uint64_t value = 0;

  static constexpr bit_range policy{"policy", 0};
  static constexpr bit_range image_id{"image_id", 1};
  static constexpr bit_range family_id{"family_id", 2};
  static constexpr bit_range measurement{"measurement", 3};
  static constexpr bit_range guest_svn{"guest_svn", 4};
  static constexpr bit_range tcb_version{"tcb_version", 5};
  static constexpr bit_range reserved_zero{"reserved_6", 6, 58};

  static constexpr std::array fields{policy, image_id, family_id, measurement, guest_svn, tcb_version};

  [[nodiscard]] constexpr bool has(const bit_range& bit) const noexcept { return bit.of(value) != 0; }
  friend constexpr bool operator==(const guest_field_select&, const guest_field_select&) = default;
};

// root_key says which secret a key is derived from (ROOT_KEY_SELECT bit 0).
enum class root_key : std::uint32_t {
  vek = 0,
  vmrk = 1
};

// key_request is MSG_KEY_REQ, 32 bytes, as a value. It is made by one of the named functions below, so that a key which
// the host could have derived for another guest is not asked for by accident, and not at a stranger's wish either.
class key_request {
 public:
  static constexpr std::size_t size = 32;

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

  // parse reads the 32 bytes of a request that may come from anywhere, such as the header of a sealed file. A request
  // that is not bound to MEASUREMENT and POLICY under the VCEK's or VLEK's root is errc::weak_binding: whoever wrote it
  // could have the key, too. Else the failures are those of parse_any_binding.
  static constexpr result<key_request> parse(std::span<const std::uint8_t, size> bytes) noexcept {
    const auto any = parse_any_binding(bytes);
    if (!any) return any;
    if (any->root_ != root_key::vek)
      return failure{errc::weak_binding, row::root_key_select::offset, part::key_request};
    if (!any->fields_.has(guest_field_select::measurement) || !any->fields_.has(guest_field_select::policy)) {
      return failure{errc::weak_binding, row::guest_field_select::offset, part::key_request};
    }
    return any;
  }

  // parse_any_binding reads a request to look at it. It refuses what firmware refuses: a reserved bit that is not zero
  // is errc::reserved_not_zero at its field, a VMPL above 3 errc::bad_value. A KEY_SEL (ROOT_KEY_SELECT bits 2:1) other
  // than the default is errc::unsupported_format. All are in part::key_request.
  static constexpr result<key_request> parse_any_binding(std::span<const std::uint8_t, size> bytes) noexcept {
    if (const auto clean = row::all::check(bytes, part::key_request); !clean) return clean.error();
    const std::uint32_t root = row::root_key_select::read(bytes);
    if (root > 7) return failure{errc::reserved_not_zero, row::root_key_select::offset, part::key_request};
    if (root > 1) return failure{errc::unsupported_format, row::root_key_select::offset, part::key_request};
    key_request out(guest_field_select{row::guest_field_select::read(bytes)}, row::vmpl::read(bytes),
                    row::guest_svn::read(bytes), row::tcb_version::read(bytes));
    out.root_ = static_cast<root_key>(root);
    if (out.fields_.has(guest_field_select::reserved_zero)) {
      return failure{errc::reserved_not_zero, row::guest_field_select::offset, part::key_request};
    }
    if (out.vmpl_ > 3) return failure{errc::bad_value, row::vmpl::offset, part::key_request};
    return out;
  }

  // encode is the request as the kernel takes it.
  [[nodiscard]] constexpr std::array<std::uint8_t, size> encode() const noexcept {
    std::array<std::uint8_t, size> out{};
    row::root_key_select::write(out, static_cast<std::uint32_t>(root_));
    row::guest_field_select::write(out, fields_.value);
    row::vmpl::write(out, vmpl_);
    row::guest_svn::write(out, guest_svn_);
    row::tcb_version::write(out, tcb_);
    return out;
  }

  [[nodiscard]] constexpr root_key root() const noexcept { return root_; }
  [[nodiscard]] constexpr guest_field_select fields() const noexcept { return fields_; }
  [[nodiscard]] constexpr std::uint32_t vmpl() const noexcept { return vmpl_; }
  [[nodiscard]] constexpr std::uint32_t guest_svn() const noexcept { return guest_svn_; }
  [[nodiscard]] constexpr snp::tcb_version tcb_version() const noexcept { return tcb_; }

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
  guest_field_select fields_;
  std::uint32_t vmpl_;
  std::uint32_t guest_svn_;
  snp::tcb_version tcb_;
};

}  // namespace unitee::inline v0::snp
