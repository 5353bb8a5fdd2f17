// SPDX-License-Identifier: Apache-2.0

#include "namespaces.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace emulator {

namespace {

bool write_file(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool good = ::write(file, text.data(), text.size()) == static_cast<::ssize_t>(text.size());
  ::close(file);
  return good;
}

// mounter makes directories and mounts until one fails; `why` says which.
class mounter {
 public:
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] bool good() const { return why_.empty(); }

  void fail(const std::string& what) {
    if (good()) why_ = what + ": " + std::strerror(errno);
  }
  void mount(const char* from, const std::string& to, const char* type, unsigned long flags,
             const char* data = nullptr) {
    if (good() && ::mount(from, to.c_str(), type, flags, data) != 0) fail("mount " + to);
  }
  void directory(const std::string& path) {
    if (good() && ::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) fail("mkdir " + path);
  }
  void bind_directory(const std::string& from, const std::string& to) {
    directory(to);
    mount(from.c_str(), to, nullptr, MS_BIND | MS_REC);
  }
  void bind_file(const std::string& from, const std::string& to) {
    const int file = good() ? ::open(to.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (good() && file < 0) fail("create " + to);
    if (file >= 0) ::close(file);
    mount(from.c_str(), to, nullptr, MS_BIND);
  }

 private:
  std::string why_;
};

// fill_dev is a /dev with the devices that any program may expect.
void fill_dev(mounter& by, const std::string& dev) {
  for (const std::string name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    if (::access(("/dev/" + name).c_str(), F_OK) == 0) by.bind_file("/dev/" + name, dev + "/" + name);
  }
  for (const std::string name : {"pts", "shm"}) {
    if (::access(("/dev/" + name).c_str(), F_OK) == 0) by.bind_directory("/dev/" + name, dev + "/" + name);
  }
  constexpr std::array<std::array<const char*, 2>, 4> links{{{"/proc/self/fd", "fd"},
                                                             {"/proc/self/fd/0", "stdin"},
                                                             {"/proc/self/fd/1", "stdout"},
                                                             {"/proc/self/fd/2", "stderr"}}};
  for (const auto& [to, name] : links) {
    if (by.good() && ::symlink(to, (dev + "/" + name).c_str()) != 0) by.fail("symlink " + dev + "/" + name);
  }
}

}  // namespace

std::string enter_namespaces() {
  const auto user = std::to_string(::geteuid());
  const auto group = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) == 0) {
    if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", "0 " + user + " 1") ||
        !write_file("/proc/self/gid_map", "0 " + group + " 1")) {
      return std::string("mapping of the user: ") + std::strerror(errno);
    }
    return {};
  }
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID) == 0) return {};
  return std::string("unshare: ") + std::strerror(errno);
}

std::string mount_machine(const stage& as, filesystem& files) {
  mounter by;
  by.mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
  // Where the outer /proc is restricted this is refused: then the client sees the outer one.
  ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);

  const std::string kernel = "/sys/kernel";
  const std::string own = kernel + "/.files";
  const std::string dev = kernel + "/.dev";
  by.mount("tmpfs", kernel, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
  by.directory(own);
  by.directory(dev);
  if (by.good() && !files.mount(own)) by.fail("mount of /dev/fuse");

  by.mount("tmpfs", dev, "tmpfs", MS_NOSUID, "mode=755");
  fill_dev(by, dev);
  if (as.sev_guest.present) by.bind_file(own + "/sev-guest", dev + "/sev-guest");
  if (as.tdx_guest.present) by.bind_file(own + "/tdx_guest", dev + "/tdx_guest");

  if (as.configfs) {
    by.directory(kernel + "/config");
    if (as.tsm) {
      by.directory(kernel + "/config/tsm");
      by.bind_directory(own + "/report", kernel + "/config/tsm/report");
    }
  }
  const std::string misc = "/sys/class/misc";
  by.mount("tmpfs", misc, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
  if (as.sev_guest.present) by.directory(misc + "/sev-guest");
  if (as.tdx_guest.present || as.registers) by.directory(misc + "/tdx_guest");
  if (as.registers) by.bind_directory(own + "/measurements", misc + "/tdx_guest/measurements");

  by.mount(dev.c_str(), "/dev", nullptr, MS_MOVE);
  if (by.good() && ::umount2(own.c_str(), MNT_DETACH) != 0) by.fail("umount " + own);
  if (by.good()) {
    ::rmdir(own.c_str());
    ::rmdir(dev.c_str());
  }
  return by.why();
}

std::string probe_mounts() {
  mounter by;
  by.mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
  by.mount("tmpfs", "/sys/kernel", "tmpfs", 0);
  const int file = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (file < 0) by.fail("/dev/fuse");
  const std::string data = "fd=" + std::to_string(file) + ",rootmode=40000,user_id=0,group_id=0";
  by.mount("probe", "/sys/kernel", "fuse", MS_NOSUID | MS_NODEV, data.c_str());
  return by.why();
}

bool proc_is_own() {
  std::array<char, 32> link{};
  const ::ssize_t n = ::readlink("/proc/self", link.data(), link.size());
  return n > 0 && std::string_view(link.data(), static_cast<std::size_t>(n)) == std::to_string(::getpid());
}

}  // namespace emulator
