// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/attestation_result.hpp: every check of an appraisal with its outcome, and the verdict.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace unitee::inline v0 {

enum class outcome : std::uint8_t {
  met,
  not_met,
  not_asked
};

constexpr const char* name(outcome what) noexcept {
  constexpr const char* names[] = {"met", "not met", "not asked"};
  return names[static_cast<std::size_t>(what)];
}

// check_value is what was found or wanted: a flag, or at most 64 bytes.
class check_value {
 public:
  constexpr check_value() noexcept = default;
  constexpr explicit check_value(byte_view bytes) noexcept : size_(std::min(bytes.size(), bytes_.size())) {
    std::ranges::copy(bytes.first(size_), bytes_.begin());
  }
  constexpr explicit check_value(bool flag) noexcept : size_(1), is_flag_(true) { bytes_[0] = flag ? 1 : 0; }

  // bytes is the value, empty when there is none; of a flag it is one byte, 0 or 1, and flag says which.
  [[nodiscard]] constexpr byte_view bytes() const noexcept { return std::span(bytes_).first(size_); }
  [[nodiscard]] constexpr std::optional<bool> flag() const noexcept {
    if (!is_flag_) return std::nullopt;
    return bytes_[0] != 0;
  }

 private:
  std::array<std::uint8_t, 64> bytes_{};
  std::size_t size_ = 0;
  bool is_flag_ = false;
};

// appraisal_check is one question of a policy.
struct appraisal_check {
  const char* name;  // stable, for JSON: "report_data"
  outcome answer;
  check_value found;
  check_value wanted;   // empty when not asked; the first of several
  std::size_t choices;  // how many values were wanted
};

namespace detail {

// appraiser<Claims> may make an accepted<Claims>. Each vendor's header specialises it for its claims.
template <class Claims>
class appraiser;

}  // namespace detail

// accepted<Claims> is claims that are genuine and that a policy was content with. Only an appraisal makes one.
template <class Claims>
class accepted {
 public:
  constexpr const Claims& operator*() const noexcept { return claims_; }
  constexpr const Claims* operator->() const noexcept { return &claims_; }

 private:
  friend class detail::appraiser<Claims>;
  constexpr explicit accepted(Claims claims) noexcept : claims_(std::move(claims)) {}

  Claims claims_;
};

// attestation_result is the answer to an appraisal (RFC 9334): all checks, whether or not an earlier one was met.
template <class Claims>
class attestation_result {
 public:
  static constexpr std::size_t max_checks = 16;

  [[nodiscard]] constexpr std::span<const appraisal_check> checks() const noexcept {
    return std::span(checks_).first(count_);
  }

  // verdict is the accepted claims, or errc::policy_not_met in part::policy with the index in checks() of the first
  // check that is not met. There is no shorter way to ask.
  [[nodiscard]] constexpr const result<accepted<Claims>>& verdict() const noexcept { return verdict_; }

 private:
  friend class detail::appraiser<Claims>;
  constexpr explicit attestation_result(result<accepted<Claims>> verdict) noexcept : verdict_(std::move(verdict)) {}

  std::array<appraisal_check, max_checks> checks_{};
  std::size_t count_ = 0;
  result<accepted<Claims>> verdict_;
};

}  // namespace unitee::inline v0
