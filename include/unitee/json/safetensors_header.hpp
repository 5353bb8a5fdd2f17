// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/safetensors_header.hpp: the JSON text at the front of a safetensors file, without building its values.
#pragma once

#include <unitee/failure.hpp>
#include <unitee/model/tensor_index.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::detail {

// safetensors_dtype_size is the size of an element in bytes, or 0 for a type that is not known or has part of a byte.
constexpr std::uint64_t safetensors_dtype_size(std::string_view dtype) noexcept {
  for (const std::string_view one : {"BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"}) {
    if (dtype == one) return 1;
  }
  for (const std::string_view two : {"U16", "I16", "F16", "BF16"}) {
    if (dtype == two) return 2;
  }
  for (const std::string_view four : {"U32", "I32", "F32"}) {
    if (dtype == four) return 4;
  }
  for (const std::string_view eight : {"U64", "I64", "F64", "C64"}) {
    if (dtype == eight) return 8;
  }
  return 0;
}

// safetensors_header is the parser's events. Like json_locator it walks through the text beside the parser, from one
// token to the next, but it keeps 24 bytes of a tensor and 24 of a name: the text may be a hundred megabytes.
class safetensors_header {
 public:
  using json = nlohmann::json;

  struct tensor {
    std::uint64_t begin;  // from the first tensor
    std::uint64_t end;
    std::uint32_t at;  // where both stand in the text

    friend constexpr auto operator<=>(const tensor&, const tensor&) = default;
  };

  explicit safetensors_header(std::string_view text) : text_(text) {}

  bool null() { return refuse_token(errc::bad_value); }
  bool boolean(bool) { return refuse_token(errc::bad_value); }
  bool number_integer(json::number_integer_t) { return refuse_token(errc::bad_value); }
  bool number_float(json::number_float_t, const std::string&) { return refuse_token(errc::bad_value); }
  bool binary(json::binary_t&) { return refuse_token(errc::bad_encoding); }
  bool number_unsigned(json::number_unsigned_t value) {
    skip();
    if (in_ == place::shape) {
      if (elements_ != 0 && value > std::numeric_limits<std::uint64_t>::max() / elements_)
        return refuse(errc::bad_length);
      elements_ *= value;
    } else if (in_ == place::offsets && offsets_ < 2) {
      (offsets_++ == 0 ? now_.begin : now_.end) = value;
    } else {
      return refuse(errc::bad_value);
    }
    at_ = std::min(text_.find_first_not_of("-.0123456789", at_), text_.size());
    return true;
  }
  bool string(std::string& value) {
    skip();
    if (in_ == place::tensor && member_ == dtype) {
      element_size_ = safetensors_dtype_size(value);
      if (element_size_ == 0) return refuse(errc::unsupported_format);
    } else if (in_ != place::metadata) {
      return refuse(errc::bad_value);
    }
    pass_string();
    return true;
  }
  bool key(std::string& name) {
    skip();
    if (in_ == place::tensor) {
      member_ = name == "dtype" ? dtype : name == "shape" ? shape : name == "data_offsets" ? data_offsets : 0;
      if (member_ == 0) return refuse(errc::unsupported_format);
      if ((given_ & member_) != 0) return refuse(errc::duplicate);
      given_ |= member_;
      pass_string();
      return true;
    }
    if (names_.size() + metadata_names_.size() == tensor_index::max_tensors) return refuse(errc::bad_length);
    const auto at = static_cast<std::uint32_t>(at_);
    const std::string_view as_it_stands = pass_string();
    const bool escapes = as_it_stands.find('\\') != std::string_view::npos;
    const std::string_view kept = escapes ? unescaped_.emplace_front(std::move(name)) : as_it_stands;
    (in_ == place::metadata ? metadata_names_ : names_).emplace_back(kept, at);
    return true;
  }
  bool start_object(std::size_t) {
    skip();
    if (in_ == place::outside) {
      in_ = place::top;
    } else if (in_ == place::top) {
      in_ = names_.back().first == "__metadata__" ? place::metadata : place::tensor;
      object_at_ = at_;
      metadata_names_.clear();
      given_ = 0;
    } else {
      return refuse(errc::bad_value);
    }
    ++at_;
    return true;
  }
  bool end_object() {
    pass_bracket();
    if (in_ == place::top) {
      in_ = place::outside;
      return no_duplicates(names_);
    }
    if (std::exchange(in_, place::top) == place::metadata) return no_duplicates(metadata_names_);
    return end_tensor();
  }
  bool start_array(std::size_t) {
    skip();
    if (in_ != place::tensor || (member_ != shape && member_ != data_offsets)) return refuse(errc::bad_value);
    if (member_ == shape) {
      in_ = place::shape;
      elements_ = 1;
    } else {
      in_ = place::offsets;
      offsets_ = 0;
      now_.at = static_cast<std::uint32_t>(at_);
    }
    ++at_;
    return true;
  }
  bool end_array() {
    pass_bracket();
    if (std::exchange(in_, place::tensor) == place::offsets && offsets_ != 2)
      return refuse_at(errc::bad_value, now_.at);
    return true;
  }
  bool parse_error(std::size_t bytes_read, const std::string&, const json::exception&) {
    return refuse_at(errc::bad_encoding, bytes_read == 0 ? 0 : bytes_read - 1);
  }

