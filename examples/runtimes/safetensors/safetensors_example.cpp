// SPDX-License-Identifier: Apache-2.0
//
// The tensors of a sealed safetensors file, by name, without any runtime: all of them where they were decrypted, or one
// alone, of which only its own segments are read.
//
// usage: safetensors_example MODEL.safetensors: with weight, [rows, 1024], and bias, [rows], of 32-bit floats

#include "changed.hpp"
#include "guest.hpp"
#include "ratio.hpp"

#include <unitee/json/safetensors.hpp>
#include <unitee/posix/plain_memory.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace {

using runtimes::need;
using runtimes::require;

constexpr std::size_t columns = 1024;

using tensors = std::map<std::string, unitee::tensor_extent>;

// find is where each tensor stands in its file. read_safetensors has checked what the file says; of it the names are
// left to read.
template <class Source>
tensors find(const Source& model) {
  const auto index = need(unitee::read_safetensors(model), "safetensors");
  std::string header(static_cast<std::size_t>(index.data_offset) - 8, ' ');
  need(model.read_at(8, {reinterpret_cast<std::uint8_t*>(header.data()), header.size()}), "header");
  tensors out;
  const nlohmann::json all = nlohmann::json::parse(header);
  for (const auto& each : all.items()) {
    const std::string& name = each.key();
    if (name == "__metadata__") continue;
    const std::array<std::uint64_t, 2> at = each.value().at("data_offsets");
    out[name] = unitee::tensor_extent{index.data_offset + at[0], at[1] - at[0]};
  }
  return out;
}

// infer is relu(weight * 1 + bias), summed up.
double infer(unitee::byte_view model, const tensors& at) {
  const auto floats = [&](const char* name) {
    const unitee::tensor_extent where = at.at(name);
    const auto bytes = model.subspan(static_cast<std::size_t>(where.offset), static_cast<std::size_t>(where.size));
    return std::span(reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float));
  };
  const auto weight = floats("weight");
  const auto bias = floats("bias");
  double sum = 0;
  for (std::size_t row = 0; row < bias.size(); ++row) {
    float out = bias[row];
    for (const float each : weight.subspan(row * columns, columns)) out += each;
    sum += std::max(out, 0.0F);
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 2, "usage: safetensors_example MODEL.safetensors");
  const std::string plain = argv[1];
  const std::string sealed = plain + ".sealed";

  const runtimes::confidential_guest guest;
  guest.seal(plain, sealed);
  const auto model = guest.open(sealed);

  const auto file = need(unitee::file_source::open(plain.c_str()), plain);
  auto unsealed = need(unitee::posix::plain_memory::create(static_cast<std::size_t>(file.size())), "memory");
  need(file.read_at(0, unsealed.span()), plain);
  const double expected = infer(unsealed.view(), find(file));

  const auto loaded = need(model.load(), sealed);
  const tensors places = find(model);
  require(infer(loaded.view(), places) == expected, "the sealed model computes something else");
  fmt::print("infer: {} by the plain model and by the sealed one\n", expected);

  const unitee::tensor_extent bias = places.at("bias");
  std::vector<std::uint8_t> alone(static_cast<std::size_t>(bias.size));
  need(model.read_at(bias.offset, alone), sealed);
  require(std::ranges::equal(alone, unsealed.view().last(alone.size())), "a tensor is not what it was");
  fmt::print("bias alone: {} bytes from offset {}\n", bias.size, bias.offset);

  // Into fresh memory, as a loader does.
  runtimes::print_ratio(
      "all tensors",
      [&] {
        auto memory = need(unitee::posix::plain_memory::create(static_cast<std::size_t>(file.size())), "memory");
        need(file.read_at(0, memory.span()), plain);
      },
      [&] { (void)need(model.load(), sealed); });

  runtimes::each_change(guest, sealed, [&](const unitee::failure& why) {
    const auto changed = guest.open(sealed).load();
    require(!changed && changed.error() == why, "a changed model was not refused");
  });
}
