// SPDX-License-Identifier: Apache-2.0
//
// model_metadata.hpp: what `unitee seal` records about a model.
#pragma once

#include <unitee/seal/file_source.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// model_metadata is the items of a sealed file's metadata, and what they are in words.
struct model_metadata {
  std::vector<std::uint8_t> items{};
  std::string content_type{};
  std::uint64_t tensors = 0;
};

// metadata_of is about the model in a file: GGUF or safetensors. It is empty for any other file, and for a model that
// cannot be read, which is said on stderr.
model_metadata metadata_of(const unitee::file_source& payload, const std::string& file);

}  // namespace command
