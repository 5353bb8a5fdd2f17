// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/key_request.hpp: what a TD asks the TDX module to mix into a seal key.
#pragma once

#include <unitee/bytes/bits.hpp>
#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/key_basis.hpp>
#include <unitee/tdx/rtmr_set.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::tdx {

// key_policy is KEYPOLICY (64 bits): which registers of the TD are mixed into a seal key. Only MRTD is beyond the reach
// of the host: MROWNER, MRCONFIGID and MROWNERCONFIG are what it says when it creates the TD, and the RTMRs are
// extended by whatever firmware it starts.
struct key_policy {
  std::uint64_t value = 0;

  static constexpr bit_range mrtd{"mrtd", 0};
  static constexpr bit_range reserved_1{"reserved_1", 1};
  static constexpr bit_range mrowner{"mrowner", 2};
  static constexpr bit_range mrconfigid{"mrconfigid", 3};
  static constexpr bit_range mrownerconfig{"mrownerconfig", 4};
  static constexpr bit_range reserved_5{"reserved_5", 5, 27};
  static constexpr bit_range rtmr0{"rtmr0", 32};
  static constexpr bit_range rtmr1{"rtmr1", 33};
  static constexpr bit_range rtmr2{"rtmr2", 34};
  static constexpr bit_range rtmr3{"rtmr3", 35};
  static constexpr bit_range rtmr4{"rtmr4", 36};
  static constexpr bit_range reserved_37{"reserved_37", 37, 27};

  static constexpr std::array fields{mrtd, mrowner, mrconfigid, mrownerconfig, rtmr0, rtmr1, rtmr2, rtmr3, rtmr4};

  // of selects these runtime measurements and nothing else.
  static constexpr key_policy of(const rtmr_set& registers) noexcept {
    return {std::uint64_t{registers.bits()} << rtmr0.low};
  }

  [[nodiscard]] constexpr bool has(const bit_range& bits) const noexcept { return bits.of(value) != 0; }
  friend constexpr key_policy operator|(const key_policy& a, const key_policy& b) noexcept {
    return {a.value | b.value};
  }
  friend constexpr bool operator==(const key_policy&, const key_policy&) = default;
};

// key_salt is SALT: chosen by the caller and mixed in.
using key_salt = fixed_bytes<32, struct key_salt_tag>;

// key_request is TDKEYREQUEST, 128 bytes, as a value (TDG.MR.KEY.GET; Sealing Support for Intel TDX, rev 0.7). It is
// made by one of the named functions below, so that a key which the host could have derived for another TD is not asked
// for by accident, and not at a stranger's wish either. The key that it asks for has 256 bits.
class key_request {
 public:
  using basis = key_basis;
  using floor = key_floor;
  static constexpr std::uint8_t vendor = 2;
  static constexpr std::size_t size = 128;
  static constexpr std::size_t size_max = size;

  // policy_attributes and policy_xfam are the masks for what the host decides about a TD: all bits that a module with
  // seal keys is known to take. It refuses a mask with a bit that it has no name for, such as 1 to 3 and 32 to 61 of
  // ATTRIBUTES (Intel's module, TDG.MR.KEY.GET); a TD with such a bit set, it does not start.
  static constexpr std::uint64_t policy_attributes = 0xC0000000F8010071;  // bits 0, 4 to 6, 16, 27 to 31, 62, 63
  static constexpr std::uint64_t policy_xfam = 0x6DBE7;                   // x87 to AMX without ENQCMD

  // bound_to_measurement asks for a key that only a TD with the same MRTD, ATTRIBUTES and XFAM on the same platform
  // gets, from the basis's SVNs on. MRTD covers the firmware: whether also the kernel is bound depends on the firmware
  // (with_policy adds registers).
  static constexpr key_request bound_to_measurement(const key_basis& from) noexcept {
    return key_request({key_policy::mrtd.mask()}, policy_attributes, policy_xfam, from);
  }

  // shared_by_every_guest_the_host_allows is a request with any policy and masks at all. Without MRTD and
  // policy_attributes the host can start another TD that gets the same key: say why that is acceptable where you call
  // it.
  static constexpr key_request shared_by_every_guest_the_host_allows(key_policy policy, std::uint64_t attributes_mask,
                                                                     std::uint64_t xfam_mask,
                                                                     const key_basis& from) noexcept {
    return key_request(policy, attributes_mask, xfam_mask, from);
  }

  // with_policy mixes in more registers, with_salt and with_swkeyname make it another key.
  [[nodiscard]] constexpr key_request with_policy(key_policy more) const noexcept {
    key_request out = *this;
    out.policy_ = policy_ | more;
    return out;
  }
  [[nodiscard]] constexpr key_request with_salt(const key_salt& salt) const noexcept {
    key_request out = *this;
    out.salt_ = salt;
    return out;
  }
  [[nodiscard]] constexpr key_request with_swkeyname(std::uint8_t name) const noexcept {
    key_request out = *this;
    out.swkeyname_ = name;
    return out;
  }

