// SPDX-License-Identifier: Apache-2.0
//
// load.hpp: llama.cpp, as it is, loads a sealed model from a path and from a FILE*. No plaintext is written to a file system.
#pragma once

#include <unitee/result.hpp>
#include <unitee/seal/first_failure.hpp>
#include <unitee/seal/sealed_file.hpp>
#include <unitee/seal/stdio_file.hpp>
#include <unitee/seal/to_memfd.hpp>

#include <llama-cpp.h>

namespace runtimes {

using loaded = unitee::result<llama_model_ptr>;

inline llama_model_params params(llama_load_mode mode) {
  llama_model_params out = llama_model_default_params();
  out.load_mode = mode;
  out.use_extra_bufts = false;  // llama_model_init_from_user's choice: all ways compute with the same bytes
  return out;
}

// checked is a model all of whose bytes were read: a loader need not notice that some were refused.
inline loaded checked(llama_model* model, const unitee::result<void>& reading) {
  llama_model_ptr out(model);
  if (!reading) return reading.error();
  if (!out) return unitee::failure{unitee::errc::unrecognized, 0, unitee::part::model};  // llama.cpp's log says why
  return out;
}

// from_path takes a plain file.
inline loaded from_path(const char* path, llama_load_mode mode) {
  return checked(llama_model_load_from_file(path, params(mode)), {});
}

// from_memfd maps a file in memory, which stays as long as it is mapped.
inline loaded from_memfd(const unitee::sealed_file& sealed) {
  const auto memory = unitee::to_memfd(sealed, "model");
  if (!memory) return memory.error();
  return from_path(memory->path(), LLAMA_LOAD_MODE_MMAP);
}

// from_stdio reads a FILE* that decrypts.
inline loaded from_stdio(const unitee::sealed_file& sealed) {
  unitee::first_failure why;
  const auto file = unitee::open_stdio(sealed, &why);
  if (!file) return file.error();
  llama_model* const model = llama_model_load_from_file_ptr(file->get(), params(LLAMA_LOAD_MODE_NONE));
  return checked(model, why.status());
}

}  // namespace runtimes
