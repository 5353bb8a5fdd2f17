// SPDX-License-Identifier: Apache-2.0
//
// doctor_process.cpp: what keeps keys and weights in memory: locked pages, core dumps, swap; and the event log.

#include "doctor.hpp"

#include <fmt/format.h>

#include <sys/mman.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>

namespace command::examination {

namespace {

std::string text_of(::rlim_t bytes) {
  if (bytes == RLIM_INFINITY) return "unlimited";
  return fmt::format("{} KiB", static_cast<std::uint64_t>(bytes / 1024));
}

finding locked_memory() {
  constexpr std::size_t size = std::size_t{16} << 20;
  ::rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  void* const at =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
  if (at != MAP_FAILED) {
    ::munmap(at, size);
    return {"locked-memory", state::works, fmt::format("16 MiB can be locked (limit {})", text_of(limit.rlim_cur))};
  }
  return {
      "locked-memory", state::careful,
      fmt::format("16 MiB cannot be locked (limit {}): keys and weights may be swapped out", text_of(limit.rlim_cur)),
      "ulimit -l unlimited; for a service: LimitMEMLOCK=infinity"};
}

finding core_dumps() {
  ::rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  std::string pattern;
  std::ifstream file("/proc/sys/kernel/core_pattern");
  std::getline(file, pattern);
  if (pattern.starts_with('|')) {
    return {"core-dumps", state::careful, "a crash hands the memory, keys included, to " + plain(pattern.substr(1)),
            "sysctl -w kernel.core_pattern=core; ulimit -c 0"};
  }
  if (limit.rlim_cur == 0) return {"core-dumps", state::works, "none are written"};
  return {"core-dumps", state::careful, "a crash writes the memory, keys included, to a file",
          "ulimit -c 0; for a service: LimitCORE=0"};
}

finding swap() {
  std::ifstream file("/proc/swaps");
  std::string line;
  std::getline(file, line);  // the heading
  std::string places;
  while (std::getline(file, line)) {
    const std::string place = line.substr(0, line.find_first_of(" \t"));
    if (place.starts_with("/dev/zram") || place.empty()) continue;  // stays in memory
    places += (places.empty() ? "" : ", ") + plain(place);
  }
  if (places.empty()) return {"swap", state::works, "none: memory stays memory"};
  return {"swap", state::careful, "memory goes to " + places + ", which the host can read unless it is encrypted",
          "swapoff -a, or lock what must not leave"};
}

finding event_log() {
  constexpr const char* path = "/sys/firmware/acpi/tables/data/CCEL";
  struct stat is {};
  if (::stat(path, &is) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {"event-log", state::not_here, "no CCEL table"};
    return {"event-log", state::does_not, fmt::format("{}: {}", path, std::strerror(errno)), "run this as root"};
  }
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return {"event-log", state::does_not, fmt::format("{}: {}", path, std::strerror(errno)), "run this as root"};
  }
  ::close(fd);
  return {"event-log", state::works, fmt::format("CCEL, {} bytes: what the RTMRs were extended by", is.st_size),
          fmt::format("give it to the verifier: unitee verify QUOTE --event-log {}", path)};
}

}  // namespace

void probe_process(const question&, notebook& to) {
  to.ask("event-log");
  to.write(event_log());
  to.ask("locked-memory");
  to.write(locked_memory());
  to.write(core_dumps());
  to.write(swap());
}

}  // namespace command::examination
