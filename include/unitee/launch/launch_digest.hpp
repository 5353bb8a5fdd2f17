// SPDX-License-Identifier: Apache-2.0
//
// unitee/launch/launch_digest.hpp: the running digest of a guest's launch, which ends as MEASUREMENT.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/repeated_hash.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace unitee::inline v0::snp {

// page_info_row has one type for each row of the vendor's table (ABI, SNP_LAUNCH_UPDATE, PAGE_INFO).
namespace page_info_row {
using digest_cur = layout::raw<"digest_cur", 0x00, 48, measurement_tag>;
using contents = layout::raw<"contents", 0x30, 48, sha384_tag>;
using length = layout::le<"length", 0x60, std::uint16_t>;
using page_type = layout::le<"page_type", 0x62, std::uint8_t>;
using imi_page = layout::le<"imi_page", 0x63, std::uint8_t>;
using vmpl3_perms = layout::le<"vmpl3_perms", 0x64, std::uint8_t>;
using vmpl2_perms = layout::le<"vmpl2_perms", 0x65, std::uint8_t>;
using vmpl1_perms = layout::le<"vmpl1_perms", 0x66, std::uint8_t>;
using gpa = layout::le<"gpa", 0x68, std::uint64_t>;

using all = layout::table<0x70, digest_cur, contents, length, page_type, imi_page, vmpl3_perms, vmpl2_perms,
                          vmpl1_perms, layout::zero<0x67, 1>, gpa>;
}  // namespace page_info_row

// page_type is PAGE_TYPE of SNP_LAUNCH_UPDATE. Only the contents of normal pages and of VMSAs are measured.
enum class page_type : std::uint8_t {
  normal = 1,
  vmsa = 2,
  zero = 3,
  unmeasured = 4,
  secrets = 5,
  cpuid = 6
};

inline constexpr std::size_t page_size = 4096;

// vmsa_gpa stands as the address of every VMSA.
inline constexpr std::uint64_t vmsa_gpa = 0xFFFF'FFFF'F000;

// launch_digest is LD: it starts as 48 zero bytes, and takes in one PAGE_INFO for each page, in the order of the
// launch. No page is an initial migration image, and none has permissions for VMPL 1 to 3. An address that is not that
// of a page is errc::bad_value, bytes that are not whole pages are errc::bad_length at the end of the last whole one,
// both in part::input; after a failure the digest is that of the pages before it.
class launch_digest {
 public:
  using page_view = std::span<const std::uint8_t, page_size>;

  // create begins at `from`: the digest of the pages that came before, or of none.
  [[nodiscard]] static result<launch_digest> create(const measurement& from = {}) noexcept {
    auto hash = repeated_hash<sha384_digest>::create();
    if (!hash) return hash.error();
    return launch_digest(std::move(*hash), from);
  }

  // normal adds whole pages with rising addresses from `gpa` on.
  result<void> normal(std::uint64_t gpa, byte_view pages) noexcept {
    if (pages.size() % page_size != 0) {
      return failure{errc::bad_length, pages.size() / page_size * page_size};
    }
    for (std::size_t at = 0; at < pages.size(); at += page_size) {
      const auto contents = hash_.of(pages.subspan(at, page_size));
      if (!contents) return contents.error();
      if (const auto done = add(page_type::normal, gpa + at, *contents); !done) return done;
    }
    return {};
  }

  // vmsa adds the same VMSA for each of `count` virtual processors.
  result<void> vmsa(page_view page, std::size_t count = 1) noexcept {
    const auto contents = hash_.of(page);
    if (!contents) return contents.error();
    for (std::size_t i = 0; i < count; ++i) {
      if (const auto done = add(page_type::vmsa, vmsa_gpa, *contents); !done) return done;
    }
    return {};
  }

  // zero and unmeasured add `count` pages with rising addresses from `gpa` on, secrets and cpuid one page each.
  result<void> zero(std::uint64_t gpa, std::size_t count = 1) noexcept { return empty(page_type::zero, gpa, count); }
  result<void> unmeasured(std::uint64_t gpa, std::size_t count = 1) noexcept {
    return empty(page_type::unmeasured, gpa, count);
  }
  result<void> secrets(std::uint64_t gpa) noexcept { return empty(page_type::secrets, gpa, 1); }
  result<void> cpuid(std::uint64_t gpa) noexcept { return empty(page_type::cpuid, gpa, 1); }

  // value is LD so far; after the last page it is MEASUREMENT.
  [[nodiscard]] const measurement& value() const noexcept { return value_; }

 private:
  launch_digest(repeated_hash<sha384_digest> hash, const measurement& from) noexcept
      : hash_(std::move(hash)), value_(from) {}

  result<void> empty(page_type type, std::uint64_t gpa, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      if (const auto done = add(type, gpa + i * page_size, {}); !done) return done;
    }
    return {};
  }

  result<void> add(page_type type, std::uint64_t gpa, const sha384_digest& contents) noexcept {
    namespace row = page_info_row;
    if (gpa % page_size != 0) return errc::bad_value;
    std::array<std::uint8_t, row::all::size> info{};
    row::digest_cur::write(info, value_);
    row::contents::write(info, contents);
    row::length::write(info, row::all::size);
    row::page_type::write(info, static_cast<std::uint8_t>(type));
    row::gpa::write(info, gpa);
    const auto next = hash_.of(info);
    if (!next) return next.error();
    value_.value = next->value;
    return {};
  }

  repeated_hash<sha384_digest> hash_;
  measurement value_;
};

}  // namespace unitee::inline v0::snp
