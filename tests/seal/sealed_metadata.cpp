// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/sealed_metadata.hpp>

#include "support/sealed.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test_sealed_metadata {

using namespace unitee;
using test::octets;

namespace {

constexpr std::uint64_t payload = 1000;

failure at(errc code, std::uint64_t offset) { return {code, offset, part::sealed_metadata}; }

void le(octets& to, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) to.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

octets item(std::uint32_t type, const octets& value) {
  octets out;
  le(out, type, 4);
  le(out, value.size(), 4);
  out.insert(out.end(), value.begin(), value.end());
  return out;
}
octets text(std::string_view of) { return {of.begin(), of.end()}; }

using ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

// index is a tensor index by FORMAT.md: the index, the data, the alignment, and the tensors.
octets index(const ranges& places = {{8, 100}, {108, 892}}, const ranges& tensors = {{108, 400}, {508, 492}},
             std::uint32_t alignment = 4) {
  octets out;
  for (const auto& [offset, size] : places) {
    le(out, offset, 8);
    le(out, size, 8);
  }
  le(out, alignment, 4);
  le(out, tensors.size(), 4);
  for (const auto& [offset, size] : tensors) {
    le(out, offset, 8);
    le(out, size, 8);
  }
  return out;
}

octets joined(const std::vector<octets>& items) {
  octets out;
  for (const octets& each : items) out.insert(out.end(), each.begin(), each.end());
  return out;
}

octets usual() { return joined({item(1, text("application/vnd.gguf")), item(2, index())}); }

failure refusal_of(const octets& items, std::uint64_t size = payload) {
  const auto parsed = sealed_metadata::parse(items, size);
  REQUIRE(!parsed);
  return parsed.error();
}

tensor_index model_of(std::size_t count, std::uint64_t alignment = 32) {
  auto tensors = tensor_list::create(count);
  REQUIRE(tensors);
  for (std::size_t i = 0; i < count; ++i) tensors->all()[i] = {64 + 16 * i, 16};
  return {model_format::gguf, 0, 64, 64, 16 * count, alignment, std::move(*tensors)};
}

}  // namespace

TEST_CASE("metadata says what the payload is and where its tensors are", "[seal][metadata]") {
  const octets items = usual();
  const auto parsed = sealed_metadata::parse(items, payload);
  REQUIRE(parsed);
  CHECK(parsed->content_type() == "application/vnd.gguf");
  REQUIRE(parsed->tensors());
  const sealed_tensors& of = *parsed->tensors();
  CHECK((of.index_offset() == 8 && of.index_size() == 100 && of.data_offset() == 108 && of.data_size() == 892));
  CHECK((of.alignment() == 4 && of.count() == 2));
  CHECK(of.tensor(1) == tensor_extent{508, 492});
}

TEST_CASE("metadata may say nothing, or what this version does not know", "[seal][metadata]") {
  for (const octets& items : {octets{}, item(3, {}), joined({item(0, {1}), item(3, {2}), item(0xffffffff, {})})}) {
    const auto parsed = sealed_metadata::parse(items, payload);
    REQUIRE(parsed);
    CHECK(parsed->content_type().empty());
    CHECK_FALSE(parsed->tensors());
  }
}

TEST_CASE("every truncation of metadata is found at its end, unless an item ends there", "[seal][metadata]") {
  const octets items = usual();
  for (std::size_t n = 0; n < items.size(); ++n) {
    const octets some(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(n));
    if (n == 0 || n == 28) {
      REQUIRE(sealed_metadata::parse(some, payload));
    } else {
      REQUIRE(refusal_of(some) == at(errc::truncated, n));
    }
  }
  for (const std::uint32_t size : {1u, 0x7fffffffu, 0xffffffffu}) {
    octets one;
    le(one, 3, 4);
    le(one, size, 4);
    CHECK(refusal_of(one) == at(errc::truncated, 8));
  }
}

