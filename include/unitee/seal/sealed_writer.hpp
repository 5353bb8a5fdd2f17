// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/sealed_writer.hpp: writing a sealed file in one pass, in constant memory, on several threads.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/default_engine.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/geometry.hpp>
#include <unitee/seal/io.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/metadata_area.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/sealed_metadata.hpp>
#include <unitee/seal/segment_sink.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/work.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <utility>

namespace unitee::inline v0 {

// sealing is what the owner decides about a new file.
struct sealing {
  std::uint32_t segment_size = default_segment_size;
  unitee::protection protection = protection::confidential;

  // metadata is items that sealed_metadata::parse takes, or nothing; whether they can be read without a key is for
  // public_metadata to say.
  byte_view metadata{};
  bool public_metadata = false;
};

// sealed_writer seals a payload whose size is announced first. Memory: for each thread one segment, and the tags of 64
// MiB, which is at most 256 KiB. The header is written last: what stands in the sink before finish() is not a sealed
// file. The sink outlives the writer; several threads write to it at once unless how.workers is 1. One writer serves
// one thread, which is helped by others during write.
template <byte_sink Sink, gcm_engine Engine = default_gcm_engine>
class sealed_writer {
 public:
  // create refuses sizes that the format does not allow and a number of slots other than 1 to 15 (part::sealed_header),
  // and metadata that no reader would take (part::sealed_metadata), and passes on the sink's failures. The sink
  // receives sealed_geometry::file_size() bytes in all.
  static result<sealed_writer> create(Sink& sink, std::uint64_t payload_size, std::span<const new_slot> slots,
                                      const sealing& with = {}) noexcept {
    const auto material = detail::sealing_material::random();
    if (!material) return material.error();
    return create_insecurely_with(*material, sink, payload_size, slots, with);
  }

  // create_insecurely_with makes a file with a known data key. It is for tests: see detail::sealing_material.
  static result<sealed_writer> create_insecurely_with(const detail::sealing_material& material, Sink& sink,
                                                      std::uint64_t payload_size, std::span<const new_slot> slots,
                                                      const sealing& with) noexcept {
    if (slots.empty() || slots.size() > sealed_header::max_slots) {
      return failure{errc::bad_value, 204, part::sealed_header};
    }
    if (with.metadata.size() > max_metadata_size - sealed_geometry::tag_size) {
      return failure{errc::bad_length, 44, part::sealed_header};
    }
    if (const auto good = sealed_metadata::parse(with.metadata, payload_size); !good) return good.error();
    const std::size_t metadata = with.metadata.empty() ? 0 : with.metadata.size() + sealed_geometry::tag_size;
    const auto geometry = sealed_geometry::of(payload_size, with.segment_size, static_cast<std::uint32_t>(metadata));
    if (!geometry) return geometry.error();
    const auto form = metadata == 0          ? metadata_form::none
                      : with.public_metadata ? metadata_form::is_public
                                             : metadata_form::encrypted;
    const sealed_header::invariants fixed{*geometry, with.protection, form, material.file_id};
    const auto file = detail::file_binding::of(fixed.encode(), material.file_id);
    if (!file) return file.error();
    auto keys = detail::sealed_keys::derive(material.data_key, *file);
    if (!keys) return keys.error();
    auto table_mac = hmac_sha256_stream::create(keys->tag_table);
    if (!table_mac) return table_mac.error();
    auto tags = wiped_buffer::create(segments::tags_size(*geometry));
    if (!tags) return tags.error();
    auto partial = wiped_buffer::create(geometry->size_of(0));
    if (!partial) return partial.error();
    auto* const made = new (std::nothrow)
        state(sink, fixed, std::move(*keys), std::move(*table_mac), std::move(*tags), std::move(*partial));
    if (made == nullptr) return failure{errc::io_error, ENOMEM};
    sealed_writer out(made);
    for (const new_slot& slot : slots) {
      const auto wrapped = slot.wrap(*file, material.data_key);
      if (!wrapped) return wrapped.error();
      made->slots[made->slot_count++] = *wrapped;
    }
    if (const auto done = made->begin(with.metadata); !done) return done.error();
    return out;
  }

  // write takes the next bytes of the payload; in pieces of several segments, several threads seal them. More than was
  // announced is errc::trailing_data at the announced size, and none of them are taken. After a failure every call
  // gives the same one.
  result<void> write(byte_view plaintext, const work& how = {}) noexcept {
    state& at = *state_.get();
    if (at.ended) return *at.ended;
    if (plaintext.size() > at.left()) return at.end({errc::trailing_data, at.geometry().payload_size()});
    const auto done = at.write(plaintext, how);
    return done ? done : at.end(done.error());
  }

  // write_from takes all of a source that is as long as what is left of the payload (else errc::truncated at the
  // source's end, or errc::trailing_data at the announced size), where a segment begins (else errc::bad_length at the
  // size so far). Several threads read it. After a failure, or when it was called off, every call gives the same one.
  template <byte_source Source>
  result<void> write_from(const Source& plaintext, const work& how = {}) noexcept {
    state& at = *state_.get();
    if (at.ended) return *at.ended;
    if (at.gathered != 0) return at.end({errc::bad_length, at.taken()});
    if (plaintext.size() < at.left()) return at.end({errc::truncated, plaintext.size()});
    if (plaintext.size() > at.left()) return at.end({errc::trailing_data, at.geometry().payload_size()});
    const auto done = at.write_from(plaintext, how);
    return done ? done : at.end(done.error());
  }

