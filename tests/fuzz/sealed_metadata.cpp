// SPDX-License-Identifier: Apache-2.0
//
// Metadata that is accepted says what its items say, as a second reading of them finds, and nothing that is outside of
// the payload. An input is the payload's size (8 bytes) and the items.
#include "reached.hpp"
#include "sealed_seeds.hpp"

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/model/tensor_index.hpp>
#include <unitee/seal/sealed_metadata.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace unitee;
using fuzz::require;

std::uint32_t u32(byte_view at) { return load_le<std::uint32_t>(at.first<4>()); }
std::uint64_t u64(byte_view at) { return load_le<std::uint64_t>(at.first<8>()); }

void check_content_type(std::string_view seen, byte_view value) {
  require(seen.size() >= 1 && seen.size() <= 127 && seen.size() == value.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    require(seen[i] >= 0x21 && seen[i] <= 0x7e && static_cast<std::uint8_t>(seen[i]) == value[i]);
  }
}

void check_range(std::uint64_t offset, std::uint64_t size, std::uint64_t payload) {
  require(offset + size >= offset && offset + size <= payload);
}

void check_tensors(const sealed_tensors& seen, byte_view value, std::uint64_t payload) {
  require(seen.index_offset() == u64(value) && seen.index_size() == u64(value.subspan(8)));
  require(seen.data_offset() == u64(value.subspan(16)) && seen.data_size() == u64(value.subspan(24)));
  require(seen.alignment() == u32(value.subspan(32)) && std::has_single_bit(seen.alignment()));
  require(seen.count() <= 65536 && value.size() == 40 + 16 * seen.count());
  check_range(seen.index_offset(), seen.index_size(), payload);
  check_range(seen.data_offset(), seen.data_size(), payload);
  for (std::size_t i = 0; i < seen.count(); ++i) {
    const tensor_extent each = seen.tensor(i);
    require(each == tensor_extent{u64(value.subspan(40 + 16 * i)), u64(value.subspan(48 + 16 * i))});
    check_range(each.offset, each.size, payload);
  }
}

// check_encode says that the same metadata, written for a model, parses to the same.
void check_encode(const sealed_metadata& seen, std::uint64_t payload) {
  for (const model_format format : {model_format::gguf, model_format::safetensors}) {
    if (!seen.tensors() || seen.content_type() != content_type(format)) continue;
    auto extents = tensor_list::create(seen.tensors()->count());
    for (std::size_t i = 0; i < seen.tensors()->count(); ++i) extents->all()[i] = seen.tensors()->tensor(i);
    const tensor_index index{format,
                             seen.tensors()->index_offset(),
                             seen.tensors()->index_size(),
                             seen.tensors()->data_offset(),
                             seen.tensors()->data_size(),
                             seen.tensors()->alignment(),
                             std::move(*extents)};
    std::vector<std::uint8_t> items(sealed_metadata::encoded_size(index), 0xee);
    require(sealed_metadata::encode(index, items).has_value());
    const auto again = sealed_metadata::parse(items, payload);
    require(again && again->content_type() == seen.content_type() && again->tensors());
    check_tensors(*again->tensors(), byte_view(items).subspan(8 + seen.content_type().size() + 8), payload);
    require(again->tensors()->count() == seen.tensors()->count());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  const std::uint64_t payload = u64({data, size});
  const byte_view items = byte_view(data, size).subspan(8);
  const auto seen = sealed_metadata::parse(items, payload);
  if (!seen) {
    require(seen.error().in == part::sealed_metadata && seen.error().offset <= items.size());
    return 0;
  }
  bool has_content_type = false;
  bool has_tensors = false;
  std::int64_t last = -1;
  std::size_t before_last = 0;
  for (byte_view left = items; !left.empty();) {
    require(left.size() >= 8 && u32(left) > last);
    last = u32(left);
    const byte_view value = left.subspan(8).first(u32(left.subspan(4)));
    if (last == 1) check_content_type(seen->content_type(), value);
    if (last == 2) check_tensors(seen->tensors().value(), value, payload);
    has_content_type = has_content_type || last == 1;
    has_tensors = has_tensors || last == 2;
    before_last = items.size() - left.size();
    left = left.subspan(8 + value.size());
  }
  require(has_content_type != seen->content_type().empty() && has_tensors == seen->tensors().has_value());
  // What is accepted is accepted without its last item, too, and of a larger payload.
  require(sealed_metadata::parse(items.first(before_last), payload).has_value());
  require(sealed_metadata::parse(items, ~std::uint64_t{0}).has_value());
  check_encode(*seen, payload);
  unitee::fuzz::reached();
  return 0;
}