  // moved_to is the request for what is bound to the same, at the versions of the basis. An SVN that the basis does not
  // know, as no TD report tells it, stays.
  [[nodiscard]] constexpr key_request moved_to(const key_basis& now) const noexcept {
    key_request out = *this;
    out.from_.cpusvn = now.cpusvn;
    out.from_.tee_tcb_svn = now.tee_tcb_svn;
    if (now.isvsvn != 0) out.from_.isvsvn = now.isvsvn;
    if (now.mrconfigsvn != 0) out.from_.mrconfigsvn = now.mrconfigsvn;
    if (now.mrownerconfigsvn != 0) out.from_.mrownerconfigsvn = now.mrownerconfigsvn;
    return out;
  }

  // parse reads the bytes of a request that may come from anywhere, such as the header of a sealed file. A request that
  // check_binding refuses is that failure, one for a key of 128 bits errc::unsupported_format at KEYSIZE. Else the
  // failures are those of parse_any_binding.
  static constexpr result<key_request> parse(byte_view bytes) noexcept {
    const auto any = parse_any_binding(bytes);
    if (!any) return any;
    if (any->keysize_ != keysize_256) {
      return failure{errc::unsupported_format, row::keysize::offset, part::key_request};
    }
    if (const auto bound = any->check_binding(); !bound) return bound.error();
    return any;
  }

  // parse_any_binding reads a request to look at it. Other than 128 bytes are errc::truncated or errc::trailing_data; a
  // reserved byte or bit that is not zero is errc::reserved_not_zero, a bit at its field; a KEYNAME other than 0, a
  // KEYSIZE above 1 and a TEE_TCB_SVN of zeros, which the module rejects, are errc::bad_value. All are in
  // part::key_request.
  static constexpr result<key_request> parse_any_binding(byte_view bytes) noexcept {
    const auto fail = [](errc code, std::size_t at) { return failure{code, at, part::key_request}; };
    if (bytes.size() < size) return fail(errc::truncated, bytes.size());
    if (bytes.size() > size) return fail(errc::trailing_data, size);
    if (const auto clean = row::all::check(bytes, part::key_request); !clean) return clean.error();
    if (row::keyname::read(bytes) != 0) return fail(errc::bad_value, row::keyname::offset);
    if (row::keysize::read(bytes) > keysize_256) return fail(errc::bad_value, row::keysize::offset);
    const key_policy policy{row::keypolicy::read(bytes)};
    for (const bit_range& reserved : {key_policy::reserved_1, key_policy::reserved_5, key_policy::reserved_37}) {
      if (policy.has(reserved)) return fail(errc::reserved_not_zero, row::keypolicy::offset);
    }
    if (all_zero(row::tee_tcb_svn::view(bytes))) return fail(errc::bad_value, row::tee_tcb_svn::offset);
    key_request out(policy, row::attributesmask::read(bytes), row::xfammask::read(bytes),
                    {row::cpusvn::read(bytes), row::tee_tcb_svn::read(bytes), row::isvsvn::read(bytes),
                     row::mrconfigsvn::read(bytes), row::mrownerconfigsvn::read(bytes)});
    out.swkeyname_ = row::swkeyname::read(bytes);
    out.keysize_ = row::keysize::read(bytes);
    out.salt_ = row::salt::read(bytes);
    return out;
  }

  // check_binding is errc::weak_binding in part::key_request for a request that another TD of the host's making could
  // repeat: at KEYPOLICY without MRTD, whatever else is selected, and at ATTRIBUTESMASK where it leaves out a bit of
  // policy_attributes, or at XFAMMASK a bit of policy_xfam, since the host could start the same image with that bit as
  // it likes (debug is bit 0 of ATTRIBUTES).
  [[nodiscard]] constexpr result<void> check_binding() const noexcept {
    if (!policy_.has(key_policy::mrtd)) return failure{errc::weak_binding, row::keypolicy::offset, part::key_request};
    if ((attributes_mask_ & policy_attributes) != policy_attributes) {
      return failure{errc::weak_binding, row::attributesmask::offset, part::key_request};
    }
    if ((xfam_mask_ & policy_xfam) != policy_xfam) {
      return failure{errc::weak_binding, row::xfammask::offset, part::key_request};
    }
    return {};
  }
  [[nodiscard]] constexpr bool is_under_bound() const noexcept { return !check_binding().has_value(); }

  // check_level is for other vendors: a TD has one level of privilege.
  [[nodiscard]] static constexpr result<void> check_level(const key_basis&) noexcept { return {}; }