TEST_CASE("each type is there once, in ascending order", "[seal][metadata]") {
  const octets type = item(1, text("a/b"));
  CHECK(refusal_of(joined({type, type})) == at(errc::duplicate, 11));
  CHECK(refusal_of(joined({item(2, index()), type})) == at(errc::bad_value, item(2, index()).size()));
  CHECK(refusal_of(joined({item(0, {}), item(0, {})})) == at(errc::duplicate, 8));
  CHECK(refusal_of(joined({item(9, {}), item(8, {})})) == at(errc::bad_value, 8));
  CHECK(refusal_of(joined({type, item(7, {}), type})) == at(errc::bad_value, 11 + 8));
}

TEST_CASE("a content type is 1 to 127 characters without spaces", "[seal][metadata]") {
  for (std::size_t n = 0; n <= 300; ++n) {
    const octets items = item(1, octets(n, 'a'));
    const auto parsed = sealed_metadata::parse(items, payload);
    REQUIRE(parsed.has_value() == (n >= 1 && n <= 127));
    if (parsed) REQUIRE(parsed->content_type() == std::string(n, 'a'));
    if (!parsed) REQUIRE(parsed.error() == at(errc::bad_length, 4));
  }
  for (unsigned c = 0; c < 256; ++c) {
    const octets items = item(1, {'a', static_cast<std::uint8_t>(c)});
    const auto parsed = sealed_metadata::parse(items, payload);
    REQUIRE(parsed.has_value() == (c >= 0x21 && c <= 0x7e));
    if (!parsed) REQUIRE(parsed.error() == at(errc::bad_value, 9));
  }
}

TEST_CASE("an alignment is a power of two", "[seal][metadata]") {
  for (std::uint64_t bit = 1; bit < std::uint64_t{1} << 32; bit *= 2) {
    const auto parse = [&](std::uint32_t alignment) {
      const octets items = item(2, index({{0, 0}, {0, 0}}, {}, alignment));
      return sealed_metadata::parse(items, payload).has_value();
    };
    CHECK(parse(static_cast<std::uint32_t>(bit)));
    if (bit > 1) CHECK_FALSE(parse(static_cast<std::uint32_t>(bit + 1)));
    if (bit > 2) CHECK_FALSE(parse(static_cast<std::uint32_t>(bit - 1)));
  }
  CHECK(refusal_of(item(2, index({{0, 0}, {0, 0}}, {}, 0))) == at(errc::bad_value, 8 + 32));
}

TEST_CASE("a tensor index is as long as its tensors", "[seal][metadata]") {
  const octets good = index();
  for (std::size_t n = 0; n < 2 * good.size(); ++n) {
    octets value = good;
    value.resize(n);
    const octets items = item(2, value);
    const auto parsed = sealed_metadata::parse(items, payload);
    REQUIRE(parsed.has_value() == (n == good.size()));
    if (!parsed) REQUIRE(parsed.error() == at(errc::bad_length, 4));
  }
  for (const std::uint32_t count : {65537u, 0x10000002u, 0xffffffffu}) {
    octets value = good;
    for (std::size_t i = 0; i < 4; ++i) value[36 + i] = static_cast<std::uint8_t>(count >> 8 * i);
    CHECK(refusal_of(item(2, value)) == at(errc::bad_value, 8 + 36));
  }
  const octets most = item(2, index({{0, 0}, {0, 0}}, ranges(65536, {0, 1})));
  CHECK(sealed_metadata::parse(most, payload)->tensors()->count() == 65536);
  CHECK(refusal_of(item(2, index({{0, 0}, {0, 0}}, ranges(65537, {0, 1})))) == at(errc::bad_value, 8 + 36));
}

TEST_CASE("everything that a tensor index names lies in the payload", "[seal][metadata]") {
  constexpr std::uint64_t last = ~std::uint64_t{0};
  const ranges inside{{0, 0}, {0, payload}, {payload, 0}, {payload - 1, 1}};
  const ranges outside{{0, payload + 1}, {payload, 1}, {payload + 1, 0}, {1, payload}, {last, 0},
                       {last, 1},        {1, last},    {last, last},     {0, last},    {last - payload, 1000}};
  for (const auto& good : inside) {
    const octets items = item(2, index({good, good}, {good, good}));
    CHECK(sealed_metadata::parse(items, payload));
  }
  const auto good = inside[1];
  for (const auto& bad : outside) {
    CHECK(refusal_of(item(2, index({bad, good}, {good, good}))) == at(errc::bad_length, 8));
    CHECK(refusal_of(item(2, index({good, bad}, {good, good}))) == at(errc::bad_length, 8 + 16));
    CHECK(refusal_of(item(2, index({good, good}, {bad, good}))) == at(errc::bad_length, 8 + 40));
    CHECK(refusal_of(item(2, index({good, good}, {good, bad}))) == at(errc::bad_length, 8 + 56));
  }
  CHECK(refusal_of(usual(), payload - 1) == at(errc::bad_length, 28 + 8 + 16));
}

