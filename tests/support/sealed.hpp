// SPDX-License-Identifier: Apache-2.0
//
// tests/support/sealed.hpp: sealed files in memory, by every engine that this build has, and ways of reading them.
#pragma once

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/octets.hpp"
#include "support/ways.hpp"

#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/default_engine.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/seal.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/seal/sealed_writer.hpp>
#include <unitee/seal/slot.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace unitee::test {

// sealed_plaintext is a payload of which no two segments are alike.
inline octets sealed_plaintext(std::size_t size) {
  octets out(size);
  for (std::size_t n = 0; n < size; ++n) out[n] = static_cast<std::uint8_t>(31 * n + n / 256 + 7 * (n / 4096));
  return out;
}

inline secret<32> secret_of(const octets& bytes) {
  if (bytes.size() != 32) throw std::runtime_error("a key has 32 bytes");
  return secret<32>::made_by([&](std::span<std::uint8_t, 32> out) { std::ranges::copy(bytes, out.begin()); });
}
inline secret<32> secret_of(std::uint8_t every) { return secret_of(octets(32, every)); }

// fixed_material is what a test that compares bytes, or makes headers itself, seals with.
inline detail::sealing_material fixed_material(std::uint8_t data_key = 0x11, std::uint8_t id = 0x44) {
  detail::sealing_material out{secret_of(data_key), {}};
  out.file_id.value.fill(id);
  return out;
}

// each_engine calls f(engine_of<Engine>) for every engine that this build has.
template <class Engine>
struct engine_of {
  using type = Engine;
  const char* name;
};
template <class F>
void each_engine(F&& f) {
  f(engine_of<aes_256_gcm>{"openssl"});
  if constexpr (!std::same_as<default_gcm_engine, aes_256_gcm>) f(engine_of<default_gcm_engine>{"default"});
}

// plain_source and plain_sink are memory that is not lent: every byte goes through read_at and write_at, as with a
// file. run_source is read in runs, as a disk.
struct plain_source {
  byte_view bytes;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    return memory_source(bytes).read_at(offset, out);
  }
};
template <std::size_t Size>
struct run_source : plain_source {
  static constexpr std::size_t run_size = Size;
  static constexpr std::size_t readers = 3;
};
struct plain_sink {
  byte_span bytes;
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept { return memory_sink(bytes).write_at(offset, in); }
};
static_assert(lending_source<memory_source> && lending_sink<memory_sink>);
static_assert(byte_source<plain_source> && !lending_source<plain_source>);
static_assert(byte_source<run_source<1>> && !lending_source<run_source<1>>);
static_assert(byte_sink<plain_sink> && !lending_sink<plain_sink>);

// slots_of is some slots as seal takes them.
template <class... Slots>
std::vector<new_slot> slots_of(Slots&&... slots) {
  std::vector<new_slot> out;
  (out.push_back(std::forward<Slots>(slots)), ...);
  return out;
}

// slot_for is a caller's slot: its key is secret_of(number), and its id is the number. caller_slots is one for each.
inline new_slot slot_for(std::uint8_t number) { return *caller_slot(secret_of(number), {&number, 1}); }
inline std::vector<new_slot> caller_slots(const std::vector<std::uint8_t>& numbers) {
  std::vector<new_slot> out;
  for (const std::uint8_t each : numbers) out.push_back(slot_for(each));
  return out;
}

inline constexpr sealing small_segments{.segment_size = 4096};

// sealed_size is how long a sealed file is.
inline std::size_t sealed_size(std::uint64_t payload, const sealing& with) {
  const std::size_t metadata = with.metadata.empty() ? 0 : with.metadata.size() + 16;
  const auto geometry = sealed_geometry::of(payload, with.segment_size, static_cast<std::uint32_t>(metadata));
  return static_cast<std::size_t>(geometry->file_size());
}

// sealed is a new file of random keys, made by seal().
template <gcm_engine Engine = default_gcm_engine, class Sink = memory_sink, class Source = memory_source>
octets sealed(const octets& plaintext, const sealing& with = small_segments, const work& how = alone,
              const std::vector<new_slot>& slots = caller_slots({1})) {
  octets out(sealed_size(plaintext.size(), with), 0xee);
  Sink sink{out};
  const auto done = seal<Engine>(Source{plaintext}, sink, slots, with, how);
  if (!done) throw std::runtime_error(name(done.error().code));
  return out;
}

// sealed_bytes is a new file of known keys, or the failure.
template <class Engine = default_gcm_engine>
result<octets> sealed_bytes(const octets& plaintext, std::span<const new_slot> slots,
                            const sealing& with = small_segments,
                            const detail::sealing_material& material = fixed_material()) {
  octets out(sealed_size(plaintext.size(), with), 0xee);
  memory_sink sink(out);
  auto writer =
      sealed_writer<memory_sink, Engine>::create_insecurely_with(material, sink, plaintext.size(), slots, with);
  if (!writer) return writer.error();
  if (const auto done = writer->write(plaintext, alone); !done) return done.error();
  if (const auto done = writer->finish(); !done) return done.error();
  return out;
}

// sealed_with is a file with one slot for a caller's key.
template <class Engine = default_gcm_engine>
octets sealed_with(const octets& plaintext, const secret<32>& key, const sealing& with = small_segments) {
  return *sealed_bytes<Engine>(plaintext, slots_of(*caller_slot(key)), with);
}

// open_with opens a file with the key of slot_for(number).
template <class Source = memory_source, gcm_engine Engine = default_gcm_engine>
result<sealed_reader<Source, Engine>> open_with(Source source, std::uint8_t number = 1, const reading& how = {}) {
  const secret<32> key = secret_of(number);
  return sealed_reader<Source, Engine>::open(std::move(source), caller_key(key), how);
}

// read_all opens a file and reads all of it: the first failure, or the plaintext.
template <class Source = memory_source, gcm_engine Engine = default_gcm_engine, class Keys>
result<octets> read_all(byte_view file, Keys&& keys, const reading& how = {}, const work& by = alone) {
  auto reader = sealed_reader<Source, Engine>::open(Source{file}, keys, how);
  if (!reader) return reader.error();
  octets out(static_cast<std::size_t>(reader->size()), 0xee);
  if (const auto done = reader->read_all(out, by); !done) {
    if (!all_zero(out)) throw std::runtime_error("a refused payload was given out");
    return done.error();
  }
  return out;
}

// unsealed is read_all with the key of slot_for(number).
template <class Source = memory_source, gcm_engine Engine = default_gcm_engine>
result<octets> unsealed(byte_view file, std::uint8_t number = 1, const work& by = alone) {
  const secret<32> key = secret_of(number);
  return read_all<Source, Engine>(file, caller_key(key), {}, by);
}

// open_header is what header_copies makes of a file.
template <class Keys>
result<opened_header> open_header(byte_view file, Keys&& keys) {
  const auto copies = header_copies::read(memory_source(file));
  if (!copies) return copies.error();
  return copies->open(keys);
}

// signed_bytes is a header with its right MAC in a state, as it stands in the file.
inline octets signed_bytes(const sealed_header& header, header_state state, const detail::sealed_keys& keys) {
  sealed_header out = header.with_state(state);
  out.put_mac(*detail::mac_of(out, keys.header));
  return {out.bytes().begin(), out.bytes().end()};
}

// put copies bytes into others, which are long enough.
inline void put(octets& into, std::size_t at, byte_view bytes) {
  std::ranges::copy(bytes, into.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace unitee::test
