// SPDX-License-Identifier: Apache-2.0
//
// Reads of 4 KiB at random offsets, against the decryption of the segment alone.

#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/sealed_reader.hpp>

#include "../measure.hpp"
#include "engines.hpp"
#include "task.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace benchmarks {
namespace {

constexpr std::size_t size = 512 << 20;
constexpr std::size_t piece = 4096;

// offsets are of pieces that lie in one segment, as many as no cache remembers.
std::vector<std::uint64_t> offsets() {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> out(1 << 16);
  for (std::uint64_t& one : out) one = random() % (size / piece) * piece;
  return out;
}

template <class Source, class With>
void add_row(table& out, const std::string& what, sealed_model& model, const std::vector<std::uint64_t>& places) {
  auto source = Source::open(model.path.c_str());
  require(source.has_value(), "the sealed file cannot be opened");
  auto opened =
      unitee::sealed_reader<Source, typename With::engine>::open(std::move(*source), unitee::caller_key(slot_key()));
  require(opened.has_value(), "the sealed file does not open");
  const auto reader = std::move(*opened);
  std::array<std::uint8_t, piece> read;
  for (const std::uint64_t at : places) {
    require(reader.read_at(at, read) && std::ranges::equal(read, model.plaintext.view().subspan(at, piece)),
            "what was read is not what was sealed");
  }

  typename With::raw raw(model.key.expose());
  std::vector<std::uint8_t> segment(model.geometry.segment_size());
  std::size_t ours = 0;
  std::size_t peers = 0;
  const auto times =
      compare([&] { require(reader.read_at(places[ours++ % places.size()], read).has_value(), "failed"); },
              [&] {
                const std::uint64_t i = places[peers++ % places.size()] / segment.size();
                require(raw.open(i, model.stored(i), model.tags[i], segment), "failed");
              });
  out.add({what + With::name, duration_text(times.ours), duration_text(times.peer), ratio_text(times.ratio),
           "at most 1.15", times.ratio <= 1.15});
}

}  // namespace

void seal_random_reads(table& out) {
  const auto places = offsets();
  for (const std::uint32_t segment_size : {65536U, 262144U}) {
    const folder files;
    sealed_model model(files, size, segment_size, unitee::protection::confidential);
    const std::string what = "4 KiB of a segment of " + std::to_string(segment_size >> 10) + " KiB, ";
    for_each_engine([&]<class With>(With) {
      add_row<unitee::file_source, With>(out, what, model, places);
      add_row<unitee::mapped_source, With>(out, what + "mapped, ", model, places);
    });
  }
}

}  // namespace benchmarks
