// SPDX-License-Identifier: Apache-2.0
//
// tests/support/sealed.hpp: sealed files in memory, and the vectors of sealed.json.
#pragma once

#include <unitee/seal/io.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/seal/sealed_writer.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/vectors.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace unitee::test {

using octets = std::vector<std::uint8_t>;

// sealed_plaintext is the payload of every vector: see plaintext(size) in sealed_vectors.py.
inline octets sealed_plaintext(std::size_t size) {
  octets out(size);
  for (std::size_t n = 0; n < size; ++n) out[n] = static_cast<std::uint8_t>(31 * n + n / 256);
  return out;
}

inline secret<32> secret_of(const octets& bytes) {
  if (bytes.size() != 32) throw std::runtime_error("a key has 32 bytes");
  return secret<32>::made_by([&](std::span<std::uint8_t, 32> out) { std::ranges::copy(bytes, out.begin()); });
}
inline secret<32> secret_of(std::uint8_t every) { return secret_of(octets(32, every)); }

// fixed_material is what a vector, or a test that compares bytes, seals with.
inline detail::sealing_material fixed_material(const octets& data_key, const octets& salt, const octets& nonce) {
  return {secret_of(data_key), *sealed_salt::from(salt), *gcm_nonce::from(nonce)};
}

// plain_source and plain_sink are memory that is not lent: every byte goes through read_at and write_at, as with a
// file.
struct plain_source {
  byte_view bytes;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    return memory_source(bytes).read_at(offset, out);
  }
};
struct plain_sink {
  byte_span bytes;
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept { return memory_sink(bytes).write_at(offset, in); }
};
static_assert(byte_source<plain_source> && !lending_source<plain_source>);
static_assert(byte_sink<plain_sink> && !lending_sink<plain_sink>);

// sealed_bytes is a new sealed file, written in pieces of `step` bytes.
inline octets sealed_bytes(const octets& plaintext, const secret<32>& key, std::uint32_t segment_size = 4096,
                           std::size_t step = 1 << 20) {
  octets out(static_cast<std::size_t>(sealed_geometry::of(plaintext.size(), segment_size)->file_size()), 0xee);
  memory_sink sink(out);
  auto writer =
      sealed_writer<memory_sink>::create(sink, plaintext.size(), {slot_kind::caller_key, {}, key}, segment_size);
  for (std::size_t at = 0; at < plaintext.size(); at += step) {
    if (!writer->write(byte_view(plaintext).subspan(at, std::min(step, plaintext.size() - at)))) return {};
  }
  if (!writer->finish()) return {};
  return out;
}

// read_all opens a file and reads all of it: the first failure, or the plaintext.
template <class Source = memory_source>
result<octets> read_all(byte_view file, const secret<32>& key) {
  const Source source{file};
  auto reader = sealed_reader<Source>::open(source, key);
  if (!reader) return reader.error();
  octets out(static_cast<std::size_t>(reader->payload_size()));
  if (const auto done = reader->read_at(0, out); !done) return done.error();
  return out;
}

// sealed_vector_file is the bytes of a vector, whole or edited.
inline octets sealed_vector_file(const nlohmann::json& all, const nlohmann::json& vector) {
  if (!vector.contains("base")) return edited(octets(vector.at("file_size").get<std::size_t>()), vector.at("edits"));
  const auto base = std::ranges::find_if(all, [&](const auto& v) { return v.at("name") == vector.at("base"); });
  return edited(sealed_vector_file(all, *base), vector.at("edits"));
}

}  // namespace unitee::test
