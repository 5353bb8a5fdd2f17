// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/sealed_writer.hpp>

#include "support/sealed.hpp"

#include <algorithm>
#include <utility>

namespace test_sealed_writer {

using namespace unitee;
using test::octets;
using test::secret_of;

namespace {

const octets data_key(32, 1);
const octets salt(32, 2);
const octets nonce(12, 3);

// known_file is a file made of nothing random, in pieces of `step` bytes.
template <class Sink>
octets known_file(const octets& plaintext, std::uint32_t segment_size, std::size_t step) {
  octets out(static_cast<std::size_t>(sealed_geometry::of(plaintext.size(), segment_size)->file_size()), 0xee);
  Sink sink{out};
  const auto material = test::fixed_material(data_key, salt, nonce);
  const auto key = secret_of(7);
  auto writer = sealed_writer<Sink>::create_insecurely_with(material, sink, plaintext.size(),
                                                            {slot_kind::caller_key, {}, key}, segment_size);
  REQUIRE(writer);
  for (std::size_t at = 0; at < plaintext.size(); at += step) {
    REQUIRE(writer->write(byte_view(plaintext).subspan(at, std::min(step, plaintext.size() - at))));
  }
  REQUIRE(writer->finish());
  return out;
}

// failing_sink takes `left` writes, and fails from then on.
struct failing_sink {
  int left;
  result<void> write_at(std::uint64_t, byte_view) noexcept {
    if (left-- > 0) return {};
    return failure{errc::io_error, 28};
  }
};

// counting_sink keeps the order of the writes and nothing else.
struct counting_sink {
  std::vector<std::pair<std::uint64_t, std::size_t>> writes;
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    writes.emplace_back(offset, in.size());
    return {};
  }
};

}  // namespace

TEST_CASE("the writer reproduces every vector byte for byte", "[seal][writer][vectors]") {
  const auto all = test::vectors("sealed");
  int seen = 0;
  for (const auto& vector : all) {
    if (!vector.contains("data_key")) continue;
    CAPTURE(vector.at("name"));
    const auto hex = [&](const char* field) { return test::bytes_of_hex(vector.at(field)); };
    const auto material = test::fixed_material(hex("data_key"), hex("file_salt"), hex("slot_nonce"));
    const octets plaintext = test::sealed_plaintext(vector.at("plaintext_size"));
    octets out(vector.at("file_size").get<std::size_t>(), 0xee);
    memory_sink sink(out);
    const octets params = hex("params");
    const auto key = secret_of(hex("slot_key"));
    auto writer = sealed_writer<memory_sink>::create_insecurely_with(
        material, sink, plaintext.size(), {slot_kind{vector.at("slot_kind").get<std::uint32_t>()}, params, key},
        vector.at("segment_size"));
    REQUIRE(writer);
    REQUIRE(writer->write(plaintext));
    REQUIRE(writer->finish());
    CHECK(out == test::sealed_vector_file(all, vector));
    ++seen;
  }
  CHECK(seen == 8);
}

TEST_CASE("pieces of any size, lent or copied, make the same file", "[seal][writer]") {
  for (const unsigned size : {0u, 1u, 4095u, 4096u, 4097u, 3 * 4096u + 5, 257 * 4096u}) {
    const octets plaintext = test::sealed_plaintext(size);
    const octets expected = known_file<memory_sink>(plaintext, 4096, size + 1);
    CHECK(known_file<test::plain_sink>(plaintext, 4096, size + 1) == expected);
    for (const unsigned step : {97u, 4095u, 4096u, 4097u, 10000u}) {
      CHECK(known_file<memory_sink>(plaintext, 4096, step) == expected);
      CHECK(known_file<test::plain_sink>(plaintext, 4096, step) == expected);
    }
  }
}

TEST_CASE("two files with the same payload and key have no segment, salt or slot in common", "[seal][writer]") {
  const octets plaintext = test::sealed_plaintext(3 * 4096);
  const octets a = test::sealed_bytes(plaintext, secret_of(7));
  const octets b = test::sealed_bytes(plaintext, secret_of(7));
  const auto differ = [&](std::ptrdiff_t at, std::ptrdiff_t n) {
    return !std::equal(a.begin() + at, a.begin() + at + n, b.begin() + at);
  };
  for (const std::ptrdiff_t field : {48, 80, 112, 144 + 464, 8160, 16384, 20480, 24576, 28672})
    CHECK(differ(field, 16));
}

