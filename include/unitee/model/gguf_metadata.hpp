// SPDX-License-Identifier: Apache-2.0
//
// unitee/model/gguf_metadata.hpp: the keys and values at the front of a GGUF file.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/model/index_reader.hpp>
#include <unitee/result.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace unitee::inline v0::detail {

// gguf_max_key is the format's limit for the length of a key, in bytes.
inline constexpr std::uint64_t gguf_max_key = 65535;

// gguf_value is the type of a metadata value (enum gguf_metadata_value_type).
enum class gguf_value : std::uint32_t {
  uint8,
  int8,
  uint16,
  int16,
  uint32,
  int32,
  float32,
  boolean,
  string,
  array,
  uint64,
  int64,
  float64
};

// gguf_value_size is the size of a value in bytes, or 0 where it depends on the value.
constexpr std::uint64_t gguf_value_size(gguf_value type) noexcept {
  switch (type) {
    case gguf_value::uint8:
    case gguf_value::int8:
    case gguf_value::boolean: return 1;
    case gguf_value::uint16:
    case gguf_value::int16: return 2;
    case gguf_value::uint32:
    case gguf_value::int32:
    case gguf_value::float32: return 4;
    case gguf_value::uint64:
    case gguf_value::int64:
    case gguf_value::float64: return 8;
    case gguf_value::string:
    case gguf_value::array: return 0;
  }
  return 0;
}

// gguf_metadata passes over the metadata and keeps general.alignment.
template <byte_source Source>
class gguf_metadata {
 public:
  explicit gguf_metadata(index_reader<Source>& at) noexcept : at_(at) {}

  // read goes behind that many entries, and is the alignment of the tensors.
  result<std::uint64_t> read(std::uint64_t count) noexcept {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (const auto done = read_key_value(); !done) return done.error();
    }
    return alignment_;
  }

 private:
  static constexpr failure fail(errc code, std::uint64_t at) noexcept { return {code, at, part::model}; }

  result<void> read_key_value() noexcept {
    constexpr std::string_view wanted = "general.alignment";
    const std::uint64_t begin = at_.offset();
    const auto length = at_.length(gguf_max_key);
    if (!length) return length.error();
    bool is_alignment = *length == wanted.size();
    if (is_alignment) {
      const auto key = at_.take(wanted.size());
      if (!key) return key.error();
      is_alignment = std::string_view(reinterpret_cast<const char*>(key->data()), key->size()) == wanted;
    } else if (const auto done = at_.skip(*length); !done) {
      return done;
    }
    const std::uint64_t type_at = at_.offset();
    const auto type = read_type();
    if (!type) return type.error();
    if (!is_alignment) return *type == gguf_value::array ? skip_array() : skip_values(*type, 1);
    if (std::exchange(alignment_given_, true)) return fail(errc::duplicate, begin);
    if (*type != gguf_value::uint32) return fail(errc::bad_value, type_at);
    const auto value = at_.template le<std::uint32_t>();
    if (!value) return value.error();
    if (!std::has_single_bit(*value)) return fail(errc::bad_value, type_at + 4);
    alignment_ = *value;
    return {};
  }

  result<gguf_value> read_type() noexcept {
    const std::uint64_t at = at_.offset();
    const auto type = at_.template le<std::uint32_t>();
    if (!type) return type.error();
    if (*type > static_cast<std::uint32_t>(gguf_value::float64)) return fail(errc::bad_value, at);
    return gguf_value{*type};
  }

  result<void> skip_array() noexcept {
    const std::uint64_t type_at = at_.offset();
    const auto type = read_type();
    if (!type) return type.error();
    if (*type == gguf_value::array) return fail(errc::unsupported_format, type_at);
    const auto count = at_.template le<std::uint64_t>();
    if (!count) return count.error();
    return skip_values(*type, *count);
  }

  // skip_values passes over values that are not arrays. Its time is bounded by the file: a string takes 8 bytes.
  result<void> skip_values(gguf_value type, std::uint64_t count) noexcept {
    if (type == gguf_value::boolean) return skip_booleans(count);
    if (type != gguf_value::string) {
      const std::uint64_t each = gguf_value_size(type);
      return count > at_.size() / each ? fail(errc::truncated, at_.size()) : at_.skip(count * each);
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto length = at_.template le<std::uint64_t>();
      if (!length) return length.error();
      if (const auto done = at_.skip(*length); !done) return done;
    }
    return {};
  }

  result<void> skip_booleans(std::uint64_t count) noexcept {
    while (count != 0) {
      const std::uint64_t begin = at_.offset();
      // As much as there is; where there is nothing, one byte to be told so.
      const std::uint64_t left = at_.size() - begin;
      std::uint64_t n = count < at_.max_take ? count : at_.max_take;
      if (n > left) n = left != 0 ? left : 1;
      const auto bytes = at_.take(static_cast<std::size_t>(n));
      if (!bytes) return bytes.error();
      for (std::size_t i = 0; i < bytes->size(); ++i) {
        if ((*bytes)[i] > 1) return fail(errc::bad_value, begin + i);
      }
      count -= n;
    }
    return {};
  }

  index_reader<Source>& at_;
  std::uint64_t alignment_ = 32;
  bool alignment_given_ = false;
};

}  // namespace unitee::inline v0::detail
