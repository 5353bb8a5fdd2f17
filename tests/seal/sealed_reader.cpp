// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/sealed_reader.hpp>

#include "support/sealed.hpp"

#include <algorithm>

namespace test_sealed_reader {

using namespace unitee;
using test::octets;
using test::plain_source;
using test::read_all;
using test::secret_of;

namespace {

// spelled is a failure as sealed.json writes it.
nlohmann::json spelled(const failure& why) {
  const char* in = why.in == part::sealed_header    ? "sealed_header"
                   : why.in == part::sealed_tags    ? "sealed_tags"
                   : why.in == part::sealed_payload ? "sealed_payload"
                                                    : "another";
  return {name(why.code), why.offset, in};
}

// failing_source gives `left` reads, and fails from then on.
struct failing_source {
  byte_view bytes;
  mutable int left;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (left-- > 0) return memory_source(bytes).read_at(offset, out);
    return failure{errc::io_error, 5};
  }
};

template <class Source>
concept opens_a_temporary = requires(const secret<32>& key) {
  sealed_reader<Source>::open(Source(byte_view()), key);
};
static_assert(!opens_a_temporary<memory_source>);

}  // namespace

TEST_CASE("every vector opens, or is refused for its one reason", "[seal][reader][vectors]") {
  const auto all = test::vectors("sealed");
  for (const auto& vector : all) {
    CAPTURE(vector.at("name"));
    const octets file = test::sealed_vector_file(all, vector);
    const auto key = secret_of(test::bytes_of_hex(vector.at("slot_key")));
    const auto lent = read_all(file, key);
    const auto copied = read_all<plain_source>(file, key);
    if (vector.contains("expect")) {
      REQUIRE_FALSE(lent);
      REQUIRE_FALSE(copied);
      CHECK(spelled(lent.error()) == vector.at("expect"));
      CHECK(copied.error() == lent.error());
    } else {
      REQUIRE(lent);
      REQUIRE(copied);
      CHECK(*lent == test::sealed_plaintext(vector.at("plaintext_size")));
      CHECK(*copied == *lent);
    }
  }
}

TEST_CASE("what was sealed is read, whatever its size", "[seal][reader]") {
  const auto key = secret_of(7);
  for (const unsigned size : {0u, 1u, 15u, 4095u, 4096u, 4097u, 8192u, 5 * 4096u + 17, 256 * 4096u, 257 * 4096u + 1}) {
    const octets plaintext = test::sealed_plaintext(size);
    const octets file = test::sealed_bytes(plaintext, key);
    CHECK(file.size() == sealed_geometry::of(size, 4096)->file_size());
    CHECK(*read_all(file, key) == plaintext);
    CHECK(*read_all<plain_source>(file, key) == plaintext);
  }
}

TEST_CASE("any range is read, and nothing beyond the end", "[seal][reader]") {
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(3 * 4096 + 100);
  const octets file = test::sealed_bytes(plaintext, key);
  const plain_source source{file};
  auto reader = sealed_reader<plain_source>::open(source, key);
  REQUIRE(reader);
  CHECK(reader->payload_size() == plaintext.size());
  CHECK(reader->header().slot(0).kind() == slot_kind::caller_key);
  const std::size_t edges[] = {0, 1, 2000, 4095, 4096, 4097, 8191, 8192, 8193, 12287, 12288, 12289, 12387, 12388};
  for (const std::size_t begin : edges) {
    for (const std::size_t end : edges) {
      if (end < begin) continue;
      octets out(end - begin);
      REQUIRE(reader->read_at(begin, out));
      REQUIRE(std::equal(out.begin(), out.end(), plaintext.begin() + static_cast<std::ptrdiff_t>(begin)));
    }
    octets beyond(plaintext.size() - begin + 1, 0xee);
    REQUIRE(reader->read_at(begin, beyond).error() == failure{errc::truncated, plaintext.size(), part::sealed_payload});
    REQUIRE(all_zero(beyond));
  }
  octets one(1, 0xee);
  CHECK(reader->read_at(~std::uint64_t{0}, one).error() ==
        failure{errc::truncated, plaintext.size(), part::sealed_payload});
}

TEST_CASE("a file of which any bit was changed is refused", "[seal][reader]") {
  const auto key = secret_of(7);
  octets file = test::sealed_bytes(test::sealed_plaintext(2 * 4096 + 5), key);
  REQUIRE(file.size() == 20480 + 8197);
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    file[bit / 8] = static_cast<std::uint8_t>(file[bit / 8] ^ 1u << bit % 8);
    const auto read = read_all(file, key);
    if (read) FAIL("bit " << bit);
    const part in = bit / 8 < 16384 ? part::sealed_header : bit / 8 < 20480 ? part::sealed_tags : part::sealed_payload;
    if (read.error().in != in) FAIL("bit " << bit << " is refused in " << name(read.error().in));
    if (in == part::sealed_payload) {
      const failure expected{errc::not_authentic, (bit / 8 - 20480) / 4096 * 4096, part::sealed_payload};
      if (read.error() != expected) FAIL("bit " << bit);
    }
    file[bit / 8] = static_cast<std::uint8_t>(file[bit / 8] ^ 1u << bit % 8);
  }
  CHECK(read_all(file, key));
}

