// SPDX-License-Identifier: Apache-2.0
//
// unitee/model/tensor_index.hpp: where the tensors of a model stand in its file.
#pragma once

#include <unitee/model/model_format.hpp>
#include <unitee/result.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

namespace unitee::inline v0 {

// tensor_extent is the bytes of one tensor. Names, types and shapes are for the payload's own reader.
struct tensor_extent {
  std::uint64_t offset = 0;  // from the start of the file
  std::uint64_t size = 0;

  friend constexpr bool operator==(const tensor_extent&, const tensor_extent&) = default;
};

// tensor_list owns a number of extents that is fixed when it is made.
class tensor_list {
 public:
  // create is errc::io_error with ENOMEM when there is no memory.
  static result<tensor_list> create(std::size_t size) noexcept {
    auto* const made = new (std::nothrow) tensor_extent[size];
    if (made == nullptr) return failure{errc::io_error, ENOMEM};
    return tensor_list(made, size);
  }

  tensor_list(tensor_list&& other) noexcept
      : extents_(std::exchange(other.extents_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  tensor_list& operator=(tensor_list&& other) noexcept {
    std::swap(extents_, other.extents_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~tensor_list() { delete[] extents_; }

  [[nodiscard]] std::span<tensor_extent> all() noexcept { return {extents_, size_}; }
  [[nodiscard]] std::span<const tensor_extent> all() const noexcept { return {extents_, size_}; }

 private:
  tensor_list(tensor_extent* owned, std::size_t size) noexcept : extents_(owned), size_(size) {}

  tensor_extent* extents_;
  std::size_t size_;
};

// tensor_index is what a memory planner needs of a model file. The tensors stand in the order of the file, without
// overlap, inside of [data_offset, data_offset + data_size), and that inside of the file.
struct tensor_index {
  static constexpr std::uint64_t max_tensors = std::uint64_t{1} << 20;

  model_format format;
  std::uint64_t index_offset;  // the file's own index: names, types, shapes and metadata
  std::uint64_t index_size;
  std::uint64_t data_offset;  // where the first tensor begins, or would
  std::uint64_t data_size;    // to the end of the last tensor, what pads them included
  std::uint64_t alignment;    // of the tensors from data_offset on, a power of two; 1 where the format promises none
  tensor_list tensors;
};

}  // namespace unitee::inline v0