  // finish writes the header, and makes the sink a sealed file. Before all of the announced bytes were written it is
  // errc::truncated at the size so far, and more may follow; after it succeeded, every call is errc::trailing_data.
  result<void> finish() noexcept {
    state& at = *state_.get();
    if (at.ended) return *at.ended;
    if (at.left() != 0) return failure{errc::truncated, at.taken()};
    const auto done = at.finish();
    (void)at.end(done ? failure{errc::trailing_data, at.geometry().payload_size()} : done.error());
    return done;
  }

 private:
  using segments = detail::segment_sink<Sink, Engine>;

  struct state {
    Sink& sink;
    sealed_header::invariants fixed;
    segments payload;
    detail::sealed_keys keys;
    std::array<slot_bytes, sealed_header::max_slots> slots{};
    std::size_t slot_count = 0;
    wiped_buffer partial;      // the beginning of a segment
    std::size_t gathered = 0;  // bytes of it
    std::optional<failure> ended;

    state(Sink& to, const sealed_header::invariants& of, detail::sealed_keys&& with, hmac_sha256_stream&& table_mac,
          wiped_buffer&& tags, wiped_buffer&& first) noexcept
        : sink(to),
          fixed(of),
          payload(to, of.geometry, of.protection, std::move(with.segments), std::move(table_mac), std::move(tags)),
          keys(std::move(with)),
          partial(std::move(first)) {}

    [[nodiscard]] const sealed_geometry& geometry() const noexcept { return fixed.geometry; }
    [[nodiscard]] std::uint64_t taken() const noexcept {
      return std::min(geometry().begin_of(payload.next()), geometry().payload_size()) + gathered;
    }
    [[nodiscard]] std::uint64_t left() const noexcept { return geometry().payload_size() - taken(); }
    // progress_of tells of all of the payload, in whatever pieces it comes.
    [[nodiscard]] detail::shared_progress progress_of(const work& how) const noexcept {
      return {how, geometry().payload_size(), taken() - gathered};
    }

    failure end(const failure& why) noexcept { return *(ended = why); }

    // begin writes zeros where the header goes, so that a sink that held a sealed file no longer does, and the
    // metadata.
    result<void> begin(byte_view metadata) noexcept {
      const std::array<std::uint8_t, sealed_geometry::block_size> zeros{};
      for (std::uint64_t at = 0; at < sealed_geometry::metadata_offset; at += zeros.size()) {
        if (const auto done = sink.write_at(at, zeros); !done) return done;
      }
      if (metadata.empty()) return {};
      auto area = detail::seal_metadata<Engine>(metadata, fixed, keys);
      if (!area) return area.error();
      return sink.write_at(sealed_geometry::metadata_offset, area->all());
    }

    result<void> write(byte_view plaintext, const work& how) noexcept {
      detail::shared_progress progress(progress_of(how));
      while (!plaintext.empty()) {
        if (const std::uint64_t count = gathered == 0 ? payload.take(plaintext.size()) : 0; count != 0) {
          const auto n = static_cast<std::size_t>(payload.size_of(count));
          const memory_source from(plaintext.first(n));
          if (const auto done = payload.seal(from, 0, count, how, progress); !done) return done;
          plaintext = plaintext.subspan(n);
          continue;
        }
        const std::size_t whole = geometry().size_of(payload.next());
        const std::size_t n = std::min(whole - gathered, plaintext.size());
        detail::copy_bytes(plaintext.first(n), partial.all().subspan(gathered, n));
        plaintext = plaintext.subspan(n);
        gathered += n;
        if (gathered != whole) continue;
        gathered = 0;
        const memory_source from(partial.first(whole));
        if (const auto done = payload.seal(from, 0, 1, how, progress); !done) return done;
      }
      return {};
    }

    template <class Source>
    result<void> write_from(const Source& plaintext, const work& how) noexcept {
      detail::expect_all(plaintext);
      detail::shared_progress progress(progress_of(how));
      const std::uint64_t begin = taken();
      while (left() != 0) {
        const std::uint64_t count = payload.take(left());
        if (const auto done = payload.seal(plaintext, taken() - begin, count, how, progress); !done) return done;
      }
      return {};
    }

    result<void> finish() noexcept {
      const auto table_mac = payload.finish();
      if (!table_mac) return table_mac.error();
      auto header = sealed_header::create(fixed, keys.commitment, *table_mac, std::span(slots).first(slot_count));
      if (!header) return header.error();
      const auto mac = detail::mac_of(*header, keys.header);
      if (!mac) return mac.error();
      header->put_mac(*mac);
      if (const auto done = sink.write_at(0, header->bytes()); !done) return done;
      return sink.write_at(sealed_geometry::second_header_offset, header->bytes());
    }
  };

  static void release(state* of) noexcept { delete of; }
  explicit sealed_writer(state* made) noexcept : state_(made) {}

  detail::handle<state, release> state_;
};

}  // namespace unitee::inline v0
