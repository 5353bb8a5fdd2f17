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
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
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

// check_value is what was found or wanted.
class check_value {
 public:
  enum class kind : std::uint8_t {
    none,
    flag,     // yes or no
    number,   // a count or level
    mask,     // a number whose bits have meanings
    release,  // two or three numbers: major, minor, build
    text,     // at most size_max characters
    bytes,    // at most size_max
  };
  static constexpr std::size_t size_max = 128;

  constexpr check_value() noexcept = default;
  constexpr explicit check_value(byte_view bytes) noexcept : kind_(kind::bytes) { hold(bytes); }
  constexpr explicit check_value(bool flag) noexcept : number_(flag ? 1 : 0), kind_(kind::flag) {}
  static check_value text(std::string_view text) noexcept {
    check_value out;
    out.kind_ = kind::text;
    out.hold({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    return out;
  }
  static constexpr check_value number(std::uint64_t value) noexcept { return numeric(kind::number, value); }
  static constexpr check_value mask(std::uint64_t value) noexcept { return numeric(kind::mask, value); }
  static constexpr check_value release(std::initializer_list<std::uint8_t> numbers) noexcept {
    check_value out;
    out.kind_ = kind::release;
    out.hold({numbers.begin(), numbers.size()});
    return out;
  }

  [[nodiscard]] constexpr kind is() const noexcept { return kind_; }
  // bytes is the value of kinds bytes and release, and empty otherwise.
  [[nodiscard]] constexpr byte_view bytes() const noexcept {
    return std::span(bytes_).first(kind_ == kind::text ? 0 : size_);
  }
  [[nodiscard]] std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()), kind_ == kind::text ? size_ : std::size_t{0}};
  }
  // number is the value of kinds number and mask, and 0 or 1 of a flag.
  [[nodiscard]] constexpr std::uint64_t number() const noexcept { return number_; }
  [[nodiscard]] constexpr std::optional<bool> flag() const noexcept {
    if (kind_ != kind::flag) return std::nullopt;
    return number_ != 0;
  }

 private:
  static constexpr check_value numeric(kind is, std::uint64_t value) noexcept {
    check_value out;
    out.kind_ = is;
    out.number_ = value;
    return out;
  }
  constexpr void hold(byte_view bytes) noexcept {
    size_ = static_cast<std::uint8_t>(std::min(bytes.size(), bytes_.size()));
    detail::copy_bytes(bytes.first(size_), bytes_);
  }

  std::uint64_t number_ = 0;
  std::array<std::uint8_t, size_max> bytes_{};
  std::uint8_t size_ = 0;
  kind kind_ = kind::none;
};

// check_info describes a question of a policy.
struct check_info {
  const char* name;    // stable, for JSON: "report_data"
  const char* rule;    // what holds when it is met
  const char* source;  // the section or table that it implements
};

// checks_max is how many questions a vendor's table may have.
inline constexpr std::size_t checks_max = 56;

// appraisal_check is one question with its answer.
struct appraisal_check {
  const char* name;
  const char* rule;
  const char* source;
  outcome answer;
  check_value found;
  check_value wanted;   // none when not asked; the first of several
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
  static constexpr std::size_t max_checks = checks_max;

  [[nodiscard]] constexpr std::span<const appraisal_check> checks() const noexcept {
    return std::span(checks_).first(count_);
  }

  // check is the one of this name, or nullptr.
  [[nodiscard]] constexpr const appraisal_check* check(std::string_view name) const noexcept {
    for (const appraisal_check& each : checks()) {
      if (name == each.name) return &each;
    }
    return nullptr;
  }

  // verdict is the accepted claims, or errc::policy_not_met in part::policy with the index in checks() of the first
  // check that is not met. There is no shorter way to ask.
  [[nodiscard]] constexpr const result<accepted<Claims>>& verdict() const noexcept { return verdict_; }

 private:
  friend class detail::appraiser<Claims>;
  constexpr attestation_result(std::span<const appraisal_check> checks, result<accepted<Claims>> verdict) noexcept
      : count_(checks.size()), verdict_(std::move(verdict)) {
    std::copy(checks.begin(), checks.end(), checks_.begin());
  }

  std::array<appraisal_check, max_checks> checks_{};
  std::size_t count_;
  result<accepted<Claims>> verdict_;
};

}  // namespace unitee::inline v0
