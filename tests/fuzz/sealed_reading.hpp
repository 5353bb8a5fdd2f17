// SPDX-License-Identifier: Apache-2.0
//
// tests/fuzz/sealed_reading.hpp: every way of reading a sealed file that opens, which must agree.
#pragma once

#include "sealed_seeds.hpp"

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/seal/work.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace unitee::fuzz {

using octets = std::vector<std::uint8_t>;

// copied_source is memory that is not lent: every byte goes through read_at, as with a file.
struct copied_source {
  byte_view bytes;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    return memory_source(bytes).read_at(offset, out);
  }
};
static_assert(byte_source<copied_source> && !lending_source<copied_source>);

inline bool same(const result<void>& a, const result<void>& b) {
  return a.has_value() == b.has_value() && (a || a.error() == b.error());
}

// read_pieces reads in pieces of other sizes than segments. A piece that fails is zero, and says where in its segments.
template <class Reader>
bool read_pieces(const Reader& reader, octets& out) {
  bool good = true;
  std::uint32_t number = 1;
  for (std::size_t at = 0; at < out.size();) {
    number = number * 1664525 + 1013904223;
    const byte_span piece =
        byte_span(out).subspan(at, std::min<std::size_t>(1 + (number >> 16) % 9000, out.size() - at));
    const auto done = reader.read_at(at, piece);
    if (!done) {
      const std::uint64_t segment_size = reader.header().geometry().segment_size();
      require(done.error().code == errc::not_authentic && done.error().in == part::sealed_payload);
      require(done.error().offset < at + piece.size() && done.error().offset + segment_size > at);
      require(all_zero(piece));
      require(same(reader.read_at(at, piece), done));  // what failed was not kept
    }
    good = good && done;
    at += piece.size();
  }
  return good;
}

// read_every_way is the plaintext, or the failure that all ways of reading agree on.
template <class Reader>
result<octets> read_every_way(const Reader& reader) {
  octets whole(static_cast<std::size_t>(reader.size()), 0xee);
  const auto all = reader.read_all(whole, {.workers = 1});
  require(all || all_zero(whole));

  octets pieces(whole.size(), 0xee);
  require(read_pieces(reader, pieces) == all.has_value() && (!all || pieces == whole));

  octets written(whole.size(), 0xee);
  memory_sink sink(written);
  const auto in_turn = [](std::size_t n, function_ref<void(std::size_t)> body) {
    for (std::size_t i = 0; i < n; ++i) body(i);
  };
  require(same(reader.write_to(sink, {.workers = 2, .parallel_for = in_turn}), all) && (!all || written == whole));
  require(same(reader.check({.workers = 1}), all));

  std::uint8_t beyond = 0xee;
  const auto none = reader.read_at(whole.size(), byte_span(&beyond, 1));
  require(!none && none.error() == failure{errc::truncated, whole.size(), part::sealed_payload} && beyond == 0);
  require(reader.read_at(whole.size(), {}).has_value());
  if (!all) return all.error();
  return whole;
}

}  // namespace unitee::fuzz
