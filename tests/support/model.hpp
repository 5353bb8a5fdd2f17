// SPDX-License-Identifier: Apache-2.0
//
// tests/support/model.hpp: the vectors of model files, compared with what a reader says.
#pragma once

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/vectors.hpp"

#include <unitee/bytes/source.hpp>
#include <unitee/model/model_format.hpp>
#include <unitee/model/tensor_index.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::test {

// sparse_source is a file of any size: the bytes at its front, and zeros.
struct sparse_source {
  std::vector<std::uint8_t> front;
  std::uint64_t length;

  [[nodiscard]] std::uint64_t size() const noexcept { return length; }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (!detail::is_inside(offset, out.size(), length)) return failure{errc::truncated, length};
    std::ranges::fill(out, std::uint8_t{0});
    if (offset >= front.size()) return {};
    const auto from = static_cast<std::size_t>(offset);
    std::memcpy(out.data(), front.data() + from, std::min(out.size(), front.size() - from));
    return {};
  }
};

// failing_source ends in a failure of its own when byte number `good` is read.
struct failing_source {
  byte_view bytes;
  std::uint64_t good;

  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (offset + out.size() > good) return failure{errc::io_error, 5};
    return memory_source(bytes).read_at(offset, out);
  }
};

struct model_vector {
  nlohmann::json about;
  std::string name;
  std::vector<std::uint8_t> bytes;
};

// model_vectors is the vectors of a kind: "gguf", "safetensors", or "none" for what is neither.
inline std::vector<model_vector> model_vectors(std::string_view kind) {
  std::vector<model_vector> out;
  for (const auto& each : vectors("model")) {
    if (each.at("kind") == kind) out.push_back({each, each.at("name"), bytes_of_hex(each.at("hex"))});
  }
  return out;
}

// model_file is the bytes of the vector of that name.
inline std::vector<std::uint8_t> model_file(std::string_view name) {
  for (const auto& each : vectors("model")) {
    if (each.at("name") == name) return bytes_of_hex(each.at("hex"));
  }
  throw std::runtime_error("no such vector: " + std::string(name));
}

// check_inside says that what an index says lies inside of a file of that size, in order and without overlap.
inline void check_inside(const tensor_index& index, std::uint64_t size) {
  CHECK(index.index_offset == 0);
  CHECK(index.index_size <= index.data_offset);
  REQUIRE(detail::is_inside(index.data_offset, index.data_size, size));
  std::uint64_t end = index.data_offset;
  for (const tensor_extent& each : index.tensors.all()) {
    CHECK(each.offset >= end);
    CHECK((each.offset - index.data_offset) % index.alignment == 0);
    REQUIRE(detail::is_inside(each.offset, each.size, size));
    end = each.offset + each.size;
  }
  CHECK(end == index.data_offset + index.data_size);
}

// check_model_vectors reads every vector of a kind; it is how many are accepted, and how many refused.
template <class Read>
std::pair<std::size_t, std::size_t> check_model_vectors(std::string_view kind, model_format format, const Read& read) {
  std::pair<std::size_t, std::size_t> count;
  for (const model_vector& each : model_vectors(kind)) {
    const nlohmann::json& about = each.about;
    const byte_view bytes = each.bytes;
    CAPTURE(each.name);
    const result<tensor_index> answer = read(memory_source(bytes));
    const std::string expected = about.at("expect");
    CHECK((answer ? "ok" : unitee::name(answer.error().code)) == expected);
    if (!answer) {
      ++count.second;
      CHECK(answer.error() == failure{answer.error().code, about.at("offset").get<std::uint64_t>(), part::model});
      continue;
    }
    ++count.first;
    if (expected != "ok") continue;
    CHECK(answer->format == format);
    CHECK(answer->index_size == about.at("index_size"));
    CHECK(answer->data_offset == about.at("data_offset"));
    CHECK(answer->data_size == about.at("data_size"));
    CHECK(answer->alignment == about.at("alignment"));
    nlohmann::json tensors = nlohmann::json::array();
    for (const tensor_extent& found : answer->tensors.all()) tensors.push_back({found.offset, found.size});
    CHECK(tensors == about.at("tensors"));
    check_inside(*answer, bytes.size());
    CHECK(*recognise(memory_source(bytes)) == format);
  }
  return count;
}

// check_every_truncation cuts an accepted file after every byte up to the end of its last tensor.
template <class Read>
void check_every_truncation(std::string_view kind, const Read& read) {
  for (const model_vector& each : model_vectors(kind)) {
    const nlohmann::json& about = each.about;
    const byte_view bytes = each.bytes;
    if (about.at("expect") != "ok") continue;
    CAPTURE(each.name);
    const std::size_t data_size = about.at("data_size");
    const std::size_t data = data_size == 0 ? about.at("index_size") : about.at("data_offset");
    for (std::size_t n = 0; n < data + data_size; ++n) {
      const result<tensor_index> answer = read(memory_source(bytes.first(n)));
      if (answer || answer.error() != failure{errc::truncated, n, part::model}) FAIL_CHECK("cut at " << n);
    }
  }
}

// check_every_bit flips every bit of a file's index: what is still accepted keeps all its tensors inside of the file.
template <class Read>
void check_every_bit(std::string_view vector, std::size_t size, const Read& read) {
  auto bytes = model_file(vector);
  for (std::size_t bit = 0; bit < 8 * size; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    CAPTURE(bit);
    if (const result<tensor_index> answer = read(memory_source(bytes))) {
      check_inside(*answer, bytes.size());
    } else if (answer.error().offset > bytes.size() || answer.error().in != part::model) {
      FAIL_CHECK("bit " << bit);
    }
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

}  // namespace unitee::test
