// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/appraiser.hpp: how the questions of a policy are asked and answered, whichever vendor's they are.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/attestation_result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace unitee::inline v0::detail {

// answer_sheet writes down one answer after the other. CheckId is a question of the vendor's table by its name. Where
// evidence does not tell a value, `found` is nothing, and whatever is wanted of it is not met.
template <class CheckId>
class answer_sheet {
 public:
  [[nodiscard]] std::span<const appraisal_check> checks() const noexcept { return std::span(checks_).first(count_); }

  // refusal is errc::policy_not_met at the first check that is not met, or nothing.
  [[nodiscard]] std::optional<failure> refusal() const noexcept {
    const auto all = checks();
    const auto first = std::find_if(all.begin(), all.end(),
                                    [](const appraisal_check& each) { return each.answer == outcome::not_met; });
    if (first == all.end()) return std::nullopt;
    return failure{errc::policy_not_met, static_cast<std::uint64_t>(first - all.begin()), part::policy};
  }

 protected:
  // add writes down one answer. What was wanted is dropped when nobody asked.
  void add(CheckId id, bool asked, bool met, const check_value& found, const check_value& wanted,
           std::size_t choices) noexcept {
    const check_info& info = id.info();
    const auto answered = !asked ? outcome::not_asked : met ? outcome::met : outcome::not_met;
    checks_[count_++] = {info.name,          info.rule, info.source, answered, found, asked ? wanted : check_value(),
                         asked ? choices : 0};
  }

  // flag is met by a flag that is as wanted.
  void flag(CheckId id, const std::optional<bool>& found, bool wanted, bool asked) noexcept {
    add(id, asked, found == wanted, found ? check_value(*found) : check_value(), check_value(wanted), 1);
  }

  // same compares bytes with bytes. Neither is secret.
  template <class Fixed>
  void same(CheckId id, const std::optional<std::type_identity_t<Fixed>>& found,
            const std::optional<Fixed>& wanted) noexcept {
    add(id, wanted.has_value(), found && found == wanted, shown(found, bytes_of), shown(wanted, bytes_of), 1);
  }

  // any_of is met by bytes that are in the list.
  template <class Fixed>
  void any_of(CheckId id, const std::optional<std::type_identity_t<Fixed>>& found,
              const std::optional<std::vector<Fixed>>& wanted) noexcept {
    listed(id, found, wanted, bytes_of);
  }

  // listed is met by anything that is in the list; value(x) shows it.
  template <class T, class Value>
  void listed(CheckId id, const std::optional<std::type_identity_t<T>>& found,
              const std::optional<std::vector<T>>& wanted, Value value) noexcept {
    add(id, wanted.has_value(), found && wanted && has(*wanted, *found), shown(found, value),
        wanted ? first_of(*wanted, value) : check_value(), wanted ? wanted->size() : 0);
  }

  template <class T, class Value>
  void at_least(CheckId id, const std::optional<std::type_identity_t<T>>& found, const std::optional<T>& least,
                Value value) noexcept {
    add(id, least.has_value(), found && least && *found >= *least, shown(found, value), shown(least, value), 1);
  }

  template <class List, class T>
  static bool has(const List& list, const T& one) noexcept {
    return std::find(list.begin(), list.end(), one) != list.end();
  }

  template <class T, class Value>
  static check_value shown(const std::optional<T>& one, Value value) noexcept {
    return one ? value(*one) : check_value();
  }

  template <class T, class Value>
  static check_value first_of(const std::vector<T>& list, Value value) noexcept {
    return list.empty() ? check_value() : value(list.front());
  }

  // bytes_of and number_of show byte strings and numbers.
  static constexpr auto bytes_of = [](const auto& fixed) noexcept { return check_value(byte_view(fixed.view())); };
  static constexpr auto number_of = [](std::uint64_t number) noexcept { return check_value::number(number); };

 private:
  std::array<appraisal_check, checks_max> checks_{};
  std::size_t count_ = 0;
};

}  // namespace unitee::inline v0::detail
