// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/sealed_writer.hpp>

#include "support/edits.hpp"
#include "support/sealed.hpp"
#include "support/vectors.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <utility>
#include <vector>

namespace test_sealed_writer {

using namespace unitee;
using test::alone;
using test::caller_slots;
using test::each_engine;
using test::fixed_material;
using test::for_each_way;
using test::octets;
using test::plain_sink;
using test::plain_source;
using test::sealed;
using test::sealed_plaintext;
using test::sealed_size;
using test::small_segments;
using test::unsealed;

namespace {

const failure unrecognized{errc::unrecognized, 0, part::sealed_header};

template <class Sink, gcm_engine Engine = default_gcm_engine>
result<sealed_writer<Sink, Engine>> writing(Sink& sink, std::uint64_t size, const sealing& with = small_segments) {
  return sealed_writer<Sink, Engine>::create(sink, size, caller_slots({1}), with);
}

// known_file is a file of a known data key, whose payload comes from write(sealed_writer&). Its slot has a random
// nonce, so that bytes 480 to 16384 are random, and given as zeros.
template <class Sink, gcm_engine Engine, class Write>
octets known_file(std::size_t size, const sealing& with, Write&& write) {
  octets out(sealed_size(size, with), 0xee);
  Sink sink{out};
  auto writer =
      sealed_writer<Sink, Engine>::create_insecurely_with(fixed_material(5, 6), sink, size, caller_slots({1}), with);
  REQUIRE(writer);
  write(*writer);
  REQUIRE(writer->finish());
  REQUIRE(std::equal(out.begin(), out.begin() + 8192, out.begin() + 8192));
  REQUIRE(unsealed(out));
  std::fill(out.begin() + 480, out.begin() + 16384, std::uint8_t{0});
  return out;
}

// noting_sink keeps where and how much was written, and nothing else.
struct noting_sink {
  std::vector<std::pair<std::uint64_t, std::size_t>> writes;
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    writes.emplace_back(offset, in.size());
    return {};
  }
};

octets vector_file(const nlohmann::json& vector) {
  octets out(vector.at("size").get<std::size_t>());
  for (const auto& piece : vector.at("file")) {
    const octets bytes = test::bytes_of_hex(piece.at(1).get<std::string>());
    std::ranges::copy(bytes, out.begin() + piece.at(0).get<std::ptrdiff_t>());
  }
  return out;
}

// vector_plaintext is plaintext(size) of sealed_forge.py.
octets vector_plaintext(std::size_t size) {
  octets out(size);
  for (std::size_t n = 0; n < size; ++n) out[n] = static_cast<std::uint8_t>(31 * n + n / 256);
  return out;
}

}  // namespace

TEST_CASE("the writer makes every new file of the vectors byte for byte, but for what is random", "[seal][writer]") {
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::vectors_dir() / "sealed")) {
    const auto vector = nlohmann::json::parse(std::ifstream(entry.path()));
    const auto& expect = vector.at("expect");
    // Encrypted metadata are not there to be read, and what has slots after a change is no longer new.
    if (!expect.contains("data_key") || expect.at("generation") != 1 || expect.at("settled") != true) continue;
    const auto& metadata = expect.at("metadata");
    const int form = metadata.is_null() ? 0 : metadata.at("form").get<int>();
    const octets file = vector_file(vector);
    const auto header = sealed_header::parse(byte_view(file).first(8192));
    REQUIRE(header);
    const std::size_t metadata_size = header->geometry().metadata_size();
    if (form == 2 || metadata_size == 16) continue;
    CAPTURE(entry.path().string());
    const std::size_t size = expect.at("plaintext_size");
    const bool zeros = entry.path().stem() == "tag_table_of_two_pages";
    const octets plaintext = zeros ? octets(size) : vector_plaintext(size);
    const auto items = byte_view(file).subspan(16384, form == 1 ? metadata_size - 16 : 0);
    detail::sealing_material material = fixed_material(0, 0);
    const octets data_key = test::bytes_of_hex(expect.at("data_key"));
    material.data_key =
        secret<32>::made_by([&](std::span<std::uint8_t, 32> out) { std::ranges::copy(data_key, out.begin()); });
    material.file_id = *file_id::from(test::bytes_of_hex(expect.at("file_id")));
    const sealing with{.segment_size = expect.at("segment_size"),
                       .protection = protection{expect.at("protection").get<std::uint32_t>()},
                       .metadata = items,
                       .public_metadata = true};
    each_engine([&]<class Engine>(test::engine_of<Engine> engine) {
      CAPTURE(engine.name);
      octets out(file.size(), 0xee);
      memory_sink sink(out);
      const auto slots = caller_slots({1});
      auto writer = sealed_writer<memory_sink, Engine>::create_insecurely_with(material, sink, size, slots, with);
      REQUIRE(writer);
      REQUIRE(writer->write(plaintext));
      REQUIRE(writer->finish());
      CHECK(equal(byte_view(out).first(204), byte_view(file).first(204)));
      CHECK(equal(byte_view(out).subspan(16384), byte_view(file).subspan(16384)));
    });
    ++seen;
  }
  CHECK(seen >= 30);
}