  // first_below is where in the encoded request the first component stands that is below the floor.
  [[nodiscard]] constexpr std::optional<std::size_t> first_below(const key_floor& least) const noexcept {
    for (std::size_t i = 0; i < tcb_svn::size(); ++i) {
      if (from_.tee_tcb_svn.value[i] < least.tee_tcb_svn.value[i]) return row::tee_tcb_svn::offset + i;
    }
    if (from_.isvsvn < least.isvsvn) return row::isvsvn::offset;
    if (from_.mrconfigsvn < least.mrconfigsvn) return row::mrconfigsvn::offset;
    if (from_.mrownerconfigsvn < least.mrownerconfigsvn) return row::mrownerconfigsvn::offset;
    return std::nullopt;
  }

  // encode is the request as the kernel takes it.
  [[nodiscard]] constexpr std::array<std::uint8_t, size> encode() const noexcept {
    std::array<std::uint8_t, size> out{};
    row::swkeyname::write(out, swkeyname_);
    row::keysize::write(out, keysize_);
    row::keypolicy::write(out, policy_.value);
    row::attributesmask::write(out, attributes_mask_);
    row::xfammask::write(out, xfam_mask_);
    row::cpusvn::write(out, from_.cpusvn);
    row::tee_tcb_svn::write(out, from_.tee_tcb_svn);
    row::isvsvn::write(out, from_.isvsvn);
    row::mrconfigsvn::write(out, from_.mrconfigsvn);
    row::mrownerconfigsvn::write(out, from_.mrownerconfigsvn);
    row::salt::write(out, salt_);
    return out;
  }

  // encoded_size and write_to are how a key record holds the request.
  [[nodiscard]] constexpr std::size_t encoded_size() const noexcept { return size; }
  constexpr void write_to(writer& out) const noexcept { out.bytes(encode()); }

  [[nodiscard]] constexpr std::uint8_t swkeyname() const noexcept { return swkeyname_; }
  // key_bits is 256 in every request that is made here; a parsed one may say 128.
  [[nodiscard]] constexpr unsigned key_bits() const noexcept { return keysize_ == keysize_256 ? 256 : 128; }
  [[nodiscard]] constexpr key_policy policy() const noexcept { return policy_; }
  [[nodiscard]] constexpr std::uint64_t attributes_mask() const noexcept { return attributes_mask_; }
  [[nodiscard]] constexpr std::uint64_t xfam_mask() const noexcept { return xfam_mask_; }
  // versions are the SVNs that the key is derived for.
  [[nodiscard]] constexpr const key_basis& versions() const noexcept { return from_; }
  [[nodiscard]] constexpr const key_salt& salt() const noexcept { return salt_; }

  friend constexpr bool operator==(const key_request&, const key_request&) = default;

 private:
  struct row {
    using keyname = layout::le<"keyname", 0, std::uint16_t>;
    using swkeyname = layout::le<"swkeyname", 2, std::uint8_t>;
    using keysize = layout::le<"keysize", 3, std::uint8_t>;
    using keypolicy = layout::le<"keypolicy", 8, std::uint64_t>;
    using attributesmask = layout::le<"attributesmask", 16, std::uint64_t>;
    using xfammask = layout::le<"xfammask", 24, std::uint64_t>;
    using cpusvn = layout::raw<"cpusvn", 32, 16, cpu_svn_tag>;
    using tee_tcb_svn = layout::raw<"tee_tcb_svn", 48, 16, tcb_svn_tag>;
    using isvsvn = layout::le<"isvsvn", 64, std::uint16_t>;
    using mrconfigsvn = layout::le<"mrconfigsvn", 66, std::uint16_t>;
    using mrownerconfigsvn = layout::le<"mrownerconfigsvn", 68, std::uint16_t>;
    using salt = layout::raw<"salt", 70, 32, key_salt_tag>;
    using all =
        layout::table<size, keyname, swkeyname, keysize, layout::zero<4, 4>, keypolicy, attributesmask, xfammask,
                      cpusvn, tee_tcb_svn, isvsvn, mrconfigsvn, mrownerconfigsvn, salt, layout::zero<102, 26>>;
  };

  static constexpr std::uint8_t keysize_256 = 1;

  constexpr key_request(key_policy policy, std::uint64_t attributes_mask, std::uint64_t xfam_mask,
                        const key_basis& from) noexcept
      : policy_(policy), attributes_mask_(attributes_mask), xfam_mask_(xfam_mask), from_(from) {}

  std::uint8_t swkeyname_ = 0;
  std::uint8_t keysize_ = keysize_256;
  key_policy policy_;
  std::uint64_t attributes_mask_;
  std::uint64_t xfam_mask_;
  key_basis from_;
  key_salt salt_{};
};

}  // namespace unitee::inline v0::tdx
