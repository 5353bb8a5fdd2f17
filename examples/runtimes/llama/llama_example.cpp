// SPDX-License-Identifier: Apache-2.0
//
// llama_example: llama.cpp, as it is, runs inference from sealed weights that it loads in three ways.
//
// usage: llama_example MODEL.gguf [time]
#include "changed.hpp"
#include "guest.hpp"
#include "load.hpp"
#include "ratio.hpp"
#include "tensor_loader.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using runtimes::need;
using runtimes::require;

struct way {
  const char* name;
  runtimes::loaded (*load)(const unitee::sealed_file&);
};
static constexpr way ways[] = {
    {"memfd, mapped", runtimes::from_memfd},
    {"FILE*", runtimes::from_stdio},
    {"tensor by tensor", runtimes::tensor_loader::load},
};

// infer continues a fixed prompt by the likeliest tokens, and is the logits of every step.
static std::vector<float> infer(const llama_model_ptr& model) {
  llama_context_params params = llama_context_default_params();
  params.n_threads = params.n_threads_batch = 1;
  const llama_context_ptr context(llama_init_from_model(model.get(), params));
  require(context != nullptr, "llama_init_from_model");
  const auto vocabulary = static_cast<std::size_t>(llama_vocab_n_tokens(llama_model_get_vocab(model.get())));
  std::vector<llama_token> tokens{1, 75, 104, 111, 111, 114};
  std::vector<float> all;
  for (int step = 0; step < 8; ++step) {
    const auto batch = llama_batch_get_one(tokens.data(), static_cast<std::int32_t>(tokens.size()));
    require(llama_decode(context.get(), batch) == 0, "llama_decode");
    const std::span logits(llama_get_logits_ith(context.get(), -1), vocabulary);
    all.insert(all.end(), logits.begin(), logits.end());
    tokens = {static_cast<llama_token>(std::ranges::max_element(logits) - logits.begin())};
  }
  return all;
}

static llama_model_ptr load_plain(const std::string& model, llama_load_mode mode) {
  return need(runtimes::from_path(model.c_str(), mode), model);
}

static void print_ratios(const runtimes::confidential_guest& guest, const std::string& model,
                         const std::string& sealed) {
  for (const auto& [name, load] : ways) {
    runtimes::print_ratio(
        name, [&] { load_plain(model, LLAMA_LOAD_MODE_NONE); },
        [&, each = load] { need(each(guest.open(sealed)), sealed); });
  }
  runtimes::print_ratio(
      "memfd, mapped, and the plain file mapped, of which nothing is read",
      [&] { load_plain(model, LLAMA_LOAD_MODE_MMAP); }, [&] { need(runtimes::from_memfd(guest.open(sealed)), sealed); },
      std::nullopt);
}

int main(int argc, char** argv) {
  require(argc == 2 || (argc == 3 && argv[2] == std::string_view("time")), "usage: llama_example MODEL.gguf [time]");
  const std::string model = argv[1];
  const std::string sealed = model + ".sealed";
  const auto print_errors = [](ggml_log_level level, const char* text, void*) {
    if (level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
  };
  llama_log_set(print_errors, nullptr);
  ggml_backend_load_all_from_path(LLAMA_CPP_BACKENDS);

  const runtimes::confidential_guest guest;
  guest.seal(model, sealed);
  const auto expected = infer(load_plain(model, LLAMA_LOAD_MODE_NONE));
  for (const auto& [name, load] : ways) {
    require(infer(need(load(guest.open(sealed)), name)) == expected, "the logits are not those of the plain model");
    fmt::print("{}: {} logits, those of the plain model to the last bit\n", name, expected.size());
  }
  if (argc == 3) print_ratios(guest, model, sealed);
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);  // it is about to complain
  runtimes::each_change(guest, sealed, [&](const unitee::failure& why) {
    for (const auto& [name, load] : ways) {
      const auto changed = load(guest.open(sealed));
      require(!changed && changed.error() == why, "a changed model was not refused");
    }
  });
  llama_backend_free();
}
