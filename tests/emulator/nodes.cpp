// SPDX-License-Identifier: Apache-2.0

#include "nodes.hpp"

namespace emulator {

std::optional<node> node_of(filesystem& in, inode_number inode) {
  node out;
  out.inode = inode;
  if (inode >= inodes_per_entry) {
    out.entry = in.of().tsm.find(std::uint64_t{inode / inodes_per_entry});
    if (!out.entry) return std::nullopt;
    const std::size_t part = inode % inodes_per_entry;
    if (part == 0) return out;
    if (part > tsm_forms.size()) return std::nullopt;
    out.form = &tsm_forms[part - 1];
    return out;
  }
  if (inode >= first_register_inode) {
    out.which = inode - first_register_inode;
    return *out.which < registers::forms.size() ? std::optional(out) : std::nullopt;
  }
  return inode >= root_inode && inode <= measurements_inode ? std::optional(out) : std::nullopt;
}

std::vector<child> children(filesystem& in, const node& directory) {
  std::vector<child> out;
  if (directory.inode == root_inode) {
    return {{"sev-guest", sev_inode},
            {"tdx_guest", tdx_inode},
            {"report", report_inode},
            {"measurements", measurements_inode}};
  }
  if (directory.inode == measurements_inode) {
    for (std::size_t i = 0; i < registers::forms.size(); ++i) {
      out.push_back({registers::forms[i].name, first_register_inode + i});
    }
  } else if (directory.inode == report_inode) {
    for (const auto& entry : in.of().tsm.all()) out.push_back({entry->name, entry->id * inodes_per_entry});
  } else {
    for (const tsm_form* form : directory.entry->attributes) {
      const auto index = static_cast<std::size_t>(form - tsm_forms.data());
      out.push_back({form->name, directory.entry->id * inodes_per_entry + index + 1});
    }
  }
  return out;
}

unsigned device_mode(filesystem& in, inode_number inode) {
  return inode == sev_inode ? in.of().as.sev_guest.mode : in.of().as.tdx_guest.mode;
}

struct ::stat attributes(filesystem& in, const node& of_node) {
  struct ::stat out {};
  out.st_ino = of_node.inode;
  out.st_nlink = of_node.is_directory() ? 2 : 1;
  if (of_node.is_directory()) {
    out.st_mode = S_IFDIR | 0755;
  } else if (of_node.form != nullptr) {
    out.st_mode = S_IFREG | (of_node.form->written ? 0200U : 0444U);
    out.st_size = of_node.form->binary ? 0 : 4096;
  } else if (of_node.which) {
    out.st_mode = S_IFREG | (registers::forms[*of_node.which].written ? 0644U : 0444U);
    out.st_size = registers::size;
  } else {
    out.st_mode = S_IFREG | device_mode(in, of_node.inode);
  }
  return out;
}

}  // namespace emulator