TEST_CASE("a payload is as long as it was announced to be", "[seal][writer]") {
  const auto key = secret_of(7);
  octets out(30000);
  memory_sink sink(out);
  auto writer = sealed_writer<memory_sink>::create(sink, 5000, {slot_kind::caller_key, {}, key}, 4096);
  REQUIRE(writer);
  CHECK(writer->finish().error() == failure{errc::truncated, 0});
  REQUIRE(writer->write(octets(4999)));
  CHECK(writer->finish().error() == failure{errc::truncated, 4999});
  SECTION("the rest may follow, and then nothing more") {
    REQUIRE(writer->write(octets(1)));
    REQUIRE(writer->write({}));
    REQUIRE(writer->finish());
    CHECK(writer->finish().error() == failure{errc::trailing_data, 5000});
    CHECK(writer->write({}).error() == failure{errc::trailing_data, 5000});
    CHECK(test::read_all(byte_view(out).first(20480 + 5000), key));
  }
  SECTION("more than that ends the writer") {
    CHECK(writer->write(octets(2)).error() == failure{errc::trailing_data, 5000});
    CHECK(writer->write(octets(1)).error() == failure{errc::trailing_data, 5000});
    CHECK(writer->finish().error() == failure{errc::trailing_data, 5000});
    CHECK_FALSE(sealed_header::parse(byte_view(out).first(8192)));
  }
}

TEST_CASE("what was not finished is not a sealed file, also where one was before", "[seal][writer]") {
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(3 * 4096);
  octets out = test::sealed_bytes(plaintext, key);
  REQUIRE(test::read_all(out, key));
  memory_sink sink(out);
  auto writer = sealed_writer<memory_sink>::create(sink, plaintext.size(), {slot_kind::caller_key, {}, key}, 4096);
  REQUIRE(writer);
  const failure unrecognized{errc::unrecognized, 0, part::sealed_header};
  CHECK(test::read_all(out, key).error() == unrecognized);
  REQUIRE(writer->write(plaintext));
  CHECK(test::read_all(out, key).error() == unrecognized);
  REQUIRE(writer->finish());
  CHECK(test::read_all(out, key));
}

TEST_CASE("every write that fails ends the writer with that failure", "[seal][writer]") {
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(300 * 4096);
  const failure full{errc::io_error, 28};
  const int writes = 4 + 300 + 2 + 1;  // zeros, segments, two blocks of tags, the header
  for (int n = 0; n <= writes; ++n) {
    failing_sink sink{n};
    auto writer = sealed_writer<failing_sink>::create(sink, plaintext.size(), {slot_kind::caller_key, {}, key}, 4096);
    REQUIRE(writer.has_value() == (n >= 4));
    if (!writer) {
      CHECK(writer.error() == full);
      continue;
    }
    const auto written = writer->write(plaintext);
    const auto finished = writer->finish();
    REQUIRE(finished.has_value() == (n == writes));
    if (!written) CHECK(written.error() == full);
    if (!finished) {
      CHECK(finished.error() == full);
      CHECK(writer->finish().error() == full);
      CHECK(writer->write({}).error() == full);
    }
  }
}

TEST_CASE("a lending sink that is too small is a failure", "[seal][writer]") {
  const auto key = secret_of(7);
  octets out(20480 + 4096);
  memory_sink sink(out);
  auto writer = sealed_writer<memory_sink>::create(sink, 4097, {slot_kind::caller_key, {}, key}, 4096);
  REQUIRE(writer);
  CHECK(writer->write(octets(4097)).error() == failure{errc::no_space, out.size()});
}

TEST_CASE("the header is written last, and the table a block at a time", "[seal][writer]") {
  const auto key = secret_of(7);
  counting_sink sink;
  auto writer = sealed_writer<counting_sink>::create(sink, 257 * 4096, {slot_kind::caller_key, {}, key}, 4096);
  REQUIRE(writer);
  REQUIRE(writer->write(octets(257 * 4096)));
  REQUIRE(writer->finish());
  REQUIRE(sink.writes.size() == 4 + 257 + 3);
  CHECK(sink.writes[4 + 256] == std::pair<std::uint64_t, std::size_t>{16384, 4096});
  CHECK(sink.writes[4 + 257 + 1] == std::pair<std::uint64_t, std::size_t>{20480, 4096});
  CHECK(sink.writes.back() == std::pair<std::uint64_t, std::size_t>{0, 8192});
}

TEST_CASE("sizes and slots that the format does not have are refused before anything is written", "[seal][writer]") {
  const auto key = secret_of(7);
  counting_sink sink;
  const slot_request slot{slot_kind::caller_key, {}, key};
  const octets params(31);
  const auto create = [&](std::uint64_t size, const slot_request& with, std::uint32_t segment) {
    return sealed_writer<counting_sink>::create(sink, size, with, segment).error();
  };
  CHECK(create(1, slot, 4097) == failure{errc::bad_value, 24, part::sealed_header});
  CHECK(create(max_payload_size + 1, slot, 4096) == failure{errc::bad_value, 32, part::sealed_header});
  CHECK(create(1, {slot_kind::snp_derived_key, params, key}, 4096) ==
        failure{errc::bad_length, 4, part::sealed_header});
  CHECK(create(1, {slot_kind{3}, {}, key}, 4096) == failure{errc::unsupported_format, 0, part::sealed_header});
  CHECK(sink.writes.empty());
}

}  // namespace test_sealed_writer
