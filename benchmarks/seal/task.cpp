// SPDX-License-Identifier: Apache-2.0

#include "task.hpp"

#include <unitee/crypto/aead.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/seal.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace benchmarks {

folder::folder() {
  std::string path = (std::filesystem::temp_directory_path() / "unitee_benchmarks_XXXXXX").string();
  require(::mkdtemp(path.data()) != nullptr, "no folder can be made for the files");
  path_ = path;
}
folder::~folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

const unitee::secret<32>& slot_key() {
  static const auto key =
      unitee::secret<32>::made_by([](std::span<std::uint8_t, 32> out) { std::ranges::fill(out, std::uint8_t{7}); });
  return key;
}

unitee::new_slot slot() {
  auto made = unitee::caller_slot(slot_key());
  require(made.has_value(), "no slot can be made");
  return std::move(*made);
}

unitee::posix::plain_memory warm_memory(std::size_t size) {
  auto made = unitee::posix::plain_memory::create(size);
  require(made.has_value(), "there is not enough memory");
  std::ranges::fill(made->span(), std::uint8_t{1});
  return std::move(*made);
}

void renew_free_memory(std::size_t size) { (void)warm_memory(size); }

overwritten::overwritten(const std::string& path) : fd_(unitee::posix::open_file(path.c_str(), O_WRONLY)) {
  require(static_cast<bool>(fd_), "a file cannot be written to");
}

void write_file(const std::string& path, unitee::byte_view bytes) {
  const auto fd = unitee::posix::open_file(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, AT_FDCWD, 0600);
  require(fd && unitee::posix::write_exactly(fd.get(), 0, bytes), "a file cannot be written");
  sync_file(path);
}
void sync_file(const std::string& path) {
  const auto fd = unitee::posix::open_file(path.c_str(), O_RDONLY);
  require(fd && ::fsync(fd.get()) == 0, "a file cannot be written to the disk");
}

namespace {

// fill makes bytes that do not repeat.
void fill(unitee::byte_span out) {
  std::uint64_t state = 1;
  for (std::size_t at = 0; at + 8 <= out.size(); at += 8) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    std::memcpy(out.data() + at, &state, 8);
  }
}

unitee::secret<32> segments_key(const unitee::file_source& file) {
  const auto copies = unitee::header_copies::read(file);
  require(copies.has_value(), "the sealed file has no header");
  unitee::caller_key keys(slot_key());
  auto opened = copies->open(keys);
  require(opened.has_value(), "the slot does not open");
  return std::move(opened->keys.segments);
}

unitee::sealed_geometry geometry_of(std::size_t size, std::uint32_t segment_size) {
  const auto geometry = unitee::sealed_geometry::of(size, segment_size);
  require(geometry.has_value(), "the format does not allow this size");
  return *geometry;
}

}  // namespace

sealed_model::sealed_model(const folder& in, std::size_t size, std::uint32_t segment_size, unitee::protection how)
    : plaintext(warm_memory(size)),
      ciphertext(warm_memory(size)),
      opened(warm_memory(size)),
      plain_path(in / "model"),
      path(in / "model.sealed"),
      geometry(geometry_of(size, segment_size)),
      tags(static_cast<std::size_t>(geometry.segments())),
      key(unitee::secret<32>::made_by([](std::span<std::uint8_t, 32>) {})) {
  fill(plaintext.span());
  write_file(plain_path, plaintext.view());
  write_file(path, {});
  overwritten sink(path);
  const unitee::new_slot slots[] = {slot()};
  const auto done = unitee::seal<unitee::aes_256_gcm>(unitee::memory_source(plaintext.view()), sink, slots,
                                                      {.segment_size = segment_size, .protection = how});
  require(done.has_value(), "the model cannot be sealed");
  sync_file(path);

  const auto file = unitee::file_source::open(path.c_str());
  require(file && file->size() == geometry.file_size(), "the sealed file has another size");
  require(file->read_at(geometry.payload_offset(), ciphertext.span()).has_value(), "the sealed file cannot be read");
  for (std::uint64_t i = 0; i < geometry.segments(); ++i) {
    require(file->read_at(geometry.tag_offset(i), tags[static_cast<std::size_t>(i)]).has_value(), "no tags");
  }
  key = segments_key(*file);
}

octets_in sealed_model::stored(std::uint64_t segment) const {
  return ciphertext.view().subspan(static_cast<std::size_t>(geometry.begin_of(segment)), geometry.size_of(segment));
}
octets_in sealed_model::plain(std::uint64_t segment) const {
  return plaintext.view().subspan(static_cast<std::size_t>(geometry.begin_of(segment)), geometry.size_of(segment));
}
octets_out sealed_model::place(std::uint64_t segment) {
  return opened.span().subspan(static_cast<std::size_t>(geometry.begin_of(segment)), geometry.size_of(segment));
}

bool sealed_model::is_opened() {
  const bool same = std::memcmp(opened.view().data(), plaintext.view().data(), plaintext.size()) == 0;
  std::ranges::fill(opened.span(), std::uint8_t{1});
  return same;
}

}  // namespace benchmarks
