// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/keys.hpp>

#include "support/sealed.hpp"

#include <array>
#include <numeric>
#include <set>
#include <string>

namespace test_keys {

using namespace unitee;
using test::hex_of;
using test::octets;
using test::secret_of;

namespace {

octets counting(std::uint8_t first, std::size_t size) {
  octets out(size);
  std::iota(out.begin(), out.end(), first);
  return out;
}

// The invariant part of no file: the bytes 0 to 127.
detail::file_binding binding(const octets& invariant = counting(0, 128)) {
  return *detail::file_binding::of(std::span(invariant).first<128>(), *file_id::from(counting(0x40, 32)));
}

std::set<std::string> all_of(const detail::sealed_keys& keys) {
  return {hex_of(keys.segments.expose()), hex_of(keys.tag_table.expose()), hex_of(keys.header.expose()),
          hex_of(keys.metadata.expose()), hex_of(keys.commitment.value)};
}

}  // namespace

// Expected values: Python's hashlib and hmac, as FORMAT.md says, with the data key 10..2f and the file id 40..5f.
TEST_CASE("four keys and a commitment come from the data key and the file", "[seal][keys]") {
  CHECK(hex_of(binding().invariants.value) ==
        "ca2385773319124534111a36d0581fc3f00815e907034b90cff9c3a861e126a741d5dfcff65a417b6d7296863ac0ec17");
  const auto keys = detail::sealed_keys::derive(secret_of(counting(0x10, 32)), binding());
  REQUIRE(keys);
  CHECK(hex_of(keys->segments.expose()) == "ca3fca9df41cc700112e6cdc4b78201963b691220ab33a766ff0415947472aee");
  CHECK(hex_of(keys->tag_table.expose()) == "977ba3a4002252f5f4e6b14769a997bcbb0fee5c46adf6b3cb3f6ec204f61c35");
  CHECK(hex_of(keys->header.expose()) == "20ae0565545b1b729332775dcdf1082e7c791615014f9127f8e27e15c4badaee");
  CHECK(hex_of(keys->metadata.expose()) == "791344f30f494b573a38a705b6ff0775fb446322ee7486865369c8372273a7e3");
  CHECK(hex_of(keys->commitment.value) == "08dc8ff499db8b6fed6af784de4a851441208d575593334dc57ac3ac87f8807a");
}

TEST_CASE("every bit of the data key, the file id and the invariant part makes other keys", "[seal][keys]") {
  std::set<std::string> seen = all_of(*detail::sealed_keys::derive(secret_of(counting(0x10, 32)), binding()));
  std::size_t files = 1;
  for (std::size_t bit = 0; bit < 8 * 192; ++bit) {
    octets all = counting(0, 128);
    const octets data_key = counting(0x10, 32);
    const octets id = counting(0x40, 32);
    all.insert(all.end(), data_key.begin(), data_key.end());
    all.insert(all.end(), id.begin(), id.end());
    all[bit / 8] = static_cast<std::uint8_t>(all[bit / 8] ^ 1u << bit % 8);
    const auto changed = detail::file_binding::of(std::span(all).first<128>(), *file_id::from(byte_view(all).last(32)));
    const auto keys = detail::sealed_keys::derive(secret_of(octets(all.begin() + 128, all.begin() + 160)), *changed);
    seen.merge(all_of(*keys));
    ++files;
  }
  CHECK(seen.size() == 5 * files);
}

TEST_CASE("a header's MAC is over everything but itself", "[seal][keys]") {
  const auto file = test::sealed_with(octets(10), secret_of(1));
  const auto key = secret_of(7);
  const auto expected_of = [&](byte_view header) {
    octets covered(header.begin(), header.begin() + 480);
    covered.insert(covered.end(), header.begin() + 512, header.end());
    return *hmac_sha256(key, covered);
  };
  const auto header = *sealed_header::parse(byte_view(file).first(8192));
  CHECK(*detail::mac_of(header, key) == expected_of(header.bytes()));
  const auto changed = header.with_state(header_state::changing);
  CHECK(*detail::mac_of(changed, key) == expected_of(changed.bytes()));
  CHECK(*detail::mac_of(changed, key) != *detail::mac_of(header, key));
  sealed_header other_mac = header;
  other_mac.put_mac({});
  CHECK(*detail::mac_of(other_mac, key) == *detail::mac_of(header, key));
}

TEST_CASE("a segment's nonce is its number", "[seal][keys]") {
  CHECK(hex_of(detail::segment_nonce(0).value) == "000000000000000000000000");
  CHECK(hex_of(detail::segment_nonce(1).value) == "010000000000000000000000");
  CHECK(hex_of(detail::segment_nonce(0x0102030405060708).value) == "080706050403020100000000");
}

TEST_CASE("random material is never the same", "[seal][keys]") {
  const auto a = detail::sealing_material::random();
  const auto b = detail::sealing_material::random();
  REQUIRE((a && b));
  CHECK_FALSE(a->data_key == b->data_key);
  CHECK(a->file_id != b->file_id);
}

}  // namespace test_keys
