// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_pem_file.hpp: a file of secrets in a state directory, for its owner only. INSECURE.
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/result.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace unitee::inline v0::guest::detail {

// simulated_pem_file is one file in one directory, which need not exist until save. The file has mode 0600, the
// directory, where save makes it, 0700, and what is read or written is wiped from memory afterwards.
class simulated_pem_file {
 public:
  // size_max is more than any simulated platform needs; a larger file is errc::bad_length.
  static constexpr std::size_t size_max = 32768;

  simulated_pem_file(std::string_view directory, std::string_view name)
      : directory_(directory), path_(directory_ + "/" + std::string(name)) {}

  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }

  // save has encode(writer) -> result<byte_view> write the text, and has it on disk, whole or not at all, before it
  // returns. It is never written over another: errc::io_error with EEXIST. Other failures are encode's, and
  // errc::io_error.
  template <class F>
  result<void> save(F&& encode) const {
    std::size_t size = 0;
    const auto text = secret<size_max>::try_made_by([&](byte_span out) -> result<void> {
      const auto written = std::forward<F>(encode)(writer(out));
      if (!written) return written.error();
      size = written->size();
      return {};
    });
    if (!text) return text.error();
    if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) return posix::io_failure();
    std::array<std::uint8_t, 8> random{};
    std::array<char, 16> digits{};
    if (const auto drawn = random_bytes(random); !drawn) return drawn;
    if (const auto done = hex_encode(random, digits); !done) return done;
    const std::string part = path_ + "." + std::string(digits.data(), digits.size());
    auto done = write_file(part.c_str(), byte_view(text->expose()).first(size));
    if (done && ::link(part.c_str(), path_.c_str()) != 0) done = posix::io_failure();
    ::unlink(part.c_str());
    return done ? sync_directory() : done;
  }

  // load is decode(byte_view) of the text, a result of its own: errc::io_error with ENOENT when there is no file, and
  // with EPERM when others than its owner may read or write it. Other failures are decode's.
  template <class F>
  auto load(F&& decode) const -> decltype(std::forward<F>(decode)(byte_view())) {
    std::size_t size = 0;
    const auto text = secret<size_max>::try_made_by([&](byte_span out) { return read_file(out, size); });
    if (!text) return text.error();
    return std::forward<F>(decode)(byte_view(text->expose()).first(size));
  }

 private:
  // write_file makes a new file that only the owner can read.
  static result<void> write_file(const char* path, byte_view bytes) {
    const auto file = posix::open_file(path, O_WRONLY | O_CREAT | O_EXCL, AT_FDCWD, 0600);
    if (!file) return posix::io_failure();
    if (const auto done = posix::write_all(file.get(), bytes); !done) return done;
    if (::fsync(file.get()) != 0) return posix::io_failure();
    return {};
  }

  result<void> read_file(byte_span out, std::size_t& size) const {
    const auto file = posix::open_file(path_.c_str(), O_RDONLY);
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return posix::io_failure();
    const bool shared = (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    if (S_ISREG(status.st_mode) && shared) return failure{errc::io_error, EPERM};
    const auto n = posix::read_to_end(file.get(), out);
    if (!n) return n.error().code == errc::no_space ? failure{errc::bad_length} : n.error();
    size = *n;
    return {};
  }

  // sync_directory has the file's name on disk.
  [[nodiscard]] result<void> sync_directory() const {
    const auto open = posix::open_file(directory_.c_str(), O_RDONLY | O_DIRECTORY);
    if (!open || ::fsync(open.get()) != 0) return posix::io_failure();
    return {};
  }

  std::string directory_;
  std::string path_;
};

}  // namespace unitee::inline v0::guest::detail
