// SPDX-License-Identifier: Apache-2.0

#include "model_metadata.hpp"

#include "command.hpp"

#include <unitee/format.hpp>
#include <unitee/json/safetensors.hpp>
#include <unitee/model/gguf.hpp>
#include <unitee/model/model_format.hpp>
#include <unitee/seal/sealed_metadata.hpp>

#include <cstdio>

namespace command {

model_metadata metadata_of(const unitee::file_source& payload, const std::string& file) {
  const auto format = unitee::recognise(payload);
  if (!format) return {};
  const std::string_view type = unitee::content_type(*format);
  const auto index =
      *format == unitee::model_format::gguf ? unitee::read_gguf(payload) : unitee::read_safetensors(payload);
  if (!index) {
    fmt::print(stderr, "unitee seal: note: {}: begins like {}, but {} ({}): sealed as it is, without tensors\n",
               plain(file), type, index.error(), unitee::name(index.error().code));
    return {};
  }
  model_metadata out;
  out.content_type = type;
  out.tensors = index->tensors.all().size();
  out.items.resize(unitee::sealed_metadata::encoded_size(*index));
  require(unitee::sealed_metadata::encode(*index, out.items), file);
  return out;
}

}  // namespace command
