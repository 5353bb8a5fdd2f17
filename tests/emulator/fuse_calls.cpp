// SPDX-License-Identifier: Apache-2.0

#include "fuse_calls.hpp"

#include "filesystem.hpp"
#include "nodes.hpp"

#include <unitee/crypto/wiped_buffer.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace emulator {

namespace {

filesystem& of(::fuse_req_t request) { return *static_cast<filesystem*>(::fuse_req_userdata(request)); }

caller who(::fuse_req_t request) {
  return {::fuse_req_ctx(request)->pid, [request] { return ::fuse_req_interrupted(request) != 0; }};
}

void reply_entry(::fuse_req_t request, const node& found) {
  ::fuse_entry_param out{};
  out.ino = found.inode;
  out.generation = 1;
  out.attr = attributes(of(request), found);
  ::fuse_reply_entry(request, &out);
}

void reply_bytes(::fuse_req_t request, int error, const octets& bytes) {
  if (error != 0) {
    ::fuse_reply_err(request, error);
  } else {
    ::fuse_reply_buf(request, reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
}

void lookup(::fuse_req_t request, ::fuse_ino_t parent, const char* name) {
  filesystem& in = of(request);
  const auto directory = node_of(in, parent);
  if (directory && directory->inode == report_inode) {
    // The common case, for two hundred threads at once.
    const auto entry = in.of().tsm.find(std::string_view(name));
    if (entry) return reply_entry(request, {entry->id * inodes_per_entry, entry, nullptr, {}});
  } else if (directory && directory->is_directory()) {
    for (const child& each : children(in, *directory)) {
      if (each.name != name) continue;
      if (const auto found = node_of(in, each.inode)) return reply_entry(request, *found);
    }
  }
  ::fuse_reply_err(request, ENOENT);
}

void getattr(::fuse_req_t request, ::fuse_ino_t inode, ::fuse_file_info* /*file*/) {
  const auto found = node_of(of(request), inode);
  if (!found) {
    ::fuse_reply_err(request, ENOENT);
    return;
  }
  const struct ::stat out = attributes(of(request), *found);
  ::fuse_reply_attr(request, &out, 0);
}

// setattr takes O_TRUNC, which means nothing here.
void setattr(::fuse_req_t request, ::fuse_ino_t inode, struct ::stat* /*to*/, int which, ::fuse_file_info* file) {
  if ((which & ~(FUSE_SET_ATTR_SIZE | FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_CTIME)) != 0) {
    ::fuse_reply_err(request, EPERM);
  } else {
    getattr(request, inode, file);
  }
}

// access answers for somebody whom the permission bits bind, though the client is root in its namespace.
void access(::fuse_req_t request, ::fuse_ino_t inode, int mask) {
  const bool device = inode == sev_inode || inode == tdx_inode;
  const unsigned mode = device ? device_mode(of(request), inode) : 0777;
  const bool denied = ((mask & R_OK) != 0 && (mode & 0400) == 0) || ((mask & W_OK) != 0 && (mode & 0200) == 0);
  ::fuse_reply_err(request, denied ? EACCES : 0);
}

void open(::fuse_req_t request, ::fuse_ino_t inode, ::fuse_file_info* file) {
  filesystem& in = of(request);
  const auto found = node_of(in, inode);
  const bool reads = (file->flags & O_ACCMODE) != O_WRONLY;
  const bool writes = (file->flags & O_ACCMODE) != O_RDONLY;
  auto made = std::make_unique<open_file>();
  int error = 0;
  if (!found) {
    error = ENOENT;
  } else if (found->form != nullptr) {
    made->kind = "tsm";
    error = in.of().tsm.open(who(request), found->entry, *found->form, reads, writes, made->tsm);
  } else if (found->which) {
    made->kind = "rtmr";
    made->which = *found->which;
    error = in.of().rtmr.open(who(request), made->which, writes);
  } else {
    const bool is_sev = inode == sev_inode;
    made->kind = is_sev ? "sev-guest" : "tdx_guest";
    call in_work(in.of().shared, who(request), is_sev ? "sev.open" : "tdx.open");
    const unsigned mode = device_mode(in, inode);
    const bool denied = (reads && (mode & 0400) == 0) || (writes && (mode & 0200) == 0);
    error = in_work.answer(in_work.staged() != 0 ? in_work.staged() : denied ? EACCES : 0);
  }
  if (error != 0) {
    ::fuse_reply_err(request, error);
    return;
  }
  open_file* const handle = in.files().add(std::move(made));
  file->fh = reinterpret_cast<std::uint64_t>(handle);
  file->direct_io = 1;
  // The open of a client that was interrupted meanwhile is nobody's.
  if (::fuse_reply_open(request, file) == -ENOENT) in.files().remove(handle);
}

open_file& handle_of(const ::fuse_file_info* file) { return *reinterpret_cast<open_file*>(file->fh); }

void read(::fuse_req_t request, ::fuse_ino_t inode, std::size_t size, ::off_t offset, ::fuse_file_info* file) {
  filesystem& in = of(request);
  open_file& handle = handle_of(file);
  octets out;
  int error = EINVAL;
  const auto at = static_cast<std::size_t>(offset);
  if (handle.tsm) {
    error = in.of().tsm.read(who(request), *handle.tsm, at, size, out);
  } else if (inode >= first_register_inode) {
    error = in.of().rtmr.read(who(request), handle.which, at, size, out);
  }
  reply_bytes(request, error, out);
}

void write(::fuse_req_t request, ::fuse_ino_t inode, const char* buffer, std::size_t size, ::off_t offset,
           ::fuse_file_info* file) {
  filesystem& in = of(request);
  open_file& handle = handle_of(file);
  const unitee::byte_view bytes(reinterpret_cast<const std::uint8_t*>(buffer), size);
  int error = EINVAL;
  std::size_t taken = size;
  const auto at = static_cast<std::size_t>(offset);
  if (handle.tsm) {
    error = in.of().tsm.write(who(request), *handle.tsm, at, bytes);
  } else if (inode >= first_register_inode) {
    error = in.of().rtmr.write(who(request), handle.which, at, bytes, taken);
  }
  if (error != 0) {
    ::fuse_reply_err(request, error);
  } else {
    ::fuse_reply_write(request, taken);
  }
}

// flush is a close(2), which waits for it; release comes some time after the last.
void flush(::fuse_req_t request, ::fuse_ino_t /*inode*/, ::fuse_file_info* file) {
  open_file& handle = handle_of(file);
  handle.closed_by_exit = is_ending(::fuse_req_ctx(request)->pid);
  if (handle.tsm) of(request).of().tsm.close(who(request), *handle.tsm);
  ::fuse_reply_err(request, 0);
}

void release(::fuse_req_t request, ::fuse_ino_t /*inode*/, ::fuse_file_info* file) {
  of(request).files().remove(&handle_of(file));
  ::fuse_reply_err(request, 0);
}

void ioctl(::fuse_req_t request, ::fuse_ino_t inode, unsigned int number, void* /*argument*/,
           ::fuse_file_info* /*file*/, unsigned /*flags*/, const void* in_bytes, std::size_t in_size,
           std::size_t out_size) {
  filesystem& in = of(request);
  octets argument(std::max(in_size, out_size));
  if (in_size != 0) std::memcpy(argument.data(), in_bytes, in_size);
  int error = ENOTTY;
  if (inode == sev_inode) error = in.of().sev.ioctl(who(request), number, argument);
  if (inode == tdx_inode) error = in.of().tdx.ioctl(who(request), number, argument);
  // A failed ioctl has output, too: error words.
  ::fuse_reply_ioctl(request, -error, argument.data(), out_size);
  unitee::wipe(argument);
}

void mkdir(::fuse_req_t request, ::fuse_ino_t parent, const char* name, ::mode_t /*mode*/) {
  filesystem& in = of(request);
  std::shared_ptr<tsm_entry> made;
  const int error = parent == report_inode ? in.of().tsm.make(who(request), name, made) : EPERM;
  if (error != 0) {
    ::fuse_reply_err(request, error);
  } else {
    reply_entry(request, {made->id * inodes_per_entry, made, nullptr, {}});
  }
}

void rmdir(::fuse_req_t request, ::fuse_ino_t parent, const char* name) {
  ::fuse_reply_err(request, parent == report_inode ? of(request).of().tsm.remove(who(request), name) : EPERM);
}

void unlink(::fuse_req_t request, ::fuse_ino_t /*parent*/, const char* /*name*/) { ::fuse_reply_err(request, EPERM); }

void create(::fuse_req_t request, ::fuse_ino_t /*parent*/, const char* /*name*/, ::mode_t /*mode*/,
            ::fuse_file_info* /*file*/) {
  ::fuse_reply_err(request, EACCES);
}

void readdir(::fuse_req_t request, ::fuse_ino_t inode, std::size_t size, ::off_t offset, ::fuse_file_info* /*file*/) {
  filesystem& in = of(request);
  const auto directory = node_of(in, inode);
  if (!directory || !directory->is_directory()) {
    ::fuse_reply_err(request, ENOENT);
    return;
  }
  std::vector<child> all{{".", inode}, {"..", root_inode}};
  for (child& each : children(in, *directory)) all.push_back(std::move(each));
  octets out(size);
  std::size_t used = 0;
  for (auto i = static_cast<std::size_t>(offset); i < all.size(); ++i) {
    struct ::stat of_child {};
    of_child.st_ino = all[i].inode;
    const auto found = node_of(in, all[i].inode);
    of_child.st_mode = found && found->is_directory() ? S_IFDIR : S_IFREG;
    const std::size_t more = ::fuse_add_direntry(request, reinterpret_cast<char*>(out.data()) + used, size - used,
                                                 all[i].name.c_str(), &of_child, static_cast<::off_t>(i + 1));
    if (more > size - used) break;
    used += more;
  }
  out.resize(used);
  reply_bytes(request, 0, out);
}

}  // namespace

const ::fuse_lowlevel_ops& fuse_calls() {
  static const ::fuse_lowlevel_ops calls = [] {
    ::fuse_lowlevel_ops out{};
    out.lookup = lookup;
    out.getattr = getattr;
    out.setattr = setattr;
    out.access = access;
    out.open = open;
    out.read = read;
    out.write = write;
    out.flush = flush;
    out.release = release;
    out.ioctl = ioctl;
    out.mkdir = mkdir;
    out.rmdir = rmdir;
    out.unlink = unlink;
    out.create = create;
    out.readdir = readdir;
    return out;
  }();
  return calls;
}

}  // namespace emulator
