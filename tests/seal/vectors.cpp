// SPDX-License-Identifier: Apache-2.0
//
// The vectors of tests/vectors/sealed, which sealed_vectors.py there describes.
#include <unitee/seal/sealed_reader.hpp>

#include "support/endorsements.hpp"
#include "support/forge.hpp"
#include "support/kdf_vectors.hpp"
#include "support/sealed.hpp"
#include "support/vectors.hpp"

#include <unitee/seal/broker_slot.hpp>
#include <unitee/seal/hardware_slot.hpp>
#include <unitee/seal/recipient_key.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace test_vectors {

using namespace unitee;
using nlohmann::json;
using test::bytes_of_hex;
using test::hex_of;
using test::need;
using test::octets;

namespace {

struct named {
  std::string name;
  json vector;
};

std::vector<named> all_vectors() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(test::vectors_dir() / "sealed")) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<named> out;
  for (const auto& path : paths) {
    const octets text = test::file_bytes(path);
    out.push_back({path.stem(), json::parse(text.begin(), text.end())});
  }
  return out;
}

octets file_of(const json& vector) {
  octets out(vector.at("size").get<std::size_t>());
  for (const auto& piece : vector.at("file")) {
    const octets bytes = bytes_of_hex(piece.at(1));
    const std::size_t at = piece.at(0);
    REQUIRE((at <= out.size() && bytes.size() <= out.size() - at));
    test::put(out, at, bytes);
  }
  return out;
}

// root_source answers every request with the vector's root, in a guest of the vector's VMPL.
template <class Request>
struct root_source {
  using key_request = Request;

  octets root;
  typename Request::basis basis{};
  bool is_simulation = false;

  [[nodiscard]] bool simulated() const noexcept { return is_simulation; }
  [[nodiscard]] result<typename Request::basis> key_basis() const { return basis; }
  result<secret<32>> derive_key(const Request&) const { return test::secret_of(root); }
};

template <class Request>
typename Request::floor floor_of(const json& key) {
  return key.contains("floor") ? test::floor_of<Request>(key.at("floor")) : typename Request::floor{};
}

// private_key is a scalar as a key, by way of the DER of RFC 5915: 1, the scalar, and the curve's name.
template <class Curve>
ecdh_private_key<Curve> private_key(octets scalar) {
  scalar.insert(scalar.begin(), Curve::field - scalar.size(), std::uint8_t{0});
  const octets curve = bytes_of_hex(Curve::field == 32 ? "06082a8648ce3d030107" : "06052b81040022");
  const auto length = [](std::size_t n) { return static_cast<std::uint8_t>(n); };
  octets der{0x30, length(3 + 2 + scalar.size() + 2 + curve.size()), 2, 1, 1, 4, length(scalar.size())};
  der.insert(der.end(), scalar.begin(), scalar.end());
  der.insert(der.end(), {0xa0, length(curve.size())});
  der.insert(der.end(), curve.begin(), curve.end());
  const std::string pem = test::pem_of("EC PRIVATE KEY", der);
  return need(ecdh_private_key<Curve>::from_pem(test::bytes_of(pem)));
}

// with_keys calls f with the source of keys that the vector names.
template <class F>
void with_keys(const json& key, F&& f) {
  const auto kind = slot_kind{key.at("kind").get<std::uint32_t>()};
  switch (kind) {
    case slot_kind::caller_key: {
      const auto own = test::secret_of(bytes_of_hex(key.at("key")));
      return f(caller_key(own));
    }
    case slot_kind::broker_key: {
      const octets own = bytes_of_hex(key.at("key"));
      return f(broker_key([&](byte_view) -> result<secret<32>> { return test::secret_of(own); }));
    }
    case slot_kind::snp_derived_key:
    case slot_kind::simulated_snp_derived_key: {
      root_source<snp::key_request> source{bytes_of_hex(key.at("root"))};
      source.basis.vmpl = key.at("vmpl");
      source.is_simulation = kind == slot_kind::simulated_snp_derived_key;
      return f(hardware_key(source, floor_of<snp::key_request>(key)));
    }
    case slot_kind::tdx_derived_key:
    case slot_kind::simulated_tdx_derived_key: {
      root_source<tdx::key_request> source{bytes_of_hex(key.at("root"))};
      source.is_simulation = kind == slot_kind::simulated_tdx_derived_key;
      return f(hardware_key(source, floor_of<tdx::key_request>(key)));
    }
    case slot_kind::public_key: {
      if (key.at("curve") == 1) {
        const auto own = private_key<p256>(bytes_of_hex(key.at("scalar")));
        return f(recipient_key<p256>(own));
      }
      const auto own = private_key<p384>(bytes_of_hex(key.at("scalar")));
      return f(recipient_key<p384>(own));
    }
  }
  FAIL("no such kind of key");
}

// part_named is the part as part.hpp spells it.
part part_named(const std::string& spelled) {
  const std::map<std::string, part> names{{"sealed_header", part::sealed_header},
                                          {"sealed_tags", part::sealed_tags},
                                          {"sealed_metadata", part::sealed_metadata},
                                          {"sealed_payload", part::sealed_payload}};
  return names.at(spelled);
}

