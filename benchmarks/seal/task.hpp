// SPDX-License-Identifier: Apache-2.0
//
// seal/task.hpp: a model, its sealed file, and the ciphertext of that file in memory for the peers.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/posix/plain_memory.hpp>
#include <unitee/seal/file_source.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot.hpp>

#include "../table.hpp"
#include "raw.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace benchmarks {

// workers is how many threads everybody has.
inline constexpr std::size_t workers = 2;

// The tasks of this folder.
void seal_whole(table& out);
void seal_random_reads(table& out);
void seal_slots(table& out);
void seal_processes(table& out);

// load is the program that seal_processes starts where there is no command with that engine: it opens a sealed file
// with slot_key() and reads all of it into fresh memory.
int load(const std::string& engine, const char* path);

// folder is an empty one for files, below TMPDIR or /tmp, which is removed with everything in it.
class folder {
 public:
  folder();
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder();
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// slot_key is the key of the only slot; slot is that slot.
const unitee::secret<32>& slot_key();
unitee::new_slot slot();

// need ends the program when memory cannot be had, and touches what there is.
unitee::posix::plain_memory warm_memory(std::size_t size);

// renew_free_memory takes memory and gives it back. What is free for a while many a hypervisor takes away from the
// machine, and to get it again takes longer than to load a model: that would be a benchmark of hypervisors.
void renew_free_memory(std::size_t size);

// write_file writes a file and waits until it is on the disk: nothing is left to write while others are timed.
void write_file(const std::string& path, unitee::byte_view bytes);
void sync_file(const std::string& path);

// overwritten is a sink: a file that is there already, with its pages in the page cache.
class overwritten {
 public:
  explicit overwritten(const std::string& path);
  unitee::result<void> write_at(std::uint64_t offset, unitee::byte_view in) noexcept {
    return unitee::posix::write_exactly(fd_.get(), offset, in);
  }

 private:
  unitee::posix::descriptor fd_;
};

// sealed_model is a model of `size` bytes and its sealed file, of which the peers get the ciphertext, the tags and the
// key of the segments.
struct sealed_model {
  sealed_model(const folder& in, std::size_t size, std::uint32_t segment_size, unitee::protection how);

  [[nodiscard]] octets_in stored(std::uint64_t segment) const;
  [[nodiscard]] octets_in plain(std::uint64_t segment) const;
  [[nodiscard]] octets_out place(std::uint64_t segment);

  // is_opened says whether `opened` is the plaintext, and spoils it for the next.
  [[nodiscard]] bool is_opened();

  unitee::posix::plain_memory plaintext;
  unitee::posix::plain_memory ciphertext;
  unitee::posix::plain_memory opened;  // by whoever decrypted last
  std::string plain_path;
  std::string path;
  unitee::sealed_geometry geometry;
  std::vector<tag_bytes> tags;
  unitee::secret<32> key;
};

}  // namespace benchmarks
