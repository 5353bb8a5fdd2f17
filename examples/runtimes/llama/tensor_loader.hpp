// SPDX-License-Identifier: Apache-2.0
//
// tensor_loader.hpp: llama.cpp, as it is, asks for each tensor of a sealed model, which is decrypted where it is used.
#pragma once

#include "load.hpp"

#include <unitee/posix/plain_memory.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/first_failure.hpp>
#include <unitee/seal/read_callback.hpp>
#include <unitee/seal/sealed_file.hpp>

#include <ggml-cpp.h>
#include <llama-cpp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <sys/mman.h>

namespace runtimes {

// tensor_loader fills tensors in the backend's own memory: there is no other copy, and no file.
class tensor_loader {
 public:
  static loaded load(const unitee::sealed_file& sealed) {
    unitee::callback_source source(sealed);
    const auto [context, read, size] = source.callback();
    const gguf_context_ptr index(gguf_init_from_callback(read, context, 0, size, {true, nullptr}));
    if (!index) return checked(nullptr, source.status());
    tensor_loader self(sealed, index.get());
    auto* const model = llama_model_init_from_user(index.get(), fill, &self, params(LLAMA_LOAD_MODE_NONE));
    return checked(model, self.why_.status());
  }

 private:
  tensor_loader(const unitee::sealed_file& sealed, const gguf_context* index) : sealed_(sealed), index_(index) {}

  static void fill(ggml_tensor* tensor, void* context) {
    auto& self = *static_cast<tensor_loader*>(context);
    if (!self.why_.status()) return;  // there will be no model
    self.prepare(tensor->buffer);
    if (const auto done = self.read(*tensor); !done) self.why_.note(done.error());
  }

  // prepare keeps a backend's memory out of core dumps, and asks for huge pages: a model in pages of 4 KiB takes longer
  // to fault in than to decrypt.
  void prepare(ggml_backend_buffer_t buffer) {
    if (std::exchange(prepared_, buffer) == buffer) return;
    const std::size_t page = unitee::posix::page_size();
    const auto begin = reinterpret_cast<std::uintptr_t>(ggml_backend_buffer_get_base(buffer));
    const std::size_t before = (page - begin % page) % page;
    const std::size_t size = ggml_backend_buffer_get_size(buffer);
    if (!ggml_backend_buffer_is_host(buffer) || size < before) return;
    auto* const pages = reinterpret_cast<void*>(begin + before);
    ::madvise(pages, (size - before) / page * page, MADV_DONTDUMP);
    ::madvise(pages, (size - before) / page * page, MADV_HUGEPAGE);
  }

  [[nodiscard]] unitee::result<void> read(const ggml_tensor& tensor) const {
    // A device's memory would be filled by ggml_backend_tensor_set from a unitee::wiped_buffer.
    if (!ggml_backend_buffer_is_host(tensor.buffer)) return refuse(unitee::errc::unsupported_format);
    const std::string_view name = tensor.name;
    std::int64_t id = gguf_find_tensor(index_, tensor.name);
    if (id < 0 && name == "output.weight") id = gguf_find_tensor(index_, "token_embd.weight");  // one for both
    if (id < 0) return neutral(tensor, name);
    const std::size_t size = gguf_get_tensor_size(index_, id);
    if (size != ggml_nbytes(&tensor)) return refuse(unitee::errc::bad_length);
    const std::size_t at = gguf_get_data_offset(index_) + gguf_get_tensor_offset(index_, id);
    return sealed_.read_at(at, {static_cast<std::uint8_t*>(tensor.data), size});
  }

  // neutral is for optional tensors that the file lacks: llama_model_init_from_user makes them, and they add 0 or
  // multiply by 1.
  static unitee::result<void> neutral(const ggml_tensor& tensor, std::string_view name) {
    const bool is_factor = name.ends_with("scale") || name.ends_with("rope_freqs.weight");
    if (tensor.type != GGML_TYPE_F32 || !(is_factor || name.ends_with(".bias"))) return refuse(unitee::errc::missing);
    std::fill_n(static_cast<float*>(tensor.data), ggml_nelements(&tensor), is_factor ? 1.0F : 0.0F);
    return {};
  }

  static unitee::failure refuse(unitee::errc code) { return {code, 0, unitee::part::model}; }

  const unitee::sealed_file& sealed_;
  const gguf_context* index_;
  ggml_backend_buffer_t prepared_ = nullptr;
  unitee::first_failure why_;
};

}  // namespace runtimes
