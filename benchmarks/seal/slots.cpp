// SPDX-License-Identifier: Apache-2.0
//
// Changing a slot of a large file, which must not depend on its size.

#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/header_file.hpp>
#include <unitee/seal/seal.hpp>
#include <unitee/seal/slot_editor.hpp>

#include "../measure.hpp"
#include "task.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace benchmarks {
namespace {

constexpr std::uint64_t size = std::uint64_t{4} << 30;

// zeros is a payload of zeros, and hole a sink that does not write the payload: the file is as long as it would be, and
// its header and tags are right.
class zeros {
 public:
  [[nodiscard]] std::uint64_t size() const noexcept { return benchmarks::size; }
  unitee::result<void> read_at(std::uint64_t, unitee::byte_span out) const noexcept {
    std::ranges::fill(out, std::uint8_t{0});
    return {};
  }
};
class hole {
 public:
  hole(const std::string& path, std::uint64_t payload) : file_(path), payload_(payload) {}
  unitee::result<void> write_at(std::uint64_t offset, unitee::byte_view in) noexcept {
    if (offset >= payload_) return {};
    return file_.write_at(offset, in);
  }

 private:
  overwritten file_;
  std::uint64_t payload_;
};

// timed_file is a header_file that counts the time in which it waits for the disk.
class timed_file {
 public:
  explicit timed_file(unitee::header_file& of) : file_(of) {}
  [[nodiscard]] std::uint64_t size() const noexcept { return file_.size(); }
  unitee::result<void> read_at(std::uint64_t offset, unitee::byte_span out) const noexcept {
    return file_.read_at(offset, out);
  }
  unitee::result<void> write_at(std::uint64_t offset, unitee::byte_view in) noexcept {
    return file_.write_at(offset, in);
  }
  unitee::result<void> sync() noexcept {
    const auto from = clock::now();
    const auto done = file_.sync();
    waited += std::chrono::duration<double>(clock::now() - from).count();
    return done;
  }

  using clock = std::chrono::steady_clock;
  double waited = 0;

 private:
  unitee::header_file& file_;
};

}  // namespace

void seal_slots(table& out) {
  const folder files;
  const std::string path = files / "sparse.sealed";
  const auto geometry = unitee::sealed_geometry::of(size, unitee::default_segment_size);
  require(geometry.has_value(), "the format does not allow this size");
  write_file(path, {});
  std::filesystem::resize_file(path, geometry->file_size());
  hole sink(path, geometry->payload_offset());
  const unitee::new_slot slots[] = {slot()};
  require(unitee::seal(zeros(), sink, slots).has_value(), "the file cannot be sealed");
  sync_file(path);

  std::vector<double> own;
  std::vector<double> waiting;
  for (int round = 0; round < 15; ++round) {
    const auto from = timed_file::clock::now();
    auto file = unitee::header_file::open(path.c_str());
    require(file.has_value(), "the sealed file cannot be opened");
    timed_file timed(*file);
    auto editor = unitee::slot_editor<timed_file>::open(timed, unitee::caller_key(slot_key()));
    require(editor && editor->replace(0, slot()) && editor->commit(), "the slot cannot be renewed");
    const double all = std::chrono::duration<double>(timed_file::clock::now() - from).count();
    own.push_back(all - timed.waited);
    waiting.push_back(timed.waited);
    require(editor->header().generation() == static_cast<std::uint64_t>(round) + 2, "the slot was not renewed");
  }
  const double took = median(own);
  out.add({"renew a slot of 4 GiB, to its fdatasyncs", duration_text(took), duration_text(median(waiting)), "-",
           "at most 5 ms", took <= 0.005});
}

}  // namespace benchmarks
