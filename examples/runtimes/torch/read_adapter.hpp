// SPDX-License-Identifier: Apache-2.0
//
// read_adapter.hpp: a sealed file for libtorch, read at any offset and decrypted by every processor.
#pragma once

#include <unitee/posix/parallel.hpp>
#include <unitee/seal/read_callback.hpp>
#include <unitee/seal/sealed_file.hpp>

#include <caffe2/serialize/read_adapter_interface.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace runtimes {

// read_adapter refers to a sealed file, which outlives it.
class read_adapter : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit read_adapter(const unitee::sealed_file& file) : source_(file) {}

  [[nodiscard]] std::size_t size() const override { return from_.size; }

  // read gives 0 bytes once a segment was refused, which makes libtorch throw.
  std::size_t read(std::uint64_t offset, void* out, std::size_t n, const char*) const override {
    // libtorch asks for a tensor at a time, and a file takes many readers: each takes the next part that nobody has.
    const std::uint64_t end = offset + n;
    std::atomic<std::uint64_t> next = offset / part;
    const auto read_parts = [&](std::size_t) noexcept {
      for (std::uint64_t i = next++; i * part < end; i = next++) {
        const std::uint64_t begin = std::max(i * part, offset);
        from_.read(from_.context, static_cast<char*>(out) + (begin - offset), begin,
                   std::min((i + 1) * part, end) - begin);
      }
    };
    unitee::posix::run_on_threads(std::min(unitee::posix::processors(), n / part + 1), read_parts);
    return status() ? std::min<std::uint64_t>(n, size() - std::min<std::uint64_t>(size(), offset)) : 0;
  }

  // status is why a read was refused.
  [[nodiscard]] unitee::result<void> status() const { return source_.status(); }

 private:
  static constexpr std::uint64_t part = std::uint64_t{4} << 20;  // bytes, a multiple of the size of a segment

  unitee::callback_source<const unitee::sealed_file&> source_;
  unitee::read_callback from_ = source_.callback();
};

}  // namespace runtimes