TEST_CASE("a file that was cut anywhere, or has one byte more, is refused", "[seal][reader]") {
  const auto key = secret_of(7);
  octets file = test::sealed_bytes(test::sealed_plaintext(2 * 4096 + 5), key);
  for (std::size_t n = 0; n < file.size(); ++n) {
    REQUIRE(read_all(byte_view(file).first(n), key).error() == failure{errc::truncated, n, part::sealed_header});
  }
  file.push_back(0);
  CHECK(read_all(file, key).error() == failure{errc::trailing_data, file.size() - 1, part::sealed_header});
}

TEST_CASE("header copies that changed places are refused", "[seal][reader]") {
  const auto key = secret_of(7);
  octets file = test::sealed_bytes(test::sealed_plaintext(5), key);
  std::swap_ranges(file.begin(), file.begin() + 8192, file.begin() + 8192);
  CHECK(read_all(file, key).error() == failure{errc::unrecognized, 0, part::sealed_header});
}

TEST_CASE("two files under one key do not mix, wherever they are cut and joined", "[seal][reader]") {
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(2 * 4096 + 5);
  const octets a = test::sealed_bytes(plaintext, key);
  const octets b = test::sealed_bytes(plaintext, key);
  for (const std::ptrdiff_t cut :
       {48, 80, 112, 144, 656, 8160, 8192, 16384, 16400, 16432, 20480, 24576, 28672, 28676}) {
    octets mixed(a.begin(), a.begin() + cut);
    mixed.insert(mixed.end(), b.begin() + cut, b.end());
    if (cut == 48) {
      CHECK(read_all(mixed, key));  // the headers are alike up to here
    } else {
      CHECK_FALSE(read_all(mixed, key));
    }
  }
}

TEST_CASE("a key that is no slot's opens nothing", "[seal][reader]") {
  const octets file = test::sealed_bytes(test::sealed_plaintext(5), secret_of(7));
  CHECK(read_all(file, secret_of(8)).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
}

TEST_CASE("nothing of a segment that is not authentic leaves the reader", "[seal][reader]") {
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(3 * 4096);
  octets file = test::sealed_bytes(plaintext, key);
  const auto check = [&](auto source) {
    auto reader = sealed_reader<decltype(source)>::open(source, key);
    REQUIRE(reader);
    const failure expected{errc::not_authentic, 4096, part::sealed_payload};
    file[20480 + 5000] ^= 1;  // after open() looked at the table
    octets out(plaintext.size(), 0xee);
    CHECK(reader->read_at(0, out).error() == expected);
    CHECK(all_zero(out));
    octets some(10, 0xee);
    CHECK(reader->read_at(4200, some).error() == expected);
    CHECK(all_zero(some));
    CHECK(reader->read_at(4200, some).error() == expected);
    REQUIRE(reader->read_at(4086, some));
    REQUIRE(reader->read_at(8192, some));
    CHECK(std::equal(some.begin(), some.end(), plaintext.begin() + 8192));
    file[20480 + 5000] ^= 1;
    CHECK(reader->read_at(4200, some));
    CHECK(reader->read_at(0, out));
    CHECK(out == plaintext);
  };
  check(memory_source(file));
  check(plain_source{file});
}

TEST_CASE("a tag that was changed after the table was checked opens nothing", "[seal][reader]") {
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(3 * 4096);
  octets file = test::sealed_bytes(plaintext, key);
  const memory_source source(file);
  auto reader = sealed_reader<memory_source>::open(source, key);
  REQUIRE(reader);
  std::swap_ranges(file.begin() + 16384, file.begin() + 16400, file.begin() + 16400);  // the tags,
  std::swap_ranges(file.begin() + 20480, file.begin() + 24576, file.begin() + 24576);  // and their segments
  octets out(4096);
  CHECK(reader->read_at(0, out).error() == failure{errc::not_authentic, 0, part::sealed_payload});
  CHECK(reader->read_at(4096, out).error() == failure{errc::not_authentic, 4096, part::sealed_payload});
  CHECK(reader->read_at(8192, out));
}

TEST_CASE("every read that fails is passed on, and leaves zeros", "[seal][reader]") {
  const auto key = secret_of(7);
  const octets plaintext = test::sealed_plaintext(3 * 4096);
  const octets file = test::sealed_bytes(plaintext, key);
  const failure broken{errc::io_error, 5};
  const int reads = 2 + 1 + 2 * 3;  // headers, the table, a tag and a ciphertext for each segment
  for (int n = 0; n <= reads; ++n) {
    const failing_source source{file, n};
    auto reader = sealed_reader<failing_source>::open(source, key);
    REQUIRE(reader.has_value() == (n >= 3));
    if (!reader) {
      CHECK(reader.error() == broken);
      continue;
    }
    octets out(plaintext.size(), 0xee);
    const auto done = reader->read_at(0, out);
    REQUIRE(done.has_value() == (n == reads));
    if (!done) {
      CHECK(done.error() == broken);
      CHECK(all_zero(out));
    }
  }
}

TEST_CASE("a header is read without a key, to see which key to look for", "[seal][reader]") {
  const octets id{'m', 'o', 'd', 'e', 'l'};
  const auto key = secret_of(7);
  octets file(16384);
  memory_sink sink(file);
  auto writer = sealed_writer<memory_sink>::create(sink, 0, {slot_kind::caller_key, id, key});
  REQUIRE(writer);
  REQUIRE(writer->finish());
  const auto header = read_header(memory_source(file));
  REQUIRE(header);
  CHECK(header->slot_count() == 1);
  CHECK(equal(header->slot(0).params(), id));
  CHECK(header->geometry().segment_size() == 262144);
}

}  // namespace test_sealed_reader
