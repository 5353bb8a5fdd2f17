// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/member_reader.hpp: members of JSON objects as values of a type, or the first that is not.
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/time.hpp>
#include <unitee/failure.hpp>
#include <unitee/json/located.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace unitee::inline v0 {

// json_word_max is how many characters a word has at most.
inline constexpr std::size_t json_word_max = 64;

// member_reader reads one member after the other and remembers the first failure: after it, all reading gives nothing.
// errc::missing is at the object that lacks a member, and every other failure where a value begins: errc::bad_value at
// one of another type or out of its range.
class member_reader {
 public:
  [[nodiscard]] bool ok() const noexcept { return !why_; }
  // error is the first failure, in part::input. Asking for it when all is well stops the program.
  [[nodiscard]] failure error() const noexcept {
    if (ok()) detail::stop();
    return *why_;
  }

  void refuse(errc code, const json_value& at) noexcept {
    if (ok()) why_ = failure{code, at.begin};
  }

  // object and array are the member, or an empty value.
  const json_value& object(const json_value& in, std::string_view name) noexcept {
    return required(in, name, json_kind::object);
  }
  const json_value& array(const json_value& in, std::string_view name) noexcept {
    return required(in, name, json_kind::array);
  }

  // text is any string, or an empty one.
  std::string_view text(const json_value& in, std::string_view name) noexcept {
    return required(in, name, json_kind::text).text;
  }

  // word reads up to json_word_max printable ASCII characters: more is errc::bad_length, another errc::bad_value.
  void word(const json_value& value, std::string& to) {
    const bool printable = std::ranges::all_of(value.text, [](char c) { return c >= ' ' && c <= '~'; });
    if (value.kind != json_kind::text || !printable) return refuse(errc::bad_value, value);
    if (value.text.size() > json_word_max) return refuse(errc::bad_length, value);
    to = value.text;
  }

  // hex reads a byte string of known size as digits of either case, and fails as hex_decode does.
  template <class Fixed>
  void hex(const json_value& in, std::string_view name, Fixed& to) noexcept {
    const json_value& value = required(in, name, json_kind::text);
    if (!ok()) return;
    if (const auto done = hex_decode(value.text, to.value); !done) refuse(done.error().code, value);
  }

  // number reads a whole number of an unsigned type.
  template <std::unsigned_integral T>
  void number(const json_value& in, std::string_view name, T& to) noexcept {
    const json_value& value = required(in, name, json_kind::count);
    if (!ok()) return;
    if (value.count > std::numeric_limits<T>::max()) return refuse(errc::bad_value, value);
    to = static_cast<T>(value.count);
  }

  // time reads RFC 3339 in UTC, and fails as parse_time does.
  void time(const json_value& in, std::string_view name, utc_time& to) noexcept {
    const json_value& value = required(in, name, json_kind::text);
    if (!ok()) return;
    const auto moment = parse_time(value.text);
    if (!moment) return refuse(moment.error().code, value);
    to = *moment;
  }

  // required is the member of that kind, or an empty value.
  const json_value& required(const json_value& in, std::string_view name, json_kind kind) noexcept {
    static constexpr json_value none;
    if (!ok()) return none;
    const json_value* const found = in.find(name);
    if (found == nullptr) {
      refuse(in.kind == json_kind::object ? errc::missing : errc::bad_value, in);
      return none;
    }
    if (found->kind == kind) return *found;
    refuse(errc::bad_value, *found);
    return none;
  }

 private:
  std::optional<failure> why_;
};

}  // namespace unitee::inline v0