TEST_CASE("a model's index is encoded as it is read", "[seal][metadata]") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{65536}}) {
    const tensor_index model = model_of(count);
    octets items(sealed_metadata::encoded_size(model));
    REQUIRE(sealed_metadata::encode(model, items));
    const auto parsed = sealed_metadata::parse(items, 64 + 16 * count);
    REQUIRE(parsed);
    CHECK(parsed->content_type() == content_type(model_format::gguf));
    REQUIRE(parsed->tensors());
    CHECK(parsed->tensors()->count() == count);
    CHECK(parsed->tensors()->alignment() == 32);
    if (count != 0) CHECK(parsed->tensors()->tensor(count - 1) == tensor_extent{64 + 16 * (count - 1), 16});
    if (count > 3) continue;
    octets expected = item(1, text("application/vnd.gguf"));
    ranges tensors;
    for (std::size_t i = 0; i < count; ++i) tensors.push_back({64 + 16 * i, 16});
    const octets second = item(2, index({{0, 64}, {64, 16 * count}}, tensors, 32));
    expected.insert(expected.end(), second.begin(), second.end());
    CHECK(items == expected);
  }
}

TEST_CASE("an index that the format cannot hold is left out", "[seal][metadata]") {
  for (const tensor_index& model : {model_of(65537), model_of(1, std::uint64_t{1} << 32)}) {
    octets items(sealed_metadata::encoded_size(model));
    REQUIRE(sealed_metadata::encode(model, items));
    CHECK(items == item(1, text("application/vnd.gguf")));
  }
}

TEST_CASE("metadata is encoded into the size that it needs", "[seal][metadata]") {
  const tensor_index model = model_of(2);
  const std::size_t need = sealed_metadata::encoded_size(model);
  for (std::size_t n = 0; n < need; ++n) {
    octets items(n);
    REQUIRE(sealed_metadata::encode(model, items).error().code == errc::no_space);
  }
}

TEST_CASE("metadata goes through a sealed file in either form, with either protection", "[seal][metadata]") {
  const auto key = test::secret_of(1);
  const octets items = usual();
  const octets plaintext = test::sealed_plaintext(payload);
  test::each_engine([&](auto engine) {
    using engine_type = typename decltype(engine)::type;
    for (const bool is_public : {false, true}) {
      for (const auto how : {protection::confidential, protection::integrity_only}) {
        const octets file = test::sealed_with<engine_type>(
            plaintext, key, {.segment_size = 4096, .protection = how, .metadata = items, .public_metadata = is_public});
        const auto reader = sealed_reader<memory_source, engine_type>::open(memory_source(file), caller_key(key));
        REQUIRE(reader);
        CHECK(reader->header().metadata_form() == (is_public ? metadata_form::is_public : metadata_form::encrypted));
        CHECK(reader->metadata().content_type() == "application/vnd.gguf");
        CHECK(reader->metadata().tensors()->count() == 2);
        CHECK(std::equal(items.begin(), items.end(), file.begin() + 16384) == is_public);
        for (std::size_t bit = 0; bit < 8 * (items.size() + 16); bit += 29) {
          octets changed = file;
          changed[16384 + bit / 8] = static_cast<std::uint8_t>(changed[16384 + bit / 8] ^ 1u << bit % 8);
          REQUIRE(test::read_all<memory_source, engine_type>(changed, caller_key(key)).error() ==
                  at(errc::not_authentic, 0));
        }
      }
    }
  });
}

}  // namespace test_sealed_metadata
