// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_store.hpp: a simulated platform in a state directory, so that its keys come back. INSECURE.
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/pem.hpp>
#include <unitee/crypto/pem_text.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/guest/simulated_platform.hpp>
#include <unitee/result.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::guest {

// simulated_store is a directory with one file, simulated-snp.pem: three private keys, three certificates and the chip,
// readable by the owner only. Whoever can read it can make the platform's evidence and derive its keys.
class simulated_store {
 public:
  // file_size_max is more than any platform needs; a larger file is errc::bad_length.
  static constexpr std::size_t file_size_max = 32768;

  // at names the directory. It need not exist until save.
  explicit simulated_store(std::string_view directory)
      : directory_(directory), file_(directory_ + "/simulated-snp.pem") {}

  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }

  // save writes the platform down, whole or not at all, and never over another: errc::io_error with EEXIST.
  result<void> save(const insecure_simulated_platform& platform) const {
    std::size_t size = 0;
    const auto text = secret<file_size_max>::try_made_by([&](byte_span out) -> result<void> {
      const auto written = encode(platform.get(), writer(out));
      if (!written) return written.error();
      size = written->size();
      return {};
    });
    if (!text) return text.error();
    if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) return io_failure();
    std::array<std::uint8_t, 8> random{};
    std::array<char, 16> digits{};
    if (const auto drawn = random_bytes(random); !drawn) return drawn;
    if (const auto done = hex_encode(random, digits); !done) return done;
    const std::string part = file_ + "." + std::string(digits.data(), digits.size());
    auto done = write_file(part, byte_view(text->expose()).first(size));
    if (done && ::link(part.c_str(), file_.c_str()) != 0) done = io_failure();
    ::unlink(part.c_str());
    return done ? sync_directory() : done;
  }

  // load reads the platform back: errc::io_error with ENOENT when there is none, and with EPERM when others than its
  // owner may read or write it; errc::truncated, errc::bad_encoding or errc::bad_value when the file is not what save
  // wrote, which includes keys and a chip that are not those of the certificates.
  [[nodiscard]] result<insecure_simulated_platform> load() const {
    std::size_t size = 0;
    const auto text = secret<file_size_max>::try_made_by([&](byte_span out) { return read_file(out, size); });
    if (!text) return text.error();
    return decode(byte_view(text->expose()).first(size));
  }

 private:
  struct chip_row {
    using product = layout::le<"product", 0, std::uint8_t>;
    using tcb = layout::raw<"tcb", 1, 8, snp::tcb_version_tag>;
    using chip_id = layout::raw<"chip_id", 9, 64, snp::chip_id_tag>;
    using chip_secret = layout::raw<"chip_secret", 73, 32>;
    using all = layout::table<105, product, tcb, chip_id, chip_secret>;
  };
  static constexpr const char* chip_label = "UNITEE SIMULATED CHIP";

  static failure io_failure() noexcept { return {errc::io_error, static_cast<std::uint64_t>(errno)}; }

  static result<byte_view> encode(const insecure_simulated_platform::state& from, writer to) {
    constexpr std::string_view warning =
        "INSECURE: keys of a simulated SEV-SNP platform. Evidence and sealed files that depend on them protect "
        "nothing.\n\n";
    const auto append = [&](byte_view text) { to.bytes(text); };
    append({reinterpret_cast<const std::uint8_t*>(warning.data()), warning.size()});
    const auto chip = secret<chip_row::all::size>::made_by([&](byte_span out) {
      writer(out)
          .le(static_cast<std::uint8_t>(from.product))
          .bytes(from.tcb.value)
          .bytes(from.chip_id.value)
          .bytes(from.chip_secret.expose());
    });
    if (const auto done = to_pem(chip_label, chip.expose(), append); !done) return done.error();
    for (const signing_key* key : {&from.ark_key, &from.ask_key, &from.vcek_key}) {
      if (const auto done = key->to_pem(append); !done) return done.error();
    }
    for (const certificate* one : {&from.ark, &from.ask, &from.vcek}) {
      const auto der = one->der();
      if (!der) return der.error();
      if (const auto done = to_pem("CERTIFICATE", *der, append); !done) return done.error();
    }
    return to.written();
  }

  static result<insecure_simulated_platform> decode(byte_view text) {
    std::optional<secret<chip_row::all::size>> chip;
    std::vector<signing_key> keys;
    std::vector<certificate> certificates;
    const auto walked = for_each_pem(text, [&](std::string_view label, byte_view der) -> result<void> {
      if (label == "PRIVATE KEY") {
        auto key = signing_key::from_der(der);
        if (!key) return key.error();
        keys.push_back(std::move(*key));
      } else if (label == "CERTIFICATE") {
        auto one = certificate::from_der(der);
        if (!one) return one.error();
        certificates.push_back(std::move(*one));
      } else if (label == chip_label) {
        if (chip || der.size() != chip_row::all::size) return errc::bad_value;
        const std::size_t product = chip_row::product::read(der);
        if (product >= snp::products.size() || !snp::products[product].verifiable) return errc::bad_value;
        chip.emplace(secret<chip_row::all::size>::made_by([&](byte_span out) { writer(out).bytes(der); }));
      } else {
        return errc::bad_value;
      }
      return {};
    });
    if (!walked) return walked.error();
    if (!chip || keys.size() != 3 || certificates.size() != 3) return errc::bad_value;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!keys[i].is_key_of(certificates[i])) return errc::bad_value;
    }
    const byte_view bytes = chip->expose();
    const auto hwid = certificates[2].extension("1.3.6.1.4.1.3704.1.4");
    if (!hwid || hwid->size() > 64 || !equal(*hwid, chip_row::chip_id::view(bytes).first(hwid->size()))) {
      return errc::bad_value;
    }
    return insecure_simulated_platform::restore(
        {static_cast<snp::generation>(chip_row::product::read(bytes)), chip_row::tcb::read(bytes),
         chip_row::chip_id::read(bytes),
         secret<32>::made_by([&](byte_span out) { writer(out).bytes(chip_row::chip_secret::view(bytes)); }), keys[0],
         keys[1], keys[2], certificates[0], certificates[1], certificates[2]});
  }

  // write_file makes a new file that only the owner can read, and has it on disk before it returns.
  static result<void> write_file(const std::string& path, byte_view bytes) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return io_failure();
    result<void> done;
    while (done && !bytes.empty()) {
      const ::ssize_t n = ::write(fd, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) done = io_failure();
      if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    if (done && ::fsync(fd) != 0) done = io_failure();
    if (::close(fd) != 0 && done) done = io_failure();
    return done;
  }

  result<void> read_file(byte_span out, std::size_t& size) const {
    const int fd = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_failure();
    struct stat status {};
    result<void> done;
    if (::fstat(fd, &status) != 0) done = io_failure();
    const bool shared = (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    if (done && S_ISREG(status.st_mode) && shared) done = failure{errc::io_error, EPERM};
    for (size = 0; done;) {
      if (size == out.size()) done = errc::bad_length;
      const ::ssize_t n = ::read(fd, out.data() + size, out.size() - size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) done = io_failure();
      if (n <= 0) break;
      size += static_cast<std::size_t>(n);
    }
    ::close(fd);
    return done;
  }

  // sync_directory has the file's name on disk.
  [[nodiscard]] result<void> sync_directory() const {
    const int fd = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return io_failure();
    const auto done = ::fsync(fd) == 0 ? result<void>() : io_failure();
    ::close(fd);
    return done;
  }

  std::string directory_;
  std::string file_;
};

}  // namespace unitee::inline v0::guest
