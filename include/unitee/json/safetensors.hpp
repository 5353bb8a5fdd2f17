// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/safetensors.hpp: where the tensors of a safetensors file stand.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/json/safetensors_header.hpp>
#include <unitee/json/strict.hpp>
#include <unitee/model/model_format.hpp>
#include <unitee/model/tensor_index.hpp>
#include <unitee/result.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0 {

namespace detail {

// read_safetensors_header is the tensors in the order of the file, each beginning where the one before it ends.
inline result<std::vector<safetensors_header::tensor>> read_safetensors_header(byte_view text) {
  if (const auto fit = check_json_text(text, {text.size(), 3}); !fit) return fit.error();
  safetensors_header header({reinterpret_cast<const char*>(text.data()), text.size()});
  if (!nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &header)) return header.why;
  std::ranges::sort(header.tensors);
  std::uint64_t end = 0;
  for (const auto& each : header.tensors) {
    if (each.begin != end) return failure{errc::bad_value, each.at};
    end = each.end;
  }
  return std::move(header.tensors);
}

}  // namespace detail

// read_safetensors reads the header of a safetensors file (eight bytes of length, and JSON) and checks all that the
// format's own reader checks. Its time grows with the header alone; its memory is the header, up to twice as much again
// for one long string, and some hundred bytes for each name, of which there are at most tensor_index::max_tensors. In
// part::model it is
//  - errc::truncated where the file ends, and the header or a tensor does not;
//  - errc::bad_length at 0 for a header of less than two bytes or more than a hundred million;
//  - errc::unrecognized at 8 where the header does not begin with a brace;
//  - errc::bad_encoding at what is not JSON in UTF-8, errc::duplicate where a name begins that its object already has,
//    errc::missing at a tensor without dtype, shape or data_offsets, errc::bad_value at a value of the wrong type,
//    metadata that are not text and offsets that are not two included;
//  - errc::unsupported_format at a dtype that is not known or takes part of a byte, and at an unknown member's name;
//  - errc::bad_length at a dimension that makes 2^64 elements or more, at data_offsets that are not as far apart as
//    dtype and shape demand, and at the name that is one too many;
//  - errc::bad_value at the first data_offsets, in the order of the data, that leave a hole or overlap;
//  - errc::trailing_data at the end of the last tensor where that is not the end of the file.
// A failure to read is the source's own.
template <byte_source Source>
result<tensor_index> read_safetensors(const Source& source) {
  const auto fail = [](errc code, std::uint64_t at) { return failure{code, at, part::model}; };
  const std::uint64_t size = source.size();
  std::array<std::uint8_t, 8> length{};
  if (size < length.size()) return fail(errc::truncated, size);
  if (const auto done = source.read_at(0, length); !done) return done.error();
  const auto n = load_le<std::uint64_t>(length);
  if (n < 2 || n > detail::safetensors_max_header) return fail(errc::bad_length, 0);
  if (n > size - length.size()) return fail(errc::truncated, size);
  std::array<std::uint8_t, 1> brace{};
  if (const auto done = source.read_at(length.size(), brace); !done) return done.error();
  if (brace[0] != '{') return fail(errc::unrecognized, length.size());
  std::vector<std::uint8_t> text(static_cast<std::size_t>(n));
  if (const auto done = source.read_at(length.size(), text); !done) return done.error();

  const auto found = detail::read_safetensors_header(text);
  if (!found) return fail(found.error().code, length.size() + found.error().offset);
  const std::uint64_t data = length.size() + n;
  const std::uint64_t data_size = found->empty() ? 0 : found->back().end;
  if (data_size > size - data) return fail(errc::truncated, size);
  if (data_size < size - data) return fail(errc::trailing_data, data + data_size);
  auto tensors = tensor_list::create(found->size());
  if (!tensors) return tensors.error();
  std::ranges::transform(*found, tensors->all().begin(), [&](const auto& each) {
    return tensor_extent{data + each.begin, each.end - each.begin};
  });
  return tensor_index{model_format::safetensors, 0, data, data, data_size, 1, *std::move(tensors)};
}

}  // namespace unitee::inline v0
