// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/sealed_metadata.hpp: what a sealed file says about its payload (FORMAT.md, "Metadata").
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/reader.hpp>
#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/model/tensor_index.hpp>
#include <unitee/result.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace unitee::inline v0 {

// sealed_tensors reads a tensor index out of a file's metadata, whose bytes live elsewhere.
class sealed_tensors {
 public:
  [[nodiscard]] constexpr std::uint64_t index_offset() const noexcept { return row::index_offset::read(bytes_); }
  [[nodiscard]] constexpr std::uint64_t index_size() const noexcept { return row::index_size::read(bytes_); }
  [[nodiscard]] constexpr std::uint64_t data_offset() const noexcept { return row::data_offset::read(bytes_); }
  [[nodiscard]] constexpr std::uint64_t data_size() const noexcept { return row::data_size::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t alignment() const noexcept { return row::alignment::read(bytes_); }

  // tensor is the i-th of count(), where it stands in the payload; another i stops the program.
  [[nodiscard]] constexpr std::size_t count() const noexcept { return row::tensor_count::read(bytes_); }
  [[nodiscard]] constexpr tensor_extent tensor(std::size_t i) const noexcept {
    if (i >= count()) detail::stop();
    const byte_view at = bytes_.subspan(fixed_size + 16 * i, 16);
    return {load_le<std::uint64_t>(at.first<8>()), load_le<std::uint64_t>(at.last<8>())};
  }

 private:
  friend class sealed_metadata;
  static constexpr std::size_t fixed_size = 40;
  static constexpr std::size_t max_tensors = 65536;

  struct row {
    using index_offset = layout::le<"index_offset", 0, std::uint64_t>;
    using index_size = layout::le<"index_size", 8, std::uint64_t>;
    using data_offset = layout::le<"data_offset", 16, std::uint64_t>;
    using data_size = layout::le<"data_size", 24, std::uint64_t>;
    using alignment = layout::le<"alignment", 32, std::uint32_t>;
    using tensor_count = layout::le<"tensor_count", 36, std::uint32_t>;
    using all = layout::table<fixed_size, index_offset, index_size, data_offset, data_size, alignment, tensor_count>;
  };

  constexpr explicit sealed_tensors(byte_view bytes) noexcept : bytes_(bytes) {}

  byte_view bytes_;
};

// sealed_metadata reads the items, whose bytes the caller keeps alive.
class sealed_metadata {
 public:
  // parse takes exactly the items of a payload of that size. Failures are in part::sealed_metadata, at the offset in
  // the items: errc::truncated at the end inside of an item, errc::duplicate or errc::bad_value at a type that came
  // before or comes too late, errc::bad_length at a size, and at an offset of the index that leads out of the payload;
  // errc::bad_value at a character, an alignment or a number of tensors that the format does not allow.
  static constexpr result<sealed_metadata> parse(byte_view items, std::uint64_t payload_size) noexcept {
    reader in(items, part::sealed_metadata);
    sealed_metadata out;
    std::uint32_t last = 0;
    while (in.offset() != items.size()) {
      const std::size_t at = in.offset();
      const auto type = in.le<std::uint32_t>();
      if (!type) return type.error();
      const auto size = in.le<std::uint32_t>();
      if (!size) return size.error();
      const auto value = in.take(*size);
      if (!value) return value.error();
      if (at != 0 && *type <= last) return refused(*type == last ? errc::duplicate : errc::bad_value, at);
      last = *type;
      result<void> done;
      if (*type == type_content_type) done = out.take_content_type(*value, at);
      if (*type == type_tensors) done = out.take_tensors(*value, at, payload_size);
      if (!done) return done.error();
    }
    return out;
  }

  // content_type is a name such as "application/vnd.gguf", empty when the file does not say.
  [[nodiscard]] std::string_view content_type() const noexcept {
    return {reinterpret_cast<const char*>(content_type_.data()), content_type_.size()};
  }
  [[nodiscard]] constexpr const std::optional<sealed_tensors>& tensors() const noexcept { return tensors_; }

  // encoded_size and encode are the items for a model: its content type, and its tensors unless they are more than the
  // format holds. `out` has encoded_size bytes.
  [[nodiscard]] static std::size_t encoded_size(const tensor_index& of) noexcept {
    const std::size_t name = item_header + unitee::content_type(of.format).size();
    return fits(of) ? name + item_header + sealed_tensors::fixed_size + 16 * of.tensors.all().size() : name;
  }
  static result<void> encode(const tensor_index& of, byte_span out) noexcept {
    const std::string_view name = unitee::content_type(of.format);
    writer to(out);
    to.le(type_content_type).le(static_cast<std::uint32_t>(name.size()));
    for (const char c : name) to.le(static_cast<std::uint8_t>(c));
    if (fits(of)) {
      const auto tensors = of.tensors.all();
      const auto count = static_cast<std::uint32_t>(tensors.size());
      to.le(type_tensors).le(static_cast<std::uint32_t>(sealed_tensors::fixed_size + 16 * tensors.size()));
      to.le(of.index_offset).le(of.index_size).le(of.data_offset).le(of.data_size);
      to.le(static_cast<std::uint32_t>(of.alignment)).le(count);
      for (const tensor_extent& each : tensors) to.le(each.offset).le(each.size);
    }
    const auto written = to.written();
    if (!written) return written.error();
    return {};
  }

 private:
  static constexpr std::uint32_t type_content_type = 1;
  static constexpr std::uint32_t type_tensors = 2;
  static constexpr std::size_t item_header = 8;

  static constexpr failure refused(errc code, std::size_t at) noexcept { return {code, at, part::sealed_metadata}; }

  static bool fits(const tensor_index& of) noexcept {
    return of.tensors.all().size() <= sealed_tensors::max_tensors &&
           of.alignment <= std::numeric_limits<std::uint32_t>::max();
  }

  constexpr result<void> take_content_type(byte_view value, std::size_t item) noexcept {
    if (value.empty() || value.size() > 127) return refused(errc::bad_length, item + 4);
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] < 0x21 || value[i] > 0x7e) return refused(errc::bad_value, item + item_header + i);
    }
    content_type_ = value;
    return {};
  }

  constexpr result<void> take_tensors(byte_view value, std::size_t item, std::uint64_t payload_size) noexcept {
    using row = sealed_tensors::row;
    const std::size_t at = item + item_header;
    if (value.size() < sealed_tensors::fixed_size) return refused(errc::bad_length, item + 4);
    const sealed_tensors index(value);
    if (!std::has_single_bit(index.alignment())) return refused(errc::bad_value, at + row::alignment::offset);
    if (index.count() > sealed_tensors::max_tensors) return refused(errc::bad_value, at + row::tensor_count::offset);
    if (value.size() != sealed_tensors::fixed_size + 16 * index.count()) return refused(errc::bad_length, item + 4);
    if (!detail::is_inside(index.index_offset(), index.index_size(), payload_size)) {
      return refused(errc::bad_length, at + row::index_offset::offset);
    }
    if (!detail::is_inside(index.data_offset(), index.data_size(), payload_size)) {
      return refused(errc::bad_length, at + row::data_offset::offset);
    }
    for (std::size_t i = 0; i < index.count(); ++i) {
      const tensor_extent tensor = index.tensor(i);
      if (!detail::is_inside(tensor.offset, tensor.size, payload_size)) {
        return refused(errc::bad_length, at + sealed_tensors::fixed_size + 16 * i);
      }
    }
    tensors_ = index;
    return {};
  }

  byte_view content_type_;
  std::optional<sealed_tensors> tensors_;
};

}  // namespace unitee::inline v0
