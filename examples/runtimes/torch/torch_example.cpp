// SPDX-License-Identifier: Apache-2.0
//
// torch_example.cpp: libtorch, as Debian packages it, runs a TorchScript module from sealed weights. A sealed file is
// what torch::jit::load takes already: a std::istream, or a ReadAdapterInterface.
//
// usage: torch_example MEGABYTES [time]: of weights, in model.pt and model.pt.sealed in the current directory

#include "changed.hpp"
#include "guest.hpp"
#include "ratio.hpp"
#include "read_adapter.hpp"

#include <unitee/seal/source_istream.hpp>

#include <torch/script.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

using runtimes::require;
using torch::jit::Module;

// write_module writes three random layers of `width` inputs and outputs, always the same ones.
static void write_module(const std::string& path, std::int64_t width) {
  torch::manual_seed(7);
  Module module("sealed_example");
  for (const char* const name : {"first", "second", "third"}) {
    module.register_parameter(name, at::randn({width, width}) / std::sqrt(static_cast<double>(width)), false);
  }
  module.define(
      "def forward(self, x):\n    return self.third @ torch.relu(self.second @ torch.tanh(self.first @ x))\n");
  module.save(path);
}

static at::Tensor infer(Module module) {
  const c10::InferenceMode inference;
  const std::int64_t width = module.attr("first").toTensor().size(1);
  return module.forward({at::linspace(-1, 1, width)}).toTensor();
}

static Module load_stream(const unitee::sealed_file& sealed) {
  unitee::source_istream stream(sealed);
  return torch::jit::load(stream);
}

static Module load_adapter(const unitee::sealed_file& sealed) {
  return torch::jit::load(std::make_shared<runtimes::read_adapter>(sealed));
}

// is_refused says that libtorch throws, and that `from` knows why.
template <class From>
static bool is_refused(const From& from, const unitee::failure& why, auto load) {
  try {
    load();
  } catch (const c10::Error&) {
    return !from.status() && from.status().error() == why;
  }
  return false;
}

int main(int argc, char** argv) {
  const double megabytes = argc >= 2 ? std::atof(argv[1]) : 0;
  const bool timed = argc == 3 && argv[2] == std::string_view("time");
  require(megabytes > 0 && (argc == 2 || timed), "usage: torch_example MEGABYTES [time]");
  const std::string plain = "model.pt";
  const std::string sealed = "model.pt.sealed";
  write_module(plain, std::lround(std::sqrt(megabytes * 1e6 / 3 / sizeof(float))));

  const runtimes::confidential_guest guest;
  guest.seal(plain, sealed);
  const unitee::sealed_file model = guest.open(sealed);

  const at::Tensor expected = infer(torch::jit::load(plain));
  require(at::equal(infer(load_stream(model)), expected), "std::istream: another answer");
  require(at::equal(infer(load_adapter(model)), expected), "ReadAdapterInterface: another answer");
  fmt::print("{:.0f} MB of sealed weights: {} numbers, those of the plain model to the last bit\n",
             static_cast<double>(model.size()) / 1e6, expected.numel());

  if (timed) {
    const auto load_plain = [&] { (void)torch::jit::load(plain); };
    runtimes::print_ratio("std::istream", load_plain, [&] { (void)load_stream(model); });
    runtimes::print_ratio("ReadAdapterInterface", load_plain, [&] { (void)load_adapter(model); });
  }

  runtimes::each_change(guest, sealed, [&](const unitee::failure& why) {
    const unitee::sealed_file changed = guest.open(sealed);
    unitee::source_istream stream(changed);
    const auto adapter = std::make_shared<runtimes::read_adapter>(changed);
    require(is_refused(stream, why, [&] { (void)torch::jit::load(stream); }), "std::istream: not refused");
    require(is_refused(*adapter, why, [&] { (void)torch::jit::load(adapter); }), "ReadAdapterInterface: not refused");
  });
}
