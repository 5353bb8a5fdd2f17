// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/strict.hpp: JSON from outside (RFC 8259), without surprises.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0 {

// json_limits is what a text may be at most: bytes, how deep its objects and arrays stand in each other, and how many
// values there are, those that hold others included. A value takes far more memory than the two bytes that it can be in
// the text, so that the bytes alone limit nothing.
struct json_limits {
  std::size_t size;
  std::size_t depth;
  std::size_t values = 200'000;
};

namespace detail {

// counting_iterator walks through bytes and notes how far anyone has come.
struct counting_iterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  const std::uint8_t* at;
  const std::uint8_t** reached;

  char operator*() const noexcept { return static_cast<char>(*at); }
  counting_iterator& operator++() noexcept {
    *reached = ++at;
    return *this;
  }
  counting_iterator operator++(int) noexcept {
    const counting_iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const counting_iterator& a, const counting_iterator& b) noexcept { return a.at == b.at; }
};

// json_builder makes a value from the parser's events, and ends the parsing at what is refused.
class json_builder {
 public:
  using json = nlohmann::json;

  explicit json_builder(json_limits limits) noexcept : limits_(limits) {}

  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(json::number_integer_t value) { return put(value); }
  bool number_unsigned(json::number_unsigned_t value) { return put(value); }
  bool number_float(json::number_float_t value, const std::string&) { return put(value); }
  bool string(std::string& value) { return put(std::move(value)); }
  bool binary(json::binary_t&) { return refuse(errc::bad_encoding); }
  bool start_object(std::size_t) { return open(json::object()); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(json::array()); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    if (open_.back()->contains(name)) return refuse(errc::duplicate);
    member_ = &(*open_.back())[name];
    return true;
  }
  bool parse_error(std::size_t bytes_read, const std::string&, const json::exception&) {
    read = bytes_read;  // one more than there are, where the text ends too early
    return refuse(errc::bad_encoding);
  }

  json root;
  errc why = errc::bad_encoding;
  std::size_t read = 0;

 private:
  bool refuse(errc code) {
    why = code;
    return false;
  }
  bool counted() { return ++values_ <= limits_.values || refuse(errc::bad_length); }
  // slot is where the next value belongs.
  json& slot() {
    if (open_.empty()) return root;
    return open_.back()->is_array() ? open_.back()->emplace_back() : *member_;
  }
  template <class T>
  bool put(T&& value) {
    if (!counted()) return false;
    slot() = std::forward<T>(value);
    return true;
  }
  bool open(json empty) {
    if (!counted()) return false;
    if (open_.size() == limits_.depth) return refuse(errc::unsupported_format);
    json& opened = slot();
    opened = std::move(empty);
    open_.push_back(&opened);
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  json_limits limits_;
  std::size_t values_ = 0;
  std::vector<json*> open_;
  json* member_ = nullptr;
};

}  // namespace detail

namespace detail {

// check_json_text refuses what is longer than its limit, and what the parser would not see as a fault: it takes a zero
// byte for the end of the text, and passes over a byte order mark.
inline result<void> check_json_text(byte_view text, json_limits limits) {
  if (text.size() > limits.size) return failure{errc::bad_length, limits.size};
  const std::string_view all(reinterpret_cast<const char*>(text.data()), text.size());
  if (const std::size_t zero = all.find('\0'); zero != all.npos) return failure{errc::bad_encoding, zero};
  if (all.starts_with('\xEF')) return failure{errc::bad_encoding, 0};
  return {};
}

}  // namespace detail

// parse_json reads exactly one JSON text in UTF-8. errc::bad_length at the limit where the text is longer;
// errc::bad_encoding at what is not JSON, white space around the value excepted; errc::duplicate at the end of a
// member's name that its object already has; errc::unsupported_format at what stands too deep; errc::bad_length at the
// bracket or the end of the value that is one too many. Offsets count in the text, in part::input.
inline result<nlohmann::json> parse_json(byte_view text, json_limits limits) {
  if (const auto fit = detail::check_json_text(text, limits); !fit) return fit.error();
  const std::uint8_t* reached = text.data();
  detail::json_builder builder(limits);
  const detail::counting_iterator first{text.data(), &reached};
  const detail::counting_iterator last{text.data() + text.size(), &reached};
  if (!nlohmann::json::sax_parse(first, last, &builder)) {
    const std::size_t read = builder.read != 0 ? builder.read : static_cast<std::size_t>(reached - text.data());
    return failure{builder.why, read - 1};
  }
  return std::move(builder.root);
}

}  // namespace unitee::inline v0
