// SPDX-License-Identifier: Apache-2.0
//
// unitee/model/model_format.hpp: the formats of model files that this library knows, and how it tells them apart.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

// model_format is a format whose tensors this library finds: read_gguf and read_safetensors.
enum class model_format : std::uint8_t {
  gguf,
  safetensors
};

// content_type is the name under which a sealed file records the format, short and in ASCII. Both names are ours: no
// registry has one for either format.
constexpr std::string_view content_type(model_format format) noexcept {
  switch (format) {
    case model_format::gguf: return "application/vnd.gguf";
    case model_format::safetensors: return "application/vnd.safetensors";
  }
  return {};
}

namespace detail {

// gguf_magic is the first four bytes of a GGUF file.
inline constexpr std::array<std::uint8_t, 4> gguf_magic{'G', 'G', 'U', 'F'};

// safetensors_max_header is the limit of the format's own reader, in bytes.
inline constexpr std::uint64_t safetensors_max_header = 100'000'000;

}  // namespace detail

// recognise looks at no more than nine bytes: GGUF has a magic; safetensors has none, but a length of its header (8
// bytes) that is in the format's limits and in the file, and a brace behind it. What is recognised may still be refused
// by its reader. Anything else is errc::unrecognized at 0 in part::model.
template <byte_source Source>
constexpr result<model_format> recognise(const Source& source) noexcept {
  std::array<std::uint8_t, 9> bytes{};
  const std::uint64_t size = source.size();
  const byte_span first =
      size < bytes.size() ? byte_span(bytes).first(static_cast<std::size_t>(size)) : byte_span(bytes);
  if (const auto done = source.read_at(0, first); !done) return done.error();
  if (size >= 4 && equal(byte_view(bytes).first<4>(), detail::gguf_magic)) return model_format::gguf;
  const std::uint64_t header = load_le<std::uint64_t>(byte_view(bytes).first<8>());
  if (size > 8 && bytes[8] == '{' && header >= 2 && header <= detail::safetensors_max_header && header <= size - 8) {
    return model_format::safetensors;
  }
  return failure{errc::unrecognized, 0, part::model};
}

}  // namespace unitee::inline v0