json metadata_of(const sealed_header& header, const sealed_metadata& metadata) {
  if (header.metadata_form() == metadata_form::none) return nullptr;
  json out{{"form", static_cast<unsigned>(header.metadata_form())}};
  if (!metadata.content_type().empty()) out["content_type"] = metadata.content_type();
  if (!metadata.tensors()) return out;
  const sealed_tensors& index = *metadata.tensors();
  json tensors = json::array();
  for (std::size_t i = 0; i < index.count(); ++i) tensors.push_back({index.tensor(i).offset, index.tensor(i).size});
  out["tensor_index"] = {{"index_offset", index.index_offset()}, {"index_size", index.index_size()},
                         {"data_offset", index.data_offset()},   {"data_size", index.data_size()},
                         {"alignment", index.alignment()},       {"tensors", tensors}};
  return out;
}

// outcome is what a reader makes of a file: what a vector expects of one that opens, or the failure.
struct outcome {
  json seen;
  failure why{};
};

template <class Source, class Engine, class Keys>
outcome read(const octets& file, Keys&& keys, const reading& how) {
  const auto reader = sealed_reader<Source, Engine>::open(Source{file}, keys, how);
  if (!reader) return {nullptr, reader.error()};
  octets plaintext(static_cast<std::size_t>(reader->size()), 0xee);
  if (const auto done = reader->read_at(0, plaintext); !done) {
    CHECK(std::ranges::all_of(plaintext, [](std::uint8_t byte) { return byte == 0; }));
    return {nullptr, done.error()};
  }
  const sealed_header& header = reader->header();
  return {{{"plaintext_size", plaintext.size()},
           {"plaintext_sha256", hex_of(sha256(plaintext)->value)},
           {"file_id", hex_of(header.file_id().value)},
           {"generation", header.generation()},
           {"slots", header.slot_count()},
           {"settled", reader->is_settled()},
           {"protection", static_cast<unsigned>(header.protection())},
           {"segment_size", header.geometry().segment_size()},
           {"metadata", metadata_of(header, reader->metadata())}}};
}

reading reading_of(const json& vector) {
  reading out;
  if (vector.contains("minimum_generation")) out.min_generation = vector.at("minimum_generation");
  if (vector.contains("minimum_mac")) out.mac = test::fixed_of_hex<sha256_digest>(vector.at("minimum_mac"));
  return out;
}

}  // namespace

TEST_CASE("every vector of a sealed file opens, or is refused for its reason, by every engine", "[seal][vectors]") {
  std::size_t opened = 0;
  std::size_t refused = 0;
  std::size_t explained = 0;
  for (const auto& each : all_vectors()) {
    const std::string& name = each.name;
    const json& vector = each.vector;
    CAPTURE(name);
    const octets file = file_of(vector);
    json expected = vector.at("expect");
    expected.erase("data_key");
    explained += expected.contains("slot_errc") ? 1U : 0U;
    const bool opens = !expected.contains("errc");
    const auto check = [&](const outcome& made) {
      CAPTURE(made.why);
      if (opens) {
        CHECK(made.seen == expected);
        return;
      }
      REQUIRE(made.seen.is_null());
      if (expected.contains("slot_errc")) {  // why its only slot is passed over: the format asks a reader for less
        CHECK(unitee::name(made.why.code) == expected.at("slot_errc").get<std::string>());
        CHECK((made.why.in == part::key_record || made.why.in == part::sealed_slot));
        return;
      }
      CHECK(unitee::name(made.why.code) == expected.at("errc").get<std::string>());
      CHECK(made.why.offset == expected.at("offset").get<std::uint64_t>());
      CHECK(made.why.in == part_named(expected.at("part")));
    };
    with_keys(vector.at("key"), [&](auto keys) {
      test::each_engine([&](auto engine) {
        using engine_type = typename decltype(engine)::type;
        check(read<memory_source, engine_type>(file, keys, reading_of(vector)));
        check(read<test::plain_source, engine_type>(file, keys, reading_of(vector)));
      });
    });
    ++(opens ? opened : refused);
  }
  std::printf("%zu vectors of sealed files open, %zu are refused, %zu of them for what is wrong with a slot\n", opened,
              refused, explained);
  CHECK(opened >= 94);
  CHECK(refused >= 396);
  CHECK(explained >= 53);
}

TEST_CASE("a slot gives the data key that the vector says", "[seal][vectors]") {
  for (const auto& each : all_vectors()) {
    const json& vector = each.vector;
    if (vector.at("expect").contains("errc")) continue;
    CAPTURE(each.name);
    with_keys(vector.at("key"), [&](auto keys) {
      const auto opened = test::open_header(file_of(vector), keys);
      REQUIRE(opened);
      CHECK(hex_of(opened->data_key.expose()) == vector.at("expect").at("data_key").get<std::string>());
    });
  }
}

}  // namespace test_vectors
