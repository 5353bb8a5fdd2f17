// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/located.hpp: JSON from outside (RFC 8259) as a list of values that know where they stand in the text.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/json/strict.hpp>
#include <unitee/result.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0 {

// json_kind is what a value is. A whole number from 0 to 2^64 - 1 is a count; any other is a number, and not kept.
enum class json_kind : std::uint8_t {
  null,
  boolean,
  count,
  number,
  text,
  array,
  object
};

// json_value is one value of a located_json, which must outlive it. What it holds follows it in the list.
struct json_value {
  json_kind kind = json_kind::null;
  std::uint32_t begin = 0;    // offset in the text of its first byte: its quotation mark, its bracket
  std::uint32_t end = 0;      // and of the byte after its last
  std::uint32_t size = 1;     // how many values it is, with all that it holds
  std::uint32_t name_at = 0;  // of a member: where its name begins, at the quotation mark
  std::string_view name{};    // of a member, without escapes
  std::string_view text{};    // of a text, without escapes
  std::uint64_t count = 0;    // of a count

  // range is the values in an array, or the members of an object, in the order of the text.
  class range {
   public:
    struct iterator {
      const json_value* at;

      const json_value& operator*() const noexcept { return *at; }
      iterator& operator++() noexcept {
        at += at->size;
        return *this;
      }
      friend bool operator==(const iterator&, const iterator&) = default;
    };

    explicit range(const json_value& of) noexcept : of_(of) {}
    [[nodiscard]] iterator begin() const noexcept { return {&of_ + 1}; }
    [[nodiscard]] iterator end() const noexcept { return {&of_ + of_.size}; }

   private:
    const json_value& of_;
  };

  [[nodiscard]] range children() const noexcept { return range(*this); }

  // find is the member of that name, or nullptr.
  [[nodiscard]] const json_value* find(std::string_view member) const noexcept {
    if (kind != json_kind::object) return nullptr;
    for (const json_value& each : children()) {
      if (each.name == member) return &each;
    }
    return nullptr;
  }
};

namespace detail {

class json_locator;

}  // namespace detail

// located_json is a JSON text, which must outlive it, in one pass: no tree, and no copy of a string without escapes.
class located_json {
 public:
  // parse reads exactly one JSON text in UTF-8, and refuses what parse_json does: errc::bad_length at the limit where
  // the text is longer; errc::bad_encoding at what is not JSON, white space around the value excepted; errc::duplicate
  // where a name begins that its object already has; errc::unsupported_format at what stands too deep; errc::bad_length
  // where the value begins that is one too many. Offsets count in the text, in part::input.
  [[nodiscard]] static result<located_json> parse(byte_view text, json_limits limits);

  located_json(located_json&&) noexcept = default;
  located_json& operator=(located_json&&) noexcept = default;

  [[nodiscard]] const json_value& root() const noexcept { return values_.front(); }

 private:
  friend class detail::json_locator;

  located_json() = default;

  std::vector<json_value> values_;            // each before what it holds
  std::forward_list<std::string> unescaped_;  // the strings that do not stand in the text as they are
};

namespace detail {

// json_locator is the parser's events. It walks through the text beside the parser, from one token to the next.
class json_locator {
 public:
  using json = nlohmann::json;

  json_locator(std::string_view all, json_limits limits, located_json& to) : all_(all), limits_(limits), to_(to) {
    to_.values_.reserve(std::min<std::size_t>(all.size() / 8 + 1, 1024));
  }

