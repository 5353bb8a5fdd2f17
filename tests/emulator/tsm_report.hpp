// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/tsm_report.hpp: /sys/kernel/config/tsm/report.
#pragma once

#include "call.hpp"
#include "snp_guest.hpp"
#include "td_guest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

enum class tsm_attribute : std::uint8_t {
  generation,
  provider,
  privlevel,
  privlevel_floor,
  service_provider,
  service_guid,
  service_manifest_version,
  inblob,
  outblob,
  auxblob,
  manifestblob
};

// tsm_form is how configfs has an attribute: either read or written, as text or as a binary.
struct tsm_form {
  tsm_attribute id;
  const char* name;
  bool written;
  bool binary;
};

inline constexpr std::array tsm_forms{
    tsm_form{tsm_attribute::generation, "generation", false, false},
    tsm_form{tsm_attribute::provider, "provider", false, false},
    tsm_form{tsm_attribute::privlevel, "privlevel", true, false},
    tsm_form{tsm_attribute::privlevel_floor, "privlevel_floor", false, false},
    tsm_form{tsm_attribute::service_provider, "service_provider", true, false},
    tsm_form{tsm_attribute::service_guid, "service_guid", true, false},
    tsm_form{tsm_attribute::service_manifest_version, "service_manifest_version", true, false},
    tsm_form{tsm_attribute::inblob, "inblob", true, true},
    tsm_form{tsm_attribute::outblob, "outblob", false, true},
    tsm_form{tsm_attribute::auxblob, "auxblob", false, true},
    tsm_form{tsm_attribute::manifestblob, "manifestblob", false, true}};

// tsm_entry is one directory, with the attributes that its provider had when it was made.
struct tsm_entry {
  std::uint64_t id = 0;
  std::string name;
  std::vector<const tsm_form*> attributes;
  bool removed = false;

  octets inblob;
  std::uint32_t privlevel = 0;
  std::optional<std::string> service_provider;
  std::uint64_t write_generation = 0;
  std::uint64_t read_generation = 0;
  bool has_report = false;
  octets outblob;
  octets auxblob;
  octets manifestblob;
};

// tsm_file is an attribute that somebody has open. As in configfs, what is read of it is taken at the first read, and
// what is written to a binary takes effect when it is closed.
struct tsm_file {
  std::shared_ptr<tsm_entry> entry;
  const tsm_form* form = nullptr;

  std::mutex mutex;
  std::optional<octets> content;
  octets written;
  bool is_written = false;
};

// tsm_report is the directory and everything in it, as drivers/virt/coco/guest/report.c has it. Members that do
// something return 0 or errno.
class tsm_report {
 public:
  static constexpr std::size_t inblob_max = 64;
  static constexpr std::size_t outblob_max = 32768;

  tsm_report(kernel& in, snp_guest& snp, td_guest& td, std::optional<octets> manifest)
      : in_(in), snp_(snp), td_(td), manifest_(std::move(manifest)) {}

  int make(const caller& by, const std::string& name, std::shared_ptr<tsm_entry>& out);
  int remove(const caller& by, const std::string& name);
  int open(const caller& by, const std::shared_ptr<tsm_entry>& entry, const tsm_form& form, bool reads, bool writes,
           std::unique_ptr<tsm_file>& out);
  int read(const caller& by, tsm_file& file, std::size_t offset, std::size_t size, octets& out);
  int write(const caller& by, tsm_file& file, std::size_t offset, unitee::byte_view bytes);
  void close(const caller& by, tsm_file& file);

  std::shared_ptr<tsm_entry> find(std::string_view name);
  std::shared_ptr<tsm_entry> find(std::uint64_t id);
  std::vector<std::shared_ptr<tsm_entry>> all();

 private:
  int advance(tsm_entry& entry);
  void bump(tsm_entry& entry);
  int store(tsm_entry& entry, tsm_attribute which, unitee::byte_view bytes);
  int show(tsm_entry& entry, tsm_attribute which, octets& out);
  int refresh(tsm_entry& entry);
  int new_snp_report(tsm_entry& entry);
  int new_td_report(tsm_entry& entry);

  kernel& in_;
  snp_guest& snp_;
  td_guest& td_;
  std::optional<octets> manifest_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<tsm_entry>, std::less<>> entries_;
  std::uint64_t last_id_ = 0;
};

}  // namespace emulator
