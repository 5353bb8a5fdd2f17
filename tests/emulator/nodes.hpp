// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/nodes.hpp: which inode stands for what.
#pragma once

#include "filesystem.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace emulator {

using inode_number = std::uint64_t;

// Inodes: five that are always there, the registers, and 256 for each entry of configfs-tsm, itself and its attributes.
inline constexpr inode_number root_inode = 1;
inline constexpr inode_number sev_inode = 2;
inline constexpr inode_number tdx_inode = 3;
inline constexpr inode_number report_inode = 4;
inline constexpr inode_number measurements_inode = 5;
inline constexpr inode_number first_register_inode = 16;
inline constexpr inode_number inodes_per_entry = 256;

// node is what an inode stands for. An entry that was removed has none any more.
struct node {
  inode_number inode = 0;
  std::shared_ptr<tsm_entry> entry;
  const tsm_form* form = nullptr;
  std::optional<std::size_t> which;

  [[nodiscard]] bool is_directory() const {
    return inode == root_inode || inode == report_inode || inode == measurements_inode || (entry && form == nullptr);
  }
};

// node_of is nothing for an inode that is of no use any more.
std::optional<node> node_of(filesystem& in, inode_number inode);

// child is what a name in a directory means.
struct child {
  std::string name;
  inode_number inode;
};

// children are those of a directory.
std::vector<child> children(filesystem& in, const node& directory);

// device_mode is the permission bits of one of the two devices.
unsigned device_mode(filesystem& in, inode_number inode);

// attributes is what stat says.
struct ::stat attributes(filesystem& in, const node& of_node);

}  // namespace emulator