  bool null() { return leaf(json_kind::null, 4); }
  bool boolean(bool value) { return leaf(json_kind::boolean, value ? 4 : 5); }
  bool number_integer(json::number_integer_t) { return leaf(json_kind::number, number_length()); }
  bool number_unsigned(json::number_unsigned_t value) {
    const bool counted = leaf(json_kind::count, number_length());
    to_.values_.back().count = value;
    return counted;
  }
  bool number_float(json::number_float_t, const std::string&) { return leaf(json_kind::number, number_length()); }
  bool string(std::string& value) {
    json_value& added = add(json_kind::text);
    added.text = string_at(value);
    added.end = offset();
    return counted();
  }
  bool binary(json::binary_t&) { return refuse(errc::bad_encoding, at_); }
  bool start_object(std::size_t) { return open(json_kind::object); }
  bool start_array(std::size_t) { return open(json_kind::array); }
  bool end_object() { return close() && no_duplicates(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    skip();
    name_at_ = offset();
    name_ = string_at(name);
    return true;
  }
  bool parse_error(std::size_t bytes_read, const std::string&, const json::exception&) {
    return refuse(errc::bad_encoding, bytes_read == 0 ? 0 : bytes_read - 1);
  }

  failure why{errc::bad_encoding};

 private:
  bool refuse(errc code, std::size_t at) {
    why = failure{code, at};
    return false;
  }

  [[nodiscard]] std::uint32_t offset() const noexcept { return static_cast<std::uint32_t>(at_); }

  // skip goes to the next token: the parser has seen that nothing but these stands before it.
  void skip() { at_ = all_.find_first_not_of(" \t\n\r,:", at_); }

  [[nodiscard]] std::size_t number_length() {
    skip();
    return std::min(all_.find_first_not_of("+-.0123456789Ee", at_), all_.size()) - at_;
  }

  // string_at goes behind the string that begins here. The parser has read it as `value`.
  std::string_view string_at(std::string& value) {
    const std::size_t first = ++at_;
    bool escapes = false;
    for (; all_[at_] != '"'; ++at_) {
      if (all_[at_] != '\\') continue;
      escapes = true;
      ++at_;
    }
    ++at_;
    if (!escapes) return all_.substr(first, at_ - 1 - first);
    return to_.unescaped_.emplace_front(std::move(value));
  }

  json_value& add(json_kind kind) {
    skip();
    json_value& added = to_.values_.emplace_back();
    added.kind = kind;
    added.begin = offset();
    added.name_at = std::exchange(name_at_, 0);
    added.name = std::exchange(name_, {});
    return added;
  }
  // counted says whether the value that was added is within the limit.
  bool counted() { return to_.values_.size() <= limits_.values || refuse(errc::bad_length, to_.values_.back().begin); }
  bool leaf(json_kind kind, std::size_t length) {
    json_value& added = add(kind);
    at_ += length;
    added.end = offset();
    return counted();
  }
  bool open(json_kind kind) {
    add(kind);
    if (!counted()) return false;
    if (open_.size() == limits_.depth) return refuse(errc::unsupported_format, at_);
    open_.push_back(to_.values_.size() - 1);
    ++at_;
    return true;
  }
  bool close() {
    skip();
    ++at_;
    closed_ = open_.back();
    open_.pop_back();
    json_value& done = to_.values_[closed_];
    done.end = offset();
    done.size = static_cast<std::uint32_t>(to_.values_.size() - closed_);
    return true;
  }

  // no_duplicates sorts the names of an object, so that one with many members does not take time by their square.
  bool no_duplicates() {
    if (to_.values_[closed_].size < 3) return true;  // one member, or none
    names_.clear();
    for (const json_value& each : to_.values_[closed_].children()) names_.emplace_back(each.name, each.name_at);
    std::ranges::sort(names_);
    std::size_t first = all_.size();
    for (std::size_t i = 1; i < names_.size(); ++i) {
      if (names_[i].first == names_[i - 1].first) first = std::min<std::size_t>(first, names_[i].second);
    }
    return first == all_.size() || refuse(errc::duplicate, first);
  }

  std::string_view all_;
  json_limits limits_;
  located_json& to_;
  std::size_t at_ = 0;
  std::uint32_t name_at_ = 0;
  std::string_view name_;
  std::vector<std::size_t> open_;
  std::size_t closed_ = 0;
  std::vector<std::pair<std::string_view, std::uint32_t>> names_;
};

}  // namespace detail

inline result<located_json> located_json::parse(byte_view text, json_limits limits) {
  limits.size = std::min<std::size_t>(limits.size, UINT32_MAX);
  if (const auto fit = detail::check_json_text(text, limits); !fit) return fit.error();
  const std::string_view all(reinterpret_cast<const char*>(text.data()), text.size());
  located_json out;
  detail::json_locator locator(all, limits, out);
  if (!nlohmann::json::sax_parse(all.data(), all.data() + all.size(), &locator)) return locator.why;
  return out;
}

}  // namespace unitee::inline v0