TEST_CASE("pieces of any size, sources and sinks of any kind, and any workers make the same file", "[seal][writer]") {
  const octets items{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/', 'b'};
  each_engine([&]<class Engine>(test::engine_of<Engine> engine) {
    for (const protection how : {protection::confidential, protection::integrity_only}) {
      const sealing with{.segment_size = 4096, .protection = how, .metadata = items};
      for (const std::size_t size : {0u, 1u, 4095u, 4096u, 4097u, 8192u, 3 * 4096u + 5, 257 * 4096u}) {
        CAPTURE(engine.name, static_cast<int>(how), size);
        const octets plaintext = sealed_plaintext(size);
        const auto in_one = [&](auto& writer) { REQUIRE(writer.write(plaintext, alone)); };
        const octets expected = known_file<memory_sink, aes_256_gcm>(size, with, in_one);
        const auto check = [&](auto&& write) {
          REQUIRE((known_file<memory_sink, Engine>(size, with, write) == expected));
          REQUIRE((known_file<plain_sink, Engine>(size, with, write) == expected));
        };
        for (const std::size_t step : {97u, 4095u, 4096u, 4097u, 10000u}) {
          check([&](auto& writer) {
            for (std::size_t at = 0; at < size; at += step) {
              REQUIRE(writer.write(byte_view(plaintext).subspan(at, std::min(step, size - at))));
            }
          });
        }
        for_each_way([&](const char* way, const work& by) {
          CAPTURE(way, by.workers);
          check([&](auto& writer) { REQUIRE(writer.write(plaintext, by)); });
          check([&](auto& writer) { REQUIRE(writer.write_from(memory_source(plaintext), by)); });
          check([&](auto& writer) { REQUIRE(writer.write_from(plain_source{plaintext}, by)); });
        });
      }
    }
  });
}

TEST_CASE("pieces of random sizes make the same file", "[seal][writer]") {
  std::minstd_rand random(3);
  for (int round = 0; round < 30; ++round) {
    const octets plaintext = sealed_plaintext(random() % 70000);
    const auto in_one = [&](auto& writer) { REQUIRE(writer.write(plaintext)); };
    const octets expected = known_file<memory_sink, default_gcm_engine>(plaintext.size(), small_segments, in_one);
    const auto in_pieces = [&](auto& writer) {
      for (std::size_t at = 0; at < plaintext.size();) {
        const std::size_t n = std::min<std::size_t>(random() % 13000, plaintext.size() - at);
        REQUIRE(writer.write(byte_view(plaintext).subspan(at, n)));
        at += n;
      }
    };
    REQUIRE((known_file<plain_sink, default_gcm_engine>(plaintext.size(), small_segments, in_pieces) == expected));
  }
}

TEST_CASE("a source may follow whole segments that were written before", "[seal][writer]") {
  const octets plaintext = sealed_plaintext(5 * 4096 + 9);
  const byte_view all = plaintext;
  const auto in_one = [&](auto& writer) { REQUIRE(writer.write(plaintext)); };
  const octets expected = known_file<memory_sink, default_gcm_engine>(plaintext.size(), small_segments, in_one);
  const auto source_later = [&](auto& writer) {
    REQUIRE(writer.write(all.first(8192)));
    REQUIRE(writer.write_from(plain_source{all.subspan(8192)}));
  };
  CHECK((known_file<memory_sink, default_gcm_engine>(plaintext.size(), small_segments, source_later) == expected));
  octets out(expected.size());
  memory_sink sink(out);
  auto writer = writing(sink, plaintext.size());
  REQUIRE(writer);
  REQUIRE(writer->write(all.first(100)));
  CHECK(writer->write_from(memory_source(all.subspan(100))).error() == failure{errc::bad_length, 100});
  CHECK(writer->finish().error() == failure{errc::bad_length, 100});
}

TEST_CASE("two files with the same payload and key have nothing secret in common", "[seal][writer]") {
  const octets items{1, 0, 0, 0, 3, 0, 0, 0, 'a', '/', 'b'};
  const octets plaintext = sealed_plaintext(2 * 4096);
  const octets a = sealed(plaintext, {.segment_size = 4096, .metadata = items});
  const octets b = sealed(plaintext, {.segment_size = 4096, .metadata = items});
  const auto differ = [&](std::ptrdiff_t at, std::ptrdiff_t n) {
    return !std::equal(a.begin() + at, a.begin() + at + n, b.begin() + at);
  };
  // file_id, commitment, the MACs of table and header, nonce, wrapped key and its tag, metadata and their tag, tags,
  // payload
  for (const std::ptrdiff_t field : {48, 128, 160, 480, 512 + 464, 512 + 496, 16395, 20480, 20496, 24576, 28672}) {
    CHECK(differ(field, 16));
  }
  CHECK(differ(512 + 452, 12));
  CHECK(differ(16384, 11));
}

TEST_CASE("progress adds up to the payload", "[seal][writer]") {
  const octets plaintext = sealed_plaintext(9 * 4096 + 77);
  std::vector<std::uint64_t> told;
  bool right = true;
  const auto tell = [&](std::uint64_t done, std::uint64_t total) {
    right = right && total == plaintext.size() && (told.empty() || done > told.back());
    told.push_back(done);
  };
  for_each_way(
      [&](const char* way, const work& how) {
        CAPTURE(way, how.workers);
        told.clear();
        CHECK(*unsealed(sealed(plaintext, small_segments, how)) == plaintext);
        CHECK(right);
        REQUIRE(told.size() == 10);
        CHECK(told.back() == plaintext.size());
      },
      work{.progress = tell});
}

TEST_CASE("the header is written last, and the tags when there are enough of them", "[seal][writer]") {
  constexpr std::uint64_t batch = 16384;  // 64 MiB in segments of 4096
  constexpr std::uint64_t segments = batch + 257;
  constexpr std::uint64_t payload_at = 16384 + (segments * 16 + 4095) / 4096 * 4096;
  const octets piece(1 << 20);
  noting_sink sink;
  auto writer = writing(sink, segments * 4096);
  REQUIRE(writer);
  for (int i = 0; i < 64; ++i) REQUIRE(writer->write(piece, alone));
  REQUIRE(sink.writes.size() == 4 + batch + 1);
  for (std::size_t i = 0; i < 4; ++i) CHECK(sink.writes[i] == std::pair<std::uint64_t, std::size_t>{4096 * i, 4096});
  CHECK(sink.writes[4] == std::pair<std::uint64_t, std::size_t>{payload_at, 4096});
  CHECK(sink.writes.back() == std::pair<std::uint64_t, std::size_t>{16384, batch * 16});
  REQUIRE(writer->write(piece, alone));
  REQUIRE(writer->write(byte_view(piece).first(4096), alone));
  REQUIRE(writer->finish());
  REQUIRE(sink.writes.size() == 4 + segments + 2 + 2);
  const auto last = sink.writes.end();
  CHECK(last[-3] == std::pair<std::uint64_t, std::size_t>{16384 + batch * 16, 8192});
  CHECK(last[-2] == std::pair<std::uint64_t, std::size_t>{0, 8192});
  CHECK(last[-1] == std::pair<std::uint64_t, std::size_t>{8192, 8192});
}

TEST_CASE("a payload of more than one batch of tags comes back", "[seal][writer]") {
  octets plaintext((std::size_t{64} << 20) + 3 * 4096 + 1);
  for (std::size_t i = 0; i < plaintext.size(); i += 4096) {
    plaintext[i] = static_cast<std::uint8_t>(i / 4096 + i / 65536);
  }
  const octets file = sealed<default_gcm_engine, memory_sink, plain_source>(plaintext, small_segments, {});
  CHECK(*unsealed(file, 1, {}) == plaintext);
}

TEST_CASE("the most slots and the most metadata that there may be are written and read", "[seal][writer]") {
  octets items(max_metadata_size - 16);
  items[0] = 9;  // a type that nobody knows yet
  const auto size = static_cast<std::uint32_t>(items.size() - 8);
  store_le<std::uint32_t>(std::span(items).subspan<4, 4>(), size);
  const octets plaintext = sealed_plaintext(4097);
  const auto slots = caller_slots({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  const octets file = sealed(plaintext, {.segment_size = 4096, .metadata = items}, alone, slots);
  for (std::uint8_t number = 1; number <= 15; ++number) CHECK(*unsealed(file, number) == plaintext);
}

}  // namespace test_sealed_writer
