// SPDX-License-Identifier: Apache-2.0
//
// unitee/model/gguf.hpp: where the tensors of a GGUF file stand.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/model/ggml_type.hpp>
#include <unitee/model/gguf_metadata.hpp>
#include <unitee/model/index_reader.hpp>
#include <unitee/model/model_format.hpp>
#include <unitee/model/tensor_index.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

namespace unitee::inline v0 {

// gguf_max_index is how many bytes before the tensors' data this library reads; vocabularies take some ten million.
inline constexpr std::uint64_t gguf_max_index = 100'000'000;

namespace detail {

// gguf_max_name is the format's limit for the length of a tensor's name, in bytes.
inline constexpr std::uint64_t gguf_max_name = 64;

// gguf_reader walks through the index of one file.
template <byte_source Source>
class gguf_reader {
 public:
  explicit gguf_reader(const Source& source) noexcept : size_(source.size()), at_(source, gguf_max_index) {}

  result<tensor_index> read() noexcept {
    if (size_ > max_size) return fail(errc::bad_length, max_size);
    if (const auto done = read_header(); !done) return done.error();
    const auto alignment = gguf_metadata<Source>(at_).read(values_);
    if (!alignment) return alignment.error();
    alignment_ = *alignment;
    // Twice over the same bytes: nothing is allocated for tensors that are not there.
    const std::uint64_t tensors_at = at_.offset();
    if (const auto seen = read_tensors({}); !seen) return seen.error();
    auto tensors = tensor_list::create(static_cast<std::size_t>(tensors_));
    if (!tensors) return tensors.error();
    at_.seek(tensors_at);
    const auto data_size = read_tensors(tensors->all());
    if (!data_size) return data_size.error();
    const std::uint64_t index_size = at_.offset();
    std::uint64_t data = index_size + padding(index_size);
    if (*data_size == 0) data = data < size_ ? data : size_;  // nobody pads for data that are not there
    if (data > size_ || *data_size > size_ - data) return fail(errc::truncated, size_);
    for (tensor_extent& each : tensors->all()) each.offset += data;
    return tensor_index{model_format::gguf, 0, index_size, data, *data_size, alignment_, *std::move(tensors)};
  }

 private:
  // max_size keeps sums of two sizes from overflowing; no file is larger.
  static constexpr std::uint64_t max_size = std::numeric_limits<std::int64_t>::max();

  static constexpr failure fail(errc code, std::uint64_t at) noexcept { return {code, at, part::model}; }

  // padding is how many bytes are missing from there to the next multiple of the alignment.
  [[nodiscard]] std::uint64_t padding(std::uint64_t offset) const noexcept { return (0 - offset) & (alignment_ - 1); }

  result<void> read_header() noexcept {
    const auto magic = at_.take(gguf_magic.size());
    if (!magic) return magic.error();
    if (!equal(*magic, gguf_magic)) return fail(errc::unrecognized, 0);
    const auto version = at_.template le<std::uint32_t>();
    if (!version) return version.error();
    if (*version != 0 && *version % 65536 == 0) return fail(errc::unsupported_format, 4);  // big-endian
    if (*version != 2 && *version != 3) return fail(errc::unsupported_version, 4);
    const auto tensors = at_.template le<std::uint64_t>();
    if (!tensors) return tensors.error();
    if (*tensors > tensor_index::max_tensors) return fail(errc::bad_length, 8);
    const auto values = at_.template le<std::uint64_t>();
    if (!values) return values.error();
    tensors_ = *tensors;
    values_ = *values;
    return {};
  }

  // read_tensors reads all tensor infos and puts the extents, which count from the first tensor, into `to` where that
  // is not empty. It is where the last one ends.
  result<std::uint64_t> read_tensors(std::span<tensor_extent> to) noexcept {
    std::uint64_t end = 0;
    for (std::uint64_t i = 0; i < tensors_; ++i) {
      const auto extent = read_tensor(end + padding(end));
      if (!extent) return extent.error();
      end = extent->offset + extent->size;
      if (!to.empty()) to[static_cast<std::size_t>(i)] = *extent;
    }
    return end;
  }

  // read_tensor reads one tensor info, whose tensor must begin at `next`.
  result<tensor_extent> read_tensor(std::uint64_t next) noexcept {
    const auto name = at_.length(gguf_max_name);
    if (!name) return name.error();
    if (const auto done = at_.skip(*name); !done) return done.error();
    const std::uint64_t shape_at = at_.offset();
    const auto rank = at_.template le<std::uint32_t>();
    if (!rank) return rank.error();
    if (*rank > 4) return fail(errc::bad_value, shape_at);
    std::uint64_t elements = 1;
    std::uint64_t row = 1;
    for (std::uint32_t i = 0; i < *rank; ++i) {
      const std::uint64_t at = at_.offset();
      const auto dim = at_.template le<std::uint64_t>();
      if (!dim) return dim.error();
      if (*dim > max_size || (elements != 0 && *dim > max_size / elements)) return fail(errc::bad_length, at);
      elements *= *dim;
      if (i == 0) row = *dim;
    }
    const std::uint64_t type_at = at_.offset();
    const auto type = at_.template le<std::uint32_t>();
    if (!type) return type.error();
    const ggml_block block = ggml_block_of(*type);
    if (block.elements == 0) return fail(errc::unsupported_format, type_at);
    if (row % block.elements != 0) return fail(errc::bad_value, shape_at + 4);
    const std::uint64_t offset_at = at_.offset();
    const auto offset = at_.template le<std::uint64_t>();
    if (!offset) return offset.error();
    if (*offset != next) return fail(errc::bad_value, offset_at);
    const std::uint64_t blocks = elements / block.elements;
    if (next > size_ || blocks > (size_ - next) / block.bytes) return fail(errc::truncated, size_);
    return tensor_extent{next, blocks * block.bytes};
  }

  std::uint64_t size_;
  index_reader<Source> at_;
  std::uint64_t tensors_ = 0;
  std::uint64_t values_ = 0;
  std::uint64_t alignment_ = 1;
};

}  // namespace detail

// read_gguf reads the index of a GGUF file of version 2 or 3 (ggml, docs/gguf.md), little-endian. It allocates 16 bytes
// for each tensor after reading the 24 or more that describe it, and its time grows with the index alone. Keys, names
// and values are for the payload's reader and not looked at, except for general.alignment and the bytes of booleans. In
// part::model it is
//  - errc::truncated where the file ends, and the index or a tensor does not;
//  - errc::unrecognized at 0 for another magic, errc::unsupported_format at 4 for a big-endian file,
//    errc::unsupported_version at 4 for version 1 and whatever follows 3;
//  - errc::bad_length at a number of tensors above tensor_index::max_tensors, at the length of a key or name above its
//    limit, at gguf_max_index when the index is longer, and at a dimension that makes 2^63 elements or more;
//  - errc::bad_value at a type of value that is not defined, at a boolean that is neither 0 nor 1, at an alignment that
//    is no uint32 (at its type) or no power of two, at a number of dimensions above 4, at the first dimension where it
//    is not whole blocks, and at the offset of a tensor that does not begin where the one before it, padded, ends (the
//    format's own reader demands this order, too);
//  - errc::duplicate where a second general.alignment begins;
//  - errc::unsupported_format at the inner type of an array of arrays, and at a tensor type that is not known.
// A failure to read is the source's own.
template <byte_source Source>
result<tensor_index> read_gguf(const Source& source) noexcept {
  return detail::gguf_reader<Source>(source).read();
}

}  // namespace unitee::inline v0