  std::vector<tensor> tensors;  // in the order of the text
  failure why{errc::bad_encoding};

 private:
  enum class place : std::uint8_t {
    outside,
    top,
    metadata,
    tensor,
    shape,
    offsets
  };
  // The members of a tensor, as bits.
  static constexpr unsigned dtype = 1;
  static constexpr unsigned shape = 2;
  static constexpr unsigned data_offsets = 4;

  using names = std::vector<std::pair<std::string_view, std::uint32_t>>;

  bool refuse_at(errc code, std::size_t at) {
    why = failure{code, at};
    return false;
  }
  bool refuse(errc code) { return refuse_at(code, at_); }
  bool refuse_token(errc code) {
    skip();
    return refuse(code);
  }

  // skip goes to the next token: the parser has seen that nothing but these stands before it.
  void skip() { at_ = text_.find_first_not_of(" \t\n\r,:", at_); }
  void pass_bracket() {
    skip();
    ++at_;
  }
  // pass_string goes behind the string that begins here, and is its characters as they stand.
  std::string_view pass_string() {
    const std::size_t first = ++at_;
    for (; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    return text_.substr(first, at_++ - first);
  }

  bool end_tensor() {
    if (given_ != (dtype | shape | data_offsets)) return refuse_at(errc::missing, object_at_);
    const bool fits = elements_ <= std::numeric_limits<std::uint64_t>::max() / element_size_;
    if (!fits || now_.end < now_.begin || now_.end - now_.begin != elements_ * element_size_) {
      return refuse_at(errc::bad_length, now_.at);
    }
    tensors.push_back(now_);
    return true;
  }

  // no_duplicates sorts, so that many names do not take time by their square.
  bool no_duplicates(names& all) {
    std::ranges::sort(all);
    std::size_t first = text_.size();
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i].first == all[i - 1].first) first = std::min<std::size_t>(first, all[i].second);
    }
    return first == text_.size() || refuse_at(errc::duplicate, first);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  place in_ = place::outside;
  names names_;
  names metadata_names_;
  std::forward_list<std::string> unescaped_;  // the names that do not stand in the text as they are
  std::size_t object_at_ = 0;
  unsigned given_ = 0;
  unsigned member_ = 0;
  std::uint64_t element_size_ = 0;
  std::uint64_t elements_ = 0;
  unsigned offsets_ = 0;
  tensor now_{};
};

}  // namespace unitee::inline v0::detail
